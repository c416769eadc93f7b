//! From the tree of a compose file to its facts.

use crate::text::yaml::{Mark, Node};
use crate::text::{Fault, RepoPath, Span, Spanned};

use super::service::{
    Build, Dependency, EnvironmentFile, Extends, Link, Mount, MountKind, NetworkUse, Service, Variable,
};
use super::{ComposeFile, Include, Named, is_named};

/// Reads the top level.
pub(super) fn file(root: &Node<'_>, path: &RepoPath, found: Vec<Fault>) -> (Option<ComposeFile>, Vec<Fault>) {
    let mut reader = Reader { path, faults: found };
    let is_named = is_named(path.file_name());
    let services = root.get("services");
    // What goes by another name is a compose file only if it looks like one through and through; GitLab's
    // pipelines, dependency injection and others have a top-level `services` as well.
    let is_one = |node: &Node<'_>| node.entries().iter().all(|(_, service)| is_service(service));
    match services {
        Some(services) if !is_named && !(services.is_map() && is_one(services)) => return (None, Vec::new()),
        None if !is_named || root.get("include").is_none() => return (None, Vec::new()),
        _ => {}
    }
    let mut read = ComposeFile {
        name: root.get("name").and_then(Node::spanned),
        includes: reader.includes(root.get("include")),
        services: Vec::new(),
        volumes: named(root.get("volumes")),
        networks: named(root.get("networks")),
        secrets: named(root.get("secrets")),
        configs: named(root.get("configs")),
    };
    if let Some(services) = services.filter(|services| !services.is_null()) {
        if !services.is_map() {
            reader.wrong(services, "services", "a map of services");
        }
        for (name, service) in services.entries() {
            read.services.extend(reader.service(name, service));
        }
    }
    (Some(read), reader.faults)
}

/// Whether something that may be a service has what only services have.
fn is_service(node: &Node<'_>) -> bool {
    node.is_map()
        && ["image", "build", "extends", "command", "environment"].iter().any(|key| node.get(key).is_some())
}

fn named(node: Option<&Node<'_>>) -> Vec<Named> {
    let entries = node.map(Node::entries).unwrap_or_default().iter();
    let read = entries.filter_map(|(name, value)| {
        let external = value.get("external");
        let is_external = external.is_some_and(|external| external.is_true() || external.is_map());
        let old_name = external.and_then(|external| external.get("name"));
        let given_name = value.get("name").or(old_name).and_then(Node::spanned);
        Some(Named { name: name.spanned()?, is_external, given_name })
    });
    read.collect()
}

