//! What `check` says where there is no configuration: the ten lines to start from, filled in with the
//! repository's own folders.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::Repository;
use crate::features::CONFIGURATION_FILE;
use crate::graph::{UnitId, UnitKind};
use crate::report::safe;

/// How many folders the proposal names of each kind.
const NAMED: usize = 3;

/// Parts of paths that hold no product feature.
const NO_FEATURES: [&str; 10] =
    ["bench", "benches", "benchmarks", "examples", "fuzz", "scripts", "test", "tests", "tools", "xtask"];

/// The message, proposal included.
pub(super) fn starter(why: &str, repository: &Repository) -> String {
    let mut message = format!(
        "error: {why}\n  help: write `{CONFIGURATION_FILE}` at the root of the repository; these lines are a start:\n\n"
    );
    let proposal = Proposal::new(repository);
    for folder in proposal.features.iter().take(NAMED) {
        let name = folder.rsplit('/').next().unwrap_or(folder);
        message += &format!("  [features.{}]\n  paths = [{folder:?}]\n\n", key(name));
    }
    if proposal.features.is_empty() {
        message += "  [features.checkout]   # an example: nothing that is deployed was found here\n  paths = [\"services/checkout\"]\n";
        message += "  owner = \"@your/team\"\n\n";
    }
    for (table, about, folders) in [
        ("shared", "belongs to no feature on purpose, and builds on none", &proposal.shared),
        ("assemblies", "puts features together", &proposal.assemblies),
    ] {
        let shown = folders.iter().take(NAMED).map(|folder| format!("{folder:?}"));
        if !folders.is_empty() {
            let paths = shown.collect::<Vec<_>>().join(", ");
            message += &format!("  [{table}]   # {about}\n  paths = [{paths}]\n\n");
        }
    }
    safe(&message)
}

/// Folders of packages, by what they look like. Enough to start writing; the graph alone can't know.
#[derive(Default)]
struct Proposal {
    /// What is deployed, sorted by path.
    features: Vec<String>,
    /// Libraries that many use and that use nothing which is deployed, the most used first.
    shared: Vec<String>,
    /// What is deployed and uses several others that are.
    assemblies: Vec<String>,
}

impl Proposal {
    fn new(repository: &Repository) -> Self {
        let graph = &repository.linked.graph;
        let deployed: BTreeSet<UnitId> = graph.units().filter_map(|(_, unit)| unit.parent).collect();
        let mut proposal = Self::default();
        let mut shared = Vec::new();
        for (id, unit) in graph.units().filter(|(_, unit)| unit.kind == UnitKind::Package) {
            let path = unit.path.as_str();
            if path.is_empty() || unit.path.parts().any(|part| NO_FEATURES.contains(&part)) {
                continue;
            }
            let uses = graph.couplings_from(id).map(|id| graph.coupling(id).to);
            let uses_deployed = uses.filter(|used| deployed.contains(used)).collect::<BTreeSet<_>>().len();
            let users: BTreeSet<UnitId> = graph.couplings_to(id).map(|id| graph.coupling(id).from).collect();
            match deployed.contains(&id) {
                true if uses_deployed > 1 => proposal.assemblies.push(path.to_owned()),
                true => proposal.features.push(path.to_owned()),
                false if users.len() > 2 && uses_deployed == 0 => {
                    shared.push((Reverse(users.len()), path.to_owned()));
                }
                false => {}
            }
        }
        proposal.features.sort();
        proposal.assemblies.sort();
        shared.sort();
        proposal.shared = shared.into_iter().map(|(_, path)| path).collect();
        proposal
    }
}

/// A name as TOML wants it for a key.
fn key(name: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.chars().all(is_bare) { name.to_owned() } else { format!("{name:?}") }
}
