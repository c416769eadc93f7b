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
    /// The folders of each owner.
    owned: BTreeMap<usize, BTreeSet<RepoPath>>,
    /// The only owner of what lies in or below each folder; `None` where there are several.
    below: BTreeMap<RepoPath, Option<usize>>,
    children: BTreeMap<RepoPath, BTreeSet<RepoPath>>,
}

impl Folders {
    /// Takes folders with their owners (the last one counts where a folder comes twice), and folders that no glob for
    /// anything else may take along.
    pub(super) fn new(owned: impl IntoIterator<Item = (RepoPath, usize)>, kept: &[RepoPath]) -> Self {
        let owner_of: BTreeMap<RepoPath, usize> = owned.into_iter().collect();
        let mut folders = Self::default();
        for (folder, owner) in &owner_of {
            folders.owned.entry(*owner).or_default().insert(folder.clone());
            let mut at = folder.clone();
            folders.add_below(&at, *owner);
            while let Some(parent) = at.parent() {
                folders.children.entry(parent.clone()).or_default().insert(at);
                folders.add_below(&parent, *owner);
                at = parent;
            }
        }
        for folder in kept {
            for around in folder.with_ancestors().filter_map(RepoPath::new) {
                folders.below.insert(around, None);
            }
            if let Some(parent) = folder.parent() {
                folders.children.entry(parent).or_default().insert(folder.clone());
            }
        }
        folders.owner_of = owner_of;
        folders
    }

    fn add_below(&mut self, folder: &RepoPath, owner: usize) {
        let only = self.below.entry(folder.clone()).or_insert(Some(owner));
        if *only != Some(owner) {
            *only = None;
        }
    }

    /// Globs for all folders of one owner. A folder stands for all below it where these have the same owner; a
    /// folder that only holds others does so for what is no feature, if `is_wide`.
    pub(super) fn globs(&self, owner: usize, is_wide: bool) -> Vec<String> {
        let own = self.owned.get(&owner).into_iter().flatten();
        let tops = own.map(|folder| self.top(folder, owner, is_wide));
        let tops: BTreeSet<RepoPath> = tops.filter(|top| !self.is_covered(top, owner)).collect();
        self.with_beginnings(owner, &tops)
    }

    /// The outermost folder around one that says something and holds nothing of others.
    fn top(&self, folder: &RepoPath, owner: usize, is_wide: bool) -> RepoPath {
        let mut top = folder.clone();
        let mut next = folder.parent();
        while let Some(around) = next.filter(|around| *around != RepoPath::root()) {
            if self.below.get(&around) != Some(&Some(owner)) {
                break;
            }
            let is_large = is_wide && self.children.get(&around).is_some_and(|all| all.len() >= SEVERAL);
            if self.owner_of.contains_key(&around) || is_large || !is_container(around.file_name()) {
                top = around.clone();
            }
            next = around.parent();
        }
        top
    }

    /// Whether the nearest folder around one that is named has the same owner. `.` is the package at the root, and
    /// nothing below it.
    fn is_covered(&self, folder: &RepoPath, owner: usize) -> bool {
        let mut next = folder.parent();
        while let Some(around) = next.filter(|around| *around != RepoPath::root()) {
            if let Some(other) = self.owner_of.get(&around) {
                return *other == owner;
            }
            next = around.parent();
        }
        false
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
                let Some(first) = parent.join(beginning) else { continue };
                let siblings = self.children.get(&parent);
                let mut alike = siblings
                    .into_iter()
                    .flat_map(|all| all.range(first.clone()..))
                    .take_while(|path| begins(path));
                // Nothing that belongs to others, in any depth, may be named with it.
                let is_own =
                    |path: &RepoPath| tops.contains(path) && self.below.get(path) == Some(&Some(owner));
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
