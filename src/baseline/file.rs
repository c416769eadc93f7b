//! `watertight-baseline.toml`: one block a finding, sorted, with names and no line numbers.

use crate::findings::Finding;
use crate::text::toml::{Table, parse, string, tables, wrong_type};
use crate::text::{Date, Fault, RepoPath, Span};

/// The name of the baseline, beside the configuration.
pub const BASELINE_FILE: &str = "watertight-baseline.toml";

/// The version of the format.
const VERSION: i64 = 1;

/// What stands at the top of it. It has no numbers that change: two branches that mend something must
/// not be in conflict about them.
const HEADER: &str = "\
# Findings that are known, and do not fail the check. Written by `watertight baseline`, which keeps it sorted;
# `watertight baseline --prune` takes out what is mended, and nothing is added without a reason. A merge that
# leaves this file in conflict: keep the blocks of both sides, then prune.
";

/// The findings that were accepted when the tool was introduced, or since then.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The file.
    pub file: RepoPath,
    /// When it was begun.
    pub begun: Date,
    /// How many findings it held then.
    pub first: usize,
    /// Sorted.
    pub entries: Vec<Entry>,
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// The kind of coupling, for a finding about one.
    pub kind: Option<String>,
    /// The unit that needs the other.
    pub from: Option<String>,
    /// The unit that is needed.
    pub to: Option<String>,
    /// What it is about, if that is no coupling.
    pub about: Option<String>,
    /// The members of a circle, or whom it lets in.
    pub members: Vec<String>,
    /// Why it is accepted for now.
    pub reason: String,
    /// When it was accepted, if not at the beginning.
    pub accepted: Option<Date>,
    /// Where it stands.
    pub span: Span,
}

impl Entry {
    /// The entry that holds a finding.
    pub fn of(finding: &Finding, reason: &str, accepted: Option<Date>) -> Self {
        let rest = finding.key.strip_prefix(&finding.rule).unwrap_or(&finding.key).trim_start();
        let ends = finding.kind.and_then(|kind| {
            let (from, to) = rest.strip_prefix(kind.word())?.trim_start().split_once(" -> ")?;
            Some((kind.word().to_owned(), from.to_owned(), to.to_owned()))
        });
        let about = (ends.is_none() && !rest.is_empty()).then(|| rest.to_owned());
        let (kind, from, to) = match ends {
            Some((kind, from, to)) => (Some(kind), Some(from), Some(to)),
            None => (None, None, None),
        };
        let mut members = finding.members.clone();
        members.sort();
        let (rule, reason) = (finding.rule.clone(), reason.to_owned());
        Self { rule, kind, from, to, about, members, reason, accepted, span: Span::default() }
    }

    /// The key of the findings that it holds.
    pub fn key(&self) -> String {
        let ends = self.from.as_ref().zip(self.to.as_ref()).map(|(from, to)| format!("{from} -> {to}"));
        let parts = [self.kind.as_ref(), ends.as_ref(), self.about.as_ref()];
        let parts = parts.into_iter().flatten().map(String::as_str);
        std::iter::once(self.rule.as_str()).chain(parts).collect::<Vec<_>>().join(" ")
    }

    /// As people read it in a list.
    pub fn shown(&self) -> String {
        match self.members.as_slice() {
            [] => self.key(),
            members => format!("{} ({})", self.key(), members.join(", ")),
        }
    }
}

/// What to do about a baseline that is not as it was written.
const AGAIN: &str =
    "take the file back from the history, or remove it and begin it again with `watertight baseline`";

impl Baseline {
    /// One that holds nothing yet.
    pub fn new(today: Date) -> Self {
        let file = RepoPath::new(BASELINE_FILE).unwrap_or_else(RepoPath::root);
        Self { file, begun: today, first: 0, entries: Vec::new() }
    }

