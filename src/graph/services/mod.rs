//! What runs: compose services and Kubernetes workloads, the images that they run, the binaries that land
//! in those, and what they call, use and wait for.
//!
//! The formats come first (`compose`, `kubernetes`): each fills in what it fills in by itself. Then images
//! are joined with binaries and with what runs them (`images`), and names in settings and command lines with
//! what has these names in the same surroundings (`couplings`).
//!
//! Invariant: what is joined has evidence for the join; what may be one of several things is a gap, and
//! none of them is taken.

mod builds;
mod compose;
mod copies;
mod couplings;
mod drafts;
mod images;
mod ingredients;
mod jobs;
mod kubernetes;
mod model;
mod names;
mod outside;
mod settings;
mod stores;
mod triggers;

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::{Gap, Listing};
use crate::sources::{Facts, Reading};
use crate::text::{Fault, Location, RepoPath};

use super::CouplingKind;
use super::cargo::CargoPackages;
use super::pipelines::{self, KeptJobs, ReadMore};

use compose::Projects;
use kubernetes::Clusters;
use model::{Environment, Kept, Resolved, Running};

pub use compose::{ComposeBuild, ComposeModel, ComposeService, compose_models};
pub(super) use copies::Copied;
pub(super) use drafts::{Draft, DraftId};
pub(super) use ingredients::Ingredients;
pub(super) use jobs::Worked;

/// What is deployed, before it has its place among the units of the graph.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// Units that no package manager names.
    pub(super) drafts: Vec<Draft>,
    /// What couples them.
    pub(super) links: Vec<Link>,
    /// What images are built from, where that is not what they need.
    pub(super) copies: Vec<Copied>,
    /// The files that each is made of.
    pub(super) ingredients: Vec<Ingredients>,
    /// What jobs work on.
    pub(super) jobs: Vec<Worked>,
    pub(super) problems: Vec<Fault>,
    pub(super) gaps: Vec<Gap>,
}

/// A unit, of this room or of Cargo's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// A binary, by its package and its position there.
    Binary(usize, usize),
    /// A package, by its position.
    Package(usize),
    Draft(DraftId),
}

/// A coupling before its units have their place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) kind: CouplingKind,
    pub(super) evidence: Vec<Location>,
}

