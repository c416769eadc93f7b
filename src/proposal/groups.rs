//! Places that stand together by where they lie: one folder of a product feature, say, with all its packages.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::RepoPath;

use super::places::Places;
use super::words::{is_container, is_for_developers, is_for_tests, names_foundation, names_tests, words};

/// How many folders beside each other make a folder one that only holds others, whatever it is called.
const WIDE: usize = 8;

/// How many places a folder may have whatever their share is.
const FEW: usize = 6;

/// Places that belong together.
#[derive(Debug)]
pub(super) struct Group {
    /// The folder around them.
    pub(super) folder: RepoPath,
    /// Positions of the places, in order.
    pub(super) places: Vec<usize>,
}

impl Group {
    /// The words of the folder's name; of the package's at the root.
    pub(super) fn words(&self, places: &Places) -> Vec<String> {
        match (self.folder.file_name(), self.places.first()) {
            ("", Some(first)) => words(&places.all[*first].name),
            (name, _) => words(name),
        }
    }
}

/// Whether a share of all is too much for one feature: it would be the whole product.
pub(super) fn is_most(count: usize, all: usize) -> bool {
    count > FEW && count * 5 > all * 2
}

/// Groups all places by their folders, each place once; sorted by folder.
pub(super) fn groups(places: &Places) -> Vec<Group> {
    let mut tree = Tree::new(places);
    tree.walk(&RepoPath::root());
    tree.groups.into_iter().map(|(folder, places)| Group { folder, places }).collect()
}

struct Tree<'p> {
    places: &'p Places,
    /// The folders in each folder that lead to places.
    children: BTreeMap<RepoPath, BTreeSet<RepoPath>>,
    /// Places in exactly this folder.
    own: BTreeMap<RepoPath, Vec<usize>>,
    /// Places in or below each folder.
    below: BTreeMap<RepoPath, Vec<usize>>,
    groups: BTreeMap<RepoPath, Vec<usize>>,
}

impl<'p> Tree<'p> {
    fn new(places: &'p Places) -> Self {
        let mut tree = Self {
            places,
            children: BTreeMap::new(),
            own: BTreeMap::new(),
            below: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        for (at, place) in places.all.iter().enumerate() {
            tree.own.entry(place.folder.clone()).or_default().push(at);
            let mut folder = place.folder.clone();
            tree.below.entry(folder.clone()).or_default().push(at);
            while let Some(parent) = folder.parent() {
                tree.children.entry(parent.clone()).or_default().insert(folder);
                tree.below.entry(parent.clone()).or_default().push(at);
                folder = parent;
            }
        }
        tree
    }

    fn walk(&mut self, folder: &RepoPath) {
        // A stack and not a recursion: a path may have as many parts as it likes.
        let mut pending = vec![folder.clone()];
        while let Some(folder) = pending.pop() {
            let children = self.children.get(&folder).cloned().unwrap_or_default();
            if folder != RepoPath::root() && (children.is_empty() || !self.only_holds_others(&folder)) {
                self.take(&folder);
                continue;
            }
            if let Some(own) = self.own.get(&folder) {
                self.groups.entry(folder.clone()).or_default().extend(own);
            }
            pending.extend(children);
        }
    }

    /// Whether what lies in a folder is told apart by the next part of its path.
    fn only_holds_others(&self, folder: &RepoPath) -> bool {
        let below = self.below.get(folder).map_or(&[][..], Vec::as_slice);
        if is_most(below.len(), self.places.all.len()) {
            return true;
        }
        let own = self.own.get(folder).map_or(&[][..], Vec::as_slice);
        let name = folder.file_name();
        if own.iter().any(|at| self.places.all[*at].is_package) {
            return false;
        }
        if is_container(name) {
            return true;
        }
        let is_of_one_kind = is_for_tests(name) || is_for_developers(name) || names_foundation(&words(name));
        let is_wide = self.children.get(folder).is_some_and(|children| children.len() >= WIDE);
        is_wide && !is_of_one_kind && !self.share_name(folder, below)
    }

    /// Whether most packages below a folder have its name in theirs: `cranelift/codegen` is `cranelift-codegen`.
    fn share_name(&self, folder: &RepoPath, below: &[usize]) -> bool {
        let own = words(folder.file_name());
        let is_named = |at: &&usize| {
            let name = words(&self.places.all[**at].name);
            own.iter().all(|word| name.contains(word))
        };
        below.iter().filter(is_named).count() * 5 >= below.len() * 3
    }

    /// One group of everything below a folder, but for what only tests it.
    fn take(&mut self, folder: &RepoPath) {
        for at in self.below.get(folder).cloned().unwrap_or_default() {
            let place = &self.places.all[at];
            let depth = folder.parts().count();
            let is_test = place.folder.parts().skip(depth).any(is_for_tests)
                || (place.folder != *folder && place.is_package && names_tests(&words(&place.name)));
            let group = if is_test { place.folder.clone() } else { folder.clone() };
            self.groups.entry(group).or_default().push(at);
        }
    }
}
