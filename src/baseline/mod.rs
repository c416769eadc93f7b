//! Findings × accepted ones → new, known, stale.
//!
//! Invariant: what is known stays known when files move and lines shift; mending never makes anything new.

mod file;
mod review;

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::Finding;

pub use file::{BASELINE_FILE, Baseline, Entry};
pub use review::{Reviewed, grown, may_hold};

/// A finding that the baseline holds.
#[derive(Debug, Clone)]
pub struct Baselined {
    /// The finding.
    pub finding: Finding,
    /// Why it is accepted for now.
    pub reason: String,
}

/// How large the baseline is, and how it came there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BaselineSize {
    /// The entries that a finding matches.
    pub left: usize,
    /// The entries that were written when it was begun.
    pub first: usize,
    /// The entries that were accepted since then.
    pub accepted: usize,
    /// The entries that no finding matches any more.
    pub stale: usize,
}

/// Findings that were there before.
#[derive(Debug)]
pub struct KnownFindings<'f> {
    by_key: BTreeMap<&'f str, Vec<Before<'f>>>,
}

#[derive(Debug)]
struct Before<'f> {
    finding: &'f Finding,
    members: BTreeSet<&'f str>,
}

impl<'f> KnownFindings<'f> {
    /// Gathers them.
    pub fn new(findings: &'f [Finding]) -> Self {
        let mut by_key: BTreeMap<&str, Vec<Before<'_>>> = BTreeMap::new();
        for finding in findings {
            let members = finding.members.iter().map(String::as_str).collect();
            by_key.entry(&finding.key).or_default().push(Before { finding, members });
        }
        Self { by_key }
    }

    /// What is new about a finding: the members that no earlier one of its key had. `None` if it was there
    /// as it is, or larger.
    pub fn news(&self, finding: &Finding) -> Option<Vec<String>> {
        let same = self.by_key.get(finding.key.as_str()).map(Vec::as_slice).unwrap_or_default();
        let is_within =
            |before: &Before<'_>| finding.members.iter().all(|member| before.members.contains(&**member));
        if same.iter().any(is_within) {
            return None;
        }
        let is_new = |member: &&String| !same.iter().any(|before| before.members.contains(&***member));
        Some(finding.members.iter().filter(is_new).cloned().collect())
    }

    /// What is no more: of which no finding is left, not even a smaller one.
    pub fn gone(&self, now: &[&Finding]) -> Vec<Finding> {
        let mut left: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in now {
            left.entry(&finding.key).or_default().push(finding);
        }
        let is_left = |before: &Before<'_>| {
            let same = left.get(before.finding.key.as_str()).map(Vec::as_slice).unwrap_or_default();
            let has_common =
                |one: &&Finding| one.members.iter().any(|member| before.members.contains(&**member));
            same.iter().any(|one| before.members.is_empty() || has_common(one))
        };
        let gone = self.by_key.values().flatten().filter(|before| !is_left(before));
        gone.map(|before| before.finding.clone()).collect()
    }
}
