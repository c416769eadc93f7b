//! Which documents are templates: something fills them in before anybody reads them.
//!
//! Braces in quotes, block scalars and comments are text like any other; those in plain position are not, and
//! neither is a document that is only valid without them.

use granit_parser::{Event, Options, Parser, ScalarStyle};
use memchr::memmem;

/// What begins something to fill in: Go templates and Jinja, its statements, ERB, Terraform.
pub(super) const MARKS: [&str; 4] = ["{{", "{%", "<%", "%{"];

/// What is told of a document that is one.
pub(super) const WHAT: &str = "a template, which something fills in first";

/// Where a document shows that it is a template, if it is one.
pub(super) fn mark(document: &str) -> Option<usize> {
    let is_there = |mark: &str| memmem::find(document.as_bytes(), mark.as_bytes()).is_some();
    if !MARKS.iter().any(|mark| is_there(mark)) {
        return None;
    }
    first_mark(document).filter(|_| has_plain_mark(document))
}

/// Whether a text that was read holds something to fill in.
pub(super) fn holds_mark(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// The first mark that is in no comment.
fn first_mark(document: &str) -> Option<usize> {
    let mut start = 0;
    for line in document.split_inclusive('\n') {
        let is_comment = line.trim_start().starts_with('#');
        let code = if is_comment { "" } else { line.split(" #").next().unwrap_or_default() };
        if let Some(at) = MARKS.iter().filter_map(|mark| code.find(mark)).min() {
            return Some(start + at);
        }
        start += line.len();
    }
    None
}

/// Whether a mark begins a value or a line of one, or keeps the document from being YAML. That it does is
/// assumed of every document with a mark that is not YAML.
fn has_plain_mark(document: &str) -> bool {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut parser = Parser::new_from_str_with_options(document, options);
    loop {
        let (event, span) = match parser.next_event() {
            Some(Ok(found)) => found,
            Some(Err(_)) => return true,
            None => return false,
        };
        let source = || span.slice(document).unwrap_or_default();
        let is_marked = match event {
            Event::Scalar(_, ScalarStyle::Plain, ..) => source().lines().any(begins_with_mark),
            // `{{` is a map that is the key of a map, as far as YAML is concerned.
            Event::MappingStart(..) => {
                let start = span.byte_range().map_or(0, |range| range.start);
                document.get(start..).is_some_and(begins_with_mark)
            }
            Event::DocumentEnd => return false,
            _ => false,
        };
        if is_marked {
            return true;
        }
    }
}

fn begins_with_mark(text: &str) -> bool {
    MARKS.iter().any(|mark| text.trim_start().starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn braces_in_plain_position_make_a_template() {
        let templates = [
            ("a: {{ .b }}\n", 3),
            ("# {{ c }}\na: b\n{{- if .c }}\nd: e\n{{- end }}\n", 15),
            ("a:\n  {% if b %}\n  c: d\n  {% endif %}\n", 5),
            ("a: [{{ b }}, c]\n", 4),
            ("a: b\n   {{ c }}\n", 8),
            ("a: \"{{ b }}\"\nc: {{ d }}\n", 4),
            ("a: b-{{ c }}: d\n", 5),
            ("a: b\n%{ if c }\nd: e\n%{ endif }\n", 5),
        ];
        for (text, at) in templates {
            assert_eq!(mark(text), Some(at), "{text}");
        }
    }

    #[test]
    fn braces_that_are_text_do_not() {
        let texts = [
            "a: \"{{ b }}\"\n",
            "a: '{{ b }}\n  {{ c }}'\n",
            "a: |\n  {{ b }}\n  {% c %}\n",
            "a: b # {{ c }}\n# {{ d }}\n",
            "- --template={{.Name}}.example.com\n",
            "a: {b: {c: d}}\n",
            "a: b: c # {{ d }}\n",
        ];
        texts.iter().for_each(|text| assert_eq!(mark(text), None, "{text}"));
    }
}
