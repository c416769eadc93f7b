//! Rules × graph → findings, sorted; one file per kind of condition.
//!
//! Invariant: a [`Finding`]'s identity is its rule, its kind and the names of what it joins, never a
//! line number; the same snapshot gives the same findings in the same order.

mod coupling;
mod cycle;
mod declaration;
mod entrants;
mod path;

use crate::features::{FeatureGraph, FeatureMap};
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};
use crate::rules::{Condition, Excuse, Level, Rule, RuleSet};
use crate::text::Location;

/// One place where the repository breaks a rule.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// What it does to the exit code.
    pub level: Level,
    /// The kind of the coupling, if it is about one.
    pub kind: Option<CouplingKind>,
    /// The unit that needs the other.
    pub from: Option<Party>,
    /// The unit that is needed.
    pub to: Option<Party>,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it, the best first.
    pub help: Vec<String>,
    /// The lines that cause it, the one to change first.
    pub places: Vec<Place>,
    /// The features that it lets in, sorted.
    pub lets_in: Vec<LetIn>,
    /// More that belongs to it: which units it is about, which steps a circle has.
    pub details: Vec<String>,
    /// What stays the same when files move and lines shift.
    pub identity: String,
}

/// One end of a coupling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The unit's name.
    pub unit: String,
    /// What it is: its feature's name, or `shared`, `assembly`, …
    pub role: String,
    /// Its feature's name, if it has one.
    pub feature: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

impl Party {
    /// Who a message is about: the feature, or the unit itself where it has none.
    pub fn who(&self) -> &str {
        self.feature.as_deref().unwrap_or(&self.unit)
    }
}

/// A feature that a coupling lets in, and the shortest way that it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetIn {
    /// The feature.
    pub feature: String,
    /// The names of the units, from the feature's own to the one that is reached.
    pub way: Vec<String>,
}

/// A line, and what to write under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub location: Location,
    /// What to write there.
    pub label: String,
    /// Whether this is a line to change, and not one that it only builds on.
    pub is_cause: bool,
}

/// What every condition is judged on.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The couplings.
    pub graph: &'a CouplingGraph,
    /// Who owns what.
    pub map: &'a FeatureMap,
}

/// Judges every active rule. Sorted: what fails the check first, then by rule and by who is coupled
/// to whom.
pub fn find(judged: Judged<'_>, rules: &RuleSet) -> Vec<Finding> {
    let features = FeatureGraph::new(judged.graph, judged.map);
    let mut findings = Vec::new();
    for rule in rules.active() {
        match &rule.condition {
            Condition::Coupling(condition) => {
                findings.extend(coupling::find(judged, rule, condition));
            }
            Condition::Path(condition) => findings.extend(path::find(judged, rule, condition)),
            Condition::Cycle(condition) => {
                findings.extend(cycle::find(judged, &features, rule, condition));
            }
            Condition::Declaration(about) => {
                findings.extend(declaration::find(judged, rule, *about));
            }
        }
    }
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    merge_same(findings)
}

fn sort_key(finding: &Finding) -> impl Ord + '_ {
    let role = |party: &'_ Option<Party>| party.as_ref().map(|party| party.role.clone());
    let line = finding.places.first().filter(|_| finding.kind.is_none()).map(|place| &place.location);
    // What is wrong with the configuration comes first: other findings may but follow from it.
    (
        finding.level,
        finding.kind.is_some(),
        &finding.rule,
        line,
        role(&finding.from),
        role(&finding.to),
        &finding.identity,
    )
}

