//! What is to be replaced in a text.

use std::ops::Range;

/// A text, and the ranges of it that nobody is to see.
#[derive(Debug)]
pub(super) struct Marks<'t> {
    pub(super) text: &'t str,
    marks: Vec<Range<usize>>,
}

impl<'t> Marks<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, marks: Vec::new() }
    }

    /// The text of a range; empty if it is none.
    pub(super) fn get(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// Marks all of a range.
    pub(super) fn all(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.marks.push(range);
        }
    }

    /// Marks a credential, but for what interpolates it; of `${PASSWORD:-secret}`, what stands in for it.
    pub(super) fn value(&mut self, range: Range<usize>) {
        let text = self.get(range.clone());
        if is_constant(text) || is_variable(text) {
            return;
        }
        let (mut at, mut marked) = (0, 0);
        while let Some(next) = text.get(at..).and_then(|rest| rest.find(['$', '{'])) {
            at += next;
            match Interpolation::at(text.get(at..).unwrap_or_default()) {
                Some(found) => {
                    self.all(range.start + marked..range.start + at);
                    if let Some(default) = found.default {
                        self.all(range.start + at + default.start..range.start + at + default.end);
                    }
                    at += found.length;
                    marked = at;
                }
                None => at += 1,
            }
        }
        self.all(range.start + marked..range.end);
    }

    /// The text with an asterisk for each byte that is marked; line feeds stay.
    pub(super) fn applied(mut self) -> String {
        self.marks.sort_unstable_by_key(|mark| mark.start);
        let mut marks = self.marks.into_iter().peekable();
        let mut end = 0;
        let mut applied = String::with_capacity(self.text.len());
        for (at, letter) in self.text.char_indices() {
            while let Some(mark) = marks.next_if(|mark| mark.start <= at) {
                end = end.max(mark.end);
            }
            match at < end && !matches!(letter, '\n' | '\r') {
                true => applied.extend(std::iter::repeat_n('*', letter.len_utf8())),
                false => applied.push(letter),
            }
        }
        applied
    }
}

/// How far is looked for the end of one credential, in bytes: what a line costs is then linear in it.
const WINDOW: usize = 2_048;

/// The beginning of a text, as far as is looked.
pub(super) fn window(text: &str) -> &str {
    let mut end = WINDOW.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The end of a text, as far as is looked back.
pub(super) fn window_back(text: &str) -> &str {
    let mut start = text.len().saturating_sub(WINDOW);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}

/// What a shell, compose or a template puts in.
pub(super) struct Interpolation {
    pub(super) length: usize,
    /// What stands there without it.
    default: Option<Range<usize>>,
}

impl Interpolation {
    /// The one that a text begins with.
    pub(super) fn at(text: &str) -> Option<Self> {
        // Compose leaves what has two dollars to the shell.
        if let Some(rest) =
            text.strip_prefix('$').filter(|rest| rest.starts_with("${") || rest.starts_with("$("))
        {
            let found = Self::at(rest)?;
            let default = found.default.map(|default| default.start + 1..default.end + 1);
            return Some(Self { length: found.length + 1, default });
        }
        for (open, close) in [("${{", "}}"), ("{{", "}}")] {
            if let Some(rest) = text.strip_prefix(open) {
                let length = rest.find(close)?;
                let is_one = rest
                    .trim_start()
                    .starts_with(|first: char| first.is_ascii_alphabetic() || "-.$".contains(first));
                return is_one.then_some(Self { length: open.len() + length + close.len(), default: None });
            }
        }
        if let Some(rest) = text.strip_prefix("$(") {
            let inner = rest.get(..rest.find(')')?)?;
            let is_one = is_identifier(inner) || inner.starts_with("cat ");
            return is_one.then_some(Self { length: inner.len() + 3, default: None });
        }
        let rest = text.strip_prefix("${")?;
        let inner = rest.get(..closing_brace(rest)?)?;
        // The collector of OpenTelemetry names where it looks.
        if inner.strip_prefix("env:").is_some_and(is_identifier) {
            return Some(Self { length: inner.len() + 3, default: None });
        }
        let name = inner.find(|letter: char| !is_of_identifier(letter)).unwrap_or(inner.len());
        let operator = inner.get(name..)?.bytes().take_while(|byte| b":-=?+".contains(byte)).count();
        let is_one = name > 0 && (name == inner.len() || operator > 0);
        // Behind a question mark stands what is said without it.
        let is_default = name + operator < inner.len() && !inner.get(name..name + operator)?.contains('?');
        let default = is_default.then_some(name + operator + 2..inner.len() + 2);
        is_one.then_some(Self { length: inner.len() + 3, default })
    }
}

/// Where the brace closes that is open.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn is_of_identifier(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.')
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_of_identifier)
}

/// A value that is none: a switch, nothing, or the file that holds it.
fn is_constant(text: &str) -> bool {
    const FILES: &[&str] = &[".json", ".pem", ".key", ".crt", ".txt", ".p12", ".jks", ".yaml", ".yml"];
    let text = text.trim().trim_end_matches(',');
    let is_file = text.starts_with(['/', '.']) && FILES.iter().any(|ending| text.ends_with(ending));
    is_file
        || matches!(
            text,
            "" | "true"
                | "false"
                | "null"
                | "~"
                | "yes"
                | "no"
                | "none"
                | "read"
                | "write"
                | "accept"
                | "[]"
                | "{}"
        )
}

/// `$PASSWORD`, `$$PASSWORD`, `%PASSWORD%`.
fn is_variable(text: &str) -> bool {
    let text = text.trim();
    let name = text.strip_prefix("$$").or(text.strip_prefix('$'));
    let name = name.or_else(|| text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')));
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(is_upper))
}
