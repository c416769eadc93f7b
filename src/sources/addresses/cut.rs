//! A piece of a value that knows where it was cut out.

use std::ops::Range;

/// A piece of a value, and where it begins there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cut<'a> {
    pub(super) fn whole(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where it lies in the value.
    pub(super) fn range(self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    /// The piece between two offsets in this one; empty if they lie within a character.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        Self { text: self.text.get(range.clone()).unwrap_or(""), at: self.at + range.start }
    }

    pub(super) fn upto(self, end: usize) -> Self {
        self.slice(0..end)
    }

    pub(super) fn from(self, start: usize) -> Self {
        self.slice(start..self.text.len())
    }

    /// What stands before the first of some characters, and what stands from there on.
    pub(super) fn cut_at(self, is_end: impl Fn(char) -> bool) -> (Self, Self) {
        let end = self.text.find(is_end).unwrap_or(self.text.len());
        (self.upto(end), self.from(end))
    }

    /// What stands before and after the first of a character.
    pub(super) fn split_once(self, at: char) -> Option<(Self, Self)> {
        let found = self.text.find(at)?;
        Some((self.upto(found), self.from(found + at.len_utf8())))
    }

    pub(super) fn split(self, is_separator: impl Fn(char) -> bool) -> impl Iterator<Item = Self> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let piece = rest?;
            let (first, tail) = piece.cut_at(&is_separator);
            rest = tail.text.chars().next().map(|separator| tail.from(separator.len_utf8()));
            Some(first)
        })
    }

    pub(super) fn trim(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start + self.text.trim().len())
    }

    pub(super) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        let matches = self.text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        matches.then(|| self.from(prefix.len()))
    }

    /// Without the quotes around it, if there are any.
    pub(super) fn unquoted(self) -> Self {
        let trimmed = self.trim();
        for quote in ['"', '\''] {
            let inner = trimmed.text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
            if let Some(inner) = inner {
                return trimmed.slice(1..1 + inner.len());
            }
        }
        trimmed
    }
}
