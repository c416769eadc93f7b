//! Features that build on each other in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::features::{FeatureGraph, FeatureId};
use crate::graph::CouplingId;
use crate::rules::{CycleCondition, Rule};

use super::{Finding, Judged, Place, listed};

/// The first coupling of each pair of features.
type Steps = BTreeMap<FeatureId, BTreeMap<FeatureId, CouplingId>>;

pub(super) fn find(
    judged: Judged<'_>,
    features: &FeatureGraph,
    rule: &Rule,
    condition: &CycleCondition,
) -> Vec<Finding> {
    let mut steps = Steps::new();
    let mut graph: DiGraphMap<FeatureId, ()> = DiGraphMap::new();
    for (from, to, couplings) in features.pairs() {
        let counts = |id: &&CouplingId| condition.kinds.contains(&judged.map.kind(judged.graph, **id));
        if let Some(first) = couplings.iter().find(counts) {
            steps.entry(from).or_default().insert(to, *first);
            graph.add_edge(from, to, ());
        }
    }
    let components = tarjan_scc(&graph).into_iter().filter(|component| component.len() > 1);
    components.filter_map(|component| tell(judged, rule, component, &steps)).collect()
}

/// One finding for a group of features that all reach each other.
fn tell(judged: Judged<'_>, rule: &Rule, component: Vec<FeatureId>, steps: &Steps) -> Option<Finding> {
    let members: BTreeSet<FeatureId> = component.into_iter().collect();
    let names: Vec<String> = members.iter().map(|id| judged.map.feature(*id).name.clone()).collect();
    let circle =
        members.iter().filter_map(|start| shortest_circle(*start, &members, steps)).min_by_key(Vec::len)?;
    let first = judged.finding(rule, *circle.first()?, "");
    let mut places: Vec<Place> = Vec::new();
    let mut details = Vec::new();
    for id in &circle {
        let step = judged.finding(rule, *id, "");
        places.extend(step.places.into_iter().filter(|place| place.is_cause).take(1));
        let role = |party: Option<super::Party>| party.map(|party| party.role).unwrap_or_default();
        details.push(format!("`{}` builds on `{}`", role(step.from), role(step.to)));
    }
    if members.len() > circle.len() {
        details.push(format!("a shortest circle is shown; all {} reach each other", members.len()));
    }
    let all = listed(&names, "no features");
    let fill = |name: &str| match name {
        "features" => all.clone(),
        _ => String::new(),
    };
    Some(Finding {
        message: rule.message.fill(&fill),
        places,
        details,
        identity: format!("{} {}", rule.id, names.join(" ")),
        ..first
    })
}

/// The shortest way from a feature back to itself, as couplings.
fn shortest_circle(
    start: FeatureId,
    members: &BTreeSet<FeatureId>,
    steps: &Steps,
) -> Option<Vec<CouplingId>> {
    let mut came_from: BTreeMap<FeatureId, (FeatureId, CouplingId)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(current) = queue.pop_front() {
        for (next, id) in steps.get(&current)?.iter().filter(|(next, _)| members.contains(next)) {
            if *next == start {
                let mut circle = vec![*id];
                let mut at = current;
                while let Some((before, id)) = came_from.get(&at) {
                    circle.push(*id);
                    at = *before;
                }
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(next) {
                came_from.insert(*next, (current, *id));
                queue.push_back(*next);
            }
        }
    }
    None
}
