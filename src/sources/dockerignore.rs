//! `.dockerignore`: what a build context leaves out.

use globset::GlobMatcher;

use crate::text::{Fault, RepoPath, glob};

use super::{Facts, Source};

/// How many patterns are read; far above every file that a person wrote.
const MOST: usize = 2_000;

/// How long they may be together, in bytes: each becomes a matcher that is many times as large.
const MOST_BYTES: usize = 32 * 1024;

/// Reads `.dockerignore` and `<Dockerfile>.dockerignore`.
#[derive(Debug)]
pub(super) struct DockerIgnoreSource;

impl Source for DockerIgnoreSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        name.ends_with(".dockerignore")
    }

    fn read(&self, _path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        (Some(Facts::DockerIgnore(DockerIgnore::read(text))), Vec::new())
    }
}

/// Patterns, of which the last one that matches decides.
#[derive(Debug, Default)]
pub struct DockerIgnore {
    /// Each pattern, and whether it leaves out what it matches.
    patterns: Vec<(GlobMatcher, bool)>,
}

impl DockerIgnore {
    /// Reads the patterns; what is no pattern says nothing.
    pub fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut room = MOST_BYTES;
        let is_room = |line: &&str| {
            let left = room.checked_sub(line.len());
            room = left.unwrap_or(0);
            left.is_some()
        };
        let patterns = lines.take(MOST).take_while(is_room).filter_map(|line| {
            let (pattern, excludes) = match line.strip_prefix('!') {
                Some(pattern) => (pattern.trim_start(), false),
                None => (line, true),
            };
            let pattern = pattern.trim_start_matches("./").trim_matches('/');
            let pattern = if pattern.is_empty() { "**" } else { pattern };
            Some((glob(pattern).ok()?.compile_matcher(), excludes))
        });
        Self { patterns: patterns.collect() }
    }

    /// Whether a path, relative to the context, is left out. A pattern that matches a folder decides about
    /// everything in it, and a later one may bring a part of it back.
    pub fn excludes(&self, path: &str) -> bool {
        let Some(path) = RepoPath::new(path) else { return false };
        let is_match = |matcher: &GlobMatcher| {
            path.with_ancestors().filter(|part| !part.is_empty()).any(|part| matcher.is_match(part))
        };
        self.patterns
            .iter()
            .rev()
            .find(|(matcher, _)| is_match(matcher))
            .is_some_and(|(_, excludes)| *excludes)
    }
}

#[cfg(test)]
mod tests {
    use super::DockerIgnore;

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let ignored =
            DockerIgnore::read("# all but two\n*\n!Cargo.toml\n!crates/cart\ncrates/*/tests/\n**/*.md\n");
        for out in
            ["services/users/Cargo.toml", "README.md", "crates/cart/tests/a.rs", "crates/cart/docs/a.md"]
        {
            assert!(ignored.excludes(out), "{out}");
        }
        for not in ["Cargo.toml", "crates/cart/Cargo.toml", "crates/cart/src/lib.rs"] {
            assert!(!ignored.excludes(not), "{not}");
        }
    }

    #[test]
    fn a_file_of_very_long_patterns_is_read_as_far_as_there_is_room() {
        let long = "[a-z]*?".repeat(1_000);
        let text = format!("*.md\n{}*.rs\n", format!("{long}\n").repeat(1_000));
        let ignored = DockerIgnore::read(&text);
        assert!(ignored.excludes("a.md") && !ignored.excludes("a.rs"));
        assert!(ignored.patterns.len() < 10, "{}", ignored.patterns.len());
    }
}
