//! The smallest set of couplings whose removal makes one part independent of another: a minimum cut, by Dinic's
//! method.
//!
//! Y. Dinitz: Algorithm for solution of a problem of maximum flow in a network with power estimation. Soviet
//! Mathematics Doklady 11 (1970), 1277–1280.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::features::REACHING;
use crate::graph::{CouplingId, UnitId};

use super::Knife;

/// Two units that are parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severed {
    /// The unit that needs the other.
    pub from: UnitId,
    /// The unit that is needed.
    pub to: UnitId,
    /// What has to go, in the order of the graph.
    pub couplings: Vec<CouplingId>,
    /// How many places that takes.
    pub places: usize,
}

/// What has to go so that one part does not reach another any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cut {
    /// Sorted by the units; empty if they are independent already.
    pub severed: Vec<Severed>,
    places: usize,
}

impl Cut {
    pub(super) fn new(knife: Knife<'_>, severed: Vec<Severed>) -> Self {
        let all = severed.iter().flat_map(|one| one.couplings.iter().copied());
        let places = knife.places(all);
        Self { severed, places }
    }

    /// How many places have to go; one that couples several pairs of units is one.
    pub fn places(&self) -> usize {
        self.places
    }

    /// All couplings that go.
    pub fn couplings(&self) -> impl Iterator<Item = CouplingId> {
        self.severed.iter().flat_map(|one| one.couplings.iter().copied())
    }
}

/// The smallest cuts that make some units independent of others, counted in places: the one nearest to what is needed
/// first, then the one nearest to who needs it, if that is another one. None if no cut can do it: one is a part of the
/// other, or a responsibility ties them that must not be cut.
///
/// What is cut already is left out. Nothing is reached through assemblies and test support.
pub fn cut(
    knife: Knife<'_>,
    (from, to): (&BTreeSet<UnitId>, &BTreeSet<UnitId>),
    is_cut: &dyn Fn(CouplingId) -> bool,
) -> Vec<Cut> {
    let network = Network::new(knife, (from, to), is_cut);
    if network.pairs.is_empty() {
        return vec![Cut::default()];
    }
    let (flow, flows) = dinics(&network.inner, network.source, network.sink);
    if flow >= network.uncut {
        return Vec::new();
    }
    let needed = network.parted_by(&network.side(network.sink, Direction::Incoming, &flows));
    let mut needing_side = network.side(network.source, Direction::Outgoing, &flows);
    // What the source still reaches is its side; the other side is all the rest.
    needing_side.iter_mut().for_each(|is_reached| *is_reached = !*is_reached);
    let needing = network.parted_by(&needing_side);
    if needed == needing { vec![needed] } else { vec![needed, needing] }
}

/// The units on ways from the one part to the other, as a flow network.
struct Network<'g> {
    knife: Knife<'g>,
    inner: DiGraph<(), usize>,
    source: NodeIndex,
    sink: NodeIndex,
    /// The two units of each edge.
    pairs: Vec<(UnitId, UnitId)>,
    /// What an edge that can't be cut carries: more than all others together.
    uncut: usize,
}

