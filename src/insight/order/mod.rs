//! In which order features can be deployed: a server before its clients.

mod breaking;
mod waits;

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;
use petgraph::unionfind::UnionFind;

use crate::features::{FeatureId, FeatureMap};
use crate::graph::CouplingGraph;

use breaking::{Arc, to_break};

pub use waits::{LeftOut, Unordered, Wait};

/// The order in which features can be deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What can go out at the same time, in order; within one, sorted. Where a circle makes an order impossible, this is
    /// the order that there would be if what breaks it went.
    pub levels: Vec<Vec<Batch>>,
    /// The features that wait for nobody, and for whom nobody waits: they can be deployed at any time. Sorted.
    pub at_any_time: Vec<Batch>,
    /// What makes an order impossible; empty if there is one.
    pub circles: Vec<Circle>,
    /// Who waits for whom, sorted.
    pub waits: Vec<Wait>,
    /// What imposes no order although it looks as if it did, sorted.
    pub left_out: Vec<LeftOut>,
}

/// What is deployed at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Batch {
    /// The features, sorted; several where a declared deployment ships units of them.
    pub features: Vec<FeatureId>,
    /// The declared deployments that ship several of them, as positions; sorted.
    pub deployments: Vec<usize>,
}

/// Features each of which would have to be deployed before all others of the circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// The features, sorted.
    pub features: Vec<FeatureId>,
    /// The fewest calls without which there is an order, as positions in [`Order::waits`]; counted in lines.
    pub to_break: Vec<usize>,
    /// Whether there is no smaller set; not known for circles of very many features.
    pub is_smallest: bool,
}

/// Finds the order.
///
/// A feature waits for another if a unit of it, or a unit that it is built with, calls a unit of the other, or waits for
/// it before it starts. Left out is what a person says imposes none: `types-only` and `no-order` in `[[corrections]]`,
/// and APIs whose clients cope with every version (`versioned = "client"`). Features of which one declared deployment
/// ships units go out together.
pub fn order(graph: &CouplingGraph, map: &FeatureMap) -> Order {
    let (waits, left_out) = waits::waits(graph, map);
    let batches = Batches::new(graph, map);
    let mut between: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, wait) in waits.iter().enumerate() {
        let ends = (batches.of[&wait.client], batches.of[&wait.server]);
        if ends.0 != ends.1 {
            between.entry(ends).or_default().push(at);
        }
    }
    let mut inner: DiGraphMap<usize, ()> = DiGraphMap::new();
    for (client, server) in between.keys() {
        inner.add_edge(*client, *server, ());
    }
    let mut circles = Vec::new();
    for members in kosaraju_scc(&inner).into_iter().filter(|members| members.len() > 1) {
        let members: BTreeSet<usize> = members.into_iter().collect();
        let arcs = between.iter().filter(|((from, to), _)| members.contains(from) && members.contains(to));
        let arcs: Vec<Arc> = arcs
            .map(|(ends, calls)| Arc {
                ends: *ends,
                cost: calls.iter().map(|at| waits[*at].lines(graph)).sum(),
            })
            .collect();
        let (broken, is_smallest) = to_break(&arcs);
        let mut lines: Vec<usize> = Vec::new();
        for arc in broken {
            inner.remove_edge(arc.0, arc.1);
            lines.extend(&between[&arc]);
        }
        lines.sort_unstable();
        let mut features: Vec<FeatureId> =
            members.iter().flat_map(|at| batches.all[*at].features.clone()).collect();
        features.sort_unstable();
        circles.push(Circle { features, to_break: lines, is_smallest });
    }
    circles.sort_by(|one, other| one.features.cmp(&other.features));
    let level_of = levels(&inner);
    let count = level_of.values().max().map_or(0, |last| last + 1);
    let mut levels: Vec<Vec<Batch>> = vec![Vec::new(); count];
    level_of.iter().for_each(|(batch, level)| levels[*level].push(batches.all[*batch].clone()));
    levels.iter_mut().for_each(|level| level.sort());
    let at_any_time = (0..batches.all.len()).filter(|at| !level_of.contains_key(at));
    let at_any_time = at_any_time.map(|at| batches.all[at].clone()).collect();
    Order { levels, at_any_time, circles, waits, left_out }
}

/// How many steps have to be done before each batch: one more than before the last of those that it waits for.
fn levels(inner: &DiGraphMap<usize, ()>) -> BTreeMap<usize, usize> {
    let mut level_of: BTreeMap<usize, usize> = BTreeMap::new();
    // Each group comes after all those that it leads to, and without circles each is one.
    for node in kosaraju_scc(inner).into_iter().flatten() {
        let before = inner.neighbors(node).filter_map(|server| level_of.get(&server));
        let level = before.max().map_or(0, |last| last + 1);
        level_of.insert(node, level);
    }
    level_of
}

/// What is deployed at once, and what of it each feature is in.
struct Batches {
    all: Vec<Batch>,
    of: BTreeMap<FeatureId, usize>,
}

impl Batches {
    fn new(graph: &CouplingGraph, map: &FeatureMap) -> Self {
        let inhabited: Vec<FeatureId> = map.inhabited().into_iter().collect();
        let mut shipped: BTreeMap<usize, BTreeSet<FeatureId>> = BTreeMap::new();
        for (unit, _) in graph.units() {
            let Some(feature) = map.feature_of(unit) else { continue };
            for deployment in map.deployments_of(unit) {
                shipped.entry(*deployment).or_default().insert(feature);
            }
        }
        let mut together = UnionFind::<usize>::new(map.features.len());
        for features in shipped.values() {
            let Some(first) = features.first() else { continue };
            features.iter().for_each(|other| {
                together.union(first.index(), other.index());
            });
        }
        let mut batches: BTreeMap<usize, Batch> = BTreeMap::new();
        for feature in &inhabited {
            let batch = batches.entry(together.find(feature.index()));
            let batch = batch.or_insert_with(|| Batch { features: Vec::new(), deployments: Vec::new() });
            batch.features.push(*feature);
        }
        for (deployment, features) in shipped.iter().filter(|(_, features)| features.len() > 1) {
            let first = features.first().map(|feature| together.find(feature.index()));
            if let Some(batch) = first.and_then(|first| batches.get_mut(&first)) {
                batch.deployments.push(*deployment);
            }
        }
        let mut all: Vec<Batch> = batches.into_values().collect();
        all.sort();
        let of =
            all.iter().enumerate().flat_map(|(at, batch)| batch.features.iter().map(move |one| (*one, at)));
        Self { of: of.collect(), all }
    }
}
