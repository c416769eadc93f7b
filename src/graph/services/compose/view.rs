//! What is made of compose files before anything is coupled: for developers, and to hold it against compose
//! itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::sources::Reading;
use crate::sources::compose::{JoinKind, MountKind, UNKNOWN};
use crate::text::RepoPath;

use super::super::model::Said;
use super::merged::{Merged, MergedBuild};
use super::project::Project;
use super::running::is_remote;
use super::{Projects, budget, folders, project};

/// What compose would start of some files, with everything filled in. A variable that nobody sets is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComposeModel {
    /// The files that are started together, relative to the repository.
    pub files: Vec<String>,
    /// By name.
    pub services: BTreeMap<String, ComposeService>,
}

/// A service as compose sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComposeService {
    /// The image that it runs, or that the build is called.
    pub image: Option<String>,
    /// How its image is built, if it is.
    pub build: Option<ComposeBuild>,
    /// The services that it waits for.
    pub depends_on: BTreeSet<String>,
    /// `links`, as `service` or `service:alias`.
    pub links: BTreeSet<String>,
    /// Its environment variables; without a value those that are passed through and that nobody sets.
    pub environment: BTreeMap<String, Option<String>>,
    /// The words of its entry point, with spaces between.
    pub entrypoint: String,
    /// The same of its command.
    pub command: String,
    /// The named volumes that it mounts.
    pub volumes: BTreeSet<String>,
    /// The services whose volumes it mounts.
    pub volumes_from: BTreeSet<String>,
    /// The secrets that it is given.
    pub secrets: BTreeSet<String>,
    /// The networks that it is said to be on, and what it is called there besides.
    pub networks: BTreeMap<String, BTreeSet<String>>,
}

/// How an image is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComposeBuild {
    /// The folder relative to the repository, also where it lies outside; what is no such folder, as it is
    /// written.
    pub context: String,
    /// As it is written, relative to the context.
    pub dockerfile: Option<String>,
    /// The stage.
    pub target: Option<String>,
    /// Build arguments; empty those that nobody sets.
    pub args: BTreeMap<String, String>,
}

/// All models of a repository: for each folder with compose files, its base with its override, and every other
/// file alone.
pub fn compose_models(reading: &Reading) -> Vec<ComposeModel> {
    let files = super::files(&reading.facts);
    let mut projects = Projects { budget: budget(&files, &reading.facts), ..Projects::default() };
    let mut models = Vec::new();
    for (folder, own) in folders(&files, &reading.facts) {
        for way in project::ways(own) {
            let paths = way.iter().map(ToString::to_string).collect();
            let ways = std::slice::from_ref(&way);
            let mut project = Project::read(&reading.facts, &files, &folder, ways, 0, &mut projects);
            models.push(ComposeModel { files: paths, services: services(&mut project) });
        }
    }
    models
}

fn services(project: &mut Project<'_, '_>) -> BTreeMap<String, ComposeService> {
    let mut services = BTreeMap::new();
    for way in std::mem::take(&mut project.ways) {
        for (name, layers) in &way.layers {
            let merged = Merged::of(layers, &mut project.out.budget);
            let environment = project.settings(&merged).into_iter();
            let environment = environment.map(|(name, value)| (name, value.as_ref().map(known))).collect();
            services.insert(name.clone(), service(&merged, environment));
        }
    }
    services
}

fn service(merged: &Merged, environment: BTreeMap<String, Option<String>>) -> ComposeService {
    let words = |words: &[Said]| words.iter().map(known).collect::<Vec<_>>().join(" ");
    let volumes = merged.mounts.values().filter(|mount| mount.kind == MountKind::Volume);
    let from = merged.joins.iter().filter(|(what, _)| *what == JoinKind::Volumes);
    let links = merged.links.iter().map(|(said, alias)| match alias {
        Some(alias) => format!("{}:{alias}", known(said)),
        None => known(said),
    });
    ComposeService {
        image: merged.image.as_ref().map(known),
        build: merged.build.as_ref().map(build),
        depends_on: merged.depends_on.values().map(|(said, _)| known(said)).collect(),
        links: links.collect(),
        environment,
        entrypoint: words(&merged.entrypoint),
        command: words(&merged.command),
        volumes: volumes.filter_map(|mount| mount.source.as_ref().map(known)).collect(),
        volumes_from: from.map(|(_, said)| known(said)).collect(),
        secrets: merged.secrets.values().map(known).collect(),
        networks: merged
            .networks
            .iter()
            .map(|(name, aliases)| {
                (name.clone(), aliases.iter().map(|alias| without_unknown(alias)).collect())
            })
            .collect(),
    }
}

fn build(build: &MergedBuild) -> ComposeBuild {
    let root = RepoPath::root();
    let (context, folder) = match (&build.context, &build.at) {
        (Some((context, folder)), _) => (context.value.as_str(), folder),
        (None, Some((_, folder))) => (".", folder),
        (None, None) => (".", &root),
    };
    let args = build.arguments.iter();
    ComposeBuild {
        context: match is_remote(context) || context.starts_with('/') {
            true => without_unknown(context),
            false => relative(folder, context),
        },
        dockerfile: build.dockerfile.as_ref().map(known),
        target: build.target.as_deref().map(without_unknown),
        args: args
            .map(|(name, value)| (name.clone(), value.as_deref().map(without_unknown).unwrap_or_default()))
            .collect(),
    }
}

/// A path relative to the repository, in normal form, wherever it leads.
fn relative(folder: &RepoPath, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.parts().chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn known(said: &Said) -> String {
    without_unknown(&said.value)
}

fn without_unknown(text: &str) -> String {
    text.replace(UNKNOWN, "")
}
