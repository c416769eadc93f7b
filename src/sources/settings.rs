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
    /// Names and values; a value is what stands between quotes, or up to a comment.
    pub variables: Vec<(Spanned<String>, Spanned<String>)>,
}

impl SettingsFile {
    /// The value of a variable; the last line that sets it counts.
    pub fn get(&self, name: &str) -> Option<&Spanned<String>> {
        self.variables.iter().rev().find(|(known, _)| known.value == name).map(|(_, value)| value)
    }

    /// Reads the lines `NAME=value`, `export NAME=value` and `NAME: value`.
    pub fn read(text: &str) -> Self {
        let mut variables = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            variables.extend(variable(line, at));
            at += line.len();
        }
        Self { variables }
    }
}

fn variable(line: &str, offset: usize) -> Option<(Spanned<String>, Spanned<String>)> {
    let trimmed = line.trim();
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return None;
    }
    let start = offset + line.len() - line.trim_start().len();
    let (body, skipped) = match trimmed.strip_prefix("export ") {
        Some(rest) => (rest.trim_start(), trimmed.len() - rest.trim_start().len()),
        None => (trimmed, 0),
    };
    let start = start + skipped;
    let end = body.find(['=', ':'])?;
    let name = body[..end].trim_end();
    let is_name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let raw = &body[end + 1..];
    let lead = raw.len() - raw.trim_start().len();
    let value = unquoted(raw.trim_start());
    let at = start + end + 1 + lead + value.1;
    Some((
        Spanned { value: name.to_owned(), span: Span::new(start..start + name.len()) },
        Spanned { value: value.0.to_owned(), span: Span::new(at..at + value.0.len()) },
    ))
}

/// What stands between quotes, or up to a comment; and how many bytes come before it.
fn unquoted(raw: &str) -> (&str, usize) {
    for quote in ['"', '\''] {
        if let Some(inner) = raw.strip_prefix(quote) {
            return (inner.split(quote).next().unwrap_or_default(), 1);
        }
    }
    (raw.split(" #").next().unwrap_or_default().trim_end(), 0)
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

    #[test]
    fn lines_are_read_with_their_places() {
        let text = "# x\nA=1\nexport B = \"two words\" # no\nC: http://cart:80 # yes\nD='x#y'\nE=\n=1\nnot a line\nF=a#b\r\n";
        let file = SettingsFile::read(text);
        let found: Vec<(&str, &str)> =
            file.variables.iter().map(|(name, value)| (name.value.as_str(), value.value.as_str())).collect();
        let expected =
            [("A", "1"), ("B", "two words"), ("C", "http://cart:80"), ("D", "x#y"), ("E", ""), ("F", "a#b")];
        assert_eq!(found, expected);
        for (name, value) in &file.variables {
            assert_eq!(&text[name.span.range()], name.value);
            assert_eq!(&text[value.span.range()], value.value);
        }
    }
}
