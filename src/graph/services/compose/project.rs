//! One project: the files of a folder, and what they bring with them.
//!
//! The base of a folder and its override are started together. Every other file is a way of its own to start
//! the same services: over the base, or alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Gap;
use crate::sources::compose::{ComposeFile, Include, Named, Service, is_override};
use crate::text::{Fault, Location, RepoPath, Spanned};

use super::super::model::{Kept, KeptKind};
use super::super::names::ImageName;
use super::merged::Layer;
use super::surroundings::Surroundings;
use super::{FactMap, Network, Projects};

/// How many files may include or extend each other in a row.
const LONGEST_ROW: usize = 16;

/// The names of a base file, the one that counts first.
const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Compose files by path.
pub(super) type Files<'f> = BTreeMap<&'f RepoPath, File<'f>>;

/// A compose file, and its services by name.
#[derive(Debug)]
pub(super) struct File<'f> {
    pub(super) facts: &'f ComposeFile,
    services: BTreeMap<&'f str, &'f Service>,
}

impl<'f> File<'f> {
    pub(super) fn new(facts: &'f ComposeFile) -> Self {
        let services = facts.services.iter().map(|service| (service.name.value.as_str(), service));
        Self { facts, services: services.collect() }
    }
}

/// The ways to start what lies in a folder: each the files that are started together.
pub(super) fn ways(mut own: Vec<&RepoPath>) -> Vec<Vec<&RepoPath>> {
    own.sort_by_key(|path| rank(path.file_name()));
    let is_base = own.first().is_some_and(|path| BASES.contains(&path.file_name()));
    let mut ways: Vec<Vec<&RepoPath>> = Vec::new();
    for path in own {
        match ways.first_mut() {
            // Of several overrides, compose takes the first.
            Some(main) if is_base && main.len() == 1 && is_override(path.file_name()) => main.push(path),
            _ => ways.push(vec![path]),
        }
    }
    ways
}

/// The ways that start the same services. Where a folder has no base, files that call different things by one
/// name start stacks of their own; those that differ in nothing that both say may be started together.
pub(super) fn stacks<'f>(ways: Vec<Vec<&'f RepoPath>>, files: &Files<'f>) -> Vec<Vec<Vec<&'f RepoPath>>> {
    let main = ways.first().and_then(|way| way.first());
    if main.is_none_or(|path| BASES.contains(&path.file_name())) {
        return vec![ways];
    }
    let mut stacks: Vec<Vec<Vec<&RepoPath>>> = Vec::new();
    for way in ways {
        let fits = |stack: &&mut Vec<Vec<&RepoPath>>| {
            // The first of a stack speaks for it: what is told apart is told apart from what it is called by.
            stack.first().is_some_and(|first| !differ(first, &way, files))
        };
        match stacks.iter_mut().find(fits) {
            Some(stack) => stack.push(way),
            None => stacks.push(vec![way]),
        }
    }
    stacks
}

/// Whether two ways to start something mean different things by one name.
fn differ(one: &[&RepoPath], other: &[&RepoPath], files: &Files<'_>) -> bool {
    let services = |way: &[&RepoPath]| -> BTreeMap<String, &Service> {
        let files = way.iter().filter_map(|path| files.get(*path));
        files.flat_map(|file| &file.services).map(|(name, service)| ((*name).to_owned(), *service)).collect()
    };
    let theirs = services(other);
    services(one)
        .iter()
        .any(|(name, service)| theirs.get(name).is_some_and(|other| are_apart(service, other)))
}

/// Whether two services of one name run different images: by what these are called, or else by their contexts.
fn are_apart(one: &Service, other: &Service) -> bool {
    let image = |service: &'_ Service| service.image.as_ref().map(|image| image.value.clone());
    let context = |service: &Service| service.build.as_ref()?.context.as_ref().map(|one| one.value.clone());
    match (image(one), image(other), context(one), context(other)) {
        (Some(one), Some(other), ..) => {
            ImageName::read(&one).repository() != ImageName::read(&other).repository()
        }
        (_, _, Some(one), Some(other)) => one.trim_matches(['.', '/']) != other.trim_matches(['.', '/']),
        _ => false,
    }
}

/// The place of a file among those of its folder: base, override, then variants by name.
fn rank(name: &str) -> (usize, usize, &str) {
    match BASES.iter().position(|base| *base == name) {
        Some(at) => (0, at, name),
        None if is_override(name) => (1, 0, name),
        None => (2, 0, name),
    }
}

