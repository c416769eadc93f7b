//! Compose projects: which files belong together, and what their services are once overrides, `extends`,
//! `include` and variables are filled in.
//!
//! The files of one folder are one project: the base and its override as compose itself joins them, and
//! every other file (`docker-compose.prod.yml`) as a variant, whose services are the same ones with more to
//! be said about them. Where a variant says something else, both count: either may be started.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::compose::{
    ComposeFile, Include, Named, Service, UNKNOWN, interpolated, is_named, is_override,
};
use crate::sources::settings::SettingsFile;
use crate::text::{Fault, Location, RepoPath, Span, Spanned};

use super::super::Ecosystem;
use super::model::{BuildRequest, Environment, Kept, KeptKind, Resolved, Running, Said, Setting};

/// How many files may include or extend each other in a row.
const LONGEST_ROW: usize = 16;

/// How many variables may be made of each other in a row.
const DEEPEST: usize = 8;

/// How many variables are looked up for one text: each may be made of many others.
const MOST_LOOKED_UP: usize = 1_000;

/// How many variables of one file, or of one service in it, are looked at: each is compared with all others.
const MOST_VARIABLES: usize = 2_000;

/// The names of a base file, the one that counts first.
const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Files of variables that stand in for a `.env` that is not committed: what people copy it from.
const STAND_INS: [&str; 5] = [".env.example", ".env.sample", ".env.template", ".env.dist", ".env.default"];

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// All compose projects of a repository.
#[derive(Debug, Default)]
pub(super) struct Projects {
    pub(super) environments: Vec<Environment>,
    pub(super) running: Vec<Running>,
    pub(super) problems: Vec<Fault>,
    pub(super) gaps: Vec<Gap>,
    /// By environment and name: the services of that name, and the networks on which they have it.
    names: BTreeMap<(usize, String), Vec<(usize, BTreeSet<Network>)>>,
    /// Where volumes and secrets are declared that nothing outside makes.
    pub(super) declared: BTreeMap<Kept, Location>,
    /// By environment and name in the file.
    services: BTreeMap<(usize, String), usize>,
    /// The networks of each of what runs.
    networks: Vec<BTreeSet<Network>>,
    /// What each calls others by, besides.
    aliases: BTreeMap<(usize, String), String>,
}

/// A network; one that something outside creates may join projects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Network {
    environment: Option<usize>,
    name: String,
}

impl Projects {
    /// Reads the projects; their environments are numbered from `first`.
    pub(super) fn new(facts: &FactMap) -> Self {
        let mut projects = Self::default();
        let files: BTreeMap<&RepoPath, &ComposeFile> = facts
            .iter()
            .filter_map(|(path, facts)| match &**facts {
                Facts::Compose(file) => Some((path, &**file)),
                _ => None,
            })
            .collect();
        if files.is_empty() {
            return projects;
        }
        let included = included_by_others(&files, facts);
        let mut folders: BTreeMap<RepoPath, Vec<&RepoPath>> = BTreeMap::new();
        for path in files.keys().filter(|path| is_named(path.file_name()) && !included.contains(**path)) {
            folders.entry(path.parent().unwrap_or_else(RepoPath::root)).or_default().push(path);
        }
        for (folder, mut own) in folders {
            own.sort_by_key(|path| rank(path.file_name()));
            let environment = projects.environments.len();
            projects.environments.push(Environment { label: own[0].to_string() });
            let mut project = Project {
                facts,
                files: &files,
                environment,
                layers: BTreeMap::new(),
                order: Vec::new(),
                named: BTreeMap::new(),
                added: BTreeSet::new(),
                out: &mut projects,
            };
            let surroundings = Surroundings::of(facts, &folder, &[]);
            for path in own {
                project.add(path, &folder, &surroundings, rank(path.file_name()).0 < 2, 0);
            }
            project.finish();
        }
        projects
    }

