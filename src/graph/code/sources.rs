//! The Rust sources that are read, each once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::snapshot::{Cache, ContentKey, Listing, Snapshot};
use crate::sources::rust::code::{RustFile, read_code};
use crate::text::RepoPath;

/// The sources of some packages.
pub(super) struct Sources<'s> {
    snapshot: &'s dyn Snapshot,
    listing: &'s Listing,
    is_excluded: &'s (dyn Fn(&RepoPath) -> bool + Sync),
    cache: &'s Cache,
    read: BTreeMap<RepoPath, Option<Arc<RustFile>>>,
}

impl<'s> Sources<'s> {
    pub(super) fn new(
        snapshot: &'s dyn Snapshot,
        listing: &'s Listing,
        is_excluded: &'s (dyn Fn(&RepoPath) -> bool + Sync),
        cache: &'s Cache,
    ) -> Self {
        Self { snapshot, listing, is_excluded, cache, read: BTreeMap::new() }
    }

    /// Reads all of these that were not read yet, in parallel.
    pub(super) fn read(&mut self, paths: &[&RepoPath]) {
        let read: Vec<_> = paths
            .par_iter()
            .filter(|path| !self.read.contains_key(**path))
            .map(|path| ((*path).clone(), self.read_one(path)))
            .collect();
        self.read.extend(read);
    }

    fn read_one(&self, path: &RepoPath) -> Option<Arc<RustFile>> {
        if (self.is_excluded)(path) {
            return None;
        }
        let named = self.snapshot.content_id(path).map(ContentKey::of_id);
        if let Some(known) = named.and_then(|key| self.kept(&key)) {
            return Some(Arc::new(known));
        }
        let bytes = self.snapshot.read(path).ok()?;
        let key = match (named, self.cache.file()) {
            (Some(key), _) => Some(key),
            (None, Some(_)) => Some(ContentKey::of_bytes(&bytes)),
            (None, None) => {
                self.cache.misses();
                None
            }
        };
        if let Some(known) = key.filter(|_| named.is_none()).and_then(|key| self.kept(&key)) {
            return Some(Arc::new(known));
        }
        let text = String::from_utf8(bytes).ok()?;
        let file = read_code(&text);
        if let Some(key) = key {
            self.cache.put(key, || postcard::to_stdvec(&file).ok());
        }
        Some(Arc::new(file))
    }

    /// What was read of these bytes before.
    fn kept(&self, key: &ContentKey) -> Option<RustFile> {
        postcard::from_bytes(self.cache.get(key)?).ok()
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

/// The sources of each package: those below its folder that lie in no other package.
pub(super) fn sources_by_package<'l>(packages: &[RepoPath], listing: &'l Listing) -> Vec<Vec<&'l RepoPath>> {
    let known: BTreeMap<&str, usize> =
        packages.iter().enumerate().map(|(at, folder)| (folder.as_str(), at)).collect();
    let mut found = vec![Vec::new(); packages.len()];
    for path in listing.files.iter().filter(|path| path.as_str().ends_with(".rs")) {
        if let Some(package) = path.with_ancestors().find_map(|folder| known.get(folder)) {
            found[*package].push(path);
        }
    }
    found
}
