//! The work tree: files as they lie on the disk.

#![expect(clippy::disallowed_methods, reason = "this is the room that reads the file system")]

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use rayon::slice::ParallelSliceMut;

use crate::text::{Fault, RepoPath};

use super::{LARGEST_FILE, Listing, ReadFailure, Snapshot};

/// Folders that belong to a version control system.
const VERSION_CONTROL: [&str; 6] = [".git", ".hg", ".jj", ".svn", ".sl", ".pijul"];

/// The files under one folder, as the repository's own `.gitignore` files leave them.
///
/// Only those files count: not the user's global ignore file, not `.git/info/exclude`, so that two
/// machines see the same repository.
#[derive(Debug, Clone)]
pub struct WorkTree {
    root: PathBuf,
}

impl WorkTree {
    /// The work tree at `root`, which must be a folder.
    ///
    /// # Errors
    /// The system's words if the folder can't be found or entered.
    pub fn open(root: &Path) -> Result<Self, String> {
        let root = root.canonicalize().map_err(|error| error.to_string())?;
        if root.is_dir() { Ok(Self { root }) } else { Err("not a folder".to_owned()) }
    }

    /// The folder on the disk.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// The repository that `start` lies in: the nearest folder from there upward that holds
/// `watertight.toml` or `.git`. `None` if there is none.
pub fn find_root(start: &Path) -> Option<PathBuf> {
    let start = start.canonicalize().ok()?;
    start
        .ancestors()
        .find(|folder| folder.join("watertight.toml").is_file() || folder.join(".git").exists())
        .map(Path::to_path_buf)
}

/// Reads a file that the user named on the command line; it may lie outside of the repository.
///
/// # Errors
/// [`ReadFailure`] says why there is nothing to read.
pub fn read_outside(path: &Path) -> Result<Vec<u8>, ReadFailure> {
    read_bounded(path)
}

impl Snapshot for WorkTree {
    fn list(&self) -> Listing {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let walk = WalkBuilder::new(&self.root)
            .hidden(false)
            .ignore(false)
            .git_ignore(true)
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .parents(false)
            .follow_links(false)
            .filter_entry(|entry| {
                entry.file_name().to_str().is_none_or(|name| !VERSION_CONTROL.contains(&name))
            })
            .threads(threads)
            .build_parallel();
        let parts = Mutex::new(Vec::new());
        walk.visit(&mut Collector { root: &self.root, parts: &parts });
        let parts: Vec<Listing> = parts.into_inner().unwrap_or_default();
        let mut listing = Listing::default();
        for part in parts {
            listing.files.extend(part.files);
            listing.unnameable.extend(part.unnameable);
            listing.faults.extend(part.faults);
        }
        listing.files.par_sort_unstable();
        listing.unnameable.sort_unstable();
        listing.faults.sort_unstable();
        listing
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        let full = self.root.join(path.as_str());
        if leaves(&full, &self.root) {
            return Err(ReadFailure::NotAFile);
        }
        read_bounded(&full)
    }
}

/// Whether the path is a symbolic link that ends outside of the root. Links to files inside are
/// files like any other.
fn leaves(full: &Path, root: &Path) -> bool {
    fs::symlink_metadata(full).is_ok_and(|metadata| metadata.is_symlink())
        && full.canonicalize().is_ok_and(|end| !end.starts_with(root))
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, ReadFailure> {
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadFailure::Missing,
        _ => ReadFailure::Refused(error.to_string()),
    };
    // Asked before opening: opening a named pipe would wait for a writer.
    let metadata = fs::metadata(path).map_err(refused)?;
    if !metadata.is_file() {
        return Err(ReadFailure::NotAFile);
    }
    if metadata.len() > LARGEST_FILE {
        return Err(ReadFailure::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    let file = File::open(path).map_err(refused)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(refused)?;
    match bytes.len() as u64 {
        size if size > LARGEST_FILE => Err(ReadFailure::TooLarge(size)),
        _ => Ok(bytes),
    }
}

/// Collects what each thread of the walk saw.
struct Collector<'c> {
    root: &'c Path,
    parts: &'c Mutex<Vec<Listing>>,
}

/// One thread of the walk; hands over what it saw when it ends.
struct Visitor<'c> {
    root: &'c Path,
    parts: &'c Mutex<Vec<Listing>>,
    seen: Listing,
}

impl<'c> ParallelVisitorBuilder<'c> for Collector<'c> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'c> {
        Box::new(Visitor { root: self.root, parts: self.parts, seen: Listing::default() })
    }
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.see(&entry),
            Err(error) => self.seen.faults.push(unlisted(&error, self.root)),
        }
        WalkState::Continue
    }
}

impl Visitor<'_> {
    fn see(&mut self, entry: &DirEntry) {
        // A link is listed as it is met; reading it decides whether there is a file behind it.
        if entry.file_type().is_none_or(|kind| kind.is_dir()) {
            return;
        }
        let Ok(relative) = entry.path().strip_prefix(self.root) else {
            return;
        };
        match relative.to_str() {
            Some(path) => self.seen.files.push(RepoPath::from_normal(&with_slashes(path))),
            None => self.seen.unnameable.push(relative.to_string_lossy().into_owned()),
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        if let Ok(mut parts) = self.parts.lock() {
            parts.push(std::mem::take(&mut self.seen));
        }
    }
}

#[cfg(windows)]
fn with_slashes(path: &str) -> std::borrow::Cow<'_, str> {
    path.replace('\\', "/").into()
}

#[cfg(not(windows))]
fn with_slashes(path: &str) -> std::borrow::Cow<'_, str> {
    path.into()
}

/// A folder that the walk could not enter.
fn unlisted(error: &ignore::Error, root: &Path) -> Fault {
    let (path, why) = path_and_reason(error);
    let path = path.map_or(".".to_owned(), |path| {
        path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
    });
    Fault {
        path,
        span: None,
        message: format!("what lies here could not be listed: {why}"),
        label: String::new(),
        help: "make it readable, or take it out with `[scan] exclude`".to_owned(),
    }
}

fn path_and_reason(error: &ignore::Error) -> (Option<&Path>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), path_and_reason(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_and_reason(err)
        }
        ignore::Error::Io(error) => (None, error.to_string()),
        other => (None, other.to_string()),
    }
}
