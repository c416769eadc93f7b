//! The graph of the features: which one is coupled to which, and by what.

use std::collections::BTreeMap;

use crate::graph::{CouplingGraph, CouplingId};

use super::{FeatureId, FeatureMap};

/// The direct couplings between features, by ordered pair.
#[derive(Debug, Default)]
pub struct FeatureGraph {
    pairs: BTreeMap<(FeatureId, FeatureId), Vec<CouplingId>>,
}

impl FeatureGraph {
    /// Gathers every coupling between two different features.
    pub fn new(graph: &CouplingGraph, map: &FeatureMap) -> Self {
        let mut pairs: BTreeMap<_, Vec<CouplingId>> = BTreeMap::new();
        for (id, coupling) in graph.couplings() {
            let ends = (map.feature_of(coupling.from), map.feature_of(coupling.to));
            if let (Some(from), Some(to)) = ends
                && from != to
            {
                pairs.entry((from, to)).or_default().push(id);
            }
        }
        Self { pairs }
    }

    /// Each ordered pair that is coupled, and its couplings, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (FeatureId, FeatureId, &[CouplingId])> {
        self.pairs.iter().map(|((from, to), ids)| (*from, *to, ids.as_slice()))
    }
}
