//! `${VARIABLE}` in compose files, as the compose specification reads it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

/// Stands for what can't be known: a variable that nobody sets.
pub const UNKNOWN: char = '\u{fffc}';

/// How deep defaults may hold variables.
const DEEPEST: usize = 16;

/// How many bytes all variables may bring to one text; what is beyond is unknown. No name and no address is
/// that long, and a value of a megabyte may be named a million times.
const MOST_BROUGHT: usize = 4_096;

/// A text with its variables filled in. One without a value and without a default becomes [`UNKNOWN`]:
/// whoever starts the project sets it.
pub fn interpolated<'t>(text: &'t str, value: &dyn Fn(&str) -> Option<String>) -> Cow<'t, str> {
    let filling = Filling { value, room: Cell::new(MOST_BROUGHT) };
    match text.contains('$') {
        false => Cow::Borrowed(text),
        true => Cow::Owned(filling.filled(text, 0)),
    }
}

/// Fills in the variables of one text.
struct Filling<'v> {
    value: &'v dyn Fn(&str) -> Option<String>,
    /// How many bytes variables may still bring.
    room: Cell<usize>,
}

impl Filling<'_> {
    fn value(&self, name: &str) -> Option<String> {
        let found = (self.value)(name)?;
        self.room.set(self.room.get().checked_sub(found.len())?);
        Some(found)
    }

    fn filled(&self, text: &str, depth: usize) -> String {
        let mut output = String::with_capacity(text.len());
        let closing = closing_braces(text);
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            output.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                output.push('$');
                rest = after;
            } else if let Some(inner) = rest.strip_prefix('{') {
                let Some(end) = closing.get(&(text.len() - rest.len())) else {
                    output.push_str("${");
                    rest = inner;
                    continue;
                };
                let start = text.len() - inner.len();
                output.push_str(&self.braced(&text[start..*end], depth));
                rest = &text[end + 1..];
            } else {
                let name = name_of(rest);
                rest = &rest[name.len()..];
                match name {
                    "" => output.push('$'),
                    name => output.push_str(&self.value(name).unwrap_or_else(|| UNKNOWN.to_string())),
                }
            }
        }
        output + rest
    }

    /// What stands in braces: `NAME`, `NAME:-default`, `NAME-default`, `NAME:+other`, `NAME+other`,
    /// `NAME:?error` and `NAME?error`.
    fn braced(&self, inner: &str, depth: usize) -> String {
        let name = name_of(inner);
        let rest = &inner[name.len()..];
        let found = self.value(name);
        let (counts_empty, operator) = match rest.strip_prefix(':') {
            Some(operator) => (true, operator),
            None => (false, rest),
        };
        let is_set = found.as_ref().is_some_and(|found| !(counts_empty && found.is_empty()));
        let other = |text: &str| match depth < DEEPEST {
            true => self.filled(text, depth + 1),
            false => UNKNOWN.to_string(),
        };
        let unknown = || UNKNOWN.to_string();
        match (operator.chars().next(), is_set) {
            (Some('-'), false) => other(&operator[1..]),
            (Some('+'), true) => other(&operator[1..]),
            (Some('+'), false) => String::new(),
            (_, true) => found.unwrap_or_default(),
            (Some('?') | None, false) => unknown(),
            (Some(_), false) => unknown(),
        }
    }
}

/// The variable's name that a text begins with.
fn name_of(text: &str) -> &str {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let end = text.find(|one| !is_part(one)).unwrap_or(text.len());
    if text.starts_with(|one: char| one.is_ascii_digit()) { "" } else { &text[..end] }
}

/// Where each brace is closed, by where it is opened: found in one pass, however many are never closed.
fn closing_braces(text: &str) -> HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut closing = HashMap::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => closing.extend(open.pop().map(|opened| (opened, at))),
            _ => {}
        }
    }
    closing
}

#[cfg(test)]
mod tests {
    use super::{UNKNOWN, interpolated};

    #[test]
    fn variables_are_filled_in_as_the_specification_says() {
        let value = |name: &str| match name {
            "HOST" => Some("cart".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        for (text, expected) in [
            ("http://${HOST}:80", "http://cart:80"),
            ("$HOST/$HOST", "cart/cart"),
            ("$$HOST $", "$HOST $"),
            ("${EMPTY}", ""),
            ("${EMPTY:-d}", "d"),
            ("${EMPTY-d}", ""),
            ("${NONE:-d}", "d"),
            ("${NONE-${HOST:-x}}", "cart"),
            ("${HOST:+other}", "other"),
            ("${NONE:+other}", ""),
            ("${EMPTY+other}", "other"),
            ("${HOST:?must be set}", "cart"),
            ("a${open", "a${open"),
            ("${NONE:-{\"a\": 1}}", "{\"a\": 1}"),
        ] {
            assert_eq!(interpolated(text, &value), expected, "{text}");
        }
        assert_eq!(interpolated("x${NONE}y$NONE", &value), format!("x{UNKNOWN}y{UNKNOWN}"));
        let deep = "${A:-".repeat(5_000) + &"}".repeat(5_000);
        assert!(interpolated(&deep, &value).contains(UNKNOWN));
    }

    #[test]
    fn a_value_that_is_named_often_does_not_make_a_text_grow_without_end() {
        let value = |_: &str| Some("x".repeat(1_000));
        let filled = interpolated(&"$A${A}".repeat(10_000), &value).into_owned();
        assert!(filled.starts_with(&"x".repeat(4_000)) && filled.len() < 100_000, "{}", filled.len());
    }

    #[test]
    fn braces_that_are_never_closed_cost_one_pass() {
        let open = "${A:-{".repeat(500_000);
        assert_eq!(interpolated(&open, &|_| None), open);
    }
}
