//! Units before their place in the order is known: of each source, in turn.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::Location;

use super::super::cargo::CargoPackages;
use super::super::catalog::{Candidate, Catalogs, Standing};
use super::super::contracts::ContractDraft;
use super::super::services::{self, End};
use super::super::{DeclaredUnit, Ecosystem, Unit, UnitKind};

/// A unit before its place in the order is known.
pub(super) struct Draft {
    pub(super) unit: Unit,
    pub(super) origin: Origin,
    pub(super) runs: Vec<End>,
    pub(super) parent: Option<Origin>,
}

/// What a unit is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// A package, by its position.
    Package(usize),
    /// A binary, by its package and its position there.
    Binary(usize, usize),
    /// Something that is deployed, by its position among all of that.
    Deployed(usize),
    /// A contract, by its position.
    Contract(usize),
    /// What a person declares.
    Declared,
    /// What a catalog alone knows, by its position among all of that.
    Catalogued(usize),
}

impl From<End> for Origin {
    fn from(end: End) -> Self {
        match end {
            End::Binary(package, binary) => Self::Binary(package, binary),
            End::Package(package) => Self::Package(package),
            End::Draft(id) => Self::Deployed(id.0),
        }
    }
}

/// The packages and binaries.
fn cargo_units(cargo: &CargoPackages, names: &[String]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (at, package) in cargo.packages.iter().enumerate() {
        let unit = Unit {
            kind: UnitKind::Package,
            name: names[at].clone(),
            short_name: package.name.value.clone(),
            path: package.folder.clone(),
            declared_at: Location { path: package.manifest.clone(), span: package.name.span },
            parent: None,
            runs: Vec::new(),
            ecosystem: Some(Ecosystem::Cargo),
            is_outside: false,
        };
        drafts.push(Draft { unit, origin: Origin::Package(at), runs: Vec::new(), parent: None });
        drafts.extend(package.binaries.iter().enumerate().map(|(position, binary)| {
            let unit = Unit {
                kind: UnitKind::Binary,
                name: format!("{}/{}", names[at], binary.name),
                short_name: binary.name.clone(),
                path: package.folder.join(&binary.path).unwrap_or_else(|| package.folder.clone()),
                declared_at: Location { path: package.manifest.clone(), span: binary.declared_at },
                parent: None,
                runs: Vec::new(),
                ecosystem: Some(Ecosystem::Cargo),
                is_outside: false,
            };
            let origin = Origin::Binary(at, position);
            Draft { unit, origin, runs: Vec::new(), parent: Some(Origin::Package(at)) }
        }));
    }
    drafts
}

/// What is deployed.
fn deployed_units(drafts: Vec<services::Draft>) -> impl Iterator<Item = Draft> {
    drafts.into_iter().enumerate().map(|(at, draft)| Draft {
        unit: Unit {
            kind: draft.kind,
            name: draft.name,
            short_name: draft.short_name,
            path: draft.path,
            declared_at: draft.declared_at,
            parent: None,
            runs: Vec::new(),
            ecosystem: Some(draft.ecosystem),
            is_outside: draft.is_outside,
        },
        origin: Origin::Deployed(at),
        runs: draft.runs,
        parent: draft.parent.map(|parent| Origin::Deployed(parent.0)),
    })
}

/// The contracts.
fn contract_units(drafts: &[ContractDraft]) -> impl Iterator<Item = Draft> {
    drafts.iter().enumerate().map(|(at, draft)| Draft {
        unit: Unit {
            kind: UnitKind::Api,
            name: draft.name.clone(),
            short_name: draft.short_name.clone(),
            path: draft.declared_at.path.clone(),
            declared_at: draft.declared_at.clone(),
            parent: None,
            runs: Vec::new(),
            ecosystem: Some(Ecosystem::Contract),
            is_outside: false,
        },
        origin: Origin::Contract(at),
        runs: Vec::new(),
        parent: draft.package.map(Origin::Package),
    })
}

/// Everything that is a unit by a manifest, or by what a person declares.
pub(super) fn drafts_of(
    cargo: &CargoPackages,
    names: &[String],
    (deployed, contracts): (Vec<services::Draft>, &[ContractDraft]),
    declared: &[DeclaredUnit],
) -> Vec<Draft> {
    let mut drafts = cargo_units(cargo, names);
    drafts.extend(deployed_units(deployed));
    drafts.extend(contract_units(contracts));
    if !declared.is_empty() {
        let names = |draft: &Draft| {
            let unit = &draft.unit;
            [(unit.kind, unit.name.clone()), (unit.kind, unit.short_name.clone())]
        };
        let known: BTreeSet<(UnitKind, String)> = drafts.iter().flat_map(names).collect();
        let unknown = declared.iter().filter(|one| !known.contains(&(one.kind, one.name.clone())));
        drafts.extend(unknown.map(|one| {
            let unit = Unit::declared(one.clone());
            Draft { unit, origin: Origin::Declared, runs: Vec::new(), parent: None }
        }));
    }
    drafts
}

/// What stands for what catalogs describe.
pub(super) fn standing(catalogs: &Catalogs, drafts: &[Draft]) -> Standing {
    if catalogs.is_empty() {
        return Standing::default();
    }
    let by_origin: BTreeMap<Origin, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (draft.origin, at)).collect();
    let candidates = drafts.iter().map(|draft| {
        let runs = draft.runs.iter().filter_map(|end| by_origin.get(&Origin::from(*end)).copied());
        Candidate { unit: &draft.unit, runs: runs.collect() }
    });
    Standing::new(catalogs, &candidates.collect::<Vec<_>>())
}

/// What catalogs alone know.
pub(super) fn catalogued(standing: &Standing) -> impl Iterator<Item = Draft> {
    standing.units.iter().enumerate().map(|(at, unit)| Draft {
        unit: unit.clone(),
        origin: Origin::Catalogued(at),
        runs: Vec::new(),
        parent: None,
    })
}
