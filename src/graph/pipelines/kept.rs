//! The jobs of one moment, for another one of the same repository.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::sources::{Facts, Reading};
use crate::text::RepoPath;

use super::{Pipelines, ReadMore, jobs};

/// What the jobs of another moment were made of, and the jobs.
#[derive(Debug, Default)]
pub(in crate::graph) struct KeptJobs(Mutex<Option<Arc<Kept>>>);

#[derive(Debug)]
struct Kept {
    /// The files of pipelines, in order.
    facts: Vec<(RepoPath, Arc<Facts>)>,
    /// The scripts and parts that were asked for, and what they said.
    read: BTreeMap<RepoPath, Option<String>>,
    pipelines: Pipelines,
}

impl KeptJobs {
    /// The jobs, made anew only if anything of what they are made of is another.
    pub(in crate::graph) fn jobs(&self, reading: &Reading, read_more: ReadMore<'_>) -> Pipelines {
        let is_ours =
            |facts: &Facts| matches!(facts, Facts::Workflow(_) | Facts::Action(_) | Facts::GitLab(_));
        let ours = reading.facts.iter().filter(|(_, facts)| is_ours(facts));
        let facts: Vec<(RepoPath, Arc<Facts>)> =
            ours.map(|(path, facts)| (path.clone(), Arc::clone(facts))).collect();
        let known = self.0.lock().ok().and_then(|known| known.clone());
        if let Some(known) = known.filter(|known| known.is_of(&facts, read_more)) {
            return known.pipelines.clone();
        }
        let read = RefCell::new(BTreeMap::new());
        let reads = |path: &RepoPath| {
            let said = read_more(path);
            read.borrow_mut().insert(path.clone(), said.clone());
            said
        };
        let pipelines = jobs(reading, &reads);
        let kept = Kept { facts, read: read.into_inner(), pipelines: pipelines.clone() };
        if let Ok(mut known) = self.0.lock() {
            *known = Some(Arc::new(kept));
        }
        pipelines
    }
}

impl Kept {
    /// Whether they are made of these files. What is read once for several moments is in one place only.
    fn is_of(&self, facts: &[(RepoPath, Arc<Facts>)], read_more: ReadMore<'_>) -> bool {
        let is_same = |(one, other): (&(RepoPath, Arc<Facts>), &(RepoPath, Arc<Facts>))| {
            one.0 == other.0 && Arc::ptr_eq(&one.1, &other.1)
        };
        self.facts.len() == facts.len()
            && self.facts.iter().zip(facts).all(is_same)
            && self.read.iter().all(|(path, said)| read_more(path) == *said)
    }
}
