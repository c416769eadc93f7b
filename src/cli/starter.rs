//! What `check` says where there is no configuration: the ten lines to start from, filled in with the
//! repository's own folders.

use std::collections::BTreeMap;

use crate::Repository;
use crate::features::CONFIGURATION_FILE;
use crate::graph::{Unit, UnitKind};
use crate::report::safe;

/// How many features the proposal begins with.
const FEATURES: usize = 3;

/// The message, proposal included.
pub(super) fn starter(repository: &Repository) -> String {
    let mut message = format!(
        "error: no `{CONFIGURATION_FILE}`: nothing says which features this repository has\n  \
         help: write one at the root of the repository; these lines are a start:\n\n"
    );
    let areas = areas(repository);
    if areas.is_empty() {
        message += "  [features.checkout]\n  owner = \"@your/team\"\n  paths = [\"services/checkout\"]\n\n";
        message += "  (no package was found here; the folders are examples)\n";
        return message;
    }
    let mut taken = Vec::new();
    for (folder, _) in areas.iter().take(FEATURES) {
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let name = if taken.contains(&name) { folder.as_str() } else { name };
        taken.push(name);
        let (name, folder) = (safe(name), safe(folder));
        message += &format!("  [features.{}]\n  paths = [\"{folder}\"]\n\n", key(&name));
    }
    let rest: Vec<String> = areas.iter().skip(FEATURES).map(|(folder, _)| safe(folder)).collect();
    if !rest.is_empty() {
        let shown: Vec<String> = rest.iter().take(FEATURES).map(|folder| format!("\"{folder}\"")).collect();
        message += &format!(
            "  [shared]   # belongs to no feature on purpose, and builds on none\n  paths = [{}]\n\n",
            shown.join(", ")
        );
    }
    message
}

/// A name as TOML wants it for a key.
fn key(name: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.chars().all(is_bare) { name.to_owned() } else { format!("{name:?}") }
}

/// Folders that could be features: first those that hold something to deploy, the fuller first.
fn areas(repository: &Repository) -> Vec<(String, usize)> {
    let mut weights: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (_, unit) in repository.linked.graph.units() {
        let folder = match unit.parent {
            None => folder_of(unit),
            Some(package) => folder_of(repository.linked.graph.unit(package)),
        };
        let Some(folder) = folder else { continue };
        let (deployables, packages) = weights.entry(folder).or_default();
        match unit.kind {
            UnitKind::Binary => *deployables += 1,
            UnitKind::Package => *packages += 1,
        }
    }
    let mut areas: Vec<_> = weights.into_iter().collect();
    areas.sort_by(|(a, (a_bins, a_count)), (b, (b_bins, b_count))| {
        (b_bins.min(&1), b_count, a).cmp(&(a_bins.min(&1), a_count, b))
    });
    areas.into_iter().map(|(folder, (_, count))| (folder, count)).collect()
}

/// The first two parts of a package's folder: `services/checkout`, `crates/cart`, `cli`.
fn folder_of(unit: &Unit) -> Option<String> {
    let parts: Vec<&str> = unit.path.parts().take(2).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}
