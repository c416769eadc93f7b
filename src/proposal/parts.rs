//! Which groups make one feature together: a deployable with what only it uses; libraries by their names, by their
//! systems and owners, and by where most of their couplings lead.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::is_most;
use super::sorting::{Sort, Sorting};
use super::words::words;

/// How often what is left is gone through: each time, a row of libraries can get one shorter.
const PASSES: usize = 64;

/// Groups that make one feature, by the group that gives it its name: its head.
pub(super) struct Parts<'s, 'p> {
    sorting: &'s Sorting<'p>,
    /// The part of each group. A part keeps its position when others are joined with it, and may have another head.
    part_of: Vec<usize>,
    parts: Vec<Part>,
    /// The part of each head.
    by_head: BTreeMap<usize, usize>,
    /// How many places may be of any feature.
    all: usize,
    /// How many features are shipped.
    shipped: usize,
}

/// The groups of one feature, and what they are together.
#[derive(Default)]
struct Part {
    head: usize,
    groups: Vec<usize>,
    /// Groups of others that use it.
    users: BTreeSet<usize>,
    /// How many places it has.
    size: usize,
    has_deployable: bool,
    is_shipped: bool,
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
    let mut parts = Parts::new(sorting);
    let mut names = parts.join_by(hints.systems, true);
    parts.join_with_only_user();
    names.extend(parts.join_by_name());
    if !sorting.is_of_services() {
        names.extend(parts.join_by(hints.owners, false));
        parts.join_communities();
    }
    names.retain(|head, _| parts.by_head.contains_key(head));
    let groups = |part: &usize| parts.parts[*part].groups.iter().copied().collect();
    let features = parts.by_head.iter().map(|(head, part)| (*head, groups(part))).collect();
    Joined { features, names }
}

impl<'s, 'p> Parts<'s, 'p> {
    fn new(sorting: &'s Sorting<'p>) -> Self {
        let part = |at: usize| Part {
            head: at,
            groups: vec![at],
            users: sorting.edges.used_by[at].clone(),
            size: sorting.groups[at].places.len(),
            has_deployable: sorting.deployables[at],
            is_shipped: sorting.is_shipped(at),
        };
        let by_head: BTreeMap<usize, usize> = sorting.features().map(|at| (at, at)).collect();
        let parts: Vec<Part> = (0..sorting.groups.len()).map(part).collect();
        Self {
            sorting,
            part_of: (0..sorting.groups.len()).collect(),
            all: by_head.keys().map(|at| parts[*at].size).sum(),
            shipped: by_head.keys().filter(|at| parts[**at].is_shipped).count(),
            parts,
            by_head,
        }
    }

    fn part(&self, head: usize) -> &Part {
        &self.parts[self.by_head.get(&head).copied().unwrap_or(head)]
    }

    fn head(&self, group: usize) -> usize {
        self.parts[self.part_of[group]].head
    }

    /// Joins a feature with another, unless that made it most of the product. What is smaller is moved, so that a
    /// long row of joins costs little more than its length.
    fn join(&mut self, from: usize, into: usize) -> bool {
        let (Some(moved), Some(kept)) = (self.by_head.get(&from), self.by_head.get(&into)) else {
            return false;
        };
        let (moved, kept) = (*moved, *kept);
        if from == into || self.would_be_most(self.parts[moved].size + self.parts[kept].size, into) {
            return false;
        }
        self.by_head.remove(&from);
        self.shipped -= usize::from(self.parts[moved].is_shipped && self.parts[kept].is_shipped);
        let is_larger = self.parts[moved].groups.len() > self.parts[kept].groups.len();
        let (moved, kept) = if is_larger { (kept, moved) } else { (moved, kept) };
        let small = std::mem::take(&mut self.parts[moved]);
        small.groups.iter().for_each(|at| self.part_of[*at] = kept);
        let large = &mut self.parts[kept];
        small.groups.iter().for_each(|at| {
            large.users.remove(at);
        });
        large.users.extend(small.users.into_iter().filter(|user| self.part_of[*user] != kept));
        large.groups.extend(small.groups);
        large.head = into;
        large.size += small.size;
        large.has_deployable |= small.has_deployable;
        large.is_shipped |= small.is_shipped;
        self.by_head.insert(into, kept);
        true
    }

    /// Whether a feature of some size would be most of the product. One of several that are shipped may be: that
    /// is how the product is.
    fn would_be_most(&self, size: usize, head: usize) -> bool {
        let is_one_of_several = self.part(head).is_shipped && self.shipped > 1;
        !is_one_of_several && (is_most(size, self.all) || size * 5 > self.all * 3)
    }

    fn heads(&self) -> Vec<usize> {
        self.by_head.keys().copied().collect()
    }

