//! `${VARIABLE}` in compose files, as the compose specification reads it.

use std::borrow::Cow;
use std::collections::HashMap;

/// Stands for what can't be known: a variable that nobody sets.
pub const UNKNOWN: char = '\u{fffc}';

/// How deep defaults may hold variables.
const DEEPEST: usize = 16;

/// How long a text may become, in bytes; what becomes longer can't be known.
const LONGEST: usize = 64 * 1024;

/// A text with its variables filled in. One without a value and without a default becomes [`UNKNOWN`]:
/// whoever starts the project sets it.
pub fn interpolated<'t>(text: &'t str, value: &dyn Fn(&str) -> Option<String>) -> Cow<'t, str> {
    match text.contains('$') {
        false => Cow::Borrowed(text),
        true => Cow::Owned(filled(text, value, 0)),
    }
}

fn filled(text: &str, value: &dyn Fn(&str) -> Option<String>, depth: usize) -> String {
    let closing = closing_braces(text);
    let mut output = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|offset| at + offset) {
        output.push_str(&text[at..dollar]);
        at = dollar + 1;
        let rest = &text[at..];
        if rest.starts_with('$') {
            output.push('$');
            at += 1;
        } else if rest.starts_with('{') {
            match closing.get(&at) {
                Some(end) => {
                    output.push_str(&braced(&text[at + 1..*end], value, depth));
                    at = end + 1;
                }
                None => {
                    output.push_str("${");
                    at += 1;
                }
            }
        } else {
            let name = name_of(rest);
            at += name.len();
            match name {
                "" => output.push('$'),
                name => output.push_str(&value(name).unwrap_or_else(|| UNKNOWN.to_string())),
            }
        }
        if output.len() > LONGEST.max(text.len()) {
            return UNKNOWN.to_string();
        }
    }
    output + &text[at..]
}

/// The variable's name that a text begins with.
fn name_of(text: &str) -> &str {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let end = text.find(|one| !is_part(one)).unwrap_or(text.len());
    if text.starts_with(|one: char| one.is_ascii_digit()) { "" } else { &text[..end] }
}

/// Where each brace is closed that is, by where it is opened.
fn closing_braces(text: &str) -> HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut closing = HashMap::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => closing.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    closing
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
        (_, false) => unknown(),
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
        let many = |_: &str| Some("x".repeat(1_000));
        assert_eq!(interpolated(&"$A".repeat(100_000), &many), UNKNOWN.to_string());
        let open = "${".repeat(200_000);
        assert_eq!(interpolated(&open, &value), open);
    }
}
