//! Features that are coupled in a row which is too long.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;

use crate::features::FeatureId;
use crate::graph::CouplingId;
use crate::rules::{ChainCondition, Rule};

use super::{Finding, Judged};

/// The first coupling between two features.
type Steps = BTreeMap<FeatureId, BTreeMap<FeatureId, CouplingId>>;

/// Features in a circle count as one: how long a row is that never ends says nothing, and the circle is
/// told by itself.
///
/// Rows that begin at one of `left_out` don't count.
pub(super) fn find(
    judged: Judged<'_>,
    rule: &Rule,
    condition: &ChainCondition,
    left_out: &BTreeSet<FeatureId>,
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
            && !left_out.contains(&from)
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
    let mut is_head = vec![true; groups.len()];
    for (at, group) in groups.iter().enumerate() {
        for (to, id) in group.iter().filter_map(|feature| steps.get(feature)).flatten() {
            let other = group_of[to];
            if other != at {
                if longest[other].0 + 1 > longest[at].0 {
                    longest[at] = (longest[other].0 + 1, Some(*id));
                }
                // A row that begins further up holds this one.
                is_head[other] = false;
            }
        }
    }
    let limit = condition.longest.value;
    let too_long = (0..groups.len()).filter(|at| is_head[*at] && longest[*at].0 > limit);
    too_long.filter_map(|at| tell(judged, rule, limit, at, &longest, &group_of)).collect()
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
        ..first
    })
}
