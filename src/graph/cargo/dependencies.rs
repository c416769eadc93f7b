//! What a package depends on, with what it inherits from its workspace.
//!
//! Source of the rules: The Cargo Book, "Specifying Dependencies" and "Inheriting a dependency
//! from a workspace".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::sources::cargo::{Dependency, Manifest, Requirement};
use crate::text::{Fault, Location, RepoPath, Span, nearest};

use super::{CargoPackages, DependencySource, Inputs, Positions, ResolvedDependency};

/// The roots of all workspaces, with where each of their `[workspace.dependencies]` comes from:
/// resolved once, and not for every member that inherits it.
pub(super) struct Roots<'f>(BTreeMap<RepoPath, Root<'f>>);

/// What a member can inherit from.
pub(super) struct Root<'f> {
    path: &'f RepoPath,
    dependencies: BTreeMap<&'f str, (Span, &'f Requirement, DependencySource)>,
}

impl<'f> Roots<'f> {
    pub(super) fn new(inputs: &Inputs<'f>) -> Self {
        let roots = inputs.manifests.iter().filter_map(|(folder, (path, manifest))| {
            let entries = manifest.workspace.as_ref()?.dependencies.iter();
            let entries = entries.map(|(key, (span, requirement))| {
                (key.as_str(), (*span, requirement, DependencySource::of(requirement, folder)))
            });
            Some((folder.clone(), Root { path, dependencies: entries.collect() }))
        });
        Self(roots.collect())
    }

    pub(super) fn of(&self, root: &RepoPath) -> Option<&Root<'f>> {
        self.0.get(root)
    }
}

/// Every dependency of a manifest, inheritance applied, none linked yet.
pub(super) fn resolve(
    path: &RepoPath,
    folder: &RepoPath,
    manifest: &Manifest,
    root: Option<&Root<'_>>,
    problems: &mut Vec<Fault>,
) -> Vec<ResolvedDependency> {
    let read = |dependency: &Dependency| {
        check_platform(path, dependency, problems);
        let own = &dependency.requirement;
        let here = Location { path: path.clone(), span: dependency.span };
        if !own.inherits {
            let source = DependencySource::of(own, folder);
            return Some(resolved(dependency, own, own, source, Arc::from([here])));
        }
        match inherited(path, dependency, root) {
            Ok((base, source, line)) => {
                Some(resolved(dependency, own, base, source.clone(), Arc::from([here, line])))
            }
            Err(fault) => {
                problems.push(*fault);
                None
            }
        }
    };
    manifest.dependencies.iter().filter_map(read).collect()
}

/// Joins what a member says (`own`) with what it inherits (`base`); both are the same where nothing
/// is inherited.
fn resolved(
    dependency: &Dependency,
    own: &Requirement,
    base: &Requirement,
    source: DependencySource,
    evidence: Arc<[Location]>,
) -> ResolvedDependency {
    let key = &dependency.key.value;
    let mut features = base.features.clone();
    if own.inherits {
        features.extend(own.features.iter().cloned());
    }
    ResolvedDependency {
        package: base.package.clone().unwrap_or_else(|| key.clone()),
        rename: base.package.as_ref().map(|_| key.clone()),
        version: base.version.clone(),
        section: dependency.section,
        platform: dependency.platform.as_ref().map(|platform| platform.value.clone()),
        optional: own.optional,
        // The workspace's default is on; a member can switch it on, never off.
        default_features: base.default_features.unwrap_or(true)
            || (own.inherits && own.default_features == Some(true)),
        features,
        source,
        evidence,
        target: None,
        patched_in: None,
        through: None,
    }
}

impl DependencySource {
    fn of(requirement: &Requirement, folder: &RepoPath) -> Self {
        match (&requirement.path, &requirement.git) {
            (Some(path), _) => Self::Path(folder.join(&path.value)),
            (None, Some(url)) => Self::Git(url.clone()),
            (None, None) => Self::Registry(requirement.registry.clone()),
        }
    }
}

