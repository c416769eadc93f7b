//! Patches and overrides that lead a dependency into the repository although its line does not.
//!
//! Source of the rules: The Cargo Book, "Overriding Dependencies".

use std::collections::{BTreeMap, BTreeSet};

use semver::VersionReq;

use crate::sources::cargo::{LockFile, LockedPackage};
use crate::text::{Fault, Location, RepoPath};

use super::dependencies::MEND_PATH;
use super::{Asked, CargoPackages, DependencySource, Inputs, Positions, ResolvedDependency};

/// A package of the repository that replaces one from elsewhere.
struct Override {
    /// The source that it replaces; `None` replaces every one (`paths`, `[replace]`).
    source: Option<String>,
    /// The package, as a position.
    target: usize,
    /// Where the patch stands; `paths` has no line of its own.
    line: Option<Location>,
}

/// Links what patches and `paths` overrides redirect into the repository.
pub(super) fn link(
    inputs: &Inputs<'_>,
    position: &Positions,
    all: &mut CargoPackages,
    asked: &Asked<'_>,
    problems: &mut Vec<Fault>,
) {
    let mut roots: Vec<(RepoPath, Vec<usize>)> =
        all.workspaces.iter().map(|workspace| (workspace.root.clone(), workspace.members.clone())).collect();
    let alone = all.packages.iter().enumerate().filter(|(_, package)| package.workspace.is_none());
    roots.extend(alone.map(|(index, package)| (package.folder.clone(), vec![index])));
    for (root, members) in roots {
        let overrides = overrides_of(&root, inputs, position, asked.is_excluded, problems);
        if overrides.is_empty() {
            continue;
        }
        link_direct(&root, &overrides, &members, all);
        let lock = root.join("Cargo.lock").filter(|path| inputs.listing.contains(path.as_str()));
        if let Some(lock) = lock.and_then(|path| (asked.read_lock)(&path)) {
            link_through_third_party(&root, &lock, &overrides, &members, all);
        }
    }
}

fn overrides_of(
    root: &RepoPath,
    inputs: &Inputs<'_>,
    position: &Positions,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
    problems: &mut Vec<Fault>,
) -> Vec<Override> {
    let mut found = Vec::new();
    let manifest = inputs.manifests.get(root).map(|(path, manifest)| (root, *path, &manifest.patches));
    let configs = root.with_ancestors().filter_map(|folder| {
        let (folder, (path, config)) = inputs.configs.get_key_value(folder)?;
        Some((folder, *path, *config))
    });
    let configs: Vec<_> = configs.collect();
    let patches = configs.iter().map(|(folder, path, config)| (*folder, *path, &config.patches));
    for (folder, path, patches) in manifest.into_iter().chain(patches) {
        for patch in patches {
            let target = patch.requirement.path.as_ref().and_then(|to| folder.join(&to.value));
            let Some(folder) = target else { continue };
            let line = Location { path: path.clone(), span: patch.key.span };
            let Some(target) = position.get(&folder).copied() else {
                let manifest = folder.join("Cargo.toml").unwrap_or_else(|| folder.clone());
                if !is_excluded(&manifest) && !inputs.listing.contains(manifest.as_str()) {
                    let message = format!("the patch of `{}` is not at `{folder}`", patch.key.value);
                    let fault = Fault::of(path, message).at(line.span, "no manifest in this folder");
                    problems.push(fault.help(MEND_PATH));
                }
                continue;
            };
            found.push(Override { source: patch.source.clone(), target, line: Some(line) });
        }
    }
    for (folder, _, config) in configs {
        let targets = config.paths.iter().filter_map(|path| position.get(&folder.join(path)?).copied());
        found.extend(targets.map(|target| Override { source: None, target, line: None }));
    }
    found
}

impl Override {
    fn replaces(&self, dependency: &ResolvedDependency, all: &CargoPackages) -> bool {
        let package = &all.packages[self.target];
        let is_source = match (&self.source, &dependency.source) {
            (_, DependencySource::Path(_)) => false,
            (None, DependencySource::Registry(_) | DependencySource::Git(_)) => true,
            (Some(patched), DependencySource::Registry(None)) => patched == "crates-io",
            (Some(patched), DependencySource::Registry(Some(name))) => patched == name,
            (Some(patched), DependencySource::Git(url)) => canonical(patched) == canonical(url),
        };
        let accepts =
            |version: &str| VersionReq::parse(version).is_ok_and(|wanted| wanted.matches(&package.version));
        is_source
            && package.name.value == dependency.package
            && dependency.version.as_deref().is_none_or(accepts)
    }
}

/// Git URLs differ in what does not matter.
fn canonical(url: &str) -> String {
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url).to_lowercase()
}

