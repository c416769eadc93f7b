//! Which features reach a unit, and which it reaches.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};

use super::{FeatureId, FeatureMap, Role};

/// What couples features at all: everything but tests, calls, and what changes together.
pub const REACHING: [CouplingKind; 5] =
    [CouplingKind::Code, CouplingKind::Build, CouplingKind::Start, CouplingKind::Data, CouplingKind::Release];

/// For each unit, the features that reach it or that it reaches, its own included.
///
/// Reach is walked over units, never over features, and stops at assemblies and test support: they put
/// features together on purpose. Each set is passed on once along each coupling, so that the cost grows
/// with the couplings.
#[derive(Debug)]
pub struct Reach {
    /// One row of bits for each group of units that all reach each other.
    rows: Vec<u64>,
    words: usize,
    group_of: Vec<usize>,
}

/// In which direction reach is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The features that reach a unit.
    To,
    /// The features that a unit reaches.
    From,
}

/// What a unit is built with: it does what that does.
pub const BUILT_WITH: [CouplingKind; 2] = [CouplingKind::Code, CouplingKind::Build];

impl FeatureMap {
    /// Whether reach stops at a unit: assemblies and test support put features together on purpose.
    pub fn is_end(&self, unit: UnitId) -> bool {
        matches!(self.role(unit), Role::Assembly | Role::TestSupport)
    }

    /// Whether reach of these kinds leads along a coupling. Nobody reaches anything through an assembly, and
    /// an assembly reaching a unit says nothing.
    pub fn reaches_along(&self, graph: &CouplingGraph, id: CouplingId, kinds: &[CouplingKind]) -> bool {
        let coupling = graph.coupling(id);
        self.is_of(graph, id, kinds) && !self.is_end(coupling.to) && !self.is_end(coupling.from)
    }
}

impl Reach {
    /// Walks the couplings of these kinds.
    pub fn new(
        graph: &CouplingGraph,
        map: &FeatureMap,
        kinds: &[CouplingKind],
        direction: Direction,
    ) -> Self {
        Self::along(graph, map, direction, &|id| map.reaches_along(graph, id, kinds))
    }

    /// Walks some couplings.
    pub fn along(
        graph: &CouplingGraph,
        map: &FeatureMap,
        direction: Direction,
        is_walked: &dyn Fn(CouplingId) -> bool,
    ) -> Self {
        let mut inner: DiGraph<(), ()> = DiGraph::with_capacity(graph.units().len(), graph.couplings().len());
        graph.units().for_each(|_| {
            inner.add_node(());
        });
        for (id, coupling) in graph.couplings() {
            if is_walked(id) {
                let ends = [coupling.from, coupling.to].map(|unit| NodeIndex::new(unit.index()));
                // What is known about an edge's end is passed on to its start.
                match direction {
                    Direction::From => inner.add_edge(ends[0], ends[1], ()),
                    Direction::To => inner.add_edge(ends[1], ends[0], ()),
                };
            }
        }
        let words = map.features.len().div_ceil(64);
        // Each group comes after all those that its units lead to.
        let groups = kosaraju_scc(&inner);
        let mut reach =
            Self { rows: vec![0; groups.len() * words], words, group_of: vec![0; graph.units().len()] };
        for (at, group) in groups.iter().enumerate() {
            group.iter().for_each(|node| reach.group_of[node.index()] = at);
        }
        for (at, group) in groups.iter().enumerate() {
            for node in group {
                if let Some(feature) = map.feature_of(UnitId::new(node.index())) {
                    reach.rows[at * words + feature.index() / 64] |= 1 << (feature.index() % 64);
                }
                for next in inner.neighbors(*node) {
                    let other = reach.group_of[next.index()];
                    for word in 0..words {
                        reach.rows[at * words + word] |= reach.rows[other * words + word];
                    }
                }
            }
        }
        reach
    }

    fn row(&self, unit: UnitId) -> &[u64] {
        let at = self.group_of[unit.index()] * self.words;
        &self.rows[at..at + self.words]
    }

    /// How many features there are for a unit, its own included.
    pub fn count(&self, unit: UnitId) -> usize {
        self.row(unit).iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many ordered pairs of different features a coupling joins: those that reach the one unit, with
    /// those that the other unit reaches.
    pub fn pairs(to: &Self, one: UnitId, from: &Self, other: UnitId) -> usize {
        let both = to.row(one).iter().zip(from.row(other));
        let same: usize = both.map(|(one, other)| (one & other).count_ones() as usize).sum();
        to.count(one) * from.count(other) - same
    }

    /// The features of several units together, as bits: the first feature is the lowest bit of the first word.
    pub fn bits_of_all(&self, units: &[UnitId]) -> Vec<u64> {
        let mut joined = vec![0_u64; self.words];
        for unit in units {
            joined.iter_mut().zip(self.row(*unit)).for_each(|(known, more)| *known |= more);
        }
        joined
    }

    /// The features of several units together, sorted.
    pub fn of_all(&self, units: &[UnitId]) -> Vec<FeatureId> {
        let joined = self.bits_of_all(units);
        let is_in = |at: &usize| joined[at / 64] >> (at % 64) & 1 == 1;
        (0..self.words * 64).filter(is_in).map(FeatureId::new).collect()
    }
}
