//! The Rust sources that are read, each once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::snapshot::{Cache, ContentId, ContentKey, Listing, Snapshot};
use crate::sources::rust::code::{RustFile, read_code};
use crate::text::RepoPath;

/// The sources of some packages.
pub(super) struct Sources<'s> {
    snapshot: &'s dyn Snapshot,
    listing: &'s Listing,
    is_excluded: &'s (dyn Fn(&RepoPath) -> bool + Sync),
    cache: &'s Cache,
    read: FxHashMap<RepoPath, Option<Arc<RustFile>>>,
    /// What names the bytes of a source; `None` for what is excluded or can't be read.
    names: FxHashMap<RepoPath, Option<ContentKey>>,
    /// Whether a source was changed between being named and being read.
    is_moving: AtomicBool,
}

impl<'s> Sources<'s> {
    pub(super) fn new(
        snapshot: &'s dyn Snapshot,
        listing: &'s Listing,
        is_excluded: &'s (dyn Fn(&RepoPath) -> bool + Sync),
        cache: &'s Cache,
    ) -> Self {
        let (read, names) = (FxHashMap::default(), FxHashMap::default());
        Self { snapshot, listing, is_excluded, cache, read, names, is_moving: AtomicBool::new(false) }
    }

    /// Names the bytes of all of these that have no name yet, in parallel; what nobody has read so far is read at once.
    pub(super) fn name<'p>(&mut self, paths: impl Iterator<Item = &'p RepoPath>) {
        let unnamed: Vec<&RepoPath> = paths.filter(|path| !self.names.contains_key(*path)).collect();
        let named: Vec<_> = unnamed.par_iter().map(|path| ((*path).clone(), self.name_of(path))).collect();
        for (path, (name, file)) in named {
            if file.is_some() || name.is_none() {
                self.read.insert(path.clone(), file);
            }
            self.names.insert(path, name);
        }
    }

    fn name_of(&self, path: &RepoPath) -> (Option<ContentKey>, Option<Arc<RustFile>>) {
        if (self.is_excluded)(path) {
            return (None, None);
        }
        match self.likely_name(path) {
            Some(name) => (Some(name), None),
            None => self.read_anew(path).unwrap_or_default(),
        }
    }

    /// What names the bytes of a source that was read before, as far as that can be told without reading it again.
    fn likely_name(&self, path: &RepoPath) -> Option<ContentKey> {
        if let Some(id) = self.snapshot.content_id(path) {
            let name = ContentKey::of_id(id);
            return self.cache.get(&name).map(|_| name);
        }
        let (id, size) = self.snapshot.likely_id(path)?;
        let name = ContentKey::of_id(id);
        let length: u32 = postcard::from_bytes(&self.cache.get(&name)?).ok()?;
        // Bytes that are converted between git and the disk are not as many.
        (u64::from(length) == size).then_some(name)
    }

    /// Reads the bytes, names them, and reads what they say if that is not known.
    fn read_anew(&self, path: &RepoPath) -> Option<(Option<ContentKey>, Option<Arc<RustFile>>)> {
        let bytes = self.snapshot.read(path).ok()?;
        let name = self.cache.file().map(|_| {
            let likely = self.snapshot.likely_id(path).map(|(id, _)| id);
            let is_named = |id: &ContentId| self.snapshot.id_of(&bytes) == Some(*id);
            match self.snapshot.content_id(path).or_else(|| likely.filter(is_named)) {
                Some(id) => ContentKey::of_id(id),
                None => ContentKey::of_bytes(&bytes),
            }
        });
        if let Some(file) = name.and_then(|name| self.kept(name)) {
            return Some((name, Some(file)));
        }
        self.cache.count_read();
        let Ok(text) = String::from_utf8(bytes) else { return Some((name, None)) };
        let file = read_code(&text);
        if let Some(name) = name {
            self.cache.put(name, || postcard::to_stdvec(&file).ok());
        }
        Some((name, Some(Arc::new(file))))
    }

    /// What names all of these sources, and where they lie; they have names.
    pub(super) fn digest(&self, paths: &[&RepoPath]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for path in paths {
            hasher.update((path.as_str().len() as u64).to_le_bytes());
            hasher.update(path.as_str().as_bytes());
            match self.names.get(*path) {
                Some(Some(name)) => hasher.update(name.as_bytes()),
                _ => hasher.update([0]),
            }
        }
        hasher.finalize().into()
    }

    /// Counts these as known, without reading them.
    pub(super) fn are_known(&self, paths: &[&RepoPath]) {
        self.cache.count_known(paths.iter().filter_map(|path| self.names.get(*path)?.as_ref()));
    }

    /// Whether a source was changed while this went on: what was found out then has no name.
    pub(super) fn are_moving(&self) -> bool {
        self.is_moving.load(Ordering::Relaxed)
    }

    /// Reads all of these that were not read yet, in parallel.
    pub(super) fn read<'p>(&mut self, paths: impl Iterator<Item = &'p RepoPath>) {
        let unread: Vec<&RepoPath> = paths.filter(|path| !self.read.contains_key(*path)).collect();
        let read: Vec<_> = unread.par_iter().map(|path| ((*path).clone(), self.read_one(path))).collect();
        self.read.extend(read);
    }

    fn read_one(&self, path: &RepoPath) -> Option<Arc<RustFile>> {
        let name = match self.names.get(path) {
            Some(name) => (*name)?,
            None => match self.name_of(path) {
                (_, Some(file)) => return Some(file),
                (name, None) => name?,
            },
        };
        if let Some(file) = self.kept(name) {
            return Some(file);
        }
        // What is kept is broken, or no text.
        let (again, file) = self.read_anew(path)?;
        self.is_moving.fetch_or(again != Some(name), Ordering::Relaxed);
        file
    }

    /// What was read of these bytes before.
    fn kept(&self, name: ContentKey) -> Option<Arc<RustFile>> {
        let file: RustFile = postcard::from_bytes(&self.cache.get(&name)?).ok()?;
        self.cache.count_known(std::iter::once(&name));
        Some(Arc::new(file))
    }

    /// What a source says; one that lies outside of all packages that were read is read now.
    pub(super) fn file(&self, path: &RepoPath) -> Option<Arc<RustFile>> {
        match self.read.get(path) {
            Some(known) => known.clone(),
            None => self.has(path).then(|| self.read_one(path)).flatten(),
        }
    }

    /// Whether a source is there.
    pub(super) fn has(&self, path: &RepoPath) -> bool {
        self.listing.contains(path.as_str())
    }
}

/// Which package a path belongs to: the one whose folder is the nearest around it.
pub(super) struct Folders<'f>(BTreeMap<&'f str, usize>);

impl<'f> Folders<'f> {
    pub(super) fn new(packages: impl Iterator<Item = &'f RepoPath>) -> Self {
        Self(packages.map(RepoPath::as_str).zip(0..).collect())
    }

    pub(super) fn package_of(&self, path: &RepoPath) -> Option<usize> {
        path.with_ancestors().find_map(|folder| self.0.get(folder)).copied()
    }

    /// The sources of each package: those below its folder that lie in no other package.
    pub(super) fn sources<'l>(&self, listing: &'l Listing, packages: usize) -> Vec<Vec<&'l RepoPath>> {
        let mut found = vec![Vec::new(); packages];
        for path in listing.files.iter().filter(|path| path.as_str().ends_with(".rs")) {
            if let Some(package) = self.package_of(path) {
                found[package].push(path);
            }
        }
        found
    }
}
