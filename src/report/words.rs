//! The sentences that several formats share: the verdict, what was compared, how numbers changed.

use crate::baseline::BaselineSize;
use crate::findings::{Finding, Party};
use crate::insight::Independence;
use crate::snapshot::Gap;
use crate::text::RepoPath;

use super::{Compared, Texts, Told};

/// The rule that finds what a change permits itself.
pub(super) const LOOSENED: &str = "loosened-boundary";

/// "1 finding", "2 findings".
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// "2 new findings, 1 new warning, 1 problem"; "no findings" where there is none of them. Only what a
/// change introduces is called new.
pub fn verdict(told: &Told<'_>) -> String {
    let new = if told.compared.is_some() { "new " } else { "" };
    let parts = [
        (told.denied(), format!("{new}finding"), format!("{new}findings")),
        (told.warned(), format!("{new}warning"), format!("{new}warnings")),
        (told.problems.len(), "problem".to_owned(), "problems".to_owned()),
    ];
    let there = parts.iter().filter(|(count, ..)| *count > 0);
    let sentences: Vec<String> = there.map(|(count, one, many)| counted(*count, one, many)).collect();
    match sentences.is_empty() {
        true => format!("no {new}findings"),
        false => sentences.join(", "),
    }
}

/// The verdict in a word, and whether that is `good`, `bad` or `unsure`.
pub fn watertight(told: &Told<'_>) -> (&'static str, &'static str) {
    match (told.denied(), told.problems.is_empty()) {
        (0, true) => ("good", "Watertight"),
        (0, false) => ("unsure", "Not checked in full"),
        _ => ("bad", "Not watertight"),
    }
}

/// "`a`, `b` and 3 more": at most so many names.
pub fn enumerated(names: &[String], most: usize) -> String {
    match names.split_at_checked(most) {
        Some((shown, left)) if !left.is_empty() => format!("{} and {} more", shown.join(", "), left.len()),
        _ => names.join(", "),
    }
}

/// The one line that sums up: the verdict, what was looked at, the number that matters.
pub fn summary(told: &Told<'_>) -> String {
    let mut line = verdict(told);
    line += &format!(
        " in {}, {}, {}",
        counted(told.now.features, "feature", "features"),
        looked_at(told),
        counted(told.now.couplings, "coupling", "couplings"),
    );
    match told.now.independence {
        Some(now) => line += &format!("; independence {}", measured(now)),
        None => line += "; independence needs two features",
    }
    if !told.excepted.is_empty() {
        line += &format!("; {} excepted", told.excepted.len());
    }
    if told.excluded > 0 {
        line += &format!("; {} excluded", counted(told.excluded, "file", "files"));
    }
    if told.of_other_owners > 0 {
        line += &format!("; {} of other owners", told.of_other_owners);
    }
    line
}

/// "17 packages, 6 services"; what there is none of is left out, but for packages where there is nothing else.
fn looked_at(told: &Told<'_>) -> String {
    let (packages, services) = (told.now.packages, told.now.services);
    let packages = (packages > 0 || services == 0).then(|| counted(packages, "package", "packages"));
    let services = (services > 0).then(|| counted(services, "service", "services"));
    packages.into_iter().chain(services).collect::<Vec<_>>().join(", ")
}

/// "10 of 20 (50 %)".
pub(super) fn measured(independence: Independence) -> String {
    format!("{} of {} ({})", independence.independent, independence.pairs, percent(independence))
}

/// "50 %".
pub(super) fn percent(independence: Independence) -> String {
    format!("{} %", independence.independent * 100 / independence.pairs.max(1))
}

/// "independence 71 % → 74 %", or the counts where the percentages are the same; `None` where it stays
/// what it was, or there is nothing to compare.
pub(super) fn trend(told: &Told<'_>) -> Option<String> {
    let (before, now) = (told.before?.independence?, told.now.independence?);
    match (before == now, percent(before) == percent(now)) {
        (true, _) => None,
        (false, false) => Some(format!("independence {} → {}", percent(before), percent(now))),
        (false, true) => Some(format!(
            "independence {} of {} → {} of {}",
            before.independent, before.pairs, now.independent, now.pairs
        )),
    }
}

/// "main (merge base 1a2b3c4d)".
pub(super) fn base(compared: &Compared) -> String {
    let Compared { named, commit, is_merge_base, .. } = compared;
    match (commit.is_empty(), *is_merge_base) {
        (true, _) => format!("{named} (no commit yet)"),
        (false, true) => format!("{named} (merge base {commit})"),
        (false, false) if named.starts_with(commit.as_str()) => named.clone(),
        (false, false) => format!("{named} ({commit})"),
    }
}

/// "41 left of 57, 3 accepted since, 2 stale".
pub(super) fn baseline(size: BaselineSize) -> String {
    let mut text = format!("{} left of {}", size.left, size.first);
    if size.accepted > 0 {
        text += &format!(", {} accepted since", size.accepted);
    }
    if size.stale > 0 {
        text += &format!(", {} stale", size.stale);
    }
    text
}

/// "41 findings and 1 problem inherited"; empty where there are none.
pub(super) fn inherited(told: &Told<'_>) -> String {
    let parts = [
        (told.inherited.len(), "finding", "findings"),
        (told.inherited_problems.len(), "problem", "problems"),
    ];
    let there = parts.into_iter().filter(|(count, ..)| *count > 0);
    let sentences: Vec<String> = there.map(|(count, one, many)| counted(count, one, many)).collect();
    match sentences.is_empty() {
        true => String::new(),
        false => format!("{} inherited", sentences.join(" and ")),
    }
}

/// The two ends of a finding, as far as there are any.
pub fn parties(finding: &Finding) -> impl Iterator<Item = &Party> {
    [&finding.from, &finding.to].into_iter().flatten()
}

/// "@shop/checkout (checkout), @shop/users (users)"; empty where nobody is named.
pub(super) fn owners(finding: &Finding) -> String {
    let mut owners: Vec<String> = parties(finding)
        .filter_map(|party| Some(format!("{} ({})", party.owner.as_ref()?, party.role)))
        .collect();
    owners.dedup();
    owners.join(", ")
}

/// A text that is not longer than so many characters.
pub fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => text[..at].to_owned() + "...",
        None => text.to_owned(),
    }
}

/// The line of a gap, from 1; `None` when the whole file or folder is meant.
pub fn line_of_gap(gap: &Gap, texts: &Texts<'_>) -> Option<usize> {
    let path = RepoPath::new(&gap.path)?;
    gap.span.map(|span| texts.position(&path, span).line)
}
