//! Which catalog files count: those that are one by their name or their folder, those that lead to others, and all
//! to which they lead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::catalog::{CatalogFile, Entity, EntityKind, is_named};
use crate::text::{RepoPath, is_glob, path_glob};

use super::unread;

/// Folders that hold nothing but catalogs.
const FOLDERS: [&str; 4] = [".backstage", ".catalog", "catalog", "catalogs"];

/// Folders that hold nothing but what tests read.
const FIXTURES: [&str; 8] = [
    "__fixtures__",
    "__testfixtures__",
    "fixtures",
    "test-data",
    "test_data",
    "testdata",
    "testdatas",
    "tests",
];

/// How many globs of locations are matched against all catalog files.
const MOST_GLOBS: usize = 1_000;

/// The catalog files of a repository.
pub(super) struct Files<'f> {
    all: Vec<(&'f RepoPath, &'f CatalogFile)>,
    in_force: BTreeSet<&'f RepoPath>,
}

/// Finds out which catalog files count.
pub(super) fn files(facts: &BTreeMap<RepoPath, Arc<Facts>>) -> Files<'_> {
    let all: BTreeMap<&RepoPath, &CatalogFile> = facts
        .iter()
        .filter_map(|(path, facts)| match &**facts {
            Facts::Catalog(file) => Some((path, &**file)),
            _ => None,
        })
        .collect();
    let mut waiting: Vec<&RepoPath> =
        all.iter().filter(|(path, file)| begins(path, file)).map(|(path, _)| *path).collect();
    let mut in_force: BTreeSet<&RepoPath> = waiting.iter().copied().collect();
    let mut globs = 0;
    while let Some(path) = waiting.pop() {
        let Some(file) = all.get(path) else { continue };
        for target in file.entities.iter().flat_map(|entity| &entity.targets) {
            let Some(target) = &target.path else { continue };
            let is_pattern = is_glob(target.as_str());
            globs += usize::from(is_pattern);
            let found: Vec<&RepoPath> = match is_pattern {
                true if globs > MOST_GLOBS => Vec::new(),
                true => matched(target, &all),
                false => all.get_key_value(target).map(|(path, _)| *path).into_iter().collect(),
            };
            waiting.extend(found.into_iter().filter(|found| in_force.insert(found)));
        }
    }
    Files { all: all.into_iter().collect(), in_force }
}

/// Whether a file counts by itself.
fn begins(path: &RepoPath, file: &CatalogFile) -> bool {
    let folders = || path.parent();
    let is_in =
        |known: &[&str]| folders().is_some_and(|folder| folder.parts().any(|part| known.contains(&part)));
    let leads_on = |entity: &Entity| {
        entity.kind == EntityKind::Location && entity.targets.iter().any(|target| target.path.is_some())
    };
    !is_in(&FIXTURES) && (is_named(path.file_name()) || is_in(&FOLDERS) || file.entities.iter().any(leads_on))
}

fn matched<'f>(glob: &RepoPath, all: &BTreeMap<&'f RepoPath, &'f CatalogFile>) -> Vec<&'f RepoPath> {
    let Ok(matcher) = path_glob(glob.as_str()) else { return Vec::new() };
    all.keys().filter(|path| matcher.is_match(path.as_str())).copied().collect()
}

impl<'f> Files<'f> {
    /// The entities of what counts, in order.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (&'f RepoPath, &'f Entity)> {
        let files = self.all.iter().filter(|(path, _)| self.in_force.contains(path));
        files.flat_map(|(path, file)| file.entities.iter().map(|entity| (*path, entity)))
    }

    /// The entities of all files.
    pub(super) fn entities(&self) -> impl Iterator<Item = &'f Entity> {
        self.all.iter().flat_map(|(_, file)| &file.entities)
    }

    /// What of the files that count is not read.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let files = self.all.iter().filter(|(path, _)| self.in_force.contains(path));
        files.flat_map(|(path, file)| unread(path, &file.unread)).collect()
    }
}
