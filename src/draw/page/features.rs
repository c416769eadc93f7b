//! Features, and what belongs to none: who answers for it, and whether it can be deployed alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::Repository;
use crate::features::{Feature, FeatureId, Role};
use crate::graph::UnitId;
use crate::graph::cargo::{BuildOptions, build_sets};
use crate::insight::{Links, Shipping, Ships as Answer, contents, shipping};

use super::contents::Source;
use super::model::{Deployable, Group, Responsibility, Ships};
use crate::report::{counted, enumerated, safe_line};

/// How many names a sentence has.
const NAMED: usize = 4;

/// How all features are shipped, and what each binary links.
pub(super) struct Shippings {
    pub(super) all: Vec<Shipping>,
    links: Links,
}

pub(super) fn shippings(repository: &Repository) -> Shippings {
    let links = links(repository);
    Shippings { all: shipping(&repository.linked.graph, &repository.map, &links), links }
}

/// What each binary links on any platform, with its default Cargo features. What guppy can't tell is left out
/// here: `check` is the place to say that a manifest is broken.
fn links(repository: &Repository) -> Links {
    let linked = &repository.linked;
    let sets = build_sets(&linked.cargo, &BuildOptions::default()).map(|(sets, _)| sets).unwrap_or_default();
    let packages: BTreeMap<UnitId, usize> =
        linked.package_units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
    let of_binary = |(id, unit): (UnitId, &crate::graph::Unit)| {
        let package = packages.get(&unit.parent?)?;
        let set = sets.get(&(*package, unit.short_name.clone()))?;
        Some((id, set.links.iter().map(|at| linked.package_units[*at]).collect()))
    };
    linked.graph.units().filter_map(of_binary).collect()
}

pub(super) fn groups(source: &Source<'_>, shippings: &Shippings) -> Vec<Group> {
    let map = &source.repository.map;
    let owners = owners(source);
    let all = map.features.iter().zip(&shippings.all).zip(owners);
    let features = all.map(|((feature, shipping), owner)| Group {
        name: safe_line(&feature.name),
        role: "feature",
        is_culprit: false,
        about: feature.about.as_deref().map(safe_line),
        owner,
        responsibilities: feature.responsibilities.iter().map(|id| id.index()).collect(),
        declared: Some(source.line(&feature.declared_at)),
        ships: Some(ships(source, shipping, &shippings.links)),
    });
    let others = source.others.iter().map(|role| Group {
        name: safe_line(&map.name_of_role(*role)),
        role: word(*role),
        is_culprit: false,
        about: about(source, *role),
        owner: match role {
            Role::Responsibility(id) => map.responsibility(*id).owner.as_deref().map(safe_line),
            _ => None,
        },
        responsibilities: Vec::new(),
        declared: None,
        ships: None,
    });
    let culprits = source.places.culprits.iter().map(|id| Group {
        name: safe_line(&source.repository.linked.graph.unit(*id).name),
        role: word(map.role(*id)),
        is_culprit: true,
        about: about(source, map.role(*id)),
        owner: map.owner(*id).map(safe_line),
        responsibilities: Vec::new(),
        declared: None,
        ships: None,
    });
    features.chain(others).chain(culprits).collect()
}

/// Who answers for each feature: whom it declares, or the one whom `CODEOWNERS` names for all of its units.
fn owners(source: &Source<'_>) -> Vec<Option<String>> {
    let Repository { linked, map, .. } = source.repository;
    let mut named: Vec<BTreeSet<Option<&str>>> = vec![BTreeSet::new(); map.features.len()];
    for (id, _) in linked.graph.units() {
        if let Some(feature) = map.feature_of(id) {
            named[feature.index()].insert(map.owner(id));
        }
    }
    let of = |(feature, names): (&Feature, &BTreeSet<Option<&str>>)| {
        let only = names.first().copied().flatten().filter(|_| names.len() == 1);
        feature.owner.as_deref().or(only).map(safe_line)
    };
    map.features.iter().zip(&named).map(of).collect()
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Feature(_) => "feature",
        Role::Shared => "shared",
        Role::Assembly => "assembly",
        Role::TestSupport => "test-support",
        Role::Responsibility(_) => "responsibility",
        Role::Unassigned => "unassigned",
    }
}

