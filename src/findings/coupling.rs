//! One edge.

use crate::graph::CouplingKind;
use crate::rules::{CouplingCondition, Rule, Selector};

use super::entrants::{Entrant, Entrants};
use super::{Finding, Judged};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &CouplingCondition) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let nobody = Selector::Any(vec![Selector::Shared, Selector::Responsibility, Selector::Unassigned]);
    let kinds = [CouplingKind::Code, CouplingKind::Build];
    let mut entrants = Entrants::new(judged, &kinds, &Selector::Feature, &nobody);
    let mut findings = Vec::new();
    for (id, coupling) in graph.couplings() {
        let is_meant = condition.kinds.contains(&map.kind(graph, id))
            && condition.from.selects(coupling.from, map)
            && condition.to.selects(coupling.to, map)
            && !judged.is_excused(&condition.unless, coupling.from, coupling.to);
        if !is_meant {
            continue;
        }
        let mut finding = judged.finding(rule, id, "");
        if nobody.selects(coupling.from, map) {
            let let_in = entrants.of(coupling.from).into_iter();
            let is_news = |one: &Entrant| {
                Some(one.feature) != map.feature_of(coupling.to)
                    && !map.is_excused(one.feature, coupling.to)
                    && !map.is_in_audience(one.way[0], coupling.to)
            };
            let others = let_in.filter(is_news);
            finding.lets_in = others.map(|one| one.named(judged, coupling.to)).collect();
        }
        findings.push(finding);
    }
    findings
}
