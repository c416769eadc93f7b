//! The work tree: files as they lie on the disk.

#![expect(clippy::disallowed_methods, reason = "this is the room that reads the file system")]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;

use crate::text::{Fault, RepoPath};

use super::disk::{entries, read_bounded, read_outside, refused};
use super::git::{Tracked, Tracks};
use super::links::{Node, resolve};
use super::{
    ContentId, Gap, Git, GitFiles, Listing, ReadFailure, Snapshot, Stamp, StampKind, VERSION_CONTROL, Visit,
    Wanted,
};

/// The files under one folder, as the repository's own `.gitignore` files leave them.
///
/// Only those files count: not the user's global ignore file, not `.git/info/exclude`, so that two
/// machines see the same repository. In a git repository, the index counts as well: what git tracks is
/// there whatever an ignore file says, even where a sparse checkout leaves it out of the folder.
#[derive(Debug)]
pub struct WorkTree {
    root: PathBuf,
    git: Option<InGit>,
}

/// The place of a work tree in its git repository.
#[derive(Debug)]
struct InGit {
    git: Arc<Git>,
    /// The folder of the repository's work tree.
    top: PathBuf,
    /// The way from there to the root.
    prefix: RepoPath,
    /// What the index says, once somebody asks.
    tracking: OnceLock<Result<Tracking, String>>,
}

/// What the index says about a work tree.
#[derive(Debug)]
struct Tracking {
    tracked: Tracked,
    /// Where submodules lie, sorted.
    submodules: Vec<String>,
    /// What a sparse checkout leaves out of the folder.
    left_out: Option<GitFiles>,
}

impl WorkTree {
    /// The work tree at `root`, which must be a folder.
    ///
    /// # Errors
    /// The system's words if the folder can't be found or entered.
    pub fn open(root: &Path) -> Result<Self, String> {
        let root = root.canonicalize().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "it is not there".to_owned(),
            _ => error.to_string(),
        })?;
        if root.is_dir() { Ok(Self { root, git: None }) } else { Err("it is not a folder".to_owned()) }
    }

    /// Lets the index of a repository count, if this is a part of its work tree.
    #[must_use]
    pub fn with_git(mut self, git: &Arc<Git>) -> Self {
        self.git = git.top().and_then(|top| {
            let prefix = self.root.strip_prefix(&top).ok()?.to_str()?.replace('\\', "/");
            let prefix = RepoPath::new(&prefix)?;
            Some(InGit { git: Arc::clone(git), top, prefix, tracking: OnceLock::new() })
        });
        self
    }

    /// The way from the top of its git repository to the root; `None` if it lies in none.
    pub fn prefix(&self) -> Option<&RepoPath> {
        self.git.as_ref().map(|git| &git.prefix)
    }

    fn tracking(&self) -> Option<&Result<Tracking, String>> {
        let git = self.git.as_ref()?;
        Some(git.tracking.get_or_init(|| Tracking::new(&git.git, &git.prefix)))
    }

    /// The folder on the disk.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Snapshot for WorkTree {
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing {
        let tracking = self.tracking();
        let mut listing = Listing::default();
        if let Some(Err(why)) = tracking {
            listing.faults.push(unlisted("", why));
        }
        let tracking = tracking.and_then(|tracking| tracking.as_ref().ok());
        let walk = Walk { wanted, is_in_git: self.git.is_some(), tracking };
        let (ignored, is_ignored) = self.git.as_ref().map(InGit::ignored_around).unwrap_or_default();
        // Who checks a folder that git knows nothing of means all of it.
        let has_any = || tracking.is_some_and(|tracking| tracking.tracked.entries().next().is_some());
        let top = Folder {
            path: self.root.clone(),
            relative: String::new(),
            is_nameable: true,
            ignored,
            is_ignored: is_ignored && has_any(),
        };
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
                    listing.gaps.append(&mut seen.gaps);
                    folders.append(&mut inner);
                }
                let files = listing.files[met..].to_vec();
                scope.spawn(move |_| files.par_iter().for_each(visit));
            }
        });
        if let Some(tracking) = tracking {
            tracking.complete(&mut listing, wanted, &|path| self.is_on_disk(path), visit);
        }
        listing.sort();
        listing
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        let full = self.root.join(path.as_str());
        match fs::symlink_metadata(&full).map_err(|error| refused(&error)) {
            Ok(metadata) if !metadata.is_symlink() => read_bounded(&full, &metadata),
            // Links to files inside are files like any other.
            Ok(_) | Err(ReadFailure::Missing) => self.read_end(&resolve(path, &|path| self.node(path))?),
            Err(failure) => Err(failure),
        }
    }

    fn likely_id(&self, path: &RepoPath) -> Option<(ContentId, u64)> {
        let tracking = self.tracking()?.as_ref().ok()?;
        let full = self.root.join(path.as_str());
        let metadata = fs::symlink_metadata(&full).ok().filter(fs::Metadata::is_file)?;
        let id = tracking.tracked.unchanged(path.as_str(), &full, touched_at(&metadata))?;
        Some((id, metadata.len()))
    }

    fn id_of(&self, bytes: &[u8]) -> Option<ContentId> {
        self.git.as_ref()?.git.id_of(bytes)
    }

    fn stamps(&self) -> Option<Vec<Stamp>> {
        let git = self.git.as_ref()?;
        let tracking = self.tracking()?.as_ref().ok()?;
        let listing = self.list(&|_, _| true, &|_| {});
        let trusts_disk = git.git.trusts_disk_for_programs();
        let mut stamps: Vec<Stamp> =
            listing.files.into_par_iter().map(|path| self.stamp(path, git, tracking, trusts_disk)).collect();
        stamps.extend(listing.unnameable.iter().map(|path| Stamp {
            path: RepoPath::from_normal(path),
            kind: StampKind::File { is_executable: false },
            content: None,
        }));
        let submodules = tracking.tracked.entries().filter(|one| one.what == Tracks::Submodule);
        stamps.extend(submodules.map(|one| Stamp {
            path: RepoPath::from_normal(&one.path.to_string()),
            kind: StampKind::Submodule,
            content: Some(ContentId(one.id)),
        }));
        stamps.par_sort_by(|a, b| a.path.cmp(&b.path));
        Some(stamps)
    }
}

