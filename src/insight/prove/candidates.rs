//! Small changes that should make a rule fire.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;

use crate::features::{Direction, FeatureId, Reach, ResponsibilityId, Role, UnitSet};
use crate::findings::{Judged, meeting};
use crate::graph::{CouplingKind, UnitId, UnitKind};
use crate::rules::{
    ChainCondition, Condition, CouplingCondition, CycleCondition, MeetingCondition, Of, PathCondition,
    ReachCondition, Relation, Through,
};

use super::Supposed;

/// How many combinations are looked at: enough for thousands of features, and an end for all others.
const BUDGET: usize = 50_000_000;

/// How many are tried where one is as good as the other.
const FEW: usize = 12;

/// Up to `most` changes, the smallest first.
pub(super) fn of(judged: Judged<'_>, condition: &Condition, most: usize) -> Vec<Vec<Supposed>> {
    match condition {
        Condition::Coupling(condition) => of_coupling(judged, condition, most),
        Condition::Path(condition) => of_path(judged, condition, most),
        Condition::Cycle(condition) => of_cycle(judged, condition),
        Condition::Meeting(condition) => of_meeting(judged, condition, most),
        Condition::Reach(condition) => of_reach(judged, condition),
        Condition::Chain(condition) => of_chain(judged, condition).into_iter().collect(),
        Condition::Copy(_) | Condition::Trigger(_) | Condition::Catalog(_) | Condition::Declaration(_) => {
            Vec::new()
        }
    }
}

/// A kind to declare a coupling with, so that it is judged as one of `kinds`.
pub(super) fn kind_for(
    judged: Judged<'_>,
    kinds: &[CouplingKind],
    from: UnitId,
    to: UnitId,
) -> Option<CouplingKind> {
    let [one, other] = [from, to].map(|unit| judged.graph.unit(unit).kind);
    let is_meant = |kind: &CouplingKind| {
        kind.fits(one, other) && kinds.contains(&judged.map.kind_between(*kind, from, to))
    };
    kinds.iter().copied().find(is_meant)
}

/// Units of a set that differ in nothing that a relation asks for; two of each, so that they can be
/// coupled to each other.
pub(super) fn kinds_of_units(judged: Judged<'_>, set: &UnitSet) -> Vec<UnitId> {
    type Likeness = (Role, UnitKind, bool, bool, Vec<ResponsibilityId>, Vec<usize>);
    let map = judged.map;
    let mut seen: BTreeMap<Likeness, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for unit in set.iter() {
        let kind = judged.graph.unit(unit).kind;
        let (embodied, shipped) = (map.embodied(unit).to_vec(), map.deployments_of(unit).to_vec());
        let likeness = (map.role(unit), kind, map.is_api(unit), map.is_exposed(unit), embodied, shipped);
        let count = seen.entry(likeness).or_default();
        if *count < 2 {
            *count += 1;
            kept.push(unit);
        }
    }
    kept
}

fn of_coupling(judged: Judged<'_>, condition: &CouplingCondition, most: usize) -> Vec<Vec<Supposed>> {
    let from = kinds_of_units(judged, &condition.from.resolve(judged.graph, judged.map));
    let to = kinds_of_units(judged, &condition.to.resolve(judged.graph, judged.map));
    let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
    let wrong = pairs.take(BUDGET).filter(|(from, to)| {
        from != to
            && judged.has_any(&condition.when, *from, *to)
            && !judged.is_any(&condition.unless, *from, *to)
    });
    let changes = wrong.filter_map(|(from, to)| {
        Some(vec![Supposed { kind: kind_for(judged, &condition.kinds, from, to)?, from, to }])
    });
    let mut changes: Vec<Vec<Supposed>> = changes.take(most).collect();
    if changes.is_empty() && condition.when.contains(&Relation::AlsoInProduction) {
        // What has to be there besides is a part of the change.
        let both = from
            .iter()
            .flat_map(|from| to.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| from != to && !judged.is_any(&condition.unless, *from, *to));
        let both = both.filter_map(|(from, to)| {
            let code = kind_for(judged, &[CouplingKind::Code], from, to)?;
            let kind = kind_for(judged, &condition.kinds, from, to)?;
            Some(vec![Supposed { kind: code, from, to }, Supposed { kind, from, to }])
        });
        changes.extend(both.take(most));
    }
    changes
}

