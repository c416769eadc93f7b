//! Whom a coupling lets in: the features that reach a unit through others that belong to none.

use std::collections::{BTreeMap, VecDeque};

use crate::features::FeatureId;
use crate::graph::{CouplingKind, UnitId};
use crate::rules::Selector;

use super::{Judged, LetIn};

/// Walks backwards from a unit, over couplings of these kinds and units that `through` selects,
/// to the features that `from` selects; remembers the answers.
pub(super) struct Entrants<'a> {
    judged: Judged<'a>,
    kinds: &'a [CouplingKind],
    from: &'a Selector,
    through: &'a Selector,
    known: BTreeMap<UnitId, Vec<Entrant>>,
}

/// A feature that gets in, and the shortest way that it takes.
#[derive(Debug, Clone)]
pub(super) struct Entrant {
    pub(super) feature: FeatureId,
    /// From the feature's unit to the unit that was asked about.
    pub(super) way: Vec<UnitId>,
}

impl<'a> Entrants<'a> {
    pub(super) fn new(
        judged: Judged<'a>,
        kinds: &'a [CouplingKind],
        from: &'a Selector,
        through: &'a Selector,
    ) -> Self {
        Self { judged, kinds, from, through, known: BTreeMap::new() }
    }

    /// Every feature that reaches `unit`, sorted, each by its shortest way.
    pub(super) fn of(&mut self, unit: UnitId) -> Vec<Entrant> {
        if let Some(known) = self.known.get(&unit) {
            return known.clone();
        }
        let found = self.walk_back(unit);
        self.known.insert(unit, found.clone());
        found
    }

    fn walk_back(&self, unit: UnitId) -> Vec<Entrant> {
        let Judged { graph, map } = self.judged;
        let mut found: BTreeMap<FeatureId, Vec<UnitId>> = BTreeMap::new();
        let mut next: BTreeMap<UnitId, Option<UnitId>> = BTreeMap::from([(unit, None)]);
        let mut queue = VecDeque::from([unit]);
        while let Some(current) = queue.pop_front() {
            for id in graph.couplings_to(current) {
                let user = graph.coupling(id).from;
                if !self.kinds.contains(&map.kind(graph, id)) || next.contains_key(&user) {
                    continue;
                }
                if let Some(feature) = map.feature_of(user)
                    && self.from.selects(user, map)
                {
                    next.insert(user, Some(current));
                    found.entry(feature).or_insert_with(|| way(user, &next));
                } else if self.through.selects(user, map) {
                    next.insert(user, Some(current));
                    queue.push_back(user);
                }
            }
        }
        found.into_iter().map(|(feature, way)| Entrant { feature, way }).collect()
    }
}

impl Entrant {
    /// With names; `to` is the unit that is reached in the end.
    pub(super) fn named(&self, judged: Judged<'_>, to: UnitId) -> LetIn {
        let units = self.way.iter().chain([&to]);
        LetIn {
            feature: judged.map.feature(self.feature).name.clone(),
            way: units.map(|unit| judged.graph.unit(*unit).name.clone()).collect(),
        }
    }
}

fn way(from: UnitId, next: &BTreeMap<UnitId, Option<UnitId>>) -> Vec<UnitId> {
    let mut way = vec![from];
    let mut current = from;
    while let Some(Some(following)) = next.get(&current) {
        way.push(*following);
        current = *following;
    }
    way
}
