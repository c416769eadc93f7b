//! `[changes]`: what of history counts.

use crate::text::toml::{Table, positive};
use crate::text::{Fault, Period, RepoPath, Span};

use super::super::selector::{PathMatcher, PathSelector};
use super::path_selectors;

/// What of history counts, and from when on two features change together.
#[derive(Debug)]
pub struct ChangesSection {
    /// Whether features that change together are coupled by that.
    pub couplings: bool,
    /// How far back commits count, from the one that is read.
    pub since: Period,
    /// In how many commits both have to change.
    pub support: usize,
    /// In how many of a hundred commits of the one that changes less, the other has to change too.
    pub confidence: usize,
    /// More units than this, and a commit says nothing about what belongs together.
    pub most_units: usize,
    /// The same of features.
    pub most_features: usize,
    /// Names and addresses of authors that are programs, beside those that everybody knows; in lower case.
    pub bots: Vec<String>,
    ignore: Vec<PathSelector>,
    matcher: PathMatcher,
}

impl Default for ChangesSection {
    fn default() -> Self {
        Self {
            couplings: false,
            since: Period::YEAR,
            support: 5,
            confidence: 30,
            most_units: 30,
            most_features: 10,
            bots: Vec::new(),
            ignore: Vec::new(),
            matcher: PathMatcher::default(),
        }
    }
}

impl ChangesSection {
    pub(super) fn read(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        let mut found = Self::default();
        let Some(table) = root.table("changes", faults) else { return found };
        found.couplings = table.boolean("couplings", faults).unwrap_or_default();
        if let Some(written) = table.string("since", faults) {
            match Period::new(&written.value) {
                Some(since) => found.since = since,
                None => {
                    let fault = Fault::of(root.file(), format!("`{}` is no length of time", written.value));
                    let fault = fault.at(written.span, "how long?");
                    faults.push(fault.help("write a number and a unit: `1 year`, `6 months`, `90 days`"));
                }
            }
        }
        let number = |key: &'static str, number: &mut usize, faults: &mut Vec<Fault>| {
            let read = table.get(key).and_then(|value| positive(value, key, root.file(), faults));
            *number = read.unwrap_or(*number);
        };
        number("support", &mut found.support, faults);
        number("most-units", &mut found.most_units, faults);
        number("most-features", &mut found.most_features, faults);
        if let Some(value) = table.get("confidence") {
            match value.get_ref().as_str().and_then(percent) {
                Some(percent) => found.confidence = percent,
                None => {
                    let fault = Fault::of(root.file(), "`confidence` must be a share from 1 % to 100 %");
                    let fault = fault.at(Span::new(value.span()), "no such share");
                    faults.push(fault.help("write it in quotes: `confidence = \"30 %\"`"));
                }
            }
        }
        let bots = table.strings("bots", faults).into_iter();
        found.bots = bots.map(|one| one.value.to_lowercase()).filter(|one| !one.is_empty()).collect();
        found.ignore = path_selectors(&table, "ignore", faults);
        found.matcher = PathMatcher::new(&found.ignore);
        table.deny_unknown("`[changes]`", faults);
        found
    }

    /// Whether changes of a file say nothing.
    pub fn ignores(&self, path: &RepoPath) -> bool {
        !self.ignore.is_empty() && self.matcher.covers(path)
    }
}

/// `30 %`
fn percent(text: &str) -> Option<usize> {
    let number = text.trim().strip_suffix('%')?.trim_end().parse().ok()?;
    (1..=100).contains(&number).then_some(number)
}