fn of_path(judged: Judged<'_>, condition: &PathCondition, most: usize) -> Vec<Vec<Supposed>> {
    let resolve = |selector: &crate::features::Selector| selector.resolve(judged.graph, judged.map);
    let from = kinds_of_units(judged, &resolve(&condition.from));
    let to = kinds_of_units(judged, &resolve(&condition.to));
    let through = match &condition.through {
        Through::Units(selector) => Some(resolve(selector)),
        Through::SameFeature => None,
    };
    let last = kinds_of_units(judged, &resolve(&condition.last));
    let mut left = BUDGET;
    let mut changes = Vec::new();
    for last in last {
        if through.as_ref().is_some_and(|through| !through.contains(last)) {
            continue;
        }
        let enters = |from: &&UnitId| **from != last && judged.has_any(&condition.enters_when, **from, last);
        let leaves = |to: &&UnitId| **to != last && judged.has_any(&condition.leaves_when, last, **to);
        let ends: Vec<UnitId> = to.iter().filter(leaves).copied().collect();
        for from in from.iter().filter(enters) {
            for to in &ends {
                left = left.saturating_sub(1);
                if left == 0 || changes.len() == most {
                    return changes;
                }
                if from == to || judged.is_any(&condition.unless, *from, *to) {
                    continue;
                }
                let first = kind_for(judged, &condition.kinds, *from, last);
                let second = kind_for(judged, &condition.last_kinds, last, *to);
                if let (Some(first), Some(second)) = (first, second) {
                    changes.push(vec![
                        Supposed { kind: first, from: *from, to: last },
                        Supposed { kind: second, from: last, to: *to },
                    ]);
                }
            }
        }
    }
    changes
}

/// A step back where there is a step already, or else one there and one back.
fn of_cycle(judged: Judged<'_>, condition: &CycleCondition) -> Vec<Vec<Supposed>> {
    let Judged { graph, map } = judged;
    let (from, to) = (condition.from.resolve(graph, map), condition.to.resolve(graph, map));
    let member = |unit: UnitId| match condition.of {
        Of::Features => map.feature_of(unit).map(FeatureId::index),
        Of::Units => Some(unit.index()),
    };
    // One unit of each member that a coupling may leave, and one that it may come to.
    let mut ends: BTreeMap<usize, (Option<UnitId>, Option<UnitId>)> = BTreeMap::new();
    for (unit, _) in graph.units() {
        let Some(member) = member(unit) else { continue };
        let (leaving, coming) = ends.entry(member).or_default();
        if from.contains(unit) && leaving.is_none() {
            *leaving = Some(unit);
        }
        // Coming to an API package is a call, whatever the manifest says.
        if to.contains(unit) && coming.is_none_or(|known| map.is_api(known) && !map.is_api(unit)) {
            *coming = Some(unit);
        }
    }
    ends.retain(|_, (leaving, coming)| leaving.is_some() && coming.is_some());
    let step = |one: usize, other: usize| {
        let (from, to) = (ends.get(&one)?.0?, ends.get(&other)?.1?);
        Some(Supposed { kind: kind_for(judged, &condition.kinds, from, to)?, from, to })
    };
    let mut changes = Vec::new();
    for (id, coupling) in graph.couplings() {
        let counts = map.is_of(graph, id, &condition.kinds)
            && map.is_ordered(graph, id)
            && from.contains(coupling.from)
            && to.contains(coupling.to);
        if let (true, Some(one), Some(other)) = (counts, member(coupling.from), member(coupling.to))
            && one != other
            && let Some(back) = step(other, one)
        {
            changes.push(vec![back]);
            if changes.len() == FEW {
                break;
            }
        }
    }
    let members: Vec<usize> = ends.keys().copied().take(FEW).collect();
    let pairs = members.iter().flat_map(|one| members.iter().map(move |other| (*one, *other)));
    let both = pairs.filter(|(one, other)| one < other);
    let both = both.filter_map(|(one, other)| Some(vec![step(one, other)?, step(other, one)?]));
    changes.extend(both.take(FEW));
    changes
}

