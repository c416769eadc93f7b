//! Facts → [`CouplingGraph`]: everything that builds, runs, ships or is shared, and what couples it.
//!
//! Invariants, checked by [`CouplingGraph::verify`]: units are sorted by kind and name and have
//! distinct identities; couplings are sorted, join two different units and carry evidence; petgraph
//! stays inside this room.

pub mod cargo;
mod coupling;
mod link;
mod unit;

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

pub use coupling::{CargoRequest, Conditions, Coupling, CouplingId, CouplingKind};
pub use link::{Linked, link};
pub use unit::{Unit, UnitId, UnitKind};

/// Units, and the couplings between them.
#[derive(Debug, Default)]
pub struct CouplingGraph {
    units: Vec<Unit>,
    couplings: Vec<Coupling>,
    graph: DiGraph<UnitId, CouplingId>,
}

impl CouplingGraph {
    /// Takes units and couplings; [`UnitId`]s are positions in `units`.
    pub fn new(units: Vec<Unit>, mut couplings: Vec<Coupling>) -> Self {
        couplings.sort_by(Coupling::in_order);
        let mut graph = DiGraph::with_capacity(units.len(), couplings.len());
        for index in 0..units.len() {
            graph.add_node(UnitId::new(index));
        }
        for (index, coupling) in couplings.iter().enumerate() {
            graph.add_edge(node(coupling.from), node(coupling.to), CouplingId::new(index));
        }
        Self { units, couplings, graph }
    }

    /// All units, in order.
    pub fn units(&self) -> impl ExactSizeIterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().map(|(index, unit)| (UnitId::new(index), unit))
    }

    /// One unit.
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.index()]
    }

    /// All couplings, in order.
    pub fn couplings(&self) -> impl ExactSizeIterator<Item = (CouplingId, &Coupling)> {
        self.couplings.iter().enumerate().map(|(index, coupling)| (CouplingId::new(index), coupling))
    }

    /// One coupling.
    pub fn coupling(&self, id: CouplingId) -> &Coupling {
        &self.couplings[id.index()]
    }

    /// What a unit is coupled to, in order.
    pub fn couplings_from(&self, unit: UnitId) -> Vec<CouplingId> {
        let mut ids: Vec<_> = self.graph.edges(node(unit)).map(|edge| *edge.weight()).collect();
        ids.sort_unstable();
        ids
    }

    /// What is coupled to a unit, in order.
    pub fn couplings_to(&self, unit: UnitId) -> Vec<CouplingId> {
        let incoming = petgraph::Direction::Incoming;
        let edges = self.graph.edges_directed(node(unit), incoming);
        let mut ids: Vec<_> = edges.map(|edge| *edge.weight()).collect();
        ids.sort_unstable();
        ids
    }

    /// Checks the invariants of the room; for tests.
    ///
    /// # Errors
    /// The first invariant that doesn't hold, in words.
    pub fn verify(&self) -> Result<(), String> {
        let mut identities = BTreeMap::new();
        for (id, unit) in self.units() {
            if let Some(other) = identities.insert(unit.identity(), id) {
                return Err(format!("units {other:?} and {id:?} are both `{}`", unit.identity()));
            }
        }
        if !self.units.is_sorted_by(|a, b| (a.kind, &a.name) <= (b.kind, &b.name)) {
            return Err("units are not in order".to_owned());
        }
        for (id, coupling) in self.couplings() {
            if coupling.from == coupling.to {
                return Err(format!("{id:?} couples a unit to itself"));
            }
            if coupling.from.index().max(coupling.to.index()) >= self.units.len() {
                return Err(format!("{id:?} names a unit that is not there"));
            }
            if coupling.evidence.is_empty() {
                return Err(format!("{id:?} has no evidence"));
            }
        }
        let ends = |edge: petgraph::graph::EdgeReference<'_, CouplingId>| {
            let coupling = self.coupling(*edge.weight());
            (node(coupling.from), node(coupling.to)) == (edge.source(), edge.target())
        };
        match self.graph.edge_references().all(ends) {
            true => Ok(()),
            false => Err("the inner graph differs from the couplings".to_owned()),
        }
    }
}

fn node(unit: UnitId) -> NodeIndex {
    NodeIndex::new(unit.index())
}
