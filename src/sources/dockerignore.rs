//! `.dockerignore`: what a build context leaves out.

use globset::{GlobSet, GlobSetBuilder};

use crate::text::{Fault, RepoPath, glob};

use super::{Facts, Source};

/// How many patterns are read; far above every file that a person wrote.
const MOST: usize = 1_000;

/// How many wildcards all patterns may have together.
const MOST_WILDCARDS: usize = 2_000;

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
    patterns: GlobSet,
    /// Whether each pattern leaves out what it matches.
    excludes: Vec<bool>,
}

impl DockerIgnore {
    /// Reads the patterns; what is no pattern says nothing.
    pub fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (mut patterns, mut excludes) = (GlobSetBuilder::new(), Vec::new());
        let mut wildcards = 0;
        for line in lines.take(MOST) {
            // What a set costs to compile grows with its wildcards.
            wildcards += line.matches(['*', '?', '[']).count();
            if wildcards > MOST_WILDCARDS {
                break;
            }
            let (pattern, is_out) = match line.strip_prefix('!') {
                Some(pattern) => (pattern.trim_start(), false),
                None => (line, true),
            };
            let pattern = pattern.trim_start_matches("./").trim_matches('/');
            if let Ok(pattern) = glob(if pattern.is_empty() { "**" } else { pattern }) {
                patterns.add(pattern);
                excludes.push(is_out);
            }
        }
        // Each compiles by itself; a set that is too large for all of them leaves nothing out.
        Self { patterns: patterns.build().unwrap_or_default(), excludes }
    }

    /// Whether a path, relative to the context, is left out. A pattern that matches a folder decides about
    /// everything in it, and a later one may bring a part of it back.
    pub fn excludes(&self, path: &str) -> bool {
        let Some(path) = RepoPath::new(path) else { return false };
        let parts = path.with_ancestors().filter(|part| !part.is_empty());
        let last = parts.filter_map(|part| self.patterns.matches(part).into_iter().max()).max();
        last.and_then(|at| self.excludes.get(at)).is_some_and(|is_out| *is_out)
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
}
