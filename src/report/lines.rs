//! A file of which whole lines are shown around a span.

use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// How many bytes of a very long line are shown on either side of a span; miette can't draw lines of
/// more than 65,535 columns.
const MARGIN: usize = 120;

/// Text with a name. miette's own sources cut the last line at the end of the span.
#[derive(Debug)]
pub(super) struct Lines {
    name: String,
    text: Arc<str>,
}

impl Lines {
    pub(super) fn new(name: String, text: Arc<str>) -> Self {
        Self { name, text }
    }

    /// The nearest start of a character at or before an offset.
    fn boundary(&self, mut offset: usize) -> usize {
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

impl SourceCode for Lines {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let before = self.text.get(..start).ok_or(MietteError::OutOfBounds)?;
        let after = self.text.get(end..).ok_or(MietteError::OutOfBounds)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = after.find('\n').map_or(self.text.len(), |at| end + at);
        let first = self.boundary(line_start.max(start.saturating_sub(MARGIN)));
        let last = self.boundary(line_end.min(end + MARGIN)).max(end);
        let line = before.matches('\n').count();
        let column = self.text[line_start..start].chars().count();
        let data = &self.text[first..last];
        let shown = SourceSpan::new(first.into(), data.len());
        let count = data.matches('\n').count() + 1;
        let name = self.name.clone();
        let contents = MietteSpanContents::new_named(name, data.as_bytes(), shown, line, column, count);
        Ok(Box::new(contents))
    }
}