/// Files that others include: they are parts of those projects. Of a circle, the first one is not.
pub(super) fn included_by_others(files: &Files<'_>, facts: &FactMap) -> BTreeSet<RepoPath> {
    let mut includes: BTreeMap<&RepoPath, Vec<RepoPath>> = BTreeMap::new();
    let all = files.iter().map(|(path, file)| (*path, file.facts));
    for (path, file) in all.filter(|(_, file)| !file.includes.is_empty()) {
        let folder = path.parent().unwrap_or_else(RepoPath::root);
        let surroundings = Surroundings::of(facts, &folder, &[]);
        let written = file.includes.iter().flat_map(|include| &include.paths);
        includes
            .insert(path, written.filter_map(|one| folder.join(&surroundings.fill(&one.value))).collect());
    }
    let direct: BTreeSet<&RepoPath> = includes.values().flatten().collect();
    let mut included = BTreeSet::new();
    let mut reached = BTreeSet::new();
    let outermost = includes.keys().filter(|path| !direct.contains(*path));
    for start in outermost.chain(includes.keys()) {
        let mut open = if reached.insert(*start) { vec![*start] } else { Vec::new() };
        while let Some(path) = open.pop() {
            for other in includes.get(path).into_iter().flatten() {
                if reached.insert(other) {
                    included.insert(other.clone());
                    open.push(other);
                }
            }
        }
    }
    included
}

/// A way to start a project.
#[derive(Default)]
pub(super) struct Way<'f> {
    /// What is said of each service.
    pub(super) layers: BTreeMap<String, Vec<Layer<'f>>>,
    /// The files that are read already: compose takes none twice.
    read: BTreeSet<RepoPath>,
}

