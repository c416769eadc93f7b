//! A coupling that the check would refuse: for whoever wants to see it fail once.

use std::collections::BTreeSet;

use crate::features::{End, FeatureId, FeatureMap};
use crate::findings::{Judged, Law};
use crate::graph::cargo::{CargoPackage, CargoPackages};
use crate::graph::{CouplingGraph, CouplingKind, UnitId, UnitKind};
use crate::text::RepoPath;

use super::may;

/// How many couplings are tried: each costs a check.
const TRIED: usize = 4;

/// How many features are looked at, and how many packages of each.
const LOOKED_AT: usize = 12;

/// A coupling between two features that share no responsibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// One more dependency of a package.
    Dependency {
        /// The `Cargo.toml`.
        manifest: RepoPath,
        /// What to write below `[dependencies]`.
        line: String,
        /// The two features.
        features: [String; 2],
    },
    /// One more line of a Dockerfile, by which an image takes something of another one.
    Stage {
        /// The Dockerfile.
        file: RepoPath,
        /// What to write at its end.
        line: String,
        /// The two features.
        features: [String; 2],
    },
    /// A coupling that is declared, where no manifest could have it.
    Declared {
        /// What to write into the configuration.
        lines: String,
        /// The two features.
        features: [String; 2],
    },
}

/// Finds one that is not there yet, and makes sure that it would be refused. `is_seen` says whether the check would
/// fail with one more line at the end of a file: what an image is called is known only where all is read.
pub fn breach(
    now: Judged<'_>,
    law: Law<'_>,
    cargo: &CargoPackages,
    units: &[UnitId],
    is_seen: &dyn Fn(&RepoPath, &str) -> bool,
) -> Option<Breach> {
    dependency(now, law, cargo, units).or_else(|| stage(now, is_seen)).or_else(|| declared(now, law))
}

fn dependency(now: Judged<'_>, law: Law<'_>, cargo: &CargoPackages, units: &[UnitId]) -> Option<Breach> {
    let is_refused = |from: End, to: End| !may(now, law, from, to, CouplingKind::Code).is_allowed;
    let private = private_packages(now.map, cargo, units);
    let pairs = private.iter().flat_map(|from| private.iter().map(move |to| (from, to)));
    let possible = pairs.filter(|(from, to)| {
        from.feature != to.feature && to.package.library.is_some() && !reaches(now.graph, to.unit, from.unit)
    });
    let untouched =
        possible.filter(|(from, to)| now.graph.couplings_between(from.unit, to.unit).next().is_none());
    for (from, to) in untouched.take(TRIED) {
        if is_refused(End::Unit(from.unit), End::Unit(to.unit)) {
            let path = relative(&from.package.folder, &to.package.folder);
            return Some(Breach::Dependency {
                manifest: from.package.manifest.clone(),
                line: format!("{} = {{ path = {path:?} }}", to.package.name.value),
                features: [from.feature, to.feature].map(|id| now.map.feature(id).name.clone()),
            });
        }
    }
    None
}

/// A line by which an image takes something of an image of another feature, by what its service is called, or
/// itself.
fn stage(now: Judged<'_>, is_seen: &dyn Fn(&RepoPath, &str) -> bool) -> Option<Breach> {
    let images = now.graph.units().filter(|(_, unit)| unit.kind == UnitKind::Image && unit.has_folder());
    let images: Vec<(UnitId, FeatureId)> =
        images.filter_map(|(id, _)| Some((id, now.map.feature_of(id)?))).take(LOOKED_AT).collect();
    let services = now.graph.units().filter(|(_, unit)| unit.kind == UnitKind::Service);
    let named: Vec<(&str, UnitId)> =
        services.flat_map(|(_, unit)| unit.runs.iter().map(|run| (unit.short_name.as_str(), *run))).collect();
    let mut tried = 0;
    for (from, feature) in &images {
        for (to, other) in images.iter().filter(|(_, other)| other != feature) {
            let of_services = named.iter().filter(|(_, run)| run == to).map(|(name, _)| *name);
            let names: BTreeSet<&str> = of_services
                .chain([now.graph.unit(*to).short_name.as_str()])
                .filter(|name| is_plain(name))
                .collect();
            for name in names {
                tried += 1;
                let file = &now.graph.unit(*from).declared_at.path;
                let line = format!("COPY --from={name} / /borrowed");
                if is_seen(file, &line) {
                    let features = [*feature, *other].map(|id| now.map.feature(id).name.clone());
                    return Some(Breach::Stage { file: file.clone(), line, features });
                }
                if tried >= TRIED {
                    return None;
                }
            }
        }
    }
    None
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || "-_./".contains(one))
}

