//! The globs of path filters, in the dialects of those who read them.
//!
//! Sources: GitHub's "Workflow syntax", filter pattern cheat sheet; GitLab's `rules:changes`; the READMEs of
//! dorny/paths-filter and tj-actions/changed-files.

use globset::{GlobBuilder, GlobMatcher};

use crate::text::RepoPath;

use super::deeds::is_known;

/// How the globs of a filter are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `paths` of GitHub: of the globs that match, the last one decides.
    GitHub,
    /// `paths-ignore` of GitHub: a file counts unless one matches.
    GitHubIgnore,
    /// Any glob is enough; one with `!` matches what it does not name.
    Any,
    /// Any glob is enough, unless one with `!` matches.
    Without,
}

/// The globs of a filter: lists of which any is enough, each read together.
#[derive(Debug, Clone)]
pub struct Patterns {
    dialect: Dialect,
    lists: Vec<Vec<Glob>>,
    /// Whether a glob means something that is not known here.
    pub is_certain: bool,
}

#[derive(Debug, Clone)]
struct Glob {
    matchers: Vec<GlobMatcher>,
    is_negative: bool,
    /// What stands before the first wildcard, up to a slash.
    literal: String,
    /// How many parts it has; `None` for one that goes as deep as it likes.
    depth: Option<usize>,
}

impl Patterns {
    /// Reads lists of globs.
    pub fn new<'t, L: IntoIterator<Item = &'t str>>(
        dialect: Dialect,
        lists: impl IntoIterator<Item = L>,
    ) -> Self {
        let mut patterns = Self { dialect, lists: Vec::new(), is_certain: true };
        for list in lists {
            let read: Vec<Option<Glob>> =
                list.into_iter().map(|written| Glob::read(dialect, written)).collect();
            // Of what is left out alone nobody says of what.
            let is_said = dialect != Dialect::Without || read.iter().flatten().any(|glob| !glob.is_negative);
            patterns.is_certain &= is_said && read.iter().all(Option::is_some);
            patterns.lists.push(read.into_iter().flatten().collect());
        }
        patterns
    }

    /// Whether a change to a file counts.
    pub fn matches(&self, path: &str) -> bool {
        self.lists.iter().any(|globs| self.dialect.matches(globs, path))
    }

    /// Whether a change to some file of a folder may count: not what is certain, but what can't be ruled out.
    pub fn may_match_below(&self, folder: &RepoPath) -> bool {
        // The root holds what is asked file by file.
        if folder.as_str().is_empty() {
            return false;
        }
        self.lists.iter().any(|globs| self.dialect.may_match_below(globs, folder))
    }

    /// Whether one of the globs, by its position among all of them, matches a file by itself.
    pub fn is_by(&self, glob: usize, path: &str) -> bool {
        let glob = self.lists.iter().flatten().nth(glob);
        glob.is_some_and(|glob| !glob.is_negative && glob.matches(path))
    }
}

impl Dialect {
    fn matches(self, globs: &[Glob], path: &str) -> bool {
        let any = |is_negative: bool| {
            globs.iter().any(|glob| glob.is_negative == is_negative && glob.matches(path))
        };
        match self {
            Self::GitHub => {
                let last = globs.iter().rfind(|glob| glob.matches(path));
                last.is_some_and(|glob| !glob.is_negative)
            }
            Self::GitHubIgnore => !globs.iter().any(|glob| glob.matches(path)),
            Self::Any => any(false) || globs.iter().any(|glob| glob.is_negative && !glob.matches(path)),
            Self::Without => any(false) && !any(true),
        }
    }

    fn may_match_below(self, globs: &[Glob], folder: &RepoPath) -> bool {
        let probes = ["x", "x/x"].map(|name| format!("{folder}/{name}"));
        match self {
            Self::GitHubIgnore => !probes.iter().all(|path| globs.iter().any(|glob| glob.matches(path))),
            _ if probes.iter().any(|path| self.matches(globs, path)) => true,
            _ => {
                let is_out = |path: &String| globs.iter().any(|glob| glob.is_negative && glob.matches(path));
                let may = globs.iter().any(|glob| !glob.is_negative && glob.may_match_below(folder));
                may && !probes.iter().all(is_out)
            }
        }
    }
}

impl Glob {
    fn read(dialect: Dialect, written: &str) -> Option<Self> {
        let (text, is_negative) = match written.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (written, false),
        };
        let text = text.strip_prefix("./").unwrap_or(text);
        if text.is_empty() || !is_known(text) || (text.contains('(') && dialect != Dialect::GitHub) {
            return None;
        }
        let is_github = matches!(dialect, Dialect::GitHub | Dialect::GitHubIgnore);
        // There, both stand for how often the character before them comes.
        if is_github && text.contains(['?', '+']) {
            return None;
        }
        let spelt = spellings(text, is_github);
        let matchers = spelt.iter().map(|glob| {
            let glob = GlobBuilder::new(glob).literal_separator(true).build().ok()?;
            Some(glob.compile_matcher())
        });
        let parts: Vec<&str> = text.split('/').collect();
        let is_wild = |part: &&&str| part.contains(['*', '?', '[', '{']);
        let literal: Vec<&str> = parts.iter().take_while(|part| !is_wild(part)).copied().collect();
        Some(Self {
            matchers: matchers.collect::<Option<_>>()?,
            is_negative,
            literal: literal.join("/"),
            depth: (!text.contains("**") && !text.contains('{')).then_some(parts.len()),
        })
    }

    fn matches(&self, path: &str) -> bool {
        self.matchers.iter().any(|matcher| matcher.is_match(path))
    }

    fn may_match_below(&self, folder: &RepoPath) -> bool {
        let Some(literal) = RepoPath::new(&self.literal) else { return true };
        if literal.is_within(folder) {
            return true;
        }
        folder.is_within(&literal) && self.depth.is_none_or(|depth| depth > folder.parts().count())
    }
}

