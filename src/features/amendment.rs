//! What a person says beyond the manifests: couplings that none of them states, and corrections of
//! what they state.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::graph::{
    Conditions, Correction, Coupling, CouplingGraph, CouplingId, CouplingKind, DeclaredUnit, Unit, UnitId,
    UnitKind,
};
use crate::text::{Location, RepoPath, nearest};

use super::selector::Unmatched;
use super::{Configuration, CouplingEnd, FeatureId, FeatureMap, Role};

/// Adds the declared couplings to the graph and corrects those that are corrected.
///
/// A feature that a coupling names stands for itself as a unit of its own, its specification, so that
/// what is planned is judged before there is code. A name that matches nothing is remembered in the map.
pub fn amend(graph: CouplingGraph, map: &mut FeatureMap, configuration: &Configuration) -> CouplingGraph {
    let mut graph = with_statements(graph, map, configuration);
    correct(&mut graph, map, configuration);
    graph
}

/// What an end of a coupling names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// One unit.
    Unit(UnitId),
    /// A feature as a whole.
    Feature(FeatureId),
}

/// The graph with one coupling that is not there, and the units that it joins.
pub fn suppose(
    graph: &CouplingGraph,
    map: &FeatureMap,
    (from, to): (End, End),
    kind: CouplingKind,
) -> (CouplingGraph, FeatureMap, UnitId, UnitId) {
    let mut map = map.clone();
    let mut units = Vec::new();
    let mut unit_of = |end: End| match end {
        End::Unit(unit) => unit,
        End::Feature(feature) => {
            let name = map.feature(feature).name.clone();
            let is_it = |unit: &Unit| unit.kind == UnitKind::Specification && unit.name == name;
            let known = graph.units().find(|(_, unit)| is_it(unit)).map(|(id, _)| id);
            let new = units.iter().position(is_it).map(|at| UnitId::new(graph.units().len() + at));
            known.or(new).unwrap_or_else(|| {
                let id = UnitId::new(graph.units().len() + units.len());
                units.push(specification(&map, feature));
                map.push_unit(Role::Feature(feature), map.feature(feature).declared_at.clone());
                id
            })
        }
    };
    let (from, to) = (unit_of(from), unit_of(to));
    let declared_at = match from.index().checked_sub(graph.units().len()) {
        None => graph.unit(from).declared_at.clone(),
        Some(at) => units[at].declared_at.clone(),
    };
    let coupling = Coupling {
        from,
        to,
        kind,
        conditions: Conditions::default(),
        request: None,
        evidence: Arc::from([declared_at]),
        declared: None,
        correction: None,
    };
    (graph.clone().with(units, vec![coupling]), map, from, to)
}

/// What stands for a feature as a whole.
fn specification(map: &FeatureMap, feature: FeatureId) -> Unit {
    Unit::declared(DeclaredUnit {
        kind: UnitKind::Specification,
        name: map.feature(feature).name.clone(),
        declared_at: map.feature(feature).declared_at.clone(),
    })
}

