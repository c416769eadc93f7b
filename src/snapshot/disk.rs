//! Single questions to the disk.

#![expect(clippy::disallowed_methods, reason = "this is the room that reads the file system")]

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{LARGEST_FILE, ReadFailure};

/// The repository that `start` lies in: the nearest folder from there upward that holds
/// `watertight.toml` or `.git`. `None` if there is none.
pub fn find_root(start: &Path) -> Option<PathBuf> {
    let start = start.canonicalize().ok()?;
    // A link counts wherever it leads to, so that each view of the repository has the same root.
    let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir());
    start
        .ancestors()
        .find(|folder| is_file(&folder.join("watertight.toml")) || folder.join(".git").exists())
        .map(Path::to_path_buf)
}

/// What lies beside a path, by its name: what somebody who mistypes a path may have meant.
pub fn names_beside(path: &Path) -> Vec<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// Whether a folder lies in what looks like a git repository.
pub(super) fn has_git(start: &Path) -> bool {
    start.canonicalize().is_ok_and(|start| start.ancestors().any(|folder| folder.join(".git").exists()))
}

/// Whether a path leads to a regular file; `None` if it leads to nothing.
pub(super) fn is_file(path: &Path) -> Option<bool> {
    fs::metadata(path).ok().map(|metadata| metadata.is_file())
}

/// Reads a file that the user named on the command line; it may lie outside of the repository.
///
/// # Errors
/// [`ReadFailure`] says why there is nothing to read.
pub fn read_outside(path: &Path) -> Result<Vec<u8>, ReadFailure> {
    let metadata = fs::metadata(path).map_err(|error| refused(&error))?;
    read_bounded(path, &metadata)
}

pub(super) fn refused(error: &std::io::Error) -> ReadFailure {
    match error.kind() {
        std::io::ErrorKind::NotFound => ReadFailure::Missing,
        _ => ReadFailure::Refused(error.to_string()),
    }
}

/// `metadata` is asked for before the file is opened: opening a named pipe would wait for a writer.
pub(super) fn read_bounded(path: &Path, metadata: &fs::Metadata) -> Result<Vec<u8>, ReadFailure> {
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

/// The names of the folders and of the files in a folder. A link to a folder counts as a file: what it
/// leads to is listed where it lies.
pub(super) fn entries(path: &Path) -> std::io::Result<(Vec<OsString>, Vec<OsString>)> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() { &mut folders } else { &mut files }.push(entry.file_name());
    }
    Ok((folders, files))
}