    /// Reads it; what is wrong with it is an error, since one that is half understood excuses who knows what.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn read(file: &RepoPath, text: &str) -> Result<Self, Vec<Fault>> {
        if let Some(at) = conflict(text) {
            let fault = Fault::of(file, "a merge left the baseline in conflict").at(at, "here");
            return Err(vec![fault.help(
                "`watertight baseline --prune` keeps the blocks of both sides, but for what is mended since",
            )]);
        }
        let (entries, mut faults) = parse(text, file);
        if !faults.is_empty() {
            return Err(faults);
        }
        let root = Table::new(&entries, file);
        let version = number(&root, "version", &mut faults);
        if let Some((version, span)) = version
            && version != VERSION
        {
            let fault = Fault::of(file, format!("this baseline is of version {version}"));
            let help = format!("this watertight reads version {VERSION}: update it, or {AGAIN}");
            faults.push(fault.at(span, "not known").help(help));
        }
        let begun = root.get("begun").and_then(|value| Date::read(value, "begun", file, &mut faults));
        let first = number(&root, "first", &mut faults).and_then(|(first, span)| {
            let counted = usize::try_from(first).ok();
            if counted.is_none() {
                let fault = Fault::of(file, "`first`, which counts findings, is less than 0");
                faults.push(fault.at(span, "less than none").help(AGAIN));
            }
            counted
        });
        let blocks = root.get("findings").map(|value| tables(value, "findings", file, &mut faults));
        let read = blocks.iter().flatten().filter_map(|table| entry(table, &mut faults)).collect();
        root.deny_unknown("the baseline", &mut faults);
        for key in ["version", "begun", "first"].into_iter().filter(|key| !root.has(key)) {
            let fault = Fault::of(file, format!("this baseline has no `{key}`"));
            faults.push(fault.help(AGAIN));
        }
        let mut baseline = Self {
            file: file.clone(),
            begun: begun.unwrap_or_else(Date::today),
            first: first.unwrap_or_default(),
            entries: read,
        };
        baseline.tidy();
        if faults.is_empty() { Ok(baseline) } else { Err(faults) }
    }

    /// As [`Self::read`], of a file that a merge left in conflict: the blocks of both sides count.
    ///
    /// # Errors
    /// As there.
    pub fn read_merged(file: &RepoPath, text: &str) -> Result<Self, Vec<Fault>> {
        Self::read(file, &both_sides(text))
    }

    /// In order, and each block once.
    pub fn tidy(&mut self) {
        self.entries.sort();
        self.entries.dedup_by(|a, b| a.key() == b.key() && a.members == b.members);
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text =
            format!("{HEADER}\nversion = {VERSION}\nbegun = {}\nfirst = {}\n", self.begun, self.first);
        for entry in &self.entries {
            text += "\n[[findings]]\n";
            let written = |key: &str, value: &Option<String>| {
                value.as_ref().map(|value| format!("{key} = {}\n", quoted(value))).unwrap_or_default()
            };
            text += &format!("rule = {}\n", quoted(&entry.rule));
            text += &written("kind", &entry.kind);
            text += &written("from", &entry.from);
            text += &written("to", &entry.to);
            text += &written("about", &entry.about);
            if !entry.members.is_empty() {
                let members = entry.members.iter().map(|member| format!("    {},\n", quoted(member)));
                text += &format!("members = [\n{}]\n", members.collect::<String>());
            }
            if let Some(accepted) = entry.accepted {
                text += &format!("accepted = {accepted}\n");
            }
            text += &format!("reason = {}\n", quoted(&entry.reason));
        }
        text
    }
}

fn entry(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Entry> {
    let mut text = |key| table.string(key, faults).map(|text| text.value);
    let (kind, from, to, about) = (text("kind"), text("from"), text("to"), text("about"));
    let (rule, reason) = (table.string("rule", faults), text_of(table, "reason", faults));
    let members = table.strings("members", faults).into_iter().map(|member| member.value).collect();
    let accepted =
        table.get("accepted").and_then(|value| Date::read(value, "accepted", table.file(), faults));
    table.deny_unknown("`[[findings]]`", faults);
    let span = rule.as_ref().map(|rule| rule.span);
    let found = rule.zip(reason.filter(|reason| !reason.trim().is_empty()));
    let Some((rule, reason)) = found else {
        let span = span.or_else(|| table.entries().first().map(|(key, _)| key.span)).unwrap_or_default();
        let fault = Fault::of(table.file(), "this block does not name its rule, or gives no reason");
        faults.push(
            fault.at(span, "here").help("add `rule = \"…\"` and `reason = \"…\"`, or take the block out"),
        );
        return None;
    };
    Some(Entry { rule: rule.value, kind, from, to, about, members, reason, accepted, span: rule.span })
}

fn text_of(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    table.get(key).and_then(|value| string(value, key, table.file(), faults)).map(|text| text.value)
}

fn number(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<(i64, Span)> {
    let value = table.get(key)?;
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    match number {
        Some(number) => Some((number, Span::new(value.span()))),
        None => {
            faults.push(wrong_type(value, key, "a number", table.file()));
            None
        }
    }
}

/// Lines by which git marks a conflict.
const MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Where a merge left a conflict.
fn conflict(text: &str) -> Option<Span> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(MARKS[0]) {
            return Some(Span::new(at..at + line.trim_end().len()));
        }
        at += line.len();
    }
    None
}

/// The text with what both sides of each conflict say, as whole blocks: git marks lines, and a block may
/// begin before the mark.
fn both_sides(text: &str) -> String {
    let mut sides = [String::new(), String::new()];
    let mut is_in = [true, true];
    for line in text.split_inclusive('\n') {
        match MARKS.iter().position(|mark| line.starts_with(mark)) {
            Some(0) => is_in = [true, false],
            Some(1) => is_in = [false, false],
            Some(2) => is_in = [false, true],
            Some(_) => is_in = [true, true],
            None => {
                for (side, is_in) in sides.iter_mut().zip(is_in) {
                    if is_in {
                        side.push_str(line);
                    }
                }
            }
        }
    }
    // The head of the one, and the blocks of both.
    let [ours, theirs] = sides;
    let blocks = theirs.find("[[findings]]").map_or("", |at| &theirs[at..]);
    format!("{ours}\n{blocks}")
}

/// A text as TOML writes it on one line.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        other if is_hidden(other) => format!("\\U{:08X}", other as u32),
        other => other.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// What a reader would not see, or would see turned round.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
