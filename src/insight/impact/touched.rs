//! What a change touches itself, before anybody who needs that is asked for.

use std::collections::BTreeMap;

use crate::graph::UnitId;
use crate::snapshot::Differs;
use crate::text::RepoPath;

use super::files::Part;

/// A file for which something is affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The file.
    pub path: RepoPath,
    /// How it differs.
    pub how: Differs,
    /// How it comes to matter, where the file alone does not tell.
    pub why: Option<String>,
}

/// The position of a cause.
pub(super) type CauseId = usize;

/// What of one package is touched, and why: the first cause counts.
#[derive(Debug, Default)]
pub(super) struct Touches {
    /// What others build on: the library, or what it is made with.
    pub(super) whole: Option<CauseId>,
    /// Single binaries.
    pub(super) binaries: BTreeMap<String, CauseId>,
    /// Tests alone.
    pub(super) tests: Option<CauseId>,
    /// The package as it is built together with its workspace: other Cargo features.
    pub(super) unified: Option<CauseId>,
}

/// Everything that is touched.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) causes: Vec<Cause>,
    pub(super) packages: BTreeMap<usize, Touches>,
    /// Units that are no packages, or that a person names.
    pub(super) units: BTreeMap<UnitId, CauseId>,
}

impl Touched {
    pub(super) fn cause(&mut self, cause: Cause) -> CauseId {
        if let Some(known) = self.causes.iter().rposition(|one| *one == cause) {
            return known;
        }
        self.causes.push(cause);
        self.causes.len() - 1
    }

    pub(super) fn package(&mut self, package: usize, part: &Part, cause: CauseId) {
        let touches = self.packages.entry(package).or_default();
        match part {
            Part::Whole => drop(touches.whole.get_or_insert(cause)),
            Part::Tests => drop(touches.tests.get_or_insert(cause)),
            Part::Binaries(names) => {
                for name in names {
                    touches.binaries.entry(name.clone()).or_insert(cause);
                }
            }
            Part::Idle => {}
        }
    }

    pub(super) fn unified(&mut self, package: usize, cause: CauseId) {
        self.packages.entry(package).or_default().unified.get_or_insert(cause);
    }

    pub(super) fn unit(&mut self, unit: UnitId, cause: CauseId) {
        self.units.entry(unit).or_insert(cause);
    }
}
