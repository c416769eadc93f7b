//! Which feature waits for which, and what only looks as if it did.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{BUILT_WITH, Direction, FeatureId, FeatureMap, Reach, Versioned};
use crate::graph::{Correction, CouplingGraph, CouplingId, CouplingKind, UnitId};

/// A feature that has to be deployed after another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait {
    /// The one that calls, or waits.
    pub client: FeatureId,
    /// The one that has to be there.
    pub server: FeatureId,
    /// The calls, or what waits before it starts; in the order of the graph.
    pub couplings: Vec<CouplingId>,
}

impl Wait {
    /// How many lines cause it.
    pub fn lines(&self, graph: &CouplingGraph) -> usize {
        let places = self.couplings.iter().filter_map(|id| graph.coupling(*id).evidence.first());
        places.map(|place| (&place.path, place.span)).collect::<BTreeSet<_>>().len()
    }
}

/// Why something imposes no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unordered {
    /// A person says so about the coupling.
    Corrected(Correction),
    /// The clients of this API cope with every version of the server.
    ClientVersioned,
}

/// What imposes no order although it looks as if it did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The one that calls, or waits.
    pub client: FeatureId,
    /// The one that is called.
    pub server: FeatureId,
    /// Why.
    pub why: Unordered,
    /// The couplings, in the order of the graph.
    pub couplings: Vec<CouplingId>,
}

/// Whether a unit is a job that ships something.
fn ships(graph: &CouplingGraph, unit: UnitId) -> bool {
    graph.work_of(unit).is_some_and(|work| !work.ships.is_empty())
}

/// Who waits for whom, and what is left out.
pub(super) fn waits(graph: &CouplingGraph, map: &FeatureMap) -> (Vec<Wait>, Vec<LeftOut>) {
    let reach = Reach::new(graph, map, &BUILT_WITH, Direction::To);
    // Who waits for a unit of no feature waits for what that waits for.
    let is_step = |id| {
        let coupling = graph.coupling(id);
        map.is_of(graph, id, &[CouplingKind::Start])
            && map.feature_of(coupling.to).is_none()
            && !map.is_end(coupling.to)
            && !map.is_end(coupling.from)
    };
    let waiting = Reach::along(graph, map, Direction::To, &is_step);
    let mut waits: BTreeMap<(FeatureId, FeatureId), Vec<CouplingId>> = BTreeMap::new();
    let mut left_out: BTreeMap<(FeatureId, FeatureId, Unordered), Vec<CouplingId>> = BTreeMap::new();
    for (id, coupling) in graph.couplings() {
        // What it is as the manifests state it: a person may say that it is none.
        let stated = map.kind_between(coupling.kind, coupling.from, coupling.to);
        let Some(server) = map.feature_of(coupling.to) else { continue };
        let clients: Vec<FeatureId> = match stated {
            // Who is built with what calls, calls.
            CouplingKind::Call => reach.of_all(&[coupling.from]),
            CouplingKind::Start => match map.feature_of(coupling.from) {
                Some(own) => vec![own],
                None => waiting.of_all(&[coupling.from]),
            },
            // A job that ships something, and waits for one that ships something else.
            CouplingKind::Release if ships(graph, coupling.from) && ships(graph, coupling.to) => {
                map.feature_of(coupling.from).into_iter().collect()
            }
            _ => continue,
        };
        let is_client_versioned = map.feature(server).versioned == Some(Versioned::Client);
        let why = match coupling.correction {
            Some(correction) => Some(Unordered::Corrected(correction)),
            None if stated == CouplingKind::Call && is_client_versioned => Some(Unordered::ClientVersioned),
            None => None,
        };
        for client in clients.into_iter().filter(|client| *client != server) {
            match why {
                None => waits.entry((client, server)).or_default().push(id),
                Some(why) => left_out.entry((client, server, why)).or_default().push(id),
            }
        }
    }
    let waits = waits.into_iter().map(|((client, server), couplings)| Wait { client, server, couplings });
    let left_out = left_out.into_iter().map(|((client, server, why), couplings)| LeftOut {
        client,
        server,
        why,
        couplings,
    });
    (waits.collect(), left_out.collect())
}
