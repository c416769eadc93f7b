//! Cargo: `Cargo.toml`, `.cargo/config.toml` and, where a patch asks for it, `Cargo.lock`.

mod command;
mod config;
mod dependency;
mod lock;
mod manifest;

use crate::snapshot::Listing;
use crate::text::{Fault, RepoPath, toml};

use super::{Facts, Source};

pub use command::CargoCommand;
pub use config::CargoConfig;
pub use dependency::{Dependency, Requirement, Section};
pub use lock::{LockFile, LockedPackage};
pub use manifest::{
    BinTable, DeclaredTargets, Inheritable, LibTable, Manifest, Package, Patch, WorkspaceTable,
};

/// Reads `Cargo.toml`.
#[derive(Debug)]
pub struct ManifestSource;

impl Source for ManifestSource {
    fn recognises(&self, path: &RepoPath) -> bool {
        path.file_name() == "Cargo.toml"
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (entries, mut faults) = toml::parse(text, path);
        // What looks wrong in the rest of a file that doesn't parse may be but a consequence.
        let mut more = Vec::new();
        let manifest = Manifest::read(&toml::Table::new(&entries, path), &mut more);
        if faults.is_empty() {
            faults = more;
        }
        (Some(Facts::CargoManifest(Box::new(manifest))), faults)
    }
}

/// Reads `.cargo/config.toml` (and its old name without the ending).
#[derive(Debug)]
pub struct ConfigSource;

impl Source for ConfigSource {
    fn recognises(&self, path: &RepoPath) -> bool {
        let text = path.as_str();
        [".cargo/config.toml", ".cargo/config"]
            .iter()
            .any(|name| text.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')))
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (entries, mut faults) = toml::parse(text, path);
        let config = CargoConfig::read(&toml::Table::new(&entries, path), &mut faults);
        (Some(Facts::CargoConfig(config)), faults)
    }
}

/// Reads `Cargo.lock`. Not among the formats that are always read: only a patch that lets a
/// third-party crate reach a package of the repository needs it.
#[derive(Debug)]
pub struct LockSource;

impl Source for LockSource {
    fn recognises(&self, path: &RepoPath) -> bool {
        path.file_name() == "Cargo.lock"
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (entries, faults) = toml::parse(text, path);
        (Some(Facts::CargoLock(LockFile::read(&entries))), faults)
    }
}

/// Whether a file is read by one of these sources, or is one by whose presence cargo discovers a
/// target or a vendored crate.
pub(super) fn is_wanted(folder: &str, name: &str) -> bool {
    match name {
        "Cargo.toml" | "Cargo.lock" | ".cargo-checksum.json" => true,
        "lib.rs" | "main.rs" | "build.rs" => true,
        "config" | "config.toml" => folder == ".cargo" || folder.ends_with("/.cargo"),
        _ => name.ends_with(".rs") && (folder == "src/bin" || folder.ends_with("/src/bin")),
    }
}

/// Whether a manifest is a vendored third-party crate: `cargo vendor` leaves its checksums beside.
pub fn is_vendored(path: &RepoPath, listing: &Listing) -> bool {
    path.as_str()
        .strip_suffix("Cargo.toml")
        .is_some_and(|folder| listing.contains(&format!("{folder}.cargo-checksum.json")))
}
