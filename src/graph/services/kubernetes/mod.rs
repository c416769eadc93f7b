//! Kubernetes manifests: which of them describe one cluster, what runs there, and what names mean in it.
//!
//! The manifests of one folder are applied together. Two folders that have a workload of one name with one
//! image say the same of two stages (a base and an overlay, the sources and a release): what has one name
//! in both is one. All others are apart, and only find each other by name where nothing nearer has it.

mod charts;
mod groups;
mod kustomize;
mod maps;
mod places;
mod workloads;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::{Gap, Listing};
use crate::sources::Facts;
use crate::sources::kubernetes::{Body, Object, ObjectKind, ServiceBody};
use crate::text::{Location, RepoPath};

use super::super::Ecosystem;
use super::model::{Environment, Kept, KeptKind, Resolved, Running, Said};

use groups::{Together, group};
use kustomize::{Emitted, Kustomized, kustomized};
use maps::Maps;
use places::{At, Place, is_apart, nearness};
use workloads::fill;

/// What ends the name of a host outside of every cluster; a namespace is not called like that.
const DOMAINS: [&str; 10] = ["com", "org", "net", "io", "dev", "local", "internal", "cloud", "app", "ai"];

/// How many workloads one service leads to at most: far more than stages and versions of one thing.
const MOST_SELECTED: usize = 32;

/// How many settings the workloads of a repository may have together, those of config maps counted wherever they
/// are taken: what is beyond is not looked at, and told.
const MOST_SETTINGS: usize = 200_000;

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
    pub(super) gaps: Vec<Gap>,
    /// The folders of Helm charts, by their names.
    charts: BTreeMap<String, RepoPath>,
    /// Hosts that only the pods of one workload know: they mean nothing to others.
    own_hosts: BTreeMap<usize, BTreeSet<String>>,
}

#[derive(Debug)]
struct ServiceAt {
    place: Place,
    to: BTreeSet<usize>,
    external: Option<String>,
}

impl Clusters {
    /// Reads the manifests; their environments are numbered from `first`.
    pub(super) fn new(facts: &BTreeMap<RepoPath, Arc<Facts>>, listing: &Listing, first: usize) -> Self {
        let Kustomized { emitted, labels, taken, gaps } = kustomized(facts, listing);
        let mut clusters = Self { gaps, ..Self::default() };
        clusters.apply(facts, &emitted, &labels, &taken, first);
        clusters.install(facts, first);
        clusters
    }

