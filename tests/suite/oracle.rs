//! Holds what watertight says of a repository against what cargo says of it: every coupling between
//! packages, and what every binary links.
//!
//! Cargo is asked in two ways: `cargo metadata` for the couplings (with `--no-deps` where it can't
//! resolve, for want of a network or of a toolchain), and `cargo build --unit-graph` for the build
//! sets. `cargo tree` would be no good oracle for those: it shows dependencies without a library and
//! the build dependencies of packages without a build script.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The target that build sets are compared for.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// How a comparison of one repository went.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// How many packages were compared.
    pub(crate) packages: usize,
    /// How many couplings.
    pub(crate) couplings: usize,
    /// How many build sets.
    pub(crate) build_sets: usize,
    /// What cargo could not tell, and what was compared instead.
    pub(crate) notes: Vec<String>,
    /// What differs.
    pub(crate) differences: Vec<String>,
}

/// A coupling, as both sides can say it.
type Edge = (String, String, String);

/// Compares one repository. `binary` is watertight.
pub(crate) fn compare(binary: &Path, repository: &Path, build_sets: bool) -> Comparison {
    let repository = repository.canonicalize().expect("a folder");
    // Windows' canonical paths begin with a mark that cargo does not print.
    let repository = match repository.to_str().and_then(|path| path.strip_prefix(r"\\?\")) {
        Some(plain) => PathBuf::from(plain),
        None => repository,
    };
    let mut comparison = Comparison::default();
    let ours = Ours::read(binary, &repository, false);
    let all_features = build_sets.then(|| Ours::read(binary, &repository, true));
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut libraries: BTreeMap<String, bool> = BTreeMap::new();
    let mut told: Vec<(Value, bool)> = Vec::new();
    for folder in ours.folders.keys() {
        if known.contains(folder) {
            continue;
        }
        let Some((metadata, is_resolved)) = metadata(&repository, folder, &mut comparison.notes) else {
            known.insert(folder.clone());
            continue;
        };
        for package in items(&metadata["packages"]) {
            let Some(folder) = folder_of(package, &repository) else { continue };
            libraries.insert(folder, !library_name(package).is_empty());
        }
        let members = members(&metadata, &repository);
        known.extend(members.iter().map(|(_, folder)| folder.clone()));
        known.insert(folder.clone());
        told.push((metadata, is_resolved));
    }
    for (metadata, is_resolved) in &told {
        for (id, folder) in members(metadata, &repository) {
            let Some(own) = ours.edges.get(&folder) else {
                comparison.differences.push(format!("cargo has a member at `{folder}`, we have none"));
                continue;
            };
            let expected = edges(metadata, &id, &folder, &repository, *is_resolved, &libraries);
            comparison.packages += 1;
            comparison.couplings += expected.len();
            let difference = |what: &str, edge: &Edge| format!("{what}: {} -> {} {}", edge.0, edge.1, edge.2);
            // Without the resolved graph, cargo doesn't say what patches redirect.
            let is_comparable = |edge: &&Edge| *is_resolved || !ours.redirected.contains(edge);
            let missing = expected.difference(own).map(|edge| difference("missed", edge));
            let extra = own.difference(&expected).filter(is_comparable);
            comparison.differences.extend(missing);
            comparison.differences.extend(extra.map(|edge| difference("made up", edge)));
        }
        if let Some(all_features) = &all_features
            && *is_resolved
        {
            for (id, folder) in members(metadata, &repository) {
                compare_build_sets(&ours, metadata, &id, &folder, &repository, false, &mut comparison);
                compare_build_sets(all_features, metadata, &id, &folder, &repository, true, &mut comparison);
            }
        }
    }
    comparison
}

/// What watertight says.
struct Ours {
    /// The package in each folder.
    folders: BTreeMap<String, String>,
    edges: BTreeMap<String, BTreeSet<Edge>>,
    redirected: BTreeSet<Edge>,
    /// By folder and binary: what it links, and what runs while it is built; as folders.
    build_sets: BTreeMap<(String, String), [BTreeSet<String>; 2]>,
}

impl Ours {
    fn read(binary: &Path, repository: &Path, all_features: bool) -> Self {
        let mut command = Command::new(binary);
        command.arg("graph").arg(repository).args(["--build-sets", "--target", TARGET]);
        if all_features {
            command.arg("--all-features");
        }
        let output = command.output().expect("watertight runs");
        let graph: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "no graph of {}: {error}: {}",
                repository.display(),
                String::from_utf8_lossy(&output.stderr)
            )
        });
        let units = items(&graph["units"]);
        let is_package = |unit: &&Value| unit["kind"] == "package";
        let by_id: BTreeMap<&str, String> = units
            .iter()
            .filter(is_package)
            .map(|unit| (text(&unit["id"]), text(&unit["path"]).to_owned()))
            .collect();
        let mut edges: BTreeMap<String, BTreeSet<Edge>> =
            by_id.values().map(|folder| (folder.clone(), BTreeSet::new())).collect();
        let mut redirected = BTreeSet::new();
        for coupling in items(&graph["couplings"]) {
            let ends = (by_id.get(text(&coupling["from"])), by_id.get(text(&coupling["to"])));
            let (Some(from), Some(to)) = ends else { continue };
            let cargo = &coupling["cargo"];
            let conditions = &coupling["conditions"];
            let kind = match text(&coupling["kind"]) {
                "code" => "normal",
                "test" => "dev",
                other => other,
            };
            let through = conditions["through"].as_str();
            let edge = match through {
                Some(name) => (from.clone(), to.clone(), format!("through {name}")),
                None => {
                    let asked = Asked {
                        kind,
                        optional: conditions["optional"].as_bool().unwrap_or_default(),
                        platform: conditions["platform"].as_str(),
                        rename: cargo["rename"].as_str(),
                        default_features: cargo["default_features"].as_bool().unwrap_or_default(),
                        features: items(&cargo["features"]).iter().map(text).collect(),
                    };
                    (from.clone(), to.clone(), asked.to_string())
                }
            };
            if cargo["is_patched"] == true {
                redirected.insert(edge.clone());
            }
            edges.entry(from.clone()).or_default().insert(edge);
        }
        let folders = by_id.values().map(|folder| (folder.clone(), folder.clone())).collect();
        let folders_of =
            |ids: &Value| items(ids).iter().filter_map(|id| by_id.get(text(id)).cloned()).collect();
        let build_sets = units
            .iter()
            .filter(|unit| unit["kind"] == "binary")
            .filter_map(|unit| {
                let (package, name) = text(&unit["name"]).rsplit_once('/')?;
                let folder = by_id.get(format!("package:{package}").as_str())?;
                let sets = [folders_of(&unit["links"]), folders_of(&unit["builds_with"])];
                Some(((folder.clone(), name.to_owned()), sets))
            })
            .collect();
        Self { folders, edges, redirected, build_sets }
    }
}

