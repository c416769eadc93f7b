//! Where binaries of cargo lie in a stage.
//!
//! Invariant: how many places are known is bounded, however often folders are copied into each other.

use crate::text::Span;

/// How many places are known of one stage.
const MOST_ENTRIES: usize = 200;

/// How many steps on the way of a binary are told.
const MOST_SPANS: usize = 6;

/// What lies in a stage.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    entries: Vec<Entry>,
}

/// A place.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) what: What,
    /// What brought it here, the latest first.
    pub(super) spans: Vec<Span>,
}

/// What lies at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A binary, by the name that cargo gave it.
    Binary { name: String, source_path: String, built_by: Option<usize> },
    /// A folder with all binaries of a build.
    Output { build: usize, source_path: String },
}

/// What is copied when a path is.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its path below the one that was asked for; empty for that itself.
    pub(super) below: String,
    pub(super) what: What,
    pub(super) spans: Vec<Span>,
}

/// `path`, seen from a folder, without `.`, `..` and what ends it. What begins with a variable is taken
/// for absolute.
pub(super) fn absolute(folder: &str, path: &str) -> String {
    let is_absolute = path.starts_with(['/', '$', '~']);
    let joined = if is_absolute { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            "~" if parts.is_empty() => parts.push("root"),
            part => parts.push(part),
        }
    }
    let root = if joined.starts_with('$') { "" } else { "/" };
    format!("{root}{}", parts.join("/"))
}

/// The folder of a path, and the last part of it.
pub(super) fn parted(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A path in a folder.
pub(super) fn within(folder: &str, path: &str) -> String {
    match (folder, path) {
        (folder, "") => folder.to_owned(),
        ("/", path) => format!("/{path}"),
        (folder, path) => format!("{folder}/{path}"),
    }
}

/// The rest of a path below a folder; empty for the folder itself.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest),
        None => (rest.is_empty() || folder == "/" || folder.is_empty()).then_some(rest),
    }
}

/// Whether a name is as a pattern with `*` and `?` says.
fn is_match(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut of) = (0, 0);
    let mut star = None;
    while let Some(character) = name.get(of) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(wanted) if wanted == character || *wanted == '?' => {
                at += 1;
                of += 1;
            }
            _ => {
                // The last star takes one more.
                let Some((star_at, star_of)) = star else { return false };
                star = Some((star_at, star_of + 1));
                at = star_at + 1;
                of = star_of + 1;
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|character| *character == '*'))
}

/// The name of a binary by its file's; `None` for what else cargo leaves beside it.
pub(super) fn binary_name(file: &str) -> Option<&str> {
    let name = [".exe", ".wasm"].into_iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    let is_folder = matches!(name, "" | "deps" | "build" | "examples" | "incremental");
    (!is_folder && !name.contains(['.', '$', '*', '?', '['])).then_some(name)
}

impl Files {
    pub(super) fn add(&mut self, path: String, what: What, mut spans: Vec<Span>) {
        spans.truncate(MOST_SPANS);
        let is_there = self.entries.iter().any(|entry| entry.path == path && entry.what == what);
        if !is_there && self.entries.len() < MOST_ENTRIES {
            self.entries.push(Entry { path, what, spans });
        }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is at a path and below it; the path may end with a glob.
    pub(super) fn find(&self, path: &str) -> Vec<Found> {
        let (folder, last) = parted(path);
        if !last.contains(['*', '?', '[']) {
            return self.below(path, |_| true);
        }
        if last == "*" {
            return self.below(folder, |_| true);
        }
        // What cargo leaves beside binaries has an ending, so a pattern with one means none of them.
        if last.contains('.') {
            return Vec::new();
        }
        let first = |below: &str| below.split('/').next().unwrap_or_default().to_owned();
        self.below(folder, |below| below.is_empty() || is_match(last, &first(below)))
    }

    fn below(&self, folder: &str, is_meant: impl Fn(&str) -> bool) -> Vec<Found> {
        let found = |entry: &Entry| {
            let below = below(&entry.path, folder).filter(|below| is_meant(below))?;
            Some(Found { below: below.to_owned(), what: entry.what.clone(), spans: entry.spans.clone() })
        };
        self.entries.iter().filter_map(found).collect()
    }

    /// The folders with all binaries of a build that are exactly here.
    pub(super) fn outputs_at(&self, folder: &str) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().filter(move |entry| entry.path == folder).filter_map(|entry| match entry.what {
            What::Output { build, .. } => Some((build, entry)),
            What::Binary { .. } => None,
        })
    }

    /// A binary that was put at the path of a folder, as one does who knows that the folder is there.
    pub(super) fn in_folder(&self, folder: &str, file: &str) -> Option<&Entry> {
        let is_it = |entry: &&Entry| match &entry.what {
            What::Binary { source_path, .. } => entry.path == folder && parted(source_path).1 == file,
            What::Output { .. } => false,
        };
        self.entries.iter().rfind(is_it)
    }

    /// Takes out what is at a path and below it.
    pub(super) fn remove(&mut self, path: &str) -> Vec<Entry> {
        let folder = path.strip_suffix("/*").unwrap_or(path);
        let (removed, kept) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| below(&entry.path, folder).is_some());
        self.entries = kept;
        removed
    }

    pub(super) fn put_back(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.add(entry.path, entry.what, entry.spans);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{absolute, below, binary_name, is_match};

    #[test]
    fn patterns_match_names() {
        for (pattern, name, expected) in [
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a?c", "abc", true),
            ("a*d", "abc", false),
            ("", "a", false),
        ] {
            assert_eq!(is_match(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn paths_are_seen_from_folders() {
        let cases = [
            ("/app", "a/./b/", "/app/a/b"),
            ("/app", "../a", "/a"),
            ("/app", "/a//b", "/a/b"),
            ("/app", "~/a", "/root/a"),
            ("/app", "$X/a", "$X/a"),
            ("$X", "a", "$X/a"),
            ("/", ".", "/"),
        ];
        for (folder, path, expected) in cases {
            assert_eq!(absolute(folder, path), expected);
        }
        assert_eq!(below("/a/b", "/a"), Some("b"));
        assert_eq!(below("/ab", "/a"), None);
        assert_eq!(below("/a", "/"), Some("a"));
    }

    #[test]
    fn only_binaries_have_names() {
        assert_eq!(binary_name("api.exe"), Some("api"));
        assert_eq!(binary_name("libapi.so"), None);
        assert_eq!(binary_name("deps"), None);
    }
}
