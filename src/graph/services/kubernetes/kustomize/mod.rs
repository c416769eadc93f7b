//! Kustomizations: what each root makes of the manifests that it takes in.
//!
//! Roots that describe one thing in several stages are one group, as an overlay for each environment is of one base.
//! What has one origin in all of them is one workload, with everything that any of them says. What one manifest
//! stands for in roots that are no such stages is a workload of its own in each.
//!
//! Invariant: nothing is fetched or run; what depends on that is a gap. What roots are made of is bounded, however
//! many ways lead to a base.

mod build;
mod emit;
mod gathered;
mod images;
mod operated;
mod patches;
mod stages;
mod tree;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::{Gap, Listing};
use crate::sources::Facts;
use crate::sources::kubernetes::Object;
use crate::sources::kustomize::PatchBody;
use crate::text::RepoPath;

use build::Root;
use emit::Emitting;
use images::images;
use patches::{Changes, Laid, changes};
use stages::{Looks, same, stages};
use tree::Forest;

/// How many objects and changes by patches all roots may have together, each counted in every root.
const MOST_OBJECTS: usize = 200_000;

/// An object as a group of roots has it, or a part of one.
#[derive(Debug)]
pub(super) struct Emitted<'f> {
    /// The group.
    pub(super) group: usize,
    /// The file in which its places are.
    pub(super) path: RepoPath,
    /// The folder of the manifest that it comes from.
    pub(super) folder: RepoPath,
    /// The namespace that it gets; empty if several stages give it different ones.
    pub(super) namespace: String,
    /// Names that it has besides its own.
    pub(super) also: BTreeSet<String>,
    /// By what it is told from others of the name: its folder, unless another group has it as well.
    pub(super) label: Option<RepoPath>,
    pub(super) object: Cow<'f, Object>,
}

/// What all kustomizations of a repository make of its manifests.
#[derive(Debug, Default)]
pub(super) struct Kustomized<'f> {
    /// In the order of the groups.
    pub(super) emitted: Vec<Emitted<'f>>,
    /// By what units of each group are told from others of their name.
    pub(super) labels: Vec<RepoPath>,
    /// Files whose objects are spoken for.
    pub(super) taken: BTreeSet<RepoPath>,
    pub(super) gaps: Vec<Gap>,
}

/// Builds all roots.
pub(super) fn kustomized<'f>(facts: &'f BTreeMap<RepoPath, Arc<Facts>>, listing: &Listing) -> Kustomized<'f> {
    let mut forest = Forest::new(facts, listing);
    let mut found = Kustomized::default();
    if forest.nodes.is_empty() {
        return found;
    }
    let mut room = MOST_OBJECTS;
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    for at in forest.roots.clone() {
        let Some(instances) = forest.instances(at) else { continue };
        match Root::new(&forest, at, instances, facts, &mut room) {
            // A component that nobody takes in changes what others have.
            Some(root) if forest.nodes[at].says.is_component => parts.push(root),
            Some(root) => whole.push(root),
            None => {
                let what =
                    format!("kustomizations of more than {MOST_OBJECTS} objects: this one is not read");
                found.gaps.push(Gap::of(forest.nodes[at].path, what));
            }
        }
    }
    let mut emitting = Emitting::new(&forest, facts);
    let built: Vec<Ready<'_>> =
        whole.into_iter().map(|root| Ready::new(&forest, root, facts, &mut room)).collect();
    let looks: Vec<Looks<'_>> =
        built.iter().map(|ready| Looks::new(&ready.root, &ready.same, &ready.finals)).collect();
    for (ready, group) in built.iter().zip(stages(&looks)) {
        emitting.root(ready, group);
    }
    emitting.parts(parts, &mut room);
    emitting.finish(&mut found);
    for node in &forest.nodes {
        found.taken.extend(node.files.iter().cloned());
        for patch in &node.says.patches {
            if let PatchBody::File(file) = &patch.body
                && let Some(path) = node.folder.join(&file.value)
            {
                if !facts.contains_key(&path) && listing.files.binary_search(&path).is_err() {
                    let what = "a patch that is not in the repository, or is no YAML file";
                    found.gaps.push(Gap::at(node.path, file.span, what));
                }
                found.taken.insert(path);
            }
        }
    }
    found.gaps.append(&mut forest.gaps);
    found
}

/// A root with all that is said about what it is made of.
#[derive(Debug)]
struct Ready<'f> {
    root: Root<'f>,
    same: Vec<stages::Same<'f>>,
    changes: Changes,
    /// The images of each workload, by its position.
    finals: BTreeMap<usize, Vec<images::Final>>,
}

impl<'f> Ready<'f> {
    fn new(
        forest: &Forest<'f>,
        root: Root<'f>,
        facts: &'f BTreeMap<RepoPath, Arc<Facts>>,
        room: &mut usize,
    ) -> Self {
        let changes = changes(forest, &root, facts, room);
        let mut of: BTreeMap<usize, Vec<&Laid>> = BTreeMap::new();
        changes.laid.iter().for_each(|laid| of.entry(laid.to).or_default().push(laid));
        let finals = root.workloads().map(|(at, _)| {
            let laid = of.get(&at).map(Vec::as_slice).unwrap_or_default();
            (at, images(forest, &root, at, laid))
        });
        let finals = finals.collect();
        Self { same: same(&root), root, changes, finals }
    }
}
