//! Where units are in the order, and what is told of them once they are there.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::Location;

use super::super::cargo::CargoPackages;
use super::super::catalog::{Catalogs, Standing};
use super::super::contracts::{ContractDraft, ContractLink, User};
use super::super::services::{self, End, Link};
use super::super::{
    ContractFiles, Copying, Coupling, CouplingKind, JobWork, Lack, MadeOf, Needless, Trigger, Unit, UnitId,
};
use super::drafts::{Draft, Origin};

/// Where units are in the order.
pub(super) struct Places {
    pub(super) packages: Vec<UnitId>,
    pub(super) all: BTreeMap<Origin, UnitId>,
    /// By the position of the draft, before there is an order.
    pub(super) candidates: Vec<Option<UnitId>>,
}

impl Places {
    pub(super) fn coupling(&self, link: Link) -> Option<Coupling> {
        self.coupling_between(link.from.into(), link.to.into(), link.kind, link.evidence)
    }

    pub(super) fn coupling_to_contract(&self, link: ContractLink) -> Option<Coupling> {
        let from = match link.from {
            User::Package(at) => Origin::Package(at),
            User::Contract(at) => Origin::Contract(at),
        };
        self.coupling_between(from, Origin::Contract(link.to), link.kind, vec![link.evidence])
    }

    fn coupling_between(
        &self,
        from: Origin,
        to: Origin,
        kind: CouplingKind,
        evidence: Vec<Location>,
    ) -> Option<Coupling> {
        let (from, to) = (*self.all.get(&from)?, *self.all.get(&to)?);
        (from != to && !evidence.is_empty()).then(|| Coupling::new(from, to, kind, evidence))
    }

    /// What catalogs alone say: what a manifest shows as well needs no promise.
    pub(super) fn promised(
        &self,
        standing: &Standing,
        catalogs: &Catalogs,
        shown: &[Coupling],
    ) -> Vec<Coupling> {
        let place = |at: usize| self.candidates.get(at).copied().flatten();
        let components = standing.components_of(&self.candidates);
        let component = |unit: UnitId| components.get(&unit).copied();
        // By units, and by the components that they are parts of: one may run in several environments.
        let mut shown_of_components: BTreeSet<(usize, usize, CouplingKind)> = BTreeSet::new();
        let mut shown_of_units: BTreeSet<(UnitId, UnitId, CouplingKind)> = BTreeSet::new();
        for Coupling { from, to, kind, .. } in shown {
            shown_of_units.insert((*from, *to, *kind));
            if let (Some(from), Some(to)) = (component(*from), component(*to)) {
                shown_of_components.insert((from, to, *kind));
            }
        }
        let mut promised: BTreeMap<(UnitId, UnitId, CouplingKind), Vec<Location>> = BTreeMap::new();
        for (entity, from, to, promise) in standing.promises(catalogs) {
            let (Some(from), Some(to)) = (place(from), place(to)) else { continue };
            let key = (from, to, promise.kind);
            let mut meant = catalogs.meant(promise);
            let is_shown = shown_of_units.contains(&key)
                || meant.any(|to| shown_of_components.contains(&(entity, to, promise.kind)));
            if from != to && !is_shown {
                promised.entry(key).or_default().push(promise.location.clone());
            }
        }
        let couplings = promised.into_iter().map(|((from, to, kind), evidence)| Coupling {
            promised: true,
            ..Coupling::new(from, to, kind, evidence)
        });
        couplings.collect()
    }

    pub(super) fn contracts(&self, drafts: Vec<ContractDraft>) -> Vec<ContractFiles> {
        let placed = drafts.into_iter().enumerate().filter_map(|(at, draft)| {
            let unit = *self.all.get(&Origin::Contract(at))?;
            Some(ContractFiles { unit, files: draft.files })
        });
        let mut placed: Vec<ContractFiles> = placed.collect();
        placed.sort_by_key(|one| one.unit);
        placed
    }

