//! Cargo's rules for what belongs together: workspaces, inheritance, targets, patches.
//!
//! Invariant: the couplings that follow from a [`CargoPackage`]'s dependencies are those that cargo
//! itself resolves between the packages of the repository; the oracle test holds that against
//! cargo.

mod build_sets;
mod builds;
mod cycles;
mod dependencies;
mod from_cargo;
mod metadata;
mod patches;
mod says;
mod targets;
mod workspaces;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use semver::Version;

use crate::snapshot::Listing;
use crate::sources::Facts;
use crate::sources::cargo::{CargoCommand, CargoConfig, Inheritable, LockFile, Manifest, Section};
use crate::text::{Fault, Location, RepoPath, Spanned};

pub use build_sets::{BuildOptions, BuildSet, BuildSets, build_sets, build_sets_of};
pub use builds::{Build, Built, Purpose, builds};
pub(crate) use dependencies::Switches;
pub use says::coupling_key;
pub use targets::{Binary, Library};
pub use workspaces::Resolver;

/// A package with everything that it inherits and everything that is discovered from its files.
#[derive(Debug)]
pub struct CargoPackage {
    /// Its `Cargo.toml`.
    pub manifest: RepoPath,
    /// The folder of it.
    pub folder: RepoPath,
    /// Its name, and where it is given.
    pub name: Spanned<String>,
    /// Its version; 0.0.0 where there is none.
    pub version: Version,
    /// Its edition, as a year.
    pub edition: String,
    /// The native library that it links.
    pub links: Option<String>,
    /// Its library, if it has one.
    pub library: Option<Library>,
    /// Its binaries, sorted by name.
    pub binaries: Vec<Binary>,
    /// The path of its build script, relative to the folder.
    pub build_script: Option<String>,
    /// The root source files of tests, benchmarks and examples that its manifest names, relative to the folder.
    pub test_paths: Vec<String>,
    /// What it depends on, in the order of the manifest.
    pub dependencies: Vec<ResolvedDependency>,
    /// Its Cargo features, the implicit ones of optional dependencies included.
    pub cargo_features: BTreeMap<String, Vec<String>>,
    /// The workspace that it is a member of, as a position in [`CargoPackages::workspaces`].
    pub workspace: Option<usize>,
}

/// A dependency with what it inherits, and the package of the repository that it leads to.
#[derive(Debug, Clone)]
pub struct ResolvedDependency {
    /// The package's real name.
    pub package: String,
    /// The name that it is given here, where `package = …` says another.
    pub rename: Option<String>,
    /// The version requirement, as it is written; any version where there is none.
    pub version: Option<String>,
    /// The table that it stands in.
    pub section: Section,
    /// Only on these platforms.
    pub platform: Option<String>,
    /// Only if a Cargo feature switches it on.
    pub optional: bool,
    /// Whether the default Cargo features are on.
    pub default_features: bool,
    /// The Cargo features that are asked for, the inherited ones first.
    pub features: Vec<String>,
    /// Where the package comes from.
    pub source: DependencySource,
    /// Its line, then the line in `[workspace.dependencies]` or of the patch.
    pub evidence: Arc<[Location]>,
    /// The package of the repository that it leads to, as a position in
    /// [`CargoPackages::packages`].
    pub target: Option<usize>,
    /// The root of the workspace whose patch leads there, where its own line does not.
    pub patched_in: Option<RepoPath>,
    /// The third-party crate that leads there, where it does not do so by itself.
    pub through: Option<String>,
}

/// Where a dependency comes from, before any patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DependencySource {
    /// A folder; `None` if it lies outside of the repository.
    Path(Option<RepoPath>),
    /// A git repository, by its URL.
    Git(String),
    /// A registry, by its name; `None` is the default one.
    Registry(Option<String>),
}

impl ResolvedDependency {
    /// The name that the package's own manifest calls it by.
    pub fn key(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.package)
    }
}

/// A workspace of the repository.
#[derive(Debug)]
pub struct CargoWorkspace {
    /// The folder of its root.
    pub root: RepoPath,
    /// How it unifies Cargo features.
    pub resolver: Resolver,
    /// Its members, as positions in [`CargoPackages::packages`], sorted.
    pub members: Vec<usize>,
    /// Those that a command at its root means which names none; sorted.
    pub default_members: Vec<usize>,
}

/// All packages and workspaces of a repository.
#[derive(Debug, Default)]
pub struct CargoPackages {
    /// Sorted by folder.
    pub packages: Vec<CargoPackage>,
    /// Sorted by folder.
    pub workspaces: Vec<CargoWorkspace>,
}

/// The position of each package by its folder; looked up often, never walked.
pub(crate) type Positions = HashMap<RepoPath, usize>;

/// The manifests of a repository, by folder.
pub(crate) type Manifests<'f> = BTreeMap<RepoPath, (&'f RepoPath, &'f Manifest)>;

