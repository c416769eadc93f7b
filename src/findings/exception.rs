//! Exceptions: findings that a person accepted, with a reason and an end.

use std::collections::BTreeMap;

use crate::features::{Exception, UnitSet};
use crate::graph::UnitId;
use crate::rules::{Condition, Rule};

use super::{Finding, Judged, Law, Place, chain, cycle};

/// A finding that an exception covers.
#[derive(Debug, Clone)]
pub struct Excepted {
    /// The finding.
    pub finding: Finding,
    /// The position of the exception in the configuration.
    pub exception: usize,
}

/// What became of an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It excuses, if it covers anything.
    Active { is_used: bool },
    /// It is past its end; another one may cover what it covered.
    Expired { is_used: bool, is_shadowed: bool },
}

impl Fate {
    /// Whether no finding is what it names.
    pub(super) fn is_unused(self) -> bool {
        matches!(self, Self::Active { is_used: false } | Self::Expired { is_used: false, .. })
    }
}

/// The exceptions, and what became of each.
pub(super) struct Reviewed<'a> {
    pub(super) law: Law<'a>,
    fates: Vec<Fate>,
}

impl Reviewed<'_> {
    pub(super) fn all(&self) -> impl Iterator<Item = (&Exception, Fate)> {
        self.law.configuration.exceptions.iter().zip(self.fates.iter().copied())
    }
}

/// What an exception covers in this repository.
struct Cover<'a> {
    exception: &'a Exception,
    from: UnitSet,
    to: Option<UnitSet>,
    is_expired: bool,
    is_used: bool,
    /// Whether another exception, which has not ended, covers the same.
    is_shadowed: bool,
    position: usize,
}

impl Cover<'_> {
    fn covers(&self, (from, to): (UnitId, UnitId)) -> bool {
        self.from.contains(from) && self.to.as_ref().is_none_or(|set| set.contains(to))
    }

    fn covers_some(&self, finding: &Finding) -> bool {
        finding.cuts.iter().chain(&finding.joins).any(|pair| self.covers(*pair))
    }
}

/// Whether some of the exceptions together cover all of a finding: one of the couplings without which it
/// would not be, or everybody whom it joins.
fn is_all(covers: &[&Cover<'_>], finding: &Finding) -> bool {
    let is_covered = |pair: &(UnitId, UnitId)| covers.iter().any(|cover| cover.covers(*pair));
    finding.cuts.iter().any(is_covered) || (!finding.joins.is_empty() && finding.joins.iter().all(is_covered))
}

/// Takes out what exceptions cover. What one that is past its end would cover stays, and says so.
pub(super) fn review<'a>(
    judged: Judged<'_>,
    law: Law<'a>,
    findings: Vec<Finding>,
) -> (Vec<Finding>, Vec<Excepted>, Reviewed<'a>) {
    let Judged { graph, map } = judged;
    let cover = |(position, exception): (usize, &'a Exception)| Cover {
        exception,
        from: exception.from.resolve(graph, map),
        to: exception.to.as_ref().map(|to| to.resolve(graph, map)),
        is_expired: exception.until.is_some_and(|until| until < law.today),
        is_used: false,
        is_shadowed: false,
        position,
    };
    let mut covers: Vec<Cover<'_>> = law.configuration.exceptions.iter().enumerate().map(cover).collect();
    let (mut left, mut excepted) = (Vec::new(), Vec::new());
    let (walks, others): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(|finding| {
        let rule = law.rules.get(&finding.rule);
        rule.is_some_and(|rule| matches!(rule.condition, Condition::Cycle(_) | Condition::Chain(_)))
    });
    review_walks(judged, law, &mut covers, walks, &mut left, &mut excepted);
    for finding in others {
        review_one(&mut covers, finding, &mut left, &mut excepted);
    }
    let fate = |cover: &Cover<'_>| match cover.is_expired {
        true => Fate::Expired { is_used: cover.is_used, is_shadowed: cover.is_shadowed },
        false => Fate::Active { is_used: cover.is_used },
    };
    let fates = covers.iter().map(fate).collect();
    (left, excepted, Reviewed { law, fates })
}

fn tell_expired(finding: &mut Finding, exception: &Exception) {
    let until = exception.until.map(|until| until.to_string()).unwrap_or_default();
    finding.details.push(format!("its exception ended on {until}: {}", exception.reason));
    let label = format!("this exception ended on {until}");
    finding.places.push(Place { location: exception.declared_at.clone(), label, is_cause: false });
}

