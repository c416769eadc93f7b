//! The units of what is deployed, with a name for each that no other of its kind has.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::addresses::Store;
use crate::text::{Location, RepoPath};

use super::super::cargo::CargoPackages;
use super::super::pipelines::Pipelines;
use super::super::{CouplingKind, Ecosystem, UnitKind};
use super::images::Images;
use super::model::Running;
use super::names::without_password;
use super::outside::Key;
use super::stores::{self, Read};
use super::triggers::Files;
use super::{End, Link, Services, Stage};

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

/// How many couplings are made at most: each of many services may name each of many others.
const MOST_LINKS: usize = 200_000;

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
    /// Datastores and secrets that are no containers.
    pub(super) known: BTreeMap<Key, DraftId>,
    /// What is known of each of what runs by itself.
    pub(super) read: Vec<Read>,
}

impl<'s> Drafting<'s> {
    pub(super) fn new(stage: &'s Stage, mut images: Images, cargo: &'s CargoPackages) -> Self {
        let read = stores::read_all(stage, &mut images);
        let mut drafting = Self {
            stage,
            cargo,
            images,
            drafts: Vec::new(),
            links: Vec::new(),
            gaps: Vec::new(),
            of_image: Vec::new(),
            of_running: Vec::new(),
            known: BTreeMap::new(),
            read,
        };
        drafting.draft_images();
        stage.running.iter().enumerate().for_each(|(at, running)| drafting.draft_running(at, running));
        drafting
    }

    pub(super) fn finish(
        mut self,
        facts: &BTreeMap<RepoPath, Arc<Facts>>,
        pipelines: &Pipelines,
        lists: Option<&Files<'_>>,
    ) -> Services {
        for at in 0..self.stage.running.len() {
            self.couple(at);
        }
        self.build_with();
        self.build_from_folders();
        let jobs = self.draft_jobs(pipelines, lists);
        self.name();
        let ingredients = self.ingredients(facts);
        let mut links = self.links;
        if let (MOST_LINKS, Some(one)) = (links.len(), self.stage.running.first()) {
            let what =
                format!("more than {MOST_LINKS} couplings of what is deployed: the rest is not looked at");
            self.gaps.push(Gap::of(&one.declared_at.path, what));
        }
        links.sort();
        links.dedup();
        self.gaps.append(&mut self.images.gaps);
        Services { drafts: self.drafts, links, ingredients, jobs, gaps: self.gaps, ..Services::default() }
    }

    pub(super) fn push(&mut self, mut draft: Draft) -> DraftId {
        draft.name = without_password(draft.name);
        draft.short_name = without_password(draft.short_name);
        self.drafts.push(draft);
        DraftId(self.drafts.len() - 1)
    }

    pub(super) fn link(&mut self, from: End, to: End, kind: CouplingKind, evidence: Vec<Location>) {
        if from != to && self.links.len() < MOST_LINKS {
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
        let images = self.read[at].images.clone();
        let store = self.store(at);
        let kind = if store.is_some() { UnitKind::Datastore } else { UnitKind::Service };
        let environment = &self.stage.environments[running.environment];
        let label = running.label.clone().unwrap_or_else(|| environment.label.clone());
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

    /// The unit of one of what runs.
    pub(super) fn of_running(&self, at: usize) -> DraftId {
        self.of_running[at]
    }

    /// What keeps data, if one of what runs does.
    pub(super) fn store(&self, at: usize) -> Option<Store> {
        self.read[at].store
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
        self.name_parts();
    }

    /// A database goes by the name of its server.
    fn name_parts(&mut self) {
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
