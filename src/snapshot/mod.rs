//! The files of a repository at one moment. The only room that touches the file system and git.
//!
//! Everything else reads through [`Snapshot`], so that the same code checks a work tree, what is
//! staged, a commit of last year, or a repository that exists in memory only.
//!
//! Invariant: [`Snapshot::list`] is sorted and holds nothing of a version control system
//! and nothing that is only reached through a symbolic link to a folder; the same files give the
//! same listing on every machine, whatever its user has configured.

mod cache;
mod changed;
mod disk;
mod git;
mod links;
mod memory;
mod stamps;
mod worktree;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;

use rayon::slice::ParallelSliceMut;

use crate::text::{Fault, RepoPath, Span};

pub use cache::{Cache, ContentKey};
pub use changed::Changed;
pub use disk::{find_root, names_beside, read_outside};
pub use git::{Base, Commit, DAMAGED, Git, GitFiles, Log, LogRange, Logged, TouchedFile, Trees, Unfound};
pub use memory::MemorySnapshot;
pub use stamps::{Difference, Differences, Differs, Stamp, StampKind};
pub use worktree::WorkTree;

/// What a file may weigh: far above every manifest that a person wrote, far below what hurts.
pub const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// Folders that belong to a version control system.
const VERSION_CONTROL: [&str; 6] = [".git", ".hg", ".jj", ".svn", ".sl", ".pijul"];

/// The files of a repository at one moment.
pub trait Snapshot: Sync {
    /// The files that are wanted and the folders that hold any, sorted by path.
    ///
    /// `visit` is called for each wanted file as soon as it is met, in any order and by any thread, so
    /// that reading can begin while the rest is still being listed.
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing;

    /// The bytes of one file; at most [`LARGEST_FILE`] of them.
    ///
    /// # Errors
    /// [`ReadFailure`] says why there is nothing to read.
    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure>;

    /// What names the bytes of a file, if that is known without reading them: two files of one name have
    /// the same bytes.
    fn content_id(&self, _path: &RepoPath) -> Option<ContentId> {
        None
    }

    /// What most likely names the bytes of a file, and how many bytes lie on the disk. It does not name them if git
    /// converts them on their way: the ends of lines, say.
    fn likely_id(&self, _path: &RepoPath) -> Option<(ContentId, u64)> {
        None
    }

    /// The name of some bytes, if this snapshot has names for them.
    fn id_of(&self, _bytes: &[u8]) -> Option<ContentId> {
        None
    }

    /// What every file is, sorted by path; `None` if this snapshot has no names for bytes.
    fn stamps(&self) -> Option<Vec<Stamp>> {
        None
    }
}

/// The name that git gives to the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(gix::ObjectId);

/// Says of a folder's path and a file's name whether the file matters to anybody. Most files of a
/// repository don't, and listing them would take longer than everything else.
pub type Wanted<'w> = &'w (dyn Fn(&str, &str) -> bool + Sync);

/// Is told of each wanted file as it is met.
pub type Visit<'v> = &'v (dyn Fn(&RepoPath) + Sync);

/// What a snapshot holds.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The files that are wanted, sorted.
    pub files: Vec<RepoPath>,
    /// The folders that hold a file, wanted or not, sorted.
    pub folders: Vec<RepoPath>,
    /// Files whose path is not UTF-8, as text with replacement characters.
    pub unnameable: Vec<String>,
    /// What could not be listed.
    pub faults: Vec<Fault>,
    /// What was recognised and is not read, sorted.
    pub gaps: Vec<Gap>,
    looked_for: LookedFor,
    looked_into: LookedInto,
}

/// The files and folders that were asked for by [`Listing::holds`], and whether they are there.
#[derive(Debug, Default)]
struct LookedFor(Mutex<BTreeMap<RepoPath, bool>>);

/// The folders of which it was asked which folders lie below them, and how deep.
#[derive(Debug, Default)]
struct LookedInto(Mutex<BTreeMap<RepoPath, usize>>);

impl Clone for LookedInto {
    /// Who asks another listing, asks anew.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Clone for LookedFor {
    /// Who asks another listing, asks anew.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// An input that the tool recognises and does not claim to read: listed, never guessed at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The file or folder.
    pub path: String,
    /// Where in the file; `None` when the whole file or folder is meant.
    pub span: Option<Span>,
    /// What it is.
    pub what: Cow<'static, str>,
}

impl Gap {
    /// A gap of a whole file or folder.
    pub fn of(path: &RepoPath, what: impl Into<Cow<'static, str>>) -> Self {
        Self { path: path.to_string(), span: None, what: what.into() }
    }

    /// A gap in a file.
    pub fn at(path: &RepoPath, span: Span, what: impl Into<Cow<'static, str>>) -> Self {
        Self { span: Some(span), ..Self::of(path, what) }
    }

    fn submodule(path: String) -> Self {
        Self { path, span: None, what: Cow::Borrowed("a submodule: another repository, which is not read") }
    }

