//! What a document is, by a look at its text: most of those that have our keys are of other kinds, and to
//! parse a large one only to leave it would cost more than all the rest.

use memchr::memmem::find_iter;

use super::kinds;
use crate::sources::template::MARKS;

/// How far behind a key its value is looked for, in bytes.
const FARTHEST: usize = 256;

/// Whether a document could be one of ours, once it is parsed. It is never said to be none when it is one,
/// but for what nobody writes: `kind` by a merge key, or as a key of several lines.
pub(super) fn could_be_ours(document: &str) -> bool {
    let Some((content, indentation)) = first_content(document) else { return false };
    let (kinds, has_version) = match content.starts_with('{') {
        true => keys_of_flow(document),
        false => {
            let kinds = values_at(document, "kind", indentation).map(|(_, value)| value).collect();
            (kinds, values_at(document, "apiVersion", indentation).next().is_some())
        }
    };
    let holds_ours = || any_kind(document).any(|kind| kind != "List" && kinds::is_known(kind));
    has_version && (kinds.iter().any(|kind| could_be(kind)) || (kinds.contains(&"List") && holds_ours()))
}

/// Where the line stands that says that a document is a `Secret` or holds one: `Some(None)` if there is no
/// such line that says nothing else.
pub(super) fn secret(document: &str) -> Option<Option<usize>> {
    let indentation = first_content(document).map_or(0, |(_, indentation)| indentation);
    let mut lines = values_at(document, "kind", indentation);
    let line = lines.find(|(_, value)| *value == "Secret").map(|(at, _)| at);
    let is_secret = |kind: &str| matches!(kind, "Secret" | "SecretList");
    any_kind(document).any(is_secret).then_some(line)
}

/// The first line that is no comment, directive or template, and how far it is indented.
fn first_content(document: &str) -> Option<(&str, usize)> {
    let mut lines = document.lines().map(|line| (line.trim(), line));
    let is_content = |line: &str| {
        !line.is_empty() && !line.starts_with(['#', '%']) && !MARKS.iter().any(|mark| line.starts_with(mark))
    };
    let (content, line) = lines.find(|(content, _)| is_content(content))?;
    Some((content, line.len() - line.trim_start().len()))
}

/// The values of a key in lines that are indented exactly this far, and where the key stands.
fn values_at<'t>(
    document: &'t str,
    key: &'static str,
    indentation: usize,
) -> impl Iterator<Item = (usize, &'t str)> {
    find_iter(document.as_bytes(), key).filter_map(move |at| {
        let before = document[..at].strip_suffix(['"', '\'']).unwrap_or(&document[..at]);
        let indented = before.trim_end_matches(' ');
        let is_key = indented.is_empty() || indented.ends_with('\n');
        if !is_key || before.len() - indented.len() != indentation {
            return None;
        }
        Some((at, value_after(&document[at + key.len()..])?))
    })
}

/// What stands behind a key in its line, without quotes and comments. Only the beginning is looked at: a line
/// may be the whole file.
fn value_after(rest: &str) -> Option<&str> {
    let rest = &rest[..rest.floor_char_boundary(FARTHEST)];
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let value = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    Some(word(value.lines().next().unwrap_or_default()))
}

/// The value that a text begins with, without quotes and comments.
fn word(text: &str) -> &str {
    let text = text.trim();
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split(quote).next().unwrap_or_default(),
        Some('#') | None => "",
        Some(_) => text.split(" #").next().unwrap_or_default().trim_end(),
    }
}

/// Whether a `kind` that is written like this could be ours; of a list, only its entries tell. What can't be
/// told by the look is parsed.
fn could_be(kind: &str) -> bool {
    match kind {
        "List" => false,
        _ if kind.is_empty() || kind.starts_with(['&', '!', '*', '|', '>']) => true,
        _ => kinds::is_known(kind) || MARKS.iter().any(|mark| kind.contains(mark)),
    }
}

