//! Features of other repositories: the packages that they publish, and who depends on those.

use std::collections::BTreeMap;

use globset::GlobMatcher;

use crate::sources::cargo::Section;
use crate::text::Location;

use super::cargo::{CargoPackages, DependencySource, Switches};
use super::{Conditions, Coupling, CouplingKind, DeclaredUnit, Unit, UnitId, UnitKind};

/// A feature that lives in another repository, and what it publishes.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its name, which is that of its API as well.
    pub name: String,
    /// Where it is declared.
    pub declared_at: Location,
    /// The names of its packages.
    pub packages: Vec<GlobMatcher>,
}

impl Published {
    /// Its API, as a unit that nothing here makes.
    pub(super) fn unit(&self) -> DeclaredUnit {
        DeclaredUnit {
            kind: UnitKind::Api,
            name: self.name.clone(),
            declared_at: self.declared_at.clone(),
            is_outside: true,
        }
    }

    /// Where its API is among sorted units, whoever declares it.
    pub(super) fn place(&self, units: &[Unit]) -> Option<UnitId> {
        let key = |unit: &Unit| (unit.kind, unit.name.clone());
        units.binary_search_by_key(&(UnitKind::Api, self.name.clone()), key).ok().map(UnitId::new)
    }
}

/// What a repository calls that others publish.
#[derive(Debug, Default)]
pub(super) struct Called {
    pub(super) couplings: Vec<Coupling>,
    /// Names of packages on which nothing depends, by the positions of their feature and of themselves.
    pub(super) unused: Vec<(usize, usize)>,
}

/// The calls of a repository's packages: what depends on a published package calls the feature that publishes it,
/// and what only tests with it is a test. `apis` are the units of the features.
pub(super) fn called(
    published: &[Published],
    apis: &[Option<UnitId>],
    cargo: &CargoPackages,
    package_units: &[UnitId],
) -> Called {
    let mut known: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    let mut is_used: Vec<Vec<bool>> = published.iter().map(|one| vec![false; one.packages.len()]).collect();
    let mut called = Called::default();
    if published.is_empty() {
        return called;
    }
    for (package, from) in cargo.packages.iter().zip(package_units) {
        let others = package.dependencies.iter().filter(|one| {
            // What lies in the repository is no other's, whoever publishes something of its name.
            one.target.is_none() && !matches!(one.source, DependencySource::Path(Some(_)))
        });
        for dependency in others {
            let meant =
                known.entry(&dependency.package).or_insert_with(|| meant(published, &dependency.package));
            let mut last = None;
            for (feature, name) in meant.iter().copied() {
                is_used[feature][name] = true;
                let Some(to) = apis.get(feature).copied().flatten().filter(|_| last != Some(feature)) else {
                    continue;
                };
                last = Some(feature);
                called.couplings.push(Coupling {
                    from: *from,
                    to,
                    kind: match dependency.section {
                        Section::Dev => CouplingKind::Test,
                        Section::Normal | Section::Build => CouplingKind::Call,
                    },
                    conditions: Conditions {
                        optional: dependency.optional,
                        platform: dependency.platform.clone(),
                        cargo_features: match dependency.optional {
                            true => Switches::new(&package.cargo_features).of(dependency.key()),
                            false => Vec::new(),
                        },
                        ..Conditions::default()
                    },
                    request: None,
                    evidence: dependency.evidence.clone(),
                    declared: None,
                    correction: None,
                    promised: false,
                    references: None,
                    common: None,
                });
            }
        }
    }
    let unused = is_used.iter().enumerate().flat_map(|(feature, names)| {
        names.iter().enumerate().filter(|(_, is_used)| !**is_used).map(move |(name, _)| (feature, name))
    });
    called.unused = unused.collect();
    called
}

/// Which features publish a package, and by which of their names; sorted.
fn meant(published: &[Published], package: &str) -> Vec<(usize, usize)> {
    let names = |(feature, one): (usize, &Published)| -> Vec<(usize, usize)> {
        let each = one.packages.iter().enumerate();
        each.filter(|(_, name)| name.is_match(package)).map(|(name, _)| (feature, name)).collect()
    };
    published.iter().enumerate().flat_map(names).collect()
}
