//! What a person says beyond the manifests: couplings that none of them states, and corrections of
//! what they state.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::graph::{
    CommonCommits, Correction, Coupling, CouplingGraph, CouplingId, CouplingKind, DeclaredUnit, Unit, UnitId,
    UnitKind,
};
use crate::text::{Location, RepoPath, nearest};

use super::selector::Unmatched;
use super::{Configuration, CouplingEnd, FeatureId, FeatureMap, Role};

/// Two features that change in the same commits, and that nothing else ties.
#[derive(Debug, Clone)]
pub struct ChangedTogether {
    /// The name of the one that comes first by its name.
    pub one: String,
    /// The name of the other.
    pub other: String,
    /// How often, and in which commits.
    pub common: Arc<CommonCommits>,
}

/// Adds the declared couplings to the graph, and what history says, and corrects those that are corrected.
///
/// A feature that a coupling names stands for itself as a unit of its own, its specification, so that
/// what is planned is judged before there is code. A name that matches nothing is remembered in the map.
pub fn amend(
    graph: CouplingGraph,
    map: &mut FeatureMap,
    configuration: &Configuration,
    together: &[ChangedTogether],
) -> CouplingGraph {
    let mut graph = with_statements(graph, map, configuration, together);
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
    configuration: &Configuration,
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
    let coupling = Coupling::new(from, to, kind, [declared_at]);
    let mut graph = graph.clone().with(units, vec![coupling]);
    correct(&mut graph, &mut map, configuration);
    (graph, map, from, to)
}

/// What stands for a feature as a whole.
fn specification(map: &FeatureMap, feature: FeatureId) -> Unit {
    Unit::declared(DeclaredUnit {
        kind: UnitKind::Specification,
        name: map.feature(feature).name.clone(),
        declared_at: map.feature(feature).declared_at.clone(),
        is_outside: false,
    })
}

