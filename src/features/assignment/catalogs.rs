//! What catalogs say of units that nothing nearer names: whose they are, and that an API is its provider's.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CatalogFeature, CouplingGraph, UnitId, UnitKind};
use crate::text::Location;

use super::super::claims::{Claim, Rank};
use super::super::{FeatureDeclaration, FeatureMap, Role};
use super::Assignment;
use super::shipped::Settled;

/// What catalogs give to units, and the features that they declare by it.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// The feature of each unit, by name, and where it is declared.
    units: Vec<(UnitId, String, Location)>,
    /// One for each of those features.
    pub(super) declarations: Vec<FeatureDeclaration>,
}

impl Given {
    /// What catalogs give to units that have no role by what is declared nearer.
    pub(super) fn new(graph: &CouplingGraph, nearer: &FeatureMap) -> Self {
        let catalogs = graph.catalogs();
        let standing = catalogs.entities().iter().enumerate();
        let standing: BTreeMap<UnitId, usize> =
            standing.filter_map(|(at, entity)| Some((entity.unit?, at))).collect();
        let mut given = Self::default();
        let mut features: BTreeMap<String, (Location, BTreeSet<Option<String>>)> = BTreeMap::new();
        for (id, unit) in graph.units().filter(|(id, _)| nearer.role(*id) == Role::Unassigned) {
            let folder = Some(&unit.path).filter(|_| unit.has_folder());
            let own = standing.get(&id).and_then(|entity| catalogs.feature(*entity));
            let Some(feature) = own.or_else(|| catalogs.feature_of(id, folder)) else { continue };
            let CatalogFeature { name, owner, declared_at } = feature;
            if !FeatureDeclaration::is_name(name) {
                continue;
            }
            let known =
                features.entry(name.to_owned()).or_insert_with(|| (declared_at.clone(), BTreeSet::new()));
            known.1.insert(owner.map(str::to_owned));
            given.units.push((id, name.to_owned(), declared_at.clone()));
        }
        given.declarations = features
            .into_iter()
            .map(|(name, (declared_at, owners))| {
                // Where components of one system have several owners, nobody is told to answer for all of it.
                let owner = owners.first().cloned().flatten().filter(|_| owners.len() == 1);
                FeatureDeclaration::of_catalog(name, owner, declared_at)
            })
            .collect();
        given
    }

    pub(super) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

impl Assignment<'_> {
    /// Catalogs claim what nothing nearer does.
    pub(super) fn claim_by_catalog(&mut self, given: &Given) {
        for (unit, name, location) in &given.units {
            if let Some(feature) = self.names.get(name) {
                let claim =
                    Claim { rank: Rank::Catalog, role: Role::Feature(*feature), location: location.clone() };
                self.claims[unit.index()].push(claim);
            }
        }
    }

    /// An API belongs to whoever provides it, wherever the file lies that describes it, unless it is named.
    pub(super) fn follow_providers(&self, settled: &mut [Settled]) {
        let entities = self.graph.catalogs().entities();
        for entity in entities {
            let Some(api) = entity.unit.filter(|unit| self.graph.unit(*unit).kind == UnitKind::Api) else {
                continue;
            };
            let is_named = self.claims[api.index()].iter().any(|claim| claim.rank.is_by_name());
            let providers = entity.provided_by.iter().filter_map(|at| entities.get(*at)?.unit);
            let told: BTreeMap<Role, Settled> = providers
                .filter_map(|unit| {
                    let settled = settled.get(unit.index())?;
                    Some((settled.0.first()?.0, settled.clone()))
                })
                .collect();
            let mut told = told.into_values();
            if let (false, Some(one), None) = (is_named, told.next(), told.next()) {
                settled[api.index()] = one;
            }
        }
    }
}
