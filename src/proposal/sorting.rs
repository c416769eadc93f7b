//! What each group is: for tests, for developers, an assembly, shared, or a part of a feature.
//!
//! The method: a deployable is a feature, with what only it reaches (in the words of graph theory: with what it
//! dominates); what several reach is shared. A deployable that dominates most of a repository is a monolith's
//! `main`, an assembly, and what it puts together is sorted by the same means. Without deployables, libraries
//! that much builds on and that build on little are shared, by the instability of R. C. Martin: the share of
//! couplings that lead out.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::dominators::simple_fast;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::DfsPostOrder;

use super::groups::{Group, groups, is_most};
use super::places::Places;
use super::words::{
    is_for_developers, is_for_tests, is_of_others, names_contract, names_foundation, names_infrastructure,
    names_tests, names_tool, stem, words,
};

/// How many deployables make a repository one of services.
const SERVICES: usize = 3;

/// How many deployables a repository may have that is a monolith with some tools beside it.
const FEW: usize = 8;

/// How many rounds of assemblies are looked for: each puts together what the one before uses.
const ROUNDS: usize = 8;

/// What a group is. What is left is a part of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Tests,
    Tools,
    Assembly,
    Shared,
    Feature,
}

/// Which groups use which; what only goes to a published contract is no use, but a call.
#[derive(Debug, Default)]
pub(super) struct Edges {
    pub(super) uses: Vec<BTreeSet<usize>>,
    pub(super) used_by: Vec<BTreeSet<usize>>,
}

impl Edges {
    /// The share of a group's couplings that lead out, in percent; all of none.
    fn instability(&self, group: usize) -> usize {
        let (out, into) = (self.uses[group].len(), self.used_by[group].len());
        (100 * out).checked_div(out + into).unwrap_or(100)
    }
}

/// Groups, and what each is.
#[derive(Debug)]
pub(super) struct Sorting<'p> {
    pub(super) places: &'p Places,
    pub(super) groups: Vec<Group>,
    pub(super) sorts: Vec<Sort>,
    /// The group of each place.
    pub(super) of_place: Vec<usize>,
    /// Packages that are a published contract, as positions of places.
    pub(super) apis: BTreeSet<usize>,
    pub(super) edges: Edges,
    /// The same without what a Cargo feature may leave out.
    pub(super) firm: Edges,
    /// Groups that are shipped, or have a binary that nothing else builds on.
    pub(super) deployables: Vec<bool>,
    /// The word with which most packages begin, if there is one: it tells nothing.
    prefix: Option<String>,
}

impl<'p> Sorting<'p> {
    pub(super) fn new(places: &'p Places) -> Self {
        let groups = groups(places);
        let mut of_place = vec![0; places.all.len()];
        for (at, group) in groups.iter().enumerate() {
            group.places.iter().for_each(|place| of_place[*place] = at);
        }
        let mut sorting = Self {
            places,
            sorts: vec![Sort::Feature; groups.len()],
            deployables: vec![false; groups.len()],
            groups,
            of_place,
            apis: BTreeSet::new(),
            edges: Edges::default(),
            firm: Edges::default(),
            prefix: None,
        };
        sorting.sort();
        sorting
    }

    fn sort(&mut self) {
        self.find_tests_and_tools();
        self.edges = self.edges_between(&self.places.uses);
        self.find_deployables();
        self.prefix = self.common_prefix();
        self.join_what_is_named_after_a_deployable();
        self.find_contracts();
        self.edges = self.edges_between(&self.places.uses);
        self.firm = self.edges_between(&self.places.needs);
        self.find_foundation();
        self.find_assemblies();
        // That an assembly uses something says nothing about it: it uses everything.
        self.forget_foundation();
        self.find_foundation();
        self.find_assemblies();
        if self.is_of_services() {
            self.share_what_several_reach();
        }
        self.give_leaves_to_assemblies();
    }

