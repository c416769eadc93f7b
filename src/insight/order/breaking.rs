//! The fewest arcs without which a graph has no circle: a minimum feedback arc set.
//!
//! For circles of few nodes by dynamic programming over sets of nodes (the cheapest way to put these first, in some
//! order, is that of putting all but one of them first and then that one), as E. L. Lawler describes for linear
//! orderings: A comment on minimum feedback arc sets. IEEE Transactions on Circuit Theory 11 (1964), 296–297. For more
//! nodes by the greedy heuristic of Eades, Lin and Smyth (1993).

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::{greedy_feedback_arc_set, has_path_connecting};
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

/// An arc between two nodes, and what it costs to break it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arc {
    pub(super) ends: (usize, usize),
    pub(super) cost: usize,
}

/// How many nodes a circle has at most for the smallest set to be found: each more doubles the work.
const EXACT: usize = 16;

/// The arcs to break, sorted; and whether no other set costs less.
pub(super) fn to_break(arcs: &[Arc]) -> (Vec<(usize, usize)>, bool) {
    let nodes: BTreeSet<usize> = arcs.iter().flat_map(|arc| [arc.ends.0, arc.ends.1]).collect();
    let nodes: Vec<usize> = nodes.into_iter().collect();
    match nodes.len() <= EXACT {
        true => (smallest(&nodes, arcs), true),
        false => (small(&nodes, arcs), false),
    }
}

fn position(nodes: &[usize], node: usize) -> usize {
    nodes.partition_point(|known| *known < node)
}

/// Arcs lead from clients to servers, and servers come first: what leads from an earlier node to a later one is broken.
fn smallest(nodes: &[usize], arcs: &[Arc]) -> Vec<(usize, usize)> {
    let count = nodes.len();
    let mut cost = vec![vec![0_usize; count]; count];
    for arc in arcs {
        cost[position(nodes, arc.ends.0)][position(nodes, arc.ends.1)] += arc.cost;
    }
    // For each set of nodes that come first: what that costs at least, and which of them comes last.
    let mut best: Vec<(usize, usize)> = vec![(usize::MAX, 0); 1 << count];
    best[0] = (0, 0);
    for set in 1..best.len() {
        for last in (0..count).filter(|node| set >> node & 1 == 1) {
            let rest = set & !(1 << last);
            // Whoever comes before it and waits for it.
            let broken: usize =
                (0..count).filter(|node| rest >> node & 1 == 1).map(|node| cost[node][last]).sum();
            let total = best[rest].0 + broken;
            if total < best[set].0 {
                best[set] = (total, last);
            }
        }
    }
    let mut place = vec![0; count];
    let mut set = best.len() - 1;
    while set != 0 {
        let last = best[set].1;
        place[last] = set.count_ones();
        set &= !(1 << last);
    }
    let is_broken = |arc: &&Arc| place[position(nodes, arc.ends.0)] < place[position(nodes, arc.ends.1)];
    let mut broken: Vec<_> = arcs.iter().filter(is_broken).map(|arc| arc.ends).collect();
    broken.sort_unstable();
    broken
}

fn small(nodes: &[usize], arcs: &[Arc]) -> Vec<(usize, usize)> {
    let mut inner: DiGraph<(), (usize, usize)> = DiGraph::new();
    nodes.iter().for_each(|_| {
        inner.add_node(());
    });
    for arc in arcs {
        let [from, to] = [arc.ends.0, arc.ends.1].map(|node| NodeIndex::new(position(nodes, node)));
        inner.add_edge(from, to, arc.ends);
    }
    let broken: BTreeSet<EdgeIndex> = greedy_feedback_arc_set(&inner).map(|arc| arc.id()).collect();
    // What the heuristic breaks in vain stays whole, the dearest first.
    let cost_of: BTreeMap<(usize, usize), usize> = arcs.iter().map(|arc| (arc.ends, arc.cost)).collect();
    let mut dearest: Vec<EdgeIndex> = broken.iter().copied().collect();
    dearest.sort_by_key(|arc| std::cmp::Reverse(cost_of.get(&inner[*arc]).copied()));
    let mut kept = inner.filter_map(|_, ()| Some(()), |id, ends| (!broken.contains(&id)).then_some(*ends));
    let mut still = Vec::new();
    for arc in dearest {
        let Some((from, to)) = inner.edge_endpoints(arc) else { continue };
        match has_path_connecting(&kept, to, from, None) {
            true => still.push(inner[arc]),
            false => {
                kept.add_edge(from, to, inner[arc]);
            }
        }
    }
    still.sort_unstable();
    still
}
