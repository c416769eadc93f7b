//! From what is said of a project's services to what runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Gap;
use crate::sources::compose::{JoinKind, MountKind, UNKNOWN};
use crate::text::{Location, RepoPath, Span};

use super::super::super::Ecosystem;
use super::super::model::{BuildRequest, Kept, KeptKind, Running, Said, Setting};
use super::merged::{Layer, Merged, MergedBuild};
use super::project::{Project, Way};
use super::surroundings::stand_in;
use super::{Known, Network};

/// How many networks, volumes and names of others a service takes over at most: each is a copy, and a file may
/// hand on thousands to thousands.
const MOST_JOINED: usize = 64;

impl Project<'_, '_> {
    /// Adds what runs to what is known.
    pub(super) fn finish(mut self) {
        let ways = std::mem::take(&mut self.ways);
        let first = self.out.running.len();
        let mut all_merged = Vec::new();
        for name in std::mem::take(&mut self.order) {
            let layers: Vec<&Vec<Layer<'_>>> = ways
                .iter()
                .filter_map(|way| way.layers.get(&name))
                .filter(|layers| !layers.is_empty())
                .collect();
            let merged = layers.iter().map(|layers| Merged::of(layers, &mut self.out.budget));
            let merged: Vec<Merged> = merged.collect();
            // What only others extend has neither image nor build, and is never started.
            if merged.iter().all(|one| one.image.is_none() && one.build.is_none()) {
                continue;
            }
            let own = |layer: &&Layer<'_>| !layer.is_extended;
            let declared_at = layers.iter().find_map(|layers| layers.iter().find(own));
            let declared_at = declared_at.map(|layer| layer.at(&layer.service.name));
            let declared_at =
                declared_at.unwrap_or_else(|| Location { path: RepoPath::root(), span: Span::default() });
            let (running, networks) = self.running(&name, &merged, &ways, declared_at);
            let at = self.out.running.len();
            for (said, alias) in merged.iter().flat_map(|one| &one.links) {
                if let Some(alias) = alias {
                    self.out.aliases.insert((at, alias.clone()), said.value.clone());
                }
            }
            self.out.services.insert((self.environment, name), at);
            self.out.running.push(running);
            self.out.networks.push(networks);
            all_merged.push(merged);
        }
        for (at, merged) in all_merged.iter().enumerate() {
            self.join(first + at, merged);
        }
    }

    /// What a service has of others, and by which names it is reached.
    fn join(&mut self, at: usize, merged: &[Merged]) {
        let mut is_elsewhere = false;
        for (what, said) in merged.iter().flat_map(|one| &one.joins) {
            let Some(other) = self.out.services.get(&(self.environment, said.value.clone())).copied() else {
                continue;
            };
            match what {
                JoinKind::Network => {
                    is_elsewhere = true;
                    let theirs = self.out.networks[other].iter().take(MOST_JOINED);
                    self.out.networks[at] = theirs.cloned().collect();
                }
                JoinKind::Volumes => self.mount_those_of(at, other, said),
                JoinKind::Other => {}
            }
        }
        // In the network of another one it is reached by the name of that one.
        if is_elsewhere {
            return;
        }
        for (name, networks) in self.names(at, merged) {
            let known = Known { environment: self.environment, at, networks };
            self.out.names.entry(name).or_default().push(known);
        }
    }

    fn mount_those_of(&mut self, at: usize, other: usize, said: &Said) {
        let of_other = self.out.running[other].volumes.clone();
        let own = &mut self.out.running[at].volumes;
        let known: BTreeSet<Kept> = own.iter().map(|(kept, _)| kept.clone()).collect();
        let room = MOST_JOINED.saturating_sub(own.len());
        for (kept, volume) in of_other.into_iter().filter(|(kept, _)| !known.contains(kept)).take(room) {
            own.push((kept, Said { value: volume.value, places: said.places.clone() }));
        }
    }

