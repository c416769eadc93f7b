//! Facts → [`CouplingGraph`]: everything that builds, runs, ships or is shared, and what couples it.
//!
//! Invariants, checked by [`CouplingGraph::verify`]: units are sorted by kind and name and have
//! distinct identities; couplings are sorted, join two different units and carry evidence; the indexes
//! in both directions say the same as the couplings.

pub mod cargo;
mod catalog;
mod code;
mod common;
mod contracts;
mod copying;
mod coupling;
mod jobs;
mod link;
mod made_of;
mod pipelines;
mod published;
mod references;
mod same;
mod services;
mod unit;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use cargo::coupling_key;
pub use catalog::{CatalogEntity, CatalogFeature, Catalogs, Dangling, Promise};
pub use code::{CodeFound, CodeWanted, READER, read_code};
pub use common::CommonCommits;
pub use copying::Copying;
pub use coupling::{CargoRequest, Conditions, Correction, Coupling, CouplingId, CouplingKind};
pub use jobs::{JobWork, Lack, Needless, Trigger};
pub use link::{Linked, Memory, Stated, link};
pub use made_of::{ContractFiles, CopiedPath, MadeOf};
pub use published::Published;
pub use references::{ONLY_TESTS, References, ReferredItem};
pub use same::{Carried, carry};
pub use services::{ComposeBuild, ComposeModel, ComposeService, compose_models};
pub use unit::{DeclaredUnit, Ecosystem, Unit, UnitId, UnitKind};

/// Units, and the couplings between them.
#[derive(Debug, Clone, Default)]
pub struct CouplingGraph {
    units: Vec<Unit>,
    /// Sorted by the unit that they lead from, so that those of one unit stand together.
    couplings: Vec<Coupling>,
    /// Where the couplings from each unit begin; one more at the end.
    first_from: Vec<usize>,
    /// The couplings, sorted by the unit that they lead to.
    incoming: Vec<CouplingId>,
    /// Where the couplings to each unit begin in `incoming`; one more at the end.
    first_to: Vec<usize>,
    /// What images are built from, where that is not what they need; sorted by image.
    copies: Vec<Copying>,
    /// What jobs work on; sorted by job.
    jobs: Vec<JobWork>,
    /// What catalogs say of it.
    catalogs: Arc<Catalogs>,
}

impl CouplingGraph {
    /// Takes units and couplings; [`UnitId`]s are positions in `units`.
    pub fn new(units: Vec<Unit>, mut couplings: Vec<Coupling>) -> Self {
        couplings.sort_by(Coupling::in_order);
        let mut incoming: Vec<CouplingId> = (0..couplings.len()).map(CouplingId::new).collect();
        incoming.sort_by_key(|id| couplings[id.index()].to);
        let first_from = beginnings(units.len(), couplings.iter().map(|coupling| coupling.from));
        let first_to = beginnings(units.len(), incoming.iter().map(|id| couplings[id.index()].to));
        Self {
            units,
            couplings,
            first_from,
            incoming,
            first_to,
            copies: Vec::new(),
            jobs: Vec::new(),
            catalogs: Arc::default(),
        }
    }

    /// The same with more units, which must come after the others in order, and more couplings.
    #[must_use]
    pub fn with(self, more_units: Vec<Unit>, more_couplings: Vec<Coupling>) -> Self {
        let (mut units, mut couplings) = (self.units, self.couplings);
        units.extend(more_units);
        couplings.extend(more_couplings);
        let (copies, jobs, catalogs) = (self.copies, self.jobs, self.catalogs);
        Self { copies, jobs, catalogs, ..Self::new(units, couplings) }
    }

    /// The same without some couplings.
    #[must_use]
    pub fn without(self, gone: &dyn Fn(CouplingId) -> bool) -> Self {
        let kept = self.couplings.into_iter().enumerate();
        let kept = kept.filter(|(at, _)| !gone(CouplingId::new(*at))).map(|(_, coupling)| coupling).collect();
        let (copies, jobs, catalogs) = (self.copies, self.jobs, self.catalogs);
        Self { copies, jobs, catalogs, ..Self::new(self.units, kept) }
    }

    /// The same, with what images are built from.
    #[must_use]
    pub(crate) fn with_copies(mut self, mut copies: Vec<Copying>) -> Self {
        copies.sort_by_key(|one| one.image);
        self.copies = copies;
        self
    }

    /// The same, with what jobs work on.
    #[must_use]
    pub(crate) fn with_jobs(mut self, mut jobs: Vec<JobWork>) -> Self {
        jobs.sort_by_key(|one| one.job);
        self.jobs = jobs;
        self
    }

    /// What jobs work on, sorted by job.
    pub fn jobs(&self) -> &[JobWork] {
        &self.jobs
    }

    /// What a job works on.
    pub fn work_of(&self, job: UnitId) -> Option<&JobWork> {
        let at = self.jobs.binary_search_by_key(&job, |one| one.job).ok()?;
        self.jobs.get(at)
    }

    /// The same, with what catalogs say of it.
    #[must_use]
    pub(crate) fn with_catalogs(mut self, catalogs: Catalogs) -> Self {
        self.catalogs = Arc::new(catalogs);
        self
    }