fn review_one(
    covers: &mut [Cover<'_>],
    mut finding: Finding,
    left: &mut Vec<Finding>,
    excepted: &mut Vec<Excepted>,
) {
    let is_meant =
        |cover: &&mut Cover<'_>| cover.exception.rule.value == finding.rule && cover.covers_some(&finding);
    let mut meant: Vec<&mut Cover<'_>> = covers.iter_mut().filter(is_meant).collect();
    let active: Vec<&Cover<'_>> =
        meant.iter().filter(|cover| !cover.is_expired).map(|cover| &**cover).collect();
    let is_excepted = is_all(&active, &finding);
    let by = active.first().map(|cover| cover.position);
    if !is_excepted {
        for cover in &active {
            let written = &cover.exception.written;
            finding.details.push(format!("the exception for {written} does not cover all of it"));
        }
        // What is back because several have ended says so of each.
        let all: Vec<&Cover<'_>> = meant.iter().map(|cover| &**cover).collect();
        let over = meant.iter().filter(|cover| cover.is_expired && is_all(&all, &finding));
        let over: Vec<&Exception> = over.map(|cover| cover.exception).collect();
        over.into_iter().for_each(|exception| tell_expired(&mut finding, exception));
    }
    for cover in &mut meant {
        let is_shadowed = cover.is_expired && is_excepted;
        cover.is_used |= !is_shadowed;
        cover.is_shadowed |= is_shadowed;
    }
    match by.filter(|_| is_excepted) {
        Some(exception) => excepted.push(Excepted { finding, exception }),
        None => left.push(finding),
    }
}

/// In circles and rows, an exception takes the couplings out that it names: what closes without them is
/// still told.
fn review_walks(
    judged: Judged<'_>,
    law: Law<'_>,
    covers: &mut [Cover<'_>],
    findings: Vec<Finding>,
    left: &mut Vec<Finding>,
    excepted: &mut Vec<Excepted>,
) {
    let mut by_rule: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        by_rule.entry(finding.rule.clone()).or_default().push(finding);
    }
    for (id, found) in by_rule {
        let Some(rule) = law.rules.get(&id) else { continue };
        let mut first = None;
        for (at, cover) in covers.iter_mut().enumerate().filter(|(_, cover)| cover.exception.rule.value == id)
        {
            if found.iter().any(|finding| cover.covers_some(finding)) {
                cover.is_used = true;
                if !cover.is_expired {
                    first.get_or_insert(at);
                }
            }
        }
        let mut now = found.clone();
        if first.is_some() {
            let own: Vec<&Cover<'_>> =
                covers.iter().filter(|cover| cover.exception.rule.value == id && !cover.is_expired).collect();
            now = match &rule.condition {
                Condition::Cycle(condition) => {
                    let is_covered = |from, to| own.iter().any(|cover| cover.covers((from, to)));
                    cycle::find(judged, rule, condition, &is_covered, &[])
                }
                Condition::Chain(condition) => {
                    let is_covered = |head| own.iter().any(|cover| cover.covers((head, head)));
                    chain::find(judged, rule, condition, &is_covered)
                }
                _ => now,
            };
        }
        for finding in &mut now {
            let is_meant = |cover: &&Cover<'_>| {
                cover.exception.rule.value == id && cover.is_expired && cover.covers_some(finding)
            };
            let expired: Vec<&Exception> =
                covers.iter().filter(is_meant).map(|cover| cover.exception).collect();
            expired.into_iter().for_each(|exception| tell_expired(finding, exception));
        }
        let is_left = |finding: &Finding| now.iter().any(|one| one.identity == finding.identity);
        let gone = found.into_iter().filter(|finding| !is_left(finding));
        excepted.extend(gone.map(|finding| Excepted { finding, exception: first.unwrap_or_default() }));
        left.extend(now);
    }
}

/// Whether an exception of a rule, which has not ended, covers a coupling between two units.
pub(super) fn covers(judged: Judged<'_>, law: Law<'_>, rule: &Rule, (from, to): (UnitId, UnitId)) -> bool {
    let Judged { graph, map } = judged;
    law.configuration.exceptions.iter().any(|exception| {
        exception.rule.value == rule.id
            && exception.until.is_none_or(|until| until >= law.today)
            && exception.from.resolve(graph, map).contains(from)
            && exception.to.as_ref().is_none_or(|set| set.resolve(graph, map).contains(to))
    })
}
