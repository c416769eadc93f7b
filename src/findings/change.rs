//! What is asked only where a change is judged.

use crate::features::{Configuration, Renamed};
use crate::graph::UnitId;
use crate::rules::{Condition, Declared, Level, Rule, RuleSet};

use super::{Finding, Judged, Law, cycle, declaration, is_excepted};

/// What a change started from, under the configuration that it had then.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// Its couplings, and who owned what.
    pub judged: Judged<'a>,
    /// Its rules.
    pub rules: &'a RuleSet,
    /// What a person excepted and corrected.
    pub configuration: &'a Configuration,
    /// The unit of the later moment that each of its units is; `None` for one that is no more.
    pub is_now: &'a [Option<UnitId>],
    /// What is called otherwise since then.
    pub renamed: &'a Renamed,
}

/// A circle again, by a way round that passes one of these members; `None` for what is no circle.
pub(crate) fn circle_through(
    judged: Judged<'_>,
    law: Law<'_>,
    finding: &Finding,
    members: &[String],
) -> Option<Finding> {
    let rule = law.rules.get(&finding.rule)?;
    let Condition::Cycle(condition) = &rule.condition else { return None };
    let is_left_out = |from, to| is_excepted(judged, law, rule, (from, to));
    let found = cycle::find(judged, rule, condition, &is_left_out, members);
    found.into_iter().find(|one| one.identity == finding.identity)
}

/// The rule that watches over what a change opens, at the stricter of the levels that it has and had: else a
/// change could switch off what watches it. `None` if neither side wants it, or no change is judged.
pub(crate) fn watching(law: Law<'_>) -> Option<Rule> {
    let (earlier, about) = (law.earlier?, Declared::LoosenedBoundaries);
    let rule = law.rules.about(about)?;
    let level = earlier.rules.about(about).map_or(rule.level, |was| was.level.min(rule.level));
    (level != Level::Off).then(|| Rule { level, ..rule.clone() })
}

/// One finding for couplings that a change introduces and excuses; none if there are none.
pub(crate) fn opened_by(rule: &Rule, excused: &[Finding]) -> Option<Finding> {
    let what = match excused {
        [] => return None,
        [one] => format!("it introduces and excuses what was not allowed: {}", one.message),
        all => format!("it introduces and excuses {} couplings that were not allowed", all.len()),
    };
    let names = [("name", what), ("reason", "excused in the same change".to_owned())];
    let places = excused.iter().filter_map(|finding| finding.places.first());
    let locations = places.map(|place| place.location.clone()).take(OPENED).collect();
    let mut finding = declaration::told(rule, &names, "excused", locations);
    let told = excused.iter().take(OPENED).map(|one| format!("{}: {}", one.rule, one.message));
    finding.details = told.collect();
    if let Some(more @ 1..) = excused.len().checked_sub(OPENED) {
        finding.details.push(format!("and {more} more"));
    }
    Some(finding)
}

/// How many excused couplings are told with their lines.
const OPENED: usize = 12;
