//! One object of a group of roots, gathered from all of its stages.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::sources::kubernetes::{Body, Container, Object, Workload};
use crate::text::{RepoPath, Span, Spanned};

use super::Emitted;
use super::build::{Built, affixed};
use super::images::Final;
use super::patches::PatchKey;
use super::stages::Same;

/// An object of a group before all of its stages are known.
#[derive(Debug)]
pub(super) struct Gathered<'f> {
    pub(super) path: &'f RepoPath,
    pub(super) object: &'f Object,
    /// What is written around its name to tell it from others of its origin.
    pub(super) inner: (String, String),
    pub(super) also: BTreeSet<String>,
    pub(super) namespaces: BTreeSet<String>,
    pub(super) finals: BTreeSet<Final>,
    /// What patches say, and in which file.
    pub(super) parts: BTreeMap<(PatchKey, usize), (RepoPath, Object)>,
}

impl<'f> Gathered<'f> {
    /// The same as an object of another root.
    pub(super) fn built(&self, same: &Same<'f>) -> Built<'f> {
        Built {
            origin: same.0,
            object: self.object,
            at: 0,
            inner: self.inner.clone(),
            whole: self.inner.clone(),
            namespace: self.namespaces.first().cloned().unwrap_or_default(),
        }
    }

    /// Its object as the group has it, and what patches and images say beside it.
    pub(super) fn emit(self, group: usize, is_only: bool, found: &mut Vec<Emitted<'f>>) {
        let mut namespaces = self.namespaces.into_iter();
        let namespace = match (namespaces.next(), namespaces.next()) {
            (Some(one), None) => one,
            _ => self.object.namespace.as_ref().map(|one| one.value.clone()).unwrap_or_default(),
        };
        let name = affixed(&self.inner, &self.object.name.value);
        let folder = self.path.parent().unwrap_or_else(RepoPath::root);
        let mut emit = |path: &RepoPath, object: Cow<'f, Object>, also: BTreeSet<String>| {
            let (folder, namespace) = (folder.clone(), namespace.clone());
            let label = is_only.then(|| folder.clone());
            found.push(Emitted { group, path: path.clone(), folder, namespace, also, label, object });
        };
        let is_own = |one: &Final| one.location.path == *self.path;
        let own: BTreeSet<Span> =
            self.finals.iter().filter(|one| is_own(one)).map(|one| one.location.span).collect();
        let is_changed = match &self.object.body {
            Body::Workload(workload) => workload.images().any(|image| !own.contains(&image.span)),
            _ => false,
        };
        let renamed = |object: &Object| Object {
            name: Spanned { value: name.clone(), span: object.name.span },
            ..object.clone()
        };
        let base = match (is_changed, name == self.object.name.value) {
            (false, true) => Cow::Borrowed(self.object),
            (false, false) => Cow::Owned(renamed(self.object)),
            (true, _) => Cow::Owned(without_images(renamed(self.object), &own)),
        };
        emit(self.path, base, self.also);
        for (path, object) in self.parts.into_values() {
            emit(&path, Cow::Owned(without_images(renamed(&object), &BTreeSet::new())), BTreeSet::new());
        }
        for one in self.finals.iter().filter(|one| !is_own(one) || !own_image(self.object, one)) {
            emit(
                &one.location.path.clone(),
                Cow::Owned(renamed(&image_alone(self.object, one))),
                BTreeSet::new(),
            );
        }
    }
}

/// Whether an image stands in the manifest itself.
fn own_image(object: &Object, one: &Final) -> bool {
    match &object.body {
        Body::Workload(workload) => workload.images().any(|image| image.span == one.location.span),
        _ => false,
    }
}

/// An object without the images that something replaces.
fn without_images(mut object: Object, kept: &BTreeSet<Span>) -> Object {
    if let Body::Workload(workload) = &mut object.body {
        let Workload { containers, init_containers, .. } = &mut **workload;
        for container in containers.iter_mut().chain(init_containers) {
            container.image = container.image.take().filter(|image| kept.contains(&image.span));
        }
    }
    object
}

/// A part of an object that says which image a container has, and nothing else.
fn image_alone(object: &Object, one: &Final) -> Object {
    let span = one.location.span;
    let container = Container {
        image: Some(Spanned { value: one.image.clone(), span }),
        ..Container::named(Spanned { value: one.container.clone(), span })
    };
    let mut workload = Workload::default();
    if one.is_init { &mut workload.init_containers } else { &mut workload.containers }.push(container);
    Object { body: Body::Workload(Box::new(workload)), labels: Vec::new(), ..object.clone() }
}