/// What resolving reads: facts, files, and the lock files that patches ask for.
pub(crate) struct Inputs<'f> {
    pub(crate) manifests: Manifests<'f>,
    pub(crate) configs: BTreeMap<RepoPath, (&'f RepoPath, &'f CargoConfig)>,
    pub(crate) listing: &'f Listing,
}

/// What resolving asks for while it runs.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Reads a `Cargo.lock`, where a patch needs one.
    pub(crate) read_lock: &'a dyn Fn(&RepoPath) -> Option<LockFile>,
    /// Whether the configuration took a file out.
    pub(crate) is_excluded: &'a dyn Fn(&RepoPath) -> bool,
    /// Cargo itself, if the user wants it asked.
    pub(crate) cargo: Option<&'a CargoCommand>,
}

impl<'f> Inputs<'f> {
    pub(crate) fn new(facts: &'f BTreeMap<RepoPath, Arc<Facts>>, listing: &'f Listing) -> Self {
        let manifests = facts.iter().filter_map(|(path, facts)| match &**facts {
            Facts::CargoManifest(manifest) => Some((path.parent()?, (path, &**manifest))),
            _ => None,
        });
        let configs = facts.iter().filter_map(|(path, facts)| match &**facts {
            // `.cargo/config.toml` speaks for the folder that holds `.cargo`.
            Facts::CargoConfig(config) => Some((path.parent()?.parent()?, (path, config))),
            _ => None,
        });
        Self { manifests: manifests.collect(), configs: configs.collect(), listing }
    }
}

/// Resolves every package of the repository.
pub(crate) fn resolve(inputs: &Inputs<'_>, asked: &Asked<'_>, problems: &mut Vec<Fault>) -> CargoPackages {
    let named = workspaces::named_members(inputs, problems);
    let (mut all, position) = read_packages(inputs, &named, problems);
    workspaces::find(inputs, &named, &position, &mut all, problems);
    dependencies::link_paths(inputs, &position, &mut all, asked.is_excluded, problems);
    patches::link(inputs, &position, &mut all, asked, problems);
    if let Some(cargo) = asked.cargo {
        from_cargo::relink(&mut all, &position, cargo, problems);
    }
    cycles::report(&all, problems);
    all
}

/// Every package by itself, with what it inherits, in the order of the folders; and the position of
/// each by its folder.
fn read_packages(
    inputs: &Inputs<'_>,
    named: &workspaces::NamedMembers,
    problems: &mut Vec<Fault>,
) -> (CargoPackages, Positions) {
    let roots = dependencies::Roots::new(inputs);
    let manifests: Vec<_> = inputs.manifests.iter().collect();
    let read: Vec<_> = manifests
        .into_par_iter()
        .filter_map(|(folder, (path, manifest))| read_package(folder, path, manifest, inputs, named, &roots))
        .collect();
    let mut all = CargoPackages::default();
    for (package, found) in read {
        problems.extend(found);
        all.packages.push(package);
    }
    let folders = all.packages.iter().enumerate().map(|(at, package)| (package.folder.clone(), at));
    let position = folders.collect();
    (all, position)
}

fn read_package(
    folder: &RepoPath,
    path: &RepoPath,
    manifest: &Manifest,
    inputs: &Inputs<'_>,
    named: &workspaces::NamedMembers,
    roots: &dependencies::Roots<'_>,
) -> Option<(CargoPackage, Vec<Fault>)> {
    let package = manifest.package.as_ref()?;
    let mut problems = Vec::new();
    let inherited = workspaces::root_of(folder, manifest, inputs, named);
    workspaces::check_pointer(path, package, inherited.as_ref(), inputs, &mut problems);
    let root = inherited.as_ref().and_then(|root| inputs.manifests.get(root));
    let table = root.and_then(|(_, manifest)| manifest.workspace.as_ref());
    let edition = match &package.edition {
        Some(Inheritable::Here(edition)) => Some(edition.clone()),
        Some(Inheritable::FromWorkspace) => table.and_then(|table| table.edition.clone()),
        None => None,
    };
    let version = match &package.version {
        Some(Inheritable::Here(version)) => Some(version.as_str()),
        Some(Inheritable::FromWorkspace) => table.and_then(|table| table.version.as_deref()),
        None => None,
    };
    let edition = edition.unwrap_or_else(|| "2015".to_owned());
    let found = targets::discover(folder, package, &manifest.targets, &edition, inputs.listing);
    let roots = inherited.as_ref().and_then(|root| roots.of(root));
    let dependencies = dependencies::resolve(path, folder, manifest, roots, &mut problems);
    let package = CargoPackage {
        manifest: path.clone(),
        folder: folder.clone(),
        name: package.name.clone(),
        version: version
            .and_then(|version| Version::parse(version.trim()).ok())
            .unwrap_or(Version::new(0, 0, 0)),
        edition,
        links: package.links.clone(),
        library: found.library,
        binaries: found.binaries,
        build_script: found.build_script,
        test_paths: manifest.targets.test_paths.clone(),
        cargo_features: dependencies::with_implicit_features(manifest, &dependencies),
        dependencies,
        workspace: None,
    };
    Some((package, problems))
}
