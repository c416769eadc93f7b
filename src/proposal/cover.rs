//! Few and short globs that name given folders and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::RepoPath;

use super::words::is_container;

/// How many folders beside each other are named by what their names begin with.
const SEVERAL: usize = 3;

/// How long that beginning must be, or it says nothing.
const TELLING: usize = 4;

/// Folders, and to whom each belongs.
#[derive(Debug, Default)]
pub(super) struct Folders {
    owner_of: BTreeMap<RepoPath, usize>,
    /// The owners of what lies in or below each folder.
    below: BTreeMap<RepoPath, BTreeSet<usize>>,
    children: BTreeMap<RepoPath, BTreeSet<RepoPath>>,
}

impl Folders {
    pub(super) fn new(owned: impl IntoIterator<Item = (RepoPath, usize)>) -> Self {
        let mut folders = Self::default();
        for (folder, owner) in owned {
            folders.owner_of.insert(folder.clone(), owner);
            let mut at = folder;
            folders.below.entry(at.clone()).or_default().insert(owner);
            while let Some(parent) = at.parent() {
                folders.children.entry(parent.clone()).or_default().insert(at);
                folders.below.entry(parent.clone()).or_default().insert(owner);
                at = parent;
            }
        }
        folders
    }

    /// Globs for all folders of one owner. A folder stands for all below it where these have the same owner; a
    /// folder that only holds others does so for what is no feature, if `is_wide`.
    pub(super) fn globs(&self, owner: usize, is_wide: bool) -> Vec<String> {
        let mut tops: BTreeSet<RepoPath> = BTreeSet::new();
        // Whether the nearest folder around that is named has the same owner.
        let mut pending = vec![(RepoPath::root(), false)];
        while let Some((folder, mut is_covered)) = pending.pop() {
            let Some(owners) = self.below.get(&folder).filter(|owners| owners.contains(&owner)) else {
                continue;
            };
            let named = self.owner_of.get(&folder);
            let children = self.children.get(&folder);
            let is_large = is_wide && children.is_some_and(|all| all.len() >= SEVERAL);
            let is_telling = named.is_some() || is_large || !is_container(folder.file_name());
            let is_whole = owners.len() == 1 && folder != RepoPath::root() && is_telling;
            if named == Some(&owner) || is_whole {
                if !is_covered {
                    tops.insert(folder.clone());
                }
                // `.` is the package at the root, and nothing below it.
                is_covered = folder != RepoPath::root();
            } else if named.is_some() {
                is_covered = false;
            }
            if !is_whole {
                pending.extend(children.into_iter().flatten().map(|child| (child.clone(), is_covered)));
            }
        }
        self.with_beginnings(owner, &tops)
    }

    /// The same, with `libs/postgres_*` for all that begin so and lie beside each other.
    fn with_beginnings(&self, owner: usize, tops: &BTreeSet<RepoPath>) -> Vec<String> {
        let mut globs = BTreeSet::new();
        let mut left: BTreeSet<&RepoPath> = tops.iter().collect();
        let mut by_parent: BTreeMap<RepoPath, Vec<&RepoPath>> = BTreeMap::new();
        for top in tops {
            by_parent.entry(top.parent().unwrap_or_else(RepoPath::root)).or_default().push(top);
        }
        for (parent, own) in by_parent {
            for beginning in beginnings(&own) {
                let begins = |path: &RepoPath| path.file_name().starts_with(beginning);
                let siblings = self.children.get(&parent).into_iter().flatten();
                let mut alike = siblings.filter(|path| begins(path));
                // Nothing that belongs to others, in any depth, may be named with it.
                let is_own = |path: &RepoPath| {
                    tops.contains(path)
                        && self.below.get(path).is_some_and(|all| all.iter().all(|one| *one == owner))
                };
                let named: Vec<&RepoPath> =
                    own.iter().copied().filter(|path| begins(path) && left.contains(path)).collect();
                if named.len() >= SEVERAL && alike.all(is_own) {
                    named.iter().for_each(|path| {
                        left.remove(*path);
                    });
                    let folder =
                        if parent == RepoPath::root() { String::new() } else { format!("{parent}/") };
                    globs.insert(format!("{}{}*", escaped(&folder), escaped(beginning)));
                }
            }
        }
        globs.extend(left.into_iter().map(written));
        globs.into_iter().collect()
    }
}

/// What names of folders begin with, up to a mark, the shortest first.
fn beginnings<'p>(folders: &[&'p RepoPath]) -> Vec<&'p str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for folder in folders {
        let name = folder.file_name();
        found.extend(name.match_indices(['-', '_', '.']).map(|(at, _)| &name[..=at]));
    }
    let mut found: Vec<&str> = found.into_iter().filter(|beginning| beginning.len() >= TELLING).collect();
    found.sort_by_key(|beginning| beginning.len());
    found
}

/// A folder as a glob that means only it; `.` is the package at the root.
fn written(folder: &RepoPath) -> String {
    if folder.as_str().is_empty() { ".".to_owned() } else { escaped(folder.as_str()) }
}

/// A text in which nothing is a glob any more.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '*' | '?' | '[' => {
                escaped.push('[');
                escaped.push(character);
                escaped.push(']');
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Whether a folder can be named at all: alternatives can't be written as plain text.
pub(super) fn can_be_named(folder: &RepoPath) -> bool {
    !folder.as_str().contains(['{', '}', '\\']) && !folder.as_str().chars().any(char::is_control)
}
