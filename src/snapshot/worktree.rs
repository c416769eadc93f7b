//! The work tree: files as they lie on the disk.

#![expect(clippy::disallowed_methods, reason = "this is the room that reads the file system")]

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;

use crate::text::{Fault, RepoPath};

use super::{LARGEST_FILE, Listing, ReadFailure, Snapshot, Visit, Wanted};

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
    let metadata = fs::metadata(path).map_err(|error| refused(&error))?;
    read_bounded(path, &metadata)
}

impl Snapshot for WorkTree {
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing {
        let walk = Walk { wanted };
        let top =
            Folder { path: self.root.clone(), relative: String::new(), is_nameable: true, ignored: None };
        let mut listing = Listing::default();
        // Level by level: a task for each folder by itself would wake threads more than it keeps busy.
        // The files of a level are one task, which nobody waits for before the end: one large file at
        // the root would keep everybody from the levels below.
        rayon::scope(|scope| {
            let mut folders = vec![top];
            while !folders.is_empty() {
                let entered: Vec<_> = folders.into_par_iter().map(|folder| walk.enter(&folder)).collect();
                let met = listing.files.len();
                folders = Vec::new();
                for (mut seen, mut inner) in entered {
                    listing.files.append(&mut seen.files);
                    listing.folders.append(&mut seen.folders);
                    listing.unnameable.append(&mut seen.unnameable);
                    listing.faults.append(&mut seen.faults);
                    folders.append(&mut inner);
                }
                let files = listing.files[met..].to_vec();
                scope.spawn(move |_| files.par_iter().for_each(visit));
            }
        });
        listing.files.par_sort_unstable();
        listing.folders.par_sort_unstable();
        listing.unnameable.sort_unstable();
        listing.faults.sort_unstable();
        listing
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        let full = self.root.join(path.as_str());
        let metadata = fs::symlink_metadata(&full).map_err(|error| refused(&error))?;
        // Links to files inside are files like any other.
        if metadata.is_symlink() {
            let end = full.canonicalize().map_err(|error| refused(&error))?;
            return if end.starts_with(&self.root) { read_outside(&end) } else { Err(ReadFailure::NotAFile) };
        }
        read_bounded(&full, &metadata)
    }
}

fn refused(error: &std::io::Error) -> ReadFailure {
    match error.kind() {
        std::io::ErrorKind::NotFound => ReadFailure::Missing,
        _ => ReadFailure::Refused(error.to_string()),
    }
}

/// `metadata` is asked for before the file is opened: opening a named pipe would wait for a writer.
fn read_bounded(path: &Path, metadata: &fs::Metadata) -> Result<Vec<u8>, ReadFailure> {
    if !metadata.is_file() {
        return Err(ReadFailure::NotAFile);
    }
    if metadata.len() > LARGEST_FILE {
        return Err(ReadFailure::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    let file = File::open(path).map_err(|error| refused(&error))?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    match bytes.len() as u64 {
        size if size > LARGEST_FILE => Err(ReadFailure::TooLarge(size)),
        _ => Ok(bytes),
    }
}

/// One walk over the tree, by every thread of the pool.
///
/// The matcher of the `ignore` crate decides what git ignores. Its own walk is not used: it matches
/// every file against every pattern, where only a few files of a repository are wanted; that took
/// 1.7 times as long on a tree of 11,000 files.
struct Walk<'w> {
    wanted: Wanted<'w>,
}

/// A folder to enter.
struct Folder {
    /// Its path on the disk.
    path: PathBuf,
    /// Its path from the root, as text.
    relative: String,
    /// Whether the path is UTF-8, so that it can be named.
    is_nameable: bool,
    /// The ignore files that speak for it.
    ignored: Option<Arc<Ignored>>,
}

/// A `.gitignore`, and those of the folders around it.
struct Ignored {
    rules: Gitignore,
    around: Option<Arc<Self>>,
}

impl Ignored {
    /// Whether git ignores a path: the nearest file that says anything about it decides.
    fn matches(&self, path: &Path, is_folder: bool) -> bool {
        let mut next = Some(self);
        while let Some(current) = next {
            match current.rules.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => next = current.around.as_deref(),
            }
        }
        false
    }
}

impl Walk<'_> {
    /// What lies in a folder itself, and the folders to enter next.
    fn enter(&self, folder: &Folder) -> (Listing, Vec<Folder>) {
        let mut seen = Listing::default();
        let (folders, files) = match entries(&folder.path) {
            Ok(entries) => entries,
            Err(error) => {
                seen.faults.push(unlisted(&folder.relative, &error));
                return (seen, Vec::new());
            }
        };
        let ignored = match files.iter().any(|name| name == ".gitignore") {
            true => {
                let rules = read_ignore_file(&folder.path);
                Some(Arc::new(Ignored { rules, around: folder.ignored.clone() }))
            }
            false => folder.ignored.clone(),
        };
        let is_ignored = |name: &OsStr, is_folder: bool| {
            ignored.as_ref().is_some_and(|ignored| ignored.matches(&folder.path.join(name), is_folder))
        };
        if folder.is_nameable && !files.is_empty() {
            seen.folders.push(RepoPath::from_normal(&folder.relative));
        }
        for name in files {
            let text = name.to_string_lossy();
            if !(self.wanted)(&folder.relative, &text) || is_ignored(&name, false) {
                continue;
            }
            let path = joined(&folder.relative, &text);
            if folder.is_nameable && name.to_str().is_some() {
                seen.files.push(RepoPath::from_normal(&path));
            } else {
                seen.unnameable.push(path);
            }
        }
        let is_left_out =
            |name: &OsString| VERSION_CONTROL.iter().any(|known| name == *known) || is_ignored(name, true);
        let inner = folders.into_iter().filter(|name| !is_left_out(name)).map(|name| Folder {
            path: folder.path.join(&name),
            relative: joined(&folder.relative, &name.to_string_lossy()),
            is_nameable: folder.is_nameable && name.to_str().is_some(),
            ignored: ignored.clone(),
        });
        (seen, inner.collect())
    }
}

/// The names of the folders and of the files in a folder. A link to a folder counts as a file: what it
/// leads to is listed where it lies.
fn entries(path: &Path) -> std::io::Result<(Vec<OsString>, Vec<OsString>)> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() { &mut folders } else { &mut files }.push(entry.file_name());
    }
    Ok((folders, files))
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Lines that are no pattern are passed over, as git does.
fn read_ignore_file(folder: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    let path = folder.join(".gitignore");
    // Git does not follow a link here either; a pipe or a device would never end.
    let bytes = fs::symlink_metadata(&path).ok().and_then(|metadata| read_bounded(&path, &metadata).ok());
    for line in String::from_utf8_lossy(&bytes.unwrap_or_default()).lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// A folder that the walk could not enter.
fn unlisted(relative: &str, error: &std::io::Error) -> Fault {
    Fault {
        path: if relative.is_empty() { ".".to_owned() } else { relative.to_owned() },
        span: None,
        message: format!("what lies here could not be listed: {error}"),
        label: String::new(),
        help: "make it readable, or take it out with `[scan] exclude`".to_owned(),
    }
}
