//! What a change affects: files that differ → units → everybody who needs those, each with a shortest reason.
//!
//! Sound first: whatever cargo would build anew is told. Where that can't be known (a file that nobody declares,
//! a build script that may read anything), more is told, never less.

mod certain;
mod contracts;
mod deploy;
mod files;
mod holders;
mod jobs;
mod lock;
mod locks;
mod manifests;
mod outside;
mod packages;
mod reach;
mod reads;
mod requests;
mod touched;
mod unified;
mod usual;

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{Configuration, FeatureId, FeatureMap};
use crate::graph::cargo::{BuildOptions, CargoPackages, Purpose, builds};
use crate::graph::{CouplingId, CouplingKind, Linked, UnitId};
use crate::snapshot::{Differences, Snapshot};
use crate::text::{Fault, RepoPath};

use files::Packages;
use touched::Touched;

pub(super) use files::{Part, part};
pub use touched::Cause;

/// What is asked.
pub struct Question<'q> {
    /// The graph at the end of the change, and the packages behind it.
    pub linked: &'q Linked,
    /// Which unit belongs to which feature.
    pub map: &'q FeatureMap,
    /// What is declared of files that no unit holds.
    pub configuration: &'q Configuration,
    /// The files at the end of the change.
    pub now: &'q dyn Snapshot,
    /// What there was before; `None` where only files are named.
    pub before: Option<Before<'q>>,
    /// The files that differ.
    pub differences: &'q Differences,
    /// What to build for.
    pub options: &'q BuildOptions,
}

/// What there was before a change.
#[derive(Clone, Copy)]
pub struct Before<'q> {
    /// The files.
    pub snapshot: &'q dyn Snapshot,
    /// The packages.
    pub cargo: &'q CargoPackages,
}

/// What a change affects.
#[derive(Debug, Default)]
pub struct Impact {
    /// The units that are affected, in the order of the graph.
    pub units: Vec<Affected>,
    /// The features of these, in order.
    pub features: BTreeSet<FeatureId>,
    /// Jobs that have to run and that a filter keeps from it, in the order of the graph.
    pub kept: Vec<Kept>,
    /// Files of which nobody knows what they are for: they count as if everything were made of them.
    pub unknown: Vec<RepoPath>,
    /// How many files affect nothing.
    pub idle: usize,
    /// What could not be read for it, sorted.
    pub problems: Vec<Fault>,
}

/// A unit that is affected.
#[derive(Debug, Clone)]
pub struct Affected {
    /// The unit.
    pub unit: UnitId,
    /// Why it is built anew, if it is a package.
    pub build: Option<Reason>,
    /// Why its tests are to run, if it is a package.
    pub test: Option<Reason>,
    /// Why it is to be shipped again, if it is a deployable.
    pub deploy: Option<Reason>,
    /// Why it has to run, if it is a job.
    pub run: Option<Reason>,
}

/// A job that has to run and does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The job.
    pub job: UnitId,
    /// The filter that keeps it from running, as a position in the job's triggers.
    pub filter: usize,
}

impl Affected {
    /// A unit for which no reason is known yet.
    fn new(unit: UnitId) -> Self {
        Self { unit, build: None, test: None, deploy: None, run: None }
    }

    /// The shortest of its reasons.
    pub fn reason(&self) -> Option<&Reason> {
        let all = self.build.iter().chain(&self.test).chain(&self.deploy).chain(&self.run);
        all.min_by_key(|reason| reason.steps.len())
    }
}

/// Why a unit is affected: what it needs, step by step, and the file at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// From the unit to the one that the file is a part of; none where that is the unit itself.
    pub steps: Vec<Step>,
    /// The file.
    pub cause: Cause,
}

/// One step of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The unit that is needed.
    pub unit: UnitId,
    /// In which way.
    pub kind: CouplingKind,
    /// The coupling that says so, if one does.
    pub coupling: Option<CouplingId>,
}

/// Says what a change affects.
///
/// # Errors
/// A target triple that nobody knows.
pub fn impact(question: &Question<'_>) -> Result<Impact, String> {
    let packages = Packages::new(&question.linked.cargo, question.now);
    let is_of_sources = certain::is_of_sources(question);
    // For sources alone, the builds are not needed before it is known what is touched; a target is checked in any case.
    let nothing = CargoPackages::default();
    let asked = if is_of_sources { &nothing } else { packages.all };
    let (mut use_builds, mut problems) = builds(asked, question.options, Purpose::Use)?;
    let mut found = Impact::default();
    let mut touched = Touched::default();
    holders::touch(question, &packages, &use_builds, &mut touched, &mut found, &mut problems);
    contracts::touch(question, &mut touched);
    manifests::touch_moved(question, &packages, &mut touched);
    let certain = is_of_sources.then(|| certain::build(&packages, &touched)).flatten();
    let mut test_builds = None;
    match certain {
        Some(certain) => use_builds = vec![certain],
        None => {
            if is_of_sources {
                let (all, more) = builds(packages.all, question.options, Purpose::Use)?;
                use_builds = all;
                problems.extend(more);
            }
            test_builds = Some(builds(packages.all, question.options, Purpose::Tests)?.0);
        }
    }
    // What is certain is the same for tests.
    let test_builds = test_builds.as_ref().unwrap_or(&use_builds);
    unified::touch(question, &packages, &mut touched, Purpose::Use)?;
    let built = packages::built(question.linked, &use_builds, &touched);
    let (deployed, more) = deploy::deployed(question, &packages, &touched)?;
    problems.extend(more);
    unified::touch(question, &packages, &mut touched, Purpose::Tests)?;
    let mut tested = packages::tested(question.linked, test_builds, &touched);
    for (package, reason) in &built {
        tested.entry(*package).or_insert_with(|| reason.clone());
    }
    found.collect(question, built, tested, deployed);
    problems.sort();
    problems.dedup();
    found.problems = problems;
    Ok(found)
}

impl Impact {
    fn collect(
        &mut self,
        question: &Question<'_>,
        mut built: packages::Reasons,
        mut tested: packages::Reasons,
        deployed: deploy::Deployed,
    ) {
        let mut all: BTreeMap<UnitId, Affected> = BTreeMap::new();
        let mut entry = |unit: UnitId, build, test, deploy| {
            all.insert(unit, Affected { build, test, deploy, ..Affected::new(unit) });
        };
        for (at, unit) in question.linked.package_units.iter().enumerate() {
            let (build, test) = (built.remove(&at), tested.remove(&at));
            if build.is_some() || test.is_some() {
                entry(*unit, build, test, None);
            }
        }
        for (unit, reason) in deployed {
            entry(unit, None, None, Some(reason));
        }
        self.kept = jobs::add(question, &mut all);
        self.units = all.into_values().collect();
        self.features =
            self.units.iter().filter_map(|affected| question.map.feature_of(affected.unit)).collect();
    }

    /// Whether the change affects nothing.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}
