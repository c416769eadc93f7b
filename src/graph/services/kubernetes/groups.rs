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

/// The environments, numbered from `first`, and that of each folder.
pub(super) fn group(
    objects: &[(&RepoPath, &Object)],
    first: usize,
) -> (Vec<Environment>, BTreeMap<RepoPath, usize>) {
    let mut environments = Vec::new();
    let mut folders: BTreeMap<RepoPath, BTreeSet<(&str, String)>> = BTreeMap::new();
    for (path, object) in objects {
        let known = folders.entry(path.parent().unwrap_or_else(RepoPath::root)).or_default();
        if let Body::Workload(workload) = &object.body {
            let images = workload.containers.iter().filter_map(|one| one.image.as_ref());
            let images = images.filter_map(|image| telling(&image.value));
            known.extend(images.map(|image| (object.name.value.as_str(), image)));
        }
    }
    let mut first_with: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let names: Vec<&RepoPath> = folders.keys().collect();
    let mut joined: Vec<usize> = (0..names.len()).collect();
    for (at, telling) in folders.values().enumerate() {
        for one in telling {
            match first_with.get(one) {
                Some(other) => join(&mut joined, *other, at),
                None => {
                    first_with.insert(one.clone(), at);
                }
            }
        }
    }
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    let mut group = BTreeMap::new();
    for (at, folder) in names.into_iter().enumerate() {
        let root = root_of(&mut joined, at);
        let number = *numbers.entry(root).or_insert_with(|| {
            environments.push(Environment { label: folder.to_string() });
            first + environments.len() - 1
        });
        group.insert(folder.clone(), number);
    }
    (environments, group)
}

/// The last part of an image's name, if it says whose it is.
fn telling(image: &str) -> Option<String> {
    let name = ImageName::read(image);
    let is_anybodys = Store::of_image(image).is_some() || ANYBODYS.contains(&name.last());
    (!is_anybodys && !name.last().is_empty()).then(|| name.last().to_owned())
}

fn root_of(joined: &mut [usize], at: usize) -> usize {
    let mut root = at;
    while joined[root] != root {
        joined[root] = joined[joined[root]];
        root = joined[root];
    }
    root
}

fn join(joined: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root_of(joined, one), root_of(joined, other));
    let (low, high) = (one.min(other), one.max(other));
    joined[high] = low;
}
