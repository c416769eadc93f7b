//! The jobs of one moment, for another one of the same repository.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use crate::snapshot::Gap;
use crate::sources::{Facts, Reading};
use crate::text::RepoPath;

use super::{PipelineJob, Pipelines, ReadMore, jobs_with};

/// What the jobs of another moment were made of, and the jobs.
#[derive(Debug, Default)]
pub(in crate::graph) struct KeptJobs(Mutex<Option<Arc<Kept>>>);

impl Clone for KeptJobs {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.0.lock().ok().and_then(|known| known.clone())))
    }
}

#[derive(Debug)]
struct Kept {
    /// The files of pipelines.
    facts: BTreeMap<RepoPath, Arc<Facts>>,
    /// The scripts and parts that were asked for, and what they said.
    read: BTreeMap<RepoPath, Option<String>>,
    pipelines: Pipelines,
    jobs: KeptByName,
}

/// Jobs by workflow and name.
type KeptByName = BTreeMap<(RepoPath, String), Arc<KeptJob>>;

/// One job, before it is known what it waits for.
#[derive(Debug)]
pub(super) struct KeptJob {
    pub(super) job: PipelineJob,
    /// The actions, workflows and scripts that it was made of, there or not.
    pub(super) touched: BTreeSet<RepoPath>,
    pub(super) gaps: Vec<Gap>,
    /// How many steps it took.
    pub(super) steps: usize,
}

/// What may be taken over of another moment, and what is there for the next one.
#[derive(Debug, Default)]
pub(super) struct TakenOver {
    /// The files that say something else than then.
    changed: BTreeSet<RepoPath>,
    known: KeptByName,
    found: KeptByName,
    /// Whether there is a next one.
    is_kept: bool,
}

impl TakenOver {
    /// A job of a workflow, if nothing of what it is made of has changed.
    pub(super) fn job(&mut self, workflow: &RepoPath, name: &str) -> Option<Arc<KeptJob>> {
        let key = (workflow.clone(), name.to_owned());
        let known = self
            .known
            .get(&key)
            .filter(|known| !self.changed.contains(workflow) && known.touched.is_disjoint(&self.changed));
        let known = Arc::clone(known?);
        self.found.insert(key, Arc::clone(&known));
        Some(known)
    }

    /// Keeps a job for the next moment.
    pub(super) fn keep(&mut self, workflow: &RepoPath, name: &str, job: impl FnOnce() -> KeptJob) {
        if self.is_kept {
            self.found.insert((workflow.clone(), name.to_owned()), Arc::new(job()));
        }
    }
}

impl KeptJobs {
    /// The jobs, made anew only where anything of what they are made of is another.
    pub(in crate::graph) fn jobs(&self, reading: &Reading, read_more: ReadMore<'_>) -> Pipelines {
        let is_ours =
            |facts: &Facts| matches!(facts, Facts::Workflow(_) | Facts::Action(_) | Facts::GitLab(_));
        let ours = reading.facts.iter().filter(|(_, facts)| is_ours(facts));
        let facts: BTreeMap<RepoPath, Arc<Facts>> =
            ours.map(|(path, facts)| (path.clone(), Arc::clone(facts))).collect();
        let before = self.0.lock().ok().and_then(|known| known.clone());
        let changed = before.as_ref().map(|before| before.changed(&facts, read_more));
        if let (Some(before), Some(changed)) = (&before, &changed)
            && changed.is_empty()
        {
            return before.pipelines.clone();
        }
        let read = RefCell::new(before.as_ref().map(|before| before.read.clone()).unwrap_or_default());
        let reads = |path: &RepoPath| {
            let said = read_more(path);
            read.borrow_mut().insert(path.clone(), said.clone());
            said
        };
        let mut over = TakenOver {
            changed: changed.unwrap_or_default(),
            known: before.map(|before| before.jobs.clone()).unwrap_or_default(),
            is_kept: true,
            ..TakenOver::default()
        };
        // What a script said that changed is asked for again by the jobs that run it.
        read.borrow_mut().retain(|path, _| !over.changed.contains(path));
        let pipelines = jobs_with(reading, &reads, &mut over);
        let kept = Kept { facts, read: read.into_inner(), pipelines: pipelines.clone(), jobs: over.found };
        if let Ok(mut known) = self.0.lock() {
            *known = Some(Arc::new(kept));
        }
        pipelines
    }
}

impl Kept {
    /// The files that say something else now. What is read once for several moments is in one place only.
    fn changed(&self, facts: &BTreeMap<RepoPath, Arc<Facts>>, read_more: ReadMore<'_>) -> BTreeSet<RepoPath> {
        let differs = |path: &&RepoPath| match (self.facts.get(*path), facts.get(*path)) {
            (Some(one), Some(other)) => !Arc::ptr_eq(one, other),
            (one, other) => one.is_some() != other.is_some(),
        };
        let files = self.facts.keys().chain(facts.keys()).filter(differs).cloned();
        let scripts = self.read.iter().filter(|(path, said)| read_more(path) != **said);
        files.chain(scripts.map(|(path, _)| path.clone())).collect()
    }
}
