//! Which folders of manifests describe one cluster.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::addresses::Store;
use crate::sources::kubernetes::{Body, Object};
use crate::text::RepoPath;

use super::super::model::Environment;
use super::super::names::ImageName;

/// Images that say nothing about whose they are.
const ANYBODYS: [&str; 12] = [
    "nginx", "busybox", "alpine", "ubuntu", "debian", "httpd", "haproxy", "traefik", "pause", "curl",
    "python", "node",
];

/// What is applied together: the manifests of a folder, or what kustomize puts together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Together {
    /// The folder that names it.
    pub(super) folder: RepoPath,
    /// The group of kustomizations, by its number.
    pub(super) kustomized: Option<usize>,
}

/// The environments, numbered from `first`, and that of whatever is applied together.
pub(super) fn group(
    objects: &[(Together, &Object)],
    first: usize,
) -> (Vec<Environment>, BTreeMap<Together, usize>) {
    let mut environments = Vec::new();
    let mut folders: BTreeMap<&Together, BTreeSet<(&str, String)>> = BTreeMap::new();
    for (together, object) in objects {
        let known = folders.entry(together).or_default();
        if let Body::Workload(workload) = &object.body {
            let images = workload.containers.iter().filter_map(|one| one.image.as_ref());
            let images = images.filter_map(|image| telling(&image.value));
            known.extend(images.map(|image| (object.name.value.as_str(), image)));
        }
    }
    let names: Vec<&Together> = folders.keys().copied().collect();
    let workloads: Vec<&BTreeSet<(&str, String)>> = folders.values().collect();
    let mut joined: Vec<usize> = (0..names.len()).collect();
    let mut first_with: BTreeMap<&(&str, String), usize> = BTreeMap::new();
    for (at, own) in workloads.iter().enumerate() {
        let mut earlier: BTreeSet<usize> = BTreeSet::new();
        for one in *own {
            earlier.insert(*first_with.entry(one).or_insert(at));
        }
        for other in earlier.into_iter().filter(|other| *other != at) {
            if are_stages_of_one(own, workloads[other]) {
                join(&mut joined, other, at);
            }
        }
    }
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    let mut group = BTreeMap::new();
    for (at, folder) in names.into_iter().enumerate() {
        let root = root_of(&mut joined, at);
        let number = *numbers.entry(root).or_insert_with(|| {
            environments.push(Environment { label: folder.folder.to_string() });
            first + environments.len() - 1
        });
        group.insert(folder.clone(), number);
    }
    (environments, group)
}

/// Whether two folders describe one thing in two stages: most of what the smaller one runs is the same, and
/// nothing that has one name in both is something else. A tool that both run says nothing.
fn are_stages_of_one(one: &BTreeSet<(&str, String)>, other: &BTreeSet<(&str, String)>) -> bool {
    let same = one.intersection(other).count();
    let images = |all: &BTreeSet<(&str, String)>, name: &str| -> BTreeSet<String> {
        all.iter().filter(|(known, _)| *known == name).map(|(_, image)| image.clone()).collect()
    };
    let names: BTreeSet<&str> = one.iter().map(|(name, _)| *name).collect();
    let theirs: BTreeSet<&str> = other.iter().map(|(name, _)| *name).collect();
    let differs = |name: &&&str| images(one, name).is_disjoint(&images(other, name));
    same * 2 > names.len().min(theirs.len()) && !names.intersection(&theirs).any(|name| differs(&name))
}

/// The last part of an image's name, if it says whose it is.
pub(super) fn telling(image: &str) -> Option<String> {
    let name = ImageName::read(image);
    let is_anybodys = Store::of_image(image).is_some() || ANYBODYS.contains(&name.last());
    (!is_anybodys && !name.last().is_empty()).then(|| name.last().to_owned())
}

pub(super) fn root_of(joined: &mut [usize], at: usize) -> usize {
    let mut root = at;
    while joined[root] != root {
        joined[root] = joined[joined[root]];
        root = joined[root];
    }
    root
}

pub(super) fn join(joined: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root_of(joined, one), root_of(joined, other));
    let (low, high) = (one.min(other), one.max(other));
    joined[high] = low;
}
