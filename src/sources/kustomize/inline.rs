//! Patches that stand in a kustomization as a text: where their own text is, so that what they say has its place.

use std::ops::Range;

use crate::text::Span;

/// The documents of a text that stands in another one, where they stand there; `None` if it is written with
/// escapes or is folded, so that no part of the file is the text.
pub(super) fn documents(text: &str, span: Span) -> Option<Vec<Range<usize>>> {
    let (start, raw) = (span.range().start, text.get(span.range())?);
    // The place of a block is that of its content, behind the indentation of the first line.
    let line = text.get(..start)?.rfind('\n').map_or(0, |end| end + 1);
    if line < start && text.get(line..start)?.trim().is_empty() {
        return Some(split(text, line..start + raw.len()));
    }
    let content = match raw.chars().next()? {
        quote @ ('\'' | '"') => {
            let inner = raw.get(1..)?.strip_suffix(quote)?;
            if inner.contains(['\\', quote]) {
                return None;
            }
            start + 1..start + 1 + inner.len()
        }
        style @ ('|' | '>') => {
            let header = raw.find('\n')? + 1;
            let is_json = raw.get(header..)?.trim_start().starts_with(['{', '[']);
            if style == '>' && !is_json {
                return None;
            }
            start + header..start + raw.len()
        }
        _ => start..start + raw.len(),
    };
    Some(split(text, content))
}

/// Splits at the lines that end a document, however far they are indented.
fn split(text: &str, content: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut at) = (content.start, content.start);
    for line in text.get(content.clone()).unwrap_or_default().split_inclusive('\n') {
        if line.trim() == "---" {
            found.push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    found.push(start..content.end);
    found.retain(|range| text.get(range.clone()).is_some_and(|part| !part.trim().is_empty()));
    found
}