    pub(super) fn made_of(&self, made: services::Ingredients) -> Option<MadeOf> {
        let unit = self.all.get(&Origin::from(End::Draft(made.unit))).copied();
        unit.map(|unit| made.placed(unit))
    }

    pub(super) fn job(&self, worked: services::Worked) -> Option<JobWork> {
        let unit = |end: End| self.all.get(&Origin::from(end)).copied();
        let all = |ends: BTreeSet<End>| {
            let units: BTreeSet<UnitId> = ends.into_iter().filter_map(unit).collect();
            units.into_iter().collect::<Vec<_>>()
        };
        let job = |id| unit(End::Draft(id));
        let triggers = worked.triggers.into_iter().map(|one| Trigger {
            lacks: one
                .lacks
                .into_iter()
                .filter_map(|(glob, lacking, by)| {
                    Some(Lack { glob, unit: lacking.and_then(unit), by: unit(by)? })
                })
                .collect(),
            more: one
                .more
                .into_iter()
                .map(|more| Needless {
                    units: all(more.packages.into_iter().map(End::Package).collect()),
                    glob: more.glob,
                    at: more.at,
                    instead: more.instead,
                })
                .collect(),
            is_of_steps: one.is_of_steps,
            has_other_way: one.has_other_way,
            what: one.what,
            at: one.at,
            dialect: one.dialect,
            globs: one.globs,
        });
        let needs = worked.needs.into_iter().filter_map(|(id, at)| Some((job(id)?, at)));
        Some(JobWork {
            job: job(worked.job)?,
            ships: all(worked.ships),
            checks: all(worked.checks),
            needs: needs.collect(),
            files: worked.files.into_iter().collect(),
            triggers: triggers.collect(),
        })
    }

    pub(super) fn copying(&self, copied: services::Copied) -> Option<Copying> {
        let packages = |all: BTreeSet<usize>| {
            let mut units: Vec<UnitId> = all.into_iter().map(|at| self.packages[at]).collect();
            units.sort_unstable();
            units
        };
        Some(Copying {
            // Images come first among what is deployed, in their order.
            image: *self.all.get(&Origin::Deployed(copied.image))?,
            lacks: packages(copied.missing),
            unlisted: packages(copied.unlisted),
            lacks_at: copied.missing_at,
            more: packages(copied.needless),
            more_at: copied.needless_at,
        })
    }
}

/// The units, sorted, and the place of each.
pub(super) fn placed(cargo: &CargoPackages, drafts: Vec<Draft>) -> (Vec<Unit>, Places) {
    let mut drafts: Vec<(usize, Draft)> = drafts.into_iter().enumerate().collect();
    let mut candidates = vec![None; drafts.len()];
    drafts.sort_by(|(_, a), (_, b)| {
        (a.unit.kind, &a.unit.name, a.origin).cmp(&(b.unit.kind, &b.unit.name, b.origin))
    });
    // A manifest may declare one binary twice; cargo refuses it, and one unit says all.
    let mut all: BTreeMap<Origin, UnitId> = BTreeMap::new();
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for (at, draft) in drafts {
        let is_again = kept
            .last()
            .is_some_and(|last| (last.unit.kind, &last.unit.name) == (draft.unit.kind, &draft.unit.name));
        let id = UnitId::new(if is_again { kept.len() - 1 } else { kept.len() });
        all.insert(draft.origin, id);
        candidates[at] = Some(id);
        if !is_again {
            kept.push(draft);
        }
    }
    let place = |origin: &Origin| all.get(origin).copied();
    let units = kept.into_iter().map(|draft| {
        let mut runs: Vec<UnitId> = draft.runs.iter().filter_map(|end| place(&(*end).into())).collect();
        runs.sort_unstable();
        runs.dedup();
        Unit { parent: draft.parent.as_ref().and_then(place), runs, ..draft.unit }
    });
    let units: Vec<Unit> = units.collect();
    let packages = (0..cargo.packages.len()).filter_map(|at| place(&Origin::Package(at))).collect();
    (units, Places { packages, all, candidates })
}