/// A glob as the library reads it: there, `**` stands alone between slashes, and GitHub knows no braces.
fn spellings(text: &str, is_github: bool) -> Vec<String> {
    let mut parts = Vec::new();
    let mut is_open = false;
    for part in text.split('/') {
        if part == "**" || !part.contains("**") {
            parts.push(part.to_owned());
            continue;
        }
        // `**.js` is `**/*.js`; `src**` is `src*`, and all that lies below.
        let plain = part.replace("**", "*");
        if part.starts_with("**") {
            parts.push("**".to_owned());
        }
        is_open |= part.ends_with("**");
        parts.push(plain);
    }
    let whole = parts.join("/");
    let whole = if is_github { whole.replace('{', "[{]").replace('}', "[}]") } else { whole };
    match is_open {
        true => vec![format!("{whole}/**"), whole],
        false => vec![whole],
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Patterns};
    use crate::text::RepoPath;

    /// The examples of GitHub's own cheat sheet, but for those with `?` and `+`.
    #[test]
    fn globs_mean_what_the_cheat_sheet_says() {
        let cases: [(&str, &[&str], &[&str]); 12] = [
            ("*", &["README.md", "server.rb"], &["docs/a.md"]),
            ("**", &["all/the/files.md", "a"], &[]),
            ("*.js", &["app.js"], &["a/app.js"]),
            ("**.js", &["index.js", "js/index.js", "src/js/app.js"], &["a.ts"]),
            ("docs/*", &["docs/README.md"], &["docs/a/b.md"]),
            ("docs/**", &["docs/README.md", "docs/mona/octocat.txt"], &["doc/x"]),
            ("docs/**/*.md", &["docs/README.md", "docs/a/b.md"], &["docs/a.txt"]),
            ("**/docs/**", &["docs/hello.md", "dir/docs/my-file.txt"], &["dir/doc/x"]),
            ("**/README.md", &["README.md", "js/README.md"], &["README.mdx"]),
            ("**/*src/**", &["a/src/app.js", "my-src/code/js/app.js"], &["srcs/a"]),
            ("**/*-post.md", &["my-post.md", "path/their-post.md"], &["post.md"]),
            ("src**", &["src/a/b", "src2.md", "srcs/x"], &["a/src"]),
        ];
        for (glob, matched, others) in cases {
            let patterns = Patterns::new(Dialect::GitHub, [[glob]]);
            assert!(patterns.is_certain, "{glob}");
            matched.iter().for_each(|path| assert!(patterns.matches(path), "{glob} {path}"));
            others.iter().for_each(|path| assert!(!patterns.matches(path), "{glob} {path}"));
        }
    }

    #[test]
    fn dialects_differ_in_what_an_exclamation_mark_means() {
        let globs = ["a/**", "!a/docs/**", "a/docs/keep.md"];
        let of = |dialect, path: &str| Patterns::new(dialect, [globs]).matches(path);
        assert!(!of(Dialect::GitHub, "a/docs/x.md") && of(Dialect::GitHub, "a/docs/keep.md"));
        assert!(!of(Dialect::Without, "a/docs/keep.md") && of(Dialect::Without, "a/x"));
        assert!(of(Dialect::Any, "b/x"));
        let ignored = Patterns::new(Dialect::GitHubIgnore, [["docs/**"]]);
        // Of two lists each is read by itself.
        let two = Patterns::new(Dialect::Without, [vec!["a/**"], vec!["**", "!a/**"]]);
        assert!(two.matches("a/x") && two.matches("b"));
        assert!(ignored.matches("a/x") && !ignored.matches("docs/x"));
    }

    #[test]
    fn folders_that_can_be_ruled_out() {
        let may = |globs: &[&str], folder: &str| {
            let folder = RepoPath::new(folder).expect("a path");
            Patterns::new(Dialect::GitHub, [globs.iter().copied()]).may_match_below(&folder)
        };
        assert!(
            may(&["crates/**"], "crates/a")
                && may(&["**/*.rs"], "crates/a")
                && may(&["crates/a/src/*"], "crates/a")
        );
        assert!(!may(&["crates/*"], "crates/a") && !may(&["crates/b/**", "*.md"], "crates/a"));
        assert!(!may(&["crates/**", "!crates/a/**"], "crates/a"));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for glob in ["a?b", "$DIR/**", "a/(b|c)"] {
            let dialect = if glob.starts_with("a/") { Dialect::Any } else { Dialect::GitHub };
            assert!(!Patterns::new(dialect, [[glob]]).is_certain, "{glob}");
        }
    }
}
