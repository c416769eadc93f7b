//! One line: its indent, and the key and the value that it begins with.

use std::ops::Range;

use super::inline;

/// A line of its own.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    /// Where what stands behind blanks and dashes begins.
    pub(super) at: usize,
    pub(super) text: &'t str,
    /// The column of that.
    pub(super) indent: usize,
    pub(super) is_item: bool,
}

impl<'t> Line<'t> {
    pub(super) fn of(at: usize, text: &'t str) -> Self {
        let mut rest = text.trim_start();
        let mut is_item = false;
        while let Some(item) = rest.strip_prefix("- ") {
            is_item = true;
            rest = item.trim_start();
        }
        let indent = text.len() - rest.len();
        Self { at: at + indent, text: rest.trim_end(), indent, is_item }
    }

    pub(super) fn is_quoted(self) -> bool {
        self.text.starts_with(['"', '\''])
    }

    /// Where the string ends that the line is.
    pub(super) fn end_of_string(self) -> Option<usize> {
        ["\"", "'"].into_iter().find_map(|quote| {
            let inner = self.text.strip_prefix(quote)?;
            Some(1 + inline::closing(inner, quote))
        })
    }

    /// The inside of the only string that the line is.
    pub(super) fn string(self) -> Option<Range<usize>> {
        let end = self.end_of_string()?;
        let after = self.text.get(end + 1..)?.trim_start();
        (matches!(after, "" | ",") || after.starts_with('#')).then_some(self.at + 1..self.at + end)
    }

    /// Whether the line is a key of a map and its value, not a string with a separator in it.
    pub(super) fn is_map(self) -> bool {
        match self.end_of_string() {
            Some(end) => self.text.get(end + 1..).is_some_and(|after| after.trim_start().starts_with(':')),
            None => self.pair().is_some_and(|(_, separator, _)| separator == ':'),
        }
    }

    /// The key that the line begins with, its separator, and where the value begins.
    pub(super) fn pair(self) -> Option<(&'t str, char, usize)> {
        let plain = self.text.strip_prefix("export ").unwrap_or(self.text).trim_start();
        let plain = plain.trim_start_matches(['{', ' ']);
        let inner = plain.strip_prefix(['"', '\'']).unwrap_or(plain);
        let is_key =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | '$');
        let end = inner.find(|letter: char| !is_key(letter))?;
        let key = inner.get(..end).filter(|key| !key.is_empty())?;
        let after = inner.get(end..)?.trim_start_matches(['"', '\'', ' ', '?']);
        let separator = after.chars().next().filter(|separator| matches!(separator, ':' | '='))?;
        let start = self.text.len() - after.len() + 1;
        let value = after.get(1..)?;
        let is_pair = separator == '=' || value.is_empty() || value.starts_with([' ', '\t', '"', '\'']);
        is_pair.then_some((key, separator, start))
    }

    /// A scalar from an offset to a comment or the end of the line, out of its quotes and before a comma.
    pub(super) fn scalar(self, start: usize) -> Range<usize> {
        let text = self.text.get(start..).unwrap_or_default();
        let trimmed = text.trim_start();
        let at = self.at + start + text.len() - trimmed.len();
        for quote in ["\"", "'"] {
            if let Some(inner) = trimmed.strip_prefix(quote) {
                return at + 1..at + 1 + inline::closing(inner, quote);
            }
        }
        let end = trimmed.find(" #").unwrap_or(trimmed.len());
        let value = trimmed.get(..end).unwrap_or(trimmed).trim_end();
        at..at + value.len()
    }
}
