//! `${VARIABLE}` in compose files, as the compose specification reads it.

use std::borrow::Cow;

/// Stands for what can't be known: a variable that nobody sets.
pub const UNKNOWN: char = '\u{fffc}';

/// How deep defaults may hold variables.
const DEEPEST: usize = 16;

/// A text with its variables filled in. One without a value and without a default becomes [`UNKNOWN`]:
/// whoever starts the project sets it.
pub fn interpolated<'t>(text: &'t str, value: &dyn Fn(&str) -> Option<String>) -> Cow<'t, str> {
    match text.contains('$') {
        false => Cow::Borrowed(text),
        true => Cow::Owned(filled(text, value, 0)),
    }
}

fn filled(text: &str, value: &dyn Fn(&str) -> Option<String>, depth: usize) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        output.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            output.push('$');
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = closing(inner) else {
                output.push_str("${");
                rest = inner;
                continue;
            };
            output.push_str(&braced(&inner[..end], value, depth));
            rest = &inner[end + 1..];
        } else {
            let name = name_of(rest);
            rest = &rest[name.len()..];
            match name {
                "" => output.push('$'),
                name => output.push_str(&value(name).unwrap_or_else(|| UNKNOWN.to_string())),
            }
        }
    }
    output + rest
}

/// The variable's name that a text begins with.
fn name_of(text: &str) -> &str {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let end = text.find(|one| !is_part(one)).unwrap_or(text.len());
    if text.starts_with(|one: char| one.is_ascii_digit()) { "" } else { &text[..end] }
}

/// Where the brace is closed that was opened before the text.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, one) in text.char_indices() {
        match one {
            '{' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// What stands in braces: `NAME`, `NAME:-default`, `NAME-default`, `NAME:+other`, `NAME+other`, `NAME:?error`
/// and `NAME?error`.
fn braced(inner: &str, value: &dyn Fn(&str) -> Option<String>, depth: usize) -> String {
    let name = name_of(inner);
    let rest = &inner[name.len()..];
    let found = value(name);
    let (counts_empty, operator) = match rest.strip_prefix(':') {
        Some(operator) => (true, operator),
        None => (false, rest),
    };
    let is_set = found.as_ref().is_some_and(|found| !(counts_empty && found.is_empty()));
    let other = |text: &str| match depth < DEEPEST {
        true => filled(text, value, depth + 1),
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
}
