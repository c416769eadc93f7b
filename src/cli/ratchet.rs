//! `check --ratchet`: budgets become as tight as today's numbers, and never looser.

use std::path::Path;

use crate::baseline::{Baseline, may_hold};
use crate::features::CONFIGURATION_FILE;
use crate::report::{Style, counted, safe_line};
use crate::rules::{Declared, Level};
use crate::{Change, Repository, Tighter};

use super::open::Opened;
use super::write::{unwritten, write};
use super::{How, Outcome};

/// Refuses a moment that nobody can write to.
pub(super) fn refuse(how: &How) -> Result<(), Outcome> {
    let what = match (how.staged, &how.rev) {
        (false, None) => return Ok(()),
        (true, _) => "what is staged",
        (false, Some(_)) => "a commit",
    };
    Err(Outcome::refused(
        &format!("`--ratchet` writes `{CONFIGURATION_FILE}` as it lies in the folder, and {what} is checked"),
        "leave one of the two out; the numbers of what lies here are those to tighten to",
    ))
}

/// Writes the limits that can be tighter, and says which.
///
/// # Errors
/// There are no budgets, or the file can't be written.
pub(super) fn tighten(
    (opened, how): (&Opened<'_>, &How),
    (repository, change): (&Repository, &Change),
    (baseline, style): (Option<&Baseline>, Style),
) -> Result<String, Outcome> {
    let configuration = &repository.configuration;
    let file = safe_line(configuration.file.as_str());
    if configuration.budgets.is_empty() {
        return Err(Outcome::refused(
            &format!("`--ratchet` has nothing to tighten: `{file}` has no `[budgets]`"),
            "`watertight metrics --format budgets` prints one with today's numbers, to begin with",
        ));
    }
    if let Some(why) = unsure(repository, change) {
        return Ok(format!("note: `--ratchet` left `{file}` as it is: {why}\n"));
    }
    let tighter = change.tighter(repository, baseline);
    if tighter.is_empty() {
        return Ok(format!("note: `{file}` is as it was: no number is better than its budget\n"));
    }
    let path = match (&how.config, opened.is_outside) {
        (Some(named), true) => named.clone(),
        _ => opened.folder.as_deref().unwrap_or(Path::new(".")).join(configuration.file.as_str()),
    };
    write(&path, &rewritten(&configuration.text, &tighter)).map_err(|error| unwritten(&path, &error))?;
    let count = counted(tighter.len(), "budget is", "budgets are");
    let mut told = format!("note: `{file}`: {count} tighter now\n");
    let arrow = style.arrow();
    for one in &tighter {
        told += &format!("  {}: {} {arrow} {}\n", safe_line(&one.name), one.before, one.now);
    }
    Ok(told)
}

/// Why numbers may be too good to be true: something is out of sight.
fn unsure(repository: &Repository, change: &Change) -> Option<String> {
    let problems = repository.linked.problems.len();
    if problems > 0 {
        let inputs = counted(problems, "input could not be read", "inputs could not be read");
        return Some(format!("{inputs}, and the numbers are those of the rest"));
    }
    let broken = repository.rules.about(Declared::BrokenBudgets).map(|rule| rule.id.as_str());
    let found = change.verdict.findings.iter().chain(&change.inherited);
    let is_wrong = |rule: &str, level: Level| level == Level::Deny && Some(rule) != broken;
    let wrong =
        found.filter(|one| is_wrong(&one.rule, one.level) && !may_hold(one, &repository.rules)).count();
    (wrong > 0).then(|| {
        let findings = counted(wrong, "finding", "findings");
        format!("the configuration has {findings} of its own, so that something may be out of sight")
    })
}

/// The text with other limits; every other byte stays.
fn rewritten(text: &str, tighter: &[Tighter]) -> String {
    let mut rewritten = String::with_capacity(text.len());
    let mut at = 0;
    // They come in the order of the file.
    for one in tighter {
        let span = one.span.range();
        rewritten += &text[at..span.start];
        rewritten += &one.text;
        at = span.end;
    }
    rewritten + &text[at..]
}
