//! Whether each rule can fire at all, shown by a smallest change to this repository that makes it fire.
//!
//! A rule that never finds anything is either good news or a false green; nobody can tell by looking at
//! an empty report. So a change is looked for, and the rule is judged with it: what is told here has
//! been tried.

mod candidates;
mod obstacle;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::findings::{Finding, Judged, Law, is_excepted, left_of, of_rule};
use crate::graph::{Coupling, CouplingKind, UnitId};
use crate::rules::{Condition, Level, Rule};

/// What a rule can do in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Power {
    /// It finds something now: how often, and one message.
    Fires(usize, String),
    /// It would, if this were so.
    WouldFire(String),
    /// There is nothing here that it could be about.
    Idle(String),
    /// Its own text is why it never can.
    Dead(String),
}

/// What was found out about one rule.
#[derive(Debug)]
pub struct Proof<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What it can do.
    pub power: Power,
}

impl Proof<'_> {
    /// Whether a gate must not be trusted that holds this rule: it is meant to fail a check and can't.
    pub fn is_false_green(&self) -> bool {
        self.rule.level == Level::Deny && matches!(self.power, Power::Dead(_))
    }
}

/// A coupling that is not there, by the kind that it would be declared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Supposed {
    kind: CouplingKind,
    from: UnitId,
    to: UnitId,
}

/// How many candidates are tried in full before a rule is given up.
const TRIED: usize = 16;

/// How many are looked through where exceptions may cover the first ones.
const TRIED_WITH_EXCEPTIONS: usize = 20_000;

/// Proves every active rule, in their order. `found` is what they find now.
pub fn prove<'a>(judged: Judged<'_>, law: Law<'a>, found: &[Finding]) -> Vec<Proof<'a>> {
    let active: Vec<&Rule> = law.rules.active().collect();
    let proof = |rule: &&'a Rule| {
        let mut own = found.iter().filter(|finding| finding.rule == rule.id);
        let power = match own.next() {
            Some(first) => Power::Fires(own.count() + 1, first.message.clone()),
            None => power(judged, law, rule),
        };
        Proof { rule, power }
    };
    active.par_iter().map(proof).collect()
}

fn power(judged: Judged<'_>, law: Law<'_>, rule: &Rule) -> Power {
    if let Condition::Declaration(condition) = &rule.condition {
        return obstacle::of_declaration(judged, law, condition);
    }
    // What exceptions cover is found as well, and says nothing about what else would be.
    let known: BTreeSet<String> = of_rule(judged, rule).into_iter().map(|finding| finding.identity).collect();
    if let Some(obstacle) = obstacle::of_selectors(judged, rule) {
        return obstacle;
    }
    if let Condition::Trigger(condition) = &rule.condition {
        return obstacle::of_trigger(judged, condition);
    }
    if let Condition::Copy(condition) = &rule.condition {
        return obstacle::of_copy(judged, condition);
    }
    if let Condition::Catalog(condition) = &rule.condition {
        return obstacle::of_catalog(judged, condition);
    }
    let has_exception = law.configuration.exceptions.iter().any(|one| one.rule.value == rule.id);
    let most = if has_exception { TRIED_WITH_EXCEPTIONS } else { TRIED };
    let candidates = candidates::of(judged, &rule.condition, most);
    let is_free = |change: &&Vec<Supposed>| {
        !has_exception || !change.iter().any(|one| is_excepted(judged, law, rule, (one.from, one.to)))
    };
    let free: Vec<&Vec<Supposed>> = candidates.iter().filter(is_free).take(TRIED).collect();
    let works = free.iter().find(|change| fires(judged, law, rule, change, &known));
    match works {
        Some(change) => Power::WouldFire(in_words(judged, change)),
        None if free.is_empty() && !candidates.is_empty() => {
            Power::Dead("exceptions cover whatever it would find".to_owned())
        }
        None => obstacle::of_relations(judged, rule),
    }
}

/// Whether the rule finds something new when the change is made.
fn fires(
    judged: Judged<'_>,
    law: Law<'_>,
    rule: &Rule,
    change: &[Supposed],
    known: &BTreeSet<String>,
) -> bool {
    let couplings = change.iter().map(|supposed| {
        let place = judged.graph.unit(supposed.from).declared_at.clone();
        Coupling::new(supposed.from, supposed.to, supposed.kind, [place])
    });
    let graph = judged.graph.clone().with(Vec::new(), couplings.collect());
    let supposed = Judged { graph: &graph, map: judged.map };
    left_of(supposed, law, rule).iter().any(|finding| !known.contains(&finding.identity))
}

/// "a `code` coupling from `cart` to `ledger` would be flagged"
fn in_words(judged: Judged<'_>, change: &[Supposed]) -> String {
    const NAMED: usize = 3;
    let name = |unit: UnitId| {
        let unit = judged.graph.unit(unit);
        match unit.is_declared() {
            true => format!("`{}`", unit.identity()),
            false => format!("`{}`", unit.name),
        }
    };
    let one = |supposed: &Supposed| {
        format!("a `{}` coupling from {} to {}", supposed.kind.word(), name(supposed.from), name(supposed.to))
    };
    let mut parts: Vec<String> = change.iter().take(NAMED).map(one).collect();
    if change.len() > NAMED {
        parts.push(format!("{} more like these", change.len() - NAMED));
    }
    let together = match parts.len() {
        1 => parts.concat(),
        _ => format!("{} and {}", parts[..parts.len() - 1].join(", "), parts[parts.len() - 1]),
    };
    format!("{together} would be flagged")
}