impl Judged<'_> {
    fn party(&self, unit: UnitId) -> Party {
        Party {
            unit: self.graph.unit(unit).name.clone(),
            role: self.map.role_name(unit),
            feature: self.map.feature_of(unit).map(|id| self.map.feature(id).name.clone()),
            owner: self.map.owner(unit).map(str::to_owned),
        }
    }

    fn is_excused(&self, excuses: &[Excuse], from: UnitId, to: UnitId) -> bool {
        excuses.iter().any(|excuse| match excuse {
            Excuse::SameFeature => {
                let feature = self.map.feature_of(from);
                feature.is_some() && feature == self.map.feature_of(to)
            }
            Excuse::SharesResponsibility => {
                self.map.feature_of(from).is_some_and(|feature| self.map.is_excused(feature, to))
            }
            Excuse::AlsoInProduction => self.graph.couplings_from(from).into_iter().any(|id| {
                self.graph.coupling(id).to == to
                    && matches!(self.map.kind(self.graph, id), CouplingKind::Code | CouplingKind::Build)
            }),
            Excuse::InAudience => self.map.is_in_audience(from, to),
        })
    }

    /// Why no responsibility excuses a coupling of two features.
    fn lack(&self, from: UnitId, to: UnitId) -> String {
        let named = |unit| {
            let feature = self.map.feature_of(unit).map(|id| self.map.feature(id));
            feature.map(|feature| feature.responsibilities.clone()).unwrap_or_default()
        };
        let theirs = named(to);
        let common = named(from).into_iter().filter(|id| theirs.contains(id));
        let common: Vec<String> = common.map(|id| self.map.responsibility(id).name.clone()).collect();
        match common.is_empty() {
            true => "they share no responsibility".to_owned(),
            false => format!("what they share, {}, goes only through other units", listed(&common, "")),
        }
    }

    /// The finding of one coupling; its details are the caller's.
    fn finding(&self, rule: &Rule, id: CouplingId, let_in: &str) -> Finding {
        let coupling = self.graph.coupling(id);
        let kind = self.map.kind(self.graph, id);
        let (from, to) = (self.party(coupling.from), self.party(coupling.to));
        let conditions = match coupling.conditions.sentence() {
            empty if empty.is_empty() => empty,
            sentence => format!(" ({sentence})"),
        };
        let audience = self.map.audience_of(coupling.to);
        let fill = |name: &str| match name {
            "from" => from.unit.clone(),
            "to" => to.unit.clone(),
            "from.role" => from.role.clone(),
            "from.who" => from.who().to_owned(),
            "to.who" => to.who().to_owned(),
            "lack" => self.lack(coupling.from, coupling.to),
            "to.audience" => listed(&audience.1, "nobody so far"),
            "to.responsibility" => quoted(&audience.0).join(" or "),
            "kind" => kind.word().to_owned(),
            "verb" => kind.verb().to_owned(),
            "conditions" => conditions.clone(),
            "let-in" => let_in.to_owned(),
            _ => String::new(),
        };
        let label = rule.label.fill(&fill);
        let places = coupling.evidence.iter().enumerate().map(|(at, location)| Place {
            location: location.clone(),
            label: if at == 0 { label.clone() } else { "which it takes from here".to_owned() },
            is_cause: at == 0,
        });
        let ends = [coupling.from, coupling.to].map(|unit| self.graph.unit(unit).identity());
        Finding {
            rule: rule.id.clone(),
            level: rule.level,
            kind: Some(kind),
            message: rule.message.fill(&fill),
            help: rule.help.iter().map(|help| help.fill(&fill)).collect(),
            places: places.collect(),
            lets_in: Vec::new(),
            details: Vec::new(),
            identity: format!("{} {} {} -> {}", rule.id, kind.word(), ends[0], ends[1]),
            from: Some(from),
            to: Some(to),
        }
    }
}

/// `a`, `b` and `c`.
fn listed(names: &[String], none: &str) -> String {
    match quoted(names).as_slice() {
        [] => none.to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}

/// Several declarations of one dependency (two platforms, say) are one finding with several places.
fn merge_same(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut position = std::collections::BTreeMap::new();
    for finding in findings {
        match position.get(&finding.identity) {
            None => {
                position.insert(finding.identity.clone(), merged.len());
                merged.push(finding);
            }
            Some(at) => {
                let known: &mut Finding = &mut merged[*at];
                known.places.extend(finding.places);
            }
        }
    }
    merged
}