/// Everything that a dependency asks for.
struct Asked<'a> {
    kind: &'a str,
    optional: bool,
    platform: Option<&'a str>,
    rename: Option<&'a str>,
    default_features: bool,
    features: Vec<&'a str>,
}

impl std::fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let platform = self.platform.unwrap_or("*").replace(' ', "");
        let features: BTreeSet<&&str> = self.features.iter().collect();
        write!(
            f,
            "{} optional={} platform={platform} rename={:?} default={} features={features:?}",
            self.kind, self.optional, self.rename, self.default_features
        )
    }
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folder).env("CARGO_TARGET_DIR", std::env::temp_dir().join("watertight-oracle"));
    // What the test runner's own cargo set must not reach the one that is asked.
    for name in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_MANIFEST_DIR", "RUSTC_WRAPPER", "CARGO"] {
        command.env_remove(name);
    }
    command
}

/// Cargo's metadata of one folder, and whether it is resolved.
fn metadata(repository: &Path, folder: &str, notes: &mut Vec<String>) -> Option<(Value, bool)> {
    let path = repository.join(folder);
    let ask = |arguments: &[&str]| {
        let mut command = cargo(&path);
        command.args(["metadata", "--format-version", "1", "--offline"]).args(arguments);
        let output = command.output().expect("cargo runs");
        let answer = serde_json::from_slice::<Value>(&output.stdout).ok().filter(|_| output.status.success());
        answer.ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let first = match ask(&["--all-features"]) {
        Ok(metadata) => return Some((metadata, true)),
        Err(error) => error,
    };
    let reason = first.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned();
    match ask(&["--no-deps"]) {
        Ok(metadata) => {
            notes.push(format!("`{folder}`: --no-deps only, since cargo said: {reason}"));
            Some((metadata, false))
        }
        Err(_) => {
            notes.push(format!("`{folder}`: not compared, since cargo said: {reason}"));
            None
        }
    }
}

/// The members of a workspace: id and folder.
fn members(metadata: &Value, repository: &Path) -> Vec<(String, String)> {
    let ids: BTreeSet<&str> = items(&metadata["workspace_members"]).iter().map(text).collect();
    items(&metadata["packages"])
        .iter()
        .filter(|package| ids.contains(text(&package["id"])))
        .filter_map(|package| Some((text(&package["id"]).to_owned(), folder_of(package, repository)?)))
        .collect()
}

/// The folder of a package of the repository. Vendored crates come from elsewhere: they have a source.
fn folder_of(package: &Value, repository: &Path) -> Option<String> {
    if !package["source"].is_null() {
        return None;
    }
    let manifest = PathBuf::from(text(&package["manifest_path"]));
    let folder = manifest.parent()?.strip_prefix(repository).ok()?;
    Some(folder.to_str()?.replace('\\', "/"))
}

/// The couplings of one member, as cargo has them.
fn edges(
    metadata: &Value,
    id: &str,
    folder: &str,
    repository: &Path,
    is_resolved: bool,
    libraries: &BTreeMap<String, bool>,
) -> BTreeSet<Edge> {
    let packages: BTreeMap<&str, &Value> =
        items(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let Some(package) = packages.get(id) else { return BTreeSet::new() };
    let nodes: BTreeMap<&str, &Value> =
        items(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let deps = nodes.get(id).map(|node| items(&node["deps"])).unwrap_or_default();
    let mut found = BTreeSet::new();
    for declared in items(&package["dependencies"]) {
        let asked = Asked {
            kind: declared["kind"].as_str().unwrap_or("normal"),
            optional: declared["optional"].as_bool().unwrap_or_default(),
            platform: declared["target"].as_str(),
            rename: declared["rename"].as_str(),
            default_features: declared["uses_default_features"].as_bool().unwrap_or_default(),
            features: items(&declared["features"]).iter().map(text).collect(),
        };
        if !is_resolved {
            let path = declared["path"].as_str().map(PathBuf::from);
            let to = path.as_deref().and_then(|path| path.strip_prefix(repository).ok());
            let Some(to) = to.and_then(Path::to_str) else { continue };
            if libraries.get(to).copied().unwrap_or(true) && to != folder {
                found.insert((folder.to_owned(), to.to_owned(), asked.to_string()));
            }
            continue;
        }
        let dep = deps.iter().find(|dep| {
            let Some(target) = packages.get(text(&dep["pkg"])) else { return false };
            let name = asked.rename.map_or_else(|| library_name(target), |rename| rename.replace('-', "_"));
            target["name"] == declared["name"]
                && (name.is_empty() || name == text(&dep["name"]))
                && items(&dep["dep_kinds"]).iter().any(|info| {
                    info["kind"].as_str().unwrap_or("normal") == asked.kind
                        && info["target"].as_str() == asked.platform
                })
        });
        let Some(target) = dep.and_then(|dep| packages.get(text(&dep["pkg"]))) else { continue };
        match folder_of(target, repository) {
            Some(to) if to != folder => {
                found.insert((folder.to_owned(), to, asked.to_string()));
            }
            Some(_) => {}
            None => {
                for to in reached(text(&target["id"]), &nodes, &packages, repository) {
                    let through = format!("through {}", text(&declared["name"]));
                    if to != folder {
                        found.insert((folder.to_owned(), to, through));
                    }
                }
            }
        }
    }
    found
}

/// The name by which code calls a package that is not renamed; empty if it has no library.
fn library_name(package: &Value) -> String {
    let is_library = |target: &&Value| items(&target["kind"]).iter().any(is_library_kind);
    let library = items(&package["targets"]).iter().find(is_library);
    library.map(|target| text(&target["name"]).replace('-', "_")).unwrap_or_default()
}

fn is_library_kind(kind: &Value) -> bool {
    matches!(text(kind), "lib" | "rlib" | "dylib" | "cdylib" | "staticlib" | "proc-macro")
}

/// The packages of the repository that a third-party one leads back to.
fn reached(
    start: &str,
    nodes: &BTreeMap<&str, &Value>,
    packages: &BTreeMap<&str, &Value>,
    repository: &Path,
) -> BTreeSet<String> {
    let (mut found, mut seen, mut pending) = (BTreeSet::new(), BTreeSet::new(), vec![start.to_owned()]);
    while let Some(id) = pending.pop() {
        if let Some(folder) = packages.get(id.as_str()).and_then(|package| folder_of(package, repository)) {
            found.insert(folder);
        } else if seen.insert(id.clone()) {
            let deps = nodes.get(id.as_str()).map(|node| items(&node["deps"])).unwrap_or_default();
            pending.extend(deps.iter().map(|dep| text(&dep["pkg"]).to_owned()));
        }
    }
    found
}

/// Compares what each binary of a member links and is built with.
fn compare_build_sets(
    ours: &Ours,
    metadata: &Value,
    id: &str,
    folder: &str,
    repository: &Path,
    all_features: bool,
    comparison: &mut Comparison,
) {
    let folders: BTreeMap<&str, String> = items(&metadata["packages"])
        .iter()
        .filter_map(|package| Some((text(&package["id"]), folder_of(package, repository)?)))
        .collect();
    let package = items(&metadata["packages"]).iter().find(|package| package["id"] == id);
    for target in package.map(|package| items(&package["targets"])).unwrap_or_default() {
        if !items(&target["kind"]).iter().any(|kind| kind == "bin") {
            continue;
        }
        let name = text(&target["name"]);
        let Some(own) = ours.build_sets.get(&(folder.to_owned(), name.to_owned())) else {
            comparison.differences.push(format!("cargo has a binary `{name}` in `{folder}`, we have none"));
            continue;
        };
        let required: Vec<&str> = items(&target["required-features"]).iter().map(text).collect();
        let graph = match unit_graph(&repository.join(folder), name, &required, all_features) {
            Ok(graph) => graph,
            Err(why) => {
                comparison.notes.push(format!("`{folder}`: no unit graph of `{name}`: {why}"));
                continue;
            }
        };
        comparison.build_sets += 1;
        let expected = built(&graph, &folders);
        for (what, expected, own) in
            [("links", &expected[0], &own[0]), ("is built with", &expected[1], &own[1])]
        {
            if expected != own {
                let missing: Vec<_> = expected.difference(own).collect();
                let extra: Vec<_> = own.difference(expected).collect();
                comparison.differences.push(format!(
                    "`{name}` of `{folder}` (all features: {all_features}) {what}: missed {missing:?}, made up {extra:?}"
                ));
            }
        }
    }
}

fn unit_graph(folder: &Path, binary: &str, required: &[&str], all_features: bool) -> Result<Value, String> {
    let mut command = cargo(folder);
    command.args([
        "build",
        "--unit-graph",
        "-Z",
        "unstable-options",
        "--offline",
        "--ignore-rust-version",
        "--target",
        TARGET,
    ]);
    command.args(["--bin", binary]).env("RUSTC_BOOTSTRAP", "1");
    if all_features {
        command.arg("--all-features");
    }
    if !required.is_empty() {
        command.args(["--features", &required.join(" ")]);
    }
    let output = command.output().expect("cargo runs");
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        error.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
    })
}

/// The packages of the repository in a unit graph: those built for the target, and for the host.
fn built(graph: &Value, folders: &BTreeMap<&str, String>) -> [BTreeSet<String>; 2] {
    let mut sets = [BTreeSet::new(), BTreeSet::new()];
    for unit in items(&graph["units"]) {
        let is_script = items(&unit["target"]["kind"]).iter().any(|kind| kind == "custom-build");
        if let (Some(folder), false) = (folders.get(text(&unit["pkg_id"])), is_script) {
            sets[usize::from(unit["platform"].is_null())].insert(folder.clone());
        }
    }
    sets
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
