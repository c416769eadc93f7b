//! Which roots describe one thing in several stages: overlays of one base, most of the time.

use std::collections::{BTreeMap, BTreeSet};

use super::super::groups::{join, root_of, telling};
use super::build::{Built, Origin, Root};
use super::images::Final;

/// What a workload is, in whichever root: where it is declared, and by what it is told from others that are made of
/// the same manifest there.
pub(super) type Same<'f> = (Origin<'f>, (String, String), String);

/// What names each object of a root in all of them.
pub(super) fn same<'f>(root: &Root<'f>) -> Vec<Same<'f>> {
    let mut count: BTreeMap<Origin<'_>, usize> = BTreeMap::new();
    root.built.iter().for_each(|built| *count.entry(built.origin).or_default() += 1);
    let name = |built: &Built<'f>| match count.get(&built.origin) {
        Some(1) => (built.origin, <(String, String)>::default(), String::new()),
        _ => (built.origin, built.inner.clone(), built.namespace.clone()),
    };
    root.built.iter().map(name).collect()
}

/// What of a root says which of them are its stages.
#[derive(Debug)]
pub(super) struct Looks<'f> {
    /// Its workloads, and whose images they run, as far as those say so.
    workloads: BTreeMap<Same<'f>, BTreeSet<String>>,
    /// What is written around names, and the namespaces.
    around: BTreeSet<(String, String, String)>,
}

impl<'f> Looks<'f> {
    pub(super) fn new(root: &Root<'f>, same: &[Same<'f>], finals: &BTreeMap<usize, Vec<Final>>) -> Self {
        let mut looks = Self { workloads: BTreeMap::new(), around: BTreeSet::new() };
        for (at, built) in root.workloads() {
            let images = finals.get(&at).into_iter().flatten().filter(|one| !one.is_init);
            let images = images.filter_map(|one| telling(&one.image)).collect();
            looks.workloads.insert(same[at].clone(), images);
            looks.around.insert((built.whole.0.clone(), built.whole.1.clone(), built.namespace.clone()));
        }
        looks
    }

    /// Whether most of what the smaller one runs is the same in both, and nothing is something else. Where that is
    /// only what everybody runs, names and namespaces have to be the same, too: two features may each have a
    /// database of their own, made of one manifest.
    fn are_stages(&self, other: &Self) -> bool {
        let both: Vec<(&BTreeSet<String>, &BTreeSet<String>)> = self
            .workloads
            .iter()
            .filter_map(|(same, images)| other.workloads.get(same).map(|theirs| (images, theirs)))
            .collect();
        let differ = |(one, other): &(&BTreeSet<String>, &BTreeSet<String>)| {
            !one.is_empty() && !other.is_empty() && one.is_disjoint(other)
        };
        let tells = both.iter().any(|(one, other)| !one.is_disjoint(other));
        both.len() * 2 > self.workloads.len().min(other.workloads.len())
            && !both.iter().any(differ)
            && (tells || self.around == other.around)
    }
}

/// The group of each root; groups are numbered in the order of their first roots.
pub(super) fn stages(all: &[Looks<'_>]) -> Vec<usize> {
    let mut joined: Vec<usize> = (0..all.len()).collect();
    let mut first_with: BTreeMap<&Same<'_>, usize> = BTreeMap::new();
    for (at, looks) in all.iter().enumerate() {
        let earlier: BTreeSet<usize> =
            looks.workloads.keys().map(|one| *first_with.entry(one).or_insert(at)).collect();
        for other in earlier.into_iter().filter(|other| *other != at) {
            if looks.are_stages(&all[other]) {
                join(&mut joined, other, at);
            }
        }
    }
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    (0..all.len())
        .map(|at| {
            let next = numbers.len();
            *numbers.entry(root_of(&mut joined, at)).or_insert(next)
        })
        .collect()
}