fn about(source: &Source<'_>, role: Role) -> Option<String> {
    let text = match role {
        Role::Feature(_) => return None,
        Role::Shared => "What every feature may build on, and what builds on none",
        Role::Assembly => {
            "What puts features together: it may depend on every feature, and nothing depends on it"
        }
        Role::TestSupport => "What is there for tests alone",
        Role::Responsibility(id) => {
            return source.repository.map.responsibility(id).about.as_deref().map(safe_line);
        }
        Role::Unassigned => "What nothing assigns",
    };
    Some(text.to_owned())
}

pub(super) fn responsibilities(source: &Source<'_>) -> Vec<Responsibility> {
    let all = source.repository.map.responsibilities.iter();
    let all = all.map(|one| Responsibility {
        name: safe_line(&one.name),
        about: one.about.as_deref().map(safe_line),
        owner: one.owner.as_deref().map(safe_line),
        declared: source.line(&one.declared_at),
    });
    all.collect()
}

fn ships(source: &Source<'_>, shipping: &Shipping, links: &Links) -> Ships {
    let graph = &source.repository.linked.graph;
    let positions = |units: &[UnitId]| units.iter().map(|id| id.index()).collect();
    let deployable = |id: &UnitId| Deployable {
        unit: id.index(),
        links: linked(source, links, *id),
        runs: positions(&graph.unit(*id).runs),
    };
    Ships {
        standing: match shipping.ships() {
            Answer::Alone => "alone",
            Answer::Together => "together",
            Answer::Nothing => "nothing",
        },
        why: why(source, shipping),
        deployables: shipping.deployables.iter().map(deployable).collect(),
    }
}

/// The packages that are linked into what a deployable ships, itself or in the binaries that it runs; sorted.
fn linked(source: &Source<'_>, links: &Links, deployable: UnitId) -> Vec<usize> {
    let binaries = contents(&source.repository.linked.graph, deployable);
    let packages: BTreeSet<UnitId> =
        binaries.iter().filter_map(|one| links.get(one)).flatten().copied().collect();
    packages.into_iter().map(UnitId::index).collect()
}

/// What stands in the way, or that nothing does; as sentences.
fn why(source: &Source<'_>, shipping: &Shipping) -> Vec<String> {
    let Repository { linked, map, .. } = source.repository;
    let features = |ids: &[FeatureId]| {
        let names = ids.iter().map(|id| format!("`{}`", map.feature(*id).name)).collect::<Vec<_>>();
        enumerated(&names, NAMED)
    };
    let units = |ids: &[UnitId]| {
        let names = ids.iter().map(|id| format!("`{}`", linked.graph.unit(*id).shown())).collect::<Vec<_>>();
        enumerated(&names, NAMED)
    };
    let mut why = Vec::new();
    if shipping.ships() == Answer::Nothing {
        why.push(match shipping.assembled_in.is_empty() {
            true => "It ships nothing of its own.".to_owned(),
            false => {
                format!("It ships nothing of its own: it goes out in {}.", units(&shipping.assembled_in))
            }
        });
    }
    match shipping.reaches.len() {
        0 => why.push("It reaches no other feature.".to_owned()),
        count => {
            let many = counted(count, "other feature", "other features");
            why.push(format!("It needs {many}: {}.", features(&shipping.reaches)));
        }
    }
    for (deployable, others) in &shipping.packed_with {
        let name = linked.graph.unit(*deployable).shown();
        why.push(format!("`{name}` ships it together with {}.", features(others)));
    }
    if !shipping.reached_by.is_empty() {
        let needed = counted(shipping.reached_by.len(), "other feature needs", "other features need");
        why.push(format!("{needed} it: {}.", features(&shipping.reached_by)));
    }
    why.iter().map(|sentence| safe_line(sentence)).collect()
}
