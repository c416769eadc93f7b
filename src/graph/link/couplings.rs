//! The couplings of Cargo.

use std::cell::OnceCell;

use rayon::prelude::*;

use crate::sources::cargo::Section;

use super::super::cargo::{CargoPackages, Switches};
use super::super::{CargoRequest, Conditions, Coupling, CouplingKind, Unit, UnitId, UnitKind};

/// The couplings, in the order of the units that they lead from.
pub(super) fn couplings_of(cargo: &CargoPackages, package_units: &[UnitId], units: &[Unit]) -> Vec<Coupling> {
    let mut by_unit: Vec<usize> = (0..cargo.packages.len()).collect();
    by_unit.sort_unstable_by_key(|at| package_units[*at]);
    let found: Vec<_> = by_unit.into_par_iter().map(|at| couplings_from(at, cargo, package_units)).collect();
    let mut couplings = Vec::with_capacity(found.iter().map(Vec::len).sum::<usize>() + units.len());
    found.into_iter().for_each(|mut found| couplings.append(&mut found));
    couplings.extend(units.iter().enumerate().filter_map(|(at, unit)| {
        let package = unit.parent.filter(|_| unit.kind == UnitKind::Binary)?;
        Some(Coupling::new(UnitId::new(at), package, CouplingKind::Code, [unit.declared_at.clone()]))
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
            promised: false,
            references: None,
            common: None,
        });
    }
    couplings.sort_by(Coupling::in_order);
    couplings
}
