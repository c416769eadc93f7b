//! Findings and faults for a person: what, where, why it matters, what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};

use crate::features::REACHING;
use crate::findings::{Finding, Place};
use crate::rules::Level;
use crate::text::{Fault, RepoPath, Span};

use super::lines::Lines;
use super::references::sentence;
use super::words::{self, counted};
use super::{Texts, Told, quiet, safe_line};

/// How many blocks are shown: nobody reads more, and each takes time.
const SHOWN_BLOCKS: usize = 300;

/// How many lines of one group are shown.
const SHOWN_PLACES: usize = 4;

/// How many more are named by file and line.
const NAMED_PLACES: usize = 6;

/// How many bytes of a long value are underlined: the label hangs from the middle, and needs room.
const LONGEST_SPAN: usize = 28;

/// How many characters of one text are shown: names come from the repository, and may be of any length.
const LONGEST_TEXT: usize = 1_000;

/// How many ways of those whom a coupling lets in are shown before there is only an example.
const SHOWN_WAYS: usize = 4;

/// How many details are shown before the rest is only counted.
const SHOWN_DETAILS: usize = 12;

/// How many of the findings that are gone are named.
const SHOWN_GONE: usize = 5;

/// How wide the words under a block are, and those around the verdict.
const FOOTER: usize = 7;
const SURROUNDINGS: usize = 8;

/// How the output looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// Whether the frame may use more than ASCII.
    pub unicode: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
    /// Whether every line is shown, however many there are.
    pub all: bool,
    /// Whether what the base of a change has already is listed, and not only counted.
    pub inherited: bool,
    /// Whether what the baseline holds is listed, and not only counted.
    pub baselined: bool,
    /// Whether what is recognised and not read is listed, and not only counted.
    pub gaps: bool,
}

impl Style {
    /// As a file gets it: no colours, plain ASCII, 100 columns, and nothing at length.
    pub const PLAIN: Self = Self {
        colour: false,
        unicode: false,
        width: 100,
        all: false,
        inherited: false,
        baselined: false,
        gaps: false,
    };

    /// What stands between two numbers, or two names, of which one leads to the other.
    pub(crate) fn arrow(self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }

    /// A whole output: with arrows that may be drawn, and without a line that is a command of a CI system.
    pub(super) fn finished(self, text: String) -> String {
        quiet(if self.unicode { text } else { text.replace('→', self.arrow()) })
    }

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
            .with_break_words(false)
            .with_word_separator(textwrap::WordSeparator::AsciiSpace)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
    }
}

/// The whole report: problems first (they say what was not checked), then findings, then one line
/// that sums up.
pub fn render(told: &Told<'_>, texts: &Texts<'_>, style: Style) -> String {
    let mut output = faults("problem", told.problems, texts, style);
    if style.inherited {
        output += &faults("inherited problem", told.inherited_problems, texts, style);
        output += &blocks(told.inherited, "inherited ", texts, style);
    }
    if style.baselined {
        let known: Vec<Finding> = told.baselined.iter().map(|one| one.finding.clone()).collect();
        output += &blocks(&known, "known ", texts, style);
    }
    output += &blocks(told.findings, "", texts, style);
    output += &surroundings(told, texts, style);
    output += &(safe_line(&words::summary(told)) + "\n");
    style.finished(output)
}

/// Of a report, only what fails the check: problems, and the findings that are told. Nothing where there are none.
pub fn failures(told: &Told<'_>, texts: &Texts<'_>, style: Style) -> String {
    style.finished(faults("problem", told.problems, texts, style) + &blocks(told.findings, "", texts, style))
}

