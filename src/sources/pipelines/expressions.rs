//! `${{ … }}`: where expressions stand in a text, and the few that are constants.

use std::ops::Range;

use crate::sources::compose::UNKNOWN;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// Text that stands for itself.
    Text(Range<usize>),
    /// An expression with its braces, and what stands between them.
    Expression { range: Range<usize>, inside: &'t str },
}

/// What stands for an expression that is not known.
pub(super) fn unknown() -> String {
    UNKNOWN.to_string()
}

/// The parts of a text, in order. An expression that does not end is text.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("${{")).map(|at| from + at) {
        let Some(end) = text.get(start..).and_then(|rest| rest.find("}}")).map(|at| start + at) else {
            break;
        };
        if start > from {
            found.push(Part::Text(from..start));
        }
        let inside = text.get(start + 3..end).unwrap_or_default().trim();
        found.push(Part::Expression { range: start..end + 2, inside });
        from = end + 2;
    }
    if from < text.len() {
        found.push(Part::Text(from..text.len()));
    }
    found
}

/// Whether there is an expression in a text.
pub fn has_expression(text: &str) -> bool {
    text.contains("${{")
}

/// A text with what its expressions stand for; [`UNKNOWN`] for each that is not known.
pub fn filled(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    if !has_expression(text) {
        return text.to_owned();
    }
    let mut filled = String::new();
    for part in parts(text) {
        match part {
            Part::Text(range) => filled.push_str(text.get(range).unwrap_or_default()),
            Part::Expression { inside, .. } => filled.push_str(&value(inside).unwrap_or_else(unknown)),
        }
    }
    filled
}

/// The value of an expression, if it is a constant or one name that `named` knows: `matrix.image`, in lower case.
///
/// Of several joined by `&&` one that is false is enough, and of several joined by `||` one that is true.
pub fn constant(inside: &str, named: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let inside = inside.trim();
    if !inside.contains(['(', '|', '&']) {
        for (mark, is_same) in [("==", true), ("!=", false)] {
            if let Some((one, other)) = inside.split_once(mark) {
                let (one, other) = (constant(one, named)?, constant(other, named)?);
                return Some((one.eq_ignore_ascii_case(&other) == is_same).to_string());
            }
        }
    }
    // What stands in quotes may hold anything.
    let quoted = inside.split('\'').skip(1).step_by(2);
    if !inside.contains('(') && !quoted.into_iter().any(|text| text.contains(['|', '&'])) {
        for (mark, decides, otherwise) in [("||", "true", "false"), ("&&", "false", "true")] {
            if inside.contains(mark) {
                let operands: Vec<Option<String>> =
                    inside.split(mark).map(|operand| constant(operand, named)).collect();
                let is_decided = operands.iter().any(|one| one.as_deref() == Some(decides));
                let is_otherwise = operands.iter().all(|one| one.as_deref() == Some(otherwise));
                return match (is_decided, is_otherwise) {
                    (true, _) => Some(decides.to_owned()),
                    (_, true) => Some(otherwise.to_owned()),
                    _ => None,
                };
            }
        }
    }
    if let Some(text) = inside.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return (!text.replace("''", "").contains('\'')).then(|| text.replace("''", "'"));
    }
    if matches!(inside, "true" | "false") || inside.parse::<f64>().is_ok() {
        return Some(inside.to_owned());
    }
    // `matrix['image']` is `matrix.image`.
    let name = inside.replace("['", ".").replace("']", "");
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    is_name.then(|| named(&name.to_ascii_lowercase())).flatten()
}

/// The names that an expression is made of, as far as it is: `needs.changes.outputs.api`, in lower case. What stands
/// in quotes is none.
pub fn names(expression: &str) -> Vec<String> {
    let mut outside = String::new();
    for (at, piece) in expression.split('\'').enumerate() {
        outside.push_str(if at % 2 == 0 { piece } else { " " });
    }
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-.*".contains(character);
    let words = outside.split(|character| !is_part(character));
    words.filter(|word| word.contains('.')).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{Part, constant, filled, names, parts};

    #[test]
    fn expressions_are_found_and_filled_in() {
        let text = "a-${{ matrix.x }}-b${{ y";
        assert_eq!(
            parts(text),
            [Part::Text(0..2), Part::Expression { range: 2..17, inside: "matrix.x" }, Part::Text(17..24)]
        );
        let value = |inside: &str| constant(inside, &|name| (name == "matrix.x").then(|| "1".to_owned()));
        assert_eq!(filled(text, &value), "a-1-b${{ y");
        assert_eq!(filled("${{ github.sha }}!", &value), "\u{fffc}!");
    }

    #[test]
    fn only_constants_and_names_have_a_value() {
        let named = |name: &str| (name == "matrix.image").then(|| "api".to_owned());
        let of = |text: &str| constant(text, &named);
        assert_eq!(of("'it''s'").as_deref(), Some("it's"));
        assert_eq!(of("Matrix['image']").as_deref(), Some("api"));
        assert_eq!(of("3").as_deref(), Some("3"));
        assert_eq!(of("matrix.image || 'x'"), None);
        assert_eq!(of("github.x && false").as_deref(), Some("false"));
        assert_eq!(of("github.x || true").as_deref(), Some("true"));
        assert_eq!(of("github.x && true"), None);
        assert_eq!(of("matrix.image == 'api' && true").as_deref(), Some("true"));
        assert_eq!(of("matrix.image != 'api'").as_deref(), Some("false"));
        assert_eq!(of("github.ref == 'api'"), None);
        assert_eq!(of("format('{0}', matrix.image)"), None);
    }

    #[test]
    fn names_in_conditions() {
        let text = "needs.Changes.outputs.api == 'true' && github.ref != 'a.b'";
        assert_eq!(names(text), ["needs.changes.outputs.api", "github.ref"]);
    }
}