struct Reader<'p> {
    path: &'p RepoPath,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn wrong(&mut self, node: &Node<'_>, key: &str, wanted: &str) {
        let fault = Fault::of(self.path, format!("`{key}` must be {wanted}"));
        self.faults.push(fault.at(node.span, format!("this is {}", node.what())));
    }

    /// A scalar with its place, or a fault.
    fn text(&mut self, node: Option<&Node<'_>>, key: &str) -> Option<Spanned<String>> {
        let node = node.filter(|node| !node.is_null())?;
        if node.text().is_none() {
            self.wrong(node, key, "a text");
        }
        node.spanned()
    }

    /// A text or a list of texts.
    fn texts(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Spanned<String>> {
        match node {
            Some(node) if node.is_list() => {
                let items = node.items().iter();
                items.filter(|item| !item.is_null()).filter_map(|item| self.text(Some(item), key)).collect()
            }
            node => self.text(node, key).into_iter().collect(),
        }
    }

    fn includes(&mut self, node: Option<&Node<'_>>) -> Vec<Include> {
        let Some(node) = node else { return Vec::new() };
        if !node.is_list() {
            self.wrong(node, "include", "a list of files");
        }
        let mut includes = Vec::new();
        for item in node.items() {
            let (paths, environment_files, project_directory) = match item.is_map() {
                true => (
                    self.texts(item.get("path"), "path"),
                    self.texts(item.get("env_file"), "env_file"),
                    self.text(item.get("project_directory"), "project_directory"),
                ),
                false => (self.text(Some(item), "include").into_iter().collect(), Vec::new(), None),
            };
            if !paths.is_empty() {
                includes.push(Include { paths, environment_files, project_directory });
            }
        }
        includes
    }

    fn service(&mut self, name: &Node<'_>, node: &Node<'_>) -> Option<Service> {
        let name = name.spanned()?;
        if name.value.starts_with("x-") && !is_service(node) {
            return None;
        }
        if !node.is_map() && !node.is_null() {
            self.wrong(node, &name.value, "a map: a service");
            return None;
        }
        let resets = node.entries().iter().filter(|(_, value)| value.mark() != Mark::None);
        let resets = resets.filter_map(|(key, _)| key.text().map(str::to_owned)).collect();
        let mut other_names = Vec::new();
        for key in ["hostname", "container_name"] {
            other_names.extend(self.text(node.get(key), key));
        }
        Some(Service {
            profiles: self.texts(node.get("profiles"), "profiles").into_iter().map(|one| one.value).collect(),
            build: self.build(node.get("build")),
            image: self.text(node.get("image"), "image"),
            extends: self.extends(node.get("extends")),
            depends_on: self.depends_on(node.get("depends_on")),
            links: self.links(node.get("links")),
            mounts: self.mounts(node.get("volumes")),
            joins: self.joins(node),
            networks: self.networks(node.get("networks")),
            secrets: self.granted(node.get("secrets"), "secrets"),
            configs: self.granted(node.get("configs"), "configs"),
            environment: self.variables(node.get("environment"), "environment"),
            environment_files: self.environment_files(node.get("env_file")),
            entrypoint: self.words(node.get("entrypoint"), "entrypoint"),
            command: self.words(node.get("command"), "command"),
            other_names,
            resets,
            name,
        })
    }

    fn build(&mut self, node: Option<&Node<'_>>) -> Option<Build> {
        let node = node.filter(|node| !node.is_null())?;
        if node.is_scalar() {
            return Some(Build { context: node.spanned(), ..Build::default() });
        }
        if !node.is_map() {
            self.wrong(node, "build", "a folder or a map");
            return None;
        }
        let contexts = node.get("additional_contexts").map(pairs).unwrap_or_default();
        Some(Build {
            context: self.text(node.get("context"), "context"),
            dockerfile: self.text(node.get("dockerfile"), "dockerfile"),
            is_inline: node.get("dockerfile_inline").is_some(),
            target: self.text(node.get("target"), "target"),
            arguments: self.variables(node.get("args"), "args"),
            contexts: contexts.into_iter().filter_map(|one| Some((one.name.value, one.value?))).collect(),
        })
    }

    fn extends(&mut self, node: Option<&Node<'_>>) -> Option<Extends> {
        let node = node.filter(|node| !node.is_null())?;
        match node.is_map() {
            false => self.text(Some(node), "extends").map(|service| Extends { service, file: None }),
            true => {
                let file = self.text(node.get("file"), "file");
                let service = self.text(node.get("service"), "service")?;
                Some(Extends { service, file })
            }
        }
    }

    fn depends_on(&mut self, node: Option<&Node<'_>>) -> Vec<Dependency> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return Vec::new() };
        if node.is_map() {
            let entries = node.entries().iter();
            let read = entries.filter_map(|(name, how)| {
                let is_required = !how.get("required").is_some_and(Node::is_false);
                Some(Dependency { service: name.spanned()?, is_required })
            });
            return read.collect();
        }
        let services = self.texts(Some(node), "depends_on");
        services.into_iter().map(|service| Dependency { service, is_required: true }).collect()
    }

    fn links(&mut self, node: Option<&Node<'_>>) -> Vec<Link> {
        let written = self.texts(node, "links").into_iter();
        let read = written.map(|written| {
            let (service, alias) = match written.value.split_once(':') {
                Some((service, alias)) => (service.to_owned(), Some(alias.to_owned())),
                None => (written.value, None),
            };
            Link { service: Spanned { value: service, span: written.span }, alias }
        });
        read.collect()
    }

    fn mounts(&mut self, node: Option<&Node<'_>>) -> Vec<Mount> {
        let mut mounts = Vec::new();
        for item in node.map(Node::items).unwrap_or_default() {
            if item.is_map() {
                let kind = match item.get("type").and_then(Node::text) {
                    None | Some("volume") => MountKind::Volume,
                    Some("bind") => MountKind::Bind,
                    Some(_) => continue,
                };
                let source = self.text(item.get("source").or(item.get("src")), "source");
                mounts.extend(source.map(|source| Mount { source, kind }));
            } else if let Some(written) = self.text(Some(item), "volumes") {
                mounts.extend(short_mount(written));
            }
        }
        mounts
    }

    /// Services whose surroundings a service takes over: it can't be there without them.
    fn joins(&mut self, node: &Node<'_>) -> Vec<Spanned<String>> {
        let mut joins = Vec::new();
        for key in ["network_mode", "ipc", "pid"] {
            let written = self.text(node.get(key), key);
            let service = written.and_then(|written| {
                let service = written.value.strip_prefix("service:")?.to_owned();
                Some(Spanned { value: service, span: written.span })
            });
            joins.extend(service);
        }
        for written in self.texts(node.get("volumes_from"), "volumes_from") {
            if !written.value.starts_with("container:") {
                let service = written.value.split(':').next().unwrap_or_default().to_owned();
                joins.push(Spanned { value: service, span: written.span });
            }
        }
        joins
    }

    fn networks(&mut self, node: Option<&Node<'_>>) -> Vec<NetworkUse> {
        let Some(node) = node else { return Vec::new() };
        if !node.is_map() {
            let names = self.texts(Some(node), "networks").into_iter();
            return names.map(|name| NetworkUse { name, aliases: Vec::new() }).collect();
        }
        let mut uses = Vec::new();
        for (name, how) in node.entries() {
            let aliases =
                self.texts(how.get("aliases"), "aliases").into_iter().map(|one| one.value).collect();
            uses.extend(name.spanned().map(|name| NetworkUse { name, aliases }));
        }
        uses
    }

    /// The short and the long form of `secrets` and `configs`.
    fn granted(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Spanned<String>> {
        let mut granted = Vec::new();
        for item in node.map(Node::items).unwrap_or_default() {
            let source = if item.is_map() { item.get("source") } else { Some(item) };
            granted.extend(self.text(source, key));
        }
        granted
    }

    fn variables(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Variable> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return Vec::new() };
        if !node.is_map() && !node.is_list() {
            self.wrong(node, key, "a map or a list of `NAME=value`");
        }
        pairs(node)
    }

    fn environment_files(&mut self, node: Option<&Node<'_>>) -> Vec<EnvironmentFile> {
        let Some(node) = node else { return Vec::new() };
        let items = if node.is_list() { node.items() } else { std::slice::from_ref(node) };
        let mut files = Vec::new();
        for item in items {
            let (path, is_required) = match item.is_map() {
                true => (item.get("path"), !item.get("required").is_some_and(Node::is_false)),
                false => (Some(item), true),
            };
            files.extend(self.text(path, "env_file").map(|path| EnvironmentFile { path, is_required }));
        }
        files
    }

    /// The words of a command: those of a list, or the whole text as one.
    fn words(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Spanned<String>> {
        self.texts(node, key)
    }
}

/// `NAME: value` and `- NAME=value`.
fn pairs(node: &Node<'_>) -> Vec<Variable> {
    let of_map = node
        .entries()
        .iter()
        .filter_map(|(name, value)| Some(Variable { name: name.spanned()?, value: value.spanned() }));
    let of_list = node.items().iter().filter_map(|item| {
        let written = item.spanned()?;
        let part = |value: &str, span: Span| Spanned { value: value.to_owned(), span };
        Some(match written.value.split_once('=') {
            Some((name, value)) => {
                Variable { name: part(name.trim(), written.span), value: Some(part(value, written.span)) }
            }
            None => Variable { name: part(written.value.trim(), written.span), value: None },
        })
    });
    of_map.chain(of_list).collect()
}

/// `source:target:mode`; a target alone is a volume without a name.
fn short_mount(written: Spanned<String>) -> Option<Mount> {
    let (source, _) = written.value.split_once(':')?;
    let is_drive = source.len() == 1 && source.chars().all(|one| one.is_ascii_alphabetic());
    let is_path = source.starts_with(['.', '/', '~', '$', '\\']) || source.contains('/') || is_drive;
    let kind = if is_path { MountKind::Bind } else { MountKind::Volume };
    Some(Mount { source: Spanned { value: source.to_owned(), span: written.span }, kind })
}
