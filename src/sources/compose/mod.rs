//! Compose files: which services a repository runs together, as one file states it.
//!
//! Invariant: nothing is filled in here. Overrides, `extends`, `include`, variables and paths are about
//! several files, and are joined where all facts are known.

mod read;
mod service;
mod variables;

use crate::text::{Fault, RepoPath, Spanned, yaml};

pub use service::{
    Build, Dependency, EnvironmentFile, Extends, Link, Mount, MountKind, NetworkUse, Service, Variable,
};
pub use variables::{UNKNOWN, interpolated};

/// What a file may stand for at least once its aliases are in place, in bytes.
const LEAST_WEIGHT: usize = 1024 * 1024;

/// How many times its size a file may stand for.
const MOST_TIMES_SIZE: usize = 5;

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

/// Whether a file goes by a name that compose files have.
pub fn is_named(name: &str) -> bool {
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    is_yaml && (name.starts_with("compose") || name.starts_with("docker-compose"))
}

/// Whether a file by its name overrides another one of the same folder without being named.
pub fn is_override(name: &str) -> bool {
    name.contains(".override.")
}

/// Whether some bytes may be a compose file: a top-level key `services` or `include`.
pub fn has_marker(bytes: &[u8]) -> bool {
    let is_key = |at: usize| at == 0 || bytes[at - 1] == b'\n' || bytes[at - 1] == b'{';
    ["services", "include"].iter().any(|key| {
        memchr::memmem::find_iter(bytes, key).any(|at| {
            let at_key = match at.checked_sub(1).map(|before| bytes[before]) {
                Some(b'"' | b'\'') => is_key(at - 1),
                _ => is_key(at),
            };
            let rest = bytes[at + key.len()..].trim_ascii_start();
            at_key && (rest.starts_with(b":") || rest.starts_with(b"\"") || rest.starts_with(b"'"))
        })
    })
}

/// Reads one file: nothing if its top-level `services` are no map of services (then it is something
/// else), and what is wrong with it.
pub fn read(path: &RepoPath, text: &str) -> (Option<ComposeFile>, Vec<Fault>) {
    // What stands behind a second `---` is no part of a compose file.
    let Some(range) = yaml::documents(text).into_iter().next() else { return (None, Vec::new()) };
    let (root, faults) = yaml::parse(text, range, path);
    match root {
        Some(root) if root.weight() > text.len().saturating_mul(MOST_TIMES_SIZE).max(LEAST_WEIGHT) => {
            (None, too_heavy(path))
        }
        Some(root) => read::file(&root, path, faults),
        None => (None, faults),
    }
}

/// What is wrong with a file whose aliases repeat far more than a person means; nothing, if it may be of
/// anybody.
fn too_heavy(path: &RepoPath) -> Vec<Fault> {
    let message = "the aliases of this file repeat more than it says itself, many times over";
    is_named(path.file_name()).then(|| Fault::of(path, message)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{has_marker, is_named, read};
    use crate::text::RepoPath;

    #[test]
    fn aliases_that_repeat_much_are_refused_before_it_is_taken_out() {
        let variables = "A=1, ".repeat(30_000);
        let services: String = (0..30_000).map(|at| format!("  s{at}: *a\n")).collect();
        let text = format!("x-a: &a {{image: a, environment: [{variables}]}}\nservices:\n{services}");
        let (file, faults) = read(&RepoPath::new("compose.yaml").unwrap(), &text);
        assert!(file.is_none() && faults[0].message.contains("repeat"), "{faults:?}");
        assert_eq!(read(&RepoPath::new("other.yaml").unwrap(), &text), (None, Vec::new()));
        let few = text.replace(": *a", ": {image: a}");
        assert_eq!(read(&RepoPath::new("compose.yaml").unwrap(), &few).0.unwrap().services.len(), 30_000);
    }

    #[test]
    fn names_and_markers_tell_compose_files_from_look_alikes() {
        assert!(
            is_named("compose.yaml") && is_named("docker-compose.prod.yml") && is_named("compose-dev.yaml")
        );
        assert!(!is_named("decompose.yml") && !is_named("compose.json"));
        for yes in
            ["services:\n", "a: 1\nservices :\n", "{\"services\": {}}", "include:\n - a\n", "'services': {}"]
        {
            assert!(has_marker(yes.as_bytes()), "{yes}");
        }
        for no in ["", " services:\n", "my-services:\n", "services\n", "x: services:\n"] {
            assert!(!has_marker(no.as_bytes()), "{no}");
        }
    }
}
