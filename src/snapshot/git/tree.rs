//! The files of a commit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use crate::text::{Fault, RepoPath};

use super::super::VERSION_CONTROL;
use super::files::{Entry, Folder, GitFiles, What, absent};
use super::{Commit, DAMAGED, Git, chained};

/// What the list of a commit's files may take, in bytes: millions of files. A few small objects can name
/// each other so often that no machine could list what they describe.
pub(super) const LARGEST_LIST: usize = 256 * 1024 * 1024;

/// What a file or folder takes in that list besides its name.
const ENTRY: usize = 64;

/// How long a path may be, in bytes: as on Linux.
pub(super) const LONGEST_PATH: usize = 4096;

/// How much of a path is shown where it makes trouble, in characters.
const LONGEST_SHOWN: usize = 200;

/// How many folders of several commits are kept at most.
const MOST_KEPT: usize = 200_000;

/// The folders that were read of several commits: most of one are those of the next.
///
/// Whoever shares them wants the same files of each.
#[derive(Debug, Default)]
pub struct Trees(Mutex<HashMap<Ahead, Arc<Opened>>>);

/// What a folder holds, and the folders in it.
#[derive(Debug)]
struct Opened {
    folder: Arc<Folder>,
    inner: Vec<Ahead>,
    /// What both take in a list.
    size: usize,
}

/// A folder that is still to be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Ahead {
    /// In bytes, since git allows everything.
    path: Vec<u8>,
    id: ObjectId,
}

impl GitFiles {
    /// The files of a commit that lie in a folder, which becomes the root.
    ///
    /// What can't be read in it is a fault of the listing.
    ///
    /// # Errors
    /// Why the folder itself can't be read.
    pub fn of_commit(git: &Arc<Git>, commit: &Commit, folder: &RepoPath) -> Result<Self, String> {
        Self::opened(git, commit, folder, None)
    }

    /// As [`Self::of_commit`], of one commit of several.
    ///
    /// # Errors
    /// As there.
    pub fn of_commit_among(
        git: &Arc<Git>,
        commit: &Commit,
        folder: &RepoPath,
        trees: &Trees,
    ) -> Result<Self, String> {
        Self::opened(git, commit, folder, Some(trees))
    }

    fn opened(
        git: &Arc<Git>,
        commit: &Commit,
        folder: &RepoPath,
        trees: Option<&Trees>,
    ) -> Result<Self, String> {
        let room = Room::default();
        let open = |ahead: &Ahead| match trees {
            Some(trees) => trees.open(git, ahead, &room),
            None => git.folder(ahead, &room).map(Arc::new),
        };
        let Some(id) = git.subtree(commit.tree, folder)? else { return Ok(Self::none(git)) };
        let top = open(&Ahead { path: Vec::new(), id })?;
        let mut folders = vec![Arc::clone(&top.folder)];
        let mut faults = Vec::new();
        let mut level = vec![top];
        while !level.is_empty() {
            let ahead: Vec<&Ahead> = level.iter().flat_map(|opened| &opened.inner).collect();
            let read: Vec<_> = match trees {
                // Most are known.
                Some(_) => ahead.iter().map(|ahead| (*ahead, open(ahead))).collect(),
                None => ahead.par_iter().map(|ahead| (*ahead, open(ahead))).collect(),
            };
            let mut next = Vec::new();
            for (ahead, read) in read {
                match read {
                    Ok(opened) => {
                        folders.push(Arc::clone(&opened.folder));
                        next.push(opened);
                    }
                    Err(why) => faults.push(unreadable(ahead.path.as_bstr(), &why)),
                }
            }
            if room.is_full() {
                folders.truncate(1);
                let most = LARGEST_LIST / 1024 / 1024;
                let why = format!(
                    "the list of its files would take more than {most} MiB; none below the root is read"
                );
                faults = vec![unreadable(BStr::new(""), &why)];
                break;
            }
            level = next;
        }
        faults.sort();
        Ok(Self::of_folders(Arc::clone(git), folders, faults, trees.is_some()))
    }

    /// No file at all: what a repository holds before its first commit.
    pub fn none(git: &Arc<Git>) -> Self {
        Self::new(Arc::clone(git), Vec::new(), Vec::new())
    }
}

/// What a list has taken so far.
#[derive(Default)]
struct Room(AtomicUsize);

