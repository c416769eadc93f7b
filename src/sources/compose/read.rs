//! From the tree of a compose file to its facts.

use crate::text::yaml::{Mark, Node};
use crate::text::{Fault, RepoPath, Span, Spanned};

use super::service::{
    Build, Dependency, EnvironmentFile, Extends, Grant, Join, JoinKind, Link, Mount, MountKind, NetworkUse,
    Service, Variable,
};
use super::{ComposeFile, Include, Named, Unread, is_named, template};

/// Reads the top level.
pub(super) fn file(root: &Node<'_>, path: &RepoPath, found: Vec<Fault>) -> (Option<ComposeFile>, Vec<Fault>) {
    let mut reader = Reader { path, faults: found };
    let is_named = is_named(path.file_name());
    let services = root.get("services");
    // What goes by another name is a compose file only if it looks like one through and through; GitLab's
    // pipelines, dependency injection and others have a top-level `services` as well.
    let is_other =
        |node: &Node<'_>| !node.is_map() || !node.entries().iter().all(|(_, service)| is_service(service));
    match services {
        Some(services) if !is_named && is_other(services) => return (None, Vec::new()),
        None if !is_named || root.get("include").is_none() => return (None, Vec::new()),
        _ => {}
    }
    let mut read = ComposeFile {
        name: root.get("name").and_then(Node::spanned),
        includes: reader.includes(root.get("include")),
        services: Vec::new(),
        volumes: named(root, "volumes", &mut reader),
        networks: named(root, "networks", &mut reader),
        secrets: named(root, "secrets", &mut reader),
        configs: named(root, "configs", &mut reader),
        unread: Vec::new(),
    };
    if let Some(services) = services.filter(|services| !services.is_null()) {
        if !services.is_map() {
            reader.wrong(services, "services", "a map of services");
        }
        for (name, service) in services.entries() {
            let Some(service) = reader.service(name, service) else { continue };
            match place_to_fill_in(&service) {
                Some(span) => read.unread.push(Unread { what: template::WHAT, span: Some(span) }),
                None => read.services.push(service),
            }
        }
    }
    (Some(read), reader.faults)
}

/// Where what a service is known by is only filled in later; in quotes that is valid YAML.
fn place_to_fill_in(service: &Service) -> Option<Span> {
    let context = service.build.as_ref().and_then(|build| build.context.as_ref());
    let mut known_by = [Some(&service.name), service.image.as_ref(), context].into_iter().flatten();
    known_by.find(|text| template::holds_mark(&text.value)).map(|text| text.span)
}

/// Whether something that may be a service has what only services have.
fn is_service(node: &Node<'_>) -> bool {
    const KEYS: [&str; 8] =
        ["image", "build", "extends", "command", "environment", "env_file", "depends_on", "container_name"];
    node.is_map() && KEYS.iter().any(|key| node.get(key).is_some())
}

/// The value under a key, but for one that only says that what is overridden is taken away.
fn kept<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    node.get(key).filter(|value| value.mark() != Mark::Reset)
}

/// What a service takes away from what it overrides, by the keys that lead there. Deeper than what is merged
/// entry by entry nobody looks.
fn resets<'n>(node: &'n Node<'_>, keys: &mut Vec<&'n str>, found: &mut Vec<Vec<String>>) {
    const DEEPEST: usize = 3;
    if node.mark() != Mark::None {
        found.push(keys.iter().map(|key| (*key).to_owned()).collect());
        return;
    }
    if keys.len() < DEEPEST {
        for (key, value) in node.entries() {
            let Some(key) = key.text() else { continue };
            keys.push(key);
            resets(value, keys, found);
            keys.pop();
        }
    }
}

