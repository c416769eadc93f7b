//! The `cargo metadata` of the repository's own packages, synthesized for guppy.
//!
//! Source of the format: The Cargo Book, "cargo metadata". A typed `Serialize` is ten times as fast
//! here as a `serde_json::Value`.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::sources::cargo::Section;
use crate::text::RepoPath;

use super::dependencies::invalid_cfg;
use super::{CargoPackage, CargoPackages, ResolvedDependency};

/// Where the repository seems to lie; guppy only compares paths.
const ROOT: &str = "/repository";

/// Which packages are resolved together.
pub(super) struct Shape<'a> {
    /// The folder of the workspace's root.
    pub(super) root: &'a RepoPath,
    /// Its members, as positions.
    pub(super) members: &'a [usize],
}

#[derive(Serialize)]
struct Metadata {
    packages: Vec<PackageRecord>,
    workspace_members: Vec<String>,
    resolve: ResolveRecord,
    target_directory: &'static str,
    version: u32,
    workspace_root: String,
}

#[derive(Serialize)]
struct PackageRecord {
    name: String,
    version: String,
    id: String,
    source: Option<String>,
    dependencies: Vec<DependencyRecord>,
    targets: Vec<TargetRecord>,
    features: BTreeMap<String, Vec<String>>,
    manifest_path: String,
    edition: String,
    links: Option<String>,
}

#[derive(Serialize)]
struct DependencyRecord {
    name: String,
    source: Option<&'static str>,
    req: String,
    kind: Option<&'static str>,
    rename: Option<String>,
    optional: bool,
    uses_default_features: bool,
    features: Vec<String>,
    target: Option<String>,
    path: Option<String>,
}

