//! Patches: whom each changes, and what it says as an object of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::sync::Arc;

use crate::sources::Facts;
use crate::sources::kubernetes::{Body, Object, ObjectKind};
use crate::sources::kustomize::{Operation, Patch, PatchBody, Target};
use crate::text::{RepoPath, Span, Spanned};

use super::build::{Root, affixed};
use super::operated::operated;
use super::tree::Forest;

/// How often objects of one root are asked whether a patch is for them.
const MOST_ASKED: usize = 5_000_000;

/// A change by a patch.
#[derive(Debug)]
pub(super) struct Laid {
    /// The patch, and which of its operations.
    pub(super) key: (PatchKey, usize),
    /// The instance whose patch it is.
    pub(super) by: usize,
    /// Whom it changes, by its position in the root.
    pub(super) to: usize,
    /// What it says of it.
    pub(super) object: Object,
    /// The file in which that stands.
    pub(super) path: RepoPath,
}

/// A patch, or one object of it, by what names it in the whole repository.
pub(super) type PatchKey = (usize, usize, usize);

/// What the patches of a root change.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) laid: Vec<Laid>,
    /// What patches say of config maps and secrets that kustomizations make, and in which file.
    pub(super) beside: BTreeMap<PatchKey, (RepoPath, Object)>,
    /// Patches that change something.
    pub(super) used: BTreeSet<PatchKey>,
    /// All patches, and where they stand.
    pub(super) known: BTreeMap<PatchKey, (RepoPath, Span)>,
    /// Whether there are more than are looked at.
    pub(super) is_cut: bool,
}

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// Finds whom the patches of a root change; each change takes from the room that is left.
pub(super) fn changes<'f>(
    forest: &Forest<'f>,
    root: &Root<'f>,
    facts: &'f FactMap,
    room: &mut usize,
) -> Changes {
    let generated = root.instances.iter().flat_map(|one| &forest.nodes[one.node].says.generated);
    let generated = generated.map(|one| (one.is_secret, one.name.value.as_str())).collect();
    let mut finding = Finding {
        forest,
        root,
        by_name: BTreeMap::new(),
        generated,
        room,
        asked: 0,
        changes: Changes::default(),
    };
    for (at, built) in root.built.iter().enumerate() {
        let name = built.object.name.value.as_str();
        let names = [name.to_owned(), affixed(&built.inner, name), affixed(&built.whole, name)];
        for name in BTreeSet::from(names) {
            finding.by_name.entry(name).or_default().push(at);
        }
    }
    for at in 0..root.instances.len() {
        let node = &forest.nodes[root.instances[at].node];
        for (position, patch) in node.says.patches.iter().enumerate() {
            finding.patch(at, position, patch, facts);
        }
    }
    finding.changes
}

/// The kinds and names of what the patches of a root are for, as far as they say so.
pub(super) fn wanted(
    forest: &Forest<'_>,
    root: &Root<'_>,
    facts: &FactMap,
) -> BTreeSet<(ObjectKind, String)> {
    let mut found = BTreeSet::new();
    let nodes = root.instances.iter().map(|one| &forest.nodes[one.node]);
    for (node, patch) in nodes.flat_map(|node| node.says.patches.iter().map(move |patch| (node, patch))) {
        let file = match &patch.body {
            PatchBody::File(file) => node.folder.join(&file.value),
            _ => None,
        };
        let objects = match (&patch.body, file.and_then(|path| facts.get(&path)).map(|facts| &**facts)) {
            (PatchBody::Objects(objects), _) => objects.as_slice(),
            (_, Some(Facts::Kubernetes(file))) => file.objects.as_slice(),
            _ => &[],
        };
        match &patch.target {
            None => found.extend(objects.iter().map(|one| (one.kind, one.name.value.clone()))),
            Some(Target { kind: Some(kind), names: Some(names), .. }) => {
                let kind = ObjectKind::of_name(kind);
                found.extend(names.iter().filter_map(|name| Some((kind?, name.clone()))));
            }
            Some(_) => {}
        }
    }
    found
}

