//! The objects of each group of roots, each once, with everything that its stages say.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::kubernetes::{Body, Object, ObjectKind};
use crate::sources::kustomize::Generated;
use crate::text::{RepoPath, Span, Spanned};

use super::super::places::apart;
use super::build::{Origin, Root, affixed};
use super::gathered::Gathered;
use super::patches::{PatchKey, wanted};
use super::stages::Same;
use super::tree::Forest;
use super::{Emitted, Kustomized, Ready};

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// How many objects are looked at of those that a component names.
const MOST_WANTED: usize = 10_000;

/// Config maps: their keys and values.
type Entries = Vec<(Spanned<String>, Option<Spanned<String>>)>;

pub(super) struct Emitting<'e, 'f> {
    forest: &'e Forest<'f>,
    facts: &'f FactMap,
    objects: BTreeMap<(usize, Same<'f>), Gathered<'f>>,
    /// What kustomizations make, by group, kustomization and position.
    generated: BTreeMap<(usize, usize, usize), (String, &'f Generated)>,
    /// The folder of the first root of each group.
    labels: Vec<RepoPath>,
    /// What patches say of config maps that kustomizations make, by group and with its file.
    beside: BTreeMap<(usize, PatchKey), (RepoPath, Object)>,
    known: BTreeMap<PatchKey, (RepoPath, Span)>,
    used: BTreeSet<PatchKey>,
    gaps: Vec<Gap>,
}

impl<'e, 'f> Emitting<'e, 'f> {
    pub(super) fn new(forest: &'e Forest<'f>, facts: &'f FactMap) -> Self {
        Self {
            forest,
            facts,
            objects: BTreeMap::new(),
            generated: BTreeMap::new(),
            labels: Vec::new(),
            beside: BTreeMap::new(),
            known: BTreeMap::new(),
            used: BTreeSet::new(),
            gaps: Vec::new(),
        }
    }

    /// Adds what a root is made of to its group.
    pub(super) fn root(&mut self, ready: &Ready<'f>, group: usize) {
        let folder = &self.forest.nodes[ready.root.node].folder;
        while self.labels.len() <= group {
            self.labels.push(folder.clone());
        }
        // An example says less of what it is than what is deployed does.
        let label = &mut self.labels[group];
        if apart(label).is_some() && apart(folder).is_none() {
            *label = folder.clone();
        }
        for (at, built) in ready.root.built.iter().enumerate() {
            let same = ready.same[at].clone();
            let gathered = self.objects.entry((group, same.clone())).or_insert_with(|| Gathered {
                path: built.origin.0,
                object: built.object,
                inner: same.1,
                also: BTreeSet::new(),
                namespaces: BTreeSet::new(),
                finals: BTreeSet::new(),
                parts: BTreeMap::new(),
            });
            gathered.also.insert(affixed(&built.whole, &built.object.name.value));
            gathered.namespaces.insert(built.namespace.clone());
            gathered.finals.extend(ready.finals.get(&at).into_iter().flatten().cloned());
        }
        for laid in &ready.changes.laid {
            let same = ready.same[laid.to].clone();
            if let Some(gathered) = self.objects.get_mut(&(group, same)) {
                // Each stage that takes in the patch says the same.
                let part = || (laid.path.clone(), laid.object.clone());
                gathered.parts.entry(laid.key).or_insert_with(part);
            }
        }
        for (key, one) in &ready.changes.beside {
            self.beside.entry((group, *key)).or_insert_with(|| one.clone());
        }
        self.patches(ready);
        self.generate(ready, group);
    }

    fn patches(&mut self, ready: &Ready<'f>) {
        self.known.extend(ready.changes.known.iter().map(|(key, place)| (*key, place.clone())));
        self.used.extend(&ready.changes.used);
        if ready.changes.is_cut {
            let path = self.forest.nodes[ready.root.node].path;
            self.gaps.push(Gap::of(path, "kustomizations with so many patches that not all are looked at"));
        }
    }

    fn generate(&mut self, ready: &Ready<'f>, group: usize) {
        for instance in &ready.root.instances {
            let node = &self.forest.nodes[instance.node];
            let says = node.says.namespace.as_ref();
            let root = self.forest.nodes[ready.root.node].says.namespace.as_ref();
            let namespace = root.or(says).map(|one| one.value.clone()).unwrap_or_default();
            for (position, generated) in node.says.generated.iter().enumerate() {
                let known = self.generated.entry((group, instance.node, position));
                let known = known.or_insert_with(|| (namespace.clone(), generated));
                if known.0 != namespace {
                    known.0.clear();
                }
            }
        }
    }

    /// Adds components that nobody takes in: what each patches shows to which group it belongs, if only one has it.
    pub(super) fn parts(&mut self, parts: Vec<Root<'f>>, room: &mut usize) {
        let mut of: BTreeMap<(ObjectKind, &'f str), Vec<(usize, Same<'f>)>> = BTreeMap::new();
        for ((group, same), gathered) in &self.objects {
            let key = (gathered.object.kind, gathered.object.name.value.as_str());
            of.entry(key).or_default().push((*group, same.clone()));
        }
        for mut root in parts {
            let named = wanted(self.forest, &root, self.facts);
            let wanted = named.iter().filter_map(|(kind, name)| of.get(&(*kind, name.as_str()))).flatten();
            let wanted: Vec<&(usize, Same<'f>)> = wanted.take(MOST_WANTED).collect();
            let group = self.nearest(&self.forest.nodes[root.node].folder, &wanted);
            let mut theirs = BTreeMap::new();
            for key in wanted.into_iter().filter(|(of, _)| Some(*of) == group) {
                if let Some(gathered) = self.objects.get(key) {
                    theirs.insert(root.built.len(), key.1.clone());
                    root.built.push(gathered.built(&key.1));
                }
            }
            let mut ready = Ready::new(self.forest, root, self.facts, room);
            theirs.into_iter().for_each(|(at, same)| ready.same[at] = same);
            self.root(&ready, group.unwrap_or(self.labels.len()));
        }
    }

    /// The group whose manifests lie nearest to a folder; `None` if several are equally near.
    fn nearest(&self, folder: &RepoPath, wanted: &[&(usize, Same<'f>)]) -> Option<usize> {
        let near = |path: &RepoPath| {
            path.parts().zip(folder.parts()).take_while(|(one, other)| one == other).count()
        };
        let best = wanted.iter().map(|(_, same)| near(same.0.0)).max()?;
        let nearest = wanted.iter().filter(|(_, same)| near(same.0.0) == best);
        let groups: BTreeSet<usize> = nearest.map(|(group, _)| *group).collect();
        groups.first().copied().filter(|_| groups.len() == 1)
    }

    pub(super) fn finish(self, found: &mut Kustomized<'f>) {
        let mut groups: BTreeMap<Origin<'f>, BTreeSet<usize>> = BTreeMap::new();
        for (group, same) in self.objects.keys() {
            groups.entry(same.0).or_default().insert(*group);
        }
        for ((group, same), gathered) in self.objects {
            let is_only = groups.get(&same.0).is_some_and(|groups| groups.len() == 1);
            gathered.emit(group, is_only, &mut found.emitted);
        }
        for ((group, _), (path, object)) in self.beside {
            let folder = path.parent().unwrap_or_else(RepoPath::root);
            let namespace = object.namespace.as_ref().map(|one| one.value.clone()).unwrap_or_default();
            let (also, object) = (BTreeSet::new(), Cow::Owned(object));
            found.emitted.push(Emitted { group, path, folder, namespace, also, label: None, object });
        }
        for ((group, node, _), (namespace, generated)) in self.generated {
            let node = &self.forest.nodes[node];
            let mut emit = |path: &RepoPath, body: Body| {
                let kind = if generated.is_secret { ObjectKind::Secret } else { ObjectKind::ConfigMap };
                let name = generated.name.clone();
                let object = Object { kind, name, namespace: None, labels: Vec::new(), body };
                found.emitted.push(Emitted {
                    group,
                    path: path.clone(),
                    folder: node.folder.clone(),
                    namespace: namespace.clone(),
                    also: BTreeSet::new(),
                    label: None,
                    object: Cow::Owned(object),
                });
            };
            if generated.is_secret {
                emit(node.path, Body::Secret(Vec::new()));
                continue;
            }
            let literals = generated.literals.iter().map(|one| (one.key.clone(), one.value.clone()));
            emit(node.path, Body::ConfigMap(literals.collect()));
            for file in &generated.files {
                let path = node.folder.join(&file.value);
                match path
                    .and_then(|path| self.facts.get_key_value(&path))
                    .map(|(path, facts)| (path, &**facts))
                {
                    Some((path, Facts::Settings(settings))) => {
                        let entries: Entries = settings
                            .variables
                            .iter()
                            .map(|one| (one.name.clone(), kept(&one.name.value, &one.value)))
                            .collect();
                        emit(path, Body::ConfigMap(entries));
                    }
                    _ => {
                        let what =
                            "a file of variables that is not there, or is not named like one: it is not read";
                        found.gaps.push(Gap::at(node.path, file.span, what));
                    }
                }
            }
        }
        found.labels = self.labels;
        for (key, (path, span)) in self.known {
            if !self.used.contains(&key) {
                let what = "a patch of something that nothing here declares: it is not read";
                found.gaps.push(Gap::at(&path, span, what));
            }
        }
        found.gaps.extend(self.gaps);
        found.emitted.sort_by_key(|one| one.group);
    }
}

/// What is kept of a variable of a file: as of every config map, nothing of a credential.
fn kept(name: &str, value: &Spanned<String>) -> Option<Spanned<String>> {
    let kept = crate::sources::kubernetes::kept(name, value.value.clone());
    (!kept.is_empty()).then_some(Spanned { value: kept, span: value.span })
}
