//! How independent the features are, as a number.

use std::collections::BTreeSet;

use crate::features::{FeatureId, FeatureMap, Role};
use crate::graph::{CouplingGraph, CouplingKind, UnitId};

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
/// Reach is walked over `code` and `build` couplings between units, through units of every kind but
/// assemblies and test support. Tests and calls don't count. Features without a unit don't count
/// either: there is nothing yet that could depend on them.
pub fn independence(graph: &CouplingGraph, map: &FeatureMap) -> Option<Independence> {
    let mut units: Vec<Vec<UnitId>> = vec![Vec::new(); map.features.len()];
    for (id, _) in graph.units() {
        if let Some(FeatureId(feature)) = map.feature_of(id) {
            units[feature].push(id);
        }
    }
    let inhabited = units.iter().filter(|units| !units.is_empty()).count();
    if inhabited < 2 {
        return None;
    }
    let pairs = inhabited * (inhabited - 1);
    let dependent: usize = units.iter().enumerate().map(|(at, own)| reached(graph, map, at, own)).sum();
    Some(Independence { independent: pairs - dependent, pairs })
}

/// How many other features the units of one reach.
fn reached(graph: &CouplingGraph, map: &FeatureMap, own: usize, starts: &[UnitId]) -> usize {
    let mut found = BTreeSet::new();
    let mut seen = vec![false; graph.units().len()];
    let mut pending = starts.to_vec();
    while let Some(unit) = pending.pop() {
        if std::mem::replace(&mut seen[unit.index()], true) {
            continue;
        }
        found.extend(map.feature_of(unit));
        for id in graph.couplings_from(unit) {
            let to = graph.coupling(id).to;
            let is_walked = matches!(map.kind(graph, id), CouplingKind::Code | CouplingKind::Build)
                && !matches!(map.role(to), Role::Assembly | Role::TestSupport);
            if is_walked {
                pending.push(to);
            }
        }
    }
    found.remove(&FeatureId(own));
    found.len()
}
