//! The files that what is deployed is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::sources::Facts;
use crate::text::{Location, RepoPath, is_glob};

use super::super::{CopiedPath, MadeOf, UnitId};
use super::DraftId;
use super::drafts::Drafting;
use super::images::Image;
use super::model::{Running, Said};

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// What one unit is made of, before it has its place in the graph.
#[derive(Debug)]
pub(in super::super) struct Ingredients {
    pub(in super::super) unit: DraftId,
    files: BTreeSet<RepoPath>,
    copies: Vec<CopiedPath>,
    context: RepoPath,
    ignored: Option<Arc<Facts>>,
}

impl Ingredients {
    /// The same, once the unit has its place.
    pub(in super::super) fn placed(self, unit: UnitId) -> MadeOf {
        let Self { files, copies, context, ignored, .. } = self;
        MadeOf { unit, files, copies, context, ignored }
    }
}

impl Drafting<'_> {
    /// Of every image, and of everything that runs.
    pub(super) fn ingredients(&self, facts: &FactMap) -> Vec<Ingredients> {
        let variants = variants(facts);
        let images = self.images.all.iter().zip(&self.of_image);
        let mut found: Vec<Ingredients> = images.map(|(image, unit)| of_image(image, *unit, facts)).collect();
        found.extend(self.stage.running.iter().enumerate().map(|(at, running)| Ingredients {
            unit: self.of_running(at),
            files: files_of(running, &variants),
            copies: Vec::new(),
            context: RepoPath::root(),
            ignored: None,
        }));
        found
    }
}

fn of_image(image: &Image, unit: DraftId, facts: &FactMap) -> Ingredients {
    let own = image.dockerfile.parent().unwrap_or_else(RepoPath::root);
    let context = image.context.clone().unwrap_or(own);
    let beside = RepoPath::new(&format!("{}.dockerignore", image.dockerfile.as_str()));
    let ignoring = beside.into_iter().chain(context.join(".dockerignore"));
    let ignoring = ignoring.into_iter().find(|path| facts.contains_key(path));
    let copies = image.contents.copies.iter().filter(|copy| !copy.is_plan_only);
    let copies = copies.filter_map(|copy| {
        let text = copy.path.value.as_str();
        let literal: Vec<&str> =
            text.split('/').take_while(|part| !is_glob(part) && !part.contains('$')).collect();
        let path = context.join(&literal.join("/"))?;
        Some(CopiedPath { path, is_builder_only: copy.is_builder_only })
    });
    Ingredients {
        unit,
        copies: copies.collect(),
        files: ignoring.iter().cloned().chain([image.dockerfile.clone()]).collect(),
        ignored: ignoring.and_then(|path| facts.get(&path).cloned()),
        context,
    }
}

/// The compose files of each folder that say anything of a service of some name.
fn variants(facts: &FactMap) -> BTreeMap<(RepoPath, &str), BTreeSet<RepoPath>> {
    let mut found: BTreeMap<(RepoPath, &str), BTreeSet<RepoPath>> = BTreeMap::new();
    for (path, facts) in facts {
        let (Facts::Compose(file), Some(folder)) = (&**facts, path.parent()) else { continue };
        for service in &file.services {
            found.entry((folder.clone(), service.name.value.as_str())).or_default().insert(path.clone());
        }
    }
    found
}

fn files_of(
    running: &Running,
    variants: &BTreeMap<(RepoPath, &str), BTreeSet<RepoPath>>,
) -> BTreeSet<RepoPath> {
    let mut places: Vec<&Location> = vec![&running.declared_at];
    places.extend(running.builds.iter().map(|build| &build.location));
    let said = running.images.iter().chain(&running.init_images).chain(&running.waits).chain(&running.links);
    let said = said.chain(running.settings.iter().map(|setting| &setting.value));
    let said = said.chain(running.commands.iter().chain(&running.waiting).flatten());
    let kept = running.volumes.iter().chain(&running.secrets);
    let said: Vec<&Said> = said.chain(kept.map(|(_, said)| said)).collect();
    places.extend(said.iter().flat_map(|said| &said.places));
    let mut files: BTreeSet<RepoPath> = places.into_iter().map(|place| place.path.clone()).collect();
    let folder = running.declared_at.path.parent().unwrap_or_else(RepoPath::root);
    files.extend(variants.get(&(folder, running.name.as_str())).into_iter().flatten().cloned());
    files
}