#[derive(Serialize)]
struct TargetRecord {
    kind: [&'static str; 1],
    crate_types: [&'static str; 1],
    name: String,
    src_path: String,
    edition: String,
}

#[derive(Serialize)]
struct ResolveRecord {
    nodes: Vec<NodeRecord>,
    root: Option<String>,
}

#[derive(Serialize)]
struct NodeRecord {
    id: String,
    dependencies: Vec<String>,
    deps: Vec<NodeDependencyRecord>,
    features: [&'static str; 0],
}

#[derive(Serialize)]
struct NodeDependencyRecord {
    name: String,
    pkg: String,
    dep_kinds: Vec<KindRecord>,
}

#[derive(Serialize)]
struct KindRecord {
    kind: Option<&'static str>,
    target: Option<String>,
}

/// The id that a package has in the synthesized metadata.
pub(super) fn id_of(all: &CargoPackages, at: usize) -> String {
    let package = &all.packages[at];
    format!("path+file://{ROOT}/{}#{}@{}", package.folder.as_str(), package.name.value, package.version)
}

/// The Cargo feature that stands for a binary's `required-features`; no manifest can have one of
/// this name.
pub(super) fn required_features_name(binary: &str) -> String {
    format!("required by the binary {binary}")
}

pub(super) fn is_required_features_name(name: &str) -> bool {
    name.starts_with("required by the binary ")
}

/// The metadata of one workspace and of every package that it reaches.
///
/// Packages outside of the workspace come without their dev-dependencies, as cargo loads them.
pub(super) fn synthesize(all: &CargoPackages, shape: &Shape<'_>) -> Result<String, String> {
    let mut loaded: BTreeMap<usize, Loaded<'_>> = BTreeMap::new();
    let mut pending: Vec<usize> = shape.members.to_vec();
    while let Some(next) = pending.pop() {
        if let Entry::Vacant(empty) = loaded.entry(next) {
            let package = empty.insert(Loaded::new(&all.packages[next], next, shape));
            pending.extend(package.dependencies.iter().filter_map(|one| one.target));
        }
    }
    let records = loaded
        .iter()
        .map(|(at, package)| (package_record(all, *at, package), node_record(all, *at, package)));
    let (packages, nodes) = records.unzip();
    let metadata = Metadata {
        packages,
        workspace_members: shape.members.iter().map(|at| id_of(all, *at)).collect(),
        resolve: ResolveRecord { nodes, root: None },
        target_directory: "/repository/target",
        version: 1,
        workspace_root: absolute(shape.root.as_str()),
    };
    serde_json::to_string(&metadata).map_err(|error| error.to_string())
}

fn absolute(path: &str) -> String {
    if path.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{path}") }
}

/// A package as one workspace sees it.
struct Loaded<'a> {
    package: &'a CargoPackage,
    dependencies: Vec<Cow<'a, ResolvedDependency>>,
}

impl<'a> Loaded<'a> {
    /// The dependencies that cargo would load, without those whose platform can't be parsed (they are
    /// reported), which would fail the whole graph. A patch counts in its own workspace only.
    fn new(package: &'a CargoPackage, at: usize, shape: &Shape<'_>) -> Self {
        let is_member = shape.members.contains(&at);
        let is_counted = |dependency: &&ResolvedDependency| {
            let is_valid = dependency.platform.as_deref().is_none_or(|cfg| invalid_cfg(cfg).is_none());
            is_valid && (is_member || dependency.section != Section::Dev)
        };
        let seen = |dependency: &'a ResolvedDependency| match &dependency.patched_in {
            Some(root) if root != shape.root => {
                let elsewhere = ResolvedDependency { target: None, through: None, ..dependency.clone() };
                Cow::Owned(elsewhere)
            }
            _ => Cow::Borrowed(dependency),
        };
        Self { package, dependencies: package.dependencies.iter().filter(is_counted).map(seen).collect() }
    }
}

fn package_record(all: &CargoPackages, at: usize, loaded: &Loaded<'_>) -> PackageRecord {
    let package = loaded.package;
    // A third-party crate that leads back is replaced by the package that it leads to.
    let through = loaded.dependencies.iter().filter(|dependency| dependency.through.is_some());
    let redirected: BTreeSet<&str> = through.map(|dependency| dependency.key()).collect();
    let dependencies = loaded
        .dependencies
        .iter()
        .filter(|dependency| dependency.target.is_some() || !redirected.contains(dependency.key()));
    PackageRecord {
        name: package.name.value.clone(),
        version: package.version.to_string(),
        id: id_of(all, at),
        source: None,
        dependencies: dependencies.map(|dependency| dependency_record(all, dependency)).collect(),
        targets: targets(package),
        features: features(loaded),
        manifest_path: absolute(package.manifest.as_str()),
        edition: known_edition(&package.edition),
        links: package.links.clone(),
    }
}

fn dependency_record(all: &CargoPackages, dependency: &ResolvedDependency) -> DependencyRecord {
    let target = dependency.target.map(|target| &all.packages[target]);
    let name = target.map_or(&dependency.package, |target| &target.name.value).clone();
    let key = dependency.key();
    let is_direct = dependency.through.is_none();
    DependencyRecord {
        rename: (key != name).then(|| key.to_owned()),
        source: target.is_none().then_some("registry+https://github.com/rust-lang/crates.io-index"),
        req: target.map_or("*".to_owned(), |target| format!("={}", target.version)),
        kind: kind(dependency.section),
        optional: dependency.optional,
        uses_default_features: dependency.default_features,
        features: if is_direct { dependency.features.clone() } else { Vec::new() },
        target: dependency.platform.as_deref().map(platform),
        path: target.map(|target| absolute(target.folder.as_str())),
        name,
    }
}

/// guppy refuses a graph with an edition that it doesn't know; which one it is changes nothing here.
fn known_edition(edition: &str) -> String {
    let known = ["2015", "2018", "2021", "2024"].contains(&edition);
    if known { edition } else { "2024" }.to_owned()
}

fn kind(section: Section) -> Option<&'static str> {
    match section {
        Section::Normal => None,
        Section::Dev => Some("dev"),
        Section::Build => Some("build"),
    }
}

/// guppy takes the literals `true` and `false` for unknown names; empty lists say the same.
fn platform(written: &str) -> String {
    if !written.starts_with("cfg(") {
        return written.to_owned();
    }
    let mut output = String::new();
    let mut rest = written;
    while let Some(at) = rest.find(['t', 'f', '"']) {
        let (before, from) = rest.split_at(at);
        output.push_str(before);
        if let Some(text) = from.strip_prefix('"') {
            let end = text.find('"').map_or(from.len(), |end| end + 2);
            output.push_str(&from[..end]);
            rest = &from[end..];
            continue;
        }
        let starts_word = !output.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        let length = from.find(|next: char| !(next.is_alphanumeric() || next == '_')).unwrap_or(from.len());
        let (word, after) = from.split_at(length);
        let is_value = starts_word && !after.trim_start().starts_with(['=', '(']);
        output.push_str(match word {
            "true" if is_value => "all()",
            "false" if is_value => "any()",
            word => word,
        });
        rest = after;
    }
    output + rest
}