    /// What a name means to one of what runs.
    pub(super) fn resolve(&self, from: usize, environment: usize, name: &str) -> Resolved {
        let alias = self.aliases.get(&(from, name.to_owned()));
        let name = alias.map_or(name, String::as_str);
        let own = self.names.get(&(environment, name.to_owned()));
        if let Some(found) = own {
            let meets =
                |networks: &BTreeSet<Network>| alias.is_some() || !networks.is_disjoint(&self.networks[from]);
            return one_of(found.iter().filter(|(_, networks)| meets(networks)).map(|(at, _)| *at));
        }
        let external = self.networks[from].iter().filter(|network| network.environment.is_none());
        let external: BTreeSet<&Network> = external.collect();
        if external.is_empty() {
            return Resolved::Nothing;
        }
        let others = self.names.iter().filter(|((_, known), _)| known == name).flat_map(|(_, found)| found);
        one_of(
            others
                .filter(|(_, networks)| networks.iter().any(|network| external.contains(network)))
                .map(|(at, _)| *at),
        )
    }

    /// The service of a project that has a name of its own there, whatever networks it is on.
    pub(super) fn service(&self, environment: usize, name: &str) -> Resolved {
        let found = self.services.get(&(environment, name.to_owned()));
        found.map_or(Resolved::Nothing, |at| Resolved::To(BTreeSet::from([*at])))
    }
}

fn one_of(found: impl Iterator<Item = usize>) -> Resolved {
    let found: BTreeSet<usize> = found.collect();
    if found.is_empty() { Resolved::Nothing } else { Resolved::To(found) }
}

/// The place of a file among those of its folder: base, override, then variants by name.
fn rank(name: &str) -> (usize, usize, &str) {
    match BASES.iter().position(|base| *base == name) {
        Some(at) => (0, at, name),
        None if is_override(name) => (1, 0, name),
        None => (2, 0, name),
    }
}

/// Files that others include: they are parts of those projects.
fn included_by_others(files: &BTreeMap<&RepoPath, &ComposeFile>, facts: &FactMap) -> BTreeSet<RepoPath> {
    let mut included = BTreeSet::new();
    for (path, file) in files {
        let folder = path.parent().unwrap_or_else(RepoPath::root);
        let surroundings = Surroundings::of(facts, &folder, &[]);
        for written in file.includes.iter().flat_map(|include| &include.paths) {
            included.extend(folder.join(&surroundings.fill(&written.value)).filter(|other| other != *path));
        }
    }
    included
}

/// From where variables take their values.
#[derive(Clone, Default)]
struct Surroundings<'f> {
    files: Vec<(RepoPath, &'f SettingsFile)>,
}

impl<'f> Surroundings<'f> {
    /// The folder's `.env` (or what people copy it from), and files that are named besides.
    fn of(facts: &'f FactMap, folder: &RepoPath, more: &[RepoPath]) -> Self {
        let default = || {
            let own = [".env"].into_iter().chain(STAND_INS);
            own.filter_map(|name| folder.join(name)).find(|path| settings_at(facts, path).is_some())
        };
        let paths = if more.is_empty() { default().into_iter().collect() } else { more.to_vec() };
        let files = paths.into_iter().filter_map(|path| {
            let file = settings_at(facts, &path)?;
            Some((path, file))
        });
        Self { files: files.collect() }
    }

    fn get(&self, name: &str) -> Option<(&Spanned<String>, &RepoPath)> {
        self.files.iter().rev().find_map(|(path, file)| Some((file.get(name)?, path)))
    }

    /// The value of a variable, with those that it is made of.
    fn value(&self, name: &str) -> Option<String> {
        self.value_of(name, 0, &Cell::new(MOST_LOOKED_UP))
    }

    fn value_of(&self, name: &str, depth: usize, left: &Cell<usize>) -> Option<String> {
        left.set(left.get().checked_sub(1)?);
        let (value, _) = self.get(name)?;
        let inner = |other: &str| match depth < DEEPEST && other != name {
            true => self.value_of(other, depth + 1, left),
            false => None,
        };
        Some(interpolated(&value.value, &inner).into_owned())
    }

