//! What each unit reaches, as rows of bits.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::{CouplingGraph, CouplingId, UnitId};

/// What each unit reaches, itself included, as far as it is counted.
pub(in crate::insight) struct Closure {
    group_of: Vec<usize>,
    rows: Vec<u64>,
    words: usize,
}

impl Closure {
    /// Walks some couplings; of the units that are reached, only some are counted.
    pub(in crate::insight) fn new(
        graph: &CouplingGraph,
        is_walked: &dyn Fn(CouplingId) -> bool,
        is_counted: &dyn Fn(UnitId) -> bool,
    ) -> Self {
        let units = graph.units().len();
        let mut inner: DiGraph<(), ()> = DiGraph::with_capacity(units, graph.couplings().len());
        (0..units).for_each(|_| {
            inner.add_node(());
        });
        for (_, coupling) in graph.couplings().filter(|(id, _)| is_walked(*id)) {
            inner.add_edge(NodeIndex::new(coupling.from.index()), NodeIndex::new(coupling.to.index()), ());
        }
        let words = units.div_ceil(64);
        // Each group comes after all those that its units lead to.
        let groups = kosaraju_scc(&inner);
        let mut group_of = vec![0; units];
        let mut rows = vec![0_u64; groups.len() * words];
        for (at, group) in groups.iter().enumerate() {
            group.iter().for_each(|node| group_of[node.index()] = at);
        }
        for (at, group) in groups.iter().enumerate() {
            for node in group {
                let unit = node.index();
                if is_counted(UnitId::new(unit)) {
                    rows[at * words + unit / 64] |= 1 << (unit % 64);
                }
                for next in inner.neighbors(*node) {
                    let other = group_of[next.index()];
                    for word in 0..words {
                        rows[at * words + word] |= rows[other * words + word];
                    }
                }
            }
        }
        Self { group_of, rows, words }
    }

    fn row(&self, unit: UnitId) -> &[u64] {
        let at = self.group_of[unit.index()] * self.words;
        &self.rows[at..at + self.words]
    }

    /// How many units a unit reaches, itself included.
    pub(super) fn count(&self, unit: UnitId) -> usize {
        self.row(unit).iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether a unit reaches another one, or is it.
    pub(in crate::insight) fn has(&self, unit: UnitId, other: UnitId) -> bool {
        let at = other.index();
        self.row(unit)[at / 64] >> (at % 64) & 1 == 1
    }
}