/// A coupling that a person declares.
fn declared(now: Judged<'_>, law: Law<'_>) -> Option<Breach> {
    let is_refused = |from: End, to: End| !may(now, law, from, to, CouplingKind::Code).is_allowed;
    let inhabited: Vec<FeatureId> = now.map.inhabited().into_iter().take(LOOKED_AT).collect();
    let pairs = inhabited.iter().flat_map(|from| inhabited.iter().map(move |to| (*from, *to)));
    let pairs = pairs.filter(|(from, to)| from != to).take(TRIED);
    let (from, to) =
        pairs.into_iter().find(|(from, to)| is_refused(End::Feature(*from), End::Feature(*to)))?;
    let features = [from, to].map(|id| now.map.feature(id).name.clone());
    let [from, to] = &features;
    let lines = format!(
        "[[couplings]]\nfrom = {from:?}\nto = {to:?}\nkind = \"code\"\nreason = \"to see the check fail\"\n"
    );
    Some(Breach::Declared { lines, features })
}

/// A package that only its feature knows of, or so it should be.
struct Private<'c> {
    package: &'c CargoPackage,
    unit: UnitId,
    feature: FeatureId,
}

/// The first packages of the first features, those without a binary of their own last: they are what others
/// would like to use.
fn private_packages<'c>(map: &FeatureMap, cargo: &'c CargoPackages, units: &[UnitId]) -> Vec<Private<'c>> {
    let all = cargo.packages.iter().zip(units).filter_map(|(package, unit)| {
        let feature = map.feature_of(*unit).filter(|_| !map.is_api(*unit))?;
        Some(Private { package, unit: *unit, feature })
    });
    let mut all: Vec<Private<'_>> = all.collect();
    all.sort_by_key(|one| (one.feature, one.package.binaries.is_empty(), one.unit));
    let mut counts = vec![0; map.features.len()];
    all.retain(|one| {
        counts[one.feature.index()] += 1;
        counts[one.feature.index()] <= LOOKED_AT && one.feature.index() < LOOKED_AT
    });
    all
}

/// Whether one unit is built with another: cargo refuses circles.
fn reaches(graph: &CouplingGraph, from: UnitId, to: UnitId) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut pending = vec![from];
    while let Some(at) = pending.pop() {
        if at == to {
            return true;
        }
        let couplings = graph.couplings_from(at).map(|id| graph.coupling(id));
        let built = couplings.filter(|one| matches!(one.kind, CouplingKind::Code | CouplingKind::Build));
        pending.extend(built.map(|one| one.to).filter(|next| seen.insert(*next)));
    }
    false
}

/// The path from one folder to another.
fn relative(from: &RepoPath, to: &RepoPath) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.parts().collect(), to.parts().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    let path: Vec<&str> = up.chain(to[common..].iter().copied()).collect();
    if path.is_empty() { ".".to_owned() } else { path.join("/") }
}

#[cfg(test)]
mod tests {
    use super::relative;
    use crate::text::RepoPath;

    #[test]
    fn a_path_leads_from_one_folder_to_another() {
        let path = |text| RepoPath::new(text).expect("a path");
        assert_eq!(relative(&path("crates/a"), &path("crates/b")), "../b");
        assert_eq!(relative(&path("a"), &path("b/c")), "../b/c");
        assert_eq!(relative(&path(""), &path("b")), "b");
        assert_eq!(relative(&path("a/b"), &path("a")), "..");
    }
}