/// The entry of `[workspace.dependencies]` that a dependency inherits from: what it asks for, where
/// that comes from, and its line.
fn inherited<'r>(
    path: &RepoPath,
    dependency: &Dependency,
    root: Option<&'r Root<'_>>,
) -> Result<(&'r Requirement, &'r DependencySource, Location), Box<Fault>> {
    let key = &dependency.key;
    let fault = |message: String, label: &str| Box::new(Fault::of(path, message).at(key.span, label));
    let Some(root) = root else {
        let message = format!("`{}` is inherited, but this package is in no workspace", key.value);
        let help = "say the version or path here, or add the package to a workspace";
        return Err(Box::new(fault(message, "`workspace = true` has no workspace").help(help)));
    };
    let Some((span, base, source)) = root.dependencies.get(key.value.as_str()) else {
        let message = format!("`{}` is inherited, but `{}` does not declare it", key.value, root.path);
        let help = match nearest(&key.value, root.dependencies.keys().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add `{}` to `[workspace.dependencies]` of `{}`", key.value, root.path),
        };
        let label = "not in `[workspace.dependencies]`";
        return Err(Box::new(fault(message, label).help(help)));
    };
    Ok((base, source, Location { path: root.path.clone(), span: *span }))
}

/// A `cfg(…)` that can't be parsed is reported; the dependency still counts, on every platform that
/// anybody may have meant. Unknown target triples are cargo's business.
fn check_platform(path: &RepoPath, dependency: &Dependency, problems: &mut Vec<Fault>) {
    let Some(platform) = &dependency.platform else {
        return;
    };
    let Some(reason) = invalid_cfg(&platform.value) else {
        return;
    };
    let message = format!("`{}` is not a valid platform", platform.value);
    let fault = Fault::of(path, message).at(platform.span, reason);
    let fault = fault.help("write a condition, as `cfg(unix)`, or a target, as `x86_64-unknown-linux-gnu`");
    // The dependencies of one table share its key.
    if problems.last() != Some(&fault) {
        problems.push(fault);
    }
}

/// What to do about a path that leads to no package.
pub(super) const MEND_PATH: &str = "mend the path, or check whether a `.gitignore` hides the folder";

/// How many parentheses a `cfg(…)` may have: far above what anybody writes.
const MOST_PARENTHESES: usize = 100;

/// Why a platform's `cfg(…)` can't be parsed; `None` if it can, or if it is a target triple.
pub(crate) fn invalid_cfg(platform: &str) -> Option<String> {
    if !platform.starts_with("cfg(") {
        let is_triple = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        let is_fine = !platform.is_empty() && platform.chars().all(is_triple);
        return (!is_fine).then(|| "neither a `cfg(…)` nor a target triple".to_owned());
    }
    // Expressions are evaluated recursively.
    if platform.matches('(').count() > MOST_PARENTHESES {
        return Some(format!("more than {MOST_PARENTHESES} parentheses"));
    }
    target_spec::TargetSpec::new(platform.to_owned()).err().map(|error| match error {
        target_spec::Error::InvalidExpression(error) => error.kind.to_string(),
        other => other.to_string(),
    })
}

/// The Cargo features of a package, with those that cargo adds: an optional dependency is a Cargo
/// feature of the same name, unless one is declared or `dep:` names it.
pub(super) fn with_implicit_features(
    manifest: &Manifest,
    dependencies: &[ResolvedDependency],
) -> BTreeMap<String, Vec<String>> {
    let mut features: BTreeMap<String, Vec<String>> = manifest.cargo_features.iter().cloned().collect();
    let named: BTreeSet<String> =
        features.values().flatten().filter_map(|need| need.strip_prefix("dep:")).map(str::to_owned).collect();
    for dependency in dependencies.iter().filter(|dependency| dependency.optional) {
        let key = dependency.key();
        if !named.contains(key) && !features.contains_key(key) {
            features.insert(key.to_owned(), vec![format!("dep:{key}")]);
        }
    }
    features
}

