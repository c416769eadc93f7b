//! Whether a coupling that is not there yet would be allowed, and what decides it.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{End, FeatureMap, Role, suppose};
use crate::findings::{Finding, Judged, Law, find};
use crate::graph::{CouplingGraph, CouplingKind, UnitId, UnitKind};
use crate::rules::{Level, Origin};
use crate::text::Location;

/// What the rules say to a coupling.
#[derive(Debug)]
pub struct Answer {
    /// Whether no rule at level deny forbids it.
    pub is_allowed: bool,
    /// Whether it is there already.
    pub is_there: bool,
    /// The kind as which it is judged: using an API package is a call.
    pub kind: CouplingKind,
    /// The names of the units.
    pub units: [String; 2],
    /// What rules find because of it, the strictest first.
    pub findings: Vec<Finding>,
    /// What decides it, each with its line if one says so.
    pub reasons: Vec<Reason>,
    /// What to do instead, the best first; empty if it is allowed.
    pub instead: Vec<String>,
}

/// Something that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// As a sentence.
    pub text: String,
    /// The line that says it.
    pub location: Option<Location>,
}

/// Judges the repository with one more coupling, and tells what is new. Exceptions count, as in a check.
pub fn may(now: Judged<'_>, law: Law<'_>, from: End, to: End, kind: CouplingKind) -> Answer {
    let before = find(now, law);
    let (graph, map, from, to) = suppose(now.graph, now.map, law.configuration, (from, to), kind);
    let after = find(Judged { graph: &graph, map: &map }, law);
    let known: BTreeMap<&str, &Finding> =
        before.findings.iter().map(|finding| (finding.identity.as_str(), finding)).collect();
    let judged_as = map.kind_between(kind, from, to);
    let is_it = |finding: &Finding| finding.kind == Some(judged_as) && finding.cuts.contains(&(from, to));
    let is_new = |finding: &Finding| {
        let has_grown = known.get(finding.identity.as_str()).is_none_or(|known| grows(known, finding));
        !finding.cuts.is_empty() && (has_grown || is_it(finding))
    };
    let findings: Vec<Finding> = after.findings.into_iter().filter(is_new).collect();
    let is_allowed = findings.iter().all(|finding| finding.level != Level::Deny);
    let mut reasons = roles(&graph, &map, from, to);
    reasons.extend(excuses(&map, from, to, judged_as));
    for finding in &findings {
        let rule = law.rules.get(&finding.rule);
        if let Some(rule) = rule.filter(|rule| rule.origin != Origin::BuiltIn) {
            let text = format!("rule `{}`: {}", rule.id, rule.summary);
            reasons.push(Reason { text, location: Some(rule.declared_at.clone()) });
        }
        if let Some(location) = rule.and_then(|rule| rule.set_at.clone()) {
            let text = format!("rule `{}` is at level {}", finding.rule, finding.level.word());
            reasons.push(Reason { text, location: Some(location) });
        }
    }
    for excepted in after.excepted.iter().filter(|excepted| is_it(&excepted.finding)) {
        let Some(exception) = law.configuration.exceptions.get(excepted.exception) else { continue };
        let text = format!("an exception of `{}` covers it: {}", exception.rule.value, exception.reason);
        reasons.push(Reason { text, location: Some(exception.declared_at.clone()) });
    }
    let mut instead: Vec<String> = Vec::new();
    if !is_allowed {
        for help in apis(&graph, &map, to).into_iter().chain(findings.iter().flat_map(|one| one.help.clone()))
        {
            if !instead.contains(&help) {
                instead.push(help);
            }
        }
    }
    Answer {
        is_allowed,
        is_there: is_there(now.graph, from, to, kind),
        kind: judged_as,
        units: [from, to].map(|unit| graph.unit(unit).name.clone()),
        findings,
        reasons,
        instead,
    }
}

/// Whether what was found before is about more now: somebody more gets in, a circle has one part more, a
/// row is longer.
fn grows(before: &Finding, now: &Finding) -> bool {
    let pairs = |finding: &Finding| -> BTreeSet<(UnitId, UnitId)> {
        finding.cuts.iter().chain(&finding.joins).copied().collect()
    };
    let who = |finding: &Finding| -> BTreeSet<String> {
        finding.lets_in.iter().map(|one| one.feature.clone()).collect()
    };
    !pairs(now).is_subset(&pairs(before))
        || !who(now).is_subset(&who(before))
        || now.places.len() > before.places.len()
}

