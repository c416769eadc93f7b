//! Units and couplings, as the page knows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Repository;
use crate::features::Role;
use crate::graph::{CouplingKind, UnitKind};
use crate::report::safe_line;

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
        let group = source.group(id);
        Unit(safe_line(&unit.name), kind, group, source.line(&unit.declared_at), u8::from(map.is_api(id)))
    });
    units.collect()
}

/// All couplings, but those of which a person says that they are none; and the conditions that they name.
pub(super) fn couplings(source: &Source<'_>) -> (Vec<Coupling>, Vec<String>) {
    let Repository { linked, map, .. } = source.repository;
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
            Standing(source.places.standings.of(&linked.graph, map, id, kind)),
            line,
            condition,
        ));
    }
    let mut texts: Vec<(usize, String)> = conditions.into_iter().map(|(text, at)| (at, text)).collect();
    texts.sort();
    (couplings, texts.into_iter().map(|(_, text)| text).collect())
}
