//! Which images a workload runs once everything is said about it.

use crate::sources::kubernetes::{Body, Container, Workload};
use crate::text::{Location, RepoPath};

use super::super::super::names::ImageName;
use super::build::Root;
use super::patches::Laid;
use super::tree::Forest;

/// The image of a container, and where that is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Final {
    pub(super) is_init: bool,
    pub(super) container: String,
    pub(super) image: String,
    pub(super) location: Location,
}

/// The images of one workload of a root, in the order of its containers. `laid` are the changes of this one alone.
pub(super) fn images(forest: &Forest<'_>, root: &Root<'_>, at: usize, laid: &[&Laid]) -> Vec<Final> {
    let built = &root.built[at];
    let mut found = Vec::new();
    if let Body::Workload(workload) = &built.object.body {
        add(&mut found, workload, built.origin.0);
    }
    for layer in root.layers(built.at) {
        for one in laid.iter().filter(|one| one.by == layer) {
            if let Body::Workload(workload) = &one.object.body {
                add(&mut found, workload, &one.path);
            }
        }
        let node = &forest.nodes[root.instances[layer].node];
        for one in found.iter_mut().filter(|_| !node.images.is_empty()) {
            let name = ImageName::read(&one.image).full();
            if let Some(change) = node.images.get(name)
                && let Some(image) = change.applied(&one.image)
            {
                one.image = image;
                one.location = Location { path: node.path.clone(), span: change.span() };
            }
        }
    }
    found
}

/// What a part of a workload says of images: those of containers that are known are replaced.
fn add(found: &mut Vec<Final>, workload: &Workload, path: &RepoPath) {
    let lists = [(false, &workload.containers), (true, &workload.init_containers)];
    let all = lists.into_iter().flat_map(|(is_init, list)| list.iter().map(move |one| (is_init, one)));
    for (is_init, container) in all {
        let Container { name, image: Some(image), .. } = container else { continue };
        let location = Location { path: path.clone(), span: image.span };
        let new = Final { is_init, container: name.value.clone(), image: image.value.clone(), location };
        let is_same = |one: &&mut Final| one.is_init == is_init && one.container == name.value;
        match found.iter_mut().find(is_same).filter(|_| !name.value.is_empty()) {
            Some(known) => *known = new,
            None => found.push(new),
        }
    }
}
