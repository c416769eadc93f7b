//! Units and features that too many others reach.

use std::collections::BTreeMap;

use crate::features::{Direction, FeatureId, Reach};
use crate::graph::UnitId;
use crate::rules::{Of, ReachCondition, Rule};
use crate::text::Location;

use super::declaration::told;
use super::{Finding, Judged, listed, quoted};

/// How many of the features are named.
const NAMED: usize = 8;

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &ReachCondition) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let to = condition.to.resolve(graph, map);
    let reach = Reach::new(graph, map, &condition.kinds, Direction::To);
    let limit = condition.more_than.value;
    let mut findings = Vec::new();
    match condition.of {
        Of::Units => {
            for unit in to.iter().filter(|unit| reach.count(*unit) > limit) {
                let subject = graph.unit(unit);
                let mut features = reach.of_all(&[unit]);
                features.retain(|feature| Some(*feature) != map.feature_of(unit));
                if features.len() > limit {
                    let (name, identity) = (subject.name.clone(), subject.identity());
                    let place = subject.declared_at.clone();
                    findings.push(tell(judged, rule, limit, (unit, name, identity, place), &features));
                }
            }
        }
        Of::Features => {
            let mut units: BTreeMap<FeatureId, Vec<UnitId>> = BTreeMap::new();
            for unit in to.iter() {
                if let Some(feature) = map.feature_of(unit) {
                    units.entry(feature).or_default().push(unit);
                }
            }
            for (id, units) in units {
                let mut features = reach.of_all(&units);
                features.retain(|feature| *feature != id);
                if features.len() > limit {
                    let name = map.feature(id).name.clone();
                    let place = map.feature(id).declared_at.clone();
                    let identity = format!("feature:{name}");
                    findings.push(tell(judged, rule, limit, (units[0], name, identity, place), &features));
                }
            }
        }
    }
    findings
}

fn tell(
    judged: Judged<'_>,
    rule: &Rule,
    limit: usize,
    (unit, name, identity, place): (UnitId, String, String, Location),
    features: &[FeatureId],
) -> Finding {
    let map = judged.map;
    let names: Vec<String> = features.iter().take(NAMED).map(|id| map.feature(*id).name.clone()).collect();
    let names = match features.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{} and {more} more", quoted(&names).join(", ")),
        _ => listed(&names, "none"),
    };
    let texts = [
        ("unit", name),
        ("who", map.role_name(unit)),
        ("features", names),
        ("count", features.len().to_string()),
        ("limit", limit.to_string()),
    ];
    Finding {
        cuts: vec![(unit, unit)],
        from: Some(judged.party(unit)),
        weight: features.len(),
        ..told(rule, &texts, &identity, vec![place])
    }
}