impl WorkTree {
    /// What a file that was listed is. Its bytes are only read where the index can't know them.
    fn stamp(&self, path: RepoPath, git: &InGit, tracking: &Tracking, trusts_disk: bool) -> Stamp {
        let full = self.root.join(path.as_str());
        let Ok(metadata) = fs::symlink_metadata(&full) else {
            let left_out = tracking.left_out.as_ref();
            let content = left_out.and_then(|left_out| left_out.content_id(&path));
            let is_executable = tracking.tracked.is_program(path.as_str()) == Some(true);
            return Stamp { path, kind: StampKind::File { is_executable }, content };
        };
        if metadata.is_symlink() {
            let target = fs::read_link(&full).unwrap_or_default().to_string_lossy().replace('\\', "/");
            let content = git.git.id_of(target.as_bytes());
            return Stamp { path, kind: StampKind::Link(target), content };
        }
        let said = tracking.tracked.is_program(path.as_str()).filter(|_| !trusts_disk);
        let is_executable = said.unwrap_or_else(|| trusts_disk && may_be_run(&metadata));
        let known = tracking.tracked.unchanged(path.as_str(), &full, touched_at(&metadata));
        let content = known.or_else(|| git.git.id_of(&read_bounded(&full, &metadata).ok()?));
        Stamp { path, kind: StampKind::File { is_executable }, content }
    }
}

/// When the disk last wrote anything about a file: its bytes, its name, its permissions.
#[cfg(unix)]
fn touched_at(metadata: &fs::Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    // The index keeps 32 bits.
    Some((metadata.ctime() & 0xffff_ffff, metadata.ctime_nsec()))
}

#[cfg(not(unix))]
fn touched_at(_metadata: &fs::Metadata) -> Option<(i64, i64)> {
    None
}

