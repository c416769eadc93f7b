//! Markdown for a comment on a pull request, and for the summary of a job: the verdict first, then what
//! counts by owner, then how the numbers changed, and a picture.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Finding, Party};
use crate::rules::Level;
use crate::text::{Fault, RepoPath};

use super::markup::{code, message};
use super::words::{
    LOOSENED, base, baseline, counted, inherited, measured, parties, trend, verdict, watertight,
};
use super::{Numbers, Texts, Told, safe_line};

/// By which a program finds the comment that it wrote before.
const MARKER: &str = "<!-- watertight -->\n";

/// GitHub refuses a comment of more than 65,536 characters; bytes are never fewer than those.
const COMMENT: usize = 65_000;

/// GitHub leaves a job's summary out if a step writes more than one MiB.
const JOB_SUMMARY: usize = 1_000_000;

/// What is kept free for the end, which says how much did not fit.
const LAST_WORDS: usize = 500;

/// How many findings that are gone are named.
const SHOWN_GONE: usize = 10;

/// A picture of more features shows nothing any more.
const DRAWN_FEATURES: usize = 12;

/// How many characters of a feature's name are drawn.
const DRAWN_NAME: usize = 60;

/// A comment on a pull request.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    MARKER.to_owned() + &page(told, texts, COMMENT)
}

/// The summary of a job, of which more may be told.
pub fn job_summary(told: &Told<'_>, texts: &Texts<'_>) -> String {
    page(told, texts, JOB_SUMMARY)
}

fn page(told: &Told<'_>, texts: &Texts<'_>, most: usize) -> String {
    let tail = [numbers(told), gone(told), picture(told.findings)].concat();
    let mut output = head(told);
    let room = most.saturating_sub(tail.len() + LAST_WORDS);
    output += &listed(told, texts, room.saturating_sub(output.len()));
    output + &tail
}

/// The verdict, in one line, and what it was compared with.
fn head(told: &Told<'_>) -> String {
    let (_, word) = watertight(told);
    let mut output = format!("### {word}: {}\n\n", verdict(told));
    if let Some(compared) = told.compared {
        output += &format!("Compared with {}", code(&base(compared)));
        let inherited = inherited(told);
        if !inherited.is_empty() {
            output += &format!("; {inherited}, which do not count");
        }
        output += ".\n\n";
        if let Some(note) = &compared.note {
            output += &format!("{}\n\n", message(note));
        }
    }
    output
}

/// Problems, loosened boundaries, then findings by owner, as far as there is room.
fn listed(told: &Told<'_>, texts: &Texts<'_>, room: usize) -> String {
    let mut sections: Vec<(String, Vec<String>)> = Vec::new();
    let problems = told.problems.iter().map(|fault| of_problem(fault, texts)).collect();
    sections.push(("#### Could not be read\n\n".to_owned(), problems));
    for (owner, findings) in by_owner(told.findings) {
        let items = findings.into_iter().map(|finding| of_finding(finding, texts)).collect();
        sections.push((format!("#### {owner}\n\n"), items));
    }
    let (mut output, mut left_out) = (String::new(), 0);
    for (title, items) in sections.into_iter().filter(|(_, items)| !items.is_empty()) {
        // Once something did not fit, nothing that is less important may take its place.
        let mut section = title;
        let mut is_empty = true;
        for item in items {
            if left_out > 0 || output.len() + section.len() + item.len() > room {
                left_out += 1;
            } else {
                section += &item;
                is_empty = false;
            }
        }
        if !is_empty {
            output += &section;
            output.push('\n');
        }
    }
    if left_out > 0 {
        output += &format!("And {left_out} more, for which there is no room here: `watertight check`\n\n");
    }
    output
}

/// Findings by who has to act, in the order in which they count: the owner of the unit that needs the
/// other. What loosens a boundary has a section of its own, the first.
fn by_owner(findings: &[Finding]) -> Vec<(String, Vec<&Finding>)> {
    let mut sections: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let title = title_of(finding);
        match sections.iter_mut().find(|(known, _)| *known == title) {
            Some((_, known)) => known.push(finding),
            None => sections.push((title, vec![finding])),
        }
    }
    sections
}

fn title_of(finding: &Finding) -> String {
    if finding.rule == LOOSENED {
        return "Boundaries that this change loosens".to_owned();
    }
    let owner = parties(finding).find_map(|party| party.owner.as_deref());
    owner.map_or_else(|| "No owner".to_owned(), code)
}

