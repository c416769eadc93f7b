//! How independent the features are, as a number.

use crate::features::{Direction, FeatureId, FeatureMap, REACHING, Reach};
use crate::graph::{CouplingGraph, CouplingId};

/// Of all ordered pairs of features (A, B), those in which no unit of A reaches a unit of B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Independence {
    /// Pairs in which nothing reaches over.
    pub independent: usize,
    /// All ordered pairs of features that have units.
    pub pairs: usize,
}

impl Independence {
    /// The share of the pairs that are independent, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^53")]
    pub fn share(self) -> f64 {
        self.independent as f64 / self.pairs.max(1) as f64
    }
}

/// Counts the independent pairs; `None` below two features that have units.
///
/// Reach is walked over `code`, `build`, `start`, `data` and `release` couplings between units, through
/// units of every role but assemblies and test support. Tests and calls don't count. Features without a
/// unit don't count either: there is nothing yet that could depend on them.
pub fn independence(graph: &CouplingGraph, map: &FeatureMap) -> Option<Independence> {
    Reached::new(graph, map, &|_| false).independence()
}

/// Which features reach which, as rows of bits.
pub(super) struct Reached {
    /// The features that have a unit, sorted.
    pub(super) inhabited: Vec<FeatureId>,
    /// For each of them the features that its units reach, without itself.
    pub(super) rows: Vec<Vec<u64>>,
}

impl Reached {
    /// Walks all couplings but some.
    pub(super) fn new(graph: &CouplingGraph, map: &FeatureMap, is_gone: &dyn Fn(CouplingId) -> bool) -> Self {
        let units = map.units_of_each();
        let is_walked = |id: CouplingId| !is_gone(id) && map.reaches_along(graph, id, &REACHING);
        let reach = Reach::along(graph, map, Direction::From, &is_walked);
        let (mut inhabited, mut rows) = (Vec::new(), Vec::new());
        let elsewhere: Vec<usize> =
            (0..units.len()).filter(|at| map.feature(FeatureId::new(*at)).is_external).collect();
        // Whether what lives elsewhere is independent is nothing that this repository decides.
        let is_own = |at: &usize| elsewhere.binary_search(at).is_err();
        for (at, units) in units.iter().enumerate().filter(|(at, units)| !units.is_empty() && is_own(at)) {
            let mut row = reach.bits_of_all(units);
            // Each feature reaches itself.
            row[at / 64] &= !(1 << (at % 64));
            elsewhere.iter().for_each(|other| row[other / 64] &= !(1 << (other % 64)));
            inhabited.push(FeatureId::new(at));
            rows.push(row);
        }
        Self { inhabited, rows }
    }

    /// How many ordered pairs are coupled.
    fn coupled(&self) -> usize {
        self.rows.iter().flatten().map(|word| word.count_ones() as usize).sum()
    }

    /// `None` below two features.
    pub(super) fn independence(&self) -> Option<Independence> {
        let features = self.inhabited.len();
        let pairs = features * features.saturating_sub(1);
        (pairs > 0).then(|| Independence { independent: pairs - self.coupled(), pairs })
    }
}
