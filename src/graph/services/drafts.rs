//! The units of what is deployed, with a name for each that no other of its kind has.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Gap;
use crate::sources::addresses::Store;
use crate::sources::dockerfile::BaseUse;
use crate::text::{Location, RepoPath};

use super::super::cargo::CargoPackages;
use super::super::{CouplingKind, Ecosystem, UnitKind};
use super::images::{Images, Meant};
use super::model::{Kept, KeptKind, Running};
use super::names::{ImageName, is_generic, is_manifest};
use super::{End, Link, Services, Stage, stores};

/// The position of a unit among those that are deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct DraftId(pub(in super::super) usize);

/// A unit before it has its place in the graph.
#[derive(Debug, Clone)]
pub(in super::super) struct Draft {
    pub(in super::super) kind: UnitKind,
    /// Unique among its kind, once all are named.
    pub(in super::super) name: String,
    pub(in super::super) short_name: String,
    pub(in super::super) path: RepoPath,
    pub(in super::super) declared_at: Location,
    pub(in super::super) ecosystem: Ecosystem,
    /// The server that a database or a topic is a part of.
    pub(in super::super) parent: Option<DraftId>,
    /// What it ships: the binaries in an image, the images of a workload.
    pub(in super::super) runs: Vec<End>,
    /// Whether nothing in the repository makes it.
    pub(in super::super) is_outside: bool,
    /// By what it is told from others of its name.
    label: String,
}

/// What names a datastore or secret that is no container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A database, topic or bucket of a server.
    Part(DraftId, String),
    /// A server that nothing in the repository starts; one of an environment if its name is not a full one.
    Outside(Option<usize>, String),
    Kept(Kept),
}

/// Makes the units, and then what couples them.
pub(super) struct Drafting<'s> {
    pub(super) stage: &'s Stage,
    cargo: &'s CargoPackages,
    pub(super) images: Images,
    drafts: Vec<Draft>,
    pub(super) links: Vec<Link>,
    pub(super) gaps: Vec<Gap>,
    of_image: Vec<DraftId>,
    of_running: Vec<DraftId>,
    /// What keeps data, of what runs.
    stores: Vec<Option<Store>>,
    known: BTreeMap<Key, DraftId>,
    /// What the settings of each of what runs say.
    pub(super) read: Vec<stores::Read>,
}

impl<'s> Drafting<'s> {
    pub(super) fn new(stage: &'s Stage, images: Images, cargo: &'s CargoPackages) -> Self {
        let mut drafting = Self {
            stage,
            cargo,
            images,
            drafts: Vec::new(),
            links: Vec::new(),
            gaps: Vec::new(),
            of_image: Vec::new(),
            of_running: Vec::new(),
            stores: Vec::new(),
            known: BTreeMap::new(),
            read: Vec::new(),
        };
        drafting.read = stores::read_all(stage, &drafting.images);
        drafting.draft_images();
        stage.running.iter().enumerate().for_each(|(at, running)| drafting.draft_running(at, running));
        drafting
    }

    pub(super) fn finish(mut self) -> Services {
        for at in 0..self.stage.running.len() {
            self.couple(at);
        }
        self.build_with();
        self.build_from_folders();
        self.name();
        let mut links = self.links;
        links.sort();
        links.dedup();
        self.gaps.append(&mut self.images.gaps);
        Services { drafts: self.drafts, links, gaps: self.gaps, ..Services::default() }
    }

    fn push(&mut self, draft: Draft) -> DraftId {
        self.drafts.push(draft);
        DraftId(self.drafts.len() - 1)
    }

    pub(super) fn link(&mut self, from: End, to: End, kind: CouplingKind, evidence: Vec<Location>) {
        if from != to {
            self.links.push(Link { from, to, kind, evidence });
        }
    }

    /// The images, and the binaries that each of them ships.
    fn draft_images(&mut self) {
        for at in 0..self.images.all.len() {
            let image = &self.images.all[at];
            let binaries = image.binaries.clone();
            let runs = binaries.iter().map(|((package, binary), _)| End::Binary(*package, *binary));
            let draft = Draft {
                kind: UnitKind::Image,
                name: image.name.clone(),
                short_name: image.name.clone(),
                path: image.dockerfile.clone(),
                declared_at: image.declared_at.clone(),
                ecosystem: Ecosystem::Docker,
                parent: None,
                runs: runs.collect(),
                is_outside: false,
                label: image.dockerfile.to_string(),
            };
            let id = self.push(draft);
            self.of_image.push(id);
            for ((package, binary), places) in binaries {
                self.link(End::Binary(package, binary), End::Draft(id), CouplingKind::Release, places);
            }
        }
    }