    /// Takes what manifests say, those that kustomize changes as they are then.
    fn apply(
        &mut self,
        facts: &BTreeMap<RepoPath, Arc<Facts>>,
        emitted: &[Emitted<'_>],
        labels: &[RepoPath],
        taken: &BTreeSet<RepoPath>,
        first: usize,
    ) {
        let files = facts.iter().filter_map(|(path, facts)| match &**facts {
            Facts::Kubernetes(file) if !taken.contains(path) => Some((path, &file.objects)),
            _ => None,
        });
        let plain = files.flat_map(|(path, objects)| objects.iter().map(move |object| (path, object)));
        let plain = plain.map(|(path, object)| {
            let folder = path.parent().unwrap_or_else(RepoPath::root);
            let namespace = object.namespace.as_ref().map(|one| one.value.clone()).unwrap_or_default();
            let place = Place { environment: first, folder: folder.clone(), namespace };
            (Together { folder, kustomized: None }, At { path, place, object, also: None, label: None })
        });
        let mut all: Vec<(Together, At<'_>)> = plain.collect();
        all.extend(emitted.iter().map(|one| {
            let (folder, namespace) = (one.folder.clone(), one.namespace.clone());
            let label = labels.get(one.group).cloned().unwrap_or_else(RepoPath::root);
            let at = At {
                path: &one.path,
                place: Place { environment: first, folder, namespace },
                object: &one.object,
                also: Some(&one.also),
                label: one.label.as_ref(),
            };
            (Together { folder: label, kustomized: Some(one.group) }, at)
        }));
        if all.is_empty() {
            return;
        }
        let seen: Vec<(Together, &Object)> =
            all.iter().map(|(together, at)| (together.clone(), at.object)).collect();
        let (environments, group) = group(&seen, first);
        self.environments = environments;
        let objects: Vec<At<'_>> = all
            .into_iter()
            .map(|(together, mut at)| {
                at.place.environment = group.get(&together).copied().unwrap_or(first);
                at
            })
            .collect();
        let maps = Maps::new(&objects);
        let labels = self.run(&objects, &maps);
        self.serve(&objects, &labels);
        self.enter(&objects);
        for at in &objects {
            let what = match at.object.body {
                Body::Claim => KeptKind::Claim,
                Body::Secret(_) => KeptKind::Secret,
                _ => continue,
            };
            let location = at.location(&at.object.name);
            self.declared.entry(at.kept(what, at.name())).or_insert(location);
        }
        self.find_kept();
    }

    /// What runs: one for all objects of one kind and name in one environment. Gives the labels of each.
    fn run(&mut self, objects: &[At<'_>], maps: &Maps<'_>) -> Vec<Vec<(String, String)>> {
        let mut known: BTreeMap<(usize, &str, ObjectKind, &str), usize> = BTreeMap::new();
        let mut labels = Vec::new();
        let mut room = MOST_SETTINGS;
        for at in objects {
            let Body::Workload(workload) = &at.object.body else { continue };
            let key = (at.place.environment, at.place.namespace.as_str(), at.object.kind, at.name());
            let position = *known.entry(key).or_insert_with(|| {
                let location = at.location(&at.object.name);
                let running = Running::new(at.name(), at.place.environment, Ecosystem::Kubernetes, location);
                self.running.push(Running { label: at.label.map(RepoPath::to_string), ..running });
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
            fill(&mut self.running[position], at, workload, maps, &mut room);
        }
        if let (0, Some(first)) = (room, objects.first()) {
            let what =
                format!("these manifests have more than {MOST_SETTINGS} settings, and not all are looked at");
            self.gaps.push(Gap::of(first.path, what));
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
            let also = at.also.into_iter().flatten().map(String::as_str);
            let names: BTreeSet<String> = also.chain([at.name()]).map(str::to_ascii_lowercase).collect();
            for name in names {
                let (place, to, external) = (at.place.clone(), to.clone(), external.clone());
                self.services.entry(name).or_default().push(ServiceAt { place, to, external });
            }
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
        let has_all = |one: &&usize| {
            may_be_same(&self.places[**one].namespace, &at.place.namespace)
                && !is_apart(&self.places[**one], &at.place)
                && wanted.iter().all(|label| labels[**one].contains(label))
        };
        let found: Vec<usize> = rarest.iter().filter(has_all).copied().collect();
        let best = found.iter().map(|one| nearness(&at.place, &self.places[*one])).max();
        let is_near = |one: &usize| {
            let near = nearness(&at.place, &self.places[*one]);
            // In one environment all of them are meant, wherever they lie.
            Some(near) == best || (near.0 && best.is_some_and(|best| best.0))
        };
        found.into_iter().filter(is_near).take(MOST_SELECTED).collect()
    }

    /// Ingresses and routes: what lets calls in from outside.
    fn enter(&mut self, objects: &[At<'_>]) {
        let mut known: BTreeMap<(usize, &str, ObjectKind, &str), usize> = BTreeMap::new();
        for at in objects {
            let Body::Ingress(backends) = &at.object.body else { continue };
            let key = (at.place.environment, at.place.namespace.as_str(), at.object.kind, at.name());
            let position = *known.entry(key).or_insert_with(|| {
                let location = at.location(&at.object.name);
                let mut running =
                    Running::new(at.name(), at.place.environment, Ecosystem::Kubernetes, location);
                running.is_entrance = true;
                running.label = at.label.map(RepoPath::to_string);
                self.running.push(running);
                self.places.push(at.place.clone());
                self.running.len() - 1
            });
            let running = &mut self.running[position];
            for backend in backends {
                let namespace = backend.namespace.as_ref().map(|one| format!(".{}", one.value));
                let host = format!("{}{}", backend.service.value, namespace.unwrap_or_default());
                running.links.push(Said::new(host, at.location(&backend.service)));
            }
        }
    }

    /// Finds the claims and secrets that workloads name: those of their own environment, or else the nearest of
    /// their namespace. One that no manifest makes is one for all that name it in the namespace.
    fn find_kept(&mut self) {
        type Named<'k> = (KeptKind, &'k str, &'k str);
        let mut declared: BTreeMap<Named<'_>, Vec<(usize, &Location)>> = BTreeMap::new();
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
        let known = self.services.get(name).map(Vec::as_slice).unwrap_or_default();
        if let (true, Some(chart)) = (known.is_empty(), self.charts.get(name)) {
            return Resolved::Release(chart.clone());
        }
        let found = known.iter();
        match namespace {
            Some(namespace) => {
                self.nearest(from, found.filter(|one| one.place.namespace == namespace).collect())
            }
            None => {
                let own = &self.places[from].namespace;
                self.nearest(from, found.filter(|one| may_be_same(own, &one.place.namespace)).collect())
            }
        }
    }

    /// A service whose manifest leaves its namespace to whoever applies it.
    fn service_without_namespace(&self, from: usize, name: &str) -> Resolved {
        let found = self.services.get(name).map(Vec::as_slice).unwrap_or_default().iter();
        self.nearest(from, found.filter(|one| one.place.namespace.is_empty()).collect())
    }

    /// The nearest of several; where two that are no stages of one thing are equally near, nothing says which.
    fn nearest(&self, from: usize, mut found: Vec<&ServiceAt>) -> Resolved {
        let own = &self.places[from];
        found.retain(|one| !is_apart(own, &one.place));
        let Some(best) = found.iter().map(|one| nearness(own, &one.place)).max() else {
            return Resolved::Nothing;
        };
        found.retain(|one| {
            nearness(own, &one.place) == best || (best.0 && one.place.environment == own.environment)
        });
        // In one environment the own namespace comes before those that may be it.
        let is_own = |one: &ServiceAt| {
            one.place.environment == own.environment && one.place.namespace == own.namespace
        };
        if found.iter().any(|one| is_own(one)) {
            found.retain(|one| is_own(one));
        }
        let all: BTreeSet<usize> = found.iter().flat_map(|one| one.to.iter().copied()).collect();
        let meant: BTreeSet<(usize, &str, Option<&str>)> = found
            .iter()
            .map(|one| (one.place.environment, one.place.namespace.as_str(), one.external.as_deref()))
            .collect();
        let external = found.iter().find_map(|one| one.external.clone());
        match (meant.len(), external) {
            (1, Some(external)) => Resolved::External(external),
            _ if all.is_empty() => Resolved::Nothing,
            (1, None) => Resolved::To(all),
            _ => Resolved::Ambiguous(all),
        }
    }
}

/// Whether two manifests may be of one namespace: one that names none is applied to any.
fn may_be_same(one: &str, other: &str) -> bool {
    one == other || one.is_empty() || other.is_empty()
}

/// Whether this is called like a pod of a stateful set.
fn is_pod(name: &str) -> bool {
    name.rsplit_once('-')
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
