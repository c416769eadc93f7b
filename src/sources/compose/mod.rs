//! Compose files: which services a repository runs together, as one file states it.
//!
//! Invariant: nothing is filled in here. Overrides, `extends`, `include`, variables and paths are about
//! several files, and are joined where all facts are known.

mod read;
mod service;
mod variables;

use memchr::memmem;

use crate::text::{Fault, RepoPath, Span, Spanned, yaml};

use super::{Facts, Unread, template};

pub use service::{
    Build, Dependency, EnvironmentFile, Extends, Grant, Join, JoinKind, Link, Mount, MountKind, NetworkUse,
    Service, Variable,
};
pub use variables::{UNKNOWN, interpolated};

/// One compose file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComposeFile {
    /// `name`: what the project is called.
    pub name: Option<Spanned<String>>,
    /// Other compose files that this one brings with it.
    pub includes: Vec<Include>,
    /// In the order of the file.
    pub services: Vec<Service>,
    /// Named volumes.
    pub volumes: Vec<Named>,
    /// Networks.
    pub networks: Vec<Named>,
    /// Secrets.
    pub secrets: Vec<Named>,
    /// Configs.
    pub configs: Vec<Named>,
    /// Services that something fills in before compose reads them.
    pub unread: Vec<Unread>,
}

/// `include`: one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The files, the later ones overriding the earlier.
    pub paths: Vec<Spanned<String>>,
    /// From where their variables come, besides.
    pub environment_files: Vec<Spanned<String>>,
    /// The folder that their paths are relative to, if it is not that of the first file.
    pub project_directory: Option<Spanned<String>>,
}

/// A volume, network, secret or config that services name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What services call it.
    pub name: Spanned<String>,
    /// Whether something else creates it, so that other projects may have it too.
    pub is_external: bool,
    /// What it is called outside of the project, if that is said.
    pub given_name: Option<Spanned<String>>,
}

/// Whether a file goes by a name that compose files have: `compose` or `docker-compose`, alone or with more
/// words before or behind.
pub fn is_named(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else { return false };
    let parts = |one: char| matches!(one, '.' | '-' | '_');
    let begins =
        |word: &str| stem.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(parts));
    let ends = |word: &str| stem.strip_suffix(word).is_some_and(|rest| rest.ends_with(parts));
    begins("compose") || begins("docker-compose") || ends("docker-compose") || stem.ends_with(".compose")
}

/// Whether compose reads a file beside the base of the same folder without being told.
pub fn is_override(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    matches!(stem, Some("compose.override" | "docker-compose.override"))
}

/// Whether some bytes may be a compose file: a top-level key `services` or `include`.
pub fn has_marker(bytes: &[u8]) -> bool {
    ["services", "include"].iter().any(|key| {
        memmem::find_iter(bytes, key).any(|at| {
            let before = match at.checked_sub(1).map(|before| bytes[before]) {
                Some(b'"' | b'\'') => at - 1,
                _ => at,
            };
            is_at_top(&bytes[..before]) && is_key(&bytes[at + key.len()..])
        })
    })
}

/// Whether a key would be one of the outermost map, as far as the text before it says: the first of its line,
/// or the first behind a brace. A file may be indented as a whole, but then from its first line on.
fn is_at_top(before: &[u8]) -> bool {
    match before.last() {
        None | Some(b'\n' | b'{') => true,
        Some(b' ') => matches!(before.trim_ascii_end().last(), None | Some(b'{' | b',')),
        _ => false,
    }
}

fn is_key(behind: &[u8]) -> bool {
    let behind = behind.strip_prefix(b"\"").or_else(|| behind.strip_prefix(b"'")).unwrap_or(behind);
    behind.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b':')
}

/// Reads one file: nothing if its top-level `services` are no map of services (then it is something
/// else), and what is wrong with it.
///
/// What is wrong with a file counts only if its name says that it is one of ours: many others have a
/// top-level `services`.
pub fn read(path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
    let is_ours = is_named(path.file_name());
    // What stands behind a second `---` is no part of a compose file.
    let Some(range) = yaml::documents(text).into_iter().next() else { return (None, Vec::new()) };
    if let Some(at) = template::mark(&text[range.clone()]) {
        let at = range.start + at;
        let unread = Unread { what: template::WHAT, span: Some(Span::new(at..at + 2)) };
        return (is_ours.then_some(Facts::Unread(unread)), Vec::new());
    }
    let (root, faults) = yaml::parse(text, range.clone(), path);
    let (file, faults) = match root {
        Some(root) if root.weight() > most_weight(range.len()) => {
            let what = "aliases make this file many times as large as it is written, so it is not read";
            (None, vec![Fault::of(path, what).help(yaml::SIMPLER)])
        }
        Some(root) => read::file(&root, path, faults),
        None => (None, faults),
    };
    let faults = if is_ours { faults } else { Vec::new() };
    (file.map(|file| Facts::Compose(Box::new(file))), faults)
}

/// What a file may weigh with its aliases replaced by what they stand for: far more than any that a person
/// wrote.
fn most_weight(written: usize) -> usize {
    (4 * written).max(4 * 1024 * 1024)
}

#[cfg(test)]
mod tests {
    use super::{has_marker, is_named, is_override};

    #[test]
    fn names_and_markers_tell_compose_files_from_look_alikes() {
        for yes in [
            "compose.yaml",
            "docker-compose.prod.yml",
            "compose-dev.yaml",
            "quickstart-docker-compose.yml",
            "dev.compose.yaml",
        ] {
            assert!(is_named(yes), "{yes}");
        }
        for no in ["decompose.yml", "compose.json", "composer.yaml", "composed-of.yml", "docker-composer.yml"]
        {
            assert!(!is_named(no), "{no}");
        }
        for yes in [
            "services:\n",
            "a: 1\nservices :\n",
            "{\"services\": {}}",
            "{ \"services\": {}}",
            "{\n  \"name\": \"a\",\n  \"services\": {}\n}",
            "include:\n - a\n",
            "'services': {}",
            "  services:\n",
        ] {
            assert!(has_marker(yes.as_bytes()), "{yes}");
        }
        for no in ["", "a:\n services:\n", "my-services:\n", "services\n", "services\n:", "x: services:\n"] {
            assert!(!has_marker(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn only_two_names_are_read_without_being_asked_for() {
        assert!(is_override("compose.override.yaml") && is_override("docker-compose.override.yml"));
        assert!(!is_override("docker-compose.override.example.yml") && !is_override("compose.prod.yaml"));
    }
}
