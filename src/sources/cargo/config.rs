//! `.cargo/config.toml`: only what can redirect a dependency into the repository.

use crate::text::Fault;
use crate::text::toml::Table;

use super::Patch;
use super::dependency::plain_strings;
use super::manifest::read_patches;

/// What a cargo configuration file says about where packages come from.
#[derive(Debug, Default)]
pub struct CargoConfig {
    /// `[patch.<source>]`; paths are relative to the folder that holds `.cargo`.
    pub patches: Vec<Patch>,
    /// `paths = […]`: local overrides, relative to the same folder.
    pub paths: Vec<String>,
}

impl CargoConfig {
    pub(super) fn read(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        // `paths` may also be written as tables by newer cargo versions; those can't be overrides.
        let paths = match root.get("paths").map(|value| value.get_ref().is_array()) {
            Some(true) => plain_strings(root, "paths", faults),
            _ => Vec::new(),
        };
        Self { patches: read_patches(root, faults), paths }
    }
}
