//! Names that mean nothing, or nothing that is needed.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{DoorName, FeatureId};
use crate::graph::CouplingKind;
use crate::rules::Rule;
use crate::text::{Location, RepoPath};

use super::super::exception::Reviewed;
use super::super::{Finding, Judged};
use super::{did_you_mean, told};

/// Names and globs of the configuration and of a user's rules that match nothing.
pub(super) fn unmatched(judged: Judged<'_>, rule: &Rule, reviewed: &Reviewed<'_>) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let mut findings = Vec::new();
    let mut tell = |written: &str, place: &str, wanted: &str, near: Option<&str>, location: &Location| {
        let names = [
            ("name", written.to_owned()),
            ("place", place.to_owned()),
            ("unit", wanted.to_owned()),
            ("nearest", did_you_mean(near)),
        ];
        let key = format!("{written} in {place}");
        findings.push(told(rule, &names, &key, vec![location.clone()]));
    };
    for one in &map.unmatched {
        tell(&one.written, &one.place, one.wanted, one.nearest.as_deref(), &one.location);
    }
    // One that is stale says so itself.
    let used = reviewed.all().filter(|(_, fate)| !fate.is_unused()).map(|(exception, _)| exception);
    for exception in used {
        let ends = [("from", Some(&exception.from)), ("to", exception.to.as_ref())];
        for (key, name) in ends
            .into_iter()
            .flat_map(|(key, end)| end.map(|end| (key, end.names())))
            .flat_map(|(key, names)| names.into_iter().map(move |name| (key, name)))
        {
            if name.is_unmatched(graph, map) {
                let location = Location { path: exception.declared_at.path.clone(), span: name.written.span };
                let place = format!("`{key}` of an exception");
                tell(
                    &name.written.value,
                    &place,
                    name.wanted(),
                    name.nearest(graph, map).as_deref(),
                    &location,
                );
            }
        }
    }
    for other in reviewed.law.rules.active() {
        for (key, selector) in other.condition.selectors() {
            // That there is no datastore yet is no typo.
            let names = selector.names().into_iter().filter(|name| !name.is_category());
            for name in names.filter(|name| name.is_unmatched(graph, map)) {
                let location = Location { path: other.declared_at.path.clone(), span: name.written.span };
                let place = format!("`{key}` of rule `{}`", other.id);
                let near = name.nearest(graph, map);
                tell(&name.written.value, &place, name.wanted(), near.as_deref(), &location);
            }
        }
    }
    findings
}

/// Entries of `consumes` behind which no call is.
pub(super) fn idle_consumes(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let inhabited = map.inhabited();
    let mut called: BTreeSet<(FeatureId, FeatureId)> = BTreeSet::new();
    for (id, coupling) in graph.couplings() {
        if map.kind(graph, id) == Some(CouplingKind::Call)
            && let (Some(from), Some(to)) = (map.feature_of(coupling.from), map.feature_of(coupling.to))
        {
            called.insert((from, to));
        }
    }
    // An entry that nested features inherit is needed if one of them needs it.
    let mut entries: BTreeMap<(&RepoPath, u32), (bool, &DoorName)> = BTreeMap::new();
    for (at, feature) in map.features.iter().enumerate() {
        let id = FeatureId::new(at);
        // Before there is any code, nothing can be needed.
        if !inhabited.contains(&id) {
            continue;
        }
        for name in feature.consumes.iter().flat_map(|door| &door.names) {
            // What it names may be planned as well, or be no feature: that is told elsewhere.
            let is_planned = name.features.is_disjoint(&inhabited);
            let is_needed = is_planned || name.features.iter().any(|to| called.contains(&(id, *to)));
            let entry =
                entries.entry((&name.location.path, name.location.span.start)).or_insert((false, name));
            entry.0 |= is_needed;
        }
    }
    let idle = entries.into_values().filter(|(is_needed, _)| !is_needed);
    idle.map(|(_, name)| {
        let (feature, written) = (name.declared_in.clone(), name.written.clone());
        let key = format!("{feature} {written}");
        told(rule, &[("place", feature), ("name", written)], &key, vec![name.location.clone()])
    })
    .collect()
}
