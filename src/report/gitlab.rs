//! GitLab's Code Quality report: what a merge request shows.

use serde::Serialize;

use crate::findings::Finding;
use crate::rules::Level;
use crate::text::{Fault, RepoPath};

use super::fingerprint::fingerprint;
use super::pretty::to_json;
use super::words::{bounded, owners};
use super::{Texts, Told, safe_line};

/// How many characters of a description are shown.
const LONGEST: usize = 1_000;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// One JSON array, with a line feed at its end.
///
/// GitLab compares the reports of both branches itself. So that it sees the same of both, everything is
/// there that is not accepted: what counts, and what is inherited.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    let own = told.problems.iter().chain(told.inherited_problems).map(|fault| of_problem(fault, texts));
    let findings = told.findings.iter().chain(told.inherited);
    let issues: Vec<Issue> = own.chain(findings.map(|finding| of_finding(finding, texts))).collect();
    to_json(&issues)
}

fn of_finding(finding: &Finding, texts: &Texts<'_>) -> Issue {
    let place = finding.places.first().map(|place| &place.location);
    let begin = place.map_or(1, |at| texts.position(&at.path, at.span).line);
    let owners = owners(finding);
    let owners = if owners.is_empty() { owners } else { format!(". Owners: {owners}") };
    Issue {
        description: safe_line(&(bounded(&finding.message, LONGEST) + &owners)),
        check_name: safe_line(&finding.rule),
        fingerprint: fingerprint(&finding.identity),
        // GitLab knows five: what fails the check is the second highest, what warns the second lowest.
        severity: if finding.level == Level::Deny { "critical" } else { "minor" },
        location: location(&texts.in_git(place.map_or(".", |at| at.path.as_str())), begin),
    }
}

fn of_problem(fault: &Fault, texts: &Texts<'_>) -> Issue {
    let position = fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span)));
    Issue {
        description: safe_line(&bounded(&fault.message, LONGEST)),
        check_name: "problem".to_owned(),
        fingerprint: fingerprint(&format!("problem {} {}", fault.path, fault.message)),
        severity: "blocker",
        location: location(&texts.in_git(&fault.path), position.map_or(1, |position| position.line)),
    }
}

/// A path is a name, not a text to be shown: it stays what it is, and JSON escapes what has to be.
fn location(path: &str, begin: usize) -> Location {
    Location { path: path.to_owned(), lines: Lines { begin } }
}
