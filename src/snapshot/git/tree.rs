//! The files of a commit.

use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use crate::text::{Fault, RepoPath};

use super::super::VERSION_CONTROL;
use super::files::{Entry, Folder, GitFiles, What, absent};
use super::{Commit, Git, chained};

/// How many files a commit may have. A few small objects can name each other so often that no machine
/// could list what they describe.
const MOST_FILES: usize = 10_000_000;

/// How long a path may be, in bytes: as on Linux.
const LONGEST_PATH: usize = 4096;

/// A folder that is still to be read.
struct Ahead {
    /// In bytes, since git allows everything.
    path: Vec<u8>,
    id: ObjectId,
}

impl GitFiles {
    /// The files of a commit that lie in a folder, which becomes the root.
    ///
    /// What can't be read of it is a fault of the listing.
    pub fn of_commit(git: &Arc<Git>, commit: &Commit, folder: &RepoPath) -> Self {
        let mut folders: Vec<Folder> = Vec::new();
        let mut faults = Vec::new();
        let mut level = Vec::new();
        match git.subtree(commit.tree, folder) {
            Ok(id) => level.extend(id.map(|id| Ahead { path: Vec::new(), id })),
            Err(why) => faults.push(unreadable(BStr::new(""), &why)),
        }
        let mut count = 0;
        while !level.is_empty() {
            let mut next = Vec::new();
            for (ahead, read) in level.par_iter().map(|ahead| (ahead, git.folder(ahead))).collect::<Vec<_>>()
            {
                match read {
                    Ok((folder, mut inner)) => {
                        count += folder.entries.len() + inner.len();
                        folders.push(folder);
                        next.append(&mut inner);
                    }
                    Err(why) => faults.push(unreadable(ahead.path.as_bstr(), &why)),
                }
            }
            if count > MOST_FILES {
                faults.push(unreadable(BStr::new(""), &format!("it has more than {MOST_FILES} files")));
                break;
            }
            level = next;
        }
        faults.sort();
        Self::new(Arc::clone(git), folders, faults)
    }

    /// No file at all: what a repository holds before its first commit.
    pub fn none(git: &Arc<Git>) -> Self {
        Self::new(Arc::clone(git), Vec::new(), Vec::new())
    }
}

impl Git {
    /// The tree of a folder; `None` if the folder is not there.
    fn subtree(&self, tree: ObjectId, folder: &RepoPath) -> Result<Option<ObjectId>, String> {
        let mut current = tree;
        for part in folder.parts() {
            let ahead = Ahead { path: Vec::new(), id: current };
            let (_, inner) = self.folder(&ahead)?;
            match inner.into_iter().find(|one| one.path == part.as_bytes()) {
                Some(found) => current = found.id,
                None => return Ok(None),
            }
        }
        Ok(Some(current))
    }

    /// What a folder holds, and the folders in it.
    fn folder(&self, ahead: &Ahead) -> Result<(Folder, Vec<Ahead>), String> {
        let data = self.with(|repository| {
            let found = repository.try_find_object(ahead.id).map_err(|error| chained(&error))?;
            let object = found.ok_or_else(|| absent(&ahead.id))?;
            match object.kind {
                gix::object::Kind::Tree => Ok(object.detach().data),
                other => Err(format!("object {} is a {other} and no tree", ahead.id)),
            }
        })?;
        let mut folder = Folder {
            path: ahead.path.to_str_lossy().into_owned(),
            is_nameable: ahead.path.to_str().is_ok(),
            entries: Vec::new(),
        };
        let mut inner = Vec::new();
        for entry in TreeRefIter::from_bytes(&data, ahead.id.kind()) {
            let entry = entry.map_err(|error| format!("object {}: {error}", ahead.id))?;
            let name = entry.filename;
            if !is_name(name) || ahead.path.len() + name.len() >= LONGEST_PATH {
                return Err(format!("object {} names a file as git does not allow", ahead.id));
            }
            let what = match entry.mode.kind() {
                EntryKind::Tree => {
                    if VERSION_CONTROL.iter().all(|known| name != known.as_bytes()) {
                        inner.push(Ahead { path: joined(&ahead.path, name), id: entry.oid.to_owned() });
                    }
                    continue;
                }
                EntryKind::Blob | EntryKind::BlobExecutable => What::File,
                EntryKind::Link => What::Link,
                EntryKind::Commit => What::Submodule,
            };
            folder.entries.push(Entry::new(name, what, entry.oid.to_owned()));
        }
        Ok((folder, inner))
    }
}

impl Entry {
    pub(super) fn new(name: &BStr, what: What, id: ObjectId) -> Self {
        Self {
            name: name.to_str_lossy().into(),
            is_nameable: name.to_str().is_ok(),
            what,
            id,
            is_unmerged: false,
        }
    }
}

/// Whether git allows a name; a crafted object may hold any bytes.
pub(super) fn is_name(name: &BStr) -> bool {
    !(name.is_empty() || name == "." || name == ".." || name.contains(&b'/') || name.contains(&0))
}

fn joined(folder: &[u8], name: &BStr) -> Vec<u8> {
    let separator: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    [folder, separator, name.as_bytes()].concat()
}

fn unreadable(path: &BStr, why: &str) -> Fault {
    Fault {
        path: if path.is_empty() { ".".to_owned() } else { path.to_str_lossy().into_owned() },
        span: None,
        message: format!("what lies here could not be listed: {why}"),
        label: String::new(),
        help: String::new(),
    }
}
