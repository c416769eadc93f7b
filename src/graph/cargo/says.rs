//! Whether manifests say the same as before, as far as anything is coupled by it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::graph::contracts::GENERATOR;
use crate::sources::Facts;
use crate::sources::cargo::{
    BinTable, DeclaredTargets, Inheritable, LibTable, Manifest, Package, Patch, Requirement, Section,
    WorkspaceTable,
};
use crate::text::{RepoPath, Spanned};

/// A name for all that manifests say that decides which units and couplings there are: two moments of one name have the
/// same. Versions, and what comes from a registry, are no part of it; so there is none where a patch or an override leads
/// from those back into the repository.
pub fn coupling_key<'f>(facts: impl Iterator<Item = (&'f RepoPath, &'f Facts)>) -> Option<u64> {
    let mut manifests: Vec<(&RepoPath, &Manifest)> = Vec::new();
    let leads_back = |patches: &[Patch]| patches.iter().any(|patch| patch.requirement.path.is_some());
    for (path, facts) in facts {
        match facts {
            Facts::CargoManifest(manifest) if leads_back(&manifest.patches) => return None,
            Facts::CargoConfig(config) if leads_back(&config.patches) || !config.paths.is_empty() => {
                return None;
            }
            Facts::CargoManifest(manifest) => manifests.push((path, manifest)),
            _ => {}
        }
    }
    let of_workspaces = manifests.iter().filter_map(|(_, manifest)| manifest.workspace.as_ref());
    let inherited: Vec<_> = of_workspaces.flat_map(|workspace| &workspace.dependencies).collect();
    let of_registry: HashSet<&str> = inherited
        .iter()
        .filter(|(_, (_, requirement))| requirement.path.is_none())
        .map(|(key, _)| key.as_str())
        .collect();
    let of_repository: HashSet<&str> = inherited
        .iter()
        .filter(|(_, (_, requirement))| requirement.path.is_some())
        .map(|(key, _)| key.as_str())
        .collect();
    let is_of_registry = |key: &str, requirement: &Requirement| match requirement.inherits {
        true => of_registry.contains(key) && !of_repository.contains(key),
        false => requirement.path.is_none(),
    };
    let mut hasher = DefaultHasher::new();
    for (path, manifest) in manifests {
        path.hash(&mut hasher);
        of_package(manifest, &mut hasher);
        for dependency in &manifest.dependencies {
            let key = &dependency.key.value;
            let package = dependency.requirement.package.as_ref().unwrap_or(key);
            if is_of_registry(key, &dependency.requirement) {
                // What code is generated with is nobody's coupling, and leads to contracts.
                if dependency.section == Section::Build || package.starts_with(GENERATOR) {
                    package.hash(&mut hasher);
                }
                continue;
            }
            dependency.section.hash(&mut hasher);
            dependency.platform.as_ref().map(|platform| &platform.value).hash(&mut hasher);
            of_requirement(key, &dependency.requirement, &mut hasher);
        }
        0.hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// Every field is named, so that who adds one decides whether anything is coupled by it.
fn of_package(manifest: &Manifest, hasher: &mut DefaultHasher) {
    let said = |field: &Option<Inheritable>| match field {
        None => None,
        Some(Inheritable::Here(value)) => Some(value.clone()),
        Some(Inheritable::FromWorkspace) => Some(String::new()),
    };
    // Dependencies are told by themselves; Cargo features only say when they count.
    let Manifest { package, workspace, dependencies: _, cargo_features: _, targets, patches: _ } = manifest;
    if let Some(package) = package {
        let Package { name, version: _, edition, resolver: _, workspace, build, links: _, has_declaration } =
            package;
        let workspace = workspace.as_ref().map(|folder| &folder.value);
        (&name.value, said(edition), workspace, build, has_declaration).hash(hasher);
    }
    if let Some(workspace) = workspace {
        let WorkspaceTable {
            members,
            default_members,
            exclude,
            resolver: _,
            dependencies,
            version: _,
            edition,
        } = workspace;
        let values = |all: &[Spanned<String>]| all.iter().map(|one| one.value.clone()).collect::<Vec<_>>();
        (values(members), values(default_members), exclude, edition).hash(hasher);
        for (key, (_, requirement)) in dependencies {
            let package = requirement.package.as_ref().unwrap_or(key);
            if requirement.path.is_some() || package.starts_with(GENERATOR) {
                of_requirement(key, requirement, hasher);
            }
        }
    }
    let DeclaredTargets { lib, bins, autolib, autobins, test_paths: _ } = targets;
    if let Some(LibTable { name, path, is_proc_macro }) = lib {
        (name, path, is_proc_macro).hash(hasher);
    }
    for BinTable { name, path, required_features: _ } in bins {
        (&name.value, path).hash(hasher);
    }
    (autolib, autobins).hash(hasher);
}

fn of_requirement(key: &str, requirement: &Requirement, hasher: &mut DefaultHasher) {
    let path = requirement.path.as_ref().map(|path| &path.value);
    (key, requirement.inherits, &requirement.package, path).hash(hasher);
}
