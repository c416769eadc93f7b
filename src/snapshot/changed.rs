//! A snapshot in which one file has another text: what would be, without writing it.

use crate::text::RepoPath;

use super::{ContentId, Listing, ReadFailure, Snapshot, Visit, Wanted};

/// A snapshot with one file changed.
pub struct Changed<'s> {
    of: &'s dyn Snapshot,
    path: RepoPath,
    text: String,
}

impl<'s> Changed<'s> {
    /// Takes a file that is there, and the text that it would have.
    pub fn new(of: &'s dyn Snapshot, path: RepoPath, text: String) -> Self {
        Self { of, path, text }
    }
}

impl Snapshot for Changed<'_> {
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing {
        self.of.list(wanted, visit)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        match *path == self.path {
            true => Ok(self.text.clone().into_bytes()),
            false => self.of.read(path),
        }
    }

    fn content_id(&self, path: &RepoPath) -> Option<ContentId> {
        if *path == self.path { None } else { self.of.content_id(path) }
    }

    fn likely_id(&self, path: &RepoPath) -> Option<(ContentId, u64)> {
        if *path == self.path { None } else { self.of.likely_id(path) }
    }
}
