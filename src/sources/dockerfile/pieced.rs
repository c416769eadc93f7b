//! Text that was put together from pieces of a file, and where each of them stands there.
//!
//! Invariant: every span that is told lies on the bounds of characters of the file. Continuations,
//! comments between them, quotes and escapes are gone from the text, and a word of it still points to
//! where it is written.

use std::ops::Range;

use crate::text::{Span, Spanned};

/// Text, and where it comes from.
#[derive(Debug, Clone, Default)]
pub(in crate::sources) struct Pieced {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
struct Piece {
    /// Where it begins in the text.
    at: usize,
    /// Where it stands in the file.
    source: Range<usize>,
    /// Whether the text holds exactly the bytes that stand in the file.
    is_verbatim: bool,
}

impl Pieced {
    /// A text that stands in the file as it is, from an offset on.
    pub(in crate::sources) fn plain(text: &str, offset: usize) -> Self {
        let mut plain = Self::default();
        plain.push(text, offset);
        plain
    }

    pub(in crate::sources) fn text(&self) -> &str {
        &self.text
    }

    pub(in crate::sources) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds what stands at an offset of the file.
    pub(in crate::sources) fn push(&mut self, text: &str, offset: usize) {
        if text.is_empty() {
            return;
        }
        let source = offset..offset + text.len();
        match self.pieces.last_mut() {
            Some(last) if last.is_verbatim && last.source.end == offset => last.source.end = source.end,
            _ => self.pieces.push(Piece { at: self.text.len(), source, is_verbatim: true }),
        }
        self.text.push_str(text);
    }

    /// Adds what stands for something else in the file.
    pub(in crate::sources) fn push_for(&mut self, text: &str, source: Span) {
        if !text.is_empty() {
            self.pieces.push(Piece { at: self.text.len(), source: source.range(), is_verbatim: false });
            self.text.push_str(text);
        }
    }

    /// Adds a part of another one.
    pub(in crate::sources) fn push_part(&mut self, other: &Self, range: Range<usize>) {
        for (at, piece) in other.pieces.iter().enumerate().skip(other.piece_at(range.start)) {
            let end = other.pieces.get(at + 1).map_or(other.text.len(), |next| next.at);
            let (start, end) = (piece.at.max(range.start), end.min(range.end));
            if piece.at >= range.end {
                return;
            }
            let Some(text) = other.text.get(start..end) else { continue };
            match piece.is_verbatim {
                true => self.push(text, piece.source.start + (start - piece.at)),
                false => self.push_for(text, Span::new(piece.source.clone())),
            }
        }
    }

    /// A part of this.
    pub(in crate::sources) fn part(&self, range: Range<usize>) -> Self {
        let mut part = Self::default();
        part.push_part(self, range);
        part
    }

    /// Where a part of the text stands.
    pub(in crate::sources) fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start, false);
        let end = if range.is_empty() { start } else { self.offset(range.end, true) };
        Span::new(start..end.max(start))
    }

    /// Where the whole text stands.
    pub(in crate::sources) fn whole(&self) -> Span {
        self.span(0..self.text.len())
    }

    /// A part of the text, and where it stands.
    pub(in crate::sources) fn spanned(&self, range: Range<usize>) -> Spanned<String> {
        let value = self.text.get(range.clone()).unwrap_or_default().to_owned();
        Spanned { value, span: self.span(range) }
    }

    /// The whole text, and where it stands.
    pub(in crate::sources) fn into_spanned(self) -> Spanned<String> {
        Spanned { span: self.whole(), value: self.text }
    }

    /// The piece that holds a byte of the text.
    fn piece_at(&self, at: usize) -> usize {
        self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1)
    }

    /// The offset in the file of a byte, or of the end of the byte before it.
    fn offset(&self, at: usize, is_end: bool) -> usize {
        let held = if is_end { at.saturating_sub(1) } else { at };
        let Some(piece) = self.pieces.get(self.piece_at(held)) else { return 0 };
        match (piece.is_verbatim, is_end) {
            (true, _) => (piece.source.start + at.saturating_sub(piece.at)).min(piece.source.end),
            (false, true) => piece.source.end,
            (false, false) if at >= self.text.len() => piece.source.end,
            (false, false) => piece.source.start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pieced;
    use crate::text::Span;

    #[test]
    fn a_word_across_pieces_spans_all_of_them() {
        let mut text = Pieced::plain("car", 10);
        text.push("go", 20);
        text.push_for("é", Span::new(22..28));
        text.push("x", 28);
        assert_eq!(text.text(), "cargoéx");
        assert_eq!(text.span(0..3), Span::new(10..13));
        assert_eq!(text.span(1..5), Span::new(11..22));
        assert_eq!(text.span(3..7), Span::new(20..28));
        assert_eq!(text.span(5..8), Span::new(22..29));
        assert_eq!(text.span(8..8), Span::new(29..29));
        let part = text.part(1..8);
        assert_eq!((part.text(), part.whole()), ("argoéx", Span::new(11..29)));
    }
}
