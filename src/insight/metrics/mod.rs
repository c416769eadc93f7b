//! How independent the features are, how entangled the units, and what a change costs, as numbers to watch.
//!
//! Sources: propagation cost from A. MacCormack, J. Rusnak, C. Baldwin, "Exploring the Structure of Complex Software
//! Designs", Management Science 52(7), 2006; afferent and efferent couplings and instability from R. Martin, "OO Design
//! Quality Metrics", 1994; cumulative component dependency from J. Lakos, "Large-Scale C++ Software Design", 1996.

mod affected;
mod closure;

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FeatureId, FeatureMap, REACHING, ResponsibilityId, Role};
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId, UnitKind};

use super::independence::{Independence, Reached};
use super::shipping::{Links, Shipping, Ships, shipping};

pub use affected::Affected;
pub(super) use affected::{AffectedBy, affected};
pub(super) use closure::Closure;

/// The numbers of a repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    /// Those of the whole, which mean the same at another moment.
    pub totals: Totals,
    /// The unit whose change affects the most deployables.
    pub worst: Option<UnitId>,
    /// For each ordered pair of features that has any, the couplings from units of the one to units of the other, by kind.
    pub pairs: BTreeMap<(FeatureId, FeatureId), BTreeMap<CouplingKind, usize>>,
    /// For each responsibility, the features that name it, those with none left out; in order.
    pub responsibilities: Vec<(ResponsibilityId, usize)>,
    /// Each feature that has a unit here, in order.
    pub by_feature: Vec<FeatureMetrics>,
}

/// The numbers of a whole repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Features that have a unit here.
    pub features: usize,
    /// Units that are not declared to be elsewhere.
    pub units: usize,
    /// Those of them that nothing assigns.
    pub unassigned: usize,
    /// `None` below two features.
    pub independence: Option<Independence>,
    /// The same, leaving out pairs of features that name a common responsibility; `None` where no other pair is left.
    pub independence_unshared: Option<Independence>,
    /// Couplings from a unit of one feature to a unit of another, by kind.
    pub couplings: BTreeMap<CouplingKind, usize>,
    /// How far a change goes on from unit to unit.
    pub propagation: Propagation,
    /// Circles of features.
    pub cycles: usize,
    /// Of how many features the largest circle is; 0 without one.
    pub largest_cycle: usize,
    /// What a change to one unit makes to be built and deployed again.
    pub affected: Affected,
    /// How many features can be deployed alone.
    pub alone: usize,
    /// How many ship something, and can't be deployed alone.
    pub together: usize,
    /// How many ship nothing of their own.
    pub nothing: usize,
}

impl Totals {
    /// Couplings from one feature to another, of every kind that something states: what changes together is none.
    pub fn coupled(&self) -> usize {
        self.couplings.iter().filter(|(kind, _)| **kind != CouplingKind::Change).map(|(_, count)| count).sum()
    }
}

/// How far a change goes on from unit to unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Propagation {
    /// How many units are counted.
    pub units: usize,
    /// Of all pairs of a unit and a unit, itself included, those in which the first reaches the second: Lakos' cumulative
    /// component dependency.
    pub reached: usize,
}

impl Propagation {
    /// The share of all units that a change to one of them reaches on average, from 0 to 1; `None` without units.
    pub fn cost(self) -> Option<f64> {
        let all = self.units * self.units;
        (all > 0).then(|| ratio(self.reached, all))
    }

    /// The units that one of them needs on average, itself included.
    pub fn average(self) -> Option<f64> {
        (self.units > 0).then(|| ratio(self.reached, self.units))
    }

    /// The cumulative dependency divided by that of as many units in a balanced binary tree; below 1 they are more
    /// independent than that.
    pub fn normalized(self) -> Option<f64> {
        let units = u32::try_from(self.units).ok().filter(|units| *units > 0).map(f64::from)?;
        let tree = (units + 1.0) * (units + 1.0).log2() - units;
        Some(ratio(self.reached, 1) / tree)
    }
}

/// The numbers of a feature, which mean the same at another moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeatureNumbers {
    /// How many units it has.
    pub units: usize,
    /// How many other features its units reach.
    pub reaches: usize,
    /// How many other features reach it.
    pub reached_by: usize,
    /// How many other features its units are coupled to directly: fan-out.
    pub fan_out: usize,
    /// How many other features are coupled to it directly: fan-in.
    pub fan_in: usize,
    /// Units outside of it that need one of its own: afferent couplings.
    pub afferent: usize,
    /// Units of its own that need one outside of it: efferent couplings.
    pub efferent: usize,
    /// How many deployables a change to one of its units affects at most.
    pub affects: usize,
}

impl FeatureNumbers {
    /// Efferent couplings of all couplings, from 0 (others lean on it) to 1 (it leans on others); `None` without any.
    pub fn instability(&self) -> Option<f64> {
        let all = self.afferent + self.efferent;
        (all > 0).then(|| ratio(self.efferent, all))
    }
}

