//! The files of a commit or of the index, as they are listed and read.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use gix::ObjectId;
use rayon::prelude::*;

use crate::text::{Fault, RepoPath};

use super::super::links::{Node, resolve};
use super::super::{
    ContentId, Gap, LARGEST_FILE, Listing, ReadFailure, Snapshot, Stamp, StampKind, Visit, Wanted,
};
use super::{Git, chained};

/// What a symbolic link may say, in bytes, as on Linux.
const LONGEST_LINK: u64 = 4096;

/// The files of a commit, or those that are staged.
pub struct GitFiles {
    git: Arc<Git>,
    /// Sorted by path.
    pub(super) folders: Vec<Arc<Folder>>,
    pub(super) faults: Vec<Fault>,
    /// Of the objects that could not be read, the first in the order of what is said about them.
    damage: Mutex<Option<String>>,
    /// Whether folders are shared with other commits, of which the same is wanted.
    is_shared: bool,
}

/// A folder that holds something.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// As text; with replacement characters if it is not UTF-8.
    pub(super) path: String,
    /// Whether the path is UTF-8, so that it can be named.
    pub(super) is_nameable: bool,
    /// Its own entries but for folders, sorted by name.
    pub(super) entries: Vec<Entry>,
    /// What of it was wanted, where it is shared.
    pub(super) listed: OnceLock<Listing>,
}

/// A file, or something like one.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: Box<str>,
    pub(super) is_nameable: bool,
    pub(super) what: What,
    pub(super) id: ObjectId,
    /// Whether a merge left it in conflict.
    pub(super) is_unmerged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    File,
    /// A file that may be run.
    Program,
    Link,
    /// Another repository.
    Submodule,
}

impl Folder {
    pub(super) fn sort(&mut self) {
        self.entries.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

impl What {
    fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Program)
    }
}

impl fmt::Debug for GitFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitFiles").field("folders", &self.folders.len()).finish_non_exhaustive()
    }
}

impl GitFiles {
    pub(super) fn new(git: Arc<Git>, mut folders: Vec<Folder>, faults: Vec<Fault>) -> Self {
        folders.par_iter_mut().for_each(Folder::sort);
        Self::of_folders(git, folders.into_iter().map(Arc::new).collect(), faults, false)
    }

    /// Of folders whose entries are sorted.
    pub(super) fn of_folders(
        git: Arc<Git>,
        mut folders: Vec<Arc<Folder>>,
        faults: Vec<Fault>,
        is_shared: bool,
    ) -> Self {
        folders.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let damage = faults.first().map(|fault| format!("`{}`: {}", fault.path, fault.message));
        Self { git, folders, faults, damage: Mutex::new(damage), is_shared }
    }

    /// What could not be read although git says that it is there; `None` if nothing of what was asked for.
    pub fn damage(&self) -> Option<String> {
        self.damage.lock().ok()?.clone()
    }

    /// Whether a file, or a link to anything, lies at a path.
    pub fn has(&self, path: &RepoPath) -> bool {
        self.entry(path).is_some_and(|entry| entry.what != What::Submodule)
    }

    /// Whether a file lies at a path itself, and no link to one.
    pub fn is_plain(&self, path: &RepoPath) -> bool {
        self.entry(path).is_some_and(|entry| entry.what.is_file())
    }

    /// The symbolic links: the path of the folder of each, and its name.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str)> {
        self.folders.iter().flat_map(|folder| {
            let links = folder.entries.iter().filter(|entry| entry.what == What::Link);
            links.map(|entry| (folder.path.as_str(), &*entry.name))
        })
    }

    /// Whether a file, a link, or a folder that holds any lies at a path.
    pub fn holds(&self, path: &RepoPath) -> bool {
        self.has(path) || self.is_folder(path)
    }

    fn folder(&self, path: &str) -> Option<&Folder> {
        let at = self.folders.binary_search_by(|folder| folder.path.as_str().cmp(path)).ok()?;
        self.folders.get(at).map(|folder| &**folder)
    }

    fn entry(&self, path: &RepoPath) -> Option<&Entry> {
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let folder = self.folder(folder)?;
        let at = folder.entries.binary_search_by(|entry| (*entry.name).cmp(name)).ok()?;
        Some(&folder.entries[at])
    }

    fn is_folder(&self, path: &RepoPath) -> bool {
        let inside = format!("{path}/");
        let at = self.folders.partition_point(|folder| folder.path.as_str() < path.as_str());
        let mut rest = self.folders[at..].iter();
        rest.next().is_some_and(|folder| folder.path == path.as_str() || folder.path.starts_with(&inside))
    }

    fn stamp(&self, folder: &str, entry: &Entry) -> Stamp {
        let path =
            if folder.is_empty() { entry.name.to_string() } else { format!("{folder}/{}", entry.name) };
        let kind = match entry.what {
            What::File => StampKind::File { is_executable: false },
            What::Program => StampKind::File { is_executable: true },
            What::Submodule => StampKind::Submodule,
            What::Link => {
                let target = self.git.blob(entry.id, LONGEST_LINK).unwrap_or_default();
                StampKind::Link(String::from_utf8_lossy(&target).into_owned())
            }
        };
        // Names with other bytes than UTF-8 have replacement characters here: they are compared, not read.
        Stamp { path: RepoPath::from_normal(&path), kind, content: Some(ContentId(entry.id)) }
    }

    /// What lies at a path, links not followed.
    pub(in crate::snapshot) fn node(&self, path: &RepoPath) -> Result<Node, ReadFailure> {
        match self.entry(path) {
            Some(entry) => match entry.what {
                What::File | What::Program => Ok(Node::File),
                What::Submodule => Ok(Node::Missing),
                What::Link => {
                    let target = self.git.blob(entry.id, LONGEST_LINK).map_err(|failure| match failure {
                        ReadFailure::TooLarge(_) => ReadFailure::NotAFile,
                        failure => failure,
                    })?;
                    String::from_utf8(target).map(Node::Link).map_err(|_| ReadFailure::NotAFile)
                }
            },
            None if self.is_folder(path) => Ok(Node::Folder),
            None => Ok(Node::Missing),
        }
    }
}

