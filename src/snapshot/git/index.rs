//! The index: what is staged for the next commit, and which files git tracks at all.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage, Stat, stat};
use gix::index::fs::Metadata;

use crate::text::{Fault, RepoPath};

use super::super::{ContentId, VERSION_CONTROL};
use super::files::{Entry, Folder, GitFiles, What};
use super::tree::{is_name, unreadable};
use super::{Commit, Git, chained};

impl GitFiles {
    /// The files that are staged and lie in a folder, which becomes the root.
    ///
    /// # Errors
    /// Why the index can't be read.
    pub fn staged(git: &Arc<Git>, folder: &RepoPath) -> Result<Self, String> {
        let tracked = Tracked::new(git, folder)?;
        Ok(Self::of_index(git, &tracked, &|_| true))
    }

    /// Those entries of the index that are wanted.
    pub(in crate::snapshot) fn of_index(
        git: &Arc<Git>,
        tracked: &Tracked,
        is_wanted: &dyn Fn(&One<'_>) -> bool,
    ) -> Self {
        let mut folders = Folders::default();
        let mut faults = Vec::new();
        for one in tracked.entries().filter(is_wanted) {
            let (path, name) = split(one.path);
            if !is_name(name) || is_version_control(path) {
                continue;
            }
            let mut add = |what| {
                let is_unmerged = one.is_unmerged;
                folders.add(path, Entry { is_unmerged, ..Entry::new(name, what, one.id) });
            };
            match one.what {
                Tracks::File => add(What::File),
                Tracks::Program => add(What::Program),
                Tracks::Link => add(What::Link),
                Tracks::Submodule => add(What::Submodule),
                Tracks::Folder => {
                    let commit = Commit { id: one.id, tree: one.id };
                    let around = one.path.to_str_lossy();
                    let inside = |path: &str| match path {
                        "" | "." => around.to_string(),
                        path => format!("{around}/{path}"),
                    };
                    match Self::of_commit(git, &commit, &RepoPath::root()) {
                        Err(why) => faults.push(unreadable(one.path, &why)),
                        Ok(below) => {
                            folders.all.extend(below.folders.iter().map(|folder| Folder {
                                path: inside(&folder.path),
                                is_nameable: folder.is_nameable && one.path.to_str().is_ok(),
                                entries: folder.entries.clone(),
                                ..Folder::default()
                            }));
                            let placed = |fault: Fault| Fault { path: inside(&fault.path), ..fault };
                            faults.extend(below.faults.into_iter().map(placed));
                        }
                    }
                }
            }
        }
        faults.sort();
        faults.dedup();
        Self::new(Arc::clone(git), folders.all, faults)
    }
}

/// Folders by their path: the entries of the index come in the order of theirs, so those of one folder may
/// be apart.
#[derive(Default)]
struct Folders {
    all: Vec<Folder>,
    known: HashMap<BString, usize>,
}

impl Folders {
    fn add(&mut self, path: &BStr, entry: Entry) {
        let at = match self.known.get(path) {
            Some(at) => *at,
            None => {
                self.known.insert(path.to_owned(), self.all.len());
                self.all.push(Folder {
                    path: path.to_str_lossy().into_owned(),
                    is_nameable: path.to_str().is_ok(),
                    ..Folder::default()
                });
                self.all.len() - 1
            }
        };
        self.all[at].entries.push(entry);
    }
}

/// The part of an index that lies in one folder.
#[derive(Debug)]
pub(in crate::snapshot) struct Tracked {
    state: gix::index::State,
    /// The folder, with a slash behind it; empty for the root.
    prefix: BString,
}

/// One thing that git tracks.
pub(in crate::snapshot) struct One<'t> {
    /// From the folder that was asked for.
    pub(in crate::snapshot) path: &'t BStr,
    pub(in crate::snapshot) what: Tracks,
    pub(in crate::snapshot) id: gix::ObjectId,
    /// Whether a merge left it in conflict.
    is_unmerged: bool,
    /// Whether a sparse checkout leaves it out of the work tree.
    pub(in crate::snapshot) is_left_out: bool,
}

/// What is tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::snapshot) enum Tracks {
    File,
    /// A file that may be run.
    Program,
    Link,
    /// Another repository.
    Submodule,
    /// A whole folder that a sparse checkout leaves out.
    Folder,
}