fn with_statements(
    graph: CouplingGraph,
    map: &mut FeatureMap,
    configuration: &Configuration,
) -> CouplingGraph {
    if configuration.couplings.is_empty() {
        return graph;
    }
    let mut found = Vec::new();
    for statement in &configuration.couplings {
        let mut end = |end: &CouplingEnd, key: &str| {
            let found = resolve(end, &graph, map);
            if found.is_none() {
                let unmatched = unmatched(end, key, &graph, map, configuration);
                map.unmatched.push(unmatched);
            }
            found
        };
        if let (Some(from), Some(to)) = (end(&statement.from, "from"), end(&statement.to, "to")) {
            found.push((statement, from, to));
        }
    }
    map.unmatched.sort_by(|a, b| a.location.cmp(&b.location));
    let mut specified: BTreeMap<FeatureId, UnitId> = BTreeMap::new();
    let mut units = Vec::new();
    let ends = found.iter().flat_map(|(_, from, to)| [*from, *to]);
    let mut named: Vec<FeatureId> = ends
        .filter_map(|end| match end {
            End::Feature(feature) => Some(feature),
            End::Unit(_) => None,
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    for feature in named {
        specified.insert(feature, UnitId::new(graph.units().len() + units.len()));
        units.push(specification(map, feature));
        map.push_unit(Role::Feature(feature), map.feature(feature).declared_at.clone());
    }
    let unit_of = |end: End| match end {
        End::Unit(unit) => Some(unit),
        End::Feature(feature) => specified.get(&feature).copied(),
    };
    let couplings = found.iter().filter_map(|(statement, from, to)| {
        let (from, to) = (unit_of(*from)?, unit_of(*to)?);
        let span = statement.to.written.span;
        (from != to).then(|| Coupling {
            from,
            to,
            kind: statement.kind,
            conditions: Conditions::default(),
            request: None,
            evidence: Arc::from([Location { path: configuration.file.clone(), span }]),
            declared: Some(Arc::from(statement.reason.as_str())),
            correction: None,
        })
    });
    let couplings: Vec<Coupling> = couplings.collect();
    graph.with(units, couplings)
}

/// A feature before a unit: that is what a person means by a name that both have.
fn resolve(end: &CouplingEnd, graph: &CouplingGraph, map: &FeatureMap) -> Option<End> {
    named(&end.name, end.kind, graph, map)
}

/// What a name means: a feature, a unit by its name or its path.
pub fn named(name: &str, kind: Option<UnitKind>, graph: &CouplingGraph, map: &FeatureMap) -> Option<End> {
    if kind.is_none() || kind == Some(UnitKind::Specification) {
        let feature = map.features.iter().position(|feature| feature.name == name);
        if let Some(at) = feature {
            return Some(End::Feature(FeatureId::new(at)));
        }
    }
    let is_of_kind = |unit: &Unit| kind.is_none_or(|kind| kind == unit.kind);
    let find = |is_named: &dyn Fn(&Unit) -> bool| {
        let mut units = graph.units().filter(|(_, unit)| is_of_kind(unit) && is_named(unit));
        units.next().map(|(id, _)| End::Unit(id))
    };
    find(&|unit| unit.name == name)
        .or_else(|| find(&|unit| unit.short_name == name))
        .or_else(|| find(&|unit| !unit.is_declared() && unit.path.as_str() == name.trim_end_matches('/')))
}

/// The package that a path lies in: the one with the deepest folder around it.
pub fn package_around(path: &RepoPath, graph: &CouplingGraph) -> Option<UnitId> {
    let is_around =
        |unit: &Unit| unit.kind == UnitKind::Package && !unit.is_declared() && path.is_within(&unit.path);
    let around = graph.units().filter(|(_, unit)| is_around(unit));
    around.max_by_key(|(_, unit)| unit.path.as_str().len()).map(|(id, _)| id)
}

fn unmatched(
    end: &CouplingEnd,
    key: &str,
    graph: &CouplingGraph,
    map: &FeatureMap,
    configuration: &Configuration,
) -> Unmatched {
    let names = map.features.iter().map(|feature| feature.name.as_str());
    let names = names.chain(graph.units().map(|(_, unit)| unit.short_name.as_str()));
    Unmatched {
        written: end.written.value.clone(),
        place: format!("`{key}` of a declared coupling"),
        wanted: "feature or unit",
        location: Location { path: configuration.file.clone(), span: end.written.span },
        nearest: nearest(&end.name, names).map(str::to_owned),
    }
}

/// What is corrected is judged as the manifests state it, so that the order of corrections says nothing.
fn correct(graph: &mut CouplingGraph, map: &mut FeatureMap, configuration: &Configuration) {
    let mut corrected: BTreeMap<CouplingId, Correction> = BTreeMap::new();
    for (at, statement) in configuration.corrections.iter().enumerate() {
        let (from, to) = (statement.from.resolve(graph, map), statement.to.resolve(graph, map));
        let is_meant = |id: CouplingId| {
            let coupling = graph.coupling(id);
            let kind = map.kind_between(coupling.kind, coupling.from, coupling.to);
            from.contains(coupling.from)
                && to.contains(coupling.to)
                && statement.kind.is_none_or(|wanted| kind == wanted)
                && match statement.correction {
                    Correction::TypesOnly => kind == CouplingKind::Call,
                    Correction::NoOrder => matches!(kind, CouplingKind::Call | CouplingKind::Start),
                    Correction::NotDeployed => kind != CouplingKind::Test,
                }
        };
        let meant: Vec<CouplingId> = graph.couplings().map(|(id, _)| id).filter(|id| is_meant(*id)).collect();
        if meant.is_empty() {
            map.stale_corrections.push(at);
        }
        for id in meant {
            // What says the most about a coupling holds: one that is not deployed has no order either.
            let known = corrected.entry(id).or_insert(statement.correction);
            *known = statement.correction.max(*known);
        }
    }
    corrected.into_iter().for_each(|(id, correction)| graph.correct(id, correction));
}
