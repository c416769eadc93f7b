//! Compose projects: which files belong together, and what their services are once overrides, `extends`,
//! `include` and variables are filled in.
//!
//! The files of one folder are one project: the base and its override as compose itself joins them, and
//! every other file (`docker-compose.prod.yml`) as a variant, whose services are the same ones with more to
//! be said about them. Where a variant says something else, both count: either may be started.

mod merged;
mod outside;
mod project;
mod running;
mod surroundings;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::compose::is_named;
use crate::text::{Fault, Location, RepoPath};

use super::model::{Environment, Kept, Resolved, Running};
use merged::Budget;
use project::{File, Files, Project, included_by_others, stacks, ways};

pub use view::{ComposeBuild, ComposeModel, ComposeService, compose_models};

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// All compose projects of a repository.
#[derive(Debug, Default)]
pub(super) struct Projects {
    pub(super) environments: Vec<Environment>,
    pub(super) running: Vec<Running>,
    pub(super) problems: Vec<Fault>,
    pub(super) gaps: Vec<Gap>,
    /// By the names by which services are reached.
    names: BTreeMap<String, Vec<Known>>,
    /// Where volumes and secrets are declared that nothing outside makes.
    pub(super) declared: BTreeMap<Kept, Location>,
    /// By environment and name in the file.
    services: BTreeMap<(usize, String), usize>,
    /// The networks of each of what runs.
    networks: Vec<BTreeSet<Network>>,
    /// What each calls others by, besides.
    aliases: BTreeMap<(usize, String), String>,
    budget: Budget,
}

/// A service that is reached by a name.
#[derive(Debug, Clone)]
struct Known {
    environment: usize,
    at: usize,
    /// Where it has that name.
    networks: BTreeSet<Network>,
}

/// A network; one that has a name outside of its project may join several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Network {
    environment: Option<usize>,
    name: String,
}

impl Projects {
    /// Reads the projects.
    pub(super) fn new(facts: &FactMap) -> Self {
        let mut projects = Self::default();
        let files = files(facts);
        if files.is_empty() {
            return projects;
        }
        projects.budget = budget(&files, facts);
        let mut called = Vec::new();
        let stacks = folders(&files, facts).into_iter().flat_map(|(folder, own)| {
            stacks(ways(own), &files).into_iter().map(move |ways| (folder.clone(), ways))
        });
        for (folder, ways) in stacks {
            let environment = projects.environments.len();
            let Some(main) = ways.first().and_then(|way| way.first()) else { continue };
            projects.environments.push(Environment { label: main.to_string() });
            called.push(outside::project_name(&files, facts, &folder, main));
            Project::read(facts, &files, &folder, &ways, environment, &mut projects).finish();
        }
        projects.join_by_full_names(&called);
        if projects.budget.is_spent() {
            let path = files.keys().next().map_or_else(RepoPath::root, |path| (*path).clone());
            let message = "the compose files of this repository say so much once all is filled in that the \
                           rest is left out";
            projects.problems.push(Fault::of(&path, message).help("take files out with `[scan] exclude`"));
        }
        projects
    }

    /// What a name means to one of what runs.
    pub(super) fn resolve(&self, from: usize, environment: usize, name: &str) -> Resolved {
        let alias = self.aliases.get(&(from, name.to_owned()));
        let name = alias.map_or(name, String::as_str);
        let Some(known) = self.names.get(name) else { return Resolved::Nothing };
        let meets = |one: &&Known| !one.networks.is_disjoint(&self.networks[from]);
        let mut own = known.iter().filter(|one| one.environment == environment).peekable();
        // A project's own names come first, wherever else they are known.
        match own.peek() {
            Some(_) => match one_of(own.filter(|one| alias.is_some() || meets(one))) {
                Resolved::Nothing => Resolved::Apart,
                found => found,
            },
            None => one_of(known.iter().filter(meets)),
        }
    }

    /// The service of a project that has a name of its own there, whatever networks it is on.
    pub(super) fn service(&self, environment: usize, name: &str) -> Resolved {
        let found = self.services.get(&(environment, name.to_owned()));
        found.map_or(Resolved::Nothing, |at| Resolved::To(BTreeSet::from([*at])))
    }
}

fn one_of<'k>(found: impl Iterator<Item = &'k Known>) -> Resolved {
    let found: BTreeSet<usize> = found.map(|one| one.at).collect();
    if found.is_empty() { Resolved::Nothing } else { Resolved::To(found) }
}

/// The compose files of a repository.
fn files(facts: &FactMap) -> Files<'_> {
    let files = facts.iter().filter_map(|(path, facts)| match &**facts {
        Facts::Compose(file) => Some((path, File::new(file))),
        _ => None,
    });
    files.collect()
}

/// How much may be made of what is written.
fn budget(files: &Files<'_>, facts: &FactMap) -> Budget {
    let services = files.values().flat_map(|file| &file.facts.services).map(|service| service.weight);
    let settings = facts.values().map(|facts| match &**facts {
        Facts::Settings(file) => file.variables.iter().map(|one| one.raw.len() + one.name.value.len()).sum(),
        _ => 0,
    });
    Budget::of(services.chain(settings).fold(0, usize::saturating_add))
}

/// The folders with projects, and the files of each; what others include is a part of theirs.
fn folders<'f>(files: &Files<'f>, facts: &FactMap) -> BTreeMap<RepoPath, Vec<&'f RepoPath>> {
    let included = included_by_others(files, facts);
    let mut folders: BTreeMap<RepoPath, Vec<&RepoPath>> = BTreeMap::new();
    for path in files.keys().filter(|path| is_named(path.file_name()) && !included.contains(**path)) {
        folders.entry(path.parent().unwrap_or_else(RepoPath::root)).or_default().push(path);
    }
    folders
}