/// Joins everything that is deployed.
pub(super) fn link(
    reading: &Reading,
    listing: &Listing,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
    cargo: &CargoPackages,
    (read_more, kept): (ReadMore<'_>, Option<&KeptJobs>),
) -> Services {
    let is_ours = |facts: &Facts| {
        matches!(
            facts,
            Facts::Compose(_)
                | Facts::Kubernetes(_)
                | Facts::GitLab(_)
                | Facts::Workflow(_)
                | Facts::Kustomization(_)
                | Facts::HelmChart(_)
                | Facts::HelmValues(_)
                | Facts::Dockerfile(_)
                | Facts::Unread(_)
        )
    };
    if !reading.facts.values().any(|facts| is_ours(facts)) {
        return Services::default();
    }
    let stage = Stage::new(reading, listing);
    let mut pipelines = match kept {
        Some(kept) => kept.jobs(reading, read_more),
        None => pipelines::jobs(reading, read_more),
    };
    let images = images::Images::new(&reading.facts, listing, (&stage.running, &pipelines.jobs), cargo);
    let copies = copies::find(&images.all, &reading.facts, cargo);
    let lists = triggers::Files { listing };
    let drafting = drafts::Drafting::new(&stage, images, cargo);
    // Who measures one moment after another asks nothing about filters.
    let lists = kept.is_none().then_some(&lists);
    let mut services = drafting.finish(&reading.facts, &pipelines, lists);
    services.copies = copies;
    services.gaps.append(&mut pipelines.gaps);
    services.gaps.extend(stage.gaps());
    services.gaps.extend(unread(reading, listing, is_excluded));
    services.gaps.sort();
    services.gaps.dedup();
    services.problems = stage.projects.problems;
    services.problems.append(&mut pipelines.problems);
    services
}

/// Everything that runs, of all formats.
struct Stage {
    projects: Projects,
    clusters: Clusters,
    environments: Vec<Environment>,
    /// Compose services first, then workloads.
    running: Vec<Running>,
    /// How many of them are compose services.
    composed: usize,
    /// Where volumes, claims and secrets are declared that the repository makes itself.
    declared: BTreeMap<Kept, Location>,
}

impl Stage {
    fn new(reading: &Reading, listing: &Listing) -> Self {
        let mut projects = Projects::new(&reading.facts);
        let mut clusters = Clusters::new(&reading.facts, listing, projects.environments.len());
        let mut environments = projects.environments.clone();
        environments.append(&mut clusters.environments);
        let mut running = std::mem::take(&mut projects.running);
        let composed = running.len();
        bound(&mut running, &mut projects.gaps);
        running.append(&mut clusters.running);
        let mut declared = std::mem::take(&mut projects.declared);
        declared.append(&mut clusters.declared);
        Self { projects, clusters, environments, running, composed, declared }
    }

    /// What a host means to one of what runs.
    fn resolve(&self, from: usize, host: &str) -> Resolved {
        match from.checked_sub(self.composed) {
            None => self.projects.resolve(from, self.running[from].environment, host),
            Some(from) => match self.clusters.resolve(from, host) {
                Resolved::To(found) => Resolved::To(self.moved(found)),
                Resolved::Ambiguous(found) => Resolved::Ambiguous(self.moved(found)),
                other => other,
            },
        }
    }

    /// Within what a short host means the same to all: the environment of a compose project, the namespace of a
    /// cluster.
    fn realm(&self, at: usize) -> (Option<usize>, &str) {
        match at.checked_sub(self.composed) {
            None => (Some(self.running[at].environment), ""),
            Some(at) => (None, self.clusters.namespace(at)),
        }
    }

    /// What a name means where services are named and not hosts.
    fn named(&self, from: usize, name: &str) -> Resolved {
        match from < self.composed {
            true => self.projects.service(self.running[from].environment, name),
            false => self.resolve(from, name),
        }
    }

    fn moved(&self, found: BTreeSet<usize>) -> BTreeSet<usize> {
        found.into_iter().map(|at| at + self.composed).collect()
    }

    fn gaps(&self) -> impl Iterator<Item = Gap> {
        self.projects.gaps.iter().chain(&self.clusters.gaps).cloned()
    }
}

/// How many settings compose services may have together: what is beyond is not looked at, and told.
const MOST_SETTINGS: usize = 200_000;

fn bound(running: &mut [Running], gaps: &mut Vec<Gap>) {
    let mut room = MOST_SETTINGS;
    for one in running {
        if one.settings.len() > room {
            let what = format!("more than {MOST_SETTINGS} settings: the rest is not looked at");
            gaps.push(Gap::of(&one.declared_at.path, what));
        }
        one.settings.truncate(room);
        room -= one.settings.len();
    }
}

/// What is recognised and not read: templates (one gap for all of a chart), and what kustomizations and values say beyond what is read.
fn unread(reading: &Reading, listing: &Listing, is_excluded: &dyn Fn(&RepoPath) -> bool) -> Vec<Gap> {
    let listed = || listing.files.iter().filter(|path| !is_excluded(path));
    let charts: BTreeSet<RepoPath> = listed()
        .filter(|path| matches!(path.file_name(), "Chart.yaml" | "Chart.yml"))
        .filter_map(RepoPath::parent)
        .collect();
    // A chart tells of its templates, and of nothing else that lies in its folder.
    let is_of_chart = |path: &RepoPath| {
        let mut folders = path.with_ancestors().skip(1).filter_map(|folder| folder.strip_suffix("templates"));
        folders.any(|chart| charts.contains(chart.trim_end_matches('/')))
    };
    let mut gaps: Vec<Gap> =
        charts.iter().map(|chart| Gap::of(chart, "a Helm chart: its templates are not read")).collect();
    for (path, facts) in &reading.facts {
        let unread = match &**facts {
            Facts::Compose(file) => file.unread.as_slice(),
            Facts::Kubernetes(file) => file.unread.as_slice(),
            Facts::Kustomization(file) => file.unread.as_slice(),
            Facts::HelmValues(values) => values.unread.as_slice(),
            Facts::Unread(unread) => std::slice::from_ref(unread),
            _ => continue,
        };
        if is_of_chart(path) {
            continue;
        }
        gaps.extend(unread.iter().map(|one| match one.span {
            Some(span) => Gap::at(path, span, one.what),
            None => Gap::of(path, one.what),
        }));
    }
    gaps
}