    /// Groups that may be a part of a feature, in order.
    pub(super) fn features(&self) -> impl Iterator<Item = usize> + '_ {
        self.of(Sort::Feature)
    }

    fn of(&self, sort: Sort) -> impl Iterator<Item = usize> + '_ {
        (0..self.groups.len())
            .filter(move |at| self.sorts[*at] == sort && !self.groups[*at].places.is_empty())
    }

    pub(super) fn is_shipped(&self, group: usize) -> bool {
        self.groups[group].places.iter().any(|at| self.places.all[*at].is_shipped)
    }

    /// Whether an image holds a package of a group: then it is product, wherever it lies.
    fn ships_package(&self, group: usize) -> bool {
        let mut places = self.groups[group].places.iter().map(|at| &self.places.all[*at]);
        places.any(|place| place.is_package && place.is_shipped)
    }

    fn has_binary(&self, group: usize) -> bool {
        self.groups[group].places.iter().any(|at| self.places.all[*at].is_binary)
    }

    /// Whether the repository ships several services, which then are its features.
    pub(super) fn is_of_services(&self) -> bool {
        let shipped = |at: &usize| self.deployables[*at] && self.is_shipped(*at);
        (0..self.groups.len()).filter(shipped).count() >= SERVICES
    }

    /// The words of a group's name, less the one that all begin with.
    pub(super) fn words_of(&self, group: usize) -> Vec<String> {
        self.less_prefix(self.groups[group].words(self.places))
    }

    fn less_prefix(&self, mut words: Vec<String>) -> Vec<String> {
        if words.len() > 1 && self.prefix.is_some() && words.first() == self.prefix.as_ref() {
            words.remove(0);
        }
        words
    }

    /// Couplings between groups that may be a part of a feature, or are shared.
    fn edges_between(&self, uses: &[BTreeSet<usize>]) -> Edges {
        let empty = || vec![BTreeSet::new(); self.groups.len()];
        let mut edges = Edges { uses: empty(), used_by: empty() };
        let is_product = |group: usize| !matches!(self.sorts[group], Sort::Tests | Sort::Tools);
        for (from, used) in uses.iter().enumerate() {
            for to in used.iter().filter(|to| !self.apis.contains(to)) {
                let (from, to) = (self.of_place[from], self.of_place[*to]);
                if from != to && is_product(from) && is_product(to) {
                    edges.uses[from].insert(to);
                    edges.used_by[to].insert(from);
                }
            }
        }
        edges
    }

    fn find_tests_and_tools(&mut self) {
        let has_packages = self.places.all.iter().any(|place| place.is_package);
        for at in 0..self.groups.len() {
            let group = &self.groups[at];
            let names: Vec<Vec<String>> =
                group.places.iter().map(|place| words(&self.places.all[*place].name)).collect();
            let parts = || group.folder.parts();
            // Where there are no packages, a folder of images holds the product and no help to build it.
            let is_tool = |part: &str| is_for_developers(part) && (has_packages || part != "docker");
            let is_package = group.places.iter().all(|place| self.places.all[*place].is_package);
            let own = words(group.folder.file_name());
            self.sorts[at] = if parts().any(is_for_tests)
                || names_tests(&own)
                || names.iter().all(|name| names_tests(name))
            {
                Sort::Tests
            } else if !self.ships_package(at)
                && (parts().any(is_tool) || (is_package && names.iter().all(|name| names_tool(name))))
            {
                Sort::Tools
            } else if !is_package && own.len() == 1 && names_infrastructure(&own) {
                Sort::Shared
            } else {
                Sort::Feature
            };
        }
        self.take_back_what_the_product_uses();
        for at in 0..self.groups.len() {
            let places = &self.groups[at].places;
            let is_run = |at: &usize| self.places.all[*at].is_binary || self.places.all[*at].is_shipped;
            let is_tested = places.iter().any(|at| !self.places.tested_by[*at].is_empty());
            let is_used = places.iter().any(|at| !self.places.used_by[*at].is_empty());
            if self.sorts[at] == Sort::Feature && is_tested && !is_used && !places.iter().any(is_run) {
                self.sorts[at] = Sort::Tests;
            }
        }
    }

    /// What the product can't be built without is no test and no tool, whatever it is called.
    fn take_back_what_the_product_uses(&mut self) {
        let mut pending: Vec<usize> = self.features().collect();
        while let Some(group) = pending.pop() {
            let used = self.groups[group].places.iter().flat_map(|at| &self.places.needs[*at]);
            let used: BTreeSet<usize> = used.map(|at| self.of_place[*at]).collect();
            for at in used {
                if matches!(self.sorts[at], Sort::Tests | Sort::Tools) {
                    self.sorts[at] = Sort::Feature;
                    pending.push(at);
                }
            }
        }
    }

    fn find_deployables(&mut self) {
        for at in self.features().collect::<Vec<_>>() {
            let is_binary = self.has_binary(at);
            self.deployables[at] = self.is_shipped(at) || (is_binary && self.edges.used_by[at].is_empty());
        }
    }

    fn common_prefix(&self) -> Option<String> {
        const ENOUGH: usize = 5;
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        let places = self.features().flat_map(|at| &self.groups[at].places);
        for place in places.map(|at| &self.places.all[*at]).filter(|place| place.is_package) {
            // A name may have no word at all.
            for first in words(&place.name).into_iter().take(1) {
                *firsts.entry(first).or_default() += 1;
            }
        }
        let all: usize = firsts.values().sum();
        let (word, count) = firsts.into_iter().max_by_key(|(_, count)| *count)?;
        (count >= ENOUGH && count * 5 >= all * 3).then_some(word)
    }

    /// `pageserver_api` and `libs/proxy` belong to the deployables whose names they bear, and so do images in a
    /// folder of their own.
    fn join_what_is_named_after_a_deployable(&mut self) {
        let stems = self.stems_of_deployables();
        for at in self.features().collect::<Vec<_>>() {
            if let Some(target) = self.named_after(at, &stems) {
                let places = std::mem::take(&mut self.groups[at].places);
                places.iter().for_each(|place| self.of_place[*place] = target);
                self.groups[target].places.extend(places);
            }
        }
    }

    /// The deployables by what they are called, packages before images.
    fn stems_of_deployables(&self) -> BTreeMap<Vec<String>, usize> {
        let has_package = |at: usize| self.groups[at].places.iter().any(|at| self.places.all[*at].is_package);
        let mut named: Vec<usize> = self.features().filter(|at| self.deployables[*at]).collect();
        named.sort_by_key(|at| has_package(*at));
        let all = self.features().count();
        // A monolith's name is the whole product's, and says nothing about a part of it.
        let is_of_services = self.is_of_services();
        let tells = |at: &usize| is_of_services || !is_most(self.edges.uses[*at].len(), all);
        let stems = named.into_iter().filter(tells).map(|at| (stem(self.words_of(at)), at));
        stems.filter(|(words, _)| words.first() != self.prefix.as_ref() && !words.is_empty()).collect()
    }

    fn named_after(&self, at: usize, stems: &BTreeMap<Vec<String>, usize>) -> Option<usize> {
        let places = &self.groups[at].places;
        let has_package = places.iter().any(|at| self.places.all[*at].is_package);
        if self.deployables[at] && has_package {
            return None;
        }
        let words = self.words_of(at);
        let is_other = |target: &&usize| **target != at;
        let target = stems.get(&words).filter(is_other).copied();
        // More words than the deployable has are a custom of packages, and mean it only where it uses them.
        let [only] = places.as_slice() else { return target };
        if !has_package || self.deployables[at] {
            return target;
        }
        let longer = (1..words.len()).rev().find_map(|length| stems.get(&words[..length]).filter(is_other));
        let is_joined = |target: &&usize| {
            let users = self.places.used_by[*only].iter().map(|at| self.of_place[*at]);
            self.edges.uses[at].contains(*target) || users.into_iter().any(|user| user == **target)
        };
        target.or(longer.filter(is_joined).copied())
    }

    /// A package beside a deployable by which others call it: its name says so, or it is generated from a contract.
    fn find_contracts(&mut self) {
        let is_contract = |at: &usize| {
            let place = &self.places.all[*at];
            // What is generated and does more than that builds on something of this repository.
            let uses = &self.places.uses[*at];
            let is_stub = place.is_generated
                && uses.iter().all(|used| names_foundation(&words(&self.places.all[*used].name)));
            let is_told = is_stub || names_contract(&words(&place.name));
            place.is_package && !place.is_binary && is_told
        };
        let deployables = self.features().filter(|at| self.deployables[*at]);
        let groups = deployables.map(|at| &self.groups[at].places).filter(|places| places.len() > 1);
        self.apis = groups.flatten().copied().filter(is_contract).collect();
        // A contract that is built with what it stands for would bring that along.
        let is_whole = |api: &usize| {
            let own = self.of_place[*api];
            self.places.uses[*api].iter().all(|used| self.of_place[*used] != own || self.apis.contains(used))
        };
        let whole: BTreeSet<usize> = self.apis.iter().filter(|api| is_whole(api)).copied().collect();
        self.apis = whole;
    }

    fn forget_foundation(&mut self) {
        let assemblies: BTreeSet<usize> = self.of(Sort::Assembly).collect();
        let packages = |group: &Group| group.places.iter().any(|at| self.places.all[*at].is_package);
        for (at, group) in self.groups.iter().enumerate() {
            self.edges.used_by[at].retain(|user| !assemblies.contains(user));
            if self.sorts[at] == Sort::Shared && packages(group) {
                self.sorts[at] = Sort::Feature;
            }
        }
    }

    /// What much builds on and that builds on little; then what several use and that builds on nothing else.
    fn find_foundation(&mut self) {
        const STABLE: usize = 30;
        const PULLED: usize = 60;
        const EVEN: usize = 50;
        let all: Vec<usize> = self.features().filter(|at| !self.deployables[*at]).collect();
        let live = self.features().count();
        let many = (live / 4).max(4);
        let mut foundation: BTreeSet<usize> = all
            .iter()
            .filter(|at| self.edges.used_by[**at].len() >= many && self.edges.instability(**at) < STABLE)
            .copied()
            .collect();
        let mut pending: Vec<usize> = foundation.iter().copied().collect();
        while let Some(at) = pending.pop() {
            for used in &self.edges.uses[at] {
                let is_pulled = !self.deployables[*used] && self.edges.instability(*used) <= PULLED;
                if is_pulled && foundation.insert(*used) {
                    pending.push(*used);
                }
            }
        }
        let is_even = |at: &usize| self.edges.used_by[*at].len() >= 2 && self.edges.instability(*at) <= EVEN;
        let mut may: BTreeSet<usize> = all.iter().filter(|at| is_even(at)).copied().collect();
        may.extend(&foundation);
        // Who builds on something else is taken out, and then who builds on that.
        let is_firm = |at: &usize, may: &BTreeSet<usize>| {
            foundation.contains(at) || self.edges.uses[*at].iter().all(|used| may.contains(used))
        };
        let mut pending: Vec<usize> = may.iter().copied().collect();
        while let Some(at) = pending.pop() {
            if may.contains(&at) && !is_firm(&at, &may) {
                may.remove(&at);
                pending.extend(self.edges.used_by[at].iter().filter(|user| may.contains(user)));
            }
        }
        let is_named = |at: &usize| {
            let is_foundation = names_foundation(&self.groups[*at].words(self.places));
            (is_foundation && self.edges.used_by[*at].len() >= 2)
                || self.groups[*at].folder.parts().any(is_of_others)
        };
        let named: Vec<usize> = all.iter().filter(|at| is_named(at) && is_firm(at, &may)).copied().collect();
        for at in may.into_iter().chain(named) {
            self.sorts[at] = Sort::Shared;
        }
    }

    /// A deployable, or a library that only such use, that dominates most of what is left, reaches most of it, or uses
    /// two thirds of the deployables.
    fn find_assemblies(&mut self) {
        // One of several services may be large; only what is nearly all of them is their monolith.
        let (least, percent) = if self.is_of_services() { (8, 60) } else { (4, 40) };
        for _ in 0..ROUNDS {
            let core: BTreeSet<usize> = self.features().collect();
            let dominated = self.dominated(&core);
            let all = core.iter().filter(|at| self.deployables[**at]).count();
            let is_entry = |at: usize| self.deployables[at] || self.is_used_by_assembly(at);
            let is_top = |at: usize| {
                let mut users = self.edges.used_by[at].intersection(&core);
                match (users.next(), users.next()) {
                    (None, _) => true,
                    (Some(user), None) => self.edges.used_by[*user].is_disjoint(&core),
                    _ => false,
                }
            };
            let is_assembly = |at: usize| {
                let count = dominated.get(&at).copied().unwrap_or_default();
                let used = self.edges.uses[at].intersection(&core);
                let deployables = used.filter(|used| self.deployables[**used]).count();
                let others = all - usize::from(self.deployables[at]);
                let is_alone = self.edges.used_by[at].is_disjoint(&core);
                // A library has to put much together to be no feature itself.
                let is_run = self.deployables[at] || self.has_binary(at);
                let (least, percent) = if is_run { (least, percent) } else { (8, 60) };
                let is_most = |count: usize| count >= least && count * 100 > core.len() * percent;
                is_most(count)
                    || (all <= FEW
                        && !self.is_of_services()
                        && self.deployables[at]
                        && is_most(self.reached(at, &core)))
                    || (is_alone && deployables >= 3 && deployables * 3 >= others * 2)
            };
            let found: Vec<usize> =
                core.iter().copied().filter(|at| is_entry(*at) && is_top(*at) && is_assembly(*at)).collect();
            if found.is_empty() {
                return;
            }
            found.iter().for_each(|at| self.sorts[*at] = Sort::Assembly);
        }
    }

    fn is_used_by_assembly(&self, at: usize) -> bool {
        let users = self.groups[at].places.iter().flat_map(|place| &self.places.used_by[*place]);
        users.into_iter().any(|user| self.sorts[self.of_place[*user]] == Sort::Assembly)
    }

    /// How many of some groups one of them reaches, itself included.
    fn reached(&self, from: usize, core: &BTreeSet<usize>) -> usize {
        let mut seen = BTreeSet::from([from]);
        let mut pending = vec![from];
        while let Some(at) = pending.pop() {
            pending.extend(
                self.edges.uses[at].iter().copied().filter(|next| core.contains(next) && seen.insert(*next)),
            );
        }
        seen.len()
    }

    /// How many of some groups each of them dominates, itself included, seen from those that none of them uses.
    fn dominated(&self, core: &BTreeSet<usize>) -> BTreeMap<usize, usize> {
        let mut graph: DiGraph<Option<usize>, ()> = DiGraph::new();
        let root = graph.add_node(None);
        let nodes: BTreeMap<usize, NodeIndex> =
            core.iter().map(|at| (*at, graph.add_node(Some(*at)))).collect();
        for (at, node) in &nodes {
            if self.edges.used_by[*at].is_disjoint(core) {
                graph.add_edge(root, *node, ());
            }
            for used in self.edges.uses[*at].iter().filter_map(|used| nodes.get(used)) {
                graph.add_edge(*node, *used, ());
            }
        }
        let tree = simple_fast(&graph, root);
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        // What dominates a node comes behind it in this order, so each count is whole when it is passed on.
        let mut order = DfsPostOrder::new(&graph, root);
        while let Some(node) = order.next(&graph) {
            let Some(at) = graph[node] else { continue };
            let count = counts.entry(at).or_default();
            *count += 1;
            let count = *count;
            if let Some(above) = tree.immediate_dominator(node).and_then(|above| graph[above]) {
                *counts.entry(above).or_default() += count;
            }
        }
        counts
    }

    /// What more than one deployable reaches, and what that is built with.
    fn share_what_several_reach(&mut self) {
        let mut reached: BTreeMap<usize, usize> = BTreeMap::new();
        let mut several: BTreeSet<usize> = BTreeSet::new();
        let mut pending: Vec<(usize, usize)> =
            self.features().filter(|at| self.deployables[*at]).map(|at| (at, at)).collect();
        while let Some((at, by)) = pending.pop() {
            for used in self.edges.uses[at].iter().copied().filter(|used| !self.deployables[*used]) {
                let is_new = match reached.get(&used) {
                    None => reached.insert(used, by).is_none(),
                    Some(first) => (*first != by || several.contains(&at)) && several.insert(used),
                };
                if is_new {
                    pending.push((used, by));
                }
            }
        }
        for at in several.into_iter().filter(|at| self.sorts[*at] == Sort::Feature).collect::<Vec<_>>() {
            self.sorts[at] = Sort::Shared;
        }
    }

    /// A package that only assemblies use and that uses nothing is a piece of them.
    fn give_leaves_to_assemblies(&mut self) {
        let all = self.edges_between(&self.places.uses);
        let assemblies: BTreeSet<usize> = self.of(Sort::Assembly).collect();
        for at in self.features().collect::<Vec<_>>() {
            let (uses, used_by) = (&all.uses[at], &all.used_by[at]);
            let is_piece = !used_by.is_empty() && used_by.is_subset(&assemblies) && uses.is_empty();
            if is_piece && !self.deployables[at] && self.groups[at].places.len() == 1 {
                self.sorts[at] = Sort::Assembly;
            }
        }
    }
}
