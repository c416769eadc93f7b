//! What several files say of one service, joined as compose joins them: the later one wins, key by key, and
//! lists grow.
//!
//! Invariant: what joining costs in one repository is bounded. Files that take over and include each other
//! could otherwise say one thing as often as there are ways through them.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::compose::{Build, Grant, JoinKind, Mount, MountKind, Service, UNKNOWN, Variable};
use crate::text::{Location, RepoPath, Spanned};

use super::super::model::Said;
use super::surroundings::Surroundings;

/// How often what is written may be said, on average: far more often than variants and what they take over make
/// of it.
const MOST_TIMES: usize = 8;

/// What may always be said, in values and bytes of text.
const ALWAYS: usize = 4 * 1024 * 1024;

/// What is left to be said, in values and bytes of text.
#[derive(Debug, Default)]
pub(super) struct Budget(usize);

impl Budget {
    /// For files of this weight.
    pub(super) fn of(written: usize) -> Self {
        Self(written.saturating_mul(MOST_TIMES).max(ALWAYS))
    }

    pub(super) fn spend(&mut self, weight: usize) -> bool {
        self.0 = self.0.saturating_sub(weight);
        !self.is_spent()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// What one file says of a service.
#[derive(Clone)]
pub(super) struct Layer<'f> {
    pub(super) path: RepoPath,
    /// What its paths are relative to.
    pub(super) folder: RepoPath,
    pub(super) surroundings: Surroundings,
    pub(super) service: &'f Service,
    /// Whether it is only there because another one takes it over.
    pub(super) is_extended: bool,
}

impl Layer<'_> {
    pub(super) fn at<T>(&self, written: &Spanned<T>) -> Location {
        Location { path: self.path.clone(), span: written.span }
    }

    fn said(&self, written: &Spanned<String>, budget: &mut Budget) -> Said {
        let (value, lines) = match budget.is_spent() {
            true => (UNKNOWN.to_string(), Vec::new()),
            false => self.surroundings.filled(&written.value),
        };
        if written.value.contains('$') {
            budget.spend(value.len() + lines.len());
        }
        let mut places = vec![self.at(written)];
        places.extend(lines);
        Said { value, places }
    }
}

/// A service with everything that is said of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Merged {
    pub(super) image: Option<Said>,
    pub(super) build: Option<MergedBuild>,
    /// By name, and whether each must be there.
    pub(super) depends_on: BTreeMap<String, (Said, bool)>,
    pub(super) joins: Vec<(JoinKind, Said)>,
    /// Each with what it is called here, if that is something else.
    pub(super) links: Vec<(Said, Option<String>)>,
    pub(super) environment_files: Vec<File>,
    pub(super) environment: Vec<Entry>,
    pub(super) entrypoint: Vec<Said>,
    pub(super) command: Vec<Said>,
    /// By where they are seen in the container.
    pub(super) mounts: BTreeMap<String, Mounted>,
    /// By the file in which they are read.
    pub(super) secrets: BTreeMap<String, Said>,
    /// Each with what it is called there, besides.
    pub(super) networks: BTreeMap<String, BTreeSet<String>>,
    pub(super) other_names: BTreeSet<String>,
}

/// A file of variables that a service is given.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// `None` outside of the repository.
    pub(super) path: Option<RepoPath>,
    pub(super) at: Location,
    pub(super) is_required: bool,
    pub(super) is_raw: bool,
    pub(super) surroundings: Surroundings,
}

/// An environment variable; without a value where it is passed through and nobody sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Option<Said>,
}

/// Something that is mounted.
#[derive(Debug, Clone)]
pub(super) struct Mounted {
    pub(super) kind: MountKind,
    pub(super) source: Option<Said>,
}

/// How an image is built.
#[derive(Debug, Clone, Default)]
pub(super) struct MergedBuild {
    /// The folder or URL as it is written, and what it is relative to.
    pub(super) context: Option<(Said, RepoPath)>,
    pub(super) dockerfile: Option<Said>,
    pub(super) is_inline: bool,
    pub(super) target: Option<String>,
    /// `None` for what is passed through and nobody sets.
    pub(super) arguments: BTreeMap<String, Option<String>>,
    pub(super) contexts: BTreeMap<String, Said>,
    /// Where the first file says something of it, and that file's folder.
    pub(super) at: Option<(Location, RepoPath)>,
}

