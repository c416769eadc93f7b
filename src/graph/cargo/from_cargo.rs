//! What cargo itself says depends on what, in place of what the manifests and the lock file let
//! expect. Evidence stays that of the manifests.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, NodeDep, PackageId};

use crate::sources::cargo::{CargoCommand, Section};
use crate::text::{Fault, RepoPath};

use super::{CargoPackage, CargoPackages, DependencySource, Positions, ResolvedDependency, metadata};

/// Asks cargo about every workspace and every package that is in none.
pub(super) fn relink(
    all: &mut CargoPackages,
    position: &Positions,
    cargo: &CargoCommand,
    problems: &mut Vec<Fault>,
) {
    let workspaces = all.workspaces.iter().map(|one| (one.root.clone(), one.members.clone()));
    let mut groups: Vec<(RepoPath, Vec<usize>)> = workspaces.collect();
    let alone = all.packages.iter().enumerate().filter(|(_, package)| package.workspace.is_none());
    groups.extend(alone.map(|(at, package)| (package.folder.clone(), vec![at])));
    for (root, members) in groups {
        match cargo.metadata(&root) {
            Ok(metadata) => relink_group(all, position, cargo, &metadata, (&root, &members)),
            Err(why) => {
                let manifest = root.join("Cargo.toml").unwrap_or(root);
                let fault = Fault::of(&manifest, format!("cargo can't tell about this workspace: {why}"));
                problems.push(fault.help("what the manifests say is used instead"));
            }
        }
    }
}

fn relink_group(
    all: &mut CargoPackages,
    position: &Positions,
    cargo: &CargoCommand,
    metadata: &Metadata,
    (root, members): (&RepoPath, &[usize]),
) {
    let Some(resolve) = &metadata.resolve else {
        return;
    };
    let ours: BTreeMap<&PackageId, usize> = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_none())
        .filter_map(|package| {
            let path = package.manifest_path.as_std_path().strip_prefix(&cargo.root).ok()?;
            let folder = RepoPath::new(path.parent()?.to_str()?)?;
            Some((&package.id, *position.get(&folder)?))
        })
        .collect();
    let nodes: BTreeMap<&PackageId, &[NodeDep]> =
        resolve.nodes.iter().map(|node| (&node.id, node.deps.as_slice())).collect();
    for (id, at) in ours.iter().filter(|(_, at)| members.contains(at)) {
        let deps = nodes.get(id).copied().unwrap_or_default();
        let dependencies = std::mem::take(&mut all.packages[*at].dependencies);
        // What was concluded before is dropped; where cargo agrees, its evidence is kept.
        let (concluded, mut dependencies): (Vec<_>, Vec<_>) =
            dependencies.into_iter().partition(|dependency| dependency.through.is_some());
        let mut added = Vec::new();
        for dependency in &mut dependencies {
            let found = deps.iter().find(|dep| is_same(dep, dependency, all, &ours));
            dependency.target = found.and_then(|dep| ours.get(&dep.pkg).copied());
            let is_path = matches!(dependency.source, DependencySource::Path(_));
            dependency.patched_in = (!is_path && dependency.target.is_some()).then(|| root.clone());
            let Some(elsewhere) = found.filter(|dep| !ours.contains_key(&dep.pkg)) else {
                continue;
            };
            added.extend(reached(&elsewhere.pkg, &nodes, &ours).into_iter().map(|target| {
                let known = concluded.iter().find(|one| {
                    one.target == Some(target) && one.evidence.first() == dependency.evidence.first()
                });
                ResolvedDependency {
                    target: Some(target),
                    patched_in: Some(root.clone()),
                    through: Some(dependency.package.clone()),
                    evidence: known.map_or(&dependency.evidence, |known| &known.evidence).clone(),
                    ..dependency.clone()
                }
            }));
        }
        dependencies.extend(added);
        all.packages[*at].dependencies = dependencies;
    }
}

/// Whether an edge of cargo's is what a line of the manifest asks for.
fn is_same(
    dep: &NodeDep,
    dependency: &ResolvedDependency,
    all: &CargoPackages,
    ours: &BTreeMap<&PackageId, usize>,
) -> bool {
    let target: Option<&CargoPackage> = ours.get(&dep.pkg).map(|at| &all.packages[*at]);
    let is_named = match target {
        Some(target) => {
            target.name.value == dependency.package && dep.name == metadata::resolve_name(dependency, target)
        }
        // A third-party library may have any name; its package's is in its id.
        None if dependency.rename.is_some() => dep.name == dependency.key().replace('-', "_"),
        None => names_package(&dep.pkg.repr, &dependency.package),
    };
    is_named
        && dep.dep_kinds.iter().any(|info| {
            let platform = info.target.as_ref().map(ToString::to_string);
            section(info.kind) == Some(dependency.section)
                && platform.as_deref().map(squeezed) == dependency.platform.as_deref().map(squeezed)
        })
}

/// `…#name@1.0.0`, or `…/name#1.0.0` where the name is the last part of the URL.
fn names_package(id: &str, name: &str) -> bool {
    let Some((url, fragment)) = id.rsplit_once('#') else {
        return false;
    };
    match fragment.split_once('@') {
        Some((found, _)) => found == name,
        None => url.rsplit('/').next() == Some(name),
    }
}

/// Cargo prints a `cfg(…)` with its own spaces.
fn squeezed(platform: &str) -> String {
    platform.chars().filter(|character| !character.is_whitespace()).collect()
}

fn section(kind: DependencyKind) -> Option<Section> {
    match kind {
        DependencyKind::Normal => Some(Section::Normal),
        DependencyKind::Development => Some(Section::Dev),
        DependencyKind::Build => Some(Section::Build),
        DependencyKind::Unknown => None,
    }
}

/// The packages of the repository that a third-party one leads back to.
fn reached(
    start: &PackageId,
    nodes: &BTreeMap<&PackageId, &[NodeDep]>,
    ours: &BTreeMap<&PackageId, usize>,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut pending = vec![start];
    while let Some(next) = pending.pop() {
        if let Some(at) = ours.get(next) {
            found.insert(*at);
        } else if seen.insert(next) {
            pending.extend(nodes.get(next).into_iter().flat_map(|deps| deps.iter()).map(|dep| &dep.pkg));
        }
    }
    found
}
