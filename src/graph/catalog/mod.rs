//! Catalogs: what people say of a repository's components, and which units stand for them.
//!
//! Invariant: only a file that is a catalog by its name, or that a catalog in force leads to, says anything; all
//! others only keep a reference from being told as one that leads nowhere. Of two entities of one name, the first
//! counts. A unit stands for a component where exactly one can be meant, and otherwise a unit of its own does.

mod components;
mod dangling;
mod force;
mod standing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::{Gap, Listing};
use crate::sources::catalog::{Entity, EntityKind, EntityName, Field};
use crate::sources::{Facts, Unread};
use crate::text::{Location, RepoPath};

use super::{CouplingKind, UnitId};

use components::Components;

pub use dangling::Dangling;
pub(super) use standing::{Candidate, Standing};

/// How many promises are kept: each of many components may name each of many others.
const MOST_PROMISES: usize = 100_000;

/// The catalogs of a repository.
#[derive(Debug, Clone, Default)]
pub struct Catalogs {
    /// In the order of files, and of each file.
    entities: Vec<CatalogEntity>,
    components: Components,
    dangling: Vec<Dangling>,
    /// The component that each unit belongs to, by unit.
    of_units: Vec<Option<usize>>,
    gaps: Vec<Gap>,
}

/// One entity of a catalog that is in force.
#[derive(Debug, Clone)]
pub struct CatalogEntity {
    /// By what others name it.
    pub identity: EntityName,
    /// Its name as it is written.
    pub name: String,
    /// Where its name stands.
    pub declared_at: Location,
    /// Who answers for it: the name alone, and where it stands.
    pub owner: Option<(String, Location)>,
    /// Whether it says what it uses, even if that is nothing.
    pub says_what_it_uses: bool,
    /// What it says that it uses, or another says that it does; as positions.
    pub promises: Vec<Promise>,
    /// The components that provide it, of an API; as positions.
    pub provided_by: Vec<usize>,
    /// The file that defines it, of an API.
    pub definition: Option<RepoPath>,
    /// The folder that it speaks for, of a component.
    pub folder: Option<RepoPath>,
    /// The unit that stands for it.
    pub unit: Option<UnitId>,
}

/// What a catalog says that one entity uses of another.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What it uses, as a position.
    pub to: usize,
    /// In which way.
    pub kind: CouplingKind,
    /// Where that is said.
    pub location: Location,
}

/// A feature, as catalogs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogFeature<'c> {
    /// The name of its system, or of its component.
    pub name: &'c str,
    /// Who answers for it.
    pub owner: Option<&'c str>,
    /// Where it is declared.
    pub declared_at: &'c Location,
}

impl Catalogs {
    /// Takes what the files of a repository state. `is_there` says whether a file is, that no format of ours has.
    pub fn new(
        facts: &BTreeMap<RepoPath, Arc<Facts>>,
        listing: &Listing,
        is_there: &dyn Fn(&RepoPath) -> bool,
    ) -> Self {
        let files = force::files(facts);
        let mut catalogs = Self { gaps: files.gaps(), ..Self::default() };
        let in_force = files.in_force();
        let mut by_identity: BTreeMap<EntityName, usize> = BTreeMap::new();
        let mut kept: Vec<(&RepoPath, &Entity)> = Vec::new();
        for (path, entity) in in_force {
            by_identity.entry(entity.identity()).or_insert_with(|| {
                kept.push((path, entity));
                kept.len() - 1
            });
        }
        catalogs.entities = kept.iter().map(|(path, entity)| CatalogEntity::new(path, entity)).collect();
        catalogs.promise(&kept, &by_identity);
        catalogs.components = Components::new(&kept, &by_identity);
        for (component, folder) in catalogs.components.folders() {
            catalogs.entities[component].folder = Some(folder.clone());
        }
        catalogs.dangling = dangling::find(&kept, &files, listing, is_there);
        catalogs
    }

    /// What a promise leads to: what it names, and of an API whoever provides it.
    pub fn meant(&self, promise: &Promise) -> impl Iterator<Item = usize> {
        let providers = self.entities.get(promise.to).map(|api| api.provided_by.as_slice());
        std::iter::once(promise.to).chain(providers.unwrap_or_default().iter().copied())
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// All entities, in order.
    pub fn entities(&self) -> &[CatalogEntity] {
        &self.entities
    }

    /// References that lead nowhere.
    pub fn dangling(&self) -> &[Dangling] {
        &self.dangling
    }

    /// What is recognised and not read.
    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The component that a unit is, or is a part of; as a position.
    pub fn component_of(&self, unit: UnitId) -> Option<usize> {
        self.of_units.get(unit.index()).copied().flatten()
    }

    /// The feature that catalogs give to a unit: that of the component which it is a part of, or of what lies in its
    /// folder, or of what it stands for.
    pub fn feature_of(&self, unit: UnitId, folder: Option<&RepoPath>) -> Option<CatalogFeature<'_>> {
        let own = self.component_of(unit).and_then(|component| self.feature(component));
        own.or_else(|| self.components.feature_at(&self.entities, folder?))
    }

