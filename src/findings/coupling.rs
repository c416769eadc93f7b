//! One edge.

use crate::graph::CouplingKind;
use crate::rules::{CouplingCondition, Rule, Selector};

use super::entrants::Entrants;
use super::{Finding, Judged, merge_same};

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
            let others = let_in.filter(|one| Some(one.feature) != map.feature_of(coupling.to));
            finding.details = others.map(|one| one.sentence(judged, coupling.to)).collect();
        }
        findings.push(finding);
    }
    merge_same(findings)
}
