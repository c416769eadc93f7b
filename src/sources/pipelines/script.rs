//! A shell's text in a YAML file, line by line, so that each command still points to where it is written.

use crate::sources::dockerfile::{Pieced, ShellCommand, commands_of};
use crate::text::yaml::Node;
use crate::text::{Span, Spanned};

use super::expressions::{Part, parts};

/// What a shell is told, and where each line stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    lines: Vec<Spanned<String>>,
}

impl Script {
    /// Takes a text from a file.
    pub(super) fn of(node: &Node<'_>, file: &str) -> Self {
        let mut script = Self::default();
        script.add(node, file);
        script
    }

    /// Adds a text that runs after what is there already.
    pub(super) fn add(&mut self, node: &Node<'_>, file: &str) {
        let Some(text) = node.text() else { return };
        let range = node.span.range();
        let source = file.get(range.clone()).unwrap_or_default();
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            let wanted = line.trim_end();
            // A line of a block stands there as it is, but for its indentation; what is folded or escaped does not.
            let found = source.get(from..).and_then(|rest| rest.find(wanted)).filter(|_| !wanted.is_empty());
            let span = match found {
                Some(at) => {
                    let start = range.start + from + at;
                    from += at + wanted.len();
                    Span::new(start..start + wanted.len())
                }
                None => node.span,
            };
            self.lines.push(Spanned { value: line.to_owned(), span });
        }
        if let Some(last) = self.lines.last_mut().filter(|last| !last.value.ends_with('\n')) {
            last.value.push('\n');
        }
    }

    /// A text that is a file of its own.
    pub fn file(text: &str) -> Self {
        let mut at = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            let span = Span::new(at..at + line.trim_end().len());
            at += line.len();
            Spanned { value: line.to_owned(), span }
        });
        Self { lines: lines.collect() }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Where it stands: from its first line to its last.
    pub fn span(&self) -> Span {
        match (self.lines.first(), self.lines.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        }
    }

    /// The expressions in it, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().flat_map(|line| parts(&line.value)).filter_map(|part| match part {
            Part::Expression { inside, .. } => Some(inside),
            Part::Text(_) => None,
        })
    }

    /// The commands in it, with what expressions stand for.
    pub fn commands(&self, value: &dyn Fn(&str) -> Option<String>) -> Vec<ShellCommand> {
        let mut text = Pieced::default();
        for line in &self.lines {
            let is_whole = line.span.range().len() == line.value.trim_end().len();
            for part in parts(&line.value) {
                match part {
                    Part::Text(range) => {
                        let written = line.value.get(range.clone()).unwrap_or_default();
                        match is_whole {
                            true => text.push(written, line.span.range().start + range.start),
                            false => text.push_for(written, line.span),
                        }
                    }
                    Part::Expression { range, inside } => {
                        let span = match is_whole {
                            true => {
                                let start = line.span.range().start;
                                Span::new(start + range.start..start + range.end)
                            }
                            false => line.span,
                        };
                        let told = value(inside).unwrap_or_else(super::expressions::unknown);
                        text.push_for(&told, span);
                    }
                }
            }
        }
        // Does nothing, and tells where the shell is in the end.
        if let Some(last) = self.lines.last() {
            text.push_for("\n:\n", last.span);
        }
        commands_of(&text)
    }
}