    fn draft_running(&mut self, at: usize, running: &Running) {
        let images = self.images_of(at, running);
        let store = match images.is_empty() {
            true => stores::pulled(running).or_else(|| self.read[at].is_store),
            false => {
                let built: BTreeSet<Option<Store>> =
                    images.iter().map(|(image, _)| self.images.store(*image)).collect();
                // A pod that also holds something else than a store is a service.
                built.first().copied().flatten().filter(|_| built.len() == 1)
            }
        };
        self.stores.push(store);
        let kind = if store.is_some() { UnitKind::Datastore } else { UnitKind::Service };
        let label = self.stage.environments[running.environment].label.clone();
        let started = images.iter().flat_map(|(image, _)| self.images.started(*image, running));
        let started: Vec<End> = started.map(|(package, binary)| End::Binary(package, binary)).collect();
        let shipped = images.iter().map(|(image, _)| End::Draft(self.of_image[*image]));
        let runs = shipped.chain(started).collect();
        let id = self.push(Draft {
            kind,
            name: running.name.clone(),
            short_name: running.name.clone(),
            path: running.declared_at.path.clone(),
            declared_at: running.declared_at.clone(),
            ecosystem: running.ecosystem,
            parent: None,
            runs,
            is_outside: false,
            label,
        });
        self.of_running.push(id);
        if store.is_none() {
            for (image, places) in images {
                let from = End::Draft(self.of_image[image]);
                self.link(from, End::Draft(id), CouplingKind::Release, places);
            }
        }
    }

    /// The images of the repository that something runs, and where that is said.
    fn images_of(&mut self, at: usize, running: &Running) -> Vec<(usize, Vec<Location>)> {
        let mut found: BTreeMap<usize, Vec<Location>> = BTreeMap::new();
        for (build, request) in running.builds.iter().enumerate() {
            if let Some(image) = self.images.of_build(at, build) {
                found.entry(image).or_default().push(request.location.clone());
            }
        }
        // What is built under a name is that image, whatever else is called so.
        let pulled = if running.builds.is_empty() { running.images.as_slice() } else { &[] };
        for image in pulled.iter().chain(&running.init_images) {
            match self.images.meant(&image.value, &running.name) {
                Meant::One(one) => found.entry(one).or_default().extend(image.places.first().cloned()),
                Meant::Several(several) => {
                    let names = several.iter().map(|at| format!("`{}`", self.images.all[*at].dockerfile));
                    let names: Vec<String> = names.collect();
                    let what = format!(
                        "the image `{}` may be built by {}, and nothing says by which",
                        ImageName::read(&image.value).repository(),
                        names.join(" or ")
                    );
                    self.gaps
                        .extend(image.places.first().map(|place| Gap::at(&place.path, place.span, what)));
                }
                Meant::None => {}
            }
        }
        found.into_iter().collect()
    }

    /// The unit of one of what runs.
    pub(super) fn of_running(&self, at: usize) -> DraftId {
        self.of_running[at]
    }

    /// What keeps data, if one of what runs does.
    pub(super) fn store(&self, at: usize) -> Option<Store> {
        self.stores[at]
    }