impl Tracked {
    /// Reads the index; there is none before something was staged.
    pub(in crate::snapshot) fn new(git: &Git, folder: &RepoPath) -> Result<Self, String> {
        let state = git.with(|repository| {
            let path = repository.index_path();
            match super::super::disk::is_file(&path) {
                Some(true) => {}
                Some(false) => return Err("the index of git can't be read: it is no file".to_owned()),
                None => return Ok(gix::index::State::new(repository.object_hash())),
            }
            // What a sparse index leaves out is read where it is asked for.
            let index = repository
                .open_index()
                .map_err(|error| format!("the index of git can't be read: {}", chained(&error)))?;
            Ok::<_, String>(index.into())
        })?;
        let prefix = match folder.as_str() {
            "" => BString::default(),
            path => BString::from(format!("{path}/")),
        };
        Ok(Self { state, prefix })
    }

    /// Everything that is tracked, in the order of the paths.
    pub(in crate::snapshot) fn entries(&self) -> impl Iterator<Item = One<'_>> {
        let entries = match self.prefix.is_empty() {
            true => self.state.entries(),
            false => self.state.prefixed_entries(self.prefix.as_bstr()).unwrap_or_default(),
        };
        entries.iter().filter_map(|entry| {
            let path = entry.path(&self.state);
            let path = path.strip_prefix(self.prefix.as_bytes())?.as_bstr();
            // Of a conflict, our side counts; what is only meant to be added is not staged yet.
            let is_counted = matches!(entry.stage(), Stage::Unconflicted | Stage::Ours);
            if !is_counted || entry.flags.contains(Flags::INTENT_TO_ADD) {
                return None;
            }
            let what = match entry.mode {
                Mode::SYMLINK => Tracks::Link,
                Mode::COMMIT => Tracks::Submodule,
                Mode::DIR => Tracks::Folder,
                Mode::FILE_EXECUTABLE => Tracks::Program,
                _ => Tracks::File,
            };
            Some(One {
                path: path.trim_end_with(|last| last == '/').as_bstr(),
                what,
                id: entry.id,
                is_unmerged: entry.stage() != Stage::Unconflicted,
                is_left_out: entry.flags.contains(Flags::SKIP_WORKTREE),
            })
        })
    }

    /// What the index knows of the bytes of a file, as long as the file is as it was when it was staged.
    /// `touched` is when the disk last wrote anything about it, in seconds and billionths of one, where it says so.
    pub(in crate::snapshot) fn unchanged(
        &self,
        path: &str,
        on_disk: &Path,
        touched: Option<(i64, i64)>,
    ) -> Option<ContentId> {
        let whole = [self.prefix.as_bytes(), path.as_bytes()].concat();
        let entry = self.state.entry_by_path(whole.as_bstr())?;
        let now = Stat::from_fs(&Metadata::from_path_no_follow(on_disk).ok()?).ok()?;
        // What differs by anything is read. The library means the time of creation by what git keeps as the time
        // of the last touch, so that this is compared apart.
        let how = stat::Options { trust_ctime: false, check_stat: true, use_nsec: true, use_stdev: false };
        let known = &entry.stat.ctime;
        let is_known = !entry.flags.contains(Flags::INTENT_TO_ADD)
            && touched.is_none_or(|touched| touched == (i64::from(known.secs), i64::from(known.nsecs)))
            && entry.stat.matches(&now, how)
            && !entry.stat.is_racy(self.state.timestamp(), how);
        is_known.then_some(ContentId(entry.id))
    }

    /// Whether the index says of a file that it may be run; `None` if git does not track it.
    pub(in crate::snapshot) fn is_program(&self, path: &str) -> Option<bool> {
        let whole = [self.prefix.as_bytes(), path.as_bytes()].concat();
        Some(self.state.entry_by_path(whole.as_bstr())?.mode == Mode::FILE_EXECUTABLE)
    }

    /// Whether git tracks a file.
    pub(in crate::snapshot) fn has(&self, path: &str) -> bool {
        let whole = [self.prefix.as_bytes(), path.as_bytes()].concat();
        self.state.entry_index_by_path(whole.as_bstr()).is_ok()
    }

    /// Whether git tracks anything in a folder.
    pub(in crate::snapshot) fn has_below(&self, folder: &str) -> bool {
        let inside = [self.prefix.as_bytes(), folder.as_bytes(), b"/"].concat();
        self.state.prefixed_entries_range(inside.as_bstr()).is_some()
    }
}

/// The folder and the name of a path.
fn split(path: &BStr) -> (&BStr, &BStr) {
    match path.rfind_byte(b'/') {
        Some(at) => (path[..at].as_bstr(), path[at + 1..].as_bstr()),
        None => (BStr::new(""), path),
    }
}

fn is_version_control(folder: &BStr) -> bool {
    folder.split_str("/").any(|part| VERSION_CONTROL.iter().any(|known| part == known.as_bytes()))
}
