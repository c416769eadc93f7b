//! Which groups make one feature together: a deployable with what only it uses; libraries by their names, by their
//! systems and owners, and by where most of their couplings lead.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::is_most;
use super::sorting::{Sort, Sorting};

/// How often what is left is gone through: each time, a row of libraries can get one shorter.
const PASSES: usize = 64;

/// Groups that make one feature, by the group that gives it its name.
pub(super) struct Parts<'s, 'p> {
    sorting: &'s Sorting<'p>,
    /// The feature of each group, by its head.
    head: Vec<usize>,
    members: BTreeMap<usize, BTreeSet<usize>>,
    /// How many places may be of any feature.
    all: usize,
}

/// What more than folders and names says which places belong together: the system of a catalog, or an owner.
pub(super) struct Hints<'h> {
    /// By place.
    pub(super) systems: &'h [Option<String>],
    pub(super) owners: &'h [Option<String>],
}

/// The groups of each feature, by the one that gives it its name; and names that catalogs and owners give.
pub(super) struct Joined {
    pub(super) features: BTreeMap<usize, BTreeSet<usize>>,
    pub(super) names: BTreeMap<usize, String>,
}

pub(super) fn parts(sorting: &Sorting<'_>, hints: &Hints<'_>) -> Joined {
    let members: BTreeMap<usize, BTreeSet<usize>> =
        sorting.features().map(|at| (at, BTreeSet::from([at]))).collect();
    let all = members.keys().map(|at| sorting.groups[*at].places.len()).sum();
    let mut parts = Parts { sorting, head: (0..sorting.groups.len()).collect(), members, all };
    let mut names = parts.join_by(hints.systems, true);
    parts.join_with_only_user();
    parts.join_by_name();
    if !sorting.is_of_services() {
        names.extend(parts.join_by(hints.owners, false));
        parts.join_communities();
    }
    names.retain(|head, _| parts.members.contains_key(head));
    Joined { features: parts.members, names }
}

impl Parts<'_, '_> {
    fn size(&self, head: usize) -> usize {
        let groups = self.members.get(&head).into_iter().flatten();
        groups.map(|at| self.sorting.groups[*at].places.len()).sum()
    }

    /// Joins a feature with another, unless that made it most of the product.
    fn join(&mut self, from: usize, into: usize) -> bool {
        if from == into || self.would_be_most(self.size(from) + self.size(into), into) {
            return false;
        }
        let Some(moved) = self.members.remove(&from) else { return false };
        moved.iter().for_each(|at| self.head[*at] = into);
        self.members.entry(into).or_default().extend(moved);
        true
    }

    /// Whether a feature of some size would be most of the product. One of several that are shipped may be: that
    /// is how the product is.
    fn would_be_most(&self, size: usize, head: usize) -> bool {
        let is_shipped = |head: usize| {
            self.members.get(&head).into_iter().flatten().any(|at| self.sorting.is_shipped(*at))
        };
        let is_one_of_several =
            is_shipped(head) && self.members.keys().filter(|head| is_shipped(**head)).count() > 1;
        !is_one_of_several && (is_most(size, self.all) || size * 5 > self.all * 3)
    }

    fn heads(&self) -> Vec<usize> {
        self.members.keys().copied().collect()
    }

    fn has_deployable(&self, head: usize) -> bool {
        self.members.get(&head).into_iter().flatten().any(|at| self.sorting.deployables[*at])
    }

    fn is_feature(&self, group: usize) -> bool {
        self.sorting.sorts[group] == Sort::Feature
    }

    /// The groups that use a feature, whatever they are.
    fn users(&self, head: usize) -> BTreeSet<usize> {
        let groups = self.members.get(&head).into_iter().flatten();
        let users = groups.flat_map(|at| &self.sorting.edges.used_by[*at]).copied();
        users.filter(|at| self.head[*at] != head || !self.is_feature(*at)).collect()
    }

    /// A library with one user belongs to it. Among libraries, tests count as users: they say that somebody uses it
    /// for its own sake.
    fn join_with_only_user(&mut self) {
        for _ in 0..PASSES {
            let mut is_changed = false;
            for head in self.heads() {
                let users = self.users(head);
                let features: BTreeSet<usize> = users.iter().map(|at| self.head[*at]).collect();
                let (Some(user), 1) = (features.first().copied(), features.len()) else { continue };
                let is_plain = users.iter().all(|at| self.is_feature(*at)) && !self.has_deployable(head);
                if is_plain && (self.sorting.deployables[user] || self.is_used_by_nobody_else(head, user)) {
                    is_changed |= self.join(head, user);
                }
            }
            if !is_changed {
                return;
            }
        }
    }

