//! Findings and faults for a person: what, where, why it matters, what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};

use crate::findings::{Finding, Place};
use crate::rules::Level;
use crate::text::{Fault, RepoPath, Span};

use super::lines::Lines;
use super::{Texts, Told, safe};

/// How many lines of one group are shown before the rest is only counted.
const SHOWN_PLACES: usize = 4;

/// How many features a coupling is said to let in before the rest is only counted.
const SHOWN_DETAILS: usize = 12;

/// How the output looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// Whether the frame may use more than ASCII.
    pub unicode: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
}

impl Style {
    fn handler(self) -> GraphicalReportHandler {
        let theme = match (self.unicode, self.colour) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => GraphicalTheme::ascii(),
            (false, false) => GraphicalTheme::none(),
        };
        GraphicalReportHandler::new_themed(theme)
            .with_width(self.width)
            .with_context_lines(0)
            .with_links(false)
    }
}

/// The whole report: problems first (they say what was not checked), then findings, then one line
/// that sums up.
pub fn render(told: &Told<'_>, texts: &Texts<'_>, style: Style) -> String {
    let mut output = faults("problem", told.problems, texts, style);
    let mut last_rule = "";
    for group in grouped(told.findings) {
        let Some(first) = group.first() else { continue };
        // All the advice once a rule; after that the best of it.
        let help = if first.rule == last_rule { 1 } else { first.help.len() };
        last_rule = &first.rule;
        output.push_str(&shown(&Shown::of_group(&group, texts), style));
        output.push_str(&footer(&group, texts, help, style));
        output.push('\n');
    }
    output.push_str(&summary(told));
    if style.unicode { output } else { output.replace('→', "->") }
}

/// Faults, as `what` they are: `problem` or `error`.
pub fn faults(what: &str, faults: &[Fault], texts: &Texts<'_>, style: Style) -> String {
    let one = |fault: &Fault| {
        let help = [("help", fault.help.clone())].into_iter().filter(|(_, help)| !help.is_empty());
        shown(&Shown::of_fault(what, fault, texts), style) + &columns(help, style) + "\n"
    };
    faults.iter().map(one).collect()
}

