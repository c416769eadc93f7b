//! What a change to a unit makes to be built and deployed again.

use std::collections::BTreeSet;

use crate::features::{BUILT_WITH, FeatureMap, Role};
use crate::graph::{CouplingGraph, CouplingId, UnitId};
use crate::insight::shipping::contents;

use super::closure::Closure;

/// What a change to one unit makes to be built and deployed again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Affected {
    /// How many deployables there are that no other one packs.
    pub deployables: usize,
    /// How many of them a change to the unit in the middle affects, of all units that are built into any.
    pub median: Option<usize>,
    /// How many a change to the worst unit affects.
    pub worst: Option<usize>,
}

/// How many deployables a change to each unit affects.
pub(in crate::insight) struct AffectedBy {
    deployables: usize,
    /// For each unit, the positions of those that a change to it affects; `None` for what is no part of this repository.
    by_unit: Vec<Option<Vec<usize>>>,
}

impl AffectedBy {
    /// How many deployables a change to a unit affects.
    pub(in crate::insight) fn of(&self, unit: UnitId) -> Option<usize> {
        self.by_unit[unit.index()].as_ref().map(Vec::len)
    }

    /// The positions of these among all deployables, in order.
    pub(in crate::insight) fn deployables(&self, unit: UnitId) -> &[usize] {
        self.by_unit[unit.index()].as_deref().unwrap_or_default()
    }

    /// The numbers, and which unit is the worst.
    pub(super) fn summary(&self) -> (Affected, Option<UnitId>) {
        let mut counts: Vec<usize> =
            self.by_unit.iter().flatten().map(Vec::len).filter(|count| *count > 0).collect();
        counts.sort_unstable();
        let median = counts.get(counts.len().saturating_sub(1) / 2).copied();
        let each = (0..self.by_unit.len()).map(UnitId::new);
        let each = each.filter_map(|unit| Some((unit, self.of(unit)?)));
        // The first of several that are as bad.
        let worst =
            each.filter(|(_, count)| *count > 0).max_by_key(|(at, count)| (*count, std::cmp::Reverse(*at)));
        let affected =
            Affected { deployables: self.deployables, median, worst: worst.map(|(_, count)| count) };
        (affected, worst.map(|(unit, _)| unit))
    }
}

/// A deployable is affected by what it packs and by all that this is compiled or built with.
pub(in crate::insight) fn affected(graph: &CouplingGraph, map: &FeatureMap) -> AffectedBy {
    let is_shipped = |id: UnitId| {
        let unit = graph.unit(id);
        unit.kind.is_deployable() && !unit.is_outside && map.role(id) != Role::TestSupport
    };
    let deployables: Vec<UnitId> = graph.units().map(|(id, _)| id).filter(|id| is_shipped(*id)).collect();
    let packed: BTreeSet<UnitId> =
        deployables.iter().flat_map(|id| graph.unit(*id).runs.iter().copied()).collect();
    let outermost: Vec<UnitId> = deployables.into_iter().filter(|id| !packed.contains(id)).collect();
    let is_walked = |id: CouplingId| map.is_of(graph, id, &BUILT_WITH);
    let closure = Closure::new(graph, &is_walked, &|_| true);
    let mut by_unit: Vec<Option<Vec<usize>>> =
        graph.units().map(|(_, unit)| (!unit.is_outside).then(Vec::new)).collect();
    for (at, deployable) in outermost.iter().enumerate() {
        let inside = contents(graph, *deployable);
        for (id, _) in graph.units() {
            if inside.iter().any(|one| closure.has(*one, id))
                && let Some(affected) = &mut by_unit[id.index()]
            {
                affected.push(at);
            }
        }
    }
    AffectedBy { deployables: outermost.len(), by_unit }
}
