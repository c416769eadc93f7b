//! Kubernetes manifests: which of them describe one cluster, what runs there, and what names mean in it.
//!
//! The manifests of one folder are applied together. Two folders that have a workload of one name with one
//! image say the same of two stages (a base and an overlay, the sources and a release): what has one name
//! in both is one. All others are apart, and only find each other by name where nothing nearer has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::sources::Facts;
use crate::sources::addresses::Store;
use crate::sources::kubernetes::{
    Body, Container, EnvFromSource, EnvValue, Object, ObjectKind, ServiceBody, VolumeSource, Workload,
    expand_references,
};
use crate::text::{Location, RepoPath, Spanned};

use super::super::Ecosystem;
use super::model::{Environment, Kept, KeptKind, Resolved, Running, Said, Setting};
use super::names::ImageName;

/// Images that say nothing about whose they are.
const ANYBODYS: [&str; 12] = [
    "nginx", "busybox", "alpine", "ubuntu", "debian", "httpd", "haproxy", "traefik", "pause", "curl",
    "python", "node",
];

/// What ends the name of a host outside of every cluster; a namespace is not called like that.
const DOMAINS: [&str; 10] = ["com", "org", "net", "io", "dev", "local", "internal", "cloud", "app", "ai"];

/// All Kubernetes manifests of a repository.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    pub(super) environments: Vec<Environment>,
    pub(super) running: Vec<Running>,
    /// Where each of what runs is declared, and in which namespace.
    places: Vec<Place>,
    services: BTreeMap<String, Vec<ServiceAt>>,
    /// Where claims and secrets are declared.
    pub(super) declared: BTreeMap<Kept, Location>,
    /// Hosts that only the pods of one workload know: they mean nothing to others.
    own_hosts: BTreeMap<usize, BTreeSet<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    environment: usize,
    folder: RepoPath,
    namespace: String,
}

#[derive(Debug)]
struct ServiceAt {
    place: Place,
    to: BTreeSet<usize>,
    external: Option<String>,
}

/// An object, and where it stands.
struct At<'f> {
    path: &'f RepoPath,
    place: Place,
    object: &'f Object,
}

impl At<'_> {
    fn location(&self, written: &Spanned<String>) -> Location {
        Location { path: self.path.clone(), span: written.span }
    }

    fn name(&self) -> &str {
        &self.object.name.value
    }

    fn kept(&self, what: KeptKind, name: &str) -> Kept {
        Kept {
            environment: Some(self.place.environment),
            namespace: self.place.namespace.clone(),
            name: name.to_owned(),
            what,
        }
    }
}

impl Clusters {
    /// Reads the manifests; their environments are numbered from `first`.
    pub(super) fn new(facts: &BTreeMap<RepoPath, Arc<Facts>>, first: usize) -> Self {
        let mut clusters = Self::default();
        let files = facts.iter().filter_map(|(path, facts)| match &**facts {
            Facts::Kubernetes(file) if !file.objects.is_empty() => Some((path, &file.objects)),
            _ => None,
        });
        let objects: Vec<(&RepoPath, &Object)> =
            files.flat_map(|(path, objects)| objects.iter().map(move |object| (path, object))).collect();
        if objects.is_empty() {
            return clusters;
        }
        let group = clusters.group(&objects, first);
        let objects: Vec<At<'_>> = objects
            .into_iter()
            .map(|(path, object)| {
                let folder = path.parent().unwrap_or_else(RepoPath::root);
                let namespace = object.namespace.as_ref().map(|one| one.value.clone()).unwrap_or_default();
                let environment = group.get(&folder).copied().unwrap_or(first);
                At { path, place: Place { environment, folder, namespace }, object }
            })
            .collect();
        let maps = Maps::new(&objects);
        let labels = clusters.run(&objects, &maps);
        clusters.serve(&objects, &labels);
        clusters.enter(&objects);
        for at in &objects {
            let what = match at.object.body {
                Body::Claim => KeptKind::Claim,
                Body::Secret(_) => KeptKind::Secret,
                _ => continue,
            };
            let location = at.location(&at.object.name);
            clusters.declared.entry(at.kept(what, at.name())).or_insert(location);
        }
        clusters.find_kept();
        clusters
    }

