//! The one step that sees all facts at once and makes the graph of them.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::snapshot::{Listing, Snapshot};
use crate::sources::cargo::{CargoCommand, LockFile, LockSource, Section};
use crate::sources::{Facts, Reading, read_one};
use crate::text::{Fault, Location, RepoPath};

use super::cargo::{Asked, CargoPackages, Inputs, Switches, resolve};
use super::{
    CargoRequest, Conditions, Coupling, CouplingGraph, CouplingKind, DeclaredUnit, Ecosystem, Unit, UnitId,
    UnitKind,
};

/// The graph, and what is needed to ask it more.
#[derive(Debug)]
pub struct Linked {
    /// Units and couplings.
    pub graph: CouplingGraph,
    /// The packages behind them.
    pub cargo: CargoPackages,
    /// The unit of each package, by its position.
    pub package_units: Vec<UnitId>,
    /// What could not be read or linked, sorted.
    pub problems: Vec<Fault>,
}

/// Links the facts of a snapshot, and what a person declares beyond them. Cargo is asked only if a
/// command for it is given.
pub fn link(
    snapshot: &dyn Snapshot,
    listing: &Listing,
    reading: Reading,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
    declared: &[DeclaredUnit],
    cargo: Option<&CargoCommand>,
) -> Linked {
    let mut problems = reading.problems;
    let read_lock = |path: &RepoPath| match read_one(snapshot, path, &LockSource).0 {
        Some(Facts::CargoLock(lock)) => Some(lock),
        _ => None::<LockFile>,
    };
    let inputs = Inputs::new(&reading.facts, listing);
    let asked = Asked { read_lock: &read_lock, is_excluded, cargo };
    let cargo = resolve(&inputs, &asked, &mut problems);
    problems.sort();
    problems.dedup();
    let names = package_names(&cargo);
    let (units, package_units) = units_of(&cargo, &names, declared);
    let couplings = couplings_of(&cargo, &package_units, &units);
    let graph = CouplingGraph::new(units, couplings);
    // Nobody needs the facts any more, and nobody has to wait until they are given back.
    rayon::spawn(move || drop(reading.facts));
    Linked { graph, cargo, package_units, problems }
}

/// A name for each package that no other package of the repository has.
fn package_names(cargo: &CargoPackages) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &cargo.packages {
        *count.entry(&package.name.value).or_default() += 1;
    }
    let name_of = |package: &super::cargo::CargoPackage| {
        let name = &package.name.value;
        match count.get(name.as_str()) {
            Some(1) => name.clone(),
            _ => format!("{name} ({})", package.folder),
        }
    };
    cargo.packages.iter().map(name_of).collect()
}

/// A unit before its place in the order is known.
struct Draft {
    unit: Unit,
    /// The position of the package that it is, or that it is a part of.
    package: Option<usize>,
}

