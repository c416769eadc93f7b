//! The texts in quotes of a Rust source, with their places; what stands in comments is none.
//!
//! Source of the rules: The Rust Reference, "Tokens" and "Comments".

use crate::text::{Span, Spanned};

/// How many texts are kept of one source.
const MOST: usize = 20_000;

/// The texts in quotes, in order. An escape stays as it is written: no path that anybody names has one.
pub(super) fn literals(text: &str) -> Vec<Spanned<String>> {
    let mut found = Vec::new();
    let mut reading = Reading { bytes: text.as_bytes(), at: 0 };
    while found.len() < MOST {
        let Some(range) = reading.next_text() else { break };
        if let Some(inside) = text.get(range.clone()) {
            found.push(Spanned { value: inside.to_owned(), span: Span::new(range) });
        }
    }
    found
}

struct Reading<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Reading<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The inside of the next text.
    fn next_text(&mut self) -> Option<std::ops::Range<usize>> {
        while let Some(byte) = self.byte(self.at) {
            match (byte, self.byte(self.at + 1)) {
                (b'/', Some(b'/')) => self.skip_line(),
                (b'/', Some(b'*')) => self.skip_comment(),
                (b'"', _) => return Some(self.text()),
                (b'r', Some(b'"' | b'#')) if !self.is_in_word() => {
                    if let Some(range) = self.raw_text() {
                        return Some(range);
                    }
                }
                (b'\'', _) => self.skip_character(),
                _ => self.at += 1,
            }
        }
        None
    }

    /// Whether the letter here goes on with a word: `attr"` is no raw text, but `br"` is.
    fn is_in_word(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.byte(at));
        let is_word =
            |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match before(1) {
            Some(b'b' | b'c') => is_word(before(2)),
            other => is_word(other),
        }
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    /// Comments of this form may hold each other.
    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.byte(self.at) {
            match (byte, self.byte(self.at + 1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn text(&mut self) -> std::ops::Range<usize> {
        let start = self.at + 1;
        self.at = start;
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let end = self.at.min(self.bytes.len());
        self.at = end + 1;
        start..end
    }

    /// A text between `r#"` and `"#`, with as many marks as it has; `None` for a name like `r#type`.
    fn raw_text(&mut self) -> Option<std::ops::Range<usize>> {
        let marks = self.bytes.get(self.at + 1..)?.iter().take_while(|byte| **byte == b'#').count();
        let start = self.at + 1 + marks;
        self.at = start;
        if self.byte(start) != Some(b'"') {
            return None;
        }
        let start = start + 1;
        self.at = start;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(quote) = memchr::memchr(b'"', rest) else {
                self.at = self.bytes.len();
                return Some(start..self.bytes.len());
            };
            let end = self.at + quote;
            let behind = self.bytes.get(end + 1..).unwrap_or_default();
            if behind.iter().take(marks).filter(|byte| **byte == b'#').count() == marks {
                self.at = end + 1 + marks;
                return Some(start..end);
            }
            self.at = end + 1;
        }
    }

    /// A character like `'"'`; the mark of a lifetime is stepped over alone.
    fn skip_character(&mut self) {
        self.at += match (self.byte(self.at + 1), self.byte(self.at + 2)) {
            (Some(b'\\'), _) => 3,
            (Some(_), Some(b'\'')) => 3,
            _ => 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::literals;

    #[test]
    fn comments_characters_and_lifetimes_hide_no_quote() {
        let text = r####"
            // "no"
            /* "no" /* "no" */ "no" */
            fn f<'a>(x: &'a str) { let q = '"'; let e = '\''; let z = b'"'; }
            let a = "one"; let b = r"two"; let c = r#"th"ree"#; let d = br##"fo"#ur"##;
            let r#type = "five\"";
        "####;
        let found = literals(text);
        let values: Vec<&str> = found.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(values, ["one", "two", "th\"ree", "fo\"#ur", "five\\\""]);
        found.iter().for_each(|one| assert_eq!(&text[one.span.range()], one.value));
    }

    #[test]
    fn what_is_not_closed_reaches_to_the_end() {
        for text in ["\"a", "r#\"a\"", "/* a", "'", "r#", "\"a\\", "'\\", "r"] {
            literals(text);
        }
    }
}