    /// A database, topic or bucket of a server.
    pub(super) fn part(&mut self, server: DraftId, part: &str) -> DraftId {
        let key = Key::Part(server, part.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let draft = Draft {
            name: part.to_owned(),
            parent: Some(server),
            runs: Vec::new(),
            ..self.drafts[server.0].clone()
        };
        let id = self.push(draft);
        self.known.insert(key, id);
        id
    }

    /// A server that nothing in the repository starts.
    pub(super) fn outside(&mut self, from: usize, host: &str, place: &Location) -> DraftId {
        let running = &self.stage.running[from];
        let is_full = host.contains('.');
        let key = Key::Outside((!is_full).then_some(running.environment), host.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let draft = Draft {
            kind: UnitKind::Datastore,
            name: host.to_owned(),
            short_name: host.to_owned(),
            path: place.path.clone(),
            declared_at: place.clone(),
            ecosystem: running.ecosystem,
            parent: None,
            runs: Vec::new(),
            is_outside: true,
            label: self.stage.environments[running.environment].label.clone(),
        };
        let id = self.push(draft);
        self.known.insert(key, id);
        id
    }

    /// A volume, claim or secret.
    pub(super) fn kept(&mut self, kept: &Kept, from: usize, place: &Location) -> DraftId {
        let key = Key::Kept(kept.clone());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let running = &self.stage.running[from];
        let (kind, name) = match kept.what {
            KeptKind::Volume => (UnitKind::Datastore, format!("volume/{}", kept.name)),
            KeptKind::Claim => (UnitKind::Datastore, format!("claim/{}", kept.name)),
            KeptKind::Secret => (UnitKind::Secret, kept.name.clone()),
        };
        let environment = kept.environment.map(|at| self.stage.environments[at].label.clone());
        let declared_at = self.stage.declared.get(kept);
        let draft = Draft {
            kind,
            short_name: name.clone(),
            name,
            path: declared_at.unwrap_or(place).path.clone(),
            declared_at: declared_at.unwrap_or(place).clone(),
            ecosystem: running.ecosystem,
            parent: None,
            runs: Vec::new(),
            is_outside: declared_at.is_none(),
            label: environment.unwrap_or_else(|| "external".to_owned()),
        };
        let id = self.push(draft);
        self.known.insert(key, id);
        id
    }

    /// Images that are built on others.
    fn build_with(&mut self) {
        for at in 0..self.images.all.len() {
            let own = End::Draft(self.of_image[at]);
            for (other, how, place) in self.images.built_on(at) {
                let base = End::Draft(self.of_image[other]);
                self.link(own, base, CouplingKind::Build, vec![place]);
                // What stands on an image ships all that is in it.
                if how == BaseUse::From {
                    self.drafts[self.of_image[at].0].runs.push(base);
                }
            }
            for (running, service) in self.images.all[at].built_with.clone() {
                let super::Resolved::To(found) = self.stage.named(running, &service.value) else { continue };
                for other in found {
                    if let Some(image) = self.images.of_build(other, 0) {
                        let to = End::Draft(self.of_image[image]);
                        self.link(own, to, CouplingKind::Build, service.places.clone());
                    }
                }
            }
        }
    }

    /// Images that copy what lies in the folder of something else. What a binary is built with is told by its
    /// package, and by what the Dockerfile copies of it.
    fn build_from_folders(&mut self) {
        let folders = self.folders();
        for at in 0..self.images.all.len() {
            let image = &self.images.all[at];
            let Some(context) = image.context.clone() else { continue };
            let own = image.dockerfile.parent().unwrap_or_else(RepoPath::root);
            let copies: Vec<(RepoPath, Location)> = image
                .contents
                .copies
                .iter()
                .filter(|copy| !copy.is_plan_only && !is_manifest(&copy.path.value))
                .filter_map(|copy| Some((context.join(&copy.path.value)?, image.at(copy.path.span))))
                .collect();
            let is_rust = !image.binaries.is_empty();
            for (path, place) in copies {
                let mut around = path.with_ancestors().filter(|folder| !folder.is_empty());
                let Some((folder, ends)) = around.find_map(|folder| folders.get_key_value(folder)) else {
                    continue;
                };
                // Where several images lie in one folder, it is not the folder of one of them.
                let [end] = ends.as_slice() else { continue };
                let is_own = RepoPath::new(folder)
                    .is_none_or(|folder| own.is_within(&folder) || folder.is_within(&own));
                let is_told_by_packages = || {
                    let mut packages = self.cargo.packages.iter().map(|package| &package.folder);
                    packages.any(|package| package.is_within(&path) || path.is_within(package))
                };
                if !is_own && !(is_rust && is_told_by_packages()) {
                    let from = End::Draft(self.of_image[at]);
                    self.link(from, *end, CouplingKind::Build, vec![place]);
                }
            }
        }
    }

    /// The folders that are those of one thing: of an image, or else of a package.
    fn folders(&self) -> BTreeMap<String, Vec<End>> {
        let mut folders: BTreeMap<String, Vec<End>> = BTreeMap::new();
        for (at, image) in self.images.all.iter().enumerate() {
            let folder = image.dockerfile.parent().filter(|folder| !is_generic(folder.file_name()));
            if let Some(folder) = folder.filter(|folder| !folder.as_str().is_empty()) {
                folders.entry(folder.as_str().to_owned()).or_default().push(End::Draft(self.of_image[at]));
            }
        }
        for (at, package) in self.cargo.packages.iter().enumerate() {
            let folder = package.folder.as_str();
            if !folder.is_empty() && !folders.contains_key(folder) {
                folders.entry(folder.to_owned()).or_default().push(End::Package(at));
            }
        }
        folders
    }

    /// Tells units of one kind and name apart: by where they are declared, and at last by a number.
    fn name(&mut self) {
        let whole = |draft: &Draft| draft.parent.is_none();
        for attempt in 0..2 {
            let mut count: BTreeMap<(UnitKind, String), usize> = BTreeMap::new();
            for draft in self.drafts.iter().filter(|draft| whole(draft)) {
                *count.entry((draft.kind, draft.name.clone())).or_default() += 1;
            }
            let mut numbers: BTreeMap<(UnitKind, String), usize> = BTreeMap::new();
            for draft in self.drafts.iter_mut().filter(|draft| whole(draft)) {
                let key = (draft.kind, draft.name.clone());
                if count.get(&key).is_none_or(|count| *count < 2) {
                    continue;
                }
                let number = numbers.entry(key).or_default();
                *number += 1;
                draft.name = match attempt {
                    0 => format!("{} ({})", draft.name, draft.label),
                    _ if *number == 1 => continue,
                    _ => format!("{} #{number}", draft.name),
                };
            }
        }
        for at in 0..self.drafts.len() {
            if let Some(server) = self.drafts[at].parent {
                let (server, part) = (&self.drafts[server.0], &self.drafts[at].name);
                let (name, short) =
                    (format!("{}/{part}", server.name), format!("{}/{part}", server.short_name));
                (self.drafts[at].name, self.drafts[at].short_name) = (name, short);
            }
        }
    }
}