struct Finding<'r, 'f> {
    forest: &'r Forest<'f>,
    root: &'r Root<'f>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// What kustomizations make: whether it is a secret, and its name.
    generated: BTreeSet<(bool, &'r str)>,
    room: &'r mut usize,
    /// How often objects were asked whether a patch is for them.
    asked: usize,
    changes: Changes,
}

impl<'f> Finding<'_, 'f> {
    fn patch(&mut self, at: usize, position: usize, patch: &Patch, facts: &'f FactMap) {
        let node = &self.forest.nodes[self.root.instances[at].node];
        let own = node.path.clone();
        match &patch.body {
            PatchBody::Objects(objects) => self.lay_over(at, position, patch, objects, &own),
            PatchBody::Operations(operations) => self.operate(at, position, patch, operations, &own),
            PatchBody::File(file) => {
                let Some(path) = node.folder.join(&file.value) else { return };
                match facts.get_key_value(&path).map(|(path, facts)| (path, &**facts)) {
                    Some((path, Facts::Kubernetes(file))) => {
                        self.lay_over(at, position, patch, &file.objects, path);
                    }
                    Some((path, Facts::Operations(operations))) => {
                        self.operate(at, position, patch, operations, path);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Lays parts of objects over those that are meant; what is another kind of thing says nothing of them.
    fn lay_over(&mut self, at: usize, position: usize, patch: &Patch, objects: &[Object], path: &RepoPath) {
        for (sub, object) in objects.iter().enumerate() {
            let key = (self.root.instances[at].node, position, sub);
            self.changes.known.insert(key, (path.clone(), object.name.span));
            let found = match &patch.target {
                Some(target) => self.meant(at, target),
                None => self.named(at, object),
            };
            if found.is_empty() && self.is_generated(object) && self.has_room(key) {
                self.changes.beside.insert(key, (path.clone(), object.clone()));
            }
            for to in found {
                let other = self.root.built[to].object;
                if discriminant(&other.body) != discriminant(&object.body) {
                    continue;
                }
                let object = Object { kind: other.kind, name: other.name.clone(), ..object.clone() };
                self.lay(Laid { key: (key, 0), by: at, to, object, path: path.clone() });
            }
        }
    }

    /// Whether a kustomization makes the config map or secret that a patch names.
    fn is_generated(&self, object: &Object) -> bool {
        let is_secret = match &object.body {
            Body::ConfigMap(_) => false,
            Body::Secret(_) => true,
            _ => return false,
        };
        self.generated.contains(&(is_secret, object.name.value.as_str()))
    }

    fn lay(&mut self, laid: Laid) {
        if self.has_room(laid.key.0) {
            self.changes.laid.push(laid);
        }
    }

    /// Notes that a patch changes something, and whether there is room to say what.
    fn has_room(&mut self, key: PatchKey) -> bool {
        self.changes.used.insert(key);
        match self.room.checked_sub(1) {
            Some(left) => *self.room = left,
            None => self.changes.is_cut = true,
        }
        !self.changes.is_cut
    }

    fn operate(
        &mut self,
        at: usize,
        position: usize,
        patch: &Patch,
        operations: &[Operation],
        path: &RepoPath,
    ) {
        // Only those without anything of ours in them have no operations here.
        let (Some(target), false) = (&patch.target, operations.is_empty()) else { return };
        let key = (self.root.instances[at].node, position, 0);
        self.changes.known.insert(key, (path.clone(), operations[0].span));
        for to in self.meant(at, target) {
            for (number, operation) in operations.iter().enumerate() {
                if let Some(object) = operated(self.root.built[to].object, operation) {
                    self.lay(Laid { key: (key, number), by: at, to, object, path: path.clone() });
                }
            }
        }
    }

    /// The objects that a patch names by itself.
    fn named(&self, at: usize, object: &Object) -> Vec<usize> {
        let found = self.by_name.get(&object.name.value).map(Vec::as_slice).unwrap_or_default();
        let is_meant = |to: &usize| {
            let other = self.root.built[*to].object;
            other.kind == object.kind
                && (object.namespace.is_none() || self.has_namespace(*to, object.namespace.as_ref()))
        };
        self.in_scope(at, found.iter().copied().filter(is_meant))
    }

    /// The objects for which everything fits that a target says.
    fn meant(&mut self, at: usize, target: &Target) -> Vec<usize> {
        let all: Vec<usize> = match &target.names {
            Some(names) => {
                let found = names.iter().filter_map(|name| self.by_name.get(name));
                found.flatten().copied().collect::<BTreeSet<_>>().into_iter().collect()
            }
            None => {
                self.asked += self.root.built.len();
                if self.asked > MOST_ASKED {
                    self.changes.is_cut = true;
                    return Vec::new();
                }
                (0..self.root.built.len()).collect()
            }
        };
        let is_meant = |to: &usize| {
            let object = self.root.built[*to].object;
            target.kind.as_deref().is_none_or(|kind| kind == object.kind.name())
                && target.namespace.as_ref().is_none_or(|one| self.root.built[*to].namespace == *one)
                && target.labels.iter().all(|label| object.labels.contains(label))
        };
        self.in_scope(at, all.into_iter().filter(is_meant))
    }

    fn in_scope(&self, at: usize, found: impl Iterator<Item = usize>) -> Vec<usize> {
        let scope = self.root.scope(self.forest, at);
        found.filter(|to| self.root.is_below(self.root.built[*to].at, scope)).collect()
    }

    /// Whether an object is in a namespace, or in one that only kustomize gives it.
    fn has_namespace(&self, to: usize, namespace: Option<&Spanned<String>>) -> bool {
        let (built, own) = (&self.root.built[to], self.root.built[to].object.namespace.as_ref());
        let is = |one: &Spanned<String>| {
            one.value == built.namespace || own.is_some_and(|own| own.value == one.value)
        };
        own.is_none() || namespace.is_some_and(is)
    }
}