fn with_statements(
    graph: CouplingGraph,
    map: &mut FeatureMap,
    configuration: &Configuration,
    together: &[ChangedTogether],
) -> CouplingGraph {
    if configuration.couplings.is_empty() && together.is_empty() {
        return graph;
    }
    let mut found = Vec::new();
    let names = Names::new(&graph, map);
    let mut lost = Vec::new();
    for statement in &configuration.couplings {
        let mut end = |end: &CouplingEnd, key: &str| {
            let found = names.meaning(&end.name, end.kind);
            if found.is_none() {
                let is_few = lost.len() < SUGGESTED;
                lost.push(unmatched(end, key, &graph, map, configuration, is_few));
            }
            found
        };
        if let (Some(from), Some(to)) = (end(&statement.from, "from"), end(&statement.to, "to")) {
            found.push((statement, from, to));
        }
    }
    // What history says is told in names, which a change of what is declared may have taken away.
    let feature = |name: &str| names.meaning(name, Some(UnitKind::Specification));
    let ends = |pair: &ChangedTogether| Some((feature(&pair.one)?, feature(&pair.other)?));
    let together: Vec<_> =
        together.iter().filter_map(|pair| ends(pair).map(|(one, other)| (pair, one, other))).collect();
    drop(names);
    map.unmatched.extend(lost);
    map.unmatched.sort_by(|a, b| a.location.cmp(&b.location));
    let mut specified: BTreeMap<FeatureId, UnitId> = BTreeMap::new();
    let mut units = Vec::new();
    let ends = found.iter().map(|(_, from, to)| [*from, *to]);
    let ends = ends.chain(together.iter().map(|(_, one, other)| [*one, *other])).flatten();
    let mut named: Vec<FeatureId> = ends
        .filter_map(|end| match end {
            End::Feature(feature) => Some(feature),
            End::Unit(_) => None,
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    let described: BTreeMap<&str, UnitId> = graph
        .units()
        .filter(|(id, unit)| unit.kind == UnitKind::Specification && map.feature_of(*id).is_some())
        .map(|(id, unit)| (unit.name.as_str(), id))
        .collect();
    for feature in named {
        // What a catalog specifies by the name of its own feature stands for it already.
        let known = described.get(map.feature(feature).name.as_str());
        if let Some(known) = known.filter(|unit| map.feature_of(**unit) == Some(feature)) {
            specified.insert(feature, *known);
            continue;
        }
        specified.insert(feature, UnitId::new(graph.units().len() + units.len()));
        let mut unit = specification(map, feature);
        if graph.units().any(|(_, other)| other.kind == unit.kind && other.name == unit.name) {
            unit.name += " (feature)";
        }
        units.push(unit);
        map.push_unit(Role::Feature(feature), map.feature(feature).declared_at.clone());
    }
    let unit_of = |end: End| match end {
        End::Unit(unit) => Some(unit),
        End::Feature(feature) => specified.get(&feature).copied(),
    };
    let couplings = found.iter().filter_map(|(statement, from, to)| {
        let (from, to) = (unit_of(*from)?, unit_of(*to)?);
        let span = statement.to.written.span;
        let place = Location { path: configuration.file.clone(), span };
        let coupling = Coupling::new(from, to, statement.kind, [place]);
        let declared = Some(Arc::from(statement.reason.as_str()));
        (from != to).then_some(Coupling { declared, ..coupling })
    });
    let mut couplings: Vec<Coupling> = couplings.collect();
    // There is no line that states it: the one that declares the feature is what history contradicts.
    couplings.extend(together.iter().filter_map(|(pair, one, other)| {
        let (from, to) = (unit_of(*one)?, unit_of(*other)?);
        let (End::Feature(first), true) = (one, from != to) else { return None };
        let place = map.feature(*first).declared_at.clone();
        let coupling = Coupling::new(from, to, CouplingKind::Change, [place]);
        Some(Coupling { common: Some(Arc::clone(&pair.common)), ..coupling })
    }));
    graph.with(units, couplings)
}

/// How many names that match nothing get a suggestion: each is compared with every name that there is.
const SUGGESTED: usize = 100;

/// What names mean.
pub struct Names<'g> {
    features: BTreeMap<&'g str, FeatureId>,
    /// By name, by the name that it has where it is declared, and by path.
    units: [BTreeMap<&'g str, Vec<(UnitKind, UnitId)>>; 3],
}

impl<'g> Names<'g> {
    /// Gathers every name once.
    pub fn new(graph: &'g CouplingGraph, map: &'g FeatureMap) -> Self {
        let features = map.features.iter().enumerate();
        let features = features.map(|(at, feature)| (feature.name.as_str(), FeatureId::new(at))).collect();
        let mut units: [BTreeMap<&str, Vec<(UnitKind, UnitId)>>; 3] = Default::default();
        for (id, unit) in graph.units() {
            units[0].entry(&unit.name).or_default().push((unit.kind, id));
            units[1].entry(&unit.short_name).or_default().push((unit.kind, id));
            if unit.has_folder() {
                units[2].entry(unit.path.as_str()).or_default().push((unit.kind, id));
            }
        }
        Self { features, units }
    }

    /// A feature before a unit: that is what a person means by a name that both have.
    pub fn meaning(&self, name: &str, kind: Option<UnitKind>) -> Option<End> {
        let feature =
            self.features.get(name).filter(|_| kind.is_none_or(|kind| kind == UnitKind::Specification));
        feature.map(|feature| End::Feature(*feature)).or_else(|| self.unit(name, kind))
    }

    /// The unit of a name or a path; `None` if several have it with equal right.
    pub fn unit(&self, name: &str, kind: Option<UnitKind>) -> Option<End> {
        let path = name.trim_end_matches('/');
        for (units, name) in self.units.iter().zip([name, name, path]) {
            let found = units.get(name).map(Vec::as_slice).unwrap_or_default();
            let mut found = found.iter().filter(|(other, _)| kind.is_none_or(|kind| kind == *other));
            let Some((first_kind, first)) = found.next() else { continue };
            // A package before its binary of the same name, but not one package before another.
            let is_only = found.next().is_none_or(|(other, _)| other != first_kind);
            return is_only.then_some(End::Unit(*first));
        }
        None
    }
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
    is_few: bool,
) -> Unmatched {
    let full = graph.units().filter(|(_, unit)| unit.short_name == end.name).map(|(_, unit)| &unit.name);
    let several: Vec<String> = full.take(2).map(|name| format!("`{name}`")).collect();
    let names = map.features.iter().map(|feature| feature.name.as_str());
    let names = names.chain(graph.units().map(|(_, unit)| unit.short_name.as_str()));
    Unmatched {
        written: end.written.value.clone(),
        place: format!("`{key}` of a declared coupling"),
        wanted: if several.len() > 1 { "single unit, but several" } else { "feature or unit" },
        location: Location { path: configuration.file.clone(), span: end.written.span },
        nearest: match several.first() {
            Some(first) => Some(first.trim_matches('`').to_owned()),
            None => is_few.then(|| nearest(&end.name, names)).flatten().map(str::to_owned),
        },
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
