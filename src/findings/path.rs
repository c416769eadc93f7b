//! A walk, told once: at the coupling that leads to its end.

use std::collections::BTreeMap;

use crate::features::FeatureId;
use crate::graph::{CouplingId, UnitId};
use crate::rules::{PathCondition, Rule, Through};

use super::entrants::{Entrant, Entrants, Start};
use super::{Finding, Judged, listed};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &PathCondition) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let from = condition.from.resolve(graph, map);
    let (last, to) = (condition.last.resolve(graph, map), condition.to.resolve(graph, map));
    let through = match &condition.through {
        Through::Units(selector) => Some(selector.resolve(graph, map)),
        Through::SameFeature => None,
    };
    let is_last = |id: &CouplingId| {
        let coupling = graph.coupling(*id);
        last.contains(coupling.from)
            && to.contains(coupling.to)
            && through.as_ref().is_none_or(|through| through.contains(coupling.from))
            && map.is_of(graph, *id, &condition.last_kinds)
            && judged.has_any(&condition.leaves_when, coupling.from, coupling.to)
    };
    let last_ones: Vec<CouplingId> = graph.couplings().map(|(id, _)| id).filter(is_last).collect();
    let start = Start::Units { from, enters_when: &condition.enters_when };
    let mut walks = match through {
        Some(through) => Walks::Through(Entrants::new(judged, &condition.kinds, start, through)),
        None => Walks::InFeature { judged, condition, start, of: BTreeMap::new() },
    };
    let mut findings = Vec::new();
    for id in last_ones {
        let coupling = graph.coupling(id);
        let mut let_in = walks.of(coupling.from).to_vec();
        for one in &mut let_in {
            one.units.retain(|unit| !judged.is_any(&condition.unless, *unit, coupling.to));
        }
        let_in.retain(|one| !one.units.is_empty());
        if let_in.is_empty() {
            continue;
        }
        let names: Vec<_> = let_in.iter().map(|one| one.name(judged)).collect();
        let names = listed(&names, "nobody");
        let mut finding = judged.finding(rule, id, &|name| match name {
            "let-in" => Some(names.clone()),
            "through" => Some(graph.unit(coupling.from).name.clone()),
            _ => None,
        });
        finding.let_in(let_in.iter().map(|one| one.named(judged, coupling.to)));
        let units = let_in.iter().flat_map(|one| &one.units);
        finding.joins = units.map(|unit| (*unit, coupling.to)).collect();
        findings.push(finding);
    }
    findings
}

/// Who comes to a unit, by walks of either kind.
enum Walks<'a> {
    Through(Entrants<'a>),
    /// One walk for each feature, through its own units alone.
    InFeature {
        judged: Judged<'a>,
        condition: &'a PathCondition,
        start: Start<'a>,
        of: BTreeMap<FeatureId, Entrants<'a>>,
    },
}

impl Walks<'_> {
    fn of(&mut self, unit: UnitId) -> &[Entrant] {
        match self {
            Self::Through(entrants) => entrants.of(unit),
            Self::InFeature { judged, condition, start, of } => {
                let Some(feature) = judged.map.feature_of(unit) else { return &[] };
                let entrants = of.entry(feature).or_insert_with(|| {
                    Entrants::in_feature(*judged, &condition.kinds, start.clone(), feature)
                });
                entrants.of(unit)
            }
        }
    }
}
