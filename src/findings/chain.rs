//! Features that are coupled in a row which is too long.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;

use crate::features::FeatureId;
use crate::graph::{CouplingId, UnitId};
use crate::rules::{ChainCondition, Rule};

use super::{Finding, Judged};

/// The first coupling between two features.
type Steps = BTreeMap<FeatureId, BTreeMap<FeatureId, CouplingId>>;

/// Features in a circle count as one: how long a row is that never ends says nothing, and the circle is
/// told by itself.
///
/// `is_covered` says of a unit that a row may begin there. Such a row is not told, but what it leads to may
/// still be too long, and then begins a row of its own.
pub(super) fn find(
    judged: Judged<'_>,
    rule: &Rule,
    condition: &ChainCondition,
    is_covered: &dyn Fn(UnitId) -> bool,
) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let (from_set, to_set) = (condition.from.resolve(graph, map), condition.to.resolve(graph, map));
    let mut steps = Steps::new();
    let mut inner: DiGraphMap<FeatureId, ()> = DiGraphMap::new();
    for (id, coupling) in graph.couplings() {
        if from_set.contains(coupling.from)
            && to_set.contains(coupling.to)
            && map.is_of(graph, id, &condition.kinds)
            && map.is_ordered(graph, id)
            && let (Some(from), Some(to)) = (map.feature_of(coupling.from), map.feature_of(coupling.to))
            && from != to
        {
            steps.entry(from).or_default().entry(to).or_insert(id);
            inner.add_edge(from, to, ());
        }
    }
    let groups = kosaraju_scc(&inner);
    let mut group_of: BTreeMap<FeatureId, usize> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        group_of.extend(group.iter().map(|feature| (*feature, at)));
    }
    // Each group comes after all those that it leads to: its longest row is theirs and one more.
    let mut longest: Vec<(usize, Option<CouplingId>)> = vec![(0, None); groups.len()];
    for (at, group) in groups.iter().enumerate() {
        for (to, id) in group.iter().filter_map(|feature| steps.get(feature)).flatten() {
            let other = group_of[to];
            if other != at && longest[other].0 + 1 > longest[at].0 {
                longest[at] = (longest[other].0 + 1, Some(*id));
            }
        }
    }
    let limit = condition.longest.value;
    // From the other end: a row that begins further up holds the rest of it.
    let mut is_head = vec![true; groups.len()];
    let mut findings = Vec::new();
    for at in (0..groups.len()).rev() {
        let is_covered_head = is_head[at]
            && longest[at].0 > limit
            && longest[at].1.is_some_and(|id| is_covered(graph.coupling(id).from));
        if is_covered_head {
            continue;
        }
        for to in groups[at].iter().filter_map(|feature| steps.get(feature)).flat_map(BTreeMap::keys) {
            is_head[group_of[to]] &= group_of[to] == at;
        }
        if is_head[at] && longest[at].0 > limit {
            findings.extend(tell(judged, rule, limit, at, &longest, &group_of));
        }
    }
    findings
}

fn tell(
    judged: Judged<'_>,
    rule: &Rule,
    limit: usize,
    head: usize,
    longest: &[(usize, Option<CouplingId>)],
    group_of: &BTreeMap<FeatureId, usize>,
) -> Option<Finding> {
    let Judged { graph, map } = judged;
    let mut row = Vec::new();
    let mut at = head;
    while let Some(id) = longest[at].1 {
        row.push(id);
        at = group_of[&map.feature_of(graph.coupling(id).to)?];
    }
    let mut chain = String::new();
    let mut last = None;
    for id in &row {
        let ends = [graph.coupling(*id).from, graph.coupling(*id).to].map(|unit| map.role_name(unit));
        match &last {
            None => chain += &format!("`{}`", ends[0]),
            Some(last) if *last == ends[0] => {}
            // Within a circle a row may go on from another feature than the one that it came to.
            Some(_) => chain += &format!(" (in one circle with `{}`)", ends[0]),
        }
        chain += &format!(" → `{}`", ends[1]);
        last = Some(ends[1].clone());
    }
    let fill = |name: &str| match name {
        "features" => Some(chain.clone()),
        "count" => Some(row.len().to_string()),
        "limit" => Some(limit.to_string()),
        _ => None,
    };
    let first = judged.finding(rule, *row.first()?, &fill);
    let mut places = Vec::new();
    for id in &row {
        let step = judged.finding(rule, *id, &fill);
        places.extend(step.places.into_iter().filter(|place| place.is_cause).take(1));
    }
    let unit = graph.coupling(*row.first()?).from;
    let head = map.role_name(unit);
    Some(Finding {
        places,
        cuts: vec![(unit, unit)],
        joins: Vec::new(),
        weight: row.len(),
        group: format!("{} {head}", rule.id),
        identity: format!("{} feature:{head}", rule.id),
        key: format!("{} feature:{head}", rule.id),
        ..first
    })
}
