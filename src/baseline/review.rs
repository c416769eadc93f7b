//! A baseline × what was found: what it holds, what is left of it, and what a change added to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Finding, summary_of};
use crate::rules::{Declared, Level, Rule, RuleSet};
use crate::text::Location;

use super::{Baseline, BaselineSize, Baselined, Entry};

/// How many entries a finding lists.
const LISTED: usize = 12;

/// What became of a baseline.
#[derive(Debug)]
pub struct Reviewed<'b> {
    baseline: &'b Baseline,
    by_key: BTreeMap<String, Vec<usize>>,
    /// The members that are left of each entry; `None` for one that no finding matched.
    left: Vec<Option<BTreeSet<String>>>,
}

impl<'b> Reviewed<'b> {
    /// Before any finding is looked at.
    pub fn new(baseline: &'b Baseline) -> Self {
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, entry) in baseline.entries.iter().enumerate() {
            by_key.entry(entry.key()).or_default().push(at);
        }
        Self { baseline, by_key, left: vec![None; baseline.entries.len()] }
    }

    /// Takes out what the baseline holds.
    pub fn take(&mut self, findings: &mut Vec<Finding>) -> Vec<Baselined> {
        let mut held = Vec::new();
        let mut rest = Vec::with_capacity(findings.len());
        for finding in std::mem::take(findings) {
            match self.holder(&finding) {
                Some(at) => {
                    let left = self.left[at].get_or_insert_default();
                    left.extend(finding.members.iter().cloned());
                    let reason = self.baseline.entries[at].reason.clone();
                    held.push(Baselined { finding, reason });
                }
                None => rest.push(finding),
            }
        }
        *findings = rest;
        held
    }

    /// The entry that holds a finding: one of its key that has all of its members.
    fn holder(&self, finding: &Finding) -> Option<usize> {
        let same = self.by_key.get(&finding.key)?;
        let has_all = |at: &&usize| {
            let members = &self.baseline.entries[**at].members;
            finding.members.iter().all(|member| members.contains(member))
        };
        same.iter().find(has_all).copied()
    }

    fn stale(&self) -> impl Iterator<Item = &'b Entry> {
        self.baseline
            .entries
            .iter()
            .zip(&self.left)
            .filter(|(_, left)| left.is_none())
            .map(|(entry, _)| entry)
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
        let left = self.baseline.entries.iter().zip(&self.left);
        let kept = left.filter_map(|(entry, left)| {
            Some(Entry { members: left.as_ref()?.iter().cloned().collect(), ..entry.clone() })
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

/// What a change added to the baseline, as one finding: the reasons stand in the file.
pub fn grown(now: Option<&Baseline>, before: Option<&Baseline>, rule: &Rule) -> Option<Finding> {
    let now = now?;
    let known: BTreeMap<String, Vec<&Entry>> = before.map(by_key).unwrap_or_default();
    let is_new = |entry: &&Entry| {
        let same = known.get(&entry.key()).map(Vec::as_slice).unwrap_or_default();
        !same.iter().any(|one| entry.members.iter().all(|member| one.members.contains(member)))
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

fn by_key(baseline: &Baseline) -> BTreeMap<String, Vec<&Entry>> {
    let mut by_key: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in &baseline.entries {
        by_key.entry(entry.key()).or_default().push(entry);
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
