//! `cargo metadata` itself, where the user asks for it: the one place that starts a process.

use std::path::PathBuf;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::text::RepoPath;

/// How to ask cargo. It executes what the repository configures, so nothing asks it by default.
#[derive(Debug, Clone)]
pub struct CargoCommand {
    /// The root of the repository on the disk.
    pub root: PathBuf,
    /// Pass `--offline`.
    pub offline: bool,
    /// Pass `--locked`.
    pub locked: bool,
}

impl CargoCommand {
    /// What cargo says of the workspace or package in a folder, all Cargo features on.
    ///
    /// # Errors
    /// What cargo said instead, shortened to what fits into a message.
    pub fn metadata(&self, folder: &RepoPath) -> Result<Metadata, String> {
        let switches = [("--offline", self.offline), ("--locked", self.locked)];
        let switches = switches.into_iter().filter(|(_, is_on)| *is_on);
        let folder = self.root.join(folder.as_str());
        MetadataCommand::new()
            .manifest_path(folder.join("Cargo.toml"))
            .current_dir(folder)
            .features(cargo_metadata::CargoOpt::AllFeatures)
            .other_options(switches.map(|(switch, _)| switch.to_owned()).collect::<Vec<_>>())
            .exec()
            .map_err(|error| {
                let text = error.to_string();
                let lines = text.lines().map(str::trim).filter(|line| {
                    !(line.is_empty() || *line == "Caused by:" || line.starts_with("Blocking waiting"))
                });
                lines.take(4).collect::<Vec<_>>().join("; ")
            })
    }
}