    /// The feature of an entity: its system, or that of the component which it is a part of, or itself; of an API, that
    /// of who provides it.
    pub fn feature(&self, entity: usize) -> Option<CatalogFeature<'_>> {
        let one = self.entities.get(entity)?;
        if one.identity.kind == EntityKind::Api {
            let features = one.provided_by.iter().filter_map(|provider| self.feature(*provider));
            let features: Vec<CatalogFeature<'_>> = features.collect();
            if let Some((first, others)) = features.split_first() {
                return others.iter().all(|other| other.name == first.name).then(|| first.clone());
            }
        }
        self.components.feature(&self.entities, entity)
    }

    /// What a proposal calls what lies in a folder, or has a name: the component that is described closest around it
    /// (but for the one at the root: that is the whole repository), or else the one of that name.
    pub fn proposed(&self, folder: &RepoPath, name: &str) -> Option<CatalogFeature<'_>> {
        self.components.proposed(&self.entities, folder, name)
    }

    /// Everybody who owns something, by the name alone, in small letters; groups that are described count as well.
    pub fn owners(&self) -> BTreeSet<String> {
        let owners = self.entities.iter().filter_map(|one| one.owner.as_ref());
        let groups = self.entities.iter().filter(|one| one.identity.kind == EntityKind::Group);
        let groups = groups.map(|one| one.identity.name.clone());
        owners.map(|(name, _)| name.to_lowercase()).chain(groups).collect()
    }

    /// The same, with units where another graph has them.
    pub(super) fn moved(&self, position: &dyn Fn(UnitId) -> UnitId, units: usize) -> Self {
        let mut moved = self.clone();
        for entity in &mut moved.entities {
            entity.unit = entity.unit.map(position);
        }
        moved.of_units = vec![None; units];
        for (at, component) in self.of_units.iter().enumerate() {
            let now = position(UnitId::new(at)).index();
            if let Some(place) = moved.of_units.get_mut(now) {
                *place = *component;
            }
        }
        moved
    }

    /// Resolves who uses whom, and who provides which API.
    fn promise(&mut self, kept: &[(&RepoPath, &Entity)], by_identity: &BTreeMap<EntityName, usize>) {
        let mut room = MOST_PROMISES;
        for (at, (path, entity)) in kept.iter().enumerate() {
            for reference in &entity.references {
                let other = reference.means(entity).and_then(|name| by_identity.get(&name).copied());
                let Some(other) = other.filter(|other| *other != at) else { continue };
                let location = Location { path: (*path).clone(), span: reference.span };
                let (from, to) = match reference.field {
                    Field::ProvidesApis if entity.kind == EntityKind::Component => {
                        self.entities[other].provided_by.push(at);
                        continue;
                    }
                    Field::ConsumesApis | Field::DependsOn => (at, other),
                    Field::DependencyOf => (other, at),
                    _ => continue,
                };
                let Some(kind) = kind_between(kept[from].1, kept[to].1) else { continue };
                if room == 0 {
                    let what =
                        format!("more than {MOST_PROMISES} couplings of catalogs: the rest is not looked at");
                    self.gaps.push(Gap::of(path, what));
                    return;
                }
                room -= 1;
                self.entities[from].promises.push(Promise { to, kind, location });
            }
        }
    }
}

/// In which way the one entity uses the other; `None` where a catalog says nothing that manifests don't say better.
/// What a component builds into itself stands in its package's manifest.
fn kind_between(from: &Entity, to: &Entity) -> Option<CouplingKind> {
    match (&from.kind, &to.kind) {
        (EntityKind::Component, EntityKind::Api) => Some(CouplingKind::Call),
        (EntityKind::Component, EntityKind::Component) => (!to.is_library()).then_some(CouplingKind::Call),
        (EntityKind::Component, EntityKind::Resource) => Some(CouplingKind::Data),
        _ => None,
    }
}

impl CatalogEntity {
    fn new(path: &RepoPath, entity: &Entity) -> Self {
        let at = |span| Location { path: path.clone(), span };
        let owner = entity.references(Field::Owner).next();
        let uses = [Field::ConsumesApis, Field::DependsOn];
        Self {
            identity: entity.identity(),
            name: entity.name.value.clone(),
            declared_at: at(entity.name.span),
            owner: owner.map(|owner| (owner.name.clone(), at(owner.span))),
            says_what_it_uses: uses.iter().any(|field| entity.stated.contains(field)),
            promises: Vec::new(),
            provided_by: Vec::new(),
            definition: entity.definition.as_ref().and_then(|one| one.path.clone()),
            folder: None,
            unit: None,
        }
    }
}

/// What of a file is not read, as gaps.
fn unread(path: &RepoPath, unread: &[Unread]) -> impl Iterator<Item = Gap> {
    unread.iter().map(move |one| match one.span {
        Some(span) => Gap::at(path, span, one.what),
        None => Gap::of(path, one.what),
    })
}
