//! Which package a file belongs to, and which part of it.
//!
//! Source of the rules: The Cargo Book, "Package Layout", "Cargo Targets" and "Build Scripts".

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::graph::cargo::{CargoPackage, CargoPackages};
use crate::snapshot::Snapshot;
use crate::sources::cargo::Section;
use crate::sources::rust::{Watched, watched};
use crate::text::RepoPath;

use super::usual::{is_idle, is_idle_in_package};

/// What of a package a file is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::insight) enum Part {
    /// What others may build on.
    Whole,
    /// These binaries, which nothing builds on.
    Binaries(Vec<String>),
    /// Tests, benchmarks and examples.
    Tests,
    /// Nothing that is built.
    Idle,
}

/// The packages by their folders, and what their build scripts watch.
pub(super) struct Packages<'a> {
    pub(super) all: &'a CargoPackages,
    by_folder: HashMap<&'a str, usize>,
    /// For those with a build script that says itself what it watches.
    watched: BTreeMap<usize, BTreeSet<RepoPath>>,
}

impl<'a> Packages<'a> {
    pub(super) fn new(all: &'a CargoPackages, now: &dyn Snapshot) -> Self {
        let by_folder = all.packages.iter().enumerate().map(|(at, one)| (one.folder.as_str(), at)).collect();
        let scripts = all.packages.iter().enumerate();
        let watched = scripts.filter_map(|(at, package)| Some((at, only_watched(package, now)?))).collect();
        Self { all, by_folder, watched }
    }

    /// The package in a folder itself.
    pub(super) fn in_folder(&self, folder: &str) -> Option<usize> {
        self.by_folder.get(folder).copied()
    }

    /// The package whose manifest is the nearest above a file.
    pub(super) fn around(&self, file: &RepoPath) -> Option<usize> {
        file.with_ancestors().skip(1).find_map(|folder| self.in_folder(folder))
    }

    /// Whether a package's build script, and with it the package, is built anew for a file in its folder.
    pub(super) fn watches(&self, package: usize, file: &RepoPath) -> bool {
        if self.all.packages[package].build_script.is_none() {
            return false;
        }
        let only = self.watched.get(&package);
        only.is_none_or(|only| only.iter().any(|watched| file.is_within(watched)))
    }

    /// Which part of a package a file in its folder is.
    pub(super) fn part(&self, package: usize, file: &RepoPath) -> Part {
        let found = part(&self.all.packages[package], file);
        match found {
            Part::Whole => Part::Whole,
            _ if self.watches(package, file) => Part::Whole,
            found => found,
        }
    }
}

/// What a build script watches, if it says so word by word; `None` if there is none, or that can't be told.
fn only_watched(package: &CargoPackage, now: &dyn Snapshot) -> Option<BTreeSet<RepoPath>> {
    let script = package.folder.join(package.build_script.as_ref()?)?;
    let bytes = now.read(&script).ok()?;
    let has_help = package.dependencies.iter().any(|dependency| dependency.section == Section::Build);
    match watched(&String::from_utf8_lossy(&bytes), has_help) {
        Watched::Everything => None,
        Watched::Only(said) => {
            // The script itself is watched in any case.
            let said = said.iter().filter_map(|path| package.folder.join(path));
            Some(said.chain([script]).collect())
        }
    }
}

/// Which part of a package a file in its folder is, by cargo's rules for targets.
pub(in crate::insight) fn part(package: &CargoPackage, file: &RepoPath) -> Part {
    let inside = file.as_str().strip_prefix(package.folder.as_str()).unwrap_or(file.as_str());
    let inside = inside.trim_start_matches('/');
    let library = package.library.as_ref().map(|library| library.path.as_str());
    if library == Some(inside) || package.build_script.as_deref() == Some(inside) {
        return Part::Whole;
    }
    let roots = package.binaries.iter().filter(|one| one.path == inside);
    let roots: Vec<String> = roots.map(|one| one.name.clone()).collect();
    if !roots.is_empty() {
        return Part::Binaries(roots);
    }
    if is_of_tests(package, inside) {
        return Part::Tests;
    }
    if !inside.ends_with(".rs") && (is_idle_in_package(inside) || is_idle(file.as_str())) {
        return Part::Idle;
    }
    let is_library_apart = library.is_none_or(|path| !path.starts_with("src/bin/"));
    if inside.starts_with("src/bin/") && is_library_apart {
        return Part::Binaries(binaries_around(package, inside));
    }
    // One that is no more: nothing builds on the root of a binary.
    if inside == "src/main.rs" && library.is_some() {
        return Part::Binaries(Vec::new());
    }
    Part::Whole
}

/// The binaries below `src/bin` that a file there may be a part of: that of its folder, or else all.
fn binaries_around(package: &CargoPackage, inside: &str) -> Vec<String> {
    let below = || package.binaries.iter().filter(|one| one.path.starts_with("src/bin/"));
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let around: Vec<String> = below()
        .filter(|one| one.path != "src/bin/main.rs" && one.path.ends_with("/main.rs"))
        .filter(|one| inside.starts_with(&folder(&one.path)))
        .map(|one| one.name.clone())
        .collect();
    if around.is_empty() { below().map(|one| one.name.clone()).collect() } else { around }
}

/// Whether only tests, benchmarks and examples are made of a file: by its folder, unless another target
/// lies there too.
fn is_of_tests(package: &CargoPackage, inside: &str) -> bool {
    let is_folder = ["tests/", "benches/", "examples/"].iter().any(|folder| inside.starts_with(folder));
    if !is_folder && !package.test_paths.iter().any(|path| path == inside) {
        return false;
    }
    let library = package.library.iter().map(|library| library.path.as_str());
    let binaries = package.binaries.iter().map(|binary| binary.path.as_str());
    let mut others = library.chain(binaries).chain(package.build_script.as_deref());
    let is_beside = |path: &str| {
        path.rsplit_once('/').is_some_and(|(folder, _)| inside.starts_with(&format!("{folder}/")))
    };
    !others.any(is_beside)
}
