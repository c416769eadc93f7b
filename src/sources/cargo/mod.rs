//! Cargo: `Cargo.toml`, `.cargo/config.toml` and, where a patch asks for it, `Cargo.lock`.

mod command;
mod config;
mod dependency;
mod difference;
mod lock;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Listing;
use crate::text::{Fault, RepoPath, toml};

use super::{Facts, Source};

pub use command::CargoCommand;
pub use config::CargoConfig;
pub use dependency::{Dependency, Requirement, Section};
pub use difference::{Inherited, ManifestDifference, settings_matter};
pub use lock::{LockFile, LockedPackage};
pub use manifest::{
    BinTable, DeclaredTargets, Inheritable, LibTable, Manifest, Package, Patch, WorkspaceTable,
};

/// Reads `Cargo.toml`.
#[derive(Debug)]
pub struct ManifestSource;

impl Source for ManifestSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        name == "Cargo.toml"
    }

    /// By some sources, cargo discovers targets, and all may be asked what they name; the checksums lie beside vendored
    /// crates, and lock files are read where a patch asks for them.
    fn notices(&self, _folder: &str, name: &str) -> bool {
        matches!(name, "Cargo.lock" | ".cargo-checksum.json") || name.ends_with(".rs")
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
    fn recognises(&self, folder: &str, name: &str) -> bool {
        matches!(name, "config" | "config.toml") && (folder == ".cargo" || folder.ends_with("/.cargo"))
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
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        name == "Cargo.lock"
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (entries, faults) = toml::parse(text, path);
        (Some(Facts::CargoLock(LockFile::read(&entries))), faults)
    }
}

/// The manifests of vendored third-party crates: `cargo vendor` leaves its checksums beside them.
///
/// One that a manifest of the repository names itself (as a member, a path dependency or a patch) is no
/// third-party crate, whatever lies beside it.
pub(super) fn vendored(facts: &BTreeMap<RepoPath, Arc<Facts>>, listing: &Listing) -> BTreeSet<RepoPath> {
    let has_checksum = |path: &RepoPath| {
        let folder = path.as_str().strip_suffix("Cargo.toml");
        folder.is_some_and(|folder| listing.contains(&format!("{folder}.cargo-checksum.json")))
    };
    let suspected: BTreeSet<RepoPath> = facts.keys().filter(|path| has_checksum(path)).cloned().collect();
    if suspected.is_empty() {
        return suspected;
    }
    let mut named = BTreeSet::new();
    for (path, facts) in facts.iter().filter(|(path, _)| !suspected.contains(*path)) {
        let (Facts::CargoManifest(manifest), Some(folder)) = (&**facts, path.parent()) else { continue };
        let paths = manifest.named_folders().filter_map(|named| folder.join(named)?.join("Cargo.toml"));
        named.extend(paths);
        named.extend(suspected.iter().filter(|path| manifest.names_member(&folder, path)).cloned());
    }
    suspected.difference(&named).cloned().collect()
}
