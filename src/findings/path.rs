//! A walk through units that belong to nobody, told once: at the coupling that leads into a feature.

use crate::rules::{PathCondition, Rule};

use super::entrants::Entrants;
use super::{Finding, Judged, listed};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &PathCondition) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let (kinds, from) = (&condition.kinds, &condition.from);
    let mut entrants = Entrants::new(judged, kinds, from, &condition.through);
    let mut findings = Vec::new();
    for (id, coupling) in graph.couplings() {
        let is_last = kinds.contains(&map.kind(graph, id))
            && condition.last.selects(coupling.from, map)
            && condition.through.selects(coupling.from, map)
            && condition.to.selects(coupling.to, map);
        if !is_last {
            continue;
        }
        let mut let_in = entrants.of(coupling.from);
        let_in.retain(|one| !judged.is_excused(&condition.unless, one.way[0], coupling.to));
        if let_in.is_empty() {
            continue;
        }
        let names: Vec<_> = let_in.iter().map(|one| map.feature(one.feature).name.clone()).collect();
        let mut finding = judged.finding(rule, id, &listed(&names, "nobody"));
        finding.lets_in = let_in.iter().map(|one| one.named(judged, coupling.to)).collect();
        findings.push(finding);
    }
    findings
}
