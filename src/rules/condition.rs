//! When a rule finds something: a handful of conditions cover all rules.

use crate::graph::CouplingKind;
use crate::text::toml::{Table, quoted};
use crate::text::{Fault, Spanned, nearest};

use super::Selector;

/// Exactly one per rule.
#[derive(Debug, Clone)]
pub enum Condition {
    /// One coupling must not be.
    Coupling(CouplingCondition),
    /// One unit must not reach another through certain others.
    Path(PathCondition),
    /// Features must not be coupled in a circle.
    Cycle(CycleCondition),
    /// What the configuration itself says must not be.
    Declaration(Declared),
}

/// One edge.
#[derive(Debug, Clone)]
pub struct CouplingCondition {
    /// Which kinds of coupling.
    pub kinds: Vec<CouplingKind>,
    /// From which units.
    pub from: Selector,
    /// To which units.
    pub to: Selector,
    /// What makes it right.
    pub unless: Vec<Excuse>,
}

/// A walk of at least two edges; found at its last one, for everybody whom that lets in.
#[derive(Debug, Clone)]
pub struct PathCondition {
    /// Which kinds of coupling are walked.
    pub kinds: Vec<CouplingKind>,
    /// Where it starts.
    pub from: Selector,
    /// What all units in between are.
    pub through: Selector,
    /// What the last unit in between is.
    pub last: Selector,
    /// Where it ends.
    pub to: Selector,
    /// What makes it right.
    pub unless: Vec<Excuse>,
}

/// A circle of features.
#[derive(Debug, Clone)]
pub struct CycleCondition {
    /// Which kinds of coupling close it.
    pub kinds: Vec<CouplingKind>,
}

/// What makes a coupling right that a rule would flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excuse {
    /// Both ends belong to one feature.
    SameFeature,
    /// Both features name a responsibility that covers the unit.
    SharesResponsibility,
    /// The same two units are also coupled by `code` or `build`, which is told elsewhere.
    AlsoInProduction,
    /// The one end names the responsibility that the other embodies.
    InAudience,
}

/// What the configuration says that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// Units that nothing names.
    UnassignedUnits,
    /// Units that two declarations claim with equal right.
    ContestedUnits,
    /// Responsibilities that a feature names and nobody declares.
    UnknownResponsibilities,
    /// Features of which other declarations take every unit.
    UninhabitedFeatures,
    /// Names and globs that match nothing.
    UnmatchedSelectors,
}

const EXCUSES: [(&str, Excuse); 4] = [
    ("also-in-production", Excuse::AlsoInProduction),
    ("same-feature", Excuse::SameFeature),
    ("shares-responsibility", Excuse::SharesResponsibility),
    ("in-audience", Excuse::InAudience),
];

const DECLARED: [(&str, Declared); 5] = [
    ("uninhabited-features", Declared::UninhabitedFeatures),
    ("unassigned-units", Declared::UnassignedUnits),
    ("contested-units", Declared::ContestedUnits),
    ("unknown-responsibilities", Declared::UnknownResponsibilities),
    ("unmatched-selectors", Declared::UnmatchedSelectors),
];

impl Condition {
    pub(super) fn read(rule: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let Some(table) = rule.table("condition", faults) else {
            if rule.get("condition").is_none() {
                faults.push(Fault::of(rule.file(), "this rule has no `[condition.…]`"));
            }
            return None;
        };
        let mut found = Vec::new();
        if let Some(inner) = table.table("coupling", faults) {
            found.push(CouplingCondition::read(&inner, faults).map(Self::Coupling));
        }
        if let Some(inner) = table.table("path", faults) {
            found.push(PathCondition::read(&inner, faults).map(Self::Path));
        }
        if let Some(inner) = table.table("cycle", faults) {
            let kinds = kinds(&inner, faults);
            inner.deny_unknown("`[condition.cycle]`", faults);
            found.push(Some(Self::Cycle(CycleCondition { kinds })));
        }
        if let Some(inner) = table.table("declaration", faults) {
            let about = inner.string("about", faults);
            inner.deny_unknown("`[condition.declaration]`", faults);
            let word = about.and_then(|word| known(&word, &DECLARED, "declaration", rule, faults));
            found.push(word.map(Self::Declaration));
        }
        table.deny_unknown("`[condition]`", faults);
        if found.len() != 1 {
            let message = format!("a rule has exactly one condition; this one has {}", found.len());
            let span = rule.entry_span("condition").unwrap_or_default();
            faults.push(Fault::of(rule.file(), message).at(span, "here"));
            return None;
        }
        found.pop().flatten()
    }
}

impl CouplingCondition {
    fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, faults);
        let (from, to) = (selector(table, "from", faults), selector(table, "to", faults));
        let unless = excuses(table, faults);
        table.deny_unknown("`[condition.coupling]`", faults);
        Some(Self { kinds, from: from?, to: to?, unless })
    }
}

impl PathCondition {
    fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, faults);
        let (from, to) = (selector(table, "from", faults), selector(table, "to", faults));
        let (through, last) = (selector(table, "through", faults), selector(table, "last", faults));
        let unless = excuses(table, faults);
        table.deny_unknown("`[condition.path]`", faults);
        Some(Self { kinds, from: from?, through: through?, last: last?, to: to?, unless })
    }
}

fn selector(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<Selector> {
    match table.get(key) {
        Some(value) => Selector::read(value, key, table.file(), faults),
        None => {
            faults.push(Fault::of(table.file(), format!("this condition has no `{key}`")));
            None
        }
    }
}

fn kinds(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<CouplingKind> {
    let words = CouplingKind::ALL.map(|kind| (kind.word(), kind));
    let written = table.strings("kinds", faults);
    if written.is_empty() {
        faults.push(Fault::of(table.file(), "this condition names no `kinds` of coupling"));
    }
    written.iter().filter_map(|word| known(word, &words, "kind of coupling", table, faults)).collect()
}

fn excuses(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<Excuse> {
    let written = table.strings("unless", faults);
    written.iter().filter_map(|word| known(word, &EXCUSES, "excuse", table, faults)).collect()
}

/// What a word stands for, or a fault with the nearest one.
fn known<T: Copy>(
    word: &Spanned<String>,
    all: &[(&'static str, T)],
    what: &str,
    table: &Table<'_, '_>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    if let Some((_, value)) = all.iter().find(|(name, _)| *name == word.value) {
        return Some(*value);
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let fault = Fault::of(table.file(), format!("unknown {what} `{}`", word.value));
    faults.push(fault.at(word.span, "not known").help(match nearest(&word.value, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", quoted(&names)),
    }));
    None
}
