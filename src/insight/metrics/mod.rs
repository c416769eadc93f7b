//! How independent the features are, how entangled the units, and what a change costs, as numbers to watch.
//!
//! Sources: propagation cost from A. MacCormack, J. Rusnak, C. Baldwin, "Exploring the Structure of Complex Software
//! Designs", Management Science 52(7), 2006; afferent and efferent couplings and instability from R. Martin, "OO Design
//! Quality Metrics", 1994; cumulative component dependency from J. Lakos, "Large-Scale C++ Software Design", 1996.

mod affected;
mod closure;

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FeatureId, FeatureMap, REACHING, ResponsibilityId};
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};

use super::independence::{Independence, Reached};
use super::shipping::{Links, Shipping, Ships, shipping};

pub use affected::Affected;
pub(super) use affected::{AffectedBy, affected};
pub(super) use closure::Closure;

/// The numbers of a repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    /// Features that have a unit here.
    pub features: usize,
    /// Units that are not declared to be elsewhere.
    pub units: usize,
    /// `None` below two features.
    pub independence: Option<Independence>,
    /// The same, leaving out pairs of features that name a common responsibility; `None` where no other pair is left.
    pub independence_unshared: Option<Independence>,
    /// Couplings from a unit of one feature to a unit of another, by kind.
    pub couplings: BTreeMap<CouplingKind, usize>,
    /// The same for each ordered pair of features that has any.
    pub pairs: BTreeMap<(FeatureId, FeatureId), BTreeMap<CouplingKind, usize>>,
    /// How far a change goes on from unit to unit.
    pub propagation: Propagation,
    /// Circles of features: how many, and of how many features the largest is; 0 without one.
    pub cycles: usize,
    /// See [`Self::cycles`].
    pub largest_cycle: usize,
    /// What a change to one unit makes to be built and deployed again.
    pub affected: Affected,
    /// How many features can be deployed alone, together with others only, and how many deploy nothing.
    pub alone: usize,
    /// See [`Self::alone`].
    pub together: usize,
    /// See [`Self::alone`].
    pub nothing: usize,
    /// For each responsibility, the features that name it, those with none left out; in order.
    pub responsibilities: Vec<(ResponsibilityId, usize)>,
    /// Each feature that has a unit here, in order.
    pub by_feature: Vec<FeatureMetrics>,
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

/// The numbers of a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMetrics {
    /// The feature.
    pub feature: FeatureId,
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
    /// Whether it can be deployed alone, and what stands in the way.
    pub shipping: Shipping,
    /// How many deployables a change to one of its units affects at most.
    pub affects: usize,
}

impl FeatureMetrics {
    /// Efferent couplings of all couplings, from 0 (others lean on it) to 1 (it leans on others); `None` without any.
    pub fn instability(&self) -> Option<f64> {
        let all = self.afferent + self.efferent;
        (all > 0).then(|| ratio(self.efferent, all))
    }
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
    let (cycles, largest_cycle) = circles(&reached);
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
    Metrics {
        features: own.len(),
        units: graph.units().filter(|(_, unit)| !unit.is_outside).count(),
        independence: reached.independence(),
        independence_unshared: unshared(&reached, map),
        couplings,
        propagation: propagation(graph, map),
        cycles,
        largest_cycle,
        alone: count(Ships::Alone),
        together: count(Ships::Together),
        nothing: count(Ships::Nothing),
        responsibilities: responsibilities.collect(),
        affected: affected.summary(),
        pairs: between,
        by_feature,
    }
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

/// How many circles of features there are, and how many features the largest has.
fn circles(reached: &Reached) -> (usize, usize) {
    let is_in = |row: &[u64], feature: FeatureId| {
        let at = feature.index();
        row[at / 64] >> (at % 64) & 1 == 1
    };
    // Who reaches whom is whole already: a circle is who reaches each other.
    let mut left: Vec<usize> = (0..reached.inhabited.len()).collect();
    let (mut circles, mut largest) = (0, 0);
    while let Some(one) = left.pop() {
        let is_with = |other: &usize| {
            is_in(&reached.rows[one], reached.inhabited[*other])
                && is_in(&reached.rows[*other], reached.inhabited[one])
        };
        let with = left.iter().filter(|other| is_with(other)).count();
        left.retain(|other| !is_with(other));
        if with > 0 {
            circles += 1;
            largest = largest.max(with + 1);
        }
    }
    (circles, largest)
}

fn propagation(graph: &CouplingGraph, map: &FeatureMap) -> Propagation {
    let is_counted = |unit: UnitId| !graph.unit(unit).is_outside && !map.is_end(unit);
    let counted: Vec<bool> = graph.units().map(|(id, _)| is_counted(id)).collect();
    let is_walked = |id: CouplingId| map.reaches_along(graph, id, &REACHING);
    let units = counted.iter().filter(|is| **is).count();
    let closure = Closure::new(graph, &is_walked, &|unit| counted[unit.index()]);
    let reached = (0..counted.len()).filter(|at| counted[*at]).map(|at| closure.count(UnitId::new(at))).sum();
    Propagation { units, reached }
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
        let shipping = std::mem::take(&mut ships[at]);
        let (fan_out, fan_in) = fans.get(feature).copied().unwrap_or_default();
        FeatureMetrics {
            feature: *feature,
            units: units[at].len(),
            reaches: shipping.reaches.len(),
            reached_by: shipping.reached_by.len(),
            fan_out,
            fan_in,
            afferent: ends[at][0].len(),
            efferent: ends[at][1].len(),
            affects: units[at].iter().filter_map(|unit| affected.of(*unit)).max().unwrap_or_default(),
            shipping,
        }
    };
    own.iter().map(of_feature).collect()
}
