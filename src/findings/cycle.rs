//! Features or units that are coupled in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;

use crate::features::FeatureId;
use crate::graph::{CouplingId, UnitId};
use crate::rules::{CycleCondition, Of, Rule};

use super::{Finding, Judged, Place, listed};

/// What stands in a circle: a feature or a unit, as a position.
type Member = usize;

/// The first coupling between each pair.
type Steps = BTreeMap<Member, BTreeMap<Member, CouplingId>>;

/// `is_left_out` says of two units that a coupling between them closes no circle; `starts` are members, by
/// their identities, of which a way round has to pass one, where a circle has any of them.
pub(super) fn find(
    judged: Judged<'_>,
    rule: &Rule,
    condition: &CycleCondition,
    is_left_out: &dyn Fn(UnitId, UnitId) -> bool,
    starts: &[String],
) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let (from_set, to_set) = (condition.from.resolve(graph, map), condition.to.resolve(graph, map));
    let member = |unit: UnitId| match condition.of {
        Of::Features => map.feature_of(unit).map(FeatureId::index),
        Of::Units => Some(unit.index()),
    };
    let mut steps = Steps::new();
    let mut all: Vec<(Member, Member, UnitId, UnitId)> = Vec::new();
    let mut inner: DiGraphMap<Member, ()> = DiGraphMap::new();
    for (id, coupling) in graph.couplings() {
        let counts = from_set.contains(coupling.from)
            && to_set.contains(coupling.to)
            && map.is_of(graph, id, &condition.kinds)
            && map.is_ordered(graph, id)
            && !is_left_out(coupling.from, coupling.to);
        if counts
            && let (Some(from), Some(to)) = (member(coupling.from), member(coupling.to))
            && from != to
        {
            steps.entry(from).or_default().entry(to).or_insert(id);
            inner.add_edge(from, to, ());
            all.push((from, to, coupling.from, coupling.to));
        }
    }
    let circles = kosaraju_scc(&inner).into_iter().filter(|circle| circle.len() > 1);
    let groups: Vec<BTreeSet<Member>> = circles.map(|circle| circle.into_iter().collect()).collect();
    let mut group_of: BTreeMap<Member, usize> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        group_of.extend(group.iter().map(|member| (*member, at)));
    }
    // Every coupling inside of a group is a part of it.
    let mut parts: Vec<Vec<(UnitId, UnitId)>> = vec![Vec::new(); groups.len()];
    for (from, to, one, other) in all {
        if let (Some(at), Some(same)) = (group_of.get(&from), group_of.get(&to))
            && at == same
        {
            parts[*at].push((one, other));
        }
    }
    let told = groups.iter().zip(parts);
    told.filter_map(|(members, parts)| tell(judged, rule, condition.of, members, parts, (&steps, starts)))
        .collect()
}

/// One finding for a group whose members all reach each other.
fn tell(
    judged: Judged<'_>,
    rule: &Rule,
    of: Of,
    members: &BTreeSet<Member>,
    parts: Vec<(UnitId, UnitId)>,
    (steps, starts): (&Steps, &[String]),
) -> Option<Finding> {
    let name = |member: &Member| match of {
        Of::Features => judged.map.feature(FeatureId::new(*member)).name.clone(),
        Of::Units => judged.graph.unit(UnitId::new(*member)).shown(),
    };
    let names: Vec<String> = members.iter().map(name).collect();
    let identities: Vec<String> = match of {
        Of::Features => names.clone(),
        Of::Units => members.iter().map(|at| judged.graph.unit(UnitId::new(*at)).identity()).collect(),
    };
    let wanted: BTreeSet<Member> = members
        .iter()
        .zip(&identities)
        .filter(|(_, identity)| starts.contains(identity))
        .map(|(member, _)| *member)
        .collect();
    let from = if wanted.is_empty() { members } else { &wanted };
    let circle = shortest(from, members, steps)?;
    let all = listed(&names, "nothing");
    let count = members.len().to_string();
    let fill = |name: &str| match name {
        "features" => Some(all.clone()),
        "count" => Some(count.clone()),
        _ => None,
    };
    let first = judged.finding(rule, *circle.first()?, &fill);
    let mut places: Vec<Place> = Vec::new();
    let mut details = Vec::new();
    for id in &circle {
        let step = judged.finding(rule, *id, &fill);
        places.extend(step.places.into_iter().filter(|place| place.is_cause).take(1));
        let coupling = judged.graph.coupling(*id);
        let verb = judged.map.kind(judged.graph, *id).map_or("needs", |kind| kind.step());
        let end = |unit: UnitId| match of {
            Of::Features => judged.map.role_name(unit),
            Of::Units => judged.graph.unit(unit).shown(),
        };
        details.push(format!("`{}` {verb} `{}`", end(coupling.from), end(coupling.to)));
    }
    if members.len() > circle.len() {
        details.push(format!("a shortest circle is shown; all {} reach each other", members.len()));
    }
    Some(Finding {
        places,
        details,
        cuts: parts,
        weight: members.len() * (members.len() - 1),
        group: format!("{} {}", rule.id, identities.join(" ")),
        identity: format!("{} {}", rule.id, identities.join(" ")),
        key: rule.id.clone(),
        members: identities,
        ..first
    })
}

/// How many members are tried as the start of a shortest circle: in a large group, one that passes
/// through one of them says as much, and trying all would take the square of the group.
const STARTS: usize = 64;

fn shortest(from: &BTreeSet<Member>, members: &BTreeSet<Member>, steps: &Steps) -> Option<Vec<CouplingId>> {
    let circles = from.iter().take(STARTS).filter_map(|start| shortest_from(*start, members, steps));
    circles.min_by_key(Vec::len)
}

/// The shortest way from a member back to itself, as couplings.
fn shortest_from(start: Member, members: &BTreeSet<Member>, steps: &Steps) -> Option<Vec<CouplingId>> {
    let mut came_from: BTreeMap<Member, (Member, CouplingId)> = BTreeMap::new();
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
