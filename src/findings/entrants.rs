//! Who gets in: the features that reach a unit through others.

use std::collections::{BTreeMap, VecDeque};

use crate::features::{FeatureId, UnitSet};
use crate::graph::{CouplingKind, UnitId};
use crate::rules::Relation;

use super::{Judged, LetIn};

/// Walks backwards from a unit, over couplings of these kinds and certain units, to the features that
/// it starts from; remembers the answers.
pub(super) struct Entrants<'a> {
    judged: Judged<'a>,
    kinds: &'a [CouplingKind],
    start: Start<'a>,
    inside: Inside,
    known: BTreeMap<UnitId, Vec<Entrant>>,
}

/// Where a walk starts.
#[derive(Debug, Clone)]
pub(super) enum Start<'a> {
    /// At any unit of a feature.
    Features,
    /// At these units, over a first coupling that is like this.
    Units { from: UnitSet, enters_when: &'a [Relation] },
}

/// What a walk goes through.
enum Inside {
    Units(UnitSet),
    Feature(FeatureId),
}

/// A feature that gets in, and the shortest way that it takes.
#[derive(Debug, Clone)]
pub(super) struct Entrant {
    pub(super) feature: FeatureId,
    /// From the feature's unit to the unit that was asked about.
    pub(super) way: Vec<UnitId>,
    /// Every unit of the feature by which it gets in.
    pub(super) units: Vec<UnitId>,
}

impl<'a> Entrants<'a> {
    pub(super) fn new(
        judged: Judged<'a>,
        kinds: &'a [CouplingKind],
        start: Start<'a>,
        through: UnitSet,
    ) -> Self {
        Self { judged, kinds, start, inside: Inside::Units(through), known: BTreeMap::new() }
    }

    /// A walk through the units of one feature.
    pub(super) fn in_feature(
        judged: Judged<'a>,
        kinds: &'a [CouplingKind],
        start: Start<'a>,
        feature: FeatureId,
    ) -> Self {
        Self { judged, kinds, start, inside: Inside::Feature(feature), known: BTreeMap::new() }
    }

    /// Every feature that reaches `unit`, sorted, each by its shortest way; nobody if the walk may not go
    /// through `unit` itself.
    pub(super) fn of(&mut self, unit: UnitId) -> &[Entrant] {
        if !self.known.contains_key(&unit) {
            let found = if self.is_inside(unit) { self.walk_back(unit) } else { Vec::new() };
            self.known.insert(unit, found);
        }
        self.known.get(&unit).map(Vec::as_slice).unwrap_or_default()
    }

    fn is_inside(&self, unit: UnitId) -> bool {
        match &self.inside {
            Inside::Units(units) => units.contains(unit),
            Inside::Feature(feature) => self.judged.map.feature_of(unit) == Some(*feature),
        }
    }

    /// Whether a walk starts at a unit, with a coupling to the next one.
    fn is_start(&self, unit: UnitId, next: UnitId) -> bool {
        match &self.start {
            Start::Features => true,
            Start::Units { from, enters_when } => {
                from.contains(unit) && self.judged.has_any(enters_when, unit, next)
            }
        }
    }

    fn walk_back(&self, unit: UnitId) -> Vec<Entrant> {
        let Judged { graph, map } = self.judged;
        let mut found: BTreeMap<FeatureId, Entrant> = BTreeMap::new();
        let mut next: BTreeMap<UnitId, Option<UnitId>> = BTreeMap::from([(unit, None)]);
        let mut queue = VecDeque::from([unit]);
        while let Some(current) = queue.pop_front() {
            for id in graph.couplings_to(current) {
                let user = graph.coupling(id).from;
                if next.contains_key(&user) || !map.is_of(graph, id, self.kinds) {
                    continue;
                }
                if self.is_inside(user) {
                    next.insert(user, Some(current));
                    queue.push_back(user);
                } else if let Some(feature) = map.feature_of(user)
                    && self.is_start(user, current)
                {
                    let new = || Entrant { feature, way: way(user, current, &next), units: Vec::new() };
                    found.entry(feature).or_insert_with(new).units.push(user);
                }
            }
        }
        let mut found: Vec<Entrant> = found.into_values().collect();
        for entrant in &mut found {
            entrant.units.sort_unstable();
            entrant.units.dedup();
        }
        found
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

fn way(from: UnitId, first: UnitId, next: &BTreeMap<UnitId, Option<UnitId>>) -> Vec<UnitId> {
    let mut way = vec![from, first];
    let mut current = first;
    while let Some(Some(following)) = next.get(&current) {
        way.push(*following);
        current = *following;
    }
    way
}
