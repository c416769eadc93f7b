//! What is deployed is made of, and contracts: the files that say what they are, and those that an image takes in.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::sources::Facts;
use crate::text::RepoPath;

use super::UnitId;

/// Files of one unit that is deployed.
#[derive(Debug, Clone)]
pub struct MadeOf {
    /// The unit.
    pub unit: UnitId,
    /// The files that say what it is: its Dockerfile, its manifests, the settings that it is given.
    pub files: BTreeSet<RepoPath>,
    /// The folders and files that an image takes from its build context.
    pub copies: Vec<CopiedPath>,
    /// The build context.
    pub context: RepoPath,
    /// What that leaves out.
    pub ignored: Option<Arc<Facts>>,
}

/// What an image takes from its build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedPath {
    /// The file or folder; of a glob, the folder before it.
    pub path: RepoPath,
    /// Whether it is there only while something is built.
    pub is_builder_only: bool,
}

impl MadeOf {
    /// Whether an image takes a file in, and by which of its lines' paths.
    pub fn copies(&self, file: &RepoPath) -> Option<&CopiedPath> {
        let relative = match self.context.as_str() {
            "" => file.as_str(),
            context => file.as_str().strip_prefix(context)?.strip_prefix('/')?,
        };
        if let Some(Facts::DockerIgnore(ignored)) = self.ignored.as_deref()
            && ignored.excludes(relative)
        {
            return None;
        }
        self.copies.iter().find(|copied| file.is_within(&copied.path))
    }
}

/// The files of one contract.
#[derive(Debug, Clone)]
pub struct ContractFiles {
    /// The contract.
    pub unit: UnitId,
    /// Its files, sorted; several `.proto` files of one package, say.
    pub files: Vec<RepoPath>,
}
