//! Which contract a path means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use crate::sources::Facts;
use crate::sources::contracts::Contract;
use crate::text::RepoPath;

/// How many contracts of one folder may be meant at once.
const MOST: usize = 10_000;

/// The files of contracts, and the folders from which they name each other.
pub(super) struct Paths {
    /// Each file, and the contract that it is a part of; `None` for what others wrote.
    files: BTreeMap<RepoPath, Option<usize>>,
    /// Folders that a configuration names; sorted.
    roots: BTreeSet<RepoPath>,
}

/// What a path means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// A contract, by its position, and the file.
    One(usize, RepoPath),
    /// One of several files, and nothing says which.
    Several(BTreeSet<RepoPath>),
    /// Nothing in the repository, or what others wrote.
    Nothing,
}

impl Paths {
    pub(super) fn new(
        all: &[(&RepoPath, &Contract)],
        facts: &BTreeMap<RepoPath, Arc<Facts>>,
        of_file: &BTreeMap<&RepoPath, usize>,
    ) -> Self {
        let files = all.iter().map(|(path, _)| ((*path).clone(), of_file.get(*path).copied())).collect();
        let mut roots = BTreeSet::new();
        for (path, facts) in facts {
            if let (Facts::Codegen(codegen), Some(folder)) = (&**facts, path.parent()) {
                roots.extend(codegen.roots.iter().filter_map(|root| folder.join(&root.value)));
            }
        }
        Self { files, roots }
    }

    /// The contract of exactly this file.
    pub(super) fn file(&self, path: &RepoPath) -> Option<usize> {
        self.files.get(path).copied().flatten()
    }

    /// Whether it is the file of a contract, of others or of this repository.
    fn is_there(&self, path: &RepoPath) -> bool {
        self.files.contains_key(path)
    }

    /// What an import means: by the folders around the file that a configuration names, the nearest first, or else
    /// by any folder around it.
    pub(super) fn imported(&self, from: &RepoPath, written: &str) -> Meant {
        let around = || from.with_ancestors().skip(1).filter_map(RepoPath::new);
        let declared = around().filter(|folder| self.roots.contains(folder));
        let mut hits = declared.filter_map(|root| root.join(written)).filter(|path| self.is_there(path));
        if let Some(path) = hits.next() {
            return self.one(path);
        }
        let hits = around().filter_map(|root| root.join(written)).filter(|path| self.is_there(path));
        let hits: BTreeSet<RepoPath> = hits.collect();
        match (hits.len(), hits.first()) {
            (1, Some(path)) => self.one(path.clone()),
            (0, _) => Meant::Nothing,
            _ => Meant::Several(hits),
        }
    }

    fn one(&self, path: RepoPath) -> Meant {
        match self.file(&path) {
            Some(contract) => Meant::One(contract, path),
            None => Meant::Nothing,
        }
    }

    /// The contracts in a folder and below it, once for each of their files.
    pub(super) fn below(&self, folder: &RepoPath) -> impl Iterator<Item = usize> {
        let prefix = match folder.as_str() {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let after = self.files.range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded));
        let inside = after.take_while(move |(path, _)| path.as_str().starts_with(&prefix));
        inside.filter_map(|(_, contract)| *contract).take(MOST)
    }

    /// Whether a folder holds the file of a contract.
    pub(super) fn holds_any(&self, folder: &RepoPath) -> bool {
        self.below(folder).next().is_some()
    }
}