    /// The environment of each folder.
    fn group(&mut self, objects: &[(&RepoPath, &Object)], first: usize) -> BTreeMap<RepoPath, usize> {
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
                self.environments.push(Environment { label: folder.to_string() });
                first + self.environments.len() - 1
            });
            group.insert(folder.clone(), number);
        }
        group
    }

    /// What runs: one for all objects of one kind and name in one environment. Gives the labels of each.
    fn run(&mut self, objects: &[At<'_>], maps: &Maps<'_>) -> Vec<Vec<(String, String)>> {
        let mut known: BTreeMap<(usize, &str, ObjectKind, &str), usize> = BTreeMap::new();
        let mut labels = Vec::new();
        for at in objects {
            let Body::Workload(workload) = &at.object.body else { continue };
            let key = (at.place.environment, at.place.namespace.as_str(), at.object.kind, at.name());
            let position = *known.entry(key).or_insert_with(|| {
                self.running.push(Running::new(
                    at.name(),
                    at.place.environment,
                    Ecosystem::Kubernetes,
                    at.location(&at.object.name),
                ));
                self.places.push(at.place.clone());
                labels.push(Vec::new());
                self.running.len() - 1
            });
            labels[position].extend(workload.labels.iter().cloned());
            let hosts = workload.host_aliases.iter().flat_map(|alias| &alias.hostnames);
            self.own_hosts
                .entry(position)
                .or_default()
                .extend(hosts.map(|host| host.value.to_ascii_lowercase()));
            fill(&mut self.running[position], at, workload, maps);
        }
        labels
    }

    /// Which workloads each service leads to.
    fn serve(&mut self, objects: &[At<'_>], labels: &[Vec<(String, String)>]) {
        let labels: Vec<BTreeSet<(&str, &str)>> = labels
            .iter()
            .map(|all| all.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect())
            .collect();
        let mut by_label: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (at, labels) in labels.iter().enumerate() {
            labels.iter().for_each(|label| by_label.entry(*label).or_default().push(at));
        }
        for at in objects {
            let Body::Service(service) = &at.object.body else { continue };
            let to = self.selected(at, service, &labels, &by_label);
            let external = service.external_name.as_ref().map(|name| name.value.to_ascii_lowercase());
            self.services.entry(at.name().to_ascii_lowercase()).or_default().push(ServiceAt {
                place: at.place.clone(),
                to,
                external,
            });
        }
        // A Knative service is reached by its own name.
        for at in objects {
            if at.object.kind == ObjectKind::KnativeService {
                let is_own = |running: &&Running| {
                    running.environment == at.place.environment && running.name == at.name()
                };
                let to = self.running.iter().position(|running| is_own(&running));
                self.services.entry(at.name().to_ascii_lowercase()).or_default().push(ServiceAt {
                    place: at.place.clone(),
                    to: to.into_iter().collect(),
                    external: None,
                });
            }
        }
    }

    /// The workloads with all labels that a service asks for: those of its own environment, or else those
    /// that lie nearest.
    fn selected(
        &self,
        at: &At<'_>,
        service: &ServiceBody,
        labels: &[BTreeSet<(&str, &str)>],
        by_label: &BTreeMap<(&str, &str), Vec<usize>>,
    ) -> BTreeSet<usize> {
        let wanted: Vec<(&str, &str)> =
            service.selector.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let Some(rarest) = wanted
            .iter()
            .map(|label| by_label.get(label).map(Vec::as_slice).unwrap_or_default())
            .min_by_key(|found| found.len())
        else {
            return BTreeSet::new();
        };
        let has_all = |one: &&usize| wanted.iter().all(|label| labels[**one].contains(label));
        let found: Vec<usize> = rarest.iter().filter(has_all).copied().collect();
        let best = found.iter().map(|one| nearness(&at.place, &self.places[*one])).max();
        let is_near = |one: &usize| {
            let near = nearness(&at.place, &self.places[*one]);
            // In one environment all of them are meant, wherever they lie.
            Some(near) == best || (near.0 && best.is_some_and(|best| best.0))
        };
        found.into_iter().filter(is_near).collect()
    }

    /// Ingresses and routes: what lets calls in from outside.
    fn enter(&mut self, objects: &[At<'_>]) {
        for at in objects {
            let Body::Ingress(backends) = &at.object.body else { continue };
            let location = at.location(&at.object.name);
            let mut running = Running::new(at.name(), at.place.environment, Ecosystem::Kubernetes, location);
            for backend in backends {
                let namespace = backend.namespace.as_ref().map(|one| format!(".{}", one.value));
                let host = format!("{}{}", backend.service.value, namespace.unwrap_or_default());
                running.links.push(Said::new(host, at.location(&backend.service)));
            }
            running.is_entrance = true;
            self.running.push(running);
            self.places.push(at.place.clone());
        }
    }

    /// Finds the claims and secrets that workloads name: those of their own environment, or else the nearest of
    /// their namespace. One that no manifest makes is one for all that name it in the namespace.
    fn find_kept(&mut self) {
        let mut declared: BTreeMap<(KeptKind, &str, &str), Vec<(usize, &Location)>> = BTreeMap::new();
        for (kept, location) in &self.declared {
            let places = declared.entry((kept.what, &kept.namespace, &kept.name)).or_default();
            places.extend(kept.environment.map(|environment| (environment, location)));
        }
        for (running, place) in self.running.iter_mut().zip(&self.places) {
            for (kept, _) in running.volumes.iter_mut().chain(&mut running.secrets) {
                let found = declared.get(&(kept.what, kept.namespace.as_str(), kept.name.as_str()));
                let near = |(environment, location): &&(usize, &Location)| {
                    let folder = location.path.parent().unwrap_or_else(RepoPath::root);
                    let other = Place { environment: *environment, folder, namespace: String::new() };
                    nearness(place, &other)
                };
                kept.environment =
                    found.into_iter().flatten().max_by_key(near).map(|(environment, _)| *environment);
            }
        }
    }

    /// The namespace of one of what runs; empty if whoever applies it decides.
    pub(super) fn namespace(&self, at: usize) -> &str {
        &self.places[at].namespace
    }

    /// What a host means to one of what runs.
    pub(super) fn resolve(&self, from: usize, host: &str) -> Resolved {
        if self.own_hosts.get(&from).is_some_and(|hosts| hosts.contains(host)) {
            return Resolved::Nothing;
        }
        let (host, is_whole) = match host.strip_suffix(".svc.cluster.local").or(host.strip_suffix(".svc")) {
            Some(host) => (host, true),
            None => (host, false),
        };
        let parts: Vec<&str> = host.split('.').collect();
        match parts.as_slice() {
            [name] => self.service(from, name, None),
            [name, namespace] => match self.service(from, name, Some(namespace)) {
                // `mongo-0.mongo`: one pod of a stateful set.
                Resolved::Nothing if is_pod(name) => self.service(from, namespace, None),
                Resolved::Nothing if is_whole || !DOMAINS.contains(namespace) => {
                    self.service_without_namespace(from, name)
                }
                found => found,
            },
            [pod, name, namespace] if is_pod(pod) => self.service(from, name, Some(namespace)),
            _ => Resolved::Nothing,
        }
    }

    fn service(&self, from: usize, name: &str, namespace: Option<&str>) -> Resolved {
        let found = self.services.get(name).map(Vec::as_slice).unwrap_or_default().iter();
        match namespace {
            Some(namespace) => {
                self.nearest(from, found.filter(|one| one.place.namespace == namespace).collect())
            }
            None => {
                let own = &self.places[from].namespace;
                let same: Vec<&ServiceAt> = found.clone().filter(|one| one.place.namespace == *own).collect();
                if same.is_empty() { self.nearest(from, found.collect()) } else { self.nearest(from, same) }
            }
        }
    }

    /// A service whose manifest leaves its namespace to whoever applies it.
    fn service_without_namespace(&self, from: usize, name: &str) -> Resolved {
        let found = self.services.get(name).map(Vec::as_slice).unwrap_or_default().iter();
        self.nearest(from, found.filter(|one| one.place.namespace.is_empty()).collect())
    }

    fn nearest(&self, from: usize, found: Vec<&ServiceAt>) -> Resolved {
        let own = &self.places[from];
        let Some(best) = found.iter().map(|one| nearness(own, &one.place)).max() else {
            return Resolved::Nothing;
        };
        let nearest: Vec<&&ServiceAt> = found
            .iter()
            .filter(|one| {
                nearness(own, &one.place) == best || (best.0 && one.place.environment == own.environment)
            })
            .collect();
        if let Some(external) = nearest.iter().find_map(|one| one.external.clone()) {
            return Resolved::External(external);
        }
        let all: BTreeSet<usize> = nearest.iter().flat_map(|one| one.to.iter().copied()).collect();
        let environments: BTreeSet<usize> = nearest.iter().map(|one| one.place.environment).collect();
        match (all.is_empty(), environments.len()) {
            (true, _) => Resolved::Nothing,
            (false, 1) => Resolved::To(all),
            (false, _) => Resolved::Ambiguous(all),
        }
    }
}

/// Whether this is called like a pod of a stateful set.
fn is_pod(name: &str) -> bool {
    name.rsplit_once('-')
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How near two places are: whether they are of one environment, or else how much of the way to them is the
/// same.
fn nearness(one: &Place, other: &Place) -> (bool, usize) {
    let same = one.folder.parts().zip(other.folder.parts()).take_while(|(one, other)| one == other).count();
    (one.environment == other.environment, same)
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

/// Config maps by name.
struct Maps<'f> {
    of: BTreeMap<&'f str, Vec<(&'f At<'f>, &'f [(Spanned<String>, Option<Spanned<String>>)])>>,
}

impl<'f> Maps<'f> {
    fn new(objects: &'f [At<'f>]) -> Self {
        let mut of: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for at in objects {
            if let Body::ConfigMap(entries) = &at.object.body {
                of.entry(at.name()).or_default().push((at, entries.as_slice()));
            }
        }
        Self { of }
    }

    /// The entries of the map that a place means by a name: of each stage, or else of the nearest.
    fn get(&self, place: &Place, name: &str) -> Vec<(&'f Spanned<String>, Said)> {
        let found = self.of.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_same = |at: &At<'_>| at.place.namespace == place.namespace;
        let rank = |at: &At<'_>| (is_same(at), nearness(place, &at.place));
        let Some(best) = found.iter().map(|(at, _)| rank(at)).max() else { return Vec::new() };
        let meant = found.iter().filter(|(at, _)| {
            rank(at) == best
                || (best.1.0 && is_same(at) == best.0 && at.place.environment == place.environment)
        });
        let entries = meant.flat_map(|(at, entries)| {
            entries.iter().filter_map(|(key, value)| {
                let value = value.as_ref()?;
                Some((key, Said::new(value.value.clone(), at.location(value))))
            })
        });
        entries.collect()
    }
}

/// What one manifest says of a workload.
fn fill(running: &mut Running, at: &At<'_>, workload: &Workload, maps: &Maps<'_>) {
    for container in &workload.containers {
        let image = container.image.as_ref();
        running.images.extend(image.map(|image| Said::new(image.value.clone(), at.location(image))));
    }
    let init = workload.init_containers.iter();
    running.init_images.extend(
        init.clone()
            .filter_map(|one| one.image.as_ref())
            .map(|image| Said::new(image.value.clone(), at.location(image))),
    );
    for container in workload.containers.iter().chain(init.clone()) {
        fill_settings(running, at, container, maps);
        for env in &container.env {
            if let EnvValue::SecretKey { secret, .. } = &env.value {
                let said = Said::new(secret.value.clone(), at.location(secret));
                running.secrets.push((at.kept(KeptKind::Secret, &secret.value), said));
            }
        }
        for from in container.env_from.iter().filter(|from| from.source == EnvFromSource::Secret) {
            let said = Said::new(from.name.value.clone(), at.location(&from.name));
            running.secrets.push((at.kept(KeptKind::Secret, &from.name.value), said));
        }
    }
    for container in init.filter(|container| only_looks(container)) {
        let words = container.command.iter().chain(&container.args);
        running.waiting.push(words.map(|word| Said::new(word.value.clone(), at.location(word))).collect());
    }
    for volume in &workload.volumes {
        match &volume.source {
            VolumeSource::Claim(name) => {
                let said = Said::new(name.value.clone(), at.location(name));
                running.volumes.push((at.kept(KeptKind::Claim, &name.value), said));
            }
            VolumeSource::Secret(name) => {
                let said = Said::new(name.value.clone(), at.location(name));
                running.secrets.push((at.kept(KeptKind::Secret, &name.value), said));
            }
            _ => {}
        }
    }
}

/// Whether a container has an image that everybody has, and a command: it prepares nothing of its own, but looks
/// whether somebody is there.
fn only_looks(container: &Container) -> bool {
    let image = container.image.as_ref().map(|image| ImageName::read(&image.value).last().to_owned());
    image.is_some_and(|image| LOOKERS.contains(&image.as_str())) && !container.command.is_empty()
}

/// Images of containers that only look whether somebody is there.
const LOOKERS: [&str; 7] = ["busybox", "alpine", "curl", "wait-for", "wait-for-it", "k8s-wait-for", "netcat"];

/// The variables and the command line of one container.
fn fill_settings(running: &mut Running, at: &At<'_>, container: &Container, maps: &Maps<'_>) {
    let mut settings: Vec<Setting> = Vec::new();
    for from in container.env_from.iter().filter(|from| from.source == EnvFromSource::ConfigMap) {
        let line = at.location(&from.name);
        for (key, mut value) in maps.get(&at.place, &from.name.value) {
            value.places.push(line.clone());
            let name = format!("{}{}", from.prefix.as_deref().unwrap_or_default(), key.value);
            settings.push(Setting { name, value });
        }
    }
    for env in &container.env {
        match &env.value {
            EnvValue::Literal(text) => {
                let value = Said::new(text.value.clone(), at.location(text));
                settings.push(Setting { name: env.name.value.clone(), value });
            }
            EnvValue::ConfigMapKey { map, key } => {
                for (known, mut value) in maps.get(&at.place, &map.value) {
                    if known.value == *key {
                        value.places.push(at.location(map));
                        settings.push(Setting { name: env.name.value.clone(), value });
                    }
                }
            }
            EnvValue::SecretKey { .. } | EnvValue::Other => {}
        }
    }
    let known: BTreeMap<String, String> =
        settings.iter().map(|one| (one.name.clone(), one.value.value.clone())).collect();
    let value_of = |name: &str| known.get(name).cloned();
    for setting in &mut settings {
        setting.value.value = expand_references(&setting.value.value, &value_of);
    }
    running.settings.extend(settings);
    let words = container.command.iter().chain(&container.args);
    let words: Vec<Said> =
        words.map(|word| Said::new(expand_references(&word.value, &value_of), at.location(word))).collect();
    if !words.is_empty() {
        running.commands.push(words);
    }
}