/// Findings by rule and pair of features; `standing` is what they are besides.
fn blocks(findings: &[Finding], standing: &str, texts: &Texts<'_>, style: Style) -> String {
    let mut output = String::new();
    let mut explained: BTreeSet<&str> = BTreeSet::new();
    let most = if style.all { usize::MAX } else { SHOWN_BLOCKS };
    let groups = grouped(findings.iter().collect());
    for group in groups.iter().take(most) {
        let Some(first) = group.first() else { continue };
        // All the advice once a rule; after that the best of it.
        let help = if explained.insert(&first.rule) { first.help.len() } else { 1 };
        for (at, block) in Shown::of_group(group, standing, texts).iter().enumerate() {
            let text = shown(block, style);
            // What follows the first file of a group goes on without a headline of its own.
            let skipped = if at == 0 { 0 } else { 1 };
            text.lines().skip(skipped).for_each(|line| output.extend([line, "\n"]));
        }
        output.push_str(&footer(group, texts, help, style));
        output.push('\n');
    }
    output + &more_blocks(groups.len(), most)
}

/// Faults, as `what` they are: `problem` or `error`.
pub fn faults(what: &str, faults: &[Fault], texts: &Texts<'_>, style: Style) -> String {
    let one = |fault: &Fault| {
        let help = [("help", fault.help.clone())].into_iter().filter(|(_, help)| !help.is_empty());
        shown(&Shown::of_fault(what, fault, texts), style) + &columns(help, style) + "\n"
    };
    let most = if style.all { usize::MAX } else { SHOWN_BLOCKS };
    let shown: String = faults.iter().take(most).map(one).collect();
    shown + &more_blocks(faults.len(), most)
}

fn more_blocks(count: usize, most: usize) -> String {
    match count.checked_sub(most) {
        Some(more @ 1..) => format!("and {more} more like these; `--all` shows them\n\n"),
        _ => String::new(),
    }
}

/// What surrounds the verdict of a change: what it is compared with, what is gone, the baseline, gaps.
/// Empty where nothing is compared, accepted or left unread.
fn surroundings(told: &Told<'_>, texts: &Texts<'_>, style: Style) -> String {
    let mut rows = Vec::new();
    if let Some(compared) = told.compared {
        let inherited = words::inherited(told);
        let inherited = match (inherited.is_empty(), style.inherited) {
            (true, _) => String::new(),
            (false, true) => format!(": {inherited}"),
            (false, false) => format!(": {inherited} (`--inherited` lists them)"),
        };
        rows.push(("compared", format!("with {}{inherited}", words::base(compared))));
        rows.extend(compared.note.iter().map(|note| ("note", note.clone())));
    }
    rows.extend(gone(told, style));
    if let Some(size) = told.now.baseline {
        let hint =
            if style.baselined || told.baselined.is_empty() { "" } else { " (`--baselined` lists them)" };
        rows.push(("baseline", format!("{}{hint}", words::baseline(size))));
    }
    rows.extend(gaps(told, texts, style));
    match rows.is_empty() {
        true => String::new(),
        false => table(rows, SURROUNDINGS, style) + "\n",
    }
}

/// What the change removed: how much, what that did to the number, and a few of the messages.
fn gone(told: &Told<'_>, style: Style) -> Vec<(&'static str, String)> {
    let trend = words::trend(told);
    let count = match told.gone.len() {
        0 => None,
        count => Some(counted(count, "finding", "findings")),
    };
    let head: Vec<String> = count.into_iter().chain(trend).collect();
    if head.is_empty() {
        return Vec::new();
    }
    let word = if told.gone.is_empty() { "changed" } else { "gone" };
    let most = if style.all { usize::MAX } else { SHOWN_GONE };
    let mut rows = vec![(word, head.join(": "))];
    rows.extend(told.gone.iter().take(most).map(|finding| (word, finding.message.clone())));
    if let Some(more @ 1..) = told.gone.len().checked_sub(most) {
        rows.push((word, format!("and {more} more; `--all` shows them")));
    }
    rows
}

/// What is recognised and not read: a number, unless somebody wants to know more.
fn gaps(told: &Told<'_>, texts: &Texts<'_>, style: Style) -> Vec<(&'static str, String)> {
    match (told.gaps.len(), style.gaps) {
        (0, _) => Vec::new(),
        (count, false) => {
            let inputs = if count == 1 { "input is" } else { "inputs are" };
            vec![("gaps", format!("{count} {inputs} recognised and not read (`--verbose` lists them)"))]
        }
        (_, true) => {
            let place = |gap| match words::line_of_gap(gap, texts) {
                Some(line) => format!("{}:{line}", gap.path),
                None => gap.path.clone(),
            };
            told.gaps.iter().map(|gap| ("gaps", format!("{}: {}", place(gap), gap.what))).collect()
        }
    }
}

