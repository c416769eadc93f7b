//! What jobs of pipelines work on, and which changes let them run.

use crate::sources::pipelines::patterns::{Dialect, Patterns};
use crate::text::{Location, RepoPath};

use super::UnitId;
use super::same::moved;

/// What a job works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobWork {
    /// The job.
    pub job: UnitId,
    /// What it pushes, publishes or deploys; sorted.
    pub ships: Vec<UnitId>,
    /// What it builds and tests without shipping it; sorted.
    pub checks: Vec<UnitId>,
    /// The jobs that it waits for, and the line that says so; sorted.
    pub needs: Vec<(UnitId, Location)>,
    /// The files that say what it does; sorted.
    pub files: Vec<RepoPath>,
    /// The filters that keep it from running for changes that don't concern it.
    pub triggers: Vec<Trigger>,
}

/// A path filter, held against what the job works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// What it is, for a sentence: "`paths` of `push`".
    pub what: String,
    /// Where it stands: once for each event that has the same one.
    pub at: Vec<Location>,
    /// How its globs are read together.
    pub dialect: Dialect,
    /// Its globs, with the place of each: lists of which any is enough.
    pub globs: Vec<Vec<(String, Location)>>,
    /// Whether it is one of single steps, and the job runs without them.
    pub is_of_steps: bool,
    /// Whether something else lets the job run for a change, that asks no filter.
    pub has_other_way: bool,
    /// What the job is built from and a change to does not let it run.
    pub lacks: Vec<Lack>,
    /// Globs that let it run for packages that it is not built from.
    pub more: Vec<Needless>,
}

/// Something that a job's work is built from and that a filter leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// The glob that is missing.
    pub glob: String,
    /// The unit that lies there, if one does.
    pub unit: Option<UnitId>,
    /// What needs it: one of the units that the job works on.
    pub by: UnitId,
}

/// A glob that matches what a job is not built from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needless {
    /// The glob.
    pub glob: String,
    /// Where it stands.
    pub at: Location,
    /// The packages that it matches and that are not needed; sorted.
    pub units: Vec<UnitId>,
    /// The globs that would be enough in its place; none where it can go.
    pub instead: Vec<String>,
}

impl Trigger {
    /// Its globs, read.
    fn patterns(&self) -> Patterns {
        let lists = self.globs.iter().map(|list| list.iter().map(|(glob, _)| glob.as_str()));
        Patterns::new(self.dialect, lists)
    }

    /// Whether a change to some of these files lets the job run; `None` if a glob is not understood.
    pub fn lets_through<'p>(&self, mut files: impl Iterator<Item = &'p RepoPath>) -> Option<bool> {
        let patterns = self.patterns();
        patterns.is_certain.then(|| files.any(|file| patterns.matches(file.as_str())))
    }
}

impl JobWork {
    /// The same with units of another graph.
    #[must_use]
    pub(super) fn moved(&self, place: &dyn Fn(UnitId) -> UnitId) -> Self {
        let all = |units: &[UnitId]| moved(units, place);
        let triggers = self.triggers.iter().map(|trigger| Trigger {
            lacks: trigger
                .lacks
                .iter()
                .map(|lack| Lack { unit: lack.unit.map(place), by: place(lack.by), ..lack.clone() })
                .collect(),
            more: trigger
                .more
                .iter()
                .map(|more| Needless { units: all(&more.units), ..more.clone() })
                .collect(),
            ..trigger.clone()
        });
        let needs = self.needs.iter().map(|(job, at)| (place(*job), at.clone()));
        Self {
            job: place(self.job),
            ships: all(&self.ships),
            checks: all(&self.checks),
            needs: needs.collect(),
            triggers: triggers.collect(),
            ..self.clone()
        }
    }
}
