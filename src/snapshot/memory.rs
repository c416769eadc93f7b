//! A repository that exists in memory only, for tests and for text that is not saved yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::RepoPath;

use super::{LARGEST_FILE, Listing, ReadFailure, Snapshot, Visit, Wanted};

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
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing {
        let is_wanted = |path: &&RepoPath| {
            let folder = path.parent().unwrap_or_else(RepoPath::root);
            wanted(folder.as_str(), path.file_name())
        };
        let folders: BTreeSet<RepoPath> = self.files.keys().filter_map(RepoPath::parent).collect();
        let files: Vec<RepoPath> = self.files.keys().filter(is_wanted).cloned().collect();
        files.iter().for_each(visit);
        Listing { files, folders: folders.into_iter().collect(), ..Listing::default() }
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        let content = self.files.get(path).ok_or(ReadFailure::Missing)?;
        match content.len() as u64 {
            size if size > LARGEST_FILE => Err(ReadFailure::TooLarge(size)),
            _ => Ok(content.clone()),
        }
    }
}
