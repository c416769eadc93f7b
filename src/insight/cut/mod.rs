//! Where the fewest places make one part of the repository independent of another.

mod minimum;
mod plan;
mod standing;

use std::collections::BTreeSet;

use crate::features::{FeatureId, FeatureMap, REACHING};
use crate::graph::{CouplingGraph, CouplingId, UnitId, UnitKind};

pub use minimum::{Cut, Severed, cut};
pub use plan::{Plan, PlanStep, plan};
pub use standing::{Standing, standing};

/// Which couplings can go, and what each costs.
///
/// A coupling costs as many places as have to change: the line that states it, and every reference in source, where that
/// is known. What joins a unit to what it is a part of (a binary to its package) can't
/// be cut at all, only moved. What a responsibility excuses is there on purpose; it can be cut only if
/// `is_excused_cut` says so.
#[derive(Clone, Copy)]
pub struct Knife<'g> {
    graph: &'g CouplingGraph,
    map: &'g FeatureMap,
    is_excused_cut: bool,
}

impl<'g> Knife<'g> {
    /// A knife for one repository.
    pub fn new(graph: &'g CouplingGraph, map: &'g FeatureMap, is_excused_cut: bool) -> Self {
        Self { graph, map, is_excused_cut }
    }

    /// The couplings by which one unit reaches another directly, in order.
    fn between(&self, from: UnitId, to: UnitId) -> impl Iterator<Item = CouplingId> {
        let knife = *self;
        self.graph
            .couplings_between(from, to)
            .filter(move |id| knife.map.reaches_along(knife.graph, *id, &REACHING))
    }

    /// What it costs to part two units, in places; `None` if they can't be parted.
    fn cost(&self, from: UnitId, to: UnitId) -> Option<usize> {
        if self.is_whole(from, to) || (!self.is_excused_cut && self.is_on_purpose(from, to)) {
            return None;
        }
        Some(self.places(self.between(from, to)))
    }

    /// How many places have to change for some couplings to go.
    fn places(&self, couplings: impl Iterator<Item = CouplingId>) -> usize {
        let places = couplings.flat_map(|id| {
            let coupling = self.graph.coupling(id);
            let items = coupling.references.iter().flat_map(|references| &references.items);
            coupling.evidence.first().into_iter().chain(items.flat_map(|item| &item.places))
        });
        places.map(|place| (&place.path, place.span)).collect::<BTreeSet<_>>().len()
    }

    /// Whether the one is a part of the other, which no line can change.
    fn is_whole(&self, from: UnitId, to: UnitId) -> bool {
        self.graph.unit(from).parent == Some(to) && self.graph.unit(from).kind == UnitKind::Binary
    }

    /// Whether a responsibility excuses that the one is coupled to the other, or embodies the reason.
    fn is_on_purpose(&self, from: UnitId, to: UnitId) -> bool {
        let features = (self.map.feature_of(from), self.map.feature_of(to));
        match features {
            (Some(one), Some(other)) => one != other && self.map.is_excused(one, to),
            _ => false,
        }
    }
}

/// The features that have a unit.
fn inhabited(units: &[BTreeSet<UnitId>]) -> Vec<FeatureId> {
    (0..units.len()).filter(|at| !units[*at].is_empty()).map(FeatureId::new).collect()
}
