//! One root, as kustomize would build it: each object with what is said about it on its way there.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sources::Facts;
use crate::sources::kubernetes::{Body, Object};
use crate::text::RepoPath;

use super::tree::{Forest, Instance, ways};

/// An object of a file, by the file and its position there.
pub(super) type Origin<'f> = (&'f RepoPath, usize);

/// An object on its way to a root.
#[derive(Debug)]
pub(super) struct Built<'f> {
    pub(super) origin: Origin<'f>,
    pub(super) object: &'f Object,
    /// The instance that names its file.
    pub(super) at: usize,
    /// What is written before and behind its name, by all but the root.
    pub(super) inner: (String, String),
    /// The same by all.
    pub(super) whole: (String, String),
    /// The namespace that it gets, or has.
    pub(super) namespace: String,
}

/// A root, and what it is made of.
#[derive(Debug)]
pub(super) struct Root<'f> {
    pub(super) node: usize,
    pub(super) instances: Vec<Instance>,
    /// The components that each instance takes in.
    components: Vec<Vec<usize>>,
    pub(super) built: Vec<Built<'f>>,
}

/// How long a name with all that is written before and behind it may get: no cluster takes a longer one.
const LONGEST_NAME: usize = 253;

impl<'f> Root<'f> {
    /// Takes from the room that is left for objects; `None` if there is too little.
    pub(super) fn new(
        forest: &Forest<'f>,
        node: usize,
        instances: Vec<Instance>,
        facts: &'f BTreeMap<RepoPath, Arc<Facts>>,
        room: &mut usize,
    ) -> Option<Self> {
        let mut components = vec![Vec::new(); instances.len()];
        for (at, one) in instances.iter().enumerate() {
            if let (Some(parent), true) = (one.parent, forest.nodes[one.node].says.is_component) {
                components[parent].push(at);
            }
        }
        let mut root = Self { node, instances, components, built: Vec::new() };
        for at in 0..root.instances.len() {
            if forest.nodes[root.instances[at].node].files.is_empty() {
                continue;
            }
            let (inner, whole, namespace) = root.changes(forest, at);
            for file in &forest.nodes[root.instances[at].node].files {
                let Some((path, facts)) = facts.get_key_value(file) else { continue };
                let Facts::Kubernetes(file) = &**facts else { continue };
                *room = room.checked_sub(file.objects.iter().map(cost).sum())?;
                for (position, object) in file.objects.iter().enumerate() {
                    let own = || object.namespace.as_ref().map(|one| one.value.clone()).unwrap_or_default();
                    root.built.push(Built {
                        origin: (path, position),
                        object,
                        at,
                        inner: inner.clone(),
                        whole: whole.clone(),
                        namespace: namespace.clone().unwrap_or_else(own),
                    });
                }
            }
        }
        Some(root)
    }

    /// The instances whose words count for what one of them brings, in the order in which kustomize applies them:
    /// each on the way to the root, and before it the components that it takes in.
    pub(super) fn layers(&self, at: usize) -> Vec<usize> {
        let (mut found, mut is_known) = (Vec::new(), vec![false; self.instances.len()]);
        for on_way in ways(&self.instances, at) {
            self.layer(on_way, &mut found, &mut is_known);
        }
        found
    }

    fn layer(&self, at: usize, found: &mut Vec<usize>, is_known: &mut [bool]) {
        if std::mem::replace(&mut is_known[at], true) {
            return;
        }
        for component in &self.components[at] {
            self.layer(*component, found, is_known);
        }
        found.push(at);
    }

    /// What is written around names, without and with the root's own, and the namespace that is given.
    fn changes(
        &self,
        forest: &Forest<'_>,
        at: usize,
    ) -> ((String, String), (String, String), Option<String>) {
        let mut namespace = None;
        let mut around = (String::new(), String::new());
        let mut inner = around.clone();
        for one in self.layers(at) {
            let says = forest.nodes[self.instances[one].node].says;
            if self.instances[one].parent.is_none() {
                inner = around.clone();
            }
            namespace = says.namespace.as_ref().map(|one| one.value.clone()).or(namespace);
            let prefix = says.name_prefix.as_ref().map_or("", |one| one.value.as_str());
            let suffix = says.name_suffix.as_ref().map_or("", |one| one.value.as_str());
            if around.0.len() + around.1.len() + prefix.len() + suffix.len() <= LONGEST_NAME {
                around = (format!("{prefix}{}", around.0), format!("{}{suffix}", around.1));
            }
        }
        (inner, around, namespace)
    }

    /// Whether an instance is another one, or is taken in by it.
    pub(super) fn is_below(&self, one: usize, above: usize) -> bool {
        ways(&self.instances, one).any(|at| at == above)
    }

    /// The instance of whose objects a patch speaks: a component changes those of whoever takes it in.
    pub(super) fn scope(&self, forest: &Forest<'_>, at: usize) -> usize {
        let mut on_way = ways(&self.instances, at);
        on_way.find(|one| !forest.nodes[self.instances[*one].node].says.is_component).unwrap_or(0)
    }

    /// Those of its objects that start pods.
    pub(super) fn workloads(&self) -> impl Iterator<Item = (usize, &Built<'f>)> {
        self.built.iter().enumerate().filter(|(_, built)| matches!(built.object.body, Body::Workload(_)))
    }
}

/// What it costs to look at an object: its containers are looked at one by one.
fn cost(object: &Object) -> usize {
    match &object.body {
        Body::Workload(workload) => 1 + workload.all_containers().count(),
        _ => 1,
    }
}

/// A name with what is written before and behind it.
pub(super) fn affixed(around: &(String, String), name: &str) -> String {
    format!("{}{name}{}", around.0, around.1)
}
