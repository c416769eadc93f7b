//! One line a finding, as compilers print them: `path:line:col: rule: message`. For editors and `grep`.

use crate::findings::Finding;
use crate::text::{Fault, RepoPath};

use super::words::bounded;
use super::{Texts, Told, quiet, safe_line};

/// How many characters of a message stand on its line.
const LONGEST: usize = 500;

/// Problems first, then what counts. What is inherited, in the baseline, excepted or gone is not listed.
/// Nothing at all where nothing is wrong.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    let problems = told.problems.iter().map(|fault| of_problem(fault, texts));
    let findings = told.findings.iter().map(|finding| of_finding(finding, texts));
    quiet(problems.chain(findings).collect())
}

fn of_finding(finding: &Finding, texts: &Texts<'_>) -> String {
    let place = finding.places.first().map_or_else(
        || ".:1:1".to_owned(),
        |place| {
            let position = texts.position(&place.location.path, place.location.span);
            format!("{}:{}:{}", place.location.path, position.line, position.column)
        },
    );
    line(&place, &finding.rule, &finding.message)
}

fn of_problem(fault: &Fault, texts: &Texts<'_>) -> String {
    let position = fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span)));
    let (line_number, column) = position.map_or((1, 1), |position| (position.line, position.column));
    line(&format!("{}:{line_number}:{column}", fault.path), "problem", &fault.message)
}

fn line(place: &str, what: &str, message: &str) -> String {
    format!("{}: {what}: {}\n", safe_line(place), safe_line(&bounded(message, LONGEST)))
}
