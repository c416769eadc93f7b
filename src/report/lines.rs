//! A file of which whole lines are shown around a span.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Text with a name. miette's own sources cut the last line at the end of the span.
#[derive(Debug)]
pub(super) struct Lines {
    name: String,
    text: String,
}

impl Lines {
    pub(super) fn new(name: String, text: String) -> Self {
        Self { name, text }
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
        let first = before.rfind('\n').map_or(0, |at| at + 1);
        let last = after.find('\n').map_or(self.text.len(), |at| end + at);
        let line = before.matches('\n').count();
        let data = &self.text[first..last];
        let shown = SourceSpan::new(first.into(), data.len());
        let count = data.matches('\n').count() + 1;
        let contents =
            MietteSpanContents::new_named(self.name.clone(), data.as_bytes(), shown, line, 0, count);
        Ok(Box::new(contents))
    }
}
