//! Responsibilities that excuse nothing, or everything.

use crate::features::{Usage, usage};
use crate::rules::{DeclarationCondition, Rule};
use crate::text::nearest;

use super::super::{Finding, Judged, listed};
use super::{did_you_mean, told};

/// Below this many features, a responsibility of more than the half of them is no amnesty.
const FEW_FEATURES: usize = 4;

pub(super) fn unknown(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let known: Vec<&str> = judged.map.responsibilities.iter().map(|one| one.name.as_str()).collect();
    let all = judged.map.unknown_responsibilities.iter();
    all.map(|(feature, name, location)| {
        let near = nearest(&name.value, known.iter().copied());
        let key = format!("{feature} {}", name.value);
        let names =
            [("place", feature.clone()), ("name", name.value.clone()), ("nearest", did_you_mean(near))];
        told(rule, &names, &key, vec![location.clone()])
    })
    .collect()
}

/// Those that excuse any coupling between many features, or between most of them.
pub(super) fn broad(judged: Judged<'_>, rule: &Rule, condition: &DeclarationCondition) -> Vec<Finding> {
    let map = judged.map;
    let (most, percent) = (condition.limit("most-features"), condition.limit("most-percent"));
    let features = map.features.len();
    let mut findings = Vec::new();
    for (responsibility, usage) in map.responsibilities.iter().zip(usage(judged.graph, map)) {
        let count = usage.named_by.len();
        let is_most = count >= FEW_FEATURES && count * 100 > features * percent;
        if !responsibility.goes_through_any() || !(count > most || is_most) {
            continue;
        }
        let texts = [
            ("name", responsibility.name.clone()),
            ("count", format!("{count} of {features} features")),
            ("owner", responsibility.owner.clone().unwrap_or_else(|| "nobody".to_owned())),
            (
                "limit",
                if count > most {
                    format!("{most} features")
                } else {
                    format!("{percent} % of the features")
                },
            ),
            ("reason", pairs(&usage)),
        ];
        let mut finding = told(rule, &texts, &responsibility.name, vec![responsibility.declared_at.clone()]);
        finding.details.push(pairs(&usage));
        findings.push(finding);
    }
    findings
}

fn pairs(usage: &Usage) -> String {
    let (allowed, used) = (usage.allowed(), usage.used.len());
    let are = if used == 1 { "is" } else { "are" };
    format!("of the {allowed} ordered pairs of features that it excuses, {used} {are} coupled")
}

/// Those that no coupling needs.
pub(super) fn idle(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let map = judged.map;
    let all = map.responsibilities.iter().zip(usage(judged.graph, map));
    let idle = all.filter(|(_, usage)| !usage.is_needed());
    idle.map(|(responsibility, usage)| {
        let names: Vec<String> = usage.named_by.iter().map(|id| map.feature(*id).name.clone()).collect();
        let reason = match names.len() {
            0 => "no feature names it".to_owned(),
            1 => format!("only {} names it", listed(&names, "")),
            _ => format!("nothing couples {}", listed(&names, "")),
        };
        let texts = [("name", responsibility.name.clone()), ("reason", reason)];
        told(rule, &texts, &responsibility.name, vec![responsibility.declared_at.clone()])
    })
    .collect()
}
