//! A baseline × what was found: what it holds, what is left of it, and what a change added to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Finding, summary_of};
use crate::rules::{Declared, Level, Rule, RuleSet, Subject};
use crate::text::Location;

use super::{Baseline, BaselineSize, Baselined, Entry};

/// How many entries a finding lists.
const LISTED: usize = 12;

/// What became of a baseline.
#[derive(Debug)]
pub struct Reviewed<'b> {
    baseline: &'b Baseline,
    by_key: BTreeMap<String, Vec<usize>>,
    members: Vec<BTreeSet<&'b str>>,
    /// The members that are left of each entry; `None` for one that no finding matched.
    left: Vec<Option<BTreeSet<String>>>,
    /// Entries of which a finding is left that has become larger, and that they hold no more.
    is_outgrown: Vec<bool>,
}

impl<'b> Reviewed<'b> {
    /// Before any finding is looked at.
    pub fn new(baseline: &'b Baseline) -> Self {
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, entry) in baseline.entries.iter().enumerate() {
            by_key.entry(entry.key()).or_default().push(at);
        }
        let members = baseline.entries.iter().map(|entry| entry.members.iter().map(String::as_str).collect());
        let count = baseline.entries.len();
        let (left, is_outgrown) = (vec![None; count], vec![false; count]);
        Self { baseline, by_key, members: members.collect(), left, is_outgrown }
    }

    /// Takes out what the baseline holds. What is wrong with the configuration is never a part of it,
    /// whatever a block may say.
    pub fn take(&mut self, findings: &mut Vec<Finding>, rules: &RuleSet) -> Vec<Baselined> {
        let mut held = Vec::new();
        let mut rest = Vec::with_capacity(findings.len());
        for finding in std::mem::take(findings) {
            match self.holder(&finding).filter(|_| may_hold(&finding, rules)) {
                Some(at) => {
                    let left = self.left[at].get_or_insert_default();
                    left.extend(finding.members.iter().cloned());
                    let reason = self.baseline.entries[at].reason.clone();
                    held.push(Baselined { finding, reason });
                }
                None => {
                    self.outgrow(&finding);
                    rest.push(finding);
                }
            }
        }
        *findings = rest;
        held
    }

    /// Remembers entries that a finding has grown out of: they are not mended.
    fn outgrow(&mut self, finding: &Finding) {
        for at in self.by_key.get(&finding.key).into_iter().flatten() {
            let has_common = finding.members.iter().any(|member| self.members[*at].contains(&**member));
            self.is_outgrown[*at] |= has_common;
        }
    }

    /// The entry that holds a finding: one of its key that has all of its members.
    fn holder(&self, finding: &Finding) -> Option<usize> {
        let same = self.by_key.get(&finding.key)?;
        let has_all =
            |at: &&usize| finding.members.iter().all(|member| self.members[**at].contains(&**member));
        same.iter().find(has_all).copied()
    }

    fn stale(&self) -> impl Iterator<Item = &'b Entry> {
        let fates = self.left.iter().zip(&self.is_outgrown);
        let is_stale = fates.map(|(left, is_outgrown)| left.is_none() && !is_outgrown);
        self.baseline.entries.iter().zip(is_stale).filter(|(_, is_stale)| *is_stale).map(|(entry, _)| entry)
    }

    /// How large it is.
    pub fn size(&self) -> BaselineSize {
        let stale = self.stale().count();
        BaselineSize {
            left: self.left.len() - stale,
            first: self.baseline.first,
            accepted: self.baseline.entries.iter().filter(|entry| entry.accepted.is_some()).count(),
            stale,
        }
    }

    /// The entries that a finding matched, none larger than what is left of it.
    pub fn pruned(&self) -> Vec<Entry> {
        let fates = self.left.iter().zip(&self.is_outgrown);
        let kept = self.baseline.entries.iter().zip(fates).filter_map(|(entry, fate)| match fate {
            (Some(left), _) => Some(Entry { members: left.iter().cloned().collect(), ..entry.clone() }),
            (None, true) => Some(entry.clone()),
            (None, false) => None,
        });
        kept.collect()
    }

    /// One finding for all entries that match nothing any more.
    pub fn stale_finding(&self, rules: &RuleSet) -> Option<Finding> {
        let stale: Vec<&Entry> = self.stale().collect();
        let rule = rules.about(Declared::StaleBaseline).filter(|rule| rule.level != Level::Off)?;
        let first = stale.first()?;
        let count = match stale.len() {
            1 => "1 entry of the baseline matches".to_owned(),
            count => format!("{count} entries of the baseline match"),
        };
        let names = [("count", count), ("name", "matches nothing any more".to_owned())];
        let place = Location { path: self.baseline.file.clone(), span: first.span };
        let (details, members) = (listed(&stale), stale.iter().map(|entry| entry.shown()).collect());
        Some(Finding { details, members, ..summary_of(rule, &names, place) })
    }
}

/// Whether a baseline may hold a finding: one about couplings, which somebody has to take apart.
pub fn may_hold(finding: &Finding, rules: &RuleSet) -> bool {
    let rule = rules.get(&finding.rule);
    rule.is_some_and(|rule| rule.condition.subject() != Subject::Configuration)
}

/// What a change added to the baseline, as one finding: the reasons stand in the file.
pub fn grown(now: Option<&Baseline>, before: Option<&Baseline>, rule: &Rule) -> Option<Finding> {
    let now = now?;
    let known = before.map(members_by_key).unwrap_or_default();
    let is_new = |entry: &&Entry| {
        let same = known.get(&entry.key()).map(Vec::as_slice).unwrap_or_default();
        !same.iter().any(|members| entry.members.iter().all(|member| members.contains(member.as_str())))
    };
    let new: Vec<&Entry> = now.entries.iter().filter(is_new).collect();
    let first = new.first()?;
    let what = match (before, new.len()) {
        (None, 1) => "the baseline is new, and holds 1 finding".to_owned(),
        (None, count) => format!("the baseline is new, and holds {count} findings"),
        (_, 1) => "the baseline holds one finding more".to_owned(),
        (_, count) => format!("the baseline holds {count} findings more"),
    };
    let names = [("name", what), ("reason", "accepted from here on".to_owned())];
    let place = Location { path: now.file.clone(), span: first.span };
    let details = listed(&new);
    Some(Finding { details, ..summary_of(rule, &names, place) })
}

fn members_by_key(baseline: &Baseline) -> BTreeMap<String, Vec<BTreeSet<&str>>> {
    let mut by_key: BTreeMap<String, Vec<BTreeSet<&str>>> = BTreeMap::new();
    for entry in &baseline.entries {
        let members = entry.members.iter().map(String::as_str).collect();
        by_key.entry(entry.key()).or_default().push(members);
    }
    by_key
}

fn listed(entries: &[&Entry]) -> Vec<String> {
    let mut told: Vec<String> = entries.iter().take(LISTED).map(|entry| entry.shown()).collect();
    if let Some(more @ 1..) = entries.len().checked_sub(LISTED) {
        told.push(format!("and {more} more"));
    }
    told
}
