//! The units of what is deployed, with a name for each that no other of its kind has.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Gap;
use crate::sources::addresses::Store;
use crate::text::{Location, RepoPath};

use super::super::cargo::CargoPackages;
use super::super::{CouplingKind, Ecosystem, UnitKind};
use super::images::{Images, Meant};
use super::model::Running;
use super::names::{ImageName, without_password};
use super::outside::Key;
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
    pub(super) label: String,
}

/// Makes the units, and then what couples them.
pub(super) struct Drafting<'s> {
    pub(super) stage: &'s Stage,
    pub(super) cargo: &'s CargoPackages,
    pub(super) images: Images,
    pub(super) drafts: Vec<Draft>,
    pub(super) links: Vec<Link>,
    pub(super) gaps: Vec<Gap>,
    pub(super) of_image: Vec<DraftId>,
    of_running: Vec<DraftId>,
    /// What keeps data, of what runs.
    stores: Vec<Option<Store>>,
    /// Datastores and secrets that are no containers.
    pub(super) known: BTreeMap<Key, DraftId>,
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

    pub(super) fn push(&mut self, mut draft: Draft) -> DraftId {
        draft.name = without_password(draft.name);
        draft.short_name = without_password(draft.short_name);
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
        let started = images.iter().flat_map(|(image, _)| self.images.all[*image].started(running));
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