/// The Cargo features, rewritten so that they name nothing that guppy is not given.
fn features(loaded: &Loaded<'_>) -> BTreeMap<String, Vec<String>> {
    let package = loaded.package;
    let mut features: BTreeMap<String, Vec<String>> = package
        .cargo_features
        .iter()
        .map(|(name, needs)| {
            (name.clone(), needs.iter().filter_map(|need| rewritten(loaded, need)).collect())
        })
        .collect();
    for binary in &package.binaries {
        let needs = binary.required_features.iter().filter_map(|need| rewritten(loaded, need));
        features.insert(required_features_name(&binary.name), needs.collect());
    }
    features
}

/// `dependency/feature` is kept where the dependency is in the repository. Elsewhere it switches an
/// optional dependency on, and says nothing more that matters here.
fn rewritten(loaded: &Loaded<'_>, need: &str) -> Option<String> {
    let Some((name, _)) = need.split_once('/') else {
        return Some(need.to_owned());
    };
    let is_weak = name.ends_with('?');
    let name = name.trim_end_matches('?');
    let mut named = loaded.dependencies.iter().filter(|dependency| dependency.key() == name).peekable();
    let is_optional = named.peek().is_some_and(|dependency| dependency.optional);
    if named.any(|dependency| dependency.target.is_some() && dependency.through.is_none()) {
        return Some(need.to_owned());
    }
    match (is_weak, is_optional) {
        (false, true) if loaded.package.cargo_features.contains_key(name) => Some(name.to_owned()),
        (false, true) => Some(format!("dep:{name}")),
        _ => None,
    }
}

fn targets(package: &CargoPackage) -> Vec<TargetRecord> {
    let target = |kind: &'static str, name: &str, path: &str| TargetRecord {
        kind: [kind],
        crate_types: [if matches!(kind, "lib" | "proc-macro") { kind } else { "bin" }],
        name: name.to_owned(),
        src_path: format!("{}/{path}", absolute(package.folder.as_str())),
        edition: known_edition(&package.edition),
    };
    // guppy refuses a dependency on a package without a library, but cargo hears what that package
    // asks of others: it gets a library here, which [`super::build_sets`] does not follow.
    let library = match &package.library {
        None => target("lib", &package.name.value.replace('-', "_"), "src/lib.rs"),
        Some(library) => {
            let kind = if library.is_proc_macro { "proc-macro" } else { "lib" };
            target(kind, &library.name, &library.path)
        }
    };
    let binaries = package.binaries.iter().map(|binary| target("bin", &binary.name, &binary.path));
    let script = package.build_script.as_ref();
    let script = script.map(|path| target("custom-build", "build-script-build", path));
    std::iter::once(library).chain(binaries).chain(script).collect()
}

fn node_record(all: &CargoPackages, at: usize, loaded: &Loaded<'_>) -> NodeRecord {
    let mut deps: BTreeMap<(String, String), Vec<KindRecord>> = BTreeMap::new();
    for dependency in &loaded.dependencies {
        let Some(target) = dependency.target else {
            continue;
        };
        let name = resolve_name(dependency, &all.packages[target]);
        deps.entry((name, id_of(all, target))).or_default().push(KindRecord {
            kind: kind(dependency.section),
            target: dependency.platform.as_deref().map(platform),
        });
    }
    NodeRecord {
        id: id_of(all, at),
        dependencies: deps.keys().map(|(_, id)| id.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        deps: deps
            .into_iter()
            .map(|((name, pkg), dep_kinds)| NodeDependencyRecord { name, pkg, dep_kinds })
            .collect(),
        features: [],
    }
}

/// The name by which code calls it: the rename, or else the library's own name.
pub(super) fn resolve_name(dependency: &ResolvedDependency, target: &CargoPackage) -> String {
    let is_renamed = dependency.rename.is_some() || dependency.through.is_some();
    match (&target.library, is_renamed) {
        (Some(library), false) => library.name.replace('-', "_"),
        _ => dependency.key().replace('-', "_"),
    }
}

#[cfg(test)]
mod tests {
    use super::platform;

    #[test]
    fn literals_of_a_cfg_are_rewritten_and_nothing_else() {
        assert_eq!(platform("cfg(true)"), "cfg(all())");
        assert_eq!(platform("cfg(any(false, windows))"), "cfg(any(any(), windows))");
        assert_eq!(platform("cfg(not(feature = \"true\"))"), "cfg(not(feature = \"true\"))");
        assert_eq!(platform("cfg(target_os = \"linux\")"), "cfg(target_os = \"linux\")");
        assert_eq!(platform("x86_64-unknown-false"), "x86_64-unknown-false");
    }
}
