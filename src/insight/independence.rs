//! How independent the features are, as a number.

use crate::features::{Direction, FeatureMap, REACHING, Reach};
use crate::graph::{CouplingGraph, UnitId};

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
    let mut units: Vec<Vec<UnitId>> = vec![Vec::new(); map.features.len()];
    for (id, _) in graph.units() {
        if let Some(feature) = map.feature_of(id) {
            units[feature.index()].push(id);
        }
    }
    units.retain(|units| !units.is_empty());
    let inhabited = units.len();
    if inhabited < 2 {
        return None;
    }
    let reach = Reach::new(graph, map, &REACHING, Direction::From);
    let pairs = inhabited * (inhabited - 1);
    // Each feature reaches itself.
    let dependent: usize = units.iter().map(|units| reach.of_all(units).len() - 1).sum();
    Some(Independence { independent: pairs - dependent, pairs })
}