/// Whatever stands behind a key `kind`, however deep.
fn any_kind(document: &str) -> impl Iterator<Item = &str> {
    find_iter(document.as_bytes(), "kind").filter_map(|at| {
        let value = document[at + 4..].trim_start_matches(['"', '\'', ' ', '\t']).strip_prefix(':')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(value.len());
        Some(&value[..end])
    })
}

/// The values of `kind` of the outermost map of a document in JSON or YAML's flow style, and whether
/// `apiVersion` is among its keys.
fn keys_of_flow(document: &str) -> (Vec<&str>, bool) {
    let (mut kinds, mut has_version) = (Vec::new(), false);
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(offset) = document[at..].find(['{', '}', '[', ']', '"', '\'', ',']) {
        let here = at + offset;
        at = here + 1;
        match document.as_bytes().get(here) {
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => depth = depth.saturating_sub(1),
            Some(quote @ (b'"' | b'\'')) => {
                at = end_of_quoted(document, at, *quote);
                continue;
            }
            _ => {}
        }
        if depth != 1 {
            continue;
        }
        let key = document[at..].trim_start();
        let key = key.strip_prefix(['"', '\'']).unwrap_or(key);
        if let Some(value) = key.strip_prefix("kind").and_then(value_in_flow) {
            kinds.push(value);
        }
        has_version |= key.strip_prefix("apiVersion").and_then(value_in_flow).is_some();
    }
    (kinds, has_version)
}

/// As [`value_after`], up to the next comma or brace.
fn value_in_flow(rest: &str) -> Option<&str> {
    let value = value_after(rest)?;
    Some(value.split([',', '}']).next().unwrap_or_default().trim_end())
}

/// The place behind a closing quote.
fn end_of_quoted(document: &str, start: usize, quote: u8) -> usize {
    let bytes = document.as_bytes();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            byte if *byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    // An escape may have led past the end, or into a character.
    document.len()
}

#[cfg(test)]
mod tests {
    use super::{could_be_ours, secret};

    #[test]
    fn only_the_kind_of_the_outermost_map_counts() {
        let ours = [
            "apiVersion: v1\nkind: Pod\n",
            " # from a chart\n\nkind: 'Pod' # one\n\"apiVersion\": v1\n",
            "  apiVersion: v1\n  kind : Pod\r\n",
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}",
            "{\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a \\\"}\"},\n\"kind\":\"Pod\"}",
            "{kind: Pod, apiVersion: v1}",
            "{{- if .Values.pod }}\n  apiVersion: v1\n  kind: Pod\n",
            "apiVersion: v1\nkind: {{ .Values.kind }}\n",
            "apiVersion: v1\nkind: &kind Pod\n",
            "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n",
            "apiVersion: v1\nkind: PodList\nitems: []\n",
            "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"kind\":\"Pod\"}]}",
        ];
        let others = [
            "",
            "# kind: Pod\n",
            "apiVersion: v2\nname: chart\n",
            "kind: Pod\nname: no-version\n",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  kind: Pod\n",
            "spec:\n  apiVersion: v1\n  kind: Pod\n",
            "- apiVersion: v1\n  kind: Pod\n",
            "{\"apiVersion\": \"v1\", \"spec\": {\"kind\": \"Pod\"}}",
            "{\"apiVersion\": \"v1\", \"kind\": \"Config\"}",
            "apiVersion: v1\nkind: List\nitems:\n- kind: Namespace\n",
            "apiVersion: v1\nkinds: Pod\n",
        ];
        ours.iter().for_each(|text| assert!(could_be_ours(text), "{text}"));
        others.iter().for_each(|text| assert!(!could_be_ours(text), "{text}"));
    }

    #[test]
    fn a_secret_is_seen_wherever_it_is_and_its_line_where_it_says_nothing_else() {
        assert_eq!(secret("data: {}\nkind: Secret\n"), Some(Some(9)));
        assert_eq!(secret("kind: List\nitems:\n- kind: Secret\n"), Some(None));
        assert_eq!(secret("{\"kind\": \"Secret\", \"data\": {}}"), Some(None));
        assert_eq!(secret("kind: Pod\n"), None);
    }
}
