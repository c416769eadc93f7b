//! Which packages form a workspace, as cargo decides it.
//!
//! Source of the rules: The Cargo Book, "Workspaces", and the behaviour of cargo itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::sources::cargo::{Inheritable, Manifest, Package, WorkspaceTable};
use crate::text::{Fault, RepoPath, Spanned, path_glob};

use super::dependencies::holds_no_package;
use super::{CargoPackages, CargoWorkspace, DependencySource, Inputs, Positions};

/// How cargo unifies Cargo features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolver {
    /// For everything at once.
    V1,
    /// Apart for build dependencies, platforms and tests.
    V2,
    /// As `V2`, and it knows the minimum supported Rust version.
    V3,
}

/// The folders that each workspace's `members` name, by the folder of its root.
pub(super) type NamedMembers = BTreeMap<RepoPath, BTreeSet<RepoPath>>;

/// Expands the `members` of every workspace.
pub(super) fn named_members(inputs: &Inputs<'_>, problems: &mut Vec<Fault>) -> NamedMembers {
    let mut named = NamedMembers::new();
    for (root, (path, manifest)) in &inputs.manifests {
        let Some(table) = &manifest.workspace else { continue };
        let folders = table
            .members
            .iter()
            .flat_map(|member| expand(member, root, path, table, inputs, problems))
            .collect();
        named.insert(root.clone(), folders);
    }
    named
}

/// The folder of the workspace whose tables a package inherits: where it points to, or the nearest
/// one that names it as a member, or the nearest root around it that does not exclude it.
pub(super) fn root_of(
    folder: &RepoPath,
    manifest: &Manifest,
    inputs: &Inputs<'_>,
    named: &NamedMembers,
) -> Option<RepoPath> {
    if manifest.workspace.is_some() {
        return Some(folder.clone());
    }
    if let Some(pointer) = manifest.package.as_ref().and_then(|package| package.workspace.as_ref()) {
        return folder.join(&pointer.value);
    }
    let naming = folder
        .with_ancestors()
        .skip(1)
        .find_map(|ancestor| named.get_key_value(ancestor).filter(|(_, named)| named.contains(folder)));
    if let Some((root, _)) = naming {
        return Some(root.clone());
    }
    folder.with_ancestors().skip(1).find_map(|ancestor| {
        let (path, (_, candidate)) = inputs.manifests.get_key_value(ancestor)?;
        if let Some(table) = &candidate.workspace {
            return (!is_excluded(folder, path, table)).then(|| path.clone());
        }
        let pointer = candidate.package.as_ref()?.workspace.as_ref()?;
        path.join(&pointer.value)
    })
}

/// A package that points to a root that is none is reported.
pub(super) fn check_pointer(
    path: &RepoPath,
    package: &Package,
    root: Option<&RepoPath>,
    inputs: &Inputs<'_>,
    problems: &mut Vec<Fault>,
) {
    let (Some(pointer), Some(root)) = (&package.workspace, root) else { return };
    let is_there = inputs.manifests.get(root).is_some_and(|(_, manifest)| manifest.workspace.is_some());
    if !is_there && !is_unread(root, inputs) {
        let message = format!("there is no workspace at `{root}`");
        let fault = Fault::of(path, message).at(pointer.span, "points to no `[workspace]`");
        problems.push(fault.help("name the folder of the workspace's manifest, or take the key out"));
    }
}

/// `exclude` names folders, not globs, and loses to a literal `members` entry.
fn is_excluded(folder: &RepoPath, root: &RepoPath, table: &WorkspaceTable) -> bool {
    let is_below = |name: &str| root.join(name).is_some_and(|named| folder.is_within(&named));
    table.exclude.iter().any(|name| is_below(name)) && !table.members.iter().any(|name| is_below(&name.value))
}