#[cfg(unix)]
fn may_be_run(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    // As git decides it.
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn may_be_run(_metadata: &fs::Metadata) -> bool {
    false
}

impl WorkTree {
    fn is_on_disk(&self, path: &RepoPath) -> bool {
        fs::symlink_metadata(self.root.join(path.as_str())).is_ok()
    }

    /// What lies at a path, links not followed.
    fn node(&self, path: &RepoPath) -> Result<Node, ReadFailure> {
        let full = self.root.join(path.as_str());
        let metadata = match fs::symlink_metadata(&full).map_err(|error| refused(&error)) {
            Ok(metadata) => metadata,
            Err(ReadFailure::Missing) => {
                return self.left_out().map_or(Ok(Node::Missing), |left_out| left_out.node(path));
            }
            Err(failure) => return Err(failure),
        };
        if metadata.is_dir() {
            return Ok(Node::Folder);
        }
        if !metadata.is_symlink() {
            return Ok(Node::File);
        }
        let target = fs::read_link(&full).map_err(|error| refused(&error))?;
        target.to_str().map(|target| Node::Link(target.to_owned())).ok_or(ReadFailure::NotAFile)
    }

    /// The bytes of what is no link.
    fn read_end(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        match (read_outside(&self.root.join(path.as_str())), self.left_out()) {
            (Err(ReadFailure::Missing), Some(left_out)) => left_out.read(path),
            (read, _) => read,
        }
    }

    /// What git tracks and a sparse checkout leaves out.
    fn left_out(&self) -> Option<&GitFiles> {
        self.tracking()?.as_ref().ok()?.left_out.as_ref()
    }
}

impl InGit {
    /// The ignore files of the folders around the root, and whether they say that git ignores it.
    fn ignored_around(&self) -> (Option<Arc<Ignored>>, bool) {
        let mut ignored: Option<Arc<Ignored>> = None;
        let mut is_ignored = false;
        let mut folder = self.top.clone();
        for part in self.prefix.parts() {
            if folder.join(".gitignore").exists() {
                ignored = Some(Arc::new(Ignored { rules: read_ignore_file(&folder), around: ignored }));
            }
            folder.push(part);
            is_ignored |= ignored.as_ref().is_some_and(|ignored| ignored.matches(&folder, true));
        }
        (ignored, is_ignored)
    }
}

impl Tracking {
    fn new(git: &Arc<Git>, prefix: &RepoPath) -> Result<Self, String> {
        let tracked = Tracked::new(git, prefix)?;
        let mut submodules = Vec::new();
        let mut is_sparse = false;
        for one in tracked.entries() {
            is_sparse |= one.is_left_out || one.what == Tracks::Folder;
            if one.what == Tracks::Submodule {
                submodules.push(one.path.to_string());
            }
        }
        submodules.sort();
        let left_out = is_sparse
            .then(|| GitFiles::of_index(git, &tracked, &|one| one.is_left_out || one.what == Tracks::Folder));
        Ok(Self { tracked, submodules, left_out })
    }

    /// Adds what is tracked and does not lie in the folder.
    fn complete(
        &self,
        listing: &mut Listing,
        wanted: Wanted<'_>,
        is_on_disk: &(dyn Fn(&RepoPath) -> bool + Sync),
        visit: Visit<'_>,
    ) {
        listing.gaps.extend(self.submodules.iter().cloned().map(Gap::submodule));
        let Some(left_out) = &self.left_out else { return };
        // What is there in spite of being left out was listed where it lies.
        let mut more = left_out.list(wanted, &|_| {});
        more.files.retain(|path| !is_on_disk(path));
        more.files.par_iter().for_each(visit);
        listing.files.append(&mut more.files);
        listing.unnameable.append(&mut more.unnameable);
        listing.faults.append(&mut more.faults);
        listing.gaps.append(&mut more.gaps);
        listing.folders.append(&mut more.folders);
        listing.folders.sort_unstable();
        listing.folders.dedup();
    }
}

/// One walk over the tree, by every thread of the pool.
///
/// The matcher of the `ignore` crate decides what git ignores. Its own walk is not used: it matches
/// every file against every pattern, where only a few files of a repository are wanted; that took
/// 1.7 times as long on a tree of 11,000 files.
struct Walk<'w> {
    wanted: Wanted<'w>,
    is_in_git: bool,
    tracking: Option<&'w Tracking>,
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
    /// Whether git ignores all of it, but for what it tracks.
    is_ignored: bool,
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
        let is_root = folder.relative.is_empty();
        if self.is_in_git && !is_root {
            if self.is_submodule(&folder.relative) {
                seen.gaps.push(Gap::submodule(folder.relative.clone()));
                return (seen, Vec::new());
            }
            let has_repository = files.iter().any(|name| name == ".git")
                || folders.iter().any(|name| name == ".git") && folder.path.join(".git/HEAD").exists();
            if has_repository && !self.has_tracked(&folder.relative) {
                seen.gaps.push(Gap::nested(folder.relative.clone()));
                return (seen, Vec::new());
            }
        }
        let ignored = match files.iter().any(|name| name == ".gitignore") {
            true => {
                let rules = read_ignore_file(&folder.path);
                Some(Arc::new(Ignored { rules, around: folder.ignored.clone() }))
            }
            false => folder.ignored.clone(),
        };
        let is_ignored = |name: &OsStr, is_folder: bool| {
            folder.is_ignored
                || ignored.as_ref().is_some_and(|ignored| ignored.matches(&folder.path.join(name), is_folder))
        };
        let is_left_out = |name: &OsString| {
            is_ignored(name, false) && !self.is_tracked(&joined(&folder.relative, &name.to_string_lossy()))
        };
        if folder.is_nameable && files.iter().any(|name| name != ".git" && !is_left_out(name)) {
            seen.folders.push(RepoPath::from_normal(&folder.relative));
        }
        for name in files {
            let text = name.to_string_lossy();
            if !(self.wanted)(&folder.relative, &text) || is_left_out(&name) {
                continue;
            }
            let path = joined(&folder.relative, &text);
            if folder.is_nameable && name.to_str().is_some() {
                seen.files.push(RepoPath::from_normal(&path));
            } else {
                seen.unnameable.push(path);
            }
        }
        let inner = folders.into_iter().filter_map(|name| {
            if VERSION_CONTROL.iter().any(|known| name == *known) {
                return None;
            }
            let relative = joined(&folder.relative, &name.to_string_lossy());
            let is_ignored = is_ignored(&name, true);
            let is_entered = !is_ignored || self.has_tracked(&relative);
            is_entered.then(|| Folder {
                path: folder.path.join(&name),
                relative,
                is_nameable: folder.is_nameable && name.to_str().is_some(),
                ignored: ignored.clone(),
                is_ignored,
            })
        });
        (seen, inner.collect())
    }

    fn is_tracked(&self, path: &str) -> bool {
        self.tracking.is_some_and(|tracking| tracking.tracked.has(path))
    }

    fn has_tracked(&self, folder: &str) -> bool {
        self.tracking.is_some_and(|tracking| tracking.tracked.has_below(folder))
    }

    fn is_submodule(&self, folder: &str) -> bool {
        let is_known =
            |known: &Tracking| known.submodules.binary_search_by(|path| (**path).cmp(folder)).is_ok();
        self.tracking.is_some_and(is_known)
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// How many bytes of a `.gitignore` count: the largest that people write are a hundredth of it, and building a
/// matcher of the whole size that a file may have takes half a minute.
const LARGEST_IGNORE_FILE: usize = 256 * 1024;

/// Lines that are no pattern are passed over, as git does.
fn read_ignore_file(folder: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    let path = folder.join(".gitignore");
    // Git does not follow a link here either; a pipe or a device would never end.
    let bytes = fs::symlink_metadata(&path).ok().and_then(|metadata| read_bounded(&path, &metadata).ok());
    let text = bytes.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut size = 0;
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        size += line.len() + 1;
        if size > LARGEST_IGNORE_FILE {
            break;
        }
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// A folder that the walk could not enter.
fn unlisted(relative: &str, error: &dyn std::fmt::Display) -> Fault {
    Fault {
        path: if relative.is_empty() { ".".to_owned() } else { relative.to_owned() },
        span: None,
        message: format!("what lies here could not be listed: {error}"),
        label: String::new(),
        help: "make it readable, or take it out with `[scan] exclude`".to_owned(),
    }
}