/// "5 findings and 2 warnings · …".
fn summary(told: &Told<'_>) -> String {
    let mut line = match (told.denied(), told.warned(), told.problems.len()) {
        (0, 0, 0) => "no findings".to_owned(),
        (denied, warned, problems) => {
            let parts = [
                (denied, "finding", "findings"),
                (warned, "warning", "warnings"),
                (problems, "problem", "problems"),
            ];
            let told = parts.into_iter().filter(|(count, ..)| *count > 0);
            told.map(|(count, one, many)| counted(count, one, many)).collect::<Vec<_>>().join(", ")
        }
    };
    line += &format!(
        " in {}, {}, {}",
        counted(told.features, "feature", "features"),
        counted(told.packages, "package", "packages"),
        counted(told.couplings, "coupling", "couplings"),
    );
    match told.independence {
        Some(now) => {
            let percent = now.independent * 100 / now.pairs;
            line += &format!("; independence {} of {} ({percent} %)", now.independent, now.pairs);
        }
        None => line += "; independence needs two features",
    }
    if told.excluded > 0 {
        line += &format!("; {} excluded", counted(told.excluded, "file", "files"));
    }
    line + "\n"
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Findings that say the same belong together: one pair of features, one rule.
fn grouped(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut position: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in findings {
        let key = (finding.rule.as_str(), finding.message.as_str());
        match position.get(&key) {
            Some(at) => groups[*at].push(finding),
            None => {
                position.insert(key, groups.len());
                groups.push(vec![finding]);
            }
        }
    }
    groups
}

fn shown(diagnostic: &Shown, style: Style) -> String {
    let mut output = String::new();
    // Writing into a string does not fail.
    let _ = style.handler().render_report(&mut output, diagnostic);
    let lines = output.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.map(|line| line.to_owned() + "\n").collect()
}

/// One block of output.
#[derive(Debug)]
struct Shown {
    code: String,
    severity: Severity,
    message: String,
    source: Option<Lines>,
    labels: Vec<LabeledSpan>,
    related: Vec<Self>,
}

impl Shown {
    fn of_group(group: &[&Finding], texts: &Texts<'_>) -> Self {
        let Some(first) = group.first() else {
            return Self::empty();
        };
        let places: Vec<&Place> = group.iter().flat_map(|finding| own_places(finding)).collect();
        let mut files: Vec<(&RepoPath, Vec<&Place>)> = Vec::new();
        for place in places.iter().take(SHOWN_PLACES) {
            match files.iter_mut().find(|(path, _)| *path == &place.location.path) {
                Some((_, known)) => known.push(place),
                None => files.push((&place.location.path, vec![place])),
            }
        }
        let mut blocks = files.into_iter().map(|(path, places)| Self::of_places(path, &places, texts));
        let mut block = blocks.next().unwrap_or_else(Self::empty);
        block.related = blocks.collect();
        block.code = format!("{}[{}]", first.level.word(), first.rule);
        block.severity = if first.level == Level::Deny { Severity::Error } else { Severity::Warning };
        block.message = safe(&first.message);
        block
    }

    fn of_places(path: &RepoPath, places: &[&Place], texts: &Texts<'_>) -> Self {
        let text = safe(&texts.of(path));
        let labels = places.iter().map(|place| labelled(place.location.span, &place.label, &text));
        Self {
            labels: labels.collect(),
            message: "and here".to_owned(),
            source: Some(Lines::new(safe(path.as_str()), text)),
            ..Self::empty()
        }
    }

    fn of_fault(what: &str, fault: &Fault, texts: &Texts<'_>) -> Self {
        let mut shown = Self { code: what.to_owned(), ..Self::empty() };
        match (fault.span, RepoPath::new(&fault.path)) {
            (Some(span), Some(path)) => {
                let text = safe(&texts.of(&path));
                shown.labels = vec![labelled(span, &fault.label, &text)];
                shown.source = Some(Lines::new(safe(&fault.path), text));
                shown.message = safe(&fault.message);
            }
            _ => shown.message = safe(&format!("{}: {}", fault.path, fault.message)),
        }
        shown
    }

    fn empty() -> Self {
        Self {
            code: String::new(),
            severity: Severity::Error,
            message: String::new(),
            source: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }
}

/// The lines to change: not those that they only build on.
fn own_places(finding: &Finding) -> &[Place] {
    let is_coupling = finding.kind.is_some() && !finding.rule.ends_with("-cycle");
    if is_coupling { &finding.places[..finding.places.len().min(1)] } else { &finding.places }
}

/// What stands under the lines: what belongs to the findings, and what to do.
fn footer(group: &[&Finding], texts: &Texts<'_>, help: usize, style: Style) -> String {
    let mut notes = Vec::new();
    let places: Vec<&Place> = group.iter().flat_map(|finding| own_places(finding)).collect();
    for place in places.iter().skip(SHOWN_PLACES) {
        let position = texts.position(&place.location.path, place.location.span);
        notes.push(("also", format!("{}:{}: {}", place.location.path, position.line, place.label)));
    }
    let details: Vec<&String> = group.iter().flat_map(|finding| &finding.details).collect();
    notes.extend(details.iter().take(SHOWN_DETAILS).map(|detail| ("note", (*detail).clone())));
    if let Some(more @ 1..) = details.len().checked_sub(SHOWN_DETAILS) {
        notes.push(("note", format!("and {more} more")));
    }
    let parties = group.iter().flat_map(|finding| [&finding.from, &finding.to]);
    let owners: BTreeSet<&str> = parties.filter_map(|party| party.as_ref()?.owner.as_deref()).collect();
    if !owners.is_empty() {
        notes.push(("owner", owners.into_iter().collect::<Vec<_>>().join(", ")));
    }
    if let Some(first) = group.first() {
        let words = ["help"].into_iter().chain(std::iter::repeat("or"));
        notes.extend(words.zip(first.help.iter().take(help).cloned()));
    }
    columns(notes, style)
}

/// A word, and beside it what it is about, wrapped to the width; a word is not said twice in a row,
/// but for the `or` between advice.
fn columns(rows: impl IntoIterator<Item = (&'static str, String)>, style: Style) -> String {
    let mut output = String::new();
    let mut last = "";
    for (word, text) in rows {
        let shown = if word == last && word != "or" { "" } else { word };
        last = word;
        let first = format!("  {shown:>5}: ");
        let first = if shown.is_empty() { " ".repeat(9) } else { first };
        let options =
            textwrap::Options::new(style.width).initial_indent(&first).subsequent_indent("         ");
        output += &textwrap::fill(&safe(&text), options);
        output.push('\n');
    }
    output
}

/// A span that lies inside the text even if the file has changed since.
fn labelled(span: Span, label: &str, text: &str) -> LabeledSpan {
    let start = (span.start as usize).min(text.len());
    let end = (span.end as usize).clamp(start, text.len());
    // A value over several lines is pointed at by its first one.
    // What is missing at the end of a line is pointed at by the line's last character.
    let is_line_end =
        start == end && text.get(start..).is_some_and(|rest| rest.is_empty() || rest.starts_with('\n'));
    let last = text.get(..start).and_then(|before| before.chars().next_back()).filter(|last| *last != '\n');
    let start = if is_line_end { start - last.map_or(0, char::len_utf8) } else { start };
    let end = text.get(start..end).and_then(|part| part.find('\n')).map_or(end, |at| start + at);
    LabeledSpan::new(Some(safe(label)).filter(|label| !label.is_empty()), start, end - start)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.related.is_empty())
            .then(|| Box::new(self.related.iter().map(|one| one as &dyn Diagnostic)) as Box<_>)
    }
}