    /// A repository that lies in the folder of this one, which does not know of it.
    fn nested(path: String) -> Self {
        Self { path, span: None, what: Cow::Borrowed("a repository of its own, which is not read") }
    }
}

impl Listing {
    /// Whether the file is there.
    pub fn contains(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| file.as_str().cmp(path)).is_ok()
    }

    /// Whether a file that is wanted, or a folder that holds a file, lies at a path. It is remembered that this was asked.
    pub fn holds(&self, path: &RepoPath) -> bool {
        let is_there = self.contains(path.as_str())
            || self.folders.binary_search(path).is_ok()
            || !self.folders_below(path).is_empty();
        if let Ok(mut known) = self.looked_for.0.lock() {
            known.insert(path.clone(), is_there);
        }
        is_there
    }

    /// What was asked for by [`Self::holds`], and what the answer was.
    pub fn looked_for(&self) -> BTreeMap<RepoPath, bool> {
        self.looked_for.0.lock().map(|known| known.clone()).unwrap_or_default()
    }

    /// The folders below a folder that hold a file, in order, and remembers that this was asked; as deep as it matters.
    pub fn looks_into(&self, folder: &RepoPath, depth: usize) -> &[RepoPath] {
        if let Ok(mut known) = self.looked_into.0.lock() {
            let deepest = known.entry(folder.clone()).or_default();
            *deepest = depth.max(*deepest);
        }
        self.folders_below(folder)
    }

    /// What was asked for by [`Self::looks_into`]: for each folder, how deep, and which folders there are so deep.
    pub fn looked_into(&self) -> Vec<(RepoPath, usize, BTreeSet<RepoPath>)> {
        let known = self.looked_into.0.lock().map(|known| known.clone()).unwrap_or_default();
        let around = |(folder, depth): (RepoPath, usize)| {
            let below = self.folders_below(&folder).iter();
            let found = below.flat_map(|one| between(one, &folder, depth)).collect();
            (folder, depth, found)
        };
        known.into_iter().map(around).collect()
    }

    fn sort(&mut self) {
        self.files.par_sort_unstable();
        self.folders.par_sort_unstable();
        self.unnameable.sort_unstable();
        self.faults.sort_unstable();
        self.gaps.sort_unstable();
        self.gaps.dedup();
    }

    /// The files below a folder, in order.
    pub fn files_below(&self, folder: &RepoPath) -> &[RepoPath] {
        below(&self.files, folder)
    }

    /// The folders below a folder that hold a file, in order.
    pub fn folders_below(&self, folder: &RepoPath) -> &[RepoPath] {
        below(&self.folders, folder)
    }
}

/// A path and the folders around it, as far as they lie in a folder, and not deeper in it than so many.
pub fn between(path: &RepoPath, folder: &RepoPath, deepest: usize) -> Vec<RepoPath> {
    let depth = |path: &str| if path.is_empty() { 0 } else { path.matches('/').count() + 1 };
    let (top, own) = (depth(folder.as_str()), folder.as_str());
    let is_inside =
        own.is_empty() || path.as_str().strip_prefix(own).is_some_and(|rest| rest.starts_with('/'));
    let around =
        path.with_ancestors().filter(|one| (top + 1..=top.saturating_add(deepest)).contains(&depth(one)));
    around.filter(|_| is_inside).map(RepoPath::from_normal).collect()
}

fn below<'p>(sorted: &'p [RepoPath], folder: &RepoPath) -> &'p [RepoPath] {
    if folder.as_str().is_empty() {
        return sorted;
    }
    let prefix = format!("{}/", folder.as_str());
    let start = sorted.partition_point(|path| path.as_str() < prefix.as_str());
    let length = sorted[start..].partition_point(|path| path.as_str().starts_with(&prefix));
    &sorted[start..start + length]
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFailure {
    /// It is not there.
    Missing,
    /// It is larger than [`LARGEST_FILE`]; its size in bytes.
    TooLarge(u64),
    /// It is a folder, a device, or a symbolic link that leads out of the repository.
    NotAFile,
    /// The system refused; in its words.
    Refused(String),
    /// Git does not have it, or not as it should be; why.
    Damaged(String),
}

impl ReadFailure {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Missing => "put it there; where a symbolic link of this name lies, mend where that leads",
            Self::TooLarge(_) => "shorten it, or take it out with `[scan] exclude`",
            Self::NotAFile => "put a file there, or take it out with `[scan] exclude`",
            Self::Refused(_) => "make it readable, or take it out with `[scan] exclude`",
            Self::Damaged(_) => DAMAGED,
        }
    }
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the file is not there"),
            Self::TooLarge(size) => {
                write!(f, "the file has {size} bytes; at most {} MiB are read", LARGEST_FILE / 1024 / 1024)
            }
            Self::NotAFile => {
                f.write_str("this is no regular file, or a symbolic link that leads out of the repository")
            }
            Self::Refused(why) | Self::Damaged(why) => write!(f, "the file can't be read: {why}"),
        }
    }
}
