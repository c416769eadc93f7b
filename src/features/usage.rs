//! What each responsibility is needed for.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CouplingGraph, CouplingKind, UnitId};

use super::{FeatureId, FeatureMap, ResponsibilityId, Role};

/// What a responsibility is needed for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The features that name it, sorted.
    pub named_by: Vec<FeatureId>,
    /// The ordered pairs of features that it excuses and that are coupled.
    pub used: BTreeSet<(FeatureId, FeatureId)>,
    /// Whether a feature that names it uses a unit which embodies it.
    pub is_embodied: bool,
}

impl Usage {
    /// How many ordered pairs of features it could excuse.
    pub fn allowed(&self) -> usize {
        self.named_by.len() * self.named_by.len().saturating_sub(1)
    }

    /// Whether anything needs it.
    pub fn is_needed(&self) -> bool {
        self.is_embodied || !self.used.is_empty()
    }
}

/// The usage of every responsibility, in their order. None excuses calls and releases, so those don't
/// count.
pub fn usage(graph: &CouplingGraph, map: &FeatureMap) -> Vec<Usage> {
    let mut all = vec![Usage::default(); map.responsibilities.len()];
    for (at, feature) in map.features.iter().enumerate() {
        for responsibility in &feature.responsibilities {
            all[responsibility.index()].named_by.push(FeatureId::new(at));
        }
    }
    for (id, coupling) in graph.couplings() {
        let Some(from) = map.feature_of(coupling.from) else { continue };
        let kind = map.kind(graph, id);
        if kind.is_none_or(|kind| matches!(kind, CouplingKind::Call | CouplingKind::Release)) {
            continue;
        }
        match map.role(coupling.to) {
            Role::Feature(to) if to != from => {
                for responsibility in map.excusing(from, coupling.to) {
                    all[responsibility.index()].used.insert((from, to));
                }
            }
            Role::Responsibility(_) => {
                let named = &map.feature(from).responsibilities;
                let used = map.embodied(coupling.to).iter().filter(|id| named.contains(id));
                used.for_each(|id| all[id.index()].is_embodied = true);
            }
            _ => {}
        }
    }
    for (unit, _) in graph.units() {
        meet(graph, map, unit, &mut all);
    }
    all
}

/// Features that meet on a unit of nobody need a responsibility as well.
fn meet(graph: &CouplingGraph, map: &FeatureMap, unit: UnitId, all: &mut [Usage]) {
    if map.feature_of(unit).is_some() {
        return;
    }
    let users = graph.couplings_to(unit).filter(|id| map.is_of(graph, *id, &[CouplingKind::Data]));
    let users: BTreeSet<FeatureId> = users.filter_map(|id| map.feature_of(graph.coupling(id).from)).collect();
    let mut by_responsibility: BTreeMap<ResponsibilityId, Vec<FeatureId>> = BTreeMap::new();
    for user in users {
        for id in &map.feature(user).responsibilities {
            by_responsibility.entry(*id).or_default().push(user);
        }
    }
    for (id, users) in by_responsibility {
        if users.len() > 1 && map.excusing_meeting(users[0], users[1], unit).any(|found| found == id) {
            let pairs = users.iter().flat_map(|one| users.iter().map(move |other| (*one, *other)));
            all[id.index()].used.extend(pairs.filter(|(one, other)| one != other));
        }
    }
}