    /// What catalogs say of it.
    pub fn catalogs(&self) -> &Catalogs {
        &self.catalogs
    }

    /// What images are built from, where that is not what they need.
    pub fn copies(&self) -> &[Copying] {
        &self.copies
    }

    /// The same, with some units where another graph has them.
    #[must_use]
    pub(crate) fn placed(mut self, place: &dyn Fn(UnitId) -> Option<Unit>) -> Self {
        for (at, unit) in self.units.iter_mut().enumerate() {
            if let Some(placed) = place(UnitId::new(at)) {
                unit.path = placed.path;
                unit.declared_at = placed.declared_at;
            }
        }
        self
    }

    /// Says of a coupling what is not so about it.
    pub fn correct(&mut self, id: CouplingId, correction: Correction) {
        self.couplings[id.index()].correction = Some(correction);
    }

    /// Says what the source of a coupling's one end names of the other.
    pub(crate) fn refer(&mut self, id: CouplingId, references: Arc<References>) {
        self.couplings[id.index()].references = Some(references);
    }

    /// All units, in order.
    pub fn units(&self) -> impl ExactSizeIterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().map(|(index, unit)| (UnitId::new(index), unit))
    }

    /// One unit.
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.index()]
    }

    /// How many services there are.
    pub fn services(&self) -> usize {
        self.units.iter().filter(|unit| unit.kind == UnitKind::Service).count()
    }

    /// All couplings, in order.
    pub fn couplings(&self) -> impl ExactSizeIterator<Item = (CouplingId, &Coupling)> {
        self.couplings.iter().enumerate().map(|(index, coupling)| (CouplingId::new(index), coupling))
    }

    /// One coupling.
    pub fn coupling(&self, id: CouplingId) -> &Coupling {
        &self.couplings[id.index()]
    }

    /// What a unit is coupled to, in order.
    pub fn couplings_from(
        &self,
        unit: UnitId,
    ) -> impl DoubleEndedIterator<Item = CouplingId> + ExactSizeIterator {
        (self.first_from[unit.index()]..self.first_from[unit.index() + 1]).map(CouplingId::new)
    }

    /// What is coupled to a unit, in order.
    pub fn couplings_to(
        &self,
        unit: UnitId,
    ) -> impl DoubleEndedIterator<Item = CouplingId> + ExactSizeIterator {
        let range = self.first_to[unit.index()]..self.first_to[unit.index() + 1];
        self.incoming[range].iter().copied()
    }

    /// The couplings from one unit to another, in order.
    pub fn couplings_between(&self, from: UnitId, to: UnitId) -> impl Iterator<Item = CouplingId> {
        let own = self.first_from[from.index()]..self.first_from[from.index() + 1];
        let first = own.start + self.couplings[own.clone()].partition_point(|coupling| coupling.to < to);
        let same = self.couplings[first..own.end].partition_point(|coupling| coupling.to == to);
        (first..first + same).map(CouplingId::new)
    }

    /// Checks the invariants of the room; for tests.
    ///
    /// # Errors
    /// The first invariant that doesn't hold, in words.
    pub fn verify(&self) -> Result<(), String> {
        let mut identities = BTreeMap::new();
        for (id, unit) in self.units() {
            if let Some(other) = identities.insert(unit.identity(), id) {
                return Err(format!("units {other:?} and {id:?} are both `{}`", unit.identity()));
            }
        }
        if !self.units.is_sorted_by(|a, b| in_order(a) <= in_order(b)) {
            return Err("units are not in order".to_owned());
        }
        for (id, coupling) in self.couplings() {
            if coupling.from == coupling.to {
                return Err(format!("{id:?} couples a unit to itself"));
            }
            if coupling.from.index().max(coupling.to.index()) >= self.units.len() {
                return Err(format!("{id:?} names a unit that is not there"));
            }
            if coupling.evidence.is_empty() {
                return Err(format!("{id:?} has no evidence"));
            }
        }
        let is_from = |unit: UnitId| self.couplings_from(unit).all(|id| self.coupling(id).from == unit);
        let is_to = |unit: UnitId| self.couplings_to(unit).all(|id| self.coupling(id).to == unit);
        let is_indexed = self.units().all(|(unit, _)| is_from(unit) && is_to(unit))
            && self.first_from.last() == Some(&self.couplings.len())
            && self.first_to.last() == Some(&self.couplings.len());
        if is_indexed { Ok(()) } else { Err("the indexes differ from the couplings".to_owned()) }
    }
}

/// The order of units: what stands for a feature as a whole comes behind all others.
fn in_order(unit: &Unit) -> (bool, UnitKind, &str) {
    (unit.kind == UnitKind::Specification && unit.is_declared(), unit.kind, &unit.name)
}

/// Where the entries of each unit begin in a list that is sorted by units; one more at the end.
fn beginnings(units: usize, sorted: impl Iterator<Item = UnitId>) -> Vec<usize> {
    let mut count = vec![0; units + 1];
    sorted.for_each(|unit| count[unit.index() + 1] += 1);
    for at in 1..count.len() {
        count[at] += count[at - 1];
    }
    count
}
