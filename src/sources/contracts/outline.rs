//! Where the outermost keys of a document stand, and what is below them, without parsing the rest.

use std::ops::Range;

/// How many keys are looked at: far more than any of these formats has.
const MOST: usize = 200;

/// An outermost key and the text that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key, without quotes.
    pub(super) key: Range<usize>,
    /// From the key to the next one: together they are a map of one entry.
    pub(super) whole: Range<usize>,
}

/// The outermost entries of a document in block style or in JSON.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let start = text.find(|one: char| !one.is_whitespace()).unwrap_or(text.len());
    match text[start..].starts_with('{') {
        true => of_flow(text, start),
        false => of_block(text),
    }
}

/// Keys at the beginning of lines; a document of several ends where the second begins.
fn of_block(text: &str) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut at = 0;
    let close = |found: &mut Vec<Entry>, at: usize| {
        if let Some(last) = found.last_mut() {
            last.whole.end = at;
        }
    };
    for line in text.split_inclusive('\n') {
        // What stands for a byte order mark is no part of a line.
        let start = at + (line.len() - line.trim_start_matches('\r').len());
        at += line.len();
        let line = &text[start..at];
        let is_end = line.starts_with("---") || line.starts_with("...");
        if is_end && !found.is_empty() {
            close(&mut found, start);
            return found;
        }
        let Some(key) = key_of(line).filter(|_| !is_end) else { continue };
        close(&mut found, start);
        if found.len() == MOST {
            return found;
        }
        found.push(Entry { key: start + key.start..start + key.end, whole: start..text.len() });
    }
    found
}

/// The key that a line begins with, if it does.
fn key_of(line: &str) -> Option<Range<usize>> {
    let (start, end, behind) = match line.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let end = 1 + line[1..].find(char::from(*quote))?;
            (1, end, end + 1)
        }
        first if first.is_ascii_alphanumeric() || matches!(first, b'$' | b'_') => {
            let end = line.find(':')?;
            (0, line[..end].trim_end().len(), end)
        }
        _ => return None,
    };
    let rest = line[behind..].trim_start_matches(' ').strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])).then_some(start..end)
}

/// Keys of the outermost braces. What is nested is stepped over, and texts too, whatever braces they hold.
fn of_flow(text: &str, start: usize) -> Vec<Entry> {
    let bytes = text.as_bytes();
    let mut found: Vec<Entry> = Vec::new();
    let mut is_key = true;
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => at = end_of_nested(bytes, at),
            b'}' | b',' => {
                if let Some(last) = found.last_mut() {
                    last.whole.end = at;
                }
                if *byte == b'}' || found.len() == MOST {
                    return found;
                }
                is_key = true;
            }
            b'"' => {
                let end = end_of_text(bytes, at);
                if is_key {
                    found.push(Entry { key: at + 1..end, whole: at..text.len() });
                }
                is_key = false;
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The place of the brace or bracket that closes the one at a place; the end of everything without one. Of the other
/// kind there are as many that open as that close, so they need not be counted.
fn end_of_nested(bytes: &[u8], start: usize) -> usize {
    let (open, close) = if bytes.get(start) == Some(&b'{') { (b'{', b'}') } else { (b'[', b']') };
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(offset) = memchr::memchr3(b'"', open, close, bytes.get(at..).unwrap_or_default()) {
        at += offset;
        match bytes.get(at) {
            Some(b'"') => at = end_of_text(bytes, at),
            Some(byte) if *byte == open => depth += 1,
            _ => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
        }
        at += 1;
    }
    bytes.len()
}

/// The place of the closing quote of a text that begins at a quote; the end of everything without one.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(offset) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        match bytes.get(at + offset) {
            Some(b'"') => return at + offset,
            // An escape never begins in the middle of a character, but may end there.
            _ => at += offset + 2,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::entries;

    fn keys(text: &str) -> Vec<(&str, &str)> {
        entries(text).into_iter().map(|one| (&text[one.key], &text[one.whole])).collect()
    }

    #[test]
    fn only_the_outermost_keys_count() {
        let text =
            "# one\nopenapi: 3.0.0\n'info' :\n  title: a\n  x: |\n    paths: no\npaths:\n- a: b\n---\nb: c\n";
        let expected = [
            ("openapi", "openapi: 3.0.0\n"),
            ("info", "'info' :\n  title: a\n  x: |\n    paths: no\n"),
            ("paths", "paths:\n- a: b\n"),
        ];
        assert_eq!(keys(text), expected);
    }

    #[test]
    fn texts_of_json_hide_their_braces() {
        let text =
            "\n{\"openapi\": \"3\", \"info\": {\"title\": \"a } \\\" b\", \"x\": [{}]},\n \"paths\": {}}";
        let expected = [
            ("openapi", "\"openapi\": \"3\""),
            ("info", "\"info\": {\"title\": \"a } \\\" b\", \"x\": [{}]}"),
            ("paths", "\"paths\": {}"),
        ];
        assert_eq!(keys(text), expected);
        assert_eq!(keys("{\"a"), [("a", "\"a")]);
        assert_eq!(keys("{\"a\\"), [("a\\", "\"a\\")]);
    }
}
