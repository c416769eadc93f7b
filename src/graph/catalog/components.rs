//! Where components lie, and which feature each of them is a part of.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::catalog::{Entity, EntityKind, EntityName, Field, is_named};
use crate::text::{Location, RepoPath};

use super::{CatalogEntity, CatalogFeature};

/// How deep components may be parts of each other.
const DEEPEST: usize = 32;

/// How many components make one system that is the whole repository: then it tells nothing apart.
const MANY: usize = 3;

/// The components of all catalogs.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    /// What each folder holds.
    folders: BTreeMap<RepoPath, Held>,
    /// Components whose files describe several, or lie elsewhere, by name in small letters.
    named: BTreeMap<String, usize>,
    /// The feature of each entity, by its position.
    features: Vec<Option<Feature>>,
    /// The one system that all components are parts of, if there are many and no other system.
    only_system: Option<String>,
}

/// What a folder holds.
#[derive(Debug, Clone)]
struct Held {
    /// The first component that is described there.
    first: usize,
    /// Whether it is the only one.
    is_only: bool,
    /// Whether all of them have the same owner.
    is_of_one_owner: bool,
}

/// A feature by the names of a catalog.
#[derive(Debug, Clone)]
struct Feature {
    name: String,
    /// The owner of the system, where that is described: itself the owner of nothing but what is said there.
    owner: Option<String>,
    declared_at: Option<Location>,
    /// The entity after which it is called.
    is_system: bool,
}

impl Components {
    pub(super) fn new(kept: &[(&RepoPath, &Entity)], by_identity: &BTreeMap<EntityName, usize>) -> Self {
        let features: Vec<Option<Feature>> =
            (0..kept.len()).map(|at| feature(kept, by_identity, at, DEEPEST)).collect();
        let mut components = Self { features, ..Self::default() };
        let mut by_folder: BTreeMap<Option<RepoPath>, Vec<usize>> = BTreeMap::new();
        let mut systems: BTreeSet<Option<&str>> = BTreeSet::new();
        let all = kept.iter().enumerate().filter(|(_, (_, entity))| entity.kind == EntityKind::Component);
        for (at, (path, entity)) in all.clone() {
            let own = components.features[at].as_ref().filter(|one| one.is_system);
            systems.insert(own.map(|one| one.name.as_str()));
            let folder = source_folder(path, entity).or_else(|| folder_of_file(path));
            by_folder.entry(folder).or_default().push(at);
        }
        let only = systems.first().copied().flatten().filter(|_| systems.len() == 1 && all.count() >= MANY);
        components.only_system = only.map(str::to_owned);
        by_folder.into_iter().for_each(|(folder, all)| components.place(kept, folder, &all));
        components
    }

    /// Says of a folder what it holds: all of its components, where they are of one feature. Others have but a name.
    fn place(&mut self, kept: &[(&RepoPath, &Entity)], folder: Option<RepoPath>, all: &[usize]) {
        let Some((first, others)) = all.split_first() else { return };
        let name = |at: usize| match &self.features[at] {
            Some(one) if !self.is_whole(one) => Some(one.name.as_str()),
            _ => Some(kept[at].1.name.value.as_str()),
        };
        let owner = |at: usize| kept[at].1.references(Field::Owner).next().map(|owner| &owner.name);
        let is_alike = others.iter().all(|other| name(*other) == name(*first));
        match folder.filter(|_| is_alike) {
            Some(folder) => {
                let is_of_one_owner = others.iter().all(|other| owner(*other) == owner(*first));
                let held = Held { first: *first, is_only: others.is_empty(), is_of_one_owner };
                self.folders.insert(folder, held);
            }
            None => all.iter().for_each(|at| {
                self.named.entry(kept[*at].1.name.value.to_lowercase()).or_insert(*at);
            }),
        }
    }

    /// Whether it is the system that holds every component.
    fn is_whole(&self, feature: &Feature) -> bool {
        feature.is_system && self.only_system.as_deref() == Some(feature.name.as_str())
    }

    fn around(&self, folder: &RepoPath) -> Option<&Held> {
        let around = folder.with_ancestors().filter(|part| !part.is_empty());
        around.into_iter().find_map(|part| self.folders.get(part))
    }

    /// The component that is described closest around a file or folder, if it is one alone.
    pub(super) fn at(&self, path: &RepoPath) -> Option<usize> {
        self.around(path).filter(|held| held.is_only).map(|held| held.first)
    }

    /// The folder of each component that is the only one there.
    pub(super) fn folders(&self) -> impl Iterator<Item = (usize, &RepoPath)> {
        let only = self.folders.iter().filter(|(_, held)| held.is_only);
        only.map(|(folder, held)| (held.first, folder))
    }

