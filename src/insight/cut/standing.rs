//! Where the features stand: how many pairs are independent, which deploy alone, which are in a circle.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::features::{FeatureId, FeatureMap};
use crate::graph::{CouplingGraph, CouplingId};
use crate::insight::Independence;
use crate::insight::independence::reached;

/// Where the features stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `None` below two features.
    pub independence: Option<Independence>,
    /// The features none of whose units reaches another feature's: what they ship is built from their own and from
    /// shared units alone. Sorted.
    pub alone: Vec<FeatureId>,
    /// The circles: features each of which reaches all others of its circle, by way of them. Sorted, and each of them.
    pub circles: Vec<Vec<FeatureId>>,
}

impl Standing {
    /// How many ordered pairs of features are not independent.
    pub fn coupled(&self) -> usize {
        self.independence.map_or(0, |it| it.pairs - it.independent)
    }

    /// How many ordered pairs of features are in one circle: a circle is the worse the more are in it.
    pub fn tangled(&self) -> usize {
        self.circles.iter().map(|circle| circle.len() * (circle.len() - 1)).sum()
    }
}

/// Where the features stand without some couplings.
pub fn standing(graph: &CouplingGraph, map: &FeatureMap, is_gone: &dyn Fn(CouplingId) -> bool) -> Standing {
    let reached = reached(graph, map, is_gone);
    let mut between: DiGraph<FeatureId, ()> = DiGraph::with_capacity(reached.len(), 0);
    let nodes: Vec<NodeIndex> = reached.iter().map(|(feature, _)| between.add_node(*feature)).collect();
    for ((_, others), from) in reached.iter().zip(&nodes) {
        for other in others {
            if let Ok(at) = reached.binary_search_by_key(other, |(feature, _)| *feature) {
                between.add_edge(*from, nodes[at], ());
            }
        }
    }
    let circles = kosaraju_scc(&between).into_iter().filter(|circle| circle.len() > 1);
    let mut circles: Vec<Vec<FeatureId>> = circles
        .map(|circle| {
            let mut features: Vec<FeatureId> = circle.into_iter().map(|node| between[node]).collect();
            features.sort_unstable();
            features
        })
        .collect();
    circles.sort_unstable();
    let coupled = reached.iter().map(|(_, others)| others.len()).sum();
    let alone = reached.iter().filter(|(_, others)| others.is_empty()).map(|(feature, _)| *feature);
    Standing { independence: Independence::of(reached.len(), coupled), alone: alone.collect(), circles }
}
