//! Units and couplings, as the page knows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Repository;
use crate::features::Role;
use crate::findings::Finding;
use crate::graph::{Coupling as GraphCoupling, CouplingId, CouplingKind, UnitId, UnitKind};
use crate::rules::Level;

use super::super::safe_line;
use super::contents::Source;
use super::model::{Coupling, Line, Standing, Unit};

/// The roles that units have beside those of features, in order.
pub(super) fn other_roles(repository: &Repository) -> Vec<Role> {
    let roles: BTreeSet<Role> =
        repository.linked.graph.units().map(|(id, _)| repository.map.role(id)).collect();
    roles.into_iter().filter(|role| !matches!(role, Role::Feature(_))).collect()
}

pub(super) fn units(source: &Source<'_>) -> Vec<Unit> {
    let Repository { linked, map, .. } = source.repository;
    let units = linked.graph.units().map(|(id, unit)| {
        let kind = UnitKind::ALL.iter().position(|kind| *kind == unit.kind).unwrap_or_default();
        let group = source.group(map.role(id));
        Unit(safe_line(&unit.name), kind, group, source.line(&unit.declared_at), u8::from(map.is_api(id)))
    });
    units.collect()
}

/// All couplings, but those of which a person says that they are none; and the conditions that they name.
pub(super) fn couplings(source: &Source<'_>) -> (Vec<Coupling>, Vec<String>) {
    let Repository { linked, map, .. } = source.repository;
    let judged = judged(source);
    let mut conditions: BTreeMap<String, usize> = BTreeMap::new();
    let mut couplings = Vec::new();
    for (id, coupling) in linked.graph.couplings() {
        let Some(kind) = map.kind(&linked.graph, id) else { continue };
        let condition = match coupling.conditions.sentence() {
            sentence if sentence.is_empty() => 0,
            sentence => {
                let next = conditions.len() + 1;
                *conditions.entry(safe_line(&sentence)).or_insert(next)
            }
        };
        let line = coupling.evidence.first().map_or(Line(0, 0), |location| source.line(location));
        couplings.push(Coupling(
            coupling.from.index(),
            coupling.to.index(),
            CouplingKind::ALL.iter().position(|one| *one == kind).unwrap_or_default(),
            judged.get(&id).copied().unwrap_or_else(|| unjudged(source.repository, coupling, kind)),
            line,
            condition,
        ));
    }
    let mut texts: Vec<(usize, String)> = conditions.into_iter().map(|(text, at)| (at, text)).collect();
    texts.sort();
    (couplings, texts.into_iter().map(|(_, text)| text).collect())
}

/// What findings say about couplings: the strictest of each.
fn judged(source: &Source<'_>) -> BTreeMap<CouplingId, Standing> {
    let told = source.told;
    let open = told.findings.iter().map(|finding| {
        (finding, if finding.level == Level::Deny { Standing::Deny } else { Standing::Warn })
    });
    let baselined = told.baselined.iter().map(|one| &one.finding);
    let excepted = told.excepted.iter().map(|one| &one.finding);
    let accepted = told.inherited.iter().chain(baselined).chain(excepted);
    let all = open.chain(accepted.map(|finding| (finding, Standing::Accepted)));
    let mut judged: BTreeMap<CouplingId, Standing> = BTreeMap::new();
    for (finding, standing) in all {
        for id in about(source.repository, finding) {
            judged.entry(id).and_modify(|known| *known = standing.min(*known)).or_insert(standing);
        }
    }
    judged
}

/// The couplings that a finding is about.
fn about(repository: &Repository, finding: &Finding) -> Vec<CouplingId> {
    let graph = &repository.linked.graph;
    let pairs: BTreeSet<(UnitId, UnitId)> = finding.cuts.iter().chain(&finding.joins).copied().collect();
    let is_meant = |id: &CouplingId| {
        finding.kind.is_none_or(|kind| repository.map.kind(graph, *id) == Some(kind))
    };
    let couplings = pairs.into_iter().flat_map(|(from, to)| graph.couplings_between(from, to));
    couplings.filter(is_meant).collect()
}

/// What stands behind a coupling that no finding is about.
fn unjudged(repository: &Repository, coupling: &GraphCoupling, kind: CouplingKind) -> Standing {
    let map = &repository.map;
    let (from, to) = (map.feature_of(coupling.from), map.feature_of(coupling.to));
    let is_excused = kind != CouplingKind::Call
        && from != to
        && from.is_some_and(|from| map.is_excused(from, coupling.to));
    if is_excused { Standing::Excused } else { Standing::Free }
}
