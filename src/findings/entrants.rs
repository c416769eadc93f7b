//! Who gets in: features and units that reach a unit through others.

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

/// Who gets in: a feature, or a unit that belongs to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Feature(FeatureId),
    Unit(UnitId),
}

/// A way through units, of which the middle may be left out: ways of thousands of units, for thousands of
/// findings, are more than anybody reads or any machine keeps.
#[derive(Debug, Clone)]
pub(super) struct Way {
    first: Vec<UnitId>,
    left_out: usize,
    last: Vec<UnitId>,
}

/// Somebody who gets in, and the shortest way that it takes.
#[derive(Debug, Clone)]
pub(super) struct Entrant {
    pub(super) who: Who,
    /// From its unit to the unit that was asked about.
    pub(super) way: Way,
    /// Every unit by which it gets in.
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

    /// Everybody who reaches `unit`, sorted, each by its shortest way; nobody if the walk may not go
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

    /// Who starts a walk at a unit, with a coupling to the next one.
    fn starts(&self, unit: UnitId, next: UnitId) -> Option<Who> {
        let feature = self.judged.map.feature_of(unit).map(Who::Feature);
        match &self.start {
            Start::Features => feature.filter(|_| !self.is_inside(unit)),
            Start::Units { from, enters_when } => {
                let is_start = from.contains(unit) && self.judged.has_any(enters_when, unit, next);
                is_start.then(|| feature.unwrap_or(Who::Unit(unit)))
            }
        }
    }

    fn walk_back(&self, unit: UnitId) -> Vec<Entrant> {
        let Judged { graph, map } = self.judged;
        let mut found: BTreeMap<Who, Entrant> = BTreeMap::new();
        // For each unit that was met, the next one on the way back.
        let mut next: Vec<Option<UnitId>> = vec![None; graph.units().len()];
        next[unit.index()] = Some(unit);
        let mut depth: Vec<usize> = vec![0; graph.units().len()];
        let mut queue = VecDeque::from([unit]);
        while let Some(current) = queue.pop_front() {
            for id in graph.couplings_to(current) {
                let user = graph.coupling(id).from;
                if user == unit || !map.is_of(graph, id, self.kinds) {
                    continue;
                }
                // A unit may be where a walk starts and what another one goes through.
                if let Some(who) = self.starts(user, current) {
                    let is_near = found.len() < MOST_WAYS;
                    let new = || {
                        let way = match is_near {
                            true => Way::new(user, current, unit, &next),
                            // The others are further away: how far is told, but not how.
                            false => Way::ends(user, depth[current.index()], unit),
                        };
                        Entrant { who, way, units: Vec::new() }
                    };
                    found.entry(who).or_insert_with(new).units.push(user);
                }
                if next[user.index()].is_none() && self.is_inside(user) {
                    next[user.index()] = Some(current);
                    depth[user.index()] = depth[current.index()] + 1;
                    queue.push_back(user);
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

/// How many units of a way are named.
const LONGEST_WAY: usize = 24;

/// How many of those who get in at one place are told with their way.
const MOST_WAYS: usize = 32;

impl Entrant {
    /// Its feature, if it is one.
    pub(super) fn feature(&self) -> Option<FeatureId> {
        match self.who {
            Who::Feature(feature) => Some(feature),
            Who::Unit(_) => None,
        }
    }

    /// Its name.
    pub(super) fn name(&self, judged: Judged<'_>) -> String {
        match self.who {
            Who::Feature(feature) => judged.map.feature(feature).name.clone(),
            Who::Unit(unit) => judged.graph.unit(unit).shown(),
        }
    }

    /// With names; `to` is the unit that is reached in the end.
    pub(super) fn named(&self, judged: Judged<'_>, to: UnitId) -> LetIn {
        let name = |unit: &UnitId| judged.graph.unit(*unit).name.clone();
        let Way { first, left_out, last } = &self.way;
        let between = (*left_out > 0).then(|| format!("({left_out} more)"));
        let mut way: Vec<String> =
            first.iter().map(name).chain(between).chain(last.iter().map(name)).collect();
        way.push(name(&to));
        LetIn { feature: self.name(judged), way }
    }
}

impl Way {
    /// From a unit over the first one after it to the last.
    fn new(from: UnitId, first: UnitId, last: UnitId, next: &[Option<UnitId>]) -> Self {
        let mut way = vec![from, first];
        let mut current = first;
        while let Some(following) = next[current.index()].filter(|_| current != last) {
            way.push(following);
            current = following;
        }
        let left_out = way.len().saturating_sub(LONGEST_WAY);
        let (first, rest) = way.split_at(way.len().min(LONGEST_WAY / 2));
        Self { first: first.to_vec(), left_out, last: rest[left_out..].to_vec() }
    }

    /// One of which only the ends and the length are known.
    fn ends(from: UnitId, between: usize, last: UnitId) -> Self {
        Self { first: vec![from], left_out: between, last: vec![last] }
    }

    /// Where it starts.
    pub(super) fn start(&self) -> UnitId {
        self.first[0]
    }

    /// A unit that is there by itself.
    pub(super) fn none(unit: UnitId) -> Self {
        Self { first: vec![unit], left_out: 0, last: Vec::new() }
    }

    /// Whether it leads anywhere.
    pub(super) fn is_none(&self) -> bool {
        self.first.len() == 1 && self.last.is_empty()
    }
}
