//! The only place that writes files: reports that were asked for, whole or not at all.

#![allow(clippy::disallowed_methods, reason = "what a user asked for is written here, and nowhere else")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Outcome;

/// Writes a file so that whoever reads it sees the old content or the new one, never a part of it: beside
/// it first, and then it takes its place. A device or a pipe (`/dev/stdout`, say) has no content to lose
/// and is written to directly.
///
/// # Errors
/// What the system says; a file that was there is as it was before.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(about) if !about.is_file() => {
            let mut device = OpenOptions::new().write(true).open(path)?;
            device.write_all(text.as_bytes())
        }
        Ok(about) if about.permissions().readonly() => Err(ErrorKind::PermissionDenied.into()),
        // Behind a symbolic link, the file is replaced and not the link.
        Ok(about) => replace(&fs::canonicalize(path)?, Some(about.permissions()), text),
        Err(error) if error.kind() == ErrorKind::NotFound => replace(path, None, text),
        Err(error) => Err(error),
    }
}

/// That a file can't be written, why, and what to do about it.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> Outcome {
    let system = error.to_string();
    // What the system adds about its own paths is no help, and differs from run to run.
    let system = system.split(" at path ").next().unwrap_or_default();
    let (why, help) = match error.kind() {
        ErrorKind::NotFound => ("its folder is not there", "make the folder first, or name another one"),
        ErrorKind::IsADirectory => ("a folder has this name", "name a file"),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            ("what should be its folder is a file", "name a folder, or a file in one")
        }
        ErrorKind::FileTooLarge => {
            ("it would become larger than whoever reads it takes", "write it elsewhere")
        }
        _ => (system, "name a file that you may write, on a disk with room for it"),
    };
    Outcome::refused(&format!("`{}` can't be written: {why}", path.to_string_lossy()), help)
}

/// Makes a folder, and those that it lies in.
///
/// # Errors
/// What the system says.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Appends to a file, or begins it; at most so many bytes in all, else nothing.
///
/// # Errors
/// What the system says, or that there is no room.
pub(super) fn append(path: &Path, text: &str, most: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let there = file.metadata().map_or(0, |about| about.len());
    match there + text.len() as u64 <= most {
        true => file.write_all(text.as_bytes()),
        false => Err(ErrorKind::FileTooLarge.into()),
    }
}

fn replace(path: &Path, permissions: Option<Permissions>, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let mut beside = new_file(&folder)?;
    beside.write_all(text.as_bytes())?;
    let file: &File = beside.as_file();
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    // Else a machine that stops just now could be left with the new name and no content.
    file.sync_all()?;
    beside.persist(path).map(drop).map_err(|error| error.error)
}

/// A file with the permissions that any other program's new file would have, not a private one.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".watertight-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