fn link_direct(root: &RepoPath, overrides: &[Override], members: &[usize], all: &mut CargoPackages) {
    for member in members {
        for at in 0..all.packages[*member].dependencies.len() {
            let dependency = &all.packages[*member].dependencies[at];
            let found = overrides.iter().find(|candidate| candidate.replaces(dependency, all));
            let Some(found) = found.filter(|found| found.target != *member) else {
                continue;
            };
            let dependency = &mut all.packages[*member].dependencies[at];
            dependency.target = Some(found.target);
            dependency.patched_in = Some(root.clone());
            dependency.evidence = dependency.evidence.iter().chain(&found.line).cloned().collect();
        }
    }
}

/// A third-party crate that depends on a patched one leads back into the repository. Only the lock
/// file knows; it names neither kind nor Cargo features, so the coupling counts as unconditional.
fn link_through_third_party(
    root: &RepoPath,
    lock: &LockFile,
    overrides: &[Override],
    members: &[usize],
    all: &mut CargoPackages,
) {
    let reaches = Reaches::new(lock, overrides, all);
    if reaches.by_package.is_empty() {
        return;
    }
    for member in members {
        let mut added = Vec::new();
        for dependency in &all.packages[*member].dependencies {
            let is_elsewhere =
                dependency.target.is_none() && !matches!(dependency.source, DependencySource::Path(_));
            if !is_elsewhere {
                continue;
            }
            for over in reaches.through(dependency).into_iter().map(|at| &overrides[at]) {
                if over.target == *member {
                    continue;
                }
                added.push(ResolvedDependency {
                    target: Some(over.target),
                    patched_in: Some(root.clone()),
                    through: Some(dependency.package.clone()),
                    evidence: dependency.evidence.iter().cloned().chain(over.line.clone()).collect(),
                    ..dependency.clone()
                });
            }
        }
        all.packages[*member].dependencies.extend(added);
    }
}

/// Which overrides each third-party package of a lock file reaches.
struct Reaches<'l> {
    lock: &'l LockFile,
    by_package: BTreeMap<usize, BTreeSet<usize>>,
}

impl<'l> Reaches<'l> {
    fn new(lock: &'l LockFile, overrides: &[Override], all: &CargoPackages) -> Self {
        let mut users: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let index = Index::new(lock);
        for (user, package) in lock.packages.iter().enumerate() {
            for used in package.dependencies.iter().filter_map(|name| index.find(name)) {
                users.entry(used).or_default().push(user);
            }
        }
        let mut by_package: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (at, over) in overrides.iter().enumerate() {
            let target = &all.packages[over.target];
            // With `[patch]`, the package itself is what others depend on; with `[replace]` and
            // `paths`, it is the one that it stands for.
            let is_start = |(_, package): &(usize, &LockedPackage)| {
                package.name == target.name.value
                    && (!package.is_third_party() || package.is_replaced || over.line.is_none())
            };
            let starts = lock.packages.iter().enumerate().filter(is_start);
            let mut pending: Vec<usize> = starts.map(|(at, _)| at).collect();
            while let Some(next) = pending.pop() {
                for user in users.get(&next).into_iter().flatten() {
                    let is_new = lock.packages[*user].is_third_party()
                        && by_package.entry(*user).or_default().insert(at);
                    if is_new {
                        pending.push(*user);
                    }
                }
            }
        }
        Self { lock, by_package }
    }

    /// The overrides that a dependency on a third-party crate leads to.
    fn through(&self, dependency: &ResolvedDependency) -> BTreeSet<usize> {
        let wanted = dependency.version.as_deref().and_then(|version| VersionReq::parse(version).ok());
        let is_meant = |package: &LockedPackage| {
            package.name == dependency.package
                && match (&wanted, semver::Version::parse(&package.version)) {
                    (Some(wanted), Ok(version)) => wanted.matches(&version),
                    _ => true,
                }
        };
        let found = self.by_package.iter().filter(|(at, _)| is_meant(&self.lock.packages[**at]));
        found.flat_map(|(_, overrides)| overrides.iter().copied()).collect()
    }
}

/// Finds the package that an entry of a lock file's `dependencies` means.
struct Index<'l> {
    lock: &'l LockFile,
    by_name: BTreeMap<&'l str, Vec<usize>>,
}

impl<'l> Index<'l> {
    fn new(lock: &'l LockFile) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, package) in lock.packages.iter().enumerate() {
            by_name.entry(&package.name).or_default().push(at);
        }
        Self { lock, by_name }
    }

    fn find(&self, entry: &str) -> Option<usize> {
        let mut words = entry.split(' ');
        let candidates = self.by_name.get(words.next()?)?;
        match words.next() {
            None => candidates.first().copied(),
            Some(version) => {
                let is_version = |at: &&usize| self.lock.packages[**at].version == version;
                candidates.iter().find(is_version).copied()
            }
        }
    }
}