fn is_there(graph: &CouplingGraph, from: UnitId, to: UnitId, kind: CouplingKind) -> bool {
    let is_known = |unit: UnitId| unit.index() < graph.units().len();
    is_known(from)
        && is_known(to)
        && graph.couplings_between(from, to).any(|id| graph.coupling(id).kind == kind)
}

/// What the two units are, and the lines that say so.
fn roles(graph: &CouplingGraph, map: &FeatureMap, from: UnitId, to: UnitId) -> Vec<Reason> {
    let one = |unit: UnitId| {
        let name = &graph.unit(unit).name;
        let text = match map.role(unit) {
            Role::Feature(feature) if graph.unit(unit).is_contract() => {
                format!("`{name}` is a contract of feature `{}`", map.feature(feature).name)
            }
            Role::Feature(feature) if map.is_api(unit) => {
                format!("`{name}` is an API package of feature `{}`", map.feature(feature).name)
            }
            Role::Feature(_) if graph.unit(unit).kind == UnitKind::Specification => {
                format!("`{name}` is a feature")
            }
            Role::Feature(feature) => format!("`{name}` belongs to feature `{}`", map.feature(feature).name),
            Role::Shared => format!("`{name}` is shared"),
            Role::Assembly => format!("`{name}` is an assembly"),
            Role::TestSupport => format!("`{name}` is test support"),
            Role::Responsibility(id) => {
                format!("`{name}` embodies the responsibility `{}`", map.responsibility(id).name)
            }
            Role::Unassigned => format!("nothing says where `{name}` belongs"),
        };
        Reason { text, location: map.assigned_by(unit).cloned() }
    };
    vec![one(from), one(to)]
}

/// What excuses the coupling, or closes the door to it.
fn excuses(map: &FeatureMap, from: UnitId, to: UnitId, kind: CouplingKind) -> Vec<Reason> {
    let (Some(one), Some(other)) = (map.feature_of(from), map.feature_of(to)) else { return Vec::new() };
    let mut reasons = Vec::new();
    if one == other {
        return reasons;
    }
    if kind == CouplingKind::Call {
        let doors = [
            (&map.feature(one).consumes, "consumes", map.feature(one), other),
            (&map.feature(other).consumers, "consumers", map.feature(other), one),
        ];
        for (door, key, owner, wanted) in doors {
            let Some(door) = door else { continue };
            let named = door.names.iter().find(|name| name.features.contains(&wanted));
            let (owner_name, wanted) = (&owner.name, &map.feature(wanted).name);
            reasons.push(match named {
                Some(name) => Reason {
                    text: format!("`{key}` of `{owner_name}` names `{wanted}`"),
                    location: Some(name.location.clone()),
                },
                None => Reason {
                    text: format!("`{key}` of `{owner_name}` does not name `{wanted}`"),
                    location: Some(
                        door.names.first().map_or(owner.declared_at.clone(), |name| name.location.clone()),
                    ),
                },
            });
        }
        return reasons;
    }
    if !map.is_exposed(to) {
        reasons.push(Reason {
            text: format!("`exposes` of `{}` does not name it", map.feature(other).name),
            location: Some(map.feature(other).declared_at.clone()),
        });
    }
    for id in map.excusing(one, to) {
        let responsibility = map.responsibility(id);
        reasons.push(Reason {
            text: format!("both features name the responsibility `{}`", responsibility.name),
            location: Some(responsibility.declared_at.clone()),
        });
    }
    reasons
}

/// The API packages by which the other feature may be used.
fn apis(graph: &CouplingGraph, map: &FeatureMap, to: UnitId) -> Option<String> {
    let feature = map.feature_of(to).filter(|_| !map.is_api(to))?;
    let own = graph.units().filter(|(id, unit)| {
        let is_told = unit.parent.is_none() || unit.is_contract();
        map.is_api(*id) && map.feature_of(*id) == Some(feature) && is_told
    });
    let names: Vec<String> = own.map(|(_, unit)| format!("`{}`", unit.shown())).take(4).collect();
    (!names.is_empty())
        .then(|| format!("use {}, the API of `{}`", names.join(" or "), map.feature(feature).name))
}
