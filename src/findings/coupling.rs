//! One edge.

use crate::graph::{CouplingId, UnitId};
use crate::rules::{CouplingCondition, Rule};

use super::entrants::{Entrant, Entrants, Start};
use super::{Finding, Judged};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &CouplingCondition) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let (from, to) = (condition.from.resolve(graph, map), condition.to.resolve(graph, map));
    let is_meant = |id: CouplingId| {
        let coupling = graph.coupling(id);
        from.contains(coupling.from)
            && to.contains(coupling.to)
            && map.is_of(graph, id, &condition.kinds)
            && judged.is_wrong(&condition.when, &condition.unless, id)
    };
    let found: Vec<CouplingId> = graph.couplings().map(|(id, _)| id).filter(|id| is_meant(*id)).collect();
    let told = |id: &CouplingId| Finding {
        references: graph.coupling(*id).references.clone(),
        ..judged.finding(rule, *id, &|_| None)
    };
    let mut findings: Vec<Finding> = found.iter().map(told).collect();
    if let Some(lets_in) = &condition.lets_in {
        let through = lets_in.through.resolve(graph, map);
        let mut entrants = Entrants::new(judged, &lets_in.kinds, Start::Features, through);
        for (id, finding) in found.iter().zip(&mut findings) {
            let coupling = graph.coupling(*id);
            let let_in = entrants.of(coupling.from).iter();
            let others = let_in.filter(|one| is_news(judged, one, coupling.to));
            let others: Vec<&Entrant> = others.collect();
            finding.let_in(others.iter().map(|one| one.named(judged, coupling.to)));
            let units = others.iter().flat_map(|one| &one.units);
            finding.joins = units.map(|unit| (*unit, coupling.to)).collect();
        }
    }
    findings
}

/// Whether a feature gets to know of another one that it could not use by itself.
fn is_news(judged: Judged<'_>, entrant: &Entrant, to: UnitId) -> bool {
    let map = judged.map;
    entrant.feature().is_some_and(|feature| {
        Some(feature) != map.feature_of(to)
            && !map.is_excused(feature, to)
            && !map.is_in_audience(entrant.way.start(), to)
    })
}
