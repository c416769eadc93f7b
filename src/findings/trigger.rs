//! Path filters that leave out what a job is built from, or let it run for what it is not.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FeatureId, Role};
use crate::graph::{JobWork, Trigger, UnitId};
use crate::rules::{Rule, TriggerCondition};
use crate::sources::pipelines::patterns::Dialect;

use super::declaration::told;
use super::{Finding, Judged, listed, listed_first};

/// How many globs a sentence names.
const MOST_NAMED: usize = 8;

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &TriggerCondition) -> Vec<Finding> {
    let from = condition.from.resolve(judged.graph, judged.map);
    let mut findings = Vec::new();
    for work in judged.graph.jobs().iter().filter(|work| from.contains(work.job)) {
        for trigger in &work.triggers {
            findings.extend(lacks(judged, rule, work, trigger));
            findings.extend(more(judged, rule, condition, work, trigger));
        }
    }
    findings
}

/// What a filter leaves out.
fn lacks(judged: Judged<'_>, rule: &Rule, work: &JobWork, trigger: &Trigger) -> Option<Finding> {
    let graph = judged.graph;
    let first = trigger.lacks.first()?;
    let job = &graph.unit(work.job).name;
    let globs: Vec<String> = trigger.lacks.iter().map(|lack| lack.glob.clone()).collect();
    let is_ignoring = trigger.dialect == Dialect::GitHubIgnore;
    let does = if work.ships.contains(&first.by) { "ships" } else { "builds" };
    let verb = if is_ignoring { "leaves out" } else { "lacks" };
    let what = format!(
        "`{job}` does not run for all that goes into what it {does}: {} {verb} {}",
        trigger.what,
        listed_first(&globs, MOST_NAMED, "nothing")
    );
    let mut by_unit: BTreeMap<UnitId, BTreeSet<String>> = BTreeMap::new();
    for lack in &trigger.lacks {
        let name = lack.unit.map_or_else(|| lack.glob.clone(), |unit| graph.unit(unit).name.clone());
        by_unit.entry(lack.by).or_default().insert(name);
    }
    let details = by_unit.into_iter().map(|(by, names)| {
        let names: Vec<String> = names.into_iter().collect();
        format!("`{}` is built from {}", graph.unit(by).shown(), listed_first(&names, MOST_NAMED, "nothing"))
    });
    let key = format!("lacks {} {}", graph.unit(work.job).identity(), place_key(trigger));
    let members: BTreeSet<String> = globs.iter().map(|glob| format!("glob:{glob}")).collect();
    Some(Finding {
        cuts: vec![(work.job, work.job)],
        from: Some(judged.party(work.job)),
        weight: 1,
        members: members.into_iter().collect(),
        details: details.take(MOST_NAMED).collect(),
        ..told(rule, &[("what", what)], &key, trigger.at.clone())
    })
}

/// Filters of one job are told apart by what they are, and by their first glob.
fn place_key(trigger: &Trigger) -> String {
    let first = trigger.globs.iter().flatten().next().map_or("", |(glob, _)| glob.as_str());
    format!("{} {first}", trigger.what)
}

/// What lets a job run for other features alone.
fn more(
    judged: Judged<'_>,
    rule: &Rule,
    condition: &TriggerCondition,
    work: &JobWork,
    trigger: &Trigger,
) -> Option<Finding> {
    let own: BTreeSet<FeatureId> = work
        .ships
        .iter()
        .chain(&work.checks)
        .chain([&work.job])
        .filter_map(|unit| judged.map.feature_of(*unit))
        .collect();
    // Nobody can say what is another feature's where nobody says whose it is.
    let first = *work.ships.first().or(work.checks.first())?;
    if own.is_empty() {
        return None;
    }
    let is_others = |unit: &&UnitId| match judged.map.role(**unit) {
        Role::Feature(feature) => !own.contains(&feature) && !judged.is_any(&condition.unless, first, **unit),
        _ => false,
    };
    let mut globs = Vec::new();
    let (mut features, mut places, mut instead) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for needless in &trigger.more {
        let others: Vec<UnitId> = needless.units.iter().filter(is_others).copied().collect();
        if others.is_empty() {
            continue;
        }
        globs.push(needless.glob.clone());
        places.push(needless.at.clone());
        instead.extend(needless.instead.iter().cloned());
        features.extend(others.iter().filter_map(|unit| judged.map.feature_of(*unit)));
    }
    if globs.is_empty() {
        return None;
    }
    let features: Vec<String> = features.iter().map(|id| judged.map.feature(*id).name.clone()).collect();
    let job = &judged.graph.unit(work.job).name;
    let instead: Vec<String> = instead.into_iter().collect();
    let act = match instead.as_slice() {
        [] => format!("drop {}", listed_first(&globs, MOST_NAMED, "nothing")),
        globs_instead => format!(
            "put {} in the place of {}",
            listed_first(globs_instead, MOST_NAMED, "nothing"),
            listed_first(&globs, MOST_NAMED, "nothing")
        ),
    };
    let what = format!(
        "{} lets `{job}` run for {}, which it is not built from: {act}",
        trigger.what,
        listed(&features, "nobody")
    );
    let key = format!("more {} {}", judged.graph.unit(work.job).identity(), place_key(trigger));
    Some(Finding {
        cuts: vec![(work.job, work.job)],
        from: Some(judged.party(work.job)),
        weight: 1,
        members: features.iter().map(|name| format!("feature:{name}")).collect(),
        ..told(rule, &[("what", what)], &key, places)
    })
}
