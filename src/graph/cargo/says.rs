//! Whether manifests say the same as before, as far as anything is coupled by it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::graph::contracts::GENERATOR;
use crate::sources::Facts;
use crate::sources::cargo::{Inheritable, Manifest, Patch, Requirement, Section};
use crate::text::RepoPath;

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

fn of_package(manifest: &Manifest, hasher: &mut DefaultHasher) {
    let edition = |edition: &Option<Inheritable>| match edition {
        None => None,
        Some(Inheritable::Here(edition)) => Some(edition.clone()),
        Some(Inheritable::FromWorkspace) => Some(String::new()),
    };
    if let Some(package) = &manifest.package {
        let workspace = package.workspace.as_ref().map(|folder| &folder.value);
        (&package.name.value, edition(&package.edition), workspace).hash(hasher);
        (&package.build, package.has_declaration).hash(hasher);
    }
    if let Some(workspace) = &manifest.workspace {
        let members: Vec<&String> = workspace.members.iter().map(|member| &member.value).collect();
        (members, &workspace.exclude, &workspace.edition).hash(hasher);
        for (key, (_, requirement)) in &workspace.dependencies {
            if requirement.path.is_some() {
                of_requirement(key, requirement, hasher);
            }
        }
    }
    let targets = &manifest.targets;
    if let Some(library) = &targets.lib {
        (&library.name, &library.path, library.is_proc_macro).hash(hasher);
    }
    for binary in &targets.bins {
        (&binary.name.value, &binary.path).hash(hasher);
    }
    (targets.autolib, targets.autobins).hash(hasher);
}

fn of_requirement(key: &str, requirement: &Requirement, hasher: &mut DefaultHasher) {
    let path = requirement.path.as_ref().map(|path| &path.value);
    (key, requirement.inherits, &requirement.package, path).hash(hasher);
}