    /// The feature of an entity. One system that holds every component is the whole repository, and tells nothing apart:
    /// then each of them is a feature by itself.
    pub(super) fn feature<'c>(
        &'c self,
        entities: &'c [CatalogEntity],
        entity: usize,
    ) -> Option<CatalogFeature<'c>> {
        let feature = self.features.get(entity)?.as_ref()?;
        let one = entities.get(entity)?;
        let own = one.owner.as_ref().map(|(owner, _)| owner.as_str());
        if self.is_whole(feature) {
            let is_component = one.identity.kind == EntityKind::Component;
            return is_component.then_some(CatalogFeature {
                name: &one.name,
                owner: own,
                declared_at: &one.declared_at,
            });
        }
        Some(CatalogFeature {
            name: &feature.name,
            owner: feature.owner.as_deref().or(own),
            declared_at: feature.declared_at.as_ref().unwrap_or(&one.declared_at),
        })
    }

    /// The feature of what lies closest around a file or folder.
    pub(super) fn feature_at<'c>(
        &'c self,
        entities: &'c [CatalogEntity],
        path: &RepoPath,
    ) -> Option<CatalogFeature<'c>> {
        let held = self.around(path)?;
        let feature = self.feature(entities, held.first)?;
        let is_known = held.is_of_one_owner || self.features[held.first].as_ref()?.owner.is_some();
        Some(CatalogFeature { owner: feature.owner.filter(|_| is_known), ..feature })
    }

    /// As [`super::Catalogs::proposed`].
    pub(super) fn proposed<'c>(
        &'c self,
        entities: &'c [CatalogEntity],
        folder: &RepoPath,
        name: &str,
    ) -> Option<CatalogFeature<'c>> {
        self.feature_at(entities, folder).or_else(|| {
            let named = self.named.get(&name.to_lowercase())?;
            self.feature(entities, *named)
        })
    }
}

/// The feature of an entity: its system, or that of the component which it is a part of, or the component itself.
fn feature(
    kept: &[(&RepoPath, &Entity)],
    by_identity: &BTreeMap<EntityName, usize>,
    at: usize,
    depth: usize,
) -> Option<Feature> {
    let (path, entity) = kept[at];
    let described = |field: Field| {
        let name = entity.references(field).next()?.means(entity)?;
        by_identity.get(&name).copied()
    };
    if let Some(system) = entity.references(Field::System).next() {
        let known = described(Field::System).map(|at| kept[at]);
        let owner = known.and_then(|(_, system)| system.references(Field::Owner).next());
        let location =
            |(path, system): (&RepoPath, &Entity)| Location { path: path.clone(), span: system.name.span };
        return Some(Feature {
            name: known.map_or(&system.name, |(_, system)| &system.name.value).clone(),
            owner: owner.map(|owner| owner.name.clone()),
            declared_at: Some(
                known.map_or_else(|| Location { path: path.clone(), span: system.span }, location),
            ),
            is_system: true,
        });
    }
    if entity.kind != EntityKind::Component {
        return None;
    }
    match described(Field::SubcomponentOf).filter(|_| depth > 0) {
        Some(parent) => feature(kept, by_identity, parent, depth - 1),
        None => Some(Feature {
            name: entity.name.value.clone(),
            owner: entity.references(Field::Owner).next().map(|owner| owner.name.clone()),
            declared_at: Some(Location { path: path.clone(), span: entity.name.span }),
            is_system: false,
        }),
    }
}

/// The folder of a catalog that speaks for it. What a file at the root describes is the whole repository, and what one
/// with a name of its own describes lies anywhere.
fn folder_of_file(file: &RepoPath) -> Option<RepoPath> {
    file.parent().filter(|folder| !folder.as_str().is_empty() && is_named(file.file_name()))
}

/// The folder that `backstage.io/source-location` names: a folder beside the file, or a path in an address of a tree,
/// behind the name of the branch. Whether that is a tree of this repository shows by what lies there.
fn source_folder(file: &RepoPath, entity: &Entity) -> Option<RepoPath> {
    let written = entity.source.as_ref()?.value.trim();
    let folder = match written.split_once(':')? {
        ("dir" | "file", relative) => file.parent()?.join(relative)?,
        ("url", url) => {
            let (_, rest) =
                ["/tree/", "/blob/", "/src/branch/"].iter().find_map(|mark| url.split_once(mark))?;
            let (_branch, path) = rest.split_once('/')?;
            let path = path.split(['?', '#']).next().unwrap_or_default();
            RepoPath::new(path.trim_end_matches('/'))?
        }
        _ => return None,
    };
    (!folder.as_str().is_empty()).then_some(folder)
}