/// What is measured of a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMetrics {
    /// The feature.
    pub feature: FeatureId,
    /// Its numbers.
    pub numbers: FeatureNumbers,
    /// Whether it can be deployed alone, and what stands in the way.
    pub shipping: Shipping,
    /// The unit whose change affects the most deployables; `None` where none affects any.
    pub widest: Option<UnitId>,
}

/// Numbers that are small enough to be exact.
#[expect(clippy::cast_precision_loss, reason = "counts of units and features are far below 2^53")]
fn ratio(part: usize, all: usize) -> f64 {
    part as f64 / all as f64
}

/// Measures a graph.
pub fn metrics(graph: &CouplingGraph, map: &FeatureMap) -> Metrics {
    let reached = Reached::new(graph, map, &|_| false);
    let own: BTreeSet<FeatureId> = reached.inhabited.iter().copied().collect();
    let between = between(graph, map, &own);
    let circles = reached.circles();
    let largest_cycle = circles.iter().map(Vec::len).max().unwrap_or_default();
    let affected = affected(graph, map);
    let by_feature = by_feature(&own, (graph, map), &between, &affected);
    let count = |wanted: Ships| by_feature.iter().filter(|one| one.shipping.ships() == wanted).count();
    let mut couplings = BTreeMap::new();
    for (kind, number) in between.values().flatten() {
        *couplings.entry(*kind).or_default() += number;
    }
    let names = |responsibility: ResponsibilityId| {
        own.iter().filter(|one| map.feature(**one).responsibilities.contains(&responsibility)).count()
    };
    let responsibilities = (0..map.responsibilities.len()).map(ResponsibilityId);
    let responsibilities = responsibilities.map(|one| (one, names(one))).filter(|(_, count)| *count > 0);
    let here: Vec<UnitId> = graph.units().map(|(id, _)| id).filter(|id| is_stated(graph, *id)).collect();
    let (affected, worst) = affected.summary();
    let totals = Totals {
        features: own.len(),
        units: here.len(),
        unassigned: here.iter().filter(|id| map.role(**id) == Role::Unassigned).count(),
        independence: reached.independence(),
        independence_unshared: unshared(&reached, map),
        couplings,
        propagation: propagation(graph, map),
        cycles: circles.len(),
        largest_cycle,
        affected,
        alone: count(Ships::Alone),
        together: count(Ships::Together),
        nothing: count(Ships::Nothing),
    };
    Metrics { totals, worst, pairs: between, responsibilities: responsibilities.collect(), by_feature }
}

/// Independence without the pairs of features that name a common responsibility.
fn unshared(reached: &Reached, map: &FeatureMap) -> Option<Independence> {
    let shares = |one: FeatureId, other: FeatureId| {
        let named = &map.feature(other).responsibilities;
        map.feature(one).responsibilities.iter().any(|responsibility| named.contains(responsibility))
    };
    let (mut independent, mut pairs) = (0, 0);
    for (one, row) in reached.inhabited.iter().zip(&reached.rows) {
        for other in reached.inhabited.iter().filter(|other| *other != one && !shares(*one, **other)) {
            let at = other.index();
            pairs += 1;
            independent += usize::from(row[at / 64] >> (at % 64) & 1 == 0);
        }
    }
    (pairs > 0).then_some(Independence { independent, pairs })
}

/// The couplings from one feature to another, by kind.
fn between(
    graph: &CouplingGraph,
    map: &FeatureMap,
    own: &BTreeSet<FeatureId>,
) -> BTreeMap<(FeatureId, FeatureId), BTreeMap<CouplingKind, usize>> {
    let mut pairs: BTreeMap<(FeatureId, FeatureId), BTreeMap<CouplingKind, usize>> = BTreeMap::new();
    // Two platforms, or two lines, are one coupling.
    let mut met: BTreeSet<(UnitId, UnitId, CouplingKind)> = BTreeSet::new();
    for (id, coupling) in graph.couplings() {
        let ends = map.feature_of(coupling.from).zip(map.feature_of(coupling.to));
        if let (Some((from, to)), Some(kind)) = (ends, map.kind(graph, id))
            && from != to
            && own.contains(&from)
            && own.contains(&to)
            && met.insert((coupling.from, coupling.to, kind))
        {
            *pairs.entry((from, to)).or_default().entry(kind).or_default() += 1;
        }
    }
    pairs
}

/// The circles of features, each in order.
pub(super) fn circles(graph: &CouplingGraph, map: &FeatureMap) -> Vec<Vec<FeatureId>> {
    Reached::new(graph, map, &|_| false).circles()
}

impl Reached {
    fn has(&self, one: usize, other: usize) -> bool {
        let at = self.inhabited[other].index();
        self.rows[one][at / 64] >> (at % 64) & 1 == 1
    }

