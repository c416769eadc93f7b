//! Whether a feature can be deployed alone, and why not.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{Direction, FeatureId, FeatureMap, REACHING, Reach, Role};
use crate::graph::{CouplingGraph, UnitId};

/// What each deployable links: the packages of a binary.
pub type Links = BTreeMap<UnitId, Vec<UnitId>>;

/// How a feature is shipped, and what stands in the way of shipping it alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shipping {
    /// Its own deployables that no other deployable of its own packs, sorted.
    pub deployables: Vec<UnitId>,
    /// The other features that its units reach, sorted.
    pub reaches: Vec<FeatureId>,
    /// The other features whose units reach it, sorted.
    pub reached_by: Vec<FeatureId>,
    /// Deployables that pack it together with other features, and nobody says that they do so on purpose;
    /// with those features. Sorted.
    pub packed_with: Vec<(UnitId, Vec<FeatureId>)>,
    /// Assemblies' deployables in which it is shipped, sorted.
    pub assembled_in: Vec<UnitId>,
}

/// What the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ships {
    /// It ships something, reaches no other feature, and shares no deployable with one.
    Alone,
    /// It ships something, and something stands in the way.
    Together,
    /// It ships nothing of its own: others do, or nobody yet.
    Nothing,
}

impl Shipping {
    /// Whether it can be deployed alone.
    pub fn ships(&self) -> Ships {
        match (self.deployables.is_empty(), self.reaches.is_empty() && self.packed_with.is_empty()) {
            (true, _) => Ships::Nothing,
            (false, true) => Ships::Alone,
            (false, false) => Ships::Together,
        }
    }
}

/// How each feature is shipped, by its position.
///
/// Reach is that of [`super::independence`]. A deployable holds a feature if it is a unit of it, or runs
/// one, or links one; an assembly's may hold as many as it likes, and so may what a declared deployment ships.
pub fn shipping(graph: &CouplingGraph, map: &FeatureMap, links: &Links) -> Vec<Shipping> {
    let units = map.units_of_each();
    let (from, to) = rayon::join(
        || Reach::new(graph, map, &REACHING, Direction::From),
        || Reach::new(graph, map, &REACHING, Direction::To),
    );
    let others = |reach: &Reach, own: usize| {
        let all = reach.of_all(&units[own]);
        all.into_iter().filter(|other| other.index() != own).collect::<Vec<_>>()
    };
    let mut all: Vec<Shipping> = (0..units.len())
        .map(|at| Shipping {
            deployables: outermost(graph, &units[at]),
            reaches: others(&from, at),
            reached_by: others(&to, at),
            ..Shipping::default()
        })
        .collect();
    for (id, unit) in graph.units().filter(|(_, unit)| unit.kind.is_deployable()) {
        let packed = packed(graph, map, id);
        if matches!(map.role(id), Role::Assembly) {
            let linked =
                contents(graph, id).into_iter().flat_map(|one| links.get(&one).into_iter().flatten());
            let linked = linked.filter_map(|one| map.feature_of(*one));
            let held: BTreeSet<FeatureId> = packed.iter().copied().chain(linked).collect();
            held.into_iter().for_each(|feature| all[feature.index()].assembled_in.push(id));
        } else if map.role(id) != Role::TestSupport
            && packed.len() > 1
            && !unit.is_outside
            && !map.is_deployed_on_purpose(id)
        {
            for feature in &packed {
                let others = packed.iter().copied().filter(|other| other != feature).collect();
                all[feature.index()].packed_with.push((id, others));
            }
        }
    }
    all
}

/// Those of a feature's deployables that no other one of them packs.
fn outermost(graph: &CouplingGraph, units: &[UnitId]) -> Vec<UnitId> {
    let own = units.iter().filter(|id| graph.unit(**id).kind.is_deployable());
    let packed: BTreeSet<UnitId> = own.clone().flat_map(|id| graph.unit(*id).runs.iter().copied()).collect();
    own.copied().filter(|id| !packed.contains(id)).collect()
}

/// A deployable, and all that it runs.
pub fn contents(graph: &CouplingGraph, deployable: UnitId) -> BTreeSet<UnitId> {
    let mut all = BTreeSet::from([deployable]);
    let mut pending = vec![deployable];
    while let Some(at) = pending.pop() {
        let runs = graph.unit(at).runs.iter().copied();
        pending.extend(runs.filter(|one| all.insert(*one)).collect::<Vec<_>>());
    }
    all
}

/// The features of which a deployable packs a unit.
fn packed(graph: &CouplingGraph, map: &FeatureMap, deployable: UnitId) -> Vec<FeatureId> {
    let features: BTreeSet<FeatureId> =
        contents(graph, deployable).into_iter().filter_map(|one| map.feature_of(one)).collect();
    features.into_iter().collect()
}
