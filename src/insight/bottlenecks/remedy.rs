//! What could be done about a bottleneck, by rules that stand in the documentation.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{BUILT_WITH, FeatureId, FeatureMap};
use crate::graph::{CouplingGraph, UnitId};

use super::super::changes::PastChanges;
use super::Again;

/// So many features that wait are many.
const MANY: usize = 3;

/// How many commits there have to be before they say where something belongs.
const COMMITS: usize = 5;

/// What could be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Only one other feature builds on it: it belongs there.
    MoveToUser(FeatureId),
    /// Most of its commits change one other feature as well, which builds on it.
    MoveToCompanion {
        /// That feature.
        feature: FeatureId,
        /// Commits that change both.
        shared: usize,
        /// Commits that change it.
        of: usize,
    },
    /// Other features build on its insides: let them use an API.
    Expose {
        /// How many features.
        features: usize,
        /// The API packages that are there, in order.
        apis: Vec<UnitId>,
    },
    /// Those who wait use different things of it.
    Split {
        /// Items that only one of them names.
        apart: usize,
        /// All items that they name.
        items: usize,
    },
    /// Many wait, and it needs others itself that change.
    Stabilize {
        /// How many units it needs directly.
        needs: usize,
        /// How many units need it directly.
        needed_by: usize,
    },
    /// Many wait, and nothing says more.
    Part,
}

impl Remedy {
    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::MoveToUser(_) | Self::MoveToCompanion { .. } => "move",
            Self::Expose { .. } => "expose",
            Self::Split { .. } | Self::Part => "split",
            Self::Stabilize { .. } => "stabilize",
        }
    }
}

/// The first that fits.
pub(super) fn remedy(
    history: &PastChanges,
    (graph, map): (&CouplingGraph, &FeatureMap),
    unit: UnitId,
    again: &Again,
) -> Option<Remedy> {
    let own = map.feature_of(unit);
    let users: BTreeSet<UnitId> = graph
        .couplings_to(unit)
        .filter(|id| map.is_of(graph, *id, &BUILT_WITH))
        .map(|id| graph.coupling(id).from)
        .filter(|user| graph.unit(*user).parent != Some(unit) && !map.is_end(*user))
        .collect();
    let of_users: BTreeSet<Option<FeatureId>> = users.iter().map(|user| map.feature_of(*user)).collect();
    let others: BTreeSet<FeatureId> =
        of_users.iter().flatten().copied().filter(|one| Some(*one) != own).collect();
    let only = others.first().filter(|_| of_users.len() == 1);
    // What is shipped by itself is used by who tests it.
    let is_shipped = graph.units().any(|(_, one)| one.parent == Some(unit) && one.kind.is_deployable());
    if let (Some(feature), false) = (only, map.is_api(unit) || is_shipped) {
        return Some(Remedy::MoveToUser(*feature));
    }
    companion(history, map, unit, &others)
        .or_else(|| split((graph, map), unit, again))
        .or_else(|| expose((graph, map), unit, &others))
        .or_else(|| stabilize((graph, map), unit, users.len(), again))
        .or_else(|| (again.waiting.len() >= MANY).then_some(Remedy::Part))
}

/// The feature that two thirds of its commits change as well.
fn companion(
    history: &PastChanges,
    map: &FeatureMap,
    unit: UnitId,
    others: &BTreeSet<FeatureId>,
) -> Option<Remedy> {
    let mut shared: BTreeMap<FeatureId, usize> = BTreeMap::new();
    let mut of = 0;
    let is_of_it = |touch: &super::Touch| touch.unit == unit && !touch.is_release;
    for commit in history.commits.iter().filter(|one| !one.is_of_bot && one.touches.iter().any(is_of_it)) {
        of += 1;
        for feature in commit.features(map).intersection(others) {
            *shared.entry(*feature).or_default() += 1;
        }
    }
    let (feature, shared) =
        shared.into_iter().max_by_key(|(feature, shared)| (*shared, std::cmp::Reverse(*feature)))?;
    let is_most = shared >= COMMITS && shared * 3 >= of * 2;
    is_most.then_some(Remedy::MoveToCompanion { feature, shared, of })
}

/// What other features use of a feature that is not meant for them.
fn expose(
    (graph, map): (&CouplingGraph, &FeatureMap),
    unit: UnitId,
    others: &BTreeSet<FeatureId>,
) -> Option<Remedy> {
    let own = map.feature_of(unit).filter(|_| !map.is_api(unit) && !others.is_empty())?;
    if map.feature(own).has_exposed && map.is_exposed(unit) {
        return None;
    }
    let is_api = |id: &UnitId| map.is_api(*id) && map.feature_of(*id) == Some(own);
    let apis: Vec<UnitId> = graph.units().map(|(id, _)| id).filter(is_api).collect();
    Some(Remedy::Expose { features: others.len(), apis })
}

/// Whether those who use it use different things: of what they name, two thirds only one of them names.
fn split((graph, map): (&CouplingGraph, &FeatureMap), unit: UnitId, again: &Again) -> Option<Remedy> {
    if again.waiting.len() < MANY {
        return None;
    }
    let mut users: BTreeMap<&str, BTreeSet<UnitId>> = BTreeMap::new();
    let mut all = BTreeSet::new();
    for id in graph.couplings_to(unit).filter(|id| map.is_of(graph, *id, &BUILT_WITH)) {
        let coupling = graph.coupling(id);
        let references = coupling.references.iter().flat_map(|references| &references.items);
        for item in references {
            users.entry(&item.name).or_default().insert(coupling.from);
            all.insert(coupling.from);
        }
    }
    let (items, apart) = (users.len(), users.values().filter(|users| users.len() == 1).count());
    let is_apart = all.len() >= 2 && items >= MANY && apart * 3 >= items * 2;
    is_apart.then_some(Remedy::Split { apart, items })
}

/// Whether it leans on at least as much as leans on it.
fn stabilize(
    (graph, map): (&CouplingGraph, &FeatureMap),
    unit: UnitId,
    needed_by: usize,
    again: &Again,
) -> Option<Remedy> {
    let needed: BTreeSet<UnitId> = graph
        .couplings_from(unit)
        .filter(|id| map.is_of(graph, *id, &BUILT_WITH))
        .map(|id| graph.coupling(id).to)
        .collect();
    let needs = needed.len();
    (again.waiting.len() >= MANY && needs >= needed_by).then_some(Remedy::Stabilize { needs, needed_by })
}
