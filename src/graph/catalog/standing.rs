//! Which unit stands for which entity: one that lies in the component's folder or has its name, where exactly one can
//! be meant, and otherwise one of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::catalog::EntityKind;
use crate::text::RepoPath;

use super::super::{CouplingKind, Ecosystem, Unit, UnitId, UnitKind};
use super::{CatalogEntity, Catalogs, Promise};

/// A unit that another source knows.
#[derive(Debug)]
pub(in super::super) struct Candidate<'u> {
    pub(in super::super) unit: &'u Unit,
    /// What it ships, as positions among the candidates.
    pub(in super::super) runs: Vec<usize>,
}

/// What stands for the entities of a catalog.
#[derive(Debug, Default)]
pub(in super::super) struct Standing {
    /// The units that are new.
    pub(in super::super) units: Vec<Unit>,
    /// By entity: the position of a candidate, or of a new unit behind all candidates.
    of_entities: Vec<Option<usize>>,
    /// By candidate, and then by new unit: the component that it is a part of.
    components: Vec<Option<usize>>,
}

/// The kinds of unit that can be a component, the one first that others would call.
const RUNNING: [UnitKind; 4] = [UnitKind::Service, UnitKind::Image, UnitKind::Binary, UnitKind::Package];

impl Standing {
    /// Finds what stands for each entity.
    pub(in super::super) fn new(catalogs: &Catalogs, candidates: &[Candidate<'_>]) -> Self {
        let mut standing = Self {
            of_entities: vec![None; catalogs.entities.len()],
            components: parts(catalogs, candidates),
            ..Self::default()
        };
        let mut names: BTreeSet<(UnitKind, String)> =
            candidates.iter().map(|one| (one.unit.kind, one.unit.name.clone())).collect();
        let by_name = Index::new(candidates, &standing.components);
        let is_contract = |(_, one): &(usize, &Candidate<'_>)| one.unit.is_contract();
        let contracts: BTreeMap<&RepoPath, usize> =
            candidates.iter().enumerate().filter(is_contract).map(|(at, one)| (&one.unit.path, at)).collect();
        let used: BTreeSet<usize> = uses(catalogs).map(|promise| promise.to).collect();
        for (at, entity) in catalogs.entities.iter().enumerate() {
            let (known, kind) = match entity.identity.kind {
                EntityKind::Component => {
                    (by_name.component(at, &entity.identity.name), UnitKind::Specification)
                }
                // One whose definition is a contract of the repository is that contract.
                EntityKind::Api => {
                    let contract = entity.definition.as_ref().and_then(|path| contracts.get(path)).copied();
                    (contract, UnitKind::Api)
                }
                EntityKind::Resource if used.contains(&at) => {
                    (by_name.named(UnitKind::Datastore, &entity.identity.name, None), UnitKind::Datastore)
                }
                _ => continue,
            };
            let place = known.unwrap_or_else(|| {
                standing.units.push(unit_of(entity, kind, &mut names));
                let is_component = kind == UnitKind::Specification;
                standing.components.push(is_component.then_some(at));
                candidates.len() + standing.units.len() - 1
            });
            standing.of_entities[at] = Some(place);
            if let Some(component) = standing.components.get_mut(place)
                && entity.identity.kind == EntityKind::Component
            {
                component.get_or_insert(at);
            }
        }
        standing
    }

    /// The component that each unit is a part of, once units have their place.
    pub(in super::super) fn components_of(&self, places: &[Option<UnitId>]) -> BTreeMap<UnitId, usize> {
        let all = self.components.iter().enumerate();
        all.filter_map(|(at, component)| Some((places.get(at).copied().flatten()?, (*component)?))).collect()
    }

    /// Who uses what: the entity, and what stands for both.
    pub(in super::super) fn promises<'c>(
        &'c self,
        catalogs: &'c Catalogs,
    ) -> impl Iterator<Item = (usize, usize, usize, &'c Promise)> {
        let of = |entity: usize| self.of_entities.get(entity).copied().flatten();
        let all = catalogs.entities.iter().enumerate();
        let all = all.flat_map(|(at, entity)| entity.promises.iter().map(move |promise| (at, promise)));
        let placed = all.filter_map(move |(at, promise)| Some((at, of(at)?, of(promise.to)?, promise)));
        placed.filter(|(_, from, to, _)| from != to)
    }

    /// Says in the catalogs which unit stands for which entity, once units have their place.
    pub(in super::super) fn tell(&self, catalogs: &mut Catalogs, places: &[Option<UnitId>], units: usize) {
        let place = |at: usize| places.get(at).copied().flatten();
        for (entity, at) in catalogs.entities.iter_mut().zip(&self.of_entities) {
            entity.unit = at.and_then(place);
        }
        catalogs.of_units = vec![None; units];
        for (at, component) in self.components.iter().enumerate() {
            if let (Some(unit), Some(_)) = (place(at), component)
                && let Some(of_unit) = catalogs.of_units.get_mut(unit.index())
            {
                *of_unit = *component;
            }
        }
    }
}

/// Every promise of every entity.
fn uses(catalogs: &Catalogs) -> impl Iterator<Item = &Promise> {
    catalogs
        .entities
        .iter()
        .flat_map(|entity| &entity.promises)
        .filter(|promise| promise.kind == CouplingKind::Data)
}

/// The component that each unit is a part of: by the folder that it lies in, or by what it ships.
fn parts(catalogs: &Catalogs, candidates: &[Candidate<'_>]) -> Vec<Option<usize>> {
    let own = candidates.iter().map(|one| {
        let path = Some(&one.unit.path).filter(|_| one.unit.has_folder())?;
        catalogs.components.at(path)
    });
    let mut parts: Vec<Option<usize>> = own.collect();
    // What runs images comes behind them.
    for kind in [UnitKind::Image, UnitKind::Service] {
        for (at, one) in candidates.iter().enumerate().filter(|(_, one)| one.unit.kind == kind) {
            let shipped: BTreeSet<usize> =
                one.runs.iter().filter_map(|one| parts.get(*one).copied().flatten()).collect();
            if let (Some(first), true) = (shipped.first(), shipped.len() == 1) {
                parts[at] = Some(*first);
            }
        }
    }
    parts
}

/// The candidates by what they are called, and by the component in whose folder they lie.
#[derive(Debug, Default)]
struct Index {
    named: BTreeMap<(UnitKind, String), Vec<usize>>,
    inside: BTreeMap<(UnitKind, usize), Vec<usize>>,
    components: Vec<Option<usize>>,
}

impl Index {
    fn new(candidates: &[Candidate<'_>], components: &[Option<usize>]) -> Self {
        let mut index = Self { components: components.to_vec(), ..Self::default() };
        for (at, (one, component)) in candidates.iter().zip(components).enumerate() {
            let kind = one.unit.kind;
            index.named.entry((kind, plain(own_name(one.unit)))).or_default().push(at);
            if let Some(component) = component {
                index.inside.entry((kind, *component)).or_default().push(at);
            }
        }
        index
    }

    /// What stands for a component: of what runs, and then of what is built, the only one that has its name or lies
    /// in its folder.
    fn component(&self, component: usize, name: &str) -> Option<usize> {
        RUNNING.into_iter().find_map(|kind| {
            let inside = self.inside.get(&(kind, component)).map(Vec::as_slice);
            self.named(kind, name, Some(component)).or(match inside {
                Some([only]) => Some(*only),
                _ => None,
            })
        })
    }

    /// The only unit of a kind and name that is no part of another component.
    fn named(&self, kind: UnitKind, name: &str, of: Option<usize>) -> Option<usize> {
        let found = self.named.get(&(kind, plain(name)))?.iter();
        let is_others = |at: &&usize| {
            let component = self.components.get(**at).copied().flatten();
            of.is_some() && component.is_some_and(|component| Some(component) != of)
        };
        let mut found = found.filter(|at| !is_others(at));
        found.next().copied().filter(|_| found.next().is_none())
    }
}

/// The name by which a unit is known where it is declared; a database is known by its own, and not by its server's.
fn own_name(unit: &Unit) -> &str {
    match unit.kind {
        UnitKind::Datastore => {
            let name = unit.name.split(" (").next().unwrap_or_default();
            name.rsplit('/').next().unwrap_or(name)
        }
        _ => &unit.short_name,
    }
}

/// A name as catalogs and manifests have it in common.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// A unit for an entity for which no other stands.
fn unit_of(entity: &CatalogEntity, kind: UnitKind, names: &mut BTreeSet<(UnitKind, String)>) -> Unit {
    let file = &entity.declared_at.path;
    let path = entity.folder.as_ref().unwrap_or(file);
    let longer = [
        entity.name.clone(),
        format!("{} ({})", entity.name, entity.identity.namespace),
        format!("{} ({file})", entity.name),
    ];
    let is_free = |name: &&String| !names.contains(&(kind, (*name).clone()));
    let name = longer.iter().find(is_free).cloned().unwrap_or_else(|| entity.identity.to_string());
    names.insert((kind, name.clone()));
    Unit {
        kind,
        name,
        short_name: entity.name.clone(),
        path: path.clone(),
        declared_at: entity.declared_at.clone(),
        parent: None,
        runs: Vec::new(),
        ecosystem: Some(Ecosystem::Backstage),
        is_outside: kind == UnitKind::Datastore,
    }
}
