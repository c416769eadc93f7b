//! A rule's explanation: Markdown, drawn for a terminal.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::Repository;
use crate::features::{Usage, usage};
use crate::rules::{Condition, Declared, Origin, Rule};

use super::paint::{BOLD, CYAN, DIM, of_level, paint, wrapped};
use super::{Style, Texts, safe, safe_line};

/// The explanation as it is written, with a title.
pub fn explanation_markdown(rule: &Rule) -> String {
    let body = match rule.explanation.trim() {
        "" => format!("{}.\n", rule.summary.trim_end_matches('.')),
        text => format!("{}.\n\n{text}\n", rule.summary.trim_end_matches('.')),
    };
    safe(&format!("# `{}`\n\n{body}", rule.id))
}

/// The explanation for a terminal; `here` is the repository in which it is read, if there is one.
pub fn explanation(rule: &Rule, here: Option<(&Repository, &Texts<'_>)>, style: Style) -> String {
    let level = paint(rule.level.word(), of_level(rule.level), style);
    let mut output = format!("{} ({level}, {})\n", paint(&rule.id, BOLD, style), rule.origin.word());
    output += &wrapped(&safe_line(&rule.summary), "", "", style);
    output += &drawn(&rule.explanation, style);
    if rule.explanation.trim().is_empty() {
        output += &in_place_of_one(rule);
    }
    if let Some((repository, texts)) = here {
        output += &in_this_repository(rule, repository, texts, style);
    }
    style.finished(output)
}

/// What can be said of a rule that brings no explanation.
fn in_place_of_one(rule: &Rule) -> String {
    let kinds: Vec<&str> = rule.condition.kinds().iter().map(|kind| kind.word()).collect();
    let selectors = rule.condition.selectors();
    let selectors =
        selectors.iter().map(|(key, selector)| format!("  {key}: {}\n", safe_line(&selector.written())));
    format!("\n  kinds: {}\n{}", kinds.join(", "), selectors.collect::<String>())
}

/// Headings, paragraphs, lists and code, wrapped to the width.
fn drawn(markdown: &str, style: Style) -> String {
    let mut page = Page { style, ..Page::default() };
    for event in Parser::new(markdown) {
        page.take(event);
    }
    page.end_block();
    page.output
}

/// A page being drawn.
#[derive(Debug)]
struct Page {
    style: Style,
    output: String,
    /// The text of the block that is being read.
    text: String,
    /// What stands before the next block: the mark of a list's item.
    mark: Option<String>,
    /// The lists around it: the next number, or none for plain marks.
    lists: Vec<Option<u64>>,
    is_code: bool,
    /// Whether the next block follows at once, without an empty line.
    is_close: bool,
}

impl Default for Page {
    fn default() -> Self {
        let style = Style::PLAIN;
        let (output, text) = (String::new(), String::new());
        Self { style, output, text, mark: None, lists: Vec::new(), is_code: false, is_close: false }
    }
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::End(TagEnd::Heading(_)) => {
                let heading = paint(self.text.trim(), BOLD, self.style);
                self.output += &format!("\n{heading}\n");
                self.text.clear();
                self.is_close = true;
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item) => self.end_block(),
            Event::Start(Tag::List(first)) => {
                self.end_block();
                if self.lists.is_empty() && !self.is_close {
                    self.output.push('\n');
                }
                self.lists.push(first);
                self.is_close = true;
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
                self.is_close = !self.lists.is_empty();
            }
            Event::Start(Tag::Item) => {
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                });
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_block();
                self.output.push('\n');
                self.is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.is_code = false;
                self.is_close = false;
            }
            Event::Text(part) if self.is_code => {
                for line in part.lines() {
                    self.output += &format!("      {}\n", paint(&safe_line(line), CYAN, self.style));
                }
            }
            // What entities stand for is known only now.
            Event::Text(part) | Event::Html(part) | Event::InlineHtml(part) => self.text += &safe_line(&part),
            Event::Code(part) => self.text += &format!("`{}`", safe_line(&part)),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => {}
        }
    }

    fn end_block(&mut self) {
        if self.text.trim().is_empty() {
            self.text.clear();
            return;
        }
        if !self.is_close {
            self.output.push('\n');
        }
        let indent = "  ".repeat(self.lists.len() + 1);
        let first = match self.mark.take() {
            Some(mark) => format!("{}{mark}", "  ".repeat(self.lists.len())),
            None => indent.clone(),
        };
        let indent = " ".repeat(first.len().max(indent.len()));
        self.output += &wrapped(self.text.trim(), &first, &indent, self.style);
        self.text.clear();
        // Items of a list follow each other at once.
        self.is_close = !self.lists.is_empty();
    }
}