    /// By which names a service is reached, and on which networks.
    fn names(&self, at: usize, merged: &[Merged]) -> BTreeMap<String, BTreeSet<Network>> {
        let all = &self.out.networks[at];
        let own = &self.out.running[at].name;
        let mut names: BTreeMap<String, BTreeSet<Network>> = BTreeMap::new();
        for name in [own.clone(), own.to_ascii_lowercase()] {
            names.insert(name, all.clone());
        }
        for one in merged {
            let others = one.other_names.iter().filter(|name| !name.contains(UNKNOWN));
            for name in others.take(MOST_JOINED) {
                names.entry(name.to_ascii_lowercase()).or_default().extend(all.iter().cloned());
            }
            for (network, aliases) in &one.networks {
                let network = self.network(network);
                for alias in aliases.iter().filter(|alias| !alias.contains(UNKNOWN)) {
                    names.entry(alias.to_ascii_lowercase()).or_default().insert(network.clone());
                }
            }
        }
        names
    }

    fn running(
        &mut self,
        name: &str,
        merged: &[Merged],
        ways: &[Way<'_>],
        declared_at: Location,
    ) -> (Running, BTreeSet<Network>) {
        let mut running = Running::new(name, self.environment, Ecosystem::Compose, declared_at);
        let mut networks = BTreeSet::new();
        let mut said: BTreeSet<(String, String)> = BTreeSet::new();
        for one in merged {
            if let Some(image) = &one.image {
                push_new(&mut running.images, image.clone(), |a, b| a.value == b.value);
            }
            if let Some(request) = self.build_request(one, merged, name) {
                push_new(&mut running.builds, request, is_same_build);
            }
            let is_there = |name: &str| ways.iter().any(|way| way.layers.contains_key(name));
            let waits = one.depends_on.values().filter(|(said, must)| *must || is_there(&said.value));
            running.waits.extend(waits.map(|(said, _)| said.clone()));
            running.waits.extend(one.joins.iter().map(|(_, said)| said.clone()));
            running.waits.extend(one.links.iter().map(|(said, _)| said.clone()));
            running.links.extend(one.links.iter().map(|(said, _)| said.clone()));
            for (name, value) in self.settings(one) {
                let Some(value) = value else { continue };
                if said.insert((name.clone(), value.value.clone())) {
                    running.settings.push(Setting { name, value });
                }
            }
            for words in [&one.entrypoint, &one.command].into_iter().filter(|words| !words.is_empty()) {
                push_new(&mut running.commands, words.clone(), |a, b| same_words(a, b));
            }
            for source in one
                .mounts
                .values()
                .filter(|mount| mount.kind == MountKind::Volume)
                .filter_map(|mount| mount.source.as_ref())
            {
                running.volumes.push((self.kept(KeptKind::Volume, &source.value), source.clone()));
            }
            for secret in one.secrets.values() {
                running.secrets.push((self.kept(KeptKind::Secret, &secret.value), secret.clone()));
            }
            networks.extend(one.networks.keys().take(MOST_JOINED).map(|name| self.network(name)));
        }
        if networks.is_empty() {
            networks.insert(self.network("default"));
        }
        (running, networks)
    }

    /// The environment variables of a service: those of files, and over them its own; `None` for what is passed
    /// through and nobody sets.
    pub(super) fn settings(&mut self, merged: &Merged) -> Vec<(String, Option<Said>)> {
        let mut all: Vec<(String, Option<Said>)> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut set = |name: &str, value: Option<Said>| {
            let at = *known.entry(name.to_owned()).or_insert(all.len());
            match all.get_mut(at) {
                Some(entry) => entry.1 = value,
                None => all.push((name.to_owned(), value)),
            }
        };
        for file in &merged.environment_files {
            if self.out.budget.is_spent() {
                break;
            }
            let found = file.path.as_ref().and_then(|path| stand_in(self.facts, path));
            let Some((path, settings)) = found else {
                if file.is_required {
                    let what = "an `env_file` that is not in the repository";
                    self.out.gaps.push(Gap::at(&file.at.path, file.at.span, what));
                }
                continue;
            };
            let mut values = BTreeMap::new();
            file.surroundings.resolve(&path, settings, file.is_raw, &mut values);
            for (name, (value, place)) in values {
                if !self.out.budget.spend(name.len() + value.len()) {
                    break;
                }
                set(&name, Some(Said { value, places: vec![place, file.at.clone()] }));
            }
        }
        for entry in &merged.environment {
            set(&entry.name, entry.value.clone());
        }
        all
    }

    fn build_request(&mut self, own: &Merged, all: &[Merged], service: &str) -> Option<BuildRequest> {
        let build = own.build.as_ref()?;
        let base = all.first().and_then(|base| base.build.as_ref());
        let build = base.map_or_else(|| build.clone(), |base| build.over(base));
        let (place, folder) = build.at.clone()?;
        let (context, folder) = match &build.context {
            Some((context, folder)) => (context.value.as_str(), folder),
            None => (".", &folder),
        };
        let context = if is_remote(context) { None } else { folder.join(context) };
        if let (None, Some((said, _))) = (&context, &build.context)
            && !said.value.contains(UNKNOWN)
        {
            let what = "a build context outside of the repository";
            self.out.gaps.extend(said.places.first().map(|place| Gap::at(&place.path, place.span, what)));
        }
        let name = build.dockerfile.as_ref().map_or("Dockerfile", |said| said.value.as_str());
        let known = context.as_ref().filter(|_| !build.is_inline && !name.contains(UNKNOWN));
        let dockerfile = known.and_then(|context| context.join(name));
        let written = build.dockerfile.as_ref().or(build.context.as_ref().map(|(context, _)| context));
        let location = written.and_then(|said| said.places.first().cloned()).unwrap_or(place);
        Some(BuildRequest {
            dockerfile,
            target: build.target.clone(),
            arguments: arguments(&build),
            built_with: built_with(&build),
            contexts: build.contexts.keys().cloned().collect(),
            location,
            called: own
                .image
                .as_ref()
                .or(all.first().and_then(|base| base.image.as_ref()))
                .map(|image| image.value.clone()),
            service: service.to_owned(),
            context,
        })
    }
}

/// Whether a build context is fetched from somewhere, or can't be known.
pub(super) fn is_remote(context: &str) -> bool {
    let is_address =
        context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/");
    let is_address = is_address || context.starts_with('~');
    is_address || context.contains(UNKNOWN)
}

fn arguments(build: &MergedBuild) -> BTreeMap<String, String> {
    let set = build.arguments.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
    set.collect()
}

fn built_with(build: &MergedBuild) -> Vec<Said> {
    let services = build.contexts.values().filter_map(|said| {
        let service = said.value.strip_prefix("service:")?;
        Some(Said { value: service.to_owned(), places: said.places.clone() })
    });
    services.collect()
}

fn push_new<T>(all: &mut Vec<T>, one: T, is_same: impl Fn(&T, &T) -> bool) {
    if !all.iter().any(|known| is_same(known, &one)) {
        all.push(one);
    }
}

fn is_same_build(a: &BuildRequest, b: &BuildRequest) -> bool {
    let parts = |one: &BuildRequest| {
        (
            one.context.clone(),
            one.dockerfile.clone(),
            one.target.clone(),
            one.arguments.clone(),
            one.called.clone(),
        )
    };
    parts(a) == parts(b)
        && a.built_with.iter().map(|said| &said.value).eq(b.built_with.iter().map(|said| &said.value))
}

fn same_words(a: &[Said], b: &[Said]) -> bool {
    a.iter().map(|said| &said.value).eq(b.iter().map(|said| &said.value))
}
