//! Which files differ between two moments: all of them, and not only those that anybody reads.

use std::cmp::Ordering;

use crate::text::RepoPath;

use super::{ContentId, Snapshot};

/// What a file is at one moment: two of the same path and the same stamp are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Where it lies; with replacement characters, where its path is not UTF-8.
    pub path: RepoPath,
    /// What it is.
    pub kind: StampKind,
    /// What names its bytes; `None` where they can't be read.
    pub content: Option<ContentId>,
}

/// What kind of file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StampKind {
    /// A file.
    File {
        /// Whether it may be run.
        is_executable: bool,
    },
    /// A symbolic link, and what it says.
    Link(String),
    /// Another repository, of which the commit counts.
    Submodule,
}

/// A file that differs between two moments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Where it lies.
    pub path: RepoPath,
    /// How it differs.
    pub how: Differs,
}

/// How a file differs from what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differs {
    /// It was not there.
    Added,
    /// It has other bytes, or is something else.
    Changed,
    /// It is no more.
    Removed,
    /// It is named without a moment to compare with.
    Named,
}

impl Differs {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Named => "named",
        }
    }
}

/// What lies between two moments.
#[derive(Debug, Clone, Default)]
pub struct Differences {
    /// The files, sorted by path.
    pub files: Vec<Difference>,
    /// The symbolic links that are there at the end, and where each leads, sorted.
    pub links: Vec<(RepoPath, RepoPath)>,
    /// The Rust sources that are there at the end, sorted.
    pub sources: Vec<RepoPath>,
}

impl Differences {
    /// What lies between two moments; `None` if one of them has no names for the bytes of its files.
    pub fn between(before: &dyn Snapshot, now: &dyn Snapshot) -> Option<Self> {
        let (before, now) = rayon::join(|| before.stamps(), || now.stamps());
        let (before, now) = (before?, now?);
        Some(Self { files: merged(&before, &now), links: links(&now), sources: sources(&now) })
    }

    /// Files that are named without a moment to compare with.
    pub fn named(paths: impl IntoIterator<Item = RepoPath>, now: &dyn Snapshot) -> Self {
        let mut files: Vec<Difference> =
            paths.into_iter().map(|path| Difference { path, how: Differs::Named }).collect();
        files.sort();
        files.dedup();
        match now.stamps() {
            Some(stamps) => Self { files, links: links(&stamps), sources: sources(&stamps) },
            None => {
                let listing = now.list(&|_, name| name.ends_with(".rs"), &|_| {});
                Self { files, links: Vec::new(), sources: listing.files }
            }
        }
    }
}

fn sources(stamps: &[Stamp]) -> Vec<RepoPath> {
    let is_source = |stamp: &&Stamp| stamp.path.as_str().ends_with(".rs");
    stamps.iter().filter(is_source).map(|stamp| stamp.path.clone()).collect()
}

fn links(stamps: &[Stamp]) -> Vec<(RepoPath, RepoPath)> {
    let link = |stamp: &Stamp| match &stamp.kind {
        StampKind::Link(target) => Some((stamp.path.clone(), stamp.path.parent()?.join(target)?)),
        _ => None,
    };
    stamps.iter().filter_map(link).collect()
}

/// Goes through two sorted lists at once.
fn merged(before: &[Stamp], now: &[Stamp]) -> Vec<Difference> {
    let mut found = Vec::new();
    let (mut before, mut now) = (before.iter().peekable(), now.iter().peekable());
    loop {
        let (how, path) = match (before.peek(), now.peek()) {
            (None, None) => return found,
            (Some(_), None) => (Differs::Removed, before.next().map(|stamp| &stamp.path)),
            (None, Some(_)) => (Differs::Added, now.next().map(|stamp| &stamp.path)),
            (Some(a), Some(b)) => match a.path.cmp(&b.path) {
                Ordering::Less => (Differs::Removed, before.next().map(|stamp| &stamp.path)),
                Ordering::Greater => (Differs::Added, now.next().map(|stamp| &stamp.path)),
                Ordering::Equal => {
                    let is_same = a.content.is_some() && a.content == b.content && a.kind == b.kind;
                    before.next();
                    let path = now.next().map(|stamp| &stamp.path).filter(|_| !is_same);
                    (Differs::Changed, path)
                }
            },
        };
        found.extend(path.map(|path| Difference { path: path.clone(), how }));
    }
}
