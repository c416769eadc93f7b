//! What has to be asked of sources: which packages hold parts of different features, and which dependencies lead from
//! one feature to another.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CodeWanted, CouplingGraph, Linked, UnitId, UnitKind};
use crate::snapshot::Listing;
use crate::text::RepoPath;

use super::selector::{NameSelector, PathMatcher, PathSelector};
use super::{Configuration, FeatureDeclaration, FeatureMap, Role};

/// How much is asked of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Nothing.
    Nothing,
    /// Modules where features reach into a package: what there is, and not what a dependency is used for.
    Modules,
    /// What rules need: modules where features reach into a package, and dependencies between features.
    #[default]
    Features,
    /// Every dependency between packages too.
    Everything,
}

/// What is to be asked of sources.
pub fn wanted_code(
    linked: &Linked,
    map: &FeatureMap,
    configuration: &Configuration,
    nearby: &[FeatureDeclaration],
    listing: &Listing,
    depth: Depth,
) -> CodeWanted {
    if depth == Depth::Nothing {
        return CodeWanted::default();
    }
    let graph = &linked.graph;
    let packages: BTreeMap<UnitId, usize> =
        linked.package_units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
    let mut wanted =
        CodeWanted { opened: reached_into(linked, configuration, nearby, listing), ..CodeWanted::default() };
    wanted.opened.extend(divided(graph, map, &packages));
    for (_, coupling) in graph.couplings().filter(|(_, coupling)| coupling.request.is_some()) {
        let ends = packages.get(&coupling.from).zip(packages.get(&coupling.to));
        if let Some((from, to)) = ends
            && match depth {
                Depth::Nothing => false,
                Depth::Modules => wanted.opened.contains(from) || wanted.opened.contains(to),
                Depth::Features => matters(map, coupling.from, coupling.to),
                Depth::Everything => true,
            }
        {
            wanted.pairs.insert((*from, *to));
        }
    }
    wanted
}

/// Whether a coupling may be a finding whose depth somebody wants to know.
fn matters(map: &FeatureMap, from: UnitId, to: UnitId) -> bool {
    let (from, to) = (map.role(from), map.role(to));
    let is_user = !matches!(from, Role::Assembly | Role::TestSupport);
    is_user && from != to && matches!(to, Role::Feature(_) | Role::Assembly | Role::Responsibility(_))
}

/// Packages whose binaries belong to different features, or to another one than the rest.
fn divided(graph: &CouplingGraph, map: &FeatureMap, packages: &BTreeMap<UnitId, usize>) -> BTreeSet<usize> {
    let mut features: BTreeMap<UnitId, BTreeSet<usize>> = BTreeMap::new();
    for (id, unit) in graph.units() {
        let package = match unit.kind {
            UnitKind::Package => Some(id),
            UnitKind::Binary => unit.parent,
            _ => None,
        };
        if let (Some(package), Role::Feature(feature)) = (package, map.role(id)) {
            features.entry(package).or_default().insert(feature.index());
        }
    }
    let divided = features.into_iter().filter(|(_, features)| features.len() > 1);
    divided.filter_map(|(unit, _)| packages.get(&unit).copied()).collect()
}

/// Packages into which a declaration reaches: it names a source of theirs, or a folder of such, and not all of it.
fn reached_into(
    linked: &Linked,
    configuration: &Configuration,
    nearby: &[FeatureDeclaration],
    listing: &Listing,
) -> BTreeSet<usize> {
    let features = &configuration.features;
    let selectors = features.iter().chain(nearby).flat_map(|one| one.paths.iter().chain(&one.each));
    let through = configuration.responsibilities.iter().flat_map(|one| &one.through);
    let names = features.iter().chain(nearby);
    let names: Vec<&NameSelector> =
        names.flat_map(|one| one.exposes.iter().flatten().chain(&one.apis)).collect();
    let named: Vec<PathSelector> = names.iter().filter_map(|one| one.as_path()).collect();
    let selectors = selectors.chain(&configuration.shared.paths).chain(&configuration.assemblies.paths);
    let selectors: Vec<&PathSelector> = selectors.chain(through).chain(&named).collect();
    let folders: BTreeMap<&str, usize> =
        linked.cargo.packages.iter().enumerate().map(|(at, one)| (one.folder.as_str(), at)).collect();
    let around = |path: &RepoPath| path.with_ancestors().find_map(|part| folders.get(part).copied());
    let mut reached = BTreeSet::new();
    for name in names.iter().filter_map(|one| one.crate_of_module()) {
        let is_meant = |at: &usize| {
            let package = &linked.cargo.packages[*at];
            package.library.as_ref().is_some_and(|library| library.name == name)
        };
        reached.extend((0..linked.cargo.packages.len()).filter(is_meant));
    }
    for folder in nearby.iter().filter(|one| !one.is_of_package).filter_map(|one| one.folder.as_ref()) {
        let package = around(folder).filter(|_| !folders.contains_key(folder.as_str()));
        let files = listing.files_below(folder);
        let has_source = |at: usize| files.iter().any(|file| is_source(file) && around(file) == Some(at));
        reached.extend(package.filter(|at| has_source(*at)));
    }
    for (at, package) in linked.cargo.packages.iter().enumerate() {
        let folder = &package.folder;
        let inside = selectors.iter().filter(|one| one.may_name_inside(folder)).copied();
        let inside: Vec<&PathSelector> = inside.collect();
        if inside.is_empty() {
            continue;
        }
        let matcher = PathMatcher::new(inside);
        let mut known: BTreeMap<&str, bool> = BTreeMap::new();
        let own =
            listing.files_below(folder).iter().filter(|file| is_source(file) && around(file) == Some(at));
        let is_reached = own.filter(|file| !is_beside(file, folder)).any(|file| {
            let stem = file.as_str().strip_suffix(".rs");
            let parts = stem.into_iter().chain(file.with_ancestors());
            let mut deeper = parts.filter(|part| part.len() > folder.as_str().len() && !part.is_empty());
            deeper.any(|part| *known.entry(part).or_insert_with(|| !matcher.naming(part).is_empty()))
        });
        if is_reached {
            reached.insert(at);
        }
    }
    reached
}

fn is_source(path: &RepoPath) -> bool {
    path.as_str().ends_with(".rs")
}

/// Whether a source of a package is none of its library or its binaries.
fn is_beside(path: &RepoPath, folder: &RepoPath) -> bool {
    let inside = path.as_str().strip_prefix(folder.as_str()).unwrap_or_default().trim_start_matches('/');
    inside == "build.rs" || ["tests/", "benches/", "examples/"].iter().any(|place| inside.starts_with(place))
}