/// Finds the members of every workspace and says so in their packages.
pub(super) fn find(
    inputs: &Inputs<'_>,
    named: &NamedMembers,
    position: &Positions,
    all: &mut CargoPackages,
    problems: &mut Vec<Fault>,
) {
    for (root, (_, manifest)) in &inputs.manifests {
        let Some(table) = &manifest.workspace else { continue };
        let mut pending = vec![(root, false)];
        pending.extend(named.get(root).into_iter().flatten().map(|folder| (folder, false)));
        let mut folders = HashSet::new();
        let mut members = Vec::new();
        while let Some((folder, is_path_dependency)) = pending.pop() {
            if folders.contains(folder) {
                continue;
            }
            let Some((_, candidate)) = inputs.manifests.get(folder) else {
                continue;
            };
            let joins = !is_path_dependency
                || folder.is_within(root)
                || root_of(folder, candidate, inputs, named).as_ref() == Some(root);
            let is_other_root = folder != root && candidate.workspace.is_some();
            if !joins || is_other_root || is_excluded(folder, root, table) {
                continue;
            }
            folders.insert(folder);
            let Some(package) = position.get(folder).copied() else {
                if folder != root && !is_path_dependency && holds_no_package(folder, inputs, problems) {
                    let message = format!("workspace member `{folder}` holds no package");
                    let manifest = folder.join("Cargo.toml").unwrap_or_else(|| folder.clone());
                    problems
                        .push(Fault::of(&manifest, message).help("add a `[package]`, or remove the member"));
                }
                continue;
            };
            members.push(package);
            let paths =
                all.packages[package].dependencies.iter().filter_map(|dependency| match &dependency.source {
                    DependencySource::Path(folder) => Some((folder.as_ref()?, true)),
                    _ => None,
                });
            pending.extend(paths);
        }

        // In the order of the folders, which is that of the packages.
        members.sort_unstable();
        let workspace = all.workspaces.len();
        for member in &members {
            all.packages[*member].workspace = Some(workspace);
        }
        report_same_names(&members, all, problems);
        let resolver = resolver(manifest, table);
        let default_members = default_members(&members, root, table, all);
        all.workspaces.push(CargoWorkspace { root: root.clone(), resolver, members, default_members });
    }
}

/// What a command at the root means: `default-members`, or else the package that lies there, or else all members.
fn default_members(
    members: &[usize],
    root: &RepoPath,
    table: &WorkspaceTable,
    all: &CargoPackages,
) -> Vec<usize> {
    if table.default_members.is_empty() {
        let own = members.iter().filter(|member| all.packages[**member].folder == *root);
        let own: Vec<usize> = own.copied().collect();
        return if own.is_empty() { members.to_vec() } else { own };
    }
    let named: Vec<RepoPath> =
        table.default_members.iter().filter_map(|member| root.join(&member.value)).collect();
    let globs: Vec<_> = named.iter().filter_map(|path| path_glob(path.as_str()).ok()).collect();
    let is_meant = |member: &&usize| {
        let folder = &all.packages[**member].folder;
        named.contains(folder) || globs.iter().any(|glob| glob.is_match(folder.as_str()))
    };
    members.iter().filter(is_meant).copied().collect()
}