impl Snapshot for GitFiles {
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing {
        let list_anew = |folder: &Folder| {
            let mut seen = Listing::default();
            let mut has_file = false;
            for entry in &folder.entries {
                let path = || match folder.path.as_str() {
                    "" => entry.name.to_string(),
                    path => format!("{path}/{}", entry.name),
                };
                if entry.what == What::Submodule {
                    seen.gaps.push(Gap::submodule(path()));
                    continue;
                }
                has_file = true;
                if !wanted(&folder.path, &entry.name) {
                    continue;
                }
                seen.faults.extend(entry.is_unmerged.then(|| unmerged(path())));
                match folder.is_nameable && entry.is_nameable {
                    true => seen.files.push(RepoPath::from_normal(&path())),
                    false => seen.unnameable.push(path()),
                }
            }
            if has_file && folder.is_nameable {
                seen.folders.push(RepoPath::from_normal(&folder.path));
            }
            seen
        };
        let list = |folder: &Arc<Folder>| match self.is_shared {
            true => folder.listed.get_or_init(|| list_anew(folder)).clone(),
            false => list_anew(folder),
        };
        let mut listing = Listing { faults: self.faults.clone(), ..Listing::default() };
        for mut seen in self.folders.par_iter().map(list).collect::<Vec<_>>() {
            listing.files.append(&mut seen.files);
            listing.folders.append(&mut seen.folders);
            listing.unnameable.append(&mut seen.unnameable);
            listing.gaps.append(&mut seen.gaps);
            listing.faults.append(&mut seen.faults);
        }
        listing.sort();
        listing.files.par_iter().for_each(visit);
        listing
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        let known = self.entry(path).filter(|entry| entry.what.is_file());
        let id = match known {
            Some(entry) => entry.id,
            None => {
                let end = resolve(path, &|path| self.node(path))?;
                self.entry(&end).ok_or(ReadFailure::Missing)?.id
            }
        };
        self.git.blob(id, LARGEST_FILE).inspect_err(|failure| {
            if let (ReadFailure::Damaged(why), Ok(mut damage)) = (failure, self.damage.lock()) {
                let this = format!("`{path}`: {why}");
                *damage = Some(damage.take().map_or(this.clone(), |known| known.min(this)));
            }
        })
    }

    fn id_of(&self, bytes: &[u8]) -> Option<ContentId> {
        self.git.id_of(bytes)
    }

    fn content_id(&self, path: &RepoPath) -> Option<ContentId> {
        self.entry(path).filter(|entry| entry.what.is_file()).map(|entry| ContentId(entry.id))
    }

    fn stamps(&self) -> Option<Vec<Stamp>> {
        let of_folder = |folder: &Arc<Folder>| {
            let stamp = |entry: &Entry| self.stamp(&folder.path, entry);
            folder.entries.iter().map(stamp).collect::<Vec<_>>()
        };
        let mut stamps: Vec<Stamp> = self.folders.par_iter().flat_map_iter(of_folder).collect();
        stamps.par_sort_by(|a, b| a.path.cmp(&b.path));
        Some(stamps)
    }
}

impl Git {
    /// The bytes of a blob; what it says about its size is looked at first.
    fn blob(&self, id: ObjectId, largest: u64) -> Result<Vec<u8>, ReadFailure> {
        let refused = |error: gix::Error| ReadFailure::Damaged(chained(&error));
        let absent = || ReadFailure::Damaged(absent(&id));
        let (kind, size) = self.header(id).map_err(refused)?.ok_or_else(absent)?;
        if kind != gix::object::Kind::Blob {
            return Err(ReadFailure::NotAFile);
        }
        if size > largest {
            return Err(ReadFailure::TooLarge(size));
        }
        let (_, bytes) = self.object(id).map_err(refused)?.ok_or_else(absent)?;
        Ok(bytes)
    }
}

fn unmerged(path: String) -> Fault {
    Fault {
        path,
        span: None,
        message: "a merge left this file in conflict; our side of it is checked".to_owned(),
        label: String::new(),
        help: "decide for one side or both, and stage the file with `git add`".to_owned(),
    }
}

/// An object that is named and not there: a clone may leave out what was not asked for.
pub(super) fn absent(id: &ObjectId) -> String {
    format!("object {id} is not in this clone")
}
