//! A repository that exists in memory only, for tests and for text that is not saved yet.

use std::collections::BTreeMap;

use crate::text::RepoPath;

use super::{LARGEST_FILE, Listing, ReadFailure, Snapshot};

/// Files by path.
#[derive(Debug, Clone, Default)]
pub struct MemorySnapshot {
    files: BTreeMap<RepoPath, Vec<u8>>,
}

impl MemorySnapshot {
    /// From pairs of path and content. Paths that lead out of the repository are left out.
    pub fn new<P: AsRef<str>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let files = files
            .into_iter()
            .filter_map(|(path, content)| Some((RepoPath::new(path.as_ref())?, content.into())))
            .collect();
        Self { files }
    }
}

impl Snapshot for MemorySnapshot {
    fn list(&self) -> Listing {
        Listing { files: self.files.keys().cloned().collect(), ..Listing::default() }
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        let content = self.files.get(path).ok_or(ReadFailure::Missing)?;
        match content.len() as u64 {
            size if size > LARGEST_FILE => Err(ReadFailure::TooLarge(size)),
            _ => Ok(content.clone()),
        }
    }
}
