//! Files of environment variables: `.env`, and what is named like it.
//!
//! Invariant: a line that can't be read says nothing; these files are read by many programs, and each
//! allows something else.

use crate::text::{Fault, RepoPath, Span, Spanned};

use super::{Facts, Source};

/// What a file may weigh, in bytes: far above every one that a person wrote.
const LARGEST: usize = 1024 * 1024;

/// Reads files of environment variables. Only those are there for `env_file` that are named like one: a
/// listing of every file would cost more than all the rest.
#[derive(Debug)]
pub(super) struct SettingsSource;

impl Source for SettingsSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        is_named(name)
    }

    fn unread(&self, _path: &RepoPath) -> Option<&'static str> {
        Some("a file of environment variables that can't be read")
    }

    fn is_ours(&self, _path: &RepoPath, bytes: &[u8]) -> bool {
        bytes.len() <= LARGEST && std::str::from_utf8(bytes).is_ok()
    }

    fn read(&self, _path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        (Some(Facts::Settings(SettingsFile::read(text))), Vec::new())
    }
}

/// Whether a file is named like one with environment variables: `.env`, `.env.local`, `prod.env`,
/// `env.sample`, `.envrc` not.
fn is_named(name: &str) -> bool {
    let parts = || name.split(['.', '-', '_']);
    let is_source =
        [".rs", ".py", ".go", ".js", ".ts", ".tsx", ".java", ".sh", ".toml", ".yaml", ".yml", ".json", ".md"];
    parts().any(|part| part == "env") && !is_source.iter().any(|ending| name.ends_with(ending))
}

/// The variables that a file sets, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsFile {
    /// One for each line that sets one.
    pub variables: Vec<SetVariable>,
}

/// A variable that a file sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetVariable {
    /// Its name.
    pub name: Spanned<String>,
    /// What stands between quotes, or up to a comment; the place is that of the text without quotes.
    pub value: Spanned<String>,
    /// All that stands behind the name, for readers that know no quotes and comments.
    pub raw: String,
    /// Whether it stands in single quotes: then a `$` is a `$`.
    pub is_literal: bool,
}

impl SettingsFile {
    /// Reads the lines `NAME=value`, `export NAME=value` and `NAME: value`. A value in quotes may go over
    /// several lines.
    pub fn read(text: &str) -> Self {
        let mut variables = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let line = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
            let (variable, end) = variable(text, at, line);
            variables.extend(variable);
            at = end;
        }
        Self { variables }
    }
}

/// The variable that a line sets, and where the next one begins.
fn variable(text: &str, start: usize, end: usize) -> (Option<SetVariable>, usize) {
    let line = &text[start..end];
    let body = line.trim();
    let at = start + line.len() - line.trim_start().len();
    let (body, at) = match body.strip_prefix("export ").map(str::trim_start) {
        Some(rest) => (rest, at + body.len() - rest.len()),
        None => (body, at),
    };
    let Some(cut) = body.find(['=', ':']).filter(|_| !body.starts_with('#')) else { return (None, end) };
    let name = body[..cut].trim_end();
    let is_name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(is_name) {
        return (None, end);
    }
    let raw = body[cut + 1..].trim_start();
    let value_at = at + body.len() - raw.len();
    let name = Spanned { value: name.to_owned(), span: Span::new(at..at + name.len()) };
    if let Some(quote) = raw.chars().next().filter(|one| matches!(one, '"' | '\''))
        && let Some(closing) = closing(&text[value_at + 1..], quote)
    {
        let inner = &text[value_at + 1..value_at + 1 + closing];
        let place = value_at + 1..value_at + 1 + closing;
        // A quoted value that goes over several lines ends in another line than it began.
        let next = text[place.end..].find('\n').map_or(text.len(), |end| place.end + end + 1);
        let value = Spanned { value: unescaped(inner, quote), span: Span::new(place) };
        let raw = raw.to_owned();
        return (Some(SetVariable { name, value, raw, is_literal: quote == '\'' }), next.max(end));
    }
    let value = without_comment(raw);
    let span = Span::new(value_at..value_at + value.len());
    let value = Spanned { value: value.to_owned(), span };
    (Some(SetVariable { name, value, raw: raw.to_owned(), is_literal: false }), end)
}

/// Where a quote is closed, if it is.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, one) in text.char_indices() {
        match one {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            one if one == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// What a value in quotes means: in double quotes, with the escapes that a shell knows; in single quotes, only
/// the quote itself is escaped. `\$` stays as it is: variables are filled in later.
fn unescaped(inner: &str, quote: char) -> String {
    let mut value = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(one) = rest.next() {
        let escaped = if one == '\\' { rest.clone().next() } else { None };
        let meant = match (quote, escaped) {
            (_, Some(next)) if next == quote => next,
            ('"', Some('n')) => '\n',
            ('"', Some('r')) => '\r',
            ('"', Some('t')) => '\t',
            ('"', Some('\\')) => '\\',
            _ => {
                value.push(one);
                continue;
            }
        };
        rest.next();
        value.push(meant);
    }
    value
}

/// A value without quotes, up to a comment.
fn without_comment(raw: &str) -> &str {
    if raw.starts_with('#') {
        return "";
    }
    let end = raw.find(" #").or_else(|| raw.find("\t#")).unwrap_or(raw.len());
    raw[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::{SettingsFile, is_named};

    #[test]
    fn names_tell_files_of_variables() {
        for yes in [".env", ".env.local", "prod.env", "env.sample", "docker.env", ".env-dev", "app_env"] {
            assert!(is_named(yes), "{yes}");
        }
        for no in ["env.rs", ".envrc", "environment.ts", "venv", "env.sh", "test-env.yaml"] {
            assert!(!is_named(no), "{no}");
        }
    }

    fn pairs(text: &str) -> Vec<(String, String)> {
        let variables = SettingsFile::read(text).variables.into_iter();
        variables.map(|variable| (variable.name.value, variable.value.value)).collect()
    }

    #[test]
    fn lines_are_read_with_their_places() {
        let text = "# x\nA=1\nexport B = \"two words\" # no\nC: http://cart:80 # yes\nD='x#y'\nE=\n=1\nnot a line\nF=a#b\r\nG= # no\nH=\"open\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "http://cart:80"),
            ("D", "x#y"),
            ("E", ""),
            ("F", "a#b"),
            ("G", ""),
            ("H", "\"open"),
        ];
        assert_eq!(pairs(text), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for variable in SettingsFile::read(text).variables {
            assert_eq!(&text[variable.name.span.range()], variable.name.value);
            assert_eq!(&text[variable.value.span.range()], variable.value.value);
        }
    }

    #[test]
    fn quotes_are_read_as_the_specification_says() {
        let text = "A='Let\\'s go!'\nB=\"{\\\"a\\\": \\\"b\\\"}\"\nC=\"x\\ty\"\nD='x\\ty'\nE=x\\ty\nF=\"one\ntwo\"\nG='$A'\n";
        let expected = [
            ("A", "Let's go!"),
            ("B", "{\"a\": \"b\"}"),
            ("C", "x\ty"),
            ("D", "x\\ty"),
            ("E", "x\\ty"),
            ("F", "one\ntwo"),
            ("G", "$A"),
        ];
        assert_eq!(pairs(text), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let literal = SettingsFile::read(text).variables.into_iter().filter(|one| one.is_literal);
        assert_eq!(literal.map(|one| one.name.value).collect::<Vec<_>>(), ["A", "D", "G"]);
    }
}
