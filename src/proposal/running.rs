//! Features of a repository that runs what is built elsewhere: its services are all that there is to go by.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FeatureMap, Role};
use crate::graph::{CouplingGraph, Unit, UnitKind};

use super::cover::escaped;
use super::words::{names_infrastructure, names_tests, words};
use super::{ProposedFeature, plain};

/// How many services make a product, or show that it is built here.
const SEVERAL: usize = 3;

/// A feature for each service that nobody builds here, if the product consists of such: with what every feature may
/// use (what observes, routes, keeps data) left to nobody.
pub(super) fn running(
    graph: &CouplingGraph,
    map: &FeatureMap,
    proposed: &[ProposedFeature],
) -> Vec<ProposedFeature> {
    let services = || graph.units().filter(|(_, unit)| unit.kind == UnitKind::Service && unit.has_folder());
    let has_packages = graph.units().any(|(_, unit)| unit.kind == UnitKind::Package);
    if has_packages || services().filter(|(_, unit)| !unit.runs.is_empty()).count() >= SEVERAL {
        return Vec::new();
    }
    let is_product = |unit: &Unit| {
        let words = words(&unit.short_name);
        unit.runs.is_empty() && !words.is_empty() && !names_infrastructure(&words) && !names_tests(&words)
    };
    let mut named: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (id, unit) in services().filter(|(_, unit)| is_product(unit)) {
        let (count, is_new) = named.entry(unit.short_name.as_str()).or_insert((0, false));
        *count += 1;
        *is_new |= map.role(id) == Role::Unassigned;
    }
    if named.len() < SEVERAL {
        return Vec::new();
    }
    let mut taken: BTreeSet<String> = map.features.iter().map(|feature| feature.name.clone()).collect();
    taken.extend(proposed.iter().map(|feature| feature.name.clone()));
    let new = named.into_iter().filter(|(_, (_, is_new))| *is_new);
    let features = new.filter_map(|(service, (count, _))| {
        let name = plain(service);
        let is_plain = !service.contains(['{', '}', '/', ':']) && taken.insert(name.clone());
        is_plain.then(|| ProposedFeature {
            name,
            why: match count {
                1 => "a service".to_owned(),
                _ => format!("a service, declared in {count} places"),
            },
            deployables: vec![escaped(service)],
            ..ProposedFeature::default()
        })
    });
    features.collect()
}