/// What the rule finds, and who set its level.
fn in_this_repository(rule: &Rule, repository: &Repository, texts: &Texts<'_>, style: Style) -> String {
    let verdict = repository.judge();
    let found = verdict.findings.iter().filter(|finding| finding.rule == rule.id).count();
    let excepted = verdict.excepted.iter().filter(|one| one.finding.rule == rule.id).count();
    let mut output = format!("\n{}\n", paint("In this repository", BOLD, style));
    let mut line = match (rule.level, found) {
        (crate::rules::Level::Off, _) => "It is off.".to_owned(),
        (_, 0) => "It finds nothing.".to_owned(),
        (_, 1) => "It finds one place.".to_owned(),
        (_, count) => format!("It finds {count} places."),
    };
    if excepted > 0 {
        line += &format!(" {excepted} more are excepted.");
    }
    if let Some(location) = &rule.set_at {
        let position = texts.position(&location.path, location.span);
        line += &format!(" {}:{} sets it to {}.", location.path, position.line, rule.level.word());
    }
    if rule.origin != Origin::BuiltIn {
        let position = texts.position(&rule.declared_at.path, rule.declared_at.span);
        line += &format!(" It is written in {}:{}.", rule.declared_at.path, position.line);
    }
    for limit in rule.condition.limits() {
        line += &format!(" `{}` is {}.", limit.name, limit.value);
    }
    output += &wrapped(&safe_line(&line), "  ", "  ", style);
    let is_about_responsibilities = match &rule.condition {
        Condition::Declaration(condition) => matches!(
            condition.about,
            Declared::BroadResponsibilities
                | Declared::IdleResponsibilities
                | Declared::UnknownResponsibilities
        ),
        Condition::Coupling(condition) => condition
            .unless
            .iter()
            .chain(&condition.when)
            .any(|one| *one == crate::rules::Relation::SharesResponsibility),
        _ => false,
    };
    if is_about_responsibilities && !repository.map.responsibilities.is_empty() {
        output += &responsibilities(repository, style);
    }
    output
}

/// How much of what each responsibility allows is used.
fn responsibilities(repository: &Repository, style: Style) -> String {
    let map = &repository.map;
    let all = usage(&repository.linked.graph, map);
    let width =
        map.responsibilities.iter().map(|one| one.name.chars().count()).max().unwrap_or_default().min(40);
    let head = format!(
        "  {:width$}  {:>8}  {:>13}  {:>10}",
        "responsibility", "features", "allowed pairs", "used pairs"
    );
    let mut output = format!("\n{}\n", paint(head.trim_end(), DIM, style));
    for (responsibility, usage) in map.responsibilities.iter().zip(&all) {
        let through = match (responsibility.goes_through_any(), usage.is_embodied) {
            (true, _) => "",
            (false, false) => "  (through some units alone)",
            (false, true) => "  (through some units alone, which are used)",
        };
        let name = safe_line(&responsibility.name);
        let Usage { named_by, used, .. } = usage;
        let (width, features) = (width.max("responsibility".len()), named_by.len());
        output += &format!(
            "  {name:width$}  {features:>8}  {:>13}  {:>10}{through}\n",
            usage.allowed(),
            used.len()
        );
    }
    output
}
