//! Annotations of a GitHub Actions run: workflow commands, one a finding.

use crate::findings::Finding;
use crate::rules::Level;
use crate::text::{Fault, RepoPath, Span};

use super::words::{bounded, owners, summary};
use super::{Texts, Told, quiet, safe_line};

/// GitHub shows so many errors of a step, and as many warnings.
const SHOWN: usize = 10;

/// How many characters of one text are shown.
const LONGEST: usize = 1_000;

/// One annotation.
struct Annotation {
    command: &'static str,
    path: Option<String>,
    lines: Option<Lines>,
    title: String,
    message: String,
}

/// Where a span starts and ends.
struct Lines {
    first: usize,
    column: usize,
    last: usize,
}

/// The annotations that GitHub shows, how many more there are, and the line that sums up for the log.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    let problems = told.problems.iter().map(|fault| of_problem(fault, texts));
    let findings = told.findings.iter();
    let (denied, warned): (Vec<&Finding>, Vec<&Finding>) =
        findings.partition(|finding| finding.level == Level::Deny);
    let errors = problems.chain(denied.into_iter().map(|finding| of_finding("error", finding, texts)));
    let warnings = warned.into_iter().map(|finding| of_finding("warning", finding, texts));
    let mut output = shown(errors, "error", told.denied() + told.problems.len());
    output += &shown(warnings, "warning", told.warned());
    // The log shows the rest: what is no command can't begin like one.
    output + &quiet(safe_line(&summary(told)) + "\n")
}

fn shown(annotations: impl Iterator<Item = Annotation>, what: &str, count: usize) -> String {
    let mut output: String = annotations.take(SHOWN).map(|one| one.command()).collect();
    if let Some(more @ 1..) = count.checked_sub(SHOWN) {
        let many = if more == 1 { "" } else { "s" };
        let message = format!(
            "and {more} more {what}{many}, which GitHub would not show here: see the summary of the job"
        );
        let title = "watertight".to_owned();
        output += &Annotation { command: "notice", path: None, lines: None, title, message }.command();
    }
    output
}

fn of_finding(command: &'static str, finding: &Finding, texts: &Texts<'_>) -> Annotation {
    let place = finding.places.first().map(|place| &place.location);
    let owners = owners(finding);
    let owners = if owners.is_empty() { owners } else { format!("\nOwners: {owners}") };
    let help = finding.help.first().map(|help| format!("\nHelp: {help}")).unwrap_or_default();
    let message = bounded(&finding.message, LONGEST) + &owners + &help;
    Annotation {
        command,
        path: place.map(|at| texts.in_git(at.path.as_str())),
        lines: place.map(|at| lines(&at.path, at.span, texts)),
        title: format!("watertight: {}", finding.rule),
        message,
    }
}

fn of_problem(fault: &Fault, texts: &Texts<'_>) -> Annotation {
    let path = RepoPath::new(&fault.path);
    let lines = path.zip(fault.span).map(|(path, span)| lines(&path, span, texts));
    let help = if fault.help.is_empty() { String::new() } else { format!("\nHelp: {}", fault.help) };
    Annotation {
        command: "error",
        path: Some(texts.in_git(&fault.path)),
        lines,
        title: "watertight: problem".to_owned(),
        message: bounded(&fault.message, LONGEST) + &help,
    }
}

fn lines(path: &RepoPath, span: Span, texts: &Texts<'_>) -> Lines {
    let (start, end) = texts.range(path, span);
    Lines { first: start.line, column: start.column, last: end.line }
}

impl Annotation {
    fn command(&self) -> String {
        let mut properties = Vec::new();
        if let Some(path) = &self.path {
            properties.push(format!("file={}", property(path)));
        }
        if let Some(Lines { first, column, last }) = &self.lines {
            properties.push(format!("line={first},endLine={last}"));
            // GitHub takes columns only for a span within one line.
            if first == last {
                properties.push(format!("col={column}"));
            }
        }
        properties.push(format!("title={}", property(&self.title)));
        format!("::{} {}::{}\n", self.command, properties.join(","), data(&self.message))
    }
}

/// What a command says. The lines between are ours: each text on its own stays in one.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(safe_line).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in a property, which `:` and `,` would end.
fn property(text: &str) -> String {
    data(&safe_line(&bounded(text, LONGEST))).replace(':', "%3A").replace(',', "%2C")
}