/// One item of a list: the message, the place, the owners, the best advice.
fn of_finding(finding: &Finding, texts: &Texts<'_>) -> String {
    let level = if finding.level == Level::Deny { "" } else { "warning, " };
    let mut item = format!("- **{}** ({level}{})", message(&finding.message), code(&finding.rule));
    if let Some(place) = finding.places.first() {
        let position = texts.position(&place.location.path, place.location.span);
        item += &format!("\\\n  {}", code(&format!("{}:{}", place.location.path, position.line)));
    }
    let owners: BTreeSet<String> = parties(finding).filter_map(owned).collect();
    if !owners.is_empty() {
        item += &format!("\\\n  Owners: {}", owners.into_iter().collect::<Vec<_>>().join(", "));
    }
    if let Some(help) = finding.help.first() {
        item += &format!("\\\n  Help: {}", message(help));
    }
    item + "\n"
}

fn owned(party: &Party) -> Option<String> {
    Some(format!("{} ({})", code(party.owner.as_ref()?), code(party.who())))
}

fn of_problem(fault: &Fault, texts: &Texts<'_>) -> String {
    let position = fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span)));
    let place = match position {
        Some(position) => format!("{}:{}", fault.path, position.line),
        None => fault.path.clone(),
    };
    format!("- {}: {}\n", code(&place), message(&fault.message))
}

/// The numbers, before and after where a change is compared.
fn numbers(told: &Told<'_>) -> String {
    let share = |numbers: &Numbers| numbers.independence.map(measured);
    let left = |numbers: &Numbers| numbers.baseline.map(baseline);
    type Row<'r> = (&'r str, &'r dyn Fn(&Numbers) -> Option<String>);
    let rows: [Row<'_>; 5] = [
        ("independence", &share),
        ("features", &|numbers| Some(numbers.features.to_string())),
        ("packages", &|numbers| Some(numbers.packages.to_string())),
        ("couplings", &|numbers| Some(numbers.couplings.to_string())),
        ("baseline", &left),
    ];
    let mut output = match told.before {
        Some(_) => "| | before | after |\n|---|---|---|\n".to_owned(),
        None => "| | now |\n|---|---|\n".to_owned(),
    };
    for (name, value) in rows {
        let now = value(&told.now);
        let before = told.before.as_ref().map(value);
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        match before {
            _ if now.is_none() && before.as_ref().is_none_or(Option::is_none) => {}
            Some(before) => output += &format!("| {name} | {} | {} |\n", or_dash(before), or_dash(now)),
            None => output += &format!("| {name} | {} |\n", or_dash(now)),
        }
    }
    if told.before.is_some() {
        output += "\n_Before: what it started from, judged by the configuration of this change._\n";
    }
    output
}

/// What the change removed, which is worth a word of praise.
fn gone(told: &Told<'_>) -> String {
    if told.gone.is_empty() {
        return String::new();
    }
    let mut output = format!("\n{} gone", counted(told.gone.len(), "finding is", "findings are"));
    if let Some(trend) = trend(told) {
        output += &format!("; {trend}");
    }
    output += ":\n\n";
    for finding in told.gone.iter().take(SHOWN_GONE) {
        output += &format!("- {}\n", message(&finding.message));
    }
    if let Some(more @ 1..) = told.gone.len().checked_sub(SHOWN_GONE) {
        output += &format!("- and {more} more\n");
    }
    output
}

/// The features as nodes, what couples them as arrows with the rule; empty where that shows nothing.
fn picture(findings: &[Finding]) -> String {
    let mut arrows: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for finding in findings {
        if let (Some(from), Some(to)) = (&finding.from, &finding.to)
            && from.who() != to.who()
        {
            arrows.entry((from.who(), to.who())).or_default().insert(&finding.rule);
        }
    }
    let names: BTreeSet<&str> = arrows.keys().flat_map(|(from, to)| [*from, *to]).collect();
    if names.is_empty() || names.len() > DRAWN_FEATURES {
        return String::new();
    }
    let numbers: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let mut output = "\n```mermaid\nflowchart LR\n".to_owned();
    for (name, at) in &numbers {
        output += &format!("    f{at}[\"{}\"]\n", drawn(name));
    }
    for ((from, to), rules) in &arrows {
        let label = rules.iter().map(|rule| drawn(rule)).collect::<Vec<_>>().join(", ");
        output += &format!("    f{} -->|\"{label}\"| f{}\n", numbers[from], numbers[to]);
    }
    output + "```\n"
}

/// A name for a picture: letters, digits and what stands in names and paths. Everything else could be
/// syntax of Mermaid, or markup in the page that it draws.
fn drawn(name: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || " -_./".contains(character);
    let name = safe_line(name);
    name.chars().take(DRAWN_NAME).map(|one| if is_plain(one) { one } else { '?' }).collect()
}