    fn is_used_by_nobody_else(&self, head: usize, user: usize) -> bool {
        let places = &self.sorting.places;
        let own =
            self.members.get(&head).into_iter().flatten().flat_map(|at| &self.sorting.groups[*at].places);
        let mut users = own.flat_map(|at| places.used_by[*at].iter().chain(&places.tested_by[*at]));
        users.all(|at| {
            let head_of = self.head[self.sorting.of_place[*at]];
            head_of == head || head_of == user
        })
    }

    /// Features whose names begin with the same word: with that of one of them, or coupled to each other.
    fn join_by_name(&mut self) {
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for head in self.heads() {
            if let Some(first) = self.sorting.words_of(head).into_iter().next() {
                alike.entry(first).or_default().push(head);
            }
        }
        for (word, heads) in alike.into_iter().filter(|(_, heads)| heads.len() > 1) {
            let shipped =
                heads.iter().filter(|at| self.sorting.deployables[**at] && self.sorting.is_shipped(**at));
            let is_coupled = heads.iter().any(|at| {
                self.users(*at)
                    .into_iter()
                    .any(|user| heads.contains(&self.head[user]) && self.is_feature(user))
            });
            let exact = heads.iter().find(|at| self.sorting.words_of(**at) == [word.as_str()]);
            let total = heads.iter().map(|at| self.size(*at)).sum();
            let into = *exact.unwrap_or(&heads[0]);
            if shipped.count() > 1 || (exact.is_none() && !is_coupled) || self.would_be_most(total, into) {
                continue;
            }
            heads.iter().for_each(|head| {
                self.join(*head, into);
            });
        }
    }

    /// Features whose places all bear one label that not most of the repository bears: the name of a system, or an
    /// owner. Deployables are told apart by owners, not joined: a team may well have several features.
    fn join_by(&mut self, labels: &[Option<String>], joins_deployables: bool) -> BTreeMap<usize, String> {
        let label_of = |parts: &Self, head: usize| {
            let groups = parts.members.get(&head).into_iter().flatten();
            let places = groups.flat_map(|at| &parts.sorting.groups[*at].places);
            let found: BTreeSet<Option<&String>> =
                places.map(|at| labels.get(*at).and_then(Option::as_ref)).collect();
            found.first().copied().flatten().filter(|_| found.len() == 1).cloned()
        };
        let mut labelled: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for head in self.heads().into_iter().filter(|head| joins_deployables || !self.has_deployable(*head)) {
            if let Some(label) = label_of(self, head) {
                labelled.entry(label).or_default().push(head);
            }
        }
        let mut names = BTreeMap::new();
        for (label, heads) in labelled {
            let total = heads.iter().map(|at| self.size(*at)).sum();
            // Who owns most of a repository says nothing about a part of it.
            let owned = labels.iter().filter(|one| one.as_ref() == Some(&label)).count();
            let is_general = !joins_deployables && (heads.len() < 2 || owned * 5 > labels.len() * 2);
            if is_general || self.would_be_most(total, heads[0]) {
                continue;
            }
            heads.iter().for_each(|head| {
                self.join(*head, heads[0]);
            });
            names.insert(heads[0], label);
        }
        names
    }

    /// A library of which more than two thirds of the couplings to other features lead to or from one of them
    /// belongs there: communities, grown from the smallest.
    fn join_communities(&mut self) {
        const LEAST: usize = 3;
        for _ in 0..PASSES {
            let mut order = self.heads();
            order.sort_by_key(|head| (self.size(*head), *head));
            let joined = order.into_iter().any(|head| {
                let weights = self.couplings_of(head);
                let total: usize = weights.values().sum();
                let strongest = weights.into_iter().max_by_key(|(head, weight)| (*weight, usize::MAX - head));
                strongest.is_some_and(|(other, weight)| {
                    let belongs = total >= LEAST && weight * 3 > total * 2 && !self.has_deployable(head);
                    belongs && self.join(head, other)
                })
            });
            if !joined {
                return;
            }
        }
    }

    /// How many couplings lead to or from each other feature.
    fn couplings_of(&self, head: usize) -> BTreeMap<usize, usize> {
        let edges = &self.sorting.edges;
        let mut weights = BTreeMap::new();
        for at in self.members.get(&head).into_iter().flatten() {
            for other in edges.uses[*at].iter().chain(&edges.used_by[*at]) {
                if self.is_feature(*other) && self.head[*other] != head {
                    *weights.entry(self.head[*other]).or_default() += 1;
                }
            }
        }
        weights
    }
}
