//! Which third-party crates a workspace asks for other Cargo features than before. Cargo builds each of them
//! once for all of its members, so that what one member asks for is built anew for the others too.

use std::collections::{BTreeMap, BTreeSet};

use semver::VersionReq;

use crate::graph::cargo::{Build, Built, CargoPackage, CargoPackages, ResolvedDependency};
use crate::sources::cargo::Section;

/// What may be built apart: the crate, which of its versions that can't be unified, for the machine that
/// builds or not, and on which platforms.
type Asked = (String, String, bool, Option<String>);

/// The names of the third-party crates of which a build asks something else than before.
pub(super) fn asked_otherwise(
    before: (&CargoPackages, &Build),
    now: (&CargoPackages, &Build),
) -> BTreeSet<String> {
    let (before, now) = (asked(before.0, before.1), asked(now.0, now.1));
    let names = before.keys().chain(now.keys());
    names.filter(|key| before.get(*key) != now.get(*key)).map(|key| key.0.clone()).collect()
}

fn asked(all: &CargoPackages, build: &Build) -> BTreeMap<Asked, BTreeSet<String>> {
    let mut found: BTreeMap<Asked, BTreeSet<String>> = BTreeMap::new();
    for ((at, is_host), features) in &build.cargo_features {
        let package = &all.packages[*at];
        let hears_tests = build.hears_tests && build.members.contains(at);
        for dependency in package.dependencies.iter().filter(|one| one.target.is_none()) {
            if (dependency.section == Section::Dev && !hears_tests) || !is_on(package, dependency, features) {
                continue;
            }
            let is_host = *is_host || dependency.section == Section::Build;
            let key = (dependency.package.clone(), class(dependency), is_host, dependency.platform.clone());
            let wanted = found.entry(key).or_default();
            wanted.extend(dependency.features.iter().cloned());
            wanted.extend(dependency.default_features.then(|| "default".to_owned()));
            wanted.extend(forwarded(package, dependency, features));
        }
    }
    found
}

/// Whether a dependency counts, with some Cargo features of its package on.
pub(super) fn is_on(
    package: &CargoPackage,
    dependency: &ResolvedDependency,
    features: &BTreeSet<String>,
) -> bool {
    if !dependency.optional {
        return true;
    }
    let key = dependency.key();
    let switches = |need: &String| match (need.strip_prefix("dep:"), need.split_once('/')) {
        (Some(name), _) => name == key,
        (None, Some((name, _))) => name == key,
        (None, None) => false,
    };
    let needs = features.iter().filter_map(|name| package.cargo_features.get(name)).flatten();
    needs.into_iter().any(switches)
}

/// What the package's own Cargo features ask of a dependency.
fn forwarded(
    package: &CargoPackage,
    dependency: &ResolvedDependency,
    features: &BTreeSet<String>,
) -> BTreeSet<String> {
    let needs = features.iter().filter_map(|name| package.cargo_features.get(name)).flatten();
    let asked = needs.filter_map(|need| need.split_once('/'));
    let own = asked.filter(|(name, _)| name.trim_end_matches('?') == dependency.key());
    own.map(|(_, feature)| feature.to_owned()).collect()
}

/// The part of a version that cargo never unifies with another.
fn class(dependency: &ResolvedDependency) -> String {
    let version = dependency.version.as_deref().and_then(|text| VersionReq::parse(text).ok());
    let first = version.and_then(|version| version.comparators.into_iter().next());
    match first {
        None => String::new(),
        Some(one) if one.major > 0 => one.major.to_string(),
        Some(one) => format!("0.{}", one.minor.unwrap_or_default()),
    }
}

/// The packages that a build makes with other Cargo features than before, and which of
/// these differ.
pub(super) fn built_otherwise(
    before: (&CargoPackages, &Build),
    now: (&CargoPackages, &Build),
) -> BTreeMap<usize, BTreeSet<String>> {
    let key = |all: &CargoPackages, (at, is_host): &Built| (all.packages[*at].folder.clone(), *is_host);
    let known: BTreeMap<_, &BTreeSet<String>> =
        before.1.cargo_features.iter().map(|(built, features)| (key(before.0, built), features)).collect();
    let mut found: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (built, features) in &now.1.cargo_features {
        match known.get(&key(now.0, built)) {
            Some(was) if *was == features => {}
            Some(was) => {
                found.entry(built.0).or_default().extend(was.symmetric_difference(features).cloned());
            }
            // It was not built for this machine at all.
            None => drop(found.entry(built.0).or_default()),
        }
    }
    found
}
