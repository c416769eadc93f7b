//! Circles of nodes that build on each other, and the layers in which everything stands.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::picture::{Frame, FrameKind, Picture};

/// What builds on each other in circles.
#[derive(Debug)]
pub(super) struct Knots {
    /// The circle that a node is in.
    pub(super) of_node: Vec<Option<usize>>,
    sizes: Vec<usize>,
}

impl Knots {
    /// One frame for each.
    pub(super) fn frames(&self) -> Vec<Frame> {
        let told = |size: &usize| format!("A circle of {size}: arrows lead from each to each");
        self.sizes.iter().map(|size| Frame { kind: FrameKind::Knot, title: told(size) }).collect()
    }
}

/// Nodes that all reach each other, each group sorted, and each after those that it leads to.
pub(super) fn components(nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(nodes, 0);
    (0..nodes).for_each(|_| {
        graph.add_node(());
    });
    for (from, to) in edges {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    let mut groups: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .map(|group| group.into_iter().map(NodeIndex::index).collect())
        .collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups
}

/// The circles of a picture, in the order of their first nodes. Calls and tests make none: who calls may be
/// deployed by itself.
pub(super) fn knots(picture: &Picture) -> Knots {
    let mut groups = components(picture.nodes.len(), picture.reaching());
    groups.retain(|group| group.len() > 1);
    groups.sort();
    let mut of_node = vec![None; picture.nodes.len()];
    for (at, group) in groups.iter().enumerate() {
        group.iter().for_each(|node| of_node[*node] = Some(at));
    }
    Knots { of_node, sizes: groups.iter().map(Vec::len).collect() }
}