fn named(root: &Node<'_>, key: &str, reader: &mut Reader<'_>) -> Vec<Named> {
    let node = root.get(key).filter(|node| !node.is_null());
    if let Some(node) = node.filter(|node| !node.is_map()) {
        reader.wrong(node, key, "a map");
    }
    let entries = node.map(Node::entries).unwrap_or_default().iter();
    let entries = entries.filter(|(_, value)| value.mark() != Mark::Reset);
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
        let fault = fault.at(node.span, format!("this is {}", node.what()));
        self.faults.push(fault.help("compose refuses it as well: `docker compose config` tells more"));
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

    /// The entries of what must be a list.
    fn items<'n, 't>(&mut self, node: Option<&'n Node<'t>>, key: &str) -> &'n [Node<'t>] {
        let Some(node) = node.filter(|node| !node.is_null()) else { return &[] };
        if !node.is_list() {
            self.wrong(node, key, "a list");
        }
        node.items()
    }

    fn includes(&mut self, node: Option<&Node<'_>>) -> Vec<Include> {
        let mut includes = Vec::new();
        for item in self.items(node, "include") {
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
        let mut taken = Vec::new();
        resets(node, &mut Vec::new(), &mut taken);
        let resets = taken;
        if node.mark() == Mark::Reset {
            return Some(Service { resets, ..Service::empty(name) });
        }
        let mut other_names = Vec::new();
        for key in ["hostname", "container_name"] {
            other_names.extend(self.text(kept(node, key), key));
        }
        Some(Service {
            profiles: self
                .texts(kept(node, "profiles"), "profiles")
                .into_iter()
                .map(|one| one.value)
                .collect(),
            build: self.build(kept(node, "build")),
            image: self.text(kept(node, "image"), "image"),
            extends: self.extends(kept(node, "extends")),
            depends_on: self.depends_on(kept(node, "depends_on")),
            links: self.links(kept(node, "links")),
            mounts: self.mounts(kept(node, "volumes")),
            joins: self.joins(node),
            networks: self.networks(kept(node, "networks")),
            secrets: self.granted(kept(node, "secrets"), "secrets"),
            configs: self.granted(kept(node, "configs"), "configs"),
            environment: self.variables(kept(node, "environment"), "environment"),
            environment_files: self.environment_files(kept(node, "env_file")),
            entrypoint: self.words(kept(node, "entrypoint"), "entrypoint"),
            command: self.words(kept(node, "command"), "command"),
            other_names,
            resets,
            weight: node.weight(),
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
        let contexts = self.variables(kept(node, "additional_contexts"), "additional_contexts");
        Some(Build {
            context: self.text(kept(node, "context"), "context"),
            dockerfile: self.text(kept(node, "dockerfile"), "dockerfile"),
            is_inline: kept(node, "dockerfile_inline").is_some(),
            target: self.text(kept(node, "target"), "target"),
            arguments: self.variables(kept(node, "args"), "args"),
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
            let entries = node.entries().iter().filter(|(_, how)| how.mark() != Mark::Reset);
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
        let mut links = Vec::new();
        for item in self.items(node, "links") {
            let Some(written) = self.text(Some(item), "links") else { continue };
            let (service, alias) = match written.value.split_once(':') {
                Some((service, alias)) => (service.to_owned(), Some(alias.to_owned())),
                None => (written.value, None),
            };
            links.push(Link { service: Spanned { value: service, span: written.span }, alias });
        }
        links
    }

    fn mounts(&mut self, node: Option<&Node<'_>>) -> Vec<Mount> {
        let mut mounts = Vec::new();
        for item in self.items(node, "volumes") {
            if item.is_map() {
                let kind = match item.get("type").and_then(Node::text) {
                    None | Some("volume") => MountKind::Volume,
                    Some("bind") => MountKind::Bind,
                    Some(_) => MountKind::Other,
                };
                let source = self.text(item.get("source").or(item.get("src")), "source");
                let target = item.get("target").or(item.get("dst")).or(item.get("destination"));
                let target = target.and_then(Node::text).map(str::to_owned);
                mounts.push(Mount { source, target, kind });
            } else if let Some(written) = self.text(Some(item), "volumes") {
                mounts.push(short_mount(written));
            }
        }
        mounts
    }

    /// Services whose surroundings a service takes over: it can't be there without them.
    fn joins(&mut self, node: &Node<'_>) -> Vec<Join> {
        let mut joins = Vec::new();
        for (key, what) in
            [("network_mode", JoinKind::Network), ("ipc", JoinKind::Other), ("pid", JoinKind::Other)]
        {
            let written = self.text(kept(node, key), key);
            let service = written.and_then(|written| {
                let service = written.value.strip_prefix("service:")?.to_owned();
                Some(Spanned { value: service, span: written.span })
            });
            joins.extend(service.map(|service| Join { service, what }));
        }
        for written in self.texts(kept(node, "volumes_from"), "volumes_from") {
            if !written.value.starts_with("container:") {
                let service = written.value.split(':').next().unwrap_or_default().to_owned();
                let service = Spanned { value: service, span: written.span };
                joins.push(Join { service, what: JoinKind::Volumes });
            }
        }
        joins
    }

    fn networks(&mut self, node: Option<&Node<'_>>) -> Vec<NetworkUse> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return Vec::new() };
        let mut uses = Vec::new();
        if !node.is_map() {
            for item in self.items(Some(node), "networks") {
                let name = self.text(Some(item), "networks");
                uses.extend(name.map(|name| NetworkUse { name, aliases: Vec::new() }));
            }
        }
        for (name, how) in node.entries().iter().filter(|(_, how)| how.mark() != Mark::Reset) {
            let aliases =
                self.texts(how.get("aliases"), "aliases").into_iter().map(|one| one.value).collect();
            uses.extend(name.spanned().map(|name| NetworkUse { name, aliases }));
        }
        uses
    }

    /// The short and the long form of `secrets` and `configs`.
    fn granted(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Grant> {
        let mut granted = Vec::new();
        for item in self.items(node, key) {
            let source = if item.is_map() { item.get("source") } else { Some(item) };
            let target = item.get("target").and_then(Node::text).map(str::to_owned);
            granted.extend(self.text(source, key).map(|source| Grant { source, target }));
        }
        granted
    }

    /// `NAME: value` and `- NAME=value`.
    fn variables(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Variable> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return Vec::new() };
        if !node.is_map() && !node.is_list() {
            self.wrong(node, key, "a map or a list of `NAME=value`");
        }
        let mut variables = Vec::new();
        for (name, value) in node.entries().iter().filter(|(_, value)| value.mark() != Mark::Reset) {
            let value = self.text(Some(value), key);
            variables.extend(name.spanned().map(|name| Variable { name, value, is_key: true }));
        }
        for item in node.items() {
            variables.extend(self.text(Some(item), key).map(variable));
        }
        variables
    }

    fn environment_files(&mut self, node: Option<&Node<'_>>) -> Vec<EnvironmentFile> {
        let Some(node) = node else { return Vec::new() };
        let items = if node.is_list() { node.items() } else { std::slice::from_ref(node) };
        let mut files = Vec::new();
        for item in items {
            let path = if item.is_map() { item.get("path") } else { Some(item) };
            let is_required = !item.get("required").is_some_and(Node::is_false);
            let is_raw = item.get("format").and_then(Node::text) == Some("raw");
            let path = self.text(path, "env_file");
            files.extend(path.map(|path| EnvironmentFile { path, is_required, is_raw }));
        }
        files
    }

    /// The words of a command: those of a list, or the whole text as one.
    fn words(&mut self, node: Option<&Node<'_>>, key: &str) -> Vec<Spanned<String>> {
        self.texts(node, key)
    }
}

/// `NAME=value`, or a name alone.
fn variable(written: Spanned<String>) -> Variable {
    let part = |value: &str| Spanned { value: value.to_owned(), span: written.span };
    match written.value.split_once('=') {
        Some((name, value)) => Variable { name: part(name.trim()), value: Some(part(value)), is_key: false },
        None => Variable { name: part(written.value.trim()), value: None, is_key: false },
    }
}

/// `source:target:mode`; a target alone is a volume without a name.
fn short_mount(written: Spanned<String>) -> Mount {
    let (source, rest) = match cut_at_colon(&written.value) {
        (target, None) => (None, target),
        (source, Some(rest)) => (Some(source), rest),
    };
    let (target, _) = cut_at_colon(rest);
    let kind = match source {
        None => MountKind::Other,
        Some(source) if source.starts_with('$') => MountKind::ByLook,
        Some(source) => MountKind::of_source(source),
    };
    let target = Some(target.to_owned());
    let source = source.map(|source| Spanned { value: source.to_owned(), span: written.span });
    Mount { source, target, kind }
}

/// What stands before the first colon that is no part of a variable or of a drive's name, and what behind.
fn cut_at_colon(text: &str) -> (&str, Option<&str>) {
    let is_drive = text.starts_with(|one: char| one.is_ascii_alphabetic())
        && (text[1..].starts_with(":\\") || text[1..].starts_with(":/"));
    let mut open = 0_usize;
    for (at, one) in text.char_indices() {
        match one {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            ':' if open == 0 && !(is_drive && at == 1) => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
    }
    (text, None)
}