impl<'g> Network<'g> {
    fn new(
        knife: Knife<'g>,
        (from, to): (&BTreeSet<UnitId>, &BTreeSet<UnitId>),
        is_cut: &dyn Fn(CouplingId) -> bool,
    ) -> Self {
        let (graph, map) = (knife.graph, knife.map);
        let is_walked = |id: CouplingId| !is_cut(id) && map.reaches_along(graph, id, &REACHING);
        let forward = |unit: UnitId| {
            let walked = graph.couplings_from(unit).filter(|id| is_walked(*id));
            walked.map(|id| graph.coupling(id).to).filter(|next| !from.contains(next)).collect()
        };
        let backward = |unit: UnitId| {
            let walked = graph.couplings_to(unit).filter(|id| is_walked(*id));
            walked.map(|id| graph.coupling(id).from).filter(|next| !to.contains(next)).collect()
        };
        // Only what lies on a way matters, and most of a repository does not.
        let reached = reached(from, &forward);
        let on_way: BTreeSet<UnitId> = reached_in(to, &backward, &reached);
        let mut pairs: BTreeSet<(UnitId, UnitId)> = BTreeSet::new();
        for unit in on_way.iter().filter(|unit| !to.contains(unit)) {
            for id in graph.couplings_from(*unit).filter(|id| is_walked(*id)) {
                let next = graph.coupling(id).to;
                if on_way.contains(&next) && !from.contains(&next) {
                    pairs.insert((*unit, next));
                }
            }
        }
        let mut inner = DiGraph::new();
        let (source, sink) = (inner.add_node(()), inner.add_node(()));
        let mut nodes: BTreeMap<UnitId, NodeIndex> = BTreeMap::new();
        let mut node = |unit: UnitId, inner: &mut DiGraph<(), usize>| match () {
            () if from.contains(&unit) => source,
            () if to.contains(&unit) => sink,
            () => *nodes.entry(unit).or_insert_with(|| inner.add_node(())),
        };
        let pairs: Vec<(UnitId, UnitId)> = pairs.into_iter().collect();
        let costs: Vec<Option<usize>> = pairs.iter().map(|(one, other)| knife.cost(*one, *other)).collect();
        let uncut = costs.iter().flatten().sum::<usize>() + 1;
        for ((one, other), cost) in pairs.iter().zip(&costs) {
            let ends = (node(*one, &mut inner), node(*other, &mut inner));
            inner.add_edge(ends.0, ends.1, cost.unwrap_or(uncut));
        }
        Self { knife, inner, source, sink, pairs, uncut }
    }

    /// What is joined to a node by edges that could carry more in a direction, by the position of the nodes.
    fn side(&self, start: NodeIndex, direction: Direction, flows: &[usize]) -> Vec<bool> {
        let mut is_joined = vec![false; self.inner.node_count()];
        is_joined[start.index()] = true;
        let mut pending = vec![start];
        while let Some(node) = pending.pop() {
            let with = self.inner.edges_directed(node, direction).filter_map(|edge| {
                let next = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
                (flows[edge.id().index()] < *edge.weight()).then_some(next)
            });
            let against = self.inner.edges_directed(node, direction.opposite()).filter_map(|edge| {
                let next = if direction == Direction::Outgoing { edge.source() } else { edge.target() };
                (flows[edge.id().index()] > 0).then_some(next)
            });
            for next in with.chain(against) {
                if !std::mem::replace(&mut is_joined[next.index()], true) {
                    pending.push(next);
                }
            }
        }
        is_joined
    }

    /// What leads into one side.
    fn parted_by(&self, is_inside: &[bool]) -> Cut {
        let crosses = |at: &usize| {
            let ends = self.inner.edge_endpoints(EdgeIndex::new(*at));
            ends.is_some_and(|(one, other)| !is_inside[one.index()] && is_inside[other.index()])
        };
        let crossing = (0..self.pairs.len()).filter(crosses).map(|at| self.severed(self.pairs[at]));
        Cut::new(self.knife, crossing.collect())
    }

    fn severed(&self, (from, to): (UnitId, UnitId)) -> Severed {
        Severed {
            from,
            to,
            couplings: self.knife.between(from, to).collect(),
            places: self.knife.cost(from, to).unwrap_or_default(),
        }
    }
}

/// Everything that is come to from some units, these included.
fn reached(start: &BTreeSet<UnitId>, next: &dyn Fn(UnitId) -> Vec<UnitId>) -> BTreeSet<UnitId> {
    let mut found = start.clone();
    let mut pending: Vec<UnitId> = start.iter().copied().collect();
    while let Some(unit) = pending.pop() {
        pending.extend(next(unit).into_iter().filter(|unit| found.insert(*unit)));
    }
    found
}

/// The same, within some units.
fn reached_in(
    start: &BTreeSet<UnitId>,
    next: &dyn Fn(UnitId) -> Vec<UnitId>,
    within: &BTreeSet<UnitId>,
) -> BTreeSet<UnitId> {
    let start: BTreeSet<UnitId> = start.intersection(within).copied().collect();
    let inside = |unit: UnitId| next(unit).into_iter().filter(|unit| within.contains(unit)).collect();
    reached(&start, &inside)
}