    fn fill(&self, text: &str) -> String {
        let left = Cell::new(MOST_LOOKED_UP);
        interpolated(text, &|name| self.value_of(name, 0, &left)).into_owned()
    }

    /// The lines from which the variables in a text come.
    fn lines(&self, text: &str) -> Vec<Location> {
        let mut lines = Vec::new();
        let asked = std::cell::RefCell::new(Vec::new());
        let left = Cell::new(MOST_LOOKED_UP);
        interpolated(text, &|name| {
            asked.borrow_mut().push(name.to_owned());
            self.value_of(name, 0, &left)
        });
        for name in asked.into_inner() {
            if let Some((value, path)) = self.get(&name) {
                lines.push(Location { path: path.clone(), span: value.span });
            }
        }
        lines
    }
}

fn settings_at<'f>(facts: &'f FactMap, path: &RepoPath) -> Option<&'f SettingsFile> {
    match &**facts.get(path)? {
        Facts::Settings(file) => Some(file),
        _ => None,
    }
}

/// What one file says of a service.
#[derive(Clone)]
struct Layer<'f> {
    path: RepoPath,
    /// What its paths are relative to.
    folder: RepoPath,
    surroundings: Surroundings<'f>,
    service: &'f Service,
    /// Whether it replaces what was said before, and is not but one more way to start it.
    replaces: bool,
}

impl Layer<'_> {
    fn at(&self, written: &Spanned<String>) -> Location {
        Location { path: self.path.clone(), span: written.span }
    }

    fn said(&self, written: &Spanned<String>) -> Said {
        let mut places = vec![self.at(written)];
        places.extend(self.surroundings.lines(&written.value));
        Said { value: self.surroundings.fill(&written.value), places }
    }
}

struct Project<'f, 'o> {
    facts: &'f FactMap,
    files: &'o BTreeMap<&'f RepoPath, &'f ComposeFile>,
    environment: usize,
    /// The files that are part of it: however often they include each other, each is one once.
    added: BTreeSet<RepoPath>,
    layers: BTreeMap<String, Vec<Layer<'f>>>,
    /// The names of the services, in the order in which they are met.
    order: Vec<String>,
    /// Volumes, networks and secrets by kind and name: what something outside calls them.
    named: BTreeMap<(&'static str, String), String>,
    out: &'o mut Projects,
}

impl<'f> Project<'f, '_> {
    fn add(
        &mut self,
        path: &RepoPath,
        folder: &RepoPath,
        surroundings: &Surroundings<'f>,
        replaces: bool,
        depth: usize,
    ) {
        let Some((path, file)) = self.files.get_key_value(path).map(|(path, file)| (*path, *file)) else {
            return;
        };
        if !self.added.insert(path.clone()) {
            return;
        }
        for include in &file.includes {
            self.include(path, include, surroundings, depth);
        }
        for (what, all) in [("volume", &file.volumes), ("network", &file.networks), ("secret", &file.secrets)]
        {
            for one in all {
                let name = one.name.value.clone();
                if one.is_external {
                    self.named.insert((what, name), given_name(one, surroundings));
                    continue;
                }
                let kept = match what {
                    "volume" => self.kept(KeptKind::Volume, what, &name),
                    "secret" => self.kept(KeptKind::Secret, what, &name),
                    _ => continue,
                };
                let place = Location { path: path.clone(), span: one.name.span };
                self.out.declared.entry(kept).or_insert(place);
            }
        }
        for service in &file.services {
            let layer = Layer {
                path: path.clone(),
                folder: folder.clone(),
                surroundings: surroundings.clone(),
                service,
                replaces,
            };
            let layers = self.with_extended(layer, &mut BTreeSet::new());
            let name = &service.name.value;
            if !self.layers.contains_key(name) {
                self.order.push(name.clone());
            }
            self.layers.entry(name.clone()).or_default().extend(layers);
        }
    }

