//! What the fuzz targets assert in common: places lie in their text, and what is planted stays hidden.

use std::fmt::Debug;
use std::ops::Range;

use watertight::text::Span;

/// Stands in the dictionaries as a password in URLs; nothing that is told may hold it.
pub const PLANTED: &str = "pl4nted-p4ss";

/// Panics unless each span in some facts lies in the text that they were read from and cuts no character,
/// and unless there are at most `most` of them.
pub fn check_spans(text: &str, facts: &impl Debug, most: usize) {
    let found = spans(&format!("{facts:?}"));
    assert!(found.len() <= most, "{} spans of {} bytes", found.len(), text.len());
    for range in found {
        assert!(text.get(range.clone()).is_some(), "{range:?} is no part of the {} bytes", text.len());
    }
}

/// Panics unless a span lies in its text and cuts no character.
pub fn check_span(text: &str, span: Span, what: &dyn Debug) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of the {} bytes: {what:?}", text.len());
}

/// The spans in the debug form of a value: so that no fact is forgotten, whichever fields it gets. What
/// stands in quotes comes from the input.
fn spans(debug: &str) -> Vec<Range<usize>> {
    const BEGINNING: &str = "Span { start: ";
    let mut found = Vec::new();
    let mut at = 0;
    let bytes = debug.as_bytes();
    while at < bytes.len() {
        if let quote @ (b'"' | b'\'') = bytes[at] {
            at += 1;
            while bytes[at] != quote {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
        } else if bytes[at..].starts_with(BEGINNING.as_bytes()) {
            at += BEGINNING.len();
            let (start, rest) = debug[at..].split_once(", end: ").expect("an end");
            let (end, _) = rest.split_once(" }").expect("a brace");
            found.push(start.parse().expect("a number")..end.parse().expect("a number"));
        }
        at += 1;
    }
    found
}

/// Whether what is planted stands in a text, and only as a password: `scheme://user:…@`.
pub fn holds_password(text: &str) -> bool {
    let mut places = text.match_indices(PLANTED).peekable();
    places.peek().is_some() && places.all(|(at, _)| is_password(text, at))
}

fn is_password(text: &str, at: usize) -> bool {
    let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let before = text[..at].strip_suffix(':').map(|before| before.trim_end_matches(is_name));
    let scheme = before.and_then(|before| before.strip_suffix("://"));
    let behind = text[at + PLANTED.len()..].strip_prefix('@');
    scheme.is_some_and(|scheme| scheme.ends_with(is_name))
        && behind.is_some_and(|host| host.starts_with(is_name))
}
