//! Pipelines as one list of jobs: what each does, what it waits for, and which files of a change let it run.
//!
//! The formats come first (`github`, `gitlab`): each fills in what it fills in by itself, actions, templates and
//! scripts of the repository included. What a job does is joined with images, packages and what runs in
//! [`super::services`].
//!
//! Invariant: what depends on an expression that is no constant is a gap, and never guessed.

mod gates;
mod github;
mod gitlab;
mod kept;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::pipelines::deeds::{Deed, is_known};
use crate::sources::pipelines::patterns::Dialect;
use crate::sources::{Facts, Reading};
use crate::text::{Fault, Location, RepoPath};

use super::Ecosystem;

pub(super) use kept::KeptJobs;
use kept::TakenOver;

/// What asks for the text of a file that no format has by its name.
pub(super) type ReadMore<'r> = &'r dyn Fn(&RepoPath) -> Option<String>;

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// All jobs of a repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Pipelines {
    pub(super) jobs: Vec<PipelineJob>,
    pub(super) gaps: Vec<Gap>,
    pub(super) problems: Vec<Fault>,
}

/// A job of a pipeline.
#[derive(Debug, Clone)]
pub(super) struct PipelineJob {
    /// `release/build`: its workflow and its own name.
    pub(super) name: String,
    /// Its own name.
    pub(super) short_name: String,
    pub(super) ecosystem: Ecosystem,
    pub(super) declared_at: Location,
    /// Further files that say what it does: templates, actions, scripts.
    pub(super) files: Vec<RepoPath>,
    pub(super) does: Vec<Act>,
    /// The jobs that it waits for, by their position, and where that is said.
    pub(super) needs: Vec<(usize, Vec<Location>)>,
    /// What keeps it from running for changes that don't concern it.
    pub(super) gates: Vec<Gate>,
    /// Whether it can be told from what is written down all that it works on.
    pub(super) is_certain: bool,
}

/// Something that a job does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Act {
    pub(super) deed: Deed,
    /// The folder of the repository that its paths are relative to; `None` if that is not known.
    pub(super) folder: Option<RepoPath>,
    /// The line, then those that lead to it.
    pub(super) places: Vec<Location>,
}

/// Globs of which a change has to touch a file, or the job does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gate {
    /// What they are, for a sentence: "`paths` of `push`".
    pub(super) what: String,
    /// The line of the filter.
    pub(super) at: Location,
    pub(super) dialect: Dialect,
    /// The globs, as they are written: lists of which any is enough.
    pub(super) globs: Vec<Vec<(String, Location)>>,
    /// Whether the filter is one of the whole pipeline, and not of this job alone.
    pub(super) is_of_all: bool,
    /// The positions of what it keeps from being done, if that is not everything.
    pub(super) acts: Option<BTreeSet<usize>>,
    /// Whether something else lets it run for a change, that asks no filter.
    pub(super) has_other_way: bool,
}

/// How many jobs are looked at, and how many things they may do together.
const MOST_JOBS: usize = 5_000;
const MOST_ACTS: usize = 50_000;

/// Reads the jobs of every pipeline.
pub(super) fn jobs(reading: &Reading, read_more: ReadMore<'_>) -> Pipelines {
    jobs_with(reading, read_more, &mut TakenOver::default())
}

/// The same, with what may be taken over of another moment.
fn jobs_with(reading: &Reading, read_more: ReadMore<'_>, over: &mut TakenOver) -> Pipelines {
    let mut pipelines = Pipelines::default();
    github::add(&reading.facts, read_more, over, &mut pipelines);
    gitlab::add(&reading.facts, read_more, &mut pipelines);
    let mut room = MOST_ACTS;
    for job in &mut pipelines.jobs {
        if job.does.len() > room {
            job.does.truncate(room);
            job.is_certain = false;
        }
        room -= job.does.len();
    }
    pipelines
}

impl Act {
    /// A path of it in the repository; `None` if it is not known, or lies outside.
    pub(super) fn path(&self, written: &str) -> Option<RepoPath> {
        within(self.folder.as_ref()?, written)
    }
}

/// A path that is written in a folder.
fn within(folder: &RepoPath, written: &str) -> Option<RepoPath> {
    let written = written.trim();
    if !is_known(written) || written.starts_with(['/', '~']) || written.contains("://") {
        return None;
    }
    folder.join(written)
}

/// Whether what is done there can be told.
fn is_clear(deed: &Deed) -> bool {
    match deed {
        Deed::Unclear(_) | Deed::Script(..) | Deed::Bake => false,
        Deed::Cargo(_, build) => build.is_certain,
        Deed::BuildImage(build) => {
            let said = build.dockerfile.iter().chain(&build.context).chain(&build.target);
            said.into_iter().all(|text| is_known(text))
        }
        Deed::Compose { files, services, .. } => files.iter().chain(services).all(|text| is_known(text)),
        Deed::Push(_)
        | Deed::Tag { .. }
        | Deed::Apply(_)
        | Deed::Chart(_)
        | Deed::Deploy { .. }
        | Deed::Publish(_) => true,
    }
}