pub(super) struct Project<'f, 'o> {
    pub(super) facts: &'f FactMap,
    pub(super) files: &'o Files<'f>,
    pub(super) environment: usize,
    pub(super) ways: Vec<Way<'f>>,
    /// The names of the services, in the order in which they are met.
    pub(super) order: Vec<String>,
    /// Volumes, networks and secrets by kind and name: what they are called outside, if that is said.
    named: BTreeMap<(&'static str, String), String>,
    /// The files that include the one that is being read, from the outside in.
    including: Vec<RepoPath>,
    pub(super) out: &'o mut Projects,
}

impl<'f, 'o> Project<'f, 'o> {
    /// Reads the files of a folder.
    pub(super) fn read(
        facts: &'f FactMap,
        files: &'o Files<'f>,
        folder: &RepoPath,
        ways: &[Vec<&'f RepoPath>],
        environment: usize,
        out: &'o mut Projects,
    ) -> Self {
        let mut project = Self {
            facts,
            files,
            environment,
            ways: Vec::new(),
            order: Vec::new(),
            named: BTreeMap::new(),
            including: Vec::new(),
            out,
        };
        let surroundings = Surroundings::of(facts, folder, &[]);
        for way in ways {
            project.ways.push(Way::default());
            way.iter().for_each(|path| project.add(path, folder, &surroundings));
        }
        project
    }

    fn add(&mut self, path: &RepoPath, folder: &RepoPath, surroundings: &Surroundings) {
        let Some((path, file)) = self.files.get_key_value(path).map(|(path, file)| (*path, file.facts))
        else {
            return;
        };
        if !self.ways.last_mut().is_some_and(|way| way.read.insert(path.clone())) {
            return;
        }
        self.including.push(path.clone());
        for include in &file.includes {
            self.include(path, include, surroundings);
        }
        self.including.pop();
        for (what, all) in [("volume", &file.volumes), ("network", &file.networks), ("secret", &file.secrets)]
        {
            all.iter().for_each(|one| self.declare(what, one, path, surroundings));
        }
        for service in &file.services {
            let layer = Layer {
                path: path.clone(),
                folder: folder.clone(),
                surroundings: surroundings.clone(),
                service,
                is_extended: false,
            };
            let layers = self.with_extended(layer, &mut BTreeSet::new());
            let name = &service.name.value;
            if !self.ways.iter().any(|way| way.layers.contains_key(name)) {
                self.order.push(name.clone());
            }
            if let Some(way) = self.ways.last_mut() {
                way.layers.entry(name.clone()).or_default().extend(layers);
            }
        }
    }

    /// A volume, network or secret.
    fn declare(&mut self, what: &'static str, one: &Named, path: &RepoPath, surroundings: &Surroundings) {
        let name = one.name.value.clone();
        let given = match (&one.given_name, one.is_external) {
            (Some(given), _) => Some(surroundings.fill(&given.value)),
            (None, true) => Some(name.clone()),
            (None, false) => None,
        };
        if let Some(given) = given {
            let key = (what, name.clone());
            match self.ways.len() {
                1 => drop(self.named.insert(key, given)),
                _ => drop(self.named.entry(key).or_insert(given)),
            }
        }
        let kept = match what {
            "volume" => self.kept(KeptKind::Volume, &name),
            "secret" => self.kept(KeptKind::Secret, &name),
            _ => return,
        };
        if !one.is_external {
            let place = Location { path: path.clone(), span: one.name.span };
            self.out.declared.entry(kept).or_insert(place);
        }
    }

    fn include(&mut self, path: &RepoPath, include: &Include, surroundings: &Surroundings) {
        let own = path.parent().unwrap_or_else(RepoPath::root);
        let resolved = |written: &Spanned<String>| own.join(&surroundings.fill(&written.value));
        let mut folder = include.project_directory.as_ref().and_then(resolved);
        for written in &include.paths {
            let found = resolved(written).filter(|other| self.files.contains_key(other));
            let Some(other) = found else {
                let what = "an included file that is not in the repository, or no compose file";
                self.gap(path, written, what);
                continue;
            };
            if self.including.len() > LONGEST_ROW {
                let message = format!("more than {LONGEST_ROW} files include each other in a row");
                let fault = Fault::of(path, message).at(written.span, "here");
                self.out.problems.push(fault.help("include them from fewer files"));
                return;
            }
            if self.including.contains(&other) {
                let message = "this file includes itself, directly or by way of others";
                let fault = Fault::of(path, message).at(written.span, "here");
                self.out
                    .problems
                    .push(fault.help("compose refuses a circle; take one of the files out of it"));
                continue;
            }
            if self.ways.last().is_some_and(|way| way.read.contains(&other)) {
                continue;
            }
            let folder = folder.get_or_insert_with(|| other.parent().unwrap_or_else(RepoPath::root)).clone();
            let files: Vec<RepoPath> = include.environment_files.iter().filter_map(&resolved).collect();
            let inner = Surroundings::inside(surroundings, self.facts, &folder, &files);
            self.add(&other, &folder, &inner);
        }
    }

    /// A layer, with those that it takes over before it.
    fn with_extended(&mut self, layer: Layer<'f>, seen: &mut BTreeSet<(RepoPath, String)>) -> Vec<Layer<'f>> {
        let Some(extends) = &layer.service.extends else { return vec![layer] };
        let key = (layer.path.clone(), layer.service.name.value.clone());
        if !seen.insert(key) || seen.len() > LONGEST_ROW {
            let message =
                format!("`{}` extends itself, directly or by way of others", layer.service.name.value);
            let fault = Fault::of(&layer.path, message).at(extends.service.span, "here");
            self.out
                .problems
                .push(fault.help("compose refuses a circle; let one of the services stand alone"));
            return vec![layer];
        }
        let written = extends.file.as_ref();
        let other = match written {
            None => Some(layer.path.clone()),
            Some(file) => layer.folder.join(&layer.surroundings.fill(&file.value)),
        };
        let known = other.and_then(|other| self.files.get_key_value(&other));
        let wanted = layer.surroundings.fill(&extends.service.value);
        let base = known.and_then(|(path, file)| Some((*path, *file.services.get(wanted.as_str())?)));
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
        let surroundings = layer.surroundings.clone();
        let base = Layer { path: path.clone(), folder, surroundings, service, is_extended: true };
        let mut layers = self.with_extended(base, seen);
        layers.push(layer);
        layers
    }

    pub(super) fn gap(&mut self, path: &RepoPath, written: &Spanned<String>, what: &'static str) {
        self.out.gaps.push(Gap::at(path, written.span, what));
    }

    pub(super) fn network(&self, name: &str) -> Network {
        match self.named.get(&("network", name.to_owned())) {
            Some(given) => Network { environment: None, name: given.clone() },
            None => Network { environment: Some(self.environment), name: name.to_owned() },
        }
    }

    pub(super) fn kept(&self, what: KeptKind, name: &str) -> Kept {
        let word = if what == KeptKind::Secret { "secret" } else { "volume" };
        let given = self.named.get(&(word, name.to_owned()));
        Kept {
            environment: given.is_none().then_some(self.environment),
            namespace: String::new(),
            name: given.map_or(name, String::as_str).to_owned(),
            what,
        }
    }
}