    fn include(&mut self, path: &RepoPath, include: &Include, surroundings: &Surroundings<'f>, depth: usize) {
        let own = path.parent().unwrap_or_else(RepoPath::root);
        let resolved = |written: &Spanned<String>| own.join(&surroundings.fill(&written.value));
        let mut folder = include.project_directory.as_ref().and_then(resolved);
        for (at, written) in include.paths.iter().enumerate() {
            let found = resolved(written).filter(|other| self.files.contains_key(other));
            let Some(other) = found else {
                let what = "an included file that is not in the repository, or no compose file";
                self.gap(path, written, what);
                continue;
            };
            if depth >= LONGEST_ROW {
                let message = format!("more than {LONGEST_ROW} files include each other in a row");
                self.out.problems.push(Fault::of(path, message).at(written.span, "here"));
                return;
            }
            let folder = folder.get_or_insert_with(|| other.parent().unwrap_or_else(RepoPath::root)).clone();
            let files: Vec<RepoPath> = include.environment_files.iter().filter_map(&resolved).collect();
            let mut inner = Surroundings::of(self.facts, &folder, &files);
            // What the including project sets wins.
            inner.files.extend(surroundings.files.iter().cloned());
            self.add(&other, &folder, &inner, at > 0, depth + 1);
        }
    }

