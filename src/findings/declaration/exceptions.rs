//! Exceptions and corrections that do nothing, or soon will.

use crate::features::{Exception, Selector};
use crate::rules::{DeclarationCondition, Level, Rule};
use crate::text::Span;

use super::super::exception::{Fate, Reviewed};
use super::super::{Finding, Judged};
use super::told;

/// The texts of an exception.
fn texts(exception: &Exception, reason: String, count: String) -> [(&'static str, String); 6] {
    [
        ("name", exception.written.clone()),
        ("rule", exception.rule.value.clone()),
        ("until", exception.until.map(|until| until.to_string()).unwrap_or_default()),
        ("owner", exception.owner.as_ref().map(|owner| format!("; accepted by {owner}")).unwrap_or_default()),
        ("reason", reason),
        ("count", count),
    ]
}

fn key(exception: &Exception) -> String {
    format!("{} {}", exception.rule.value, exception.written)
}

pub(super) fn stale(judged: Judged<'_>, rule: &Rule, reviewed: &Reviewed<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (exception, fate) in reviewed.all() {
        if !fate.is_unused() {
            continue;
        }
        let is_off = |one: &&Rule| one.id == exception.rule.value && one.level == Level::Off;
        let unmatched = [Some(&exception.from), exception.to.as_ref()];
        let unmatched = unmatched.into_iter().flatten().find_map(|selector| unmatched_name(judged, selector));
        let mut location = exception.declared_at.clone();
        let reason = match (reviewed.law.rules.rules.iter().find(is_off), unmatched) {
            (Some(_), _) => "the rule is off".to_owned(),
            (None, Some((why, span))) => {
                location.span = span;
                why
            }
            (None, None) if matches!(fate, Fate::Expired { is_shadowed: true, .. }) => {
                "it has ended, and another exception covers the same".to_owned()
            }
            (None, None) => "nothing that it names breaks the rule".to_owned(),
        };
        findings.push(told(rule, &texts(exception, reason, String::new()), &key(exception), vec![location]));
    }
    findings
}

/// The first name in a selector that matches nothing, as a reason, and where it stands.
fn unmatched_name(judged: Judged<'_>, selector: &Selector) -> Option<(String, Span)> {
    let mut names = selector.names().into_iter();
    names.find(|name| name.is_unmatched(judged.graph, judged.map)).map(|name| {
        let near = name.nearest(judged.graph, judged.map);
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        (format!("`{}` matches nothing{near}", name.written.value), name.written.span)
    })
}

pub(super) fn expired(rule: &Rule, reviewed: &Reviewed<'_>) -> Vec<Finding> {
    let expired =
        reviewed.all().filter(|(_, fate)| matches!(fate, Fate::Expired { .. }) && !fate.is_unused());
    expired
        .map(|(exception, _)| {
            let days = exception.until.map_or(0, |until| until.days_until(reviewed.law.today));
            let texts = texts(exception, exception.reason.clone(), counted(days));
            told(rule, &texts, &key(exception), vec![exception.declared_at.clone()])
        })
        .collect()
}

pub(super) fn expiring(
    rule: &Rule,
    condition: &DeclarationCondition,
    reviewed: &Reviewed<'_>,
) -> Vec<Finding> {
    let window = i64::try_from(condition.limit("days")).unwrap_or(i64::MAX);
    let mut findings = Vec::new();
    for (exception, fate) in reviewed.all() {
        let left = exception.until.map(|until| reviewed.law.today.days_until(until));
        if let (Some(left), Fate::Active { .. }, false) = (left, fate, fate.is_unused())
            && left <= window
        {
            let texts = texts(exception, exception.reason.clone(), in_days(left));
            findings.push(told(rule, &texts, &key(exception), vec![exception.declared_at.clone()]));
        }
    }
    findings
}

fn counted(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn in_days(days: i64) -> String {
    if days == 0 { "today".to_owned() } else { format!("in {}", counted(days)) }
}

pub(super) fn stale_corrections(judged: Judged<'_>, rule: &Rule, reviewed: &Reviewed<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for at in &judged.map.stale_corrections {
        let Some(correction) = reviewed.law.configuration.corrections.get(*at) else { continue };
        let unmatched = [&correction.from, &correction.to];
        let unmatched = unmatched.into_iter().find_map(|selector| unmatched_name(judged, selector));
        let word = correction.correction.word();
        let mut location = correction.declared_at.clone();
        if let Some((_, span)) = &unmatched {
            location.span = *span;
        }
        let reason = unmatched.map(|(why, _)| why).unwrap_or_else(|| {
            let what = match correction.correction {
                crate::graph::Correction::TypesOnly => "no call leads from the one to the other",
                crate::graph::Correction::NoOrder => "no call and no start leads from the one to the other",
                crate::graph::Correction::NotDeployed => "no coupling leads from the one to the other",
            };
            what.to_owned()
        });
        let texts = [("name", correction.written.clone()), ("reason", reason), ("place", word.to_owned())];
        let key = format!("{word} {}", correction.written);
        findings.push(told(rule, &texts, &key, vec![location]));
    }
    findings
}