/// Findings that belong together: one rule, one pair of features. The first decides where they stand.
fn grouped(findings: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut position: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        match position.get(finding.group.as_str()) {
            Some(at) => groups[*at].push(finding),
            None => {
                position.insert(&finding.group, groups.len());
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
}

impl Shown {
    fn of_group(group: &[&Finding], standing: &str, texts: &Texts<'_>) -> Vec<Self> {
        let Some(first) = group.first() else { return Vec::new() };
        let places: Vec<&Place> = group.iter().flat_map(|finding| causes(finding)).collect();
        let mut files: Vec<(&RepoPath, Vec<&Place>)> = Vec::new();
        for place in places.iter().take(SHOWN_PLACES) {
            match files.iter_mut().find(|(path, _)| *path == &place.location.path) {
                Some((_, known)) => known.push(place),
                None => files.push((&place.location.path, vec![place])),
            }
        }
        let blocks = files.into_iter().map(|(path, places)| Self::of_places(path, &places, texts));
        let mut blocks: Vec<Self> = blocks.collect();
        if blocks.is_empty() {
            blocks.push(Self::empty());
        }
        let block = &mut blocks[0];
        block.code = format!("{standing}{}[{}]", first.level.word(), first.rule);
        block.severity = if first.level == Level::Deny { Severity::Error } else { Severity::Warning };
        let couplings = match group.len() {
            1 => String::new(),
            count if first.kind.is_some() => format!(" ({count} couplings)"),
            count => format!(" ({count} times)"),
        };
        block.message = shortened(&first.message) + &couplings;
        blocks
    }

    fn of_places(path: &RepoPath, places: &[&Place], texts: &Texts<'_>) -> Self {
        let text = texts.safe(path);
        let labels = places.iter().map(|place| labelled(place.location.span, &place.label, &text));
        Self {
            labels: labels.collect(),
            message: "-".to_owned(),
            source: Some(Lines::new(safe_line(path.as_str()), text)),
            ..Self::empty()
        }
    }

    fn of_fault(what: &str, fault: &Fault, texts: &Texts<'_>) -> Self {
        let mut shown = Self { code: what.to_owned(), ..Self::empty() };
        match (fault.span, RepoPath::new(&fault.path)) {
            (Some(span), Some(path)) => {
                let text = texts.safe(&path);
                shown.labels = vec![labelled(span, &fault.label, &text)];
                shown.source = Some(Lines::new(safe_line(&fault.path), text));
                shown.message = shortened(&fault.message);
            }
            _ => shown.message = shortened(&format!("{}: {}", fault.path, fault.message)),
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
        }
    }
}

/// The lines to change: not those that they only build on.
fn causes(finding: &Finding) -> impl Iterator<Item = &Place> {
    finding.places.iter().filter(|place| place.is_cause)
}

/// What stands under the lines: what belongs to the findings, and what to do.
fn footer(group: &[&Finding], texts: &Texts<'_>, help: usize, style: Style) -> String {
    let mut notes = Vec::new();
    let places: Vec<&Place> = group.iter().flat_map(|finding| causes(finding)).collect();
    let named = if style.all { usize::MAX } else { NAMED_PLACES };
    for place in places.iter().skip(SHOWN_PLACES).take(named) {
        let position = texts.position(&place.location.path, place.location.span);
        notes.push(("also", format!("{}:{}: {}", place.location.path, position.line, place.label)));
    }
    if let Some(more @ 1..) = places.len().checked_sub(SHOWN_PLACES.saturating_add(named)) {
        notes.push(("also", format!("and {more} more; `--all` shows them")));
    }
    let pairs = group.iter().map(|finding| finding.weight).max().unwrap_or_default();
    let is_about_reach =
        group.iter().any(|finding| finding.kind.is_some_and(|kind| REACHING.contains(&kind)));
    if is_about_reach
        && pairs > 1
        && group.iter().all(|finding| {
            finding.cuts.len() == 1 && (finding.joins.is_empty() || !finding.lets_in.is_empty())
        })
    {
        notes.push(("reach", format!("{pairs} pairs of features are coupled by way of it")));
    }
    notes.extend(let_in(group).map(|text| ("note", text)));
    // Findings of one group may have the same to say.
    let mut told = BTreeSet::new();
    let referred = group.iter().filter_map(|finding| {
        let from = finding.from.as_ref().map_or("", |party| &party.unit);
        Some(sentence(finding.references.as_deref()?, from, texts))
    });
    let details = group.iter().flat_map(|finding| finding.details.iter().cloned());
    let details: Vec<String> = referred.chain(details).filter(|detail| told.insert(detail.clone())).collect();
    let shown = if style.all { usize::MAX } else { SHOWN_DETAILS };
    notes.extend(details.iter().take(shown).map(|detail| ("note", detail.clone())));
    if let Some(more @ 1..) = details.len().checked_sub(shown) {
        notes.push(("note", format!("and {more} more")));
    }
    let parties = group.iter().flat_map(|finding| [&finding.from, &finding.to]).flatten();
    let owners: BTreeSet<String> =
        parties.filter_map(|party| Some(format!("{} ({})", party.owner.as_ref()?, party.role))).collect();
    if !owners.is_empty() {
        notes.push(("owner", owners.into_iter().collect::<Vec<_>>().join(", ")));
    }
    if let Some(first) = group.first() {
        let words = ["help"].into_iter().chain(std::iter::repeat("or"));
        notes.extend(words.zip(first.help.iter().take(help).cloned()));
    }
    columns(notes, style)
}

/// Whom a group lets in: each feature once, the ways of a few or an example.
fn let_in(group: &[&Finding]) -> impl Iterator<Item = String> {
    let mut ways: BTreeMap<&str, &[String]> = BTreeMap::new();
    for one in group.iter().flat_map(|finding| &finding.lets_in) {
        let known = ways.entry(&one.feature).or_insert(&one.way);
        if one.way.len() < known.len() {
            *known = &one.way;
        }
    }
    let shortest = ways.iter().min_by_key(|(_, way)| way.len()).map(|(_, way)| way.join(" → "));
    let lines: Vec<String> = if ways.len() <= SHOWN_WAYS {
        ways.iter().map(|(feature, way)| format!("lets in `{feature}`: {}", way.join(" → "))).collect()
    } else {
        let names: Vec<&str> = ways.keys().copied().collect();
        let example = shortest.unwrap_or_default();
        vec![
            format!("lets in {} features: {}", names.len(), names.join(", ")),
            format!("for example by {example}"),
        ]
    };
    lines.into_iter()
}

/// What stands under a block.
fn columns(rows: impl IntoIterator<Item = (&'static str, String)>, style: Style) -> String {
    table(rows, FOOTER, style)
}

/// A word, and beside it what it is about, wrapped to the terminal's width; a word is not said twice in a
/// row, but for the `or` between advice.
fn table(rows: impl IntoIterator<Item = (&'static str, String)>, width: usize, style: Style) -> String {
    let mut output = String::new();
    let indent = " ".repeat(width + 2);
    let mut last = "";
    for (word, text) in rows {
        let shown = if word == last && word != "or" { "" } else { word };
        last = word;
        let first = format!("{shown:>width$}: ");
        let first = if shown.is_empty() { &indent } else { &first };
        let options = textwrap::Options::new(style.width)
            .initial_indent(first)
            .subsequent_indent(&indent)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .word_separator(textwrap::WordSeparator::AsciiSpace);
        output += &textwrap::fill(&shortened(&text), options);
        output.push('\n');
    }
    output
}

/// A text from the repository, made harmless and not longer than a person would read.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((at, _)) => safe_line(&text[..at]) + "...",
        None => safe_line(text),
    }
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
    let mut end = end.min(start + LONGEST_SPAN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    LabeledSpan::new(Some(shortened(label)).filter(|label| !label.is_empty()), start, end - start)
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
}
