//! How independent the features are, as a number.

use crate::features::{Direction, FeatureId, FeatureMap, REACHING, Reach};
use crate::graph::{CouplingGraph, CouplingId, UnitId};

/// Of all ordered pairs of features (A, B), those in which no unit of A reaches a unit of B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Independence {
    /// Pairs in which nothing reaches over.
    pub independent: usize,
    /// All ordered pairs of features that have units.
    pub pairs: usize,
}

/// Counts the independent pairs; `None` below two features that have units.
///
/// Reach is walked over `code`, `build`, `start`, `data` and `release` couplings between units, through
/// units of every role but assemblies and test support. Tests and calls don't count. Features without a
/// unit don't count either: there is nothing yet that could depend on them.
pub fn independence(graph: &CouplingGraph, map: &FeatureMap) -> Option<Independence> {
    let reached = reached(graph, map, &|_| false);
    Independence::of(reached.len(), reached.iter().map(|(_, others)| others.len()).sum())
}

impl Independence {
    /// Of so many features that have units, with so many ordered pairs that are coupled.
    pub(super) fn of(features: usize, coupled: usize) -> Option<Self> {
        let pairs = features * features.saturating_sub(1);
        (pairs > 0).then(|| Self { independent: pairs - coupled, pairs })
    }
}

/// Each feature that has a unit, with the other features that its units reach without some couplings; sorted.
pub(super) fn reached(
    graph: &CouplingGraph,
    map: &FeatureMap,
    is_gone: &dyn Fn(CouplingId) -> bool,
) -> Vec<(FeatureId, Vec<FeatureId>)> {
    let mut units: Vec<Vec<UnitId>> = vec![Vec::new(); map.features.len()];
    for (id, _) in graph.units() {
        if let Some(feature) = map.feature_of(id) {
            units[feature.index()].push(id);
        }
    }
    let is_walked = |id: CouplingId| !is_gone(id) && map.reaches_along(graph, id, &REACHING);
    let reach = Reach::along(graph, map, Direction::From, &is_walked);
    let inhabited = units.into_iter().enumerate().filter(|(_, units)| !units.is_empty());
    let reached = inhabited.map(|(at, units)| {
        let own = FeatureId::new(at);
        // Each feature reaches itself.
        (own, reach.of_all(&units).into_iter().filter(|other| *other != own).collect())
    });
    reached.collect()
}