/// The folders that a `members` entry names.
fn expand(
    member: &Spanned<String>,
    root: &RepoPath,
    path: &RepoPath,
    table: &WorkspaceTable,
    inputs: &Inputs<'_>,
    problems: &mut Vec<Fault>,
) -> Vec<RepoPath> {
    // A member outside of the repository is nothing that we could see.
    let Some(pattern) = root.join(&member.value) else {
        return Vec::new();
    };
    let fault = |message: String, label: &str| Fault::of(path, message).at(member.span, label);
    if !member.value.contains(['*', '?', '[']) {
        let is_there = inputs.manifests.contains_key(&pattern);
        if !is_there && !is_unread(&pattern, inputs) {
            let message = format!("workspace member `{}` isn't there", member.value);
            let help = format!(
                "no `{pattern}/Cargo.toml` is part of the repository; remove the member, or check whether a `.gitignore` hides it"
            );
            problems.push(fault(message, "no manifest in this folder").help(help));
        }
        return is_there.then_some(pattern).into_iter().collect();
    }
    let glob = match path_glob(pattern.as_str()) {
        Ok(glob) => glob,
        Err(error) => {
            let message = format!("workspace member `{}` is not a valid glob", member.value);
            problems.push(
                fault(message, &error).help("write a folder, with `*` for a part of its name: `crates/*`"),
            );
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    let mut has_matched = false;
    for folder in folders_below(&literal_folder(&pattern), depth_of(&pattern), inputs) {
        if !glob.is_match(folder) {
            continue;
        }
        has_matched = true;
        let folder = RepoPath::from_normal(folder);
        if is_excluded(&folder, root, table) {
            continue;
        }
        if inputs.manifests.contains_key(&folder) {
            found.push(folder);
        } else if !is_unread(&folder, inputs) {
            let message = format!(
                "folder `{folder}` is matched by workspace member `{}`, but holds no Cargo.toml",
                member.value
            );
            let help = format!("cargo refuses this workspace; add a manifest, or `exclude = [\"{folder}\"]`");
            problems.push(fault(message, "matches a folder without a manifest").help(help));
        }
    }
    if !has_matched {
        let message = format!("workspace member `{}` matches nothing", member.value);
        problems.push(
            fault(message, "no folder of this name").help("cargo refuses this workspace; remove the glob"),
        );
    }
    found
}

/// Whether a manifest lies there that was not read: excluded by the configuration, or broken and
/// reported already.
fn is_unread(folder: &RepoPath, inputs: &Inputs<'_>) -> bool {
    folder.join("Cargo.toml").is_some_and(|path| inputs.listing.contains(path.as_str()))
}

/// The folder before the first part with a glob character.
fn literal_folder(pattern: &RepoPath) -> RepoPath {
    let literal: Vec<&str> = pattern.parts().take_while(|part| !part.contains(['*', '?', '['])).collect();
    RepoPath::new(&literal.join("/")).unwrap_or_else(RepoPath::root)
}

/// How deep below its literal folder a pattern matches.
fn depth_of(pattern: &RepoPath) -> usize {
    let parts = || pattern.parts().skip_while(|part| !part.contains(['*', '?', '[']));
    if parts().any(|part| part.contains("**")) { usize::MAX } else { parts().count() }
}

/// Every folder below one that holds a file, itself or further down, sorted.
fn folders_below<'i>(folder: &RepoPath, depth: usize, inputs: &Inputs<'i>) -> BTreeSet<&'i str> {
    let mut found = BTreeSet::new();
    for holding in inputs.listing.looks_into(folder, depth) {
        let around = holding.with_ancestors().take_while(|current| *current != folder.as_str());
        for current in around {
            if !found.insert(current) {
                break;
            }
        }
    }
    found
}

fn report_same_names(members: &[usize], all: &CargoPackages, problems: &mut Vec<Fault>) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for member in members {
        let package = &all.packages[*member];
        let Some(other) = first.insert(&package.name.value, *member) else {
            continue;
        };
        let message = format!(
            "two members of one workspace are named `{}`: `{}` and `{}`",
            package.name.value, all.packages[other].folder, package.folder
        );
        let fault = Fault::of(&package.manifest, message).at(package.name.span, "this name is taken");
        problems.push(fault.help("cargo refuses this workspace; rename one of them"));
    }
}

impl Resolver {
    /// What a root package without a word about it has.
    pub(crate) fn of_edition(edition: &str) -> Self {
        match edition {
            "2015" | "2018" => Self::V1,
            "2021" => Self::V2,
            _ => Self::V3,
        }
    }
}

/// A virtual workspace has resolver 1 unless it says otherwise; else the root's edition decides.
fn resolver(manifest: &Manifest, table: &WorkspaceTable) -> Resolver {
    let package = manifest.package.as_ref();
    let said = table.resolver.as_deref().or(package.and_then(|package| package.resolver.as_deref()));
    let edition = package.and_then(|package| match &package.edition {
        Some(Inheritable::Here(edition)) => Some(edition.as_str()),
        Some(Inheritable::FromWorkspace) => table.edition.as_deref(),
        None => None,
    });
    match (said, edition) {
        (Some("1"), _) => Resolver::V1,
        (Some("2"), _) => Resolver::V2,
        (Some(_), _) => Resolver::V3,
        (None, Some(edition)) => Resolver::of_edition(edition),
        (None, None) => Resolver::V1,
    }
}
