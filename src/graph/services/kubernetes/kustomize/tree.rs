//! Which kustomization takes in which, and what each root of them is made of, instance by instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::{Gap, Listing};
use crate::sources::Facts;
use crate::sources::kustomize::{ImageChange, Kustomization, is_named};
use crate::text::{RepoPath, Spanned};

/// How many instances one root may have. Kustomize builds each way to a base anew; nobody writes thousands.
const MOST_OF_ROOT: usize = 1_000;

/// How many instances all roots may have together.
const MOST_OF_ALL: usize = 50_000;

/// How deep kustomizations may lie in each other.
const DEEPEST: usize = 64;

/// A kustomization, and what it puts together.
#[derive(Debug)]
pub(super) struct Node<'f> {
    pub(super) path: &'f RepoPath,
    pub(super) folder: RepoPath,
    pub(super) says: &'f Kustomization,
    /// Other kustomizations, in the order of the file.
    takes: Vec<usize>,
    /// Files of manifests.
    pub(super) files: Vec<RepoPath>,
    /// What it changes of each image, by name.
    pub(super) images: BTreeMap<&'f str, &'f ImageChange>,
}

/// One way on which a root takes in a kustomization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) node: usize,
    /// The instance that takes it in, by its position; none for the root.
    pub(super) parent: Option<usize>,
    depth: usize,
}

/// All kustomizations of a repository.
#[derive(Debug, Default)]
pub(super) struct Forest<'f> {
    pub(super) nodes: Vec<Node<'f>>,
    /// Those that no other one takes in.
    pub(super) roots: Vec<usize>,
    pub(super) gaps: Vec<Gap>,
    /// How many instances there may still be.
    left: usize,
}

impl<'f> Forest<'f> {
    pub(super) fn new(facts: &'f BTreeMap<RepoPath, Arc<Facts>>, listing: &Listing) -> Self {
        let mut forest = Self { left: MOST_OF_ALL, ..Self::default() };
        let mut of_folder: BTreeMap<RepoPath, usize> = BTreeMap::new();
        for (path, facts) in facts {
            let Facts::Kustomization(says) = &**facts else { continue };
            let folder = path.parent().unwrap_or_else(RepoPath::root);
            of_folder.entry(folder.clone()).or_insert(forest.nodes.len());
            let images = says.images.iter().map(|change| (change.name.value.as_str(), change)).collect();
            forest.nodes.push(Node { path, folder, says, takes: Vec::new(), files: Vec::new(), images });
        }
        for at in 0..forest.nodes.len() {
            for resource in &forest.nodes[at].says.resources {
                forest.take(at, resource, facts, listing, &of_folder);
            }
        }
        let taken: BTreeSet<usize> =
            forest.nodes.iter().flat_map(|node| node.takes.iter().copied()).collect();
        forest.roots = (0..forest.nodes.len()).filter(|at| !taken.contains(at)).collect();
        forest
    }

    fn take(
        &mut self,
        at: usize,
        resource: &Spanned<String>,
        facts: &BTreeMap<RepoPath, Arc<Facts>>,
        listing: &Listing,
        of_folder: &BTreeMap<RepoPath, usize>,
    ) {
        let path = self.nodes[at].path;
        let gap = |what: &'static str| Gap::at(path, resource.span, what);
        if is_remote(&resource.value) {
            self.gaps.push(gap("a resource of another repository: it is not read"));
            return;
        }
        let Some(place) = self.nodes[at].folder.join(&resource.value) else {
            self.gaps.push(gap("a resource outside of the repository: it is not read"));
            return;
        };
        let place = if is_named(place.file_name()) { place.parent().unwrap_or(place) } else { place };
        if let Some(child) = of_folder.get(&place) {
            if *child == at {
                self.gaps.push(gap("a kustomization that takes in itself"));
            } else {
                self.nodes[at].takes.push(*child);
            }
        } else if matches!(facts.get(&place).map(|facts| &**facts), Some(Facts::Kubernetes(_))) {
            self.nodes[at].files.push(place);
        } else if listing.files.binary_search(&place).is_err()
            && listing.folders.binary_search(&place).is_err()
        {
            self.gaps.push(gap("a resource that is not in the repository"));
        }
    }

    /// What a root is made of: every way to every kustomization that it takes in, itself first. `None` if those are
    /// too many, which is told.
    pub(super) fn instances(&mut self, root: usize) -> Option<Vec<Instance>> {
        let mut found = vec![Instance { node: root, parent: None, depth: 0 }];
        let mut at = 0;
        while let Some(one) = found.get(at).copied() {
            for child in &self.nodes[one.node].takes {
                if one.depth == DEEPEST || found.len() == MOST_OF_ROOT.min(self.left) {
                    let what = "a kustomization with so many bases in each other that it is not read";
                    self.gaps.push(Gap::of(self.nodes[root].path, what));
                    return None;
                }
                if is_around(&found, at, *child) {
                    let path = self.nodes[one.node].path;
                    self.gaps.push(Gap::of(path, "a kustomization that takes in one which takes it in"));
                    continue;
                }
                found.push(Instance { node: *child, parent: Some(at), depth: one.depth + 1 });
            }
            at += 1;
        }
        self.left -= found.len().min(self.left);
        Some(found)
    }
}

/// Whether an instance is of this kustomization, or is taken in by one that is.
fn is_around(found: &[Instance], at: usize, node: usize) -> bool {
    ways(found, at).any(|one| found[one].node == node)
}

/// An instance, and each that takes it in, up to the root.
pub(super) fn ways(found: &[Instance], at: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(at), |at| found[*at].parent)
}

/// Whether a resource is fetched from elsewhere, as kustomize tells.
fn is_remote(resource: &str) -> bool {
    let host = resource.split('/').next().unwrap_or_default();
    resource.contains("://")
        || resource.contains("?ref=")
        || resource.starts_with("git@")
        || resource.contains("//")
        || matches!(host, "github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org")
}