impl Room {
    fn take(&self, size: usize) {
        self.0.fetch_add(size, Ordering::Relaxed);
    }

    fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) > LARGEST_LIST
    }
}

impl Trees {
    /// What a folder holds, read once.
    fn open(&self, git: &Git, ahead: &Ahead, room: &Room) -> Result<Arc<Opened>, String> {
        let known = self.0.lock().ok().and_then(|known| known.get(ahead).cloned());
        if let Some(known) = known {
            room.take(known.size);
            return Ok(known);
        }
        let opened = Arc::new(git.folder(ahead, room)?);
        // What is not whole is not for the next one.
        if let (false, Ok(mut known)) = (room.is_full(), self.0.lock()) {
            if known.len() >= MOST_KEPT {
                known.clear();
            }
            known.insert(ahead.clone(), Arc::clone(&opened));
        }
        Ok(opened)
    }
}

impl Git {
    /// The tree of a folder; `None` if the folder is not there.
    pub(super) fn subtree(&self, tree: ObjectId, folder: &RepoPath) -> Result<Option<ObjectId>, String> {
        let mut current = tree;
        for part in folder.parts() {
            let ahead = Ahead { path: Vec::new(), id: current };
            let opened = self.folder(&ahead, &Room::default())?;
            match opened.inner.iter().find(|one| one.path == part.as_bytes()) {
                Some(found) => current = found.id,
                None => return Ok(None),
            }
        }
        Ok(Some(current))
    }

    /// What a folder holds, and the folders in it; not all, once there is no room any more.
    fn folder(&self, ahead: &Ahead, room: &Room) -> Result<Opened, String> {
        let mut folder = Folder {
            path: ahead.path.to_str_lossy().into_owned(),
            is_nameable: ahead.path.to_str().is_ok(),
            ..Folder::default()
        };
        let mut inner = Vec::new();
        if room.is_full() {
            return Ok(Opened { folder: Arc::new(folder), inner, size: 0 });
        }
        let mut size = 0;
        let mut take = |name: usize| {
            size += name + ENTRY;
            room.take(name + ENTRY);
        };
        take(ahead.path.len());
        let found = self.object(ahead.id).map_err(|error| chained(&error))?;
        let (kind, data) = found.ok_or_else(|| absent(&ahead.id))?;
        if kind != gix::object::Kind::Tree {
            return Err(format!("object {} is a {kind} and no tree", ahead.id));
        }
        for entry in TreeRefIter::from_bytes(&data, ahead.id.kind()) {
            if room.is_full() {
                break;
            }
            let entry = entry.map_err(|error| format!("object {}: {error}", ahead.id))?;
            let name = entry.filename;
            if !is_name(name) {
                return Err(format!("object {} names a file as git does not allow", ahead.id));
            }
            if ahead.path.len() + name.len() >= LONGEST_PATH {
                return Err(format!("object {} makes a path of more than {LONGEST_PATH} bytes", ahead.id));
            }
            let what = match entry.mode.kind() {
                EntryKind::Tree => {
                    if VERSION_CONTROL.iter().all(|known| name != known.as_bytes()) {
                        take(ahead.path.len() + name.len());
                        inner.push(Ahead { path: joined(&ahead.path, name), id: entry.oid.to_owned() });
                    }
                    continue;
                }
                EntryKind::Blob => What::File,
                EntryKind::BlobExecutable => What::Program,
                EntryKind::Link => What::Link,
                EntryKind::Commit => What::Submodule,
            };
            take(name.len());
            folder.entries.push(Entry::new(name, what, entry.oid.to_owned()));
        }
        folder.sort();
        Ok(Opened { folder: Arc::new(folder), inner, size })
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

pub(super) fn joined(folder: &[u8], name: &BStr) -> Vec<u8> {
    let separator: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    [folder, separator, name.as_bytes()].concat()
}

pub(super) fn unreadable(path: &BStr, why: &str) -> Fault {
    Fault {
        path: if path.is_empty() { ".".to_owned() } else { shown(path) },
        span: None,
        message: format!("what lies here could not be listed: {why}"),
        label: String::new(),
        help: DAMAGED.to_owned(),
    }
}

/// A path, cut off where it is longer than anybody would read.
fn shown(path: &BStr) -> String {
    let text = path.to_str_lossy();
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into_owned(),
    }
}
