//! The targets of a package: those that are written down, and those that cargo discovers.
//!
//! Source of the rules: The Cargo Book, "Cargo Targets", and the 2015 edition's exception there.

use crate::snapshot::Listing;
use crate::sources::cargo::{BinTable, DeclaredTargets, Package};
use crate::text::{RepoPath, Span};

/// The library of a package.
#[derive(Debug, Clone)]
pub struct Library {
    /// The name that code uses: with underscores.
    pub name: String,
    /// Its root source file, relative to the package.
    pub path: String,
    /// Whether it runs inside the compiler.
    pub is_proc_macro: bool,
}

/// A binary of a package.
#[derive(Debug, Clone)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// Its root source file, relative to the package.
    pub path: String,
    /// The Cargo features without which it is not built.
    pub required_features: Vec<String>,
    /// Where the manifest declares it, or the package that it is discovered in.
    pub declared_at: Span,
}

/// What [`discover`] finds.
pub(super) struct Targets {
    pub(super) library: Option<Library>,
    pub(super) binaries: Vec<Binary>,
    pub(super) build_script: Option<String>,
}

/// The targets of the package in `folder`.
pub(super) fn discover(
    folder: &RepoPath,
    package: &Package,
    declared: &DeclaredTargets,
    edition: &str,
    listing: &Listing,
) -> Targets {
    let files = Files::new(folder, listing);
    let has = |path: &str| files.has(path);
    let binaries = binaries(folder, package, declared, edition, &files);
    let mut library = library(package, declared, &has);
    if library.is_none() && binaries.is_empty() {
        // Cargo refuses a package without a target, so git ignores the file of one: most likely a
        // generated library. To assume it keeps the couplings.
        library = Some(Library {
            name: package.name.value.replace('-', "_"),
            path: "src/lib.rs".to_owned(),
            is_proc_macro: false,
        });
    }
    Targets {
        library,
        binaries,
        build_script: match &package.build {
            Some(script) => script.clone(),
            None => has("build.rs").then(|| "build.rs".to_owned()),
        },
    }
}

fn library(package: &Package, declared: &DeclaredTargets, has: &dyn Fn(&str) -> bool) -> Option<Library> {
    let is_discovered = declared.autolib.unwrap_or(true) && has("src/lib.rs");
    if declared.lib.is_none() && !is_discovered {
        return None;
    }
    let table = declared.lib.as_ref();
    let name = table.and_then(|table| table.name.clone());
    Some(Library {
        name: name.unwrap_or_else(|| package.name.value.replace('-', "_")),
        path: table.and_then(|table| table.path.clone()).unwrap_or("src/lib.rs".to_owned()),
        is_proc_macro: table.is_some_and(|table| table.is_proc_macro),
    })
}

fn binaries(
    folder: &RepoPath,
    package: &Package,
    declared: &DeclaredTargets,
    edition: &str,
    files: &Files<'_>,
) -> Vec<Binary> {
    let discovered = discovered_binaries(&package.name.value, files);
    let path_of = |table: &BinTable| match &table.path {
        Some(path) => folder.join(path).map_or_else(|| path.clone(), |full| relative(&full, folder)),
        None => discovered
            .iter()
            .find(|(name, _)| *name == table.name.value)
            .map_or_else(|| format!("src/bin/{}.rs", table.name.value), |(_, path)| path.clone()),
    };
    let mut binaries: Vec<Binary> = declared
        .bins
        .iter()
        .map(|table| Binary {
            name: table.name.value.clone(),
            path: path_of(table),
            required_features: table.required_features.clone(),
            declared_at: table.name.span,
        })
        .collect();
    // In the 2015 edition, one `[[bin]]` switches the discovery off.
    let by_default = edition != "2015" || declared.bins.is_empty();
    if declared.autobins.unwrap_or(by_default) {
        for (name, path) in discovered {
            if !binaries.iter().any(|known| known.name == name || known.path == path) {
                let declared_at = package.name.span;
                binaries.push(Binary { name, path, required_features: Vec::new(), declared_at });
            }
        }
    }
    binaries.sort_by(|a, b| a.name.cmp(&b.name));
    binaries
}

/// A path in its normal form, seen from a folder that it lies in.
fn relative(path: &RepoPath, folder: &RepoPath) -> String {
    let inside = path.as_str().strip_prefix(folder.as_str()).filter(|_| path.is_within(folder));
    inside.unwrap_or(path.as_str()).trim_start_matches('/').to_owned()
}

/// `src/main.rs`, `src/bin/<name>.rs` and `src/bin/<name>/main.rs`: name and path.
fn discovered_binaries(package: &str, files: &Files<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if files.has("src/main.rs") {
        found.push((package.to_owned(), "src/main.rs".to_owned()));
    }
    for relative in files.below("src/bin/") {
        let name = match relative.split_once('/') {
            None => relative.strip_suffix(".rs"),
            Some((name, "main.rs")) => Some(name),
            Some(_) => None,
        };
        if let Some(name) = name.filter(|name| !name.starts_with('.')) {
            found.push((name.to_owned(), format!("src/bin/{relative}")));
        }
    }
    found
}

/// The files of one package: found once, so that each look-up searches few files and compares only
/// what differs.
struct Files<'l> {
    files: &'l [RepoPath],
    /// The length of what all of their paths begin with.
    common: usize,
}

impl<'l> Files<'l> {
    fn new(folder: &RepoPath, listing: &'l Listing) -> Self {
        let folder_length = folder.as_str().len();
        let common = if folder_length == 0 { 0 } else { folder_length + 1 };
        Self { files: listing.files_below(folder), common }
    }

    fn has(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| file.as_str()[self.common..].cmp(path)).is_ok()
    }

    /// What follows a prefix, in order.
    fn below(&self, prefix: &'l str) -> impl Iterator<Item = &'l str> {
        let common = self.common;
        let start = self.files.partition_point(|file| &file.as_str()[common..] < prefix);
        self.files[start..].iter().map_while(move |file| file.as_str()[common..].strip_prefix(prefix))
    }
}