fn of_meeting(judged: Judged<'_>, condition: &MeetingCondition, most: usize) -> Vec<Vec<Supposed>> {
    let Judged { graph, map } = judged;
    let from = condition.from.resolve(graph, map);
    let mut of_feature: BTreeMap<FeatureId, UnitId> = BTreeMap::new();
    for unit in from.iter() {
        if let Some(feature) = map.feature_of(unit) {
            of_feature.entry(feature).or_insert(unit);
        }
    }
    let mut changes = Vec::new();
    let mut left = BUDGET;
    for on in condition.on.resolve(graph, map).iter() {
        // Who is there already: then one coupling is enough.
        let here = graph.couplings_to(on).filter(|id| map.is_of(graph, *id, &condition.kinds));
        let here = here.map(|id| graph.coupling(id).from).chain([on]);
        let mut here: Vec<(FeatureId, UnitId)> =
            here.filter_map(|unit| Some((map.feature_of(unit)?, unit))).collect();
        here.dedup_by_key(|(feature, _)| *feature);
        let is_new = here.is_empty();
        let others: Vec<(FeatureId, UnitId)> = match is_new {
            true => of_feature.iter().map(|(feature, unit)| (*feature, *unit)).collect(),
            false => here,
        };
        for (feature, unit) in &of_feature {
            for other in &others {
                left = left.saturating_sub(1);
                if left == 0 || changes.len() == most {
                    return changes;
                }
                if *unit == on
                    || other.0 == *feature
                    || meeting::is_right(judged, condition, (*feature, *unit), *other, on)
                {
                    continue;
                }
                let coupling = |from: UnitId| {
                    Some(Supposed { kind: kind_for(judged, &condition.kinds, from, on)?, from, to: on })
                };
                let both = match is_new {
                    true => vec![coupling(*unit), coupling(other.1)],
                    false => vec![coupling(*unit)],
                };
                changes.extend(both.into_iter().collect::<Option<Vec<_>>>());
            }
        }
    }
    changes
}

/// As many features more as are missing, at the unit that most reach already.
fn of_reach(judged: Judged<'_>, condition: &ReachCondition) -> Vec<Vec<Supposed>> {
    let Judged { graph, map } = judged;
    let to = condition.to.resolve(graph, map);
    let reach = Reach::new(graph, map, &condition.kinds, Direction::To);
    let mut units: Vec<UnitId> = to.iter().collect();
    units.sort_by_key(|unit| (std::cmp::Reverse(reach.count(*unit)), *unit));
    let changes = units.iter().take(FEW).filter_map(|most| reaching(judged, condition, &reach, *most));
    changes.collect()
}

fn reaching(
    judged: Judged<'_>,
    condition: &ReachCondition,
    reach: &Reach,
    most: UnitId,
) -> Option<Vec<Supposed>> {
    let Judged { graph, map } = judged;
    let own = map.feature_of(most);
    let mut used: BTreeSet<FeatureId> = reach.of_all(&[most]).into_iter().collect();
    let known = used.iter().filter(|feature| Some(**feature) != own).count();
    let missing = (condition.more_than.value + 1).saturating_sub(known);
    let mut change = Vec::new();
    for (unit, _) in graph.units() {
        if change.len() == missing {
            break;
        }
        if let Some(feature) = map.feature_of(unit)
            && Some(feature) != own
            && let Some(kind) = kind_for(judged, &condition.kinds, unit, most)
            && used.insert(feature)
        {
            change.push(Supposed { kind, from: unit, to: most });
        }
    }
    (change.len() == missing).then_some(change)
}

/// A row through as many features as it takes.
fn of_chain(judged: Judged<'_>, condition: &ChainCondition) -> Option<Vec<Supposed>> {
    let Judged { graph, map } = judged;
    let (from, to) = (condition.from.resolve(graph, map), condition.to.resolve(graph, map));
    let mut ends: BTreeMap<FeatureId, (Option<UnitId>, Option<UnitId>)> = BTreeMap::new();
    for (unit, _) in graph.units() {
        if let Some(feature) = map.feature_of(unit) {
            let (leaving, coming) = ends.entry(feature).or_default();
            if from.contains(unit) && leaving.is_none() {
                *leaving = Some(unit);
            }
            if to.contains(unit) && coming.is_none() {
                *coming = Some(unit);
            }
        }
    }
    // In an order in which no new call leads back, or the row would be a circle.
    let mut inner: DiGraphMap<FeatureId, ()> = DiGraphMap::new();
    ends.keys().for_each(|feature| {
        inner.add_node(*feature);
    });
    for (id, coupling) in graph.couplings().filter(|(id, _)| map.is_of(graph, *id, &condition.kinds)) {
        if let (Some(one), Some(other)) = (map.feature_of(coupling.from), map.feature_of(coupling.to))
            && map.is_ordered(graph, id)
        {
            inner.add_edge(one, other, ());
        }
    }
    let wanted = condition.longest.value + 2;
    let ordered = kosaraju_scc(&inner).into_iter().rev();
    let members = ordered.filter_map(|group| {
        group.iter().find_map(|feature| ends.get(feature).and_then(|(leaving, coming)| leaving.zip(*coming)))
    });
    let row: Vec<(UnitId, UnitId)> = members.take(wanted).collect();
    if row.len() < wanted {
        return None;
    }
    let steps = row.windows(2).map(|pair| {
        let (from, to) = (pair[0].0, pair[1].1);
        Some(Supposed { kind: kind_for(judged, &condition.kinds, from, to)?, from, to })
    });
    steps.collect()
}
