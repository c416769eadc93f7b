//! What networks and volumes are called outside of the project that makes them: so another project can have
//! them too.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::RepoPath;

use super::project::Files;
use super::surroundings::Surroundings;
use super::{FactMap, Network, Projects};

/// What compose calls a project: what its file says, or else its `.env`, or else its folder. The folder of the
/// repository itself has another name on each machine.
pub(super) fn project_name(
    files: &Files<'_>,
    facts: &FactMap,
    folder: &RepoPath,
    main: &RepoPath,
) -> Option<String> {
    let surroundings = Surroundings::of(facts, folder, &[]);
    let said = files.get(main).and_then(|file| file.facts.name.as_ref());
    let name = match (said, surroundings.get("COMPOSE_PROJECT_NAME")) {
        (_, Some((name, _))) => name.clone(),
        (Some(said), None) => surroundings.fill(&said.value),
        (None, None) => folder.file_name().to_owned(),
    };
    let is_part = |one: &char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
    let name: String = name.to_ascii_lowercase().chars().filter(is_part).collect();
    (!name.is_empty()).then_some(name)
}

/// Of all names outside, those that belong to one thing alone, with what that is in its project.
fn owned<'n>(
    own: impl Iterator<Item = (usize, &'n str)>,
    called: &[Option<String>],
) -> BTreeMap<String, (usize, String)> {
    let mut owned: BTreeMap<String, BTreeSet<(usize, &str)>> = BTreeMap::new();
    for (environment, name) in own {
        if let Some(Some(project)) = called.get(environment) {
            owned.entry(format!("{project}_{name}")).or_default().insert((environment, name));
        }
    }
    let single = owned.into_iter().filter(|(_, owners)| owners.len() == 1);
    single
        .filter_map(|(full, owners)| {
            owners.into_iter().next().map(|(at, name)| (full, (at, name.to_owned())))
        })
        .collect()
}

impl Projects {
    /// What is external in one project may be what another project makes, by its full name: `shop_default`.
    pub(super) fn join_by_full_names(&mut self, called: &[Option<String>]) {
        let own = self.networks.iter().flatten();
        let own = own.filter_map(|network| Some((network.environment?, network.name.as_str())));
        let networks = owned(own, called);
        let known = self.names.values_mut().flatten().map(|known| &mut known.networks);
        for set in self.networks.iter_mut().chain(known) {
            if set.iter().all(|network| network.environment.is_some()) {
                continue;
            }
            *set = std::mem::take(set).into_iter().map(|network| meant(network, &networks)).collect();
        }
        let own = self.declared.keys().filter_map(|kept| Some((kept.environment?, kept.name.as_str())));
        let kept = owned(own, called);
        for (one, _) in self.running.iter_mut().flat_map(|running| &mut running.volumes) {
            if let (None, Some((environment, name))) = (one.environment, kept.get(&one.name)) {
                one.environment = Some(*environment);
                one.name.clone_from(name);
            }
        }
    }
}

fn meant(network: Network, owned: &BTreeMap<String, (usize, String)>) -> Network {
    match (network.environment, owned.get(&network.name)) {
        (None, Some((environment, name))) => Network { environment: Some(*environment), name: name.clone() },
        _ => network,
    }
}