    /// A layer, with those that it takes over before it.
    fn with_extended(&mut self, layer: Layer<'f>, seen: &mut BTreeSet<(RepoPath, String)>) -> Vec<Layer<'f>> {
        let Some(extends) = &layer.service.extends else { return vec![layer] };
        let key = (layer.path.clone(), layer.service.name.value.clone());
        if !seen.insert(key) || seen.len() > LONGEST_ROW {
            let message = format!("`{}` extends itself in the end", layer.service.name.value);
            self.out.problems.push(Fault::of(&layer.path, message).at(extends.service.span, "here"));
            return vec![layer];
        }
        let written = extends.file.as_ref();
        let other = match written {
            None => Some(layer.path.clone()),
            Some(file) => layer.folder.join(&layer.surroundings.fill(&file.value)),
        };
        let known =
            other.and_then(|other| self.files.get_key_value(&other).map(|(path, file)| (*path, *file)));
        let base = known.and_then(|(path, file)| {
            let service = file.services.iter().find(|one| one.name.value == extends.service.value)?;
            Some((path, service))
        });
        let Some((path, service)) = base else {
            let what = match known {
                Some(_) => "a service to extend that is not there",
                None => "a file to extend from that is not in the repository, or no compose file",
            };
            self.gap(&layer.path, written.unwrap_or(&extends.service), what);
            return vec![layer];
        };
        let folder = match written {
            Some(_) => path.parent().unwrap_or_else(RepoPath::root),
            None => layer.folder.clone(),
        };
        let base = Layer {
            path: path.clone(),
            folder,
            surroundings: layer.surroundings.clone(),
            service,
            replaces: layer.replaces,
        };
        let mut layers = self.with_extended(base, seen);
        layers.push(Layer { replaces: true, ..layer });
        layers
    }

    fn gap(&mut self, path: &RepoPath, written: &Spanned<String>, what: &'static str) {
        self.out.gaps.push(Gap::at(path, written.span, what));
    }

    fn finish(mut self) {
        let layers = std::mem::take(&mut self.layers);
        let first = self.out.running.len();
        for name in std::mem::take(&mut self.order) {
            let Some(layers) = layers.get(&name) else { continue };
            // What only others extend has neither image nor build, and is never started.
            if layers.iter().all(|one| one.service.image.is_none() && one.service.build.is_none()) {
                continue;
            }
            let (running, networks) = self.running(&name, layers);
            let at = self.out.running.len();
            for layer in layers {
                for link in &layer.service.links {
                    if let Some(alias) = &link.alias {
                        self.out.aliases.insert((at, alias.clone()), link.service.value.clone());
                    }
                }
            }
            self.out.services.insert((self.environment, name.clone()), at);
            self.out.running.push(running);
            self.out.networks.push(networks);
        }
        for at in first..self.out.running.len() {
            let name = self.out.running[at].name.clone();
            for (known, networks) in self.names(at, &layers[&name]) {
                self.out.names.entry((self.environment, known)).or_default().push((at, networks));
            }
        }
    }

    /// By which names a service is reached, and on which networks.
    fn names(&self, at: usize, layers: &[Layer<'f>]) -> BTreeMap<String, BTreeSet<Network>> {
        let all = &self.out.networks[at];
        let mut names: BTreeMap<String, BTreeSet<Network>> = BTreeMap::new();
        names.insert(self.out.running[at].name.clone(), all.clone());
        for layer in layers {
            for written in &layer.service.other_names {
                let name = layer.surroundings.fill(&written.value).to_ascii_lowercase();
                if !name.contains(UNKNOWN) {
                    names.entry(name).or_default().extend(all.iter().cloned());
                }
            }
            for used in &layer.service.networks {
                let network = self.network(&used.name.value);
                for alias in &used.aliases {
                    let alias = layer.surroundings.fill(alias).to_ascii_lowercase();
                    names.entry(alias).or_default().insert(network.clone());
                }
            }
        }
        let lower = self.out.running[at].name.to_ascii_lowercase();
        names.entry(lower).or_default().extend(all.iter().cloned());
        names
    }

    fn network(&self, name: &str) -> Network {
        match self.named.get(&("network", name.to_owned())) {
            Some(given) => Network { environment: None, name: given.clone() },
            None => Network { environment: Some(self.environment), name: name.to_owned() },
        }
    }

    fn kept(&self, what: KeptKind, word: &'static str, name: &str) -> Kept {
        let given = self.named.get(&(word, name.to_owned()));
        Kept {
            environment: given.is_none().then_some(self.environment),
            namespace: String::new(),
            name: given.map_or(name, String::as_str).to_owned(),
            what,
        }
    }

    fn running(&mut self, name: &str, layers: &[Layer<'f>]) -> (Running, BTreeSet<Network>) {
        let declared_at = layers.first().map(|layer| layer.at(&layer.service.name));
        let declared_at =
            declared_at.unwrap_or_else(|| Location { path: RepoPath::root(), span: Span::default() });
        let mut running = Running::new(name, self.environment, Ecosystem::Compose, declared_at);
        let mut networks = BTreeSet::new();
        for layer in layers {
            self.reset(layer, &mut running);
            self.lay(layer, &mut running);
            networks.extend(layer.service.networks.iter().map(|used| self.network(&used.name.value)));
        }
        if networks.is_empty() {
            networks.insert(self.network("default"));
        }
        (running, networks)
    }

    /// What a layer takes away, or replaces as a whole.
    fn reset(&self, layer: &Layer<'f>, running: &mut Running) {
        for key in &layer.service.resets {
            match key.as_str() {
                "build" => running.builds.clear(),
                "image" => running.images.clear(),
                "depends_on" => running.waits.clear(),
                "links" => running.links.clear(),
                "environment" | "env_file" => running.settings.clear(),
                "command" | "entrypoint" => running.commands.clear(),
                "volumes" => running.volumes.clear(),
                "secrets" => running.secrets.clear(),
                _ => {}
            }
        }
    }

    fn lay(&mut self, layer: &Layer<'f>, running: &mut Running) {
        let service = layer.service;
        if let Some(image) = &service.image {
            if layer.replaces {
                running.images.clear();
            }
            running.images.push(layer.said(image));
        }
        if service.build.is_some() {
            let request = build_request(layer, &running.name);
            if layer.replaces {
                running.builds.clear();
            }
            running.builds.extend(request);
        }
        running.waits.extend(service.depends_on.iter().map(|one| layer.said(&one.service)));
        running.waits.extend(service.joins.iter().map(|one| layer.said(one)));
        running.waits.extend(service.links.iter().map(|one| layer.said(&one.service)));
        running.links.extend(service.links.iter().map(|one| layer.said(&one.service)));
        self.lay_settings(layer, running);
        for words in [&service.entrypoint, &service.command] {
            if !words.is_empty() {
                running.commands.push(words.iter().map(|word| layer.said(word)).collect());
            }
        }
        for mount in
            service.mounts.iter().filter(|mount| mount.kind == crate::sources::compose::MountKind::Volume)
        {
            let said = layer.said(&mount.source);
            running.volumes.push((self.kept(KeptKind::Volume, "volume", &said.value), said));
        }
        for secret in &service.secrets {
            let said = layer.said(secret);
            running.secrets.push((self.kept(KeptKind::Secret, "secret", &said.value), said));
        }
    }

    fn lay_settings(&mut self, layer: &Layer<'f>, running: &mut Running) {
        for file in &layer.service.environment_files {
            let path = layer.folder.join(&layer.surroundings.fill(&file.path.value));
            let found = path.as_ref().and_then(|path| self.stand_in(path));
            let Some((path, settings)) = found else {
                if file.is_required {
                    self.gap(&layer.path, &file.path, "an `env_file` that is not in the repository");
                }
                continue;
            };
            let line = layer.at(&file.path);
            for (name, value) in settings.variables.iter().take(MOST_VARIABLES) {
                let place = Location { path: path.clone(), span: value.span };
                let value =
                    Said { value: layer.surroundings.fill(&value.value), places: vec![place, line.clone()] };
                set(running, layer.replaces, Setting { name: name.value.clone(), value });
            }
        }
        for variable in layer.service.environment.iter().take(MOST_VARIABLES) {
            let value = match &variable.value {
                Some(value) => layer.said(value),
                // Passed through: whoever starts the project sets it, or the file of variables does.
                None => match layer.surroundings.get(&variable.name.value) {
                    Some((value, path)) => Said {
                        value: layer.surroundings.fill(&value.value),
                        places: vec![
                            layer.at(&variable.name),
                            Location { path: path.clone(), span: value.span },
                        ],
                    },
                    None => continue,
                },
            };
            set(running, layer.replaces, Setting { name: variable.name.value.clone(), value });
        }
    }

    /// A file of variables, or what people copy it from.
    fn stand_in(&self, path: &RepoPath) -> Option<(RepoPath, &'f SettingsFile)> {
        let own = settings_at(self.facts, path).map(|file| (path.clone(), file));
        own.or_else(|| {
            let endings = [".example", ".sample", ".template", ".dist", ".default"];
            endings.iter().find_map(|ending| {
                let other = RepoPath::new(&format!("{}{ending}", path.as_str()))?;
                settings_at(self.facts, &other).map(|file| (other, file))
            })
        })
    }
}

/// A variable's value: what overrides replaces what was said before, a variant adds to it.
fn set(running: &mut Running, replaces: bool, setting: Setting) {
    if replaces {
        running.settings.retain(|known| known.name != setting.name);
    }
    if !running.settings.contains(&setting) {
        running.settings.push(setting);
    }
}

fn given_name(named: &Named, surroundings: &Surroundings<'_>) -> String {
    let given = named.given_name.as_ref().unwrap_or(&named.name);
    surroundings.fill(&given.value)
}

fn build_request(layer: &Layer<'_>, service: &str) -> Option<BuildRequest> {
    let build = layer.service.build.as_ref()?;
    let context =
        build.context.as_ref().map_or_else(|| ".".to_owned(), |one| layer.surroundings.fill(&one.value));
    let is_remote = context.contains("://") || context.starts_with("git@") || context.contains(UNKNOWN);
    let context = (!is_remote).then(|| layer.folder.join(&context)).flatten();
    let dockerfile = build.dockerfile.as_ref().map(|one| layer.surroundings.fill(&one.value));
    let dockerfile = dockerfile.as_deref().unwrap_or("Dockerfile");
    let dockerfile = context.as_ref().filter(|_| !build.is_inline && !dockerfile.contains(UNKNOWN));
    let dockerfile = dockerfile.and_then(|context| {
        context.join(
            &build
                .dockerfile
                .as_ref()
                .map_or_else(|| "Dockerfile".to_owned(), |one| layer.surroundings.fill(&one.value)),
        )
    });
    let arguments = build.arguments.iter().filter_map(|one| {
        let value = match &one.value {
            Some(value) => layer.surroundings.fill(&value.value),
            None => layer.surroundings.value(&one.name.value)?,
        };
        Some((one.name.value.clone(), value))
    });
    let built_with = build.contexts.iter().filter_map(|(_, written)| {
        let service = written.value.strip_prefix("service:")?;
        Some(Said::new(service, layer.at(written)))
    });
    let location = build.dockerfile.as_ref().or(build.context.as_ref());
    Some(BuildRequest {
        dockerfile,
        target: build.target.as_ref().map(|one| layer.surroundings.fill(&one.value)),
        arguments: arguments.collect(),
        built_with: built_with.collect(),
        location: location.map_or_else(|| layer.at(&layer.service.name), |written| layer.at(written)),
        called: layer.service.image.as_ref().map(|image| layer.surroundings.fill(&image.value)),
        service: service.to_owned(),
        context,
    })
}

#[cfg(test)]
mod tests {
    use super::{MOST_VARIABLES, Projects};
    use crate::snapshot::MemorySnapshot;
    use crate::sources::read_all;

    fn projects(files: &[(&str, String)]) -> Projects {
        let snapshot = MemorySnapshot::new(files.iter().cloned());
        Projects::new(&read_all(&snapshot, &|_, _| false, &|_| false, None).1.facts)
    }

    #[test]
    fn variables_that_are_made_of_many_others_each_are_given_up() {
        let line = |at: usize| format!("V{at}={}\n", format!("$V{}", at + 1).repeat(50));
        let variables: String = (0..9).map(line).collect();
        let compose = "services: {cart: {image: \"cart:$V0\", environment: {A: \"$V0\"}}}".to_owned();
        let read = projects(&[("compose.yaml", compose), (".env", variables + "V9=\n")]);
        assert_eq!(read.running.len(), 1);
    }

    #[test]
    fn no_more_variables_of_a_service_are_looked_at_than_can_be_compared() {
        let many: String = (0..20_000).map(|at| format!("A{at}=b\n")).collect();
        let services: String = (0..20).map(|at| format!("s{at}: {{image: a, env_file: .env}}, ")).collect();
        let read = projects(&[("compose.yaml", format!("services: {{{services}}}")), (".env", many)]);
        assert!(read.running.len() == 20 && read.running[0].settings.len() == MOST_VARIABLES);
    }

    #[test]
    fn files_that_include_each_other_often_are_each_read_once() {
        let file = |at: usize| {
            let other = format!("compose-{}.yaml, ", at + 1).repeat(10);
            format!("include: [{other}]\nservices: {{s{at}: {{image: a}}}}\n")
        };
        let names: Vec<String> = (0..12).map(|at| format!("compose-{at}.yaml")).collect();
        let files: Vec<(&str, String)> = names.iter().map(String::as_str).zip((0..12).map(file)).collect();
        assert_eq!(projects(&files).running.len(), 12);
        let own = format!("include: [{}]\nservices: {{a: {{image: a}}}}\n", "compose.yaml, ".repeat(10));
        assert_eq!(projects(&[("compose.yaml", own)]).running.len(), 1);
    }
}
