//! The Rust sources that are read, each once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::snapshot::{Cache, ContentKey, Listing, Snapshot};
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

    /// Names the bytes of all of these that have no name yet, in parallel.
    pub(super) fn name<'p>(&mut self, paths: impl Iterator<Item = &'p RepoPath>) {
        let unnamed: Vec<&RepoPath> = paths.filter(|path| !self.names.contains_key(*path)).collect();
        let named: Vec<_> = unnamed.par_iter().map(|path| ((*path).clone(), self.name_of(path))).collect();
        self.names.extend(named);
    }

    fn name_of(&self, path: &RepoPath) -> Option<ContentKey> {
        if (self.is_excluded)(path) {
            return None;
        }
        let known = self.snapshot.content_id(path).map(ContentKey::of_id);
        known.or_else(|| Some(ContentKey::of_bytes(&self.snapshot.read(path).ok()?)))
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
        if (self.is_excluded)(path) {
            return None;
        }
        let is_kept = self.cache.file().is_some();
        let named = match self.names.get(path) {
            Some(named) => *named,
            None if is_kept => self.snapshot.content_id(path).map(ContentKey::of_id),
            None => None,
        };
        if let Some(known) = named.and_then(|name| self.kept(&name)) {
            return Some(Arc::new(known));
        }
        let bytes = self.snapshot.read(path).ok()?;
        let name = match self.snapshot.content_id(path) {
            _ if !is_kept => None,
            Some(id) => Some(ContentKey::of_id(id)),
            None => Some(ContentKey::of_bytes(&bytes)),
        };
        if named.is_some() && name != named {
            self.is_moving.store(true, Ordering::Relaxed);
        }
        match name.filter(|name| Some(*name) != named).and_then(|name| self.kept(&name)) {
            Some(known) => return Some(Arc::new(known)),
            None => self.cache.count_read(),
        }
        let text = String::from_utf8(bytes).ok()?;
        let file = read_code(&text);
        if let Some(name) = name {
            self.cache.put(name, || postcard::to_stdvec(&file).ok());
        }
        Some(Arc::new(file))
    }

    /// What was read of these bytes before.
    fn kept(&self, name: &ContentKey) -> Option<RustFile> {
        let known = postcard::from_bytes(self.cache.get(name)?).ok()?;
        self.cache.count_known(std::iter::once(name));
        Some(known)
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

    /// The text of a source, as it is.
    pub(super) fn text(&self, path: &RepoPath) -> Option<String> {
        String::from_utf8(self.snapshot.read(path).ok()?).ok()
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