    /// Who reaches whom is whole already: a circle is who reaches each other.
    fn circles(&self) -> Vec<Vec<FeatureId>> {
        let mut left: Vec<usize> = (0..self.inhabited.len()).collect();
        let mut circles = Vec::new();
        while let Some(one) = left.pop() {
            let is_with = |other: &usize| self.has(one, *other) && self.has(*other, one);
            let (with, others): (Vec<usize>, Vec<usize>) = left.into_iter().partition(is_with);
            left = others;
            if !with.is_empty() {
                circles.push(with.into_iter().chain([one]).map(|at| self.inhabited[at]).collect());
            }
        }
        circles
    }
}

/// Whether a unit is of this repository, and not there only because history says that its feature changes with another
/// one: whether anybody asks history changes no number.
fn is_stated(graph: &CouplingGraph, id: UnitId) -> bool {
    let unit = graph.unit(id);
    let is_of_history = || {
        let all = graph.couplings_from(id).chain(graph.couplings_to(id));
        let mut kinds = all.map(|one| graph.coupling(one).kind).peekable();
        kinds.peek().is_some() && kinds.all(|kind| kind == CouplingKind::Change)
    };
    let is_only_of_history = unit.kind == UnitKind::Specification && is_of_history();
    !(unit.is_outside || is_only_of_history)
}

fn propagation(graph: &CouplingGraph, map: &FeatureMap) -> Propagation {
    let each = reached_by_each(graph, map);
    Propagation { units: each.len(), reached: each.into_iter().map(|(_, count)| count).sum() }
}

/// How many units each unit that is counted reaches, itself included.
pub(super) fn reached_by_each(graph: &CouplingGraph, map: &FeatureMap) -> Vec<(UnitId, usize)> {
    let is_counted = |unit: UnitId| is_stated(graph, unit) && !map.is_end(unit);
    let counted: Vec<bool> = graph.units().map(|(id, _)| is_counted(id)).collect();
    let is_walked = |id: CouplingId| map.reaches_along(graph, id, &REACHING);
    let closure = Closure::new(graph, &is_walked, &|unit| counted[unit.index()]);
    let units = (0..counted.len()).filter(|at| counted[*at]).map(UnitId::new);
    units.map(|unit| (unit, closure.count(unit))).collect()
}

/// For each feature, the units outside of it that need one of its own, and its own that need one outside.
fn ends(graph: &CouplingGraph, map: &FeatureMap) -> Vec<[BTreeSet<UnitId>; 2]> {
    let mut ends = vec![[BTreeSet::new(), BTreeSet::new()]; map.features.len()];
    for (_, coupling) in graph.couplings().filter(|(id, _)| map.is_of(graph, *id, &REACHING)) {
        let (from, to) = (map.feature_of(coupling.from), map.feature_of(coupling.to));
        if from == to {
            continue;
        }
        if let Some(to) = to {
            ends[to.index()][0].insert(coupling.from);
        }
        if let Some(from) = from {
            ends[from.index()][1].insert(coupling.from);
        }
    }
    ends
}

/// The numbers of each feature, in order.
fn by_feature(
    own: &BTreeSet<FeatureId>,
    (graph, map): (&CouplingGraph, &FeatureMap),
    between: &BTreeMap<(FeatureId, FeatureId), BTreeMap<CouplingKind, usize>>,
    affected: &AffectedBy,
) -> Vec<FeatureMetrics> {
    // What binaries link changes nothing about what stands in the way of a feature.
    let mut ships = shipping(graph, map, &Links::new());
    let ends = ends(graph, map);
    let units = map.units_of_each();
    let mut fans: BTreeMap<FeatureId, (usize, usize)> = BTreeMap::new();
    for ((from, to), kinds) in between {
        if kinds.keys().any(|kind| REACHING.contains(kind)) {
            fans.entry(*from).or_default().0 += 1;
            fans.entry(*to).or_default().1 += 1;
        }
    }
    let of_feature = |feature: &FeatureId| {
        let at = feature.index();
        let mut shipping = std::mem::take(&mut ships[at]);
        // What lives elsewhere is nothing that this repository can part.
        let is_own = |other: &FeatureId| !map.feature(*other).is_external;
        shipping.reaches.retain(is_own);
        shipping.reached_by.retain(is_own);
        // The first of several that are as bad.
        let affecting =
            units[at].iter().filter_map(|unit| Some((affected.of(*unit)?, std::cmp::Reverse(*unit))));
        let widest = affecting.filter(|(count, _)| *count > 0).max();
        let (fan_out, fan_in) = fans.get(feature).copied().unwrap_or_default();
        let numbers = FeatureNumbers {
            units: units[at].len(),
            reaches: shipping.reaches.len(),
            reached_by: shipping.reached_by.len(),
            fan_out,
            fan_in,
            afferent: ends[at][0].len(),
            efferent: ends[at][1].len(),
            affects: widest.map_or(0, |(count, _)| count),
        };
        let widest = widest.map(|(_, std::cmp::Reverse(unit))| unit);
        FeatureMetrics { feature: *feature, numbers, shipping, widest }
    };
    own.iter().map(of_feature).collect()
}