    fn is_feature(&self, group: usize) -> bool {
        self.sorting.sorts[group] == Sort::Feature
    }

    /// A library with one user belongs to it. Among libraries, tests count as users: they say that somebody uses it
    /// for its own sake.
    fn join_with_only_user(&mut self) {
        for _ in 0..PASSES {
            let mut is_changed = false;
            for head in self.heads() {
                let part = self.part(head);
                let features: BTreeSet<usize> = part.users.iter().map(|at| self.head(*at)).collect();
                let (Some(user), 1) = (features.first().copied(), features.len()) else { continue };
                let is_plain = part.users.iter().all(|at| self.is_feature(*at)) && !part.has_deployable;
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
        let own = self.part(head).groups.iter().flat_map(|at| &self.sorting.groups[*at].places);
        let mut users = own.flat_map(|at| places.used_by[*at].iter().chain(&places.tested_by[*at]));
        users.all(|at| {
            let place = &self.sorting.places.all[*at];
            let head_of = self.head(self.sorting.of_place[*at]);
            // Whoever feeds it with random input does not use it.
            head_of == head
                || head_of == user
                || words(&place.name).iter().any(|word| word.starts_with("fuzz"))
        })
    }

    /// Features whose names begin with the same word: with that of one of them, or coupled to each other.
    fn join_by_name(&mut self) -> BTreeMap<usize, String> {
        let mut names = BTreeMap::new();
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
                let mut users = self.part(*at).users.iter();
                users.any(|user| self.is_feature(*user) && heads.binary_search(&self.head(*user)).is_ok())
            });
            let exact = heads.iter().find(|at| self.sorting.words_of(**at) == [word.as_str()]);
            let total = heads.iter().map(|at| self.part(*at).size).sum();
            let into = *exact.unwrap_or(&heads[0]);
            let run = heads.iter().filter(|at| self.part(**at).has_deployable).count();
            let is_told_apart = shipped.count() > 1 || (run > 1 && exact.is_none());
            if is_told_apart || (exact.is_none() && !is_coupled) || self.would_be_most(total, into) {
                continue;
            }
            if exact.is_none() {
                names.insert(into, word);
            }
            heads.iter().for_each(|head| {
                self.join(*head, into);
            });
        }
        names
    }

    /// Features whose places all bear one label that not most of the repository bears: the name of a system, or an
    /// owner. Deployables are told apart by owners, not joined: a team may well have several features.
    fn join_by(&mut self, labels: &[Option<String>], joins_deployables: bool) -> BTreeMap<usize, String> {
        let label_of = |parts: &Self, head: usize| {
            let groups = parts.part(head).groups.iter();
            let places = groups.flat_map(|at| &parts.sorting.groups[*at].places);
            let found: BTreeSet<Option<&String>> =
                places.map(|at| labels.get(*at).and_then(Option::as_ref)).collect();
            found.first().copied().flatten().filter(|_| found.len() == 1).cloned()
        };
        let mut labelled: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for head in
            self.heads().into_iter().filter(|head| joins_deployables || !self.part(*head).has_deployable)
        {
            if let Some(label) = label_of(self, head) {
                labelled.entry(label).or_default().push(head);
            }
        }
        let mut shares: BTreeMap<&String, usize> = BTreeMap::new();
        labels.iter().flatten().for_each(|label| *shares.entry(label).or_default() += 1);
        let mut names = BTreeMap::new();
        for (label, heads) in labelled {
            let total = heads.iter().map(|at| self.part(*at).size).sum();
            // Who owns most of a repository says nothing about a part of it.
            let owned = shares.get(&label).copied().unwrap_or_default();
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
            order.retain(|head| !self.part(*head).has_deployable);
            order.sort_by_key(|head| (self.part(*head).size, *head));
            let mut is_changed = false;
            for head in order {
                let weights = self.couplings_of(head);
                let total: usize = weights.values().sum();
                let strongest = weights.into_iter().max_by_key(|(head, weight)| (*weight, usize::MAX - head));
                is_changed |= strongest.is_some_and(|(other, weight)| {
                    total >= LEAST && weight * 3 > total * 2 && self.join(head, other)
                });
            }
            if !is_changed {
                return;
            }
        }
    }

    /// How many couplings lead to or from each other feature.
    fn couplings_of(&self, head: usize) -> BTreeMap<usize, usize> {
        let edges = &self.sorting.firm;
        let mut weights = BTreeMap::new();
        for at in &self.part(head).groups {
            for other in edges.uses[*at].iter().chain(&edges.used_by[*at]) {
                if self.is_feature(*other) && self.head(*other) != head {
                    *weights.entry(self.head(*other)).or_default() += 1;
                }
            }
        }
        weights
    }
}