/// The units, sorted, and the unit of each package.
fn units_of(cargo: &CargoPackages, names: &[String], declared: &[DeclaredUnit]) -> (Vec<Unit>, Vec<UnitId>) {
    let mut drafts = Vec::new();
    for (at, package) in cargo.packages.iter().enumerate() {
        let unit = Unit {
            kind: UnitKind::Package,
            name: names[at].clone(),
            short_name: package.name.value.clone(),
            path: package.folder.clone(),
            declared_at: Location { path: package.manifest.clone(), span: package.name.span },
            parent: None,
            ecosystem: Some(Ecosystem::Cargo),
        };
        drafts.push(Draft { unit, package: Some(at) });
        drafts.extend(package.binaries.iter().map(|binary| {
            let unit = Unit {
                kind: UnitKind::Binary,
                name: format!("{}/{}", names[at], binary.name),
                short_name: binary.name.clone(),
                path: package.folder.join(&binary.path).unwrap_or_else(|| package.folder.clone()),
                declared_at: Location { path: package.manifest.clone(), span: binary.declared_at },
                parent: None,
                ecosystem: Some(Ecosystem::Cargo),
            };
            Draft { unit, package: Some(at) }
        }));
    }
    if !declared.is_empty() {
        let names = |draft: &Draft| {
            let unit = &draft.unit;
            [(unit.kind, unit.name.clone()), (unit.kind, unit.short_name.clone())]
        };
        let known: BTreeSet<(UnitKind, String)> = drafts.iter().flat_map(names).collect();
        let unknown = declared.iter().filter(|one| !known.contains(&(one.kind, one.name.clone())));
        drafts.extend(unknown.map(|one| Draft { unit: Unit::declared(one.clone()), package: None }));
    }
    drafts.sort_by(|a, b| (a.unit.kind, &a.unit.name).cmp(&(b.unit.kind, &b.unit.name)));
    // A manifest may declare one binary twice; cargo refuses it, and one unit says all.
    drafts.dedup_by(|a, b| (a.unit.kind, &a.unit.name) == (b.unit.kind, &b.unit.name));
    let mut package_units = vec![UnitId::new(0); names.len()];
    for (position, draft) in drafts.iter().enumerate() {
        if let (UnitKind::Package, Some(package)) = (draft.unit.kind, draft.package) {
            package_units[package] = UnitId::new(position);
        }
    }
    let units = drafts.into_iter().map(|draft| match (draft.unit.kind, draft.package) {
        (UnitKind::Binary, Some(package)) => Unit { parent: Some(package_units[package]), ..draft.unit },
        _ => draft.unit,
    });
    (units.collect(), package_units)
}

/// The couplings, in the order of the units that they lead from.
fn couplings_of(cargo: &CargoPackages, package_units: &[UnitId], units: &[Unit]) -> Vec<Coupling> {
    let mut by_unit: Vec<usize> = (0..cargo.packages.len()).collect();
    by_unit.sort_unstable_by_key(|at| package_units[*at]);
    let found: Vec<_> = by_unit.into_par_iter().map(|at| couplings_from(at, cargo, package_units)).collect();
    let mut couplings = Vec::with_capacity(found.iter().map(Vec::len).sum::<usize>() + units.len());
    found.into_iter().for_each(|mut found| couplings.append(&mut found));
    couplings.extend(units.iter().enumerate().filter_map(|(at, unit)| {
        Some(Coupling {
            from: UnitId::new(at),
            to: unit.parent?,
            kind: CouplingKind::Code,
            conditions: Conditions::default(),
            request: None,
            evidence: Arc::from([unit.declared_at.clone()]),
            declared: None,
            correction: None,
        })
    }));
    couplings
}

/// What one package is coupled to, in order.
fn couplings_from(at: usize, cargo: &CargoPackages, package_units: &[UnitId]) -> Vec<Coupling> {
    let package = &cargo.packages[at];
    // Few packages have optional dependencies inside of the repository.
    let switches = OnceCell::new();
    let mut couplings = Vec::with_capacity(package.dependencies.len());
    for dependency in &package.dependencies {
        // As cargo does: there is nothing to link in a package without a library.
        let target = dependency.target.filter(|target| cargo.packages[*target].library.is_some());
        let Some(target) = target.filter(|target| *target != at) else {
            continue;
        };
        let cargo_features = match dependency.optional {
            true => switches.get_or_init(|| Switches::new(&package.cargo_features)).of(dependency.key()),
            false => Vec::new(),
        };
        couplings.push(Coupling {
            from: package_units[at],
            to: package_units[target],
            kind: match dependency.section {
                Section::Normal => CouplingKind::Code,
                Section::Build => CouplingKind::Build,
                Section::Dev => CouplingKind::Test,
            },
            conditions: Conditions {
                optional: dependency.optional,
                cargo_features,
                platform: dependency.platform.clone(),
                through: dependency.through.clone(),
            },
            request: Some(CargoRequest {
                rename: dependency.rename.clone(),
                default_features: dependency.default_features,
                features: dependency.features.clone(),
                is_patched: dependency.patched_in.is_some(),
            }),
            evidence: dependency.evidence.clone(),
            declared: None,
            correction: None,
        });
    }
    couplings.sort_by(Coupling::in_order);
    couplings
}