/// Which Cargo features of a package switch what on.
pub(crate) struct Switches<'p> {
    /// By what is switched on (a feature's name, or `dep:` and a dependency's): by which features.
    by_need: BTreeMap<(bool, &'p str), Vec<&'p str>>,
}

impl<'p> Switches<'p> {
    /// Reads the table of a package's Cargo features once.
    pub(crate) fn new(features: &'p BTreeMap<String, Vec<String>>) -> Self {
        let mut by_need: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for (name, needs) in features {
            for need in needs {
                let key = match (need.split_once('/'), need.strip_prefix("dep:")) {
                    // `name?/feature` switches nothing on by itself; `?` is in no dependency's name.
                    (Some((dependency, _)), _) | (None, Some(dependency)) => (true, dependency),
                    (None, None) => (false, need.as_str()),
                };
                by_need.entry(key).or_default().push(name);
            }
        }
        Self { by_need }
    }

    /// The Cargo features that switch an optional dependency on themselves, and `default` if it leads
    /// there; sorted. Those that only lead to them are left out: they can be as many for each dependency.
    pub(crate) fn of(&self, dependency: &str) -> Vec<String> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut pending: Vec<&str> = self.by_need.get(&(true, dependency)).cloned().unwrap_or_default();
        let mut found: BTreeSet<&str> = pending.iter().copied().collect();
        while let Some(feature) = pending.pop() {
            if seen.insert(feature) {
                pending.extend(self.by_need.get(&(false, feature)).into_iter().flatten());
            }
        }
        found.extend(seen.get("default"));
        found.into_iter().map(str::to_owned).collect()
    }
}

/// Whether a manifest was read well and has no `[package]`.
pub(super) fn holds_no_package(folder: &RepoPath, inputs: &Inputs<'_>, problems: &[Fault]) -> bool {
    inputs.manifests.get(folder).is_some_and(|(path, manifest)| {
        manifest.package.is_none() && !problems.iter().any(|problem| problem.path == path.as_str())
    })
}

/// Links path dependencies to the packages of the repository.
pub(super) fn link_paths(
    inputs: &Inputs<'_>,
    position: &Positions,
    all: &mut CargoPackages,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
    problems: &mut Vec<Fault>,
) {
    all.packages.par_iter_mut().flat_map_iter(|package| &mut package.dependencies).for_each(|dependency| {
        // Where the folder holds a package of another name, the path is what is meant.
        if let DependencySource::Path(Some(folder)) = &dependency.source {
            dependency.target = position.get(folder).copied();
        }
    });
    for package in &all.packages {
        for dependency in &package.dependencies {
            let DependencySource::Path(Some(folder)) = &dependency.source else {
                continue;
            };
            let Some(line) = dependency.evidence.last() else {
                continue;
            };
            let fault = |message: String, label: &str| Fault::of(&line.path, message).at(line.span, label);
            match dependency.target.map(|target| &all.packages[target].name.value) {
                Some(found) if *found == dependency.package => {}
                Some(found) => {
                    let message =
                        format!("`{folder}` holds the package `{found}`, not `{}`", dependency.package);
                    let help = format!("name it `{found}`, or add `package = \"{found}\"`");
                    problems.push(fault(message, "this path holds another package").help(help));
                }
                None => {
                    let manifest = folder.join("Cargo.toml").unwrap_or_else(|| folder.clone());
                    if holds_no_package(folder, inputs, problems) {
                        let message = format!("`{folder}` holds no package");
                        let help = "add a `[package]` there, or name the folder of a package";
                        problems.push(fault(message, "no `[package]` in this manifest").help(help));
                    }
                    // What is excluded, or broken and reported already, is no second problem.
                    if is_excluded(&manifest) || inputs.listing.contains(manifest.as_str()) {
                        continue;
                    }
                    let message = format!("`{}` is not at `{folder}`", dependency.package);
                    problems.push(fault(message, "no manifest in this folder").help(MEND_PATH));
                }
            }
        }
    }
    problems.sort();
    problems.dedup();
}