impl Merged {
    /// Joins the layers of a service, the later ones over the earlier.
    pub(super) fn of(layers: &[Layer<'_>], budget: &mut Budget) -> Self {
        let mut merged = Self::default();
        for layer in layers {
            if !budget.spend(layer.service.weight) {
                break;
            }
            merged.lay(layer, budget);
        }
        merged
    }

    fn lay(&mut self, layer: &Layer<'_>, budget: &mut Budget) {
        let service = layer.service;
        for keys in &service.resets {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            self.reset(&keys);
        }
        if let Some(image) = &service.image {
            self.image = Some(layer.said(image, budget));
        }
        if let Some(build) = &service.build {
            self.build.get_or_insert_default().lay(build, layer, budget);
        }
        for one in &service.depends_on {
            let said = layer.said(&one.service, budget);
            let known = self.depends_on.entry(said.value.clone()).or_insert((said, false));
            known.1 = one.is_required;
        }
        for join in &service.joins {
            // Of networks there is one; of the others there may be more.
            self.joins.retain(|(what, _)| *what != JoinKind::Network || join.what != JoinKind::Network);
            self.joins.push((join.what, layer.said(&join.service, budget)));
        }
        for link in &service.links {
            let alias = link.alias.as_deref().map(|alias| layer.surroundings.fill(alias));
            self.links.push((layer.said(&link.service, budget), alias));
        }
        for (own, said) in
            [(&mut self.entrypoint, &service.entrypoint), (&mut self.command, &service.command)]
        {
            if !said.is_empty() {
                *own = said.iter().map(|word| layer.said(word, budget)).collect();
            }
        }
        service.mounts.iter().for_each(|mount| self.mount(mount, layer, budget));
        service.secrets.iter().for_each(|secret| self.grant(secret, layer, budget));
        for used in &service.networks {
            let aliases = used.aliases.iter().map(|alias| layer.surroundings.fill(alias));
            self.networks.entry(used.name.value.clone()).or_default().extend(aliases);
        }
        self.other_names.extend(service.other_names.iter().map(|one| layer.surroundings.fill(&one.value)));
        self.lay_environment(layer, budget);
    }

    fn lay_environment(&mut self, layer: &Layer<'_>, budget: &mut Budget) {
        for file in &layer.service.environment_files {
            self.environment_files.push(File {
                path: layer.folder.join(&layer.surroundings.fill(&file.path.value)),
                at: layer.at(&file.path),
                is_required: file.is_required,
                is_raw: file.is_raw,
                surroundings: layer.surroundings.clone(),
            });
        }
        let mut known: BTreeMap<String, usize> =
            self.environment.iter().enumerate().map(|(at, entry)| (entry.name.clone(), at)).collect();
        for variable in &layer.service.environment {
            let (name, value) = passed(variable, layer, budget);
            let at = *known.entry(name.clone()).or_insert(self.environment.len());
            match self.environment.get_mut(at) {
                Some(entry) => entry.value = value,
                None => self.environment.push(Entry { name, value }),
            }
        }
    }

    fn mount(&mut self, mount: &Mount, layer: &Layer<'_>, budget: &mut Budget) {
        let source = mount.source.as_ref().map(|source| layer.said(source, budget));
        let kind = match (&source, mount.kind) {
            (Some(source), MountKind::ByLook) if source.value.contains(UNKNOWN) => MountKind::Other,
            (Some(source), MountKind::ByLook) => MountKind::of_source(&source.value),
            (_, kind) => kind,
        };
        let target = mount.target.as_deref().map(|target| layer.surroundings.fill(target));
        let target = target.unwrap_or_else(|| format!("{} without a target", self.mounts.len()));
        self.mounts.insert(target, Mounted { kind, source });
    }

    fn grant(&mut self, grant: &Grant, layer: &Layer<'_>, budget: &mut Budget) {
        let said = layer.said(&grant.source, budget);
        let key = grant.target.clone().unwrap_or_else(|| said.value.clone());
        self.secrets.insert(key, said);
    }

    /// What `!reset` takes away, and `!override` before it says something new.
    fn reset(&mut self, keys: &[&str]) {
        let without = |joins: &mut Vec<(JoinKind, Said)>, what| joins.retain(|(known, _)| *known != what);
        match keys {
            [] => *self = Self::default(),
            ["build"] => self.build = None,
            ["build", rest @ ..] => self.build.iter_mut().for_each(|build| build.reset(rest)),
            ["image"] => self.image = None,
            ["depends_on"] => self.depends_on.clear(),
            ["depends_on", name] => drop(self.depends_on.remove(*name)),
            ["links"] => self.links.clear(),
            ["environment"] => self.environment.clear(),
            ["environment", name] => self.environment.retain(|known| known.name != *name),
            ["env_file"] => self.environment_files.clear(),
            ["command"] => self.command.clear(),
            ["entrypoint"] => self.entrypoint.clear(),
            ["volumes"] => self.mounts.clear(),
            ["secrets"] => self.secrets.clear(),
            ["networks"] => self.networks.clear(),
            ["networks", name] => drop(self.networks.remove(*name)),
            ["network_mode"] => without(&mut self.joins, JoinKind::Network),
            ["volumes_from"] => without(&mut self.joins, JoinKind::Volumes),
            ["ipc" | "pid"] => without(&mut self.joins, JoinKind::Other),
            _ => {}
        }
    }
}

/// A variable with its value: passed through, it is set by the file of variables, or by whoever starts the
/// project.
fn passed(variable: &Variable, layer: &Layer<'_>, budget: &mut Budget) -> (String, Option<Said>) {
    let name = match variable.is_key {
        true => variable.name.value.clone(),
        false => layer.surroundings.fill(&variable.name.value),
    };
    let value = match &variable.value {
        Some(value) => Some(layer.said(value, budget)),
        None => layer.surroundings.get(&name).map(|(value, place)| Said {
            value: value.clone(),
            places: vec![layer.at(&variable.name), place.clone()],
        }),
    };
    (name, value)
}

impl MergedBuild {
    fn lay(&mut self, build: &Build, layer: &Layer<'_>, budget: &mut Budget) {
        self.at.get_or_insert_with(|| (layer.at(&layer.service.name), layer.folder.clone()));
        if let Some(context) = &build.context {
            self.context = Some((layer.said(context, budget), layer.folder.clone()));
        }
        if let Some(dockerfile) = &build.dockerfile {
            self.dockerfile = Some(layer.said(dockerfile, budget));
        }
        self.is_inline = build.is_inline || (self.is_inline && build.dockerfile.is_none());
        if let Some(target) = &build.target {
            self.target = Some(layer.surroundings.fill(&target.value));
        }
        for argument in &build.arguments {
            let (name, value) = passed(argument, layer, budget);
            self.arguments.insert(name, value.map(|said| said.value));
        }
        for (name, context) in &build.contexts {
            self.contexts.insert(name.clone(), layer.said(context, budget));
        }
    }

    /// The same for a file that may be started alone or over these: without a context of its own it only makes
    /// sense over them.
    pub(super) fn over(&self, base: &Self) -> Self {
        if self.context.is_some() {
            return self.clone();
        }
        let mut both = base.clone();
        if self.dockerfile.is_some() || self.is_inline {
            both.dockerfile.clone_from(&self.dockerfile);
            both.is_inline = self.is_inline;
        }
        both.target = self.target.clone().or(both.target);
        both.arguments.extend(self.arguments.clone());
        both.contexts.extend(self.contexts.clone());
        both
    }

    fn reset(&mut self, keys: &[&str]) {
        match keys {
            ["context"] => self.context = None,
            ["dockerfile"] => self.dockerfile = None,
            ["dockerfile_inline"] => self.is_inline = false,
            ["target"] => self.target = None,
            ["args"] => self.arguments.clear(),
            ["args", name] => drop(self.arguments.remove(*name)),
            ["additional_contexts"] => self.contexts.clear(),
            _ => {}
        }
    }
}
