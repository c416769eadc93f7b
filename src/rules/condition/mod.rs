//! When a rule finds something: a handful of conditions cover all rules. One file each.

mod catalog;
mod chain;
mod copy;
mod coupling;
mod cycle;
mod declaration;
mod meeting;
mod path;
mod reach;
mod relation;
mod trigger;

use crate::features::{Names, Selector};
use crate::graph::CouplingKind;
use crate::text::toml::{Table, known_word, positive};
use crate::text::{Fault, Span, Spanned};

pub use catalog::{CatalogCondition, Catalogued};
pub use chain::ChainCondition;
pub use copy::CopyCondition;
pub use coupling::CouplingCondition;
pub use cycle::CycleCondition;
pub use declaration::{DeclarationCondition, Declared};
pub use meeting::MeetingCondition;
pub use path::{PathCondition, Through};
pub use reach::ReachCondition;
pub use relation::Relation;
pub use trigger::TriggerCondition;

/// Exactly one per rule.
#[derive(Debug, Clone)]
pub enum Condition {
    /// One coupling must not be.
    Coupling(CouplingCondition),
    /// One unit must not reach another through certain others.
    Path(PathCondition),
    /// Features or units must not be coupled in a circle.
    Cycle(CycleCondition),
    /// Two features must not meet on one unit.
    Meeting(MeetingCondition),
    /// A change must not affect too many features.
    Reach(ReachCondition),
    /// Features must not be coupled in a row that is too long.
    Chain(ChainCondition),
    /// A Dockerfile must copy what it builds, and nothing that others change.
    Copy(CopyCondition),
    /// A path filter must let a job run for what it is built from, and for nothing that others change.
    Trigger(TriggerCondition),
    /// What a catalog says must not be.
    Catalog(CatalogCondition),
    /// What the configuration itself says must not be.
    Declaration(DeclarationCondition),
}

/// What a condition is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Of features.
    Features,
    /// Of single units.
    Units,
}

/// A number in a condition that `[rules]` can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its key.
    pub name: &'static str,
    /// What counts.
    pub value: usize,
    /// Where the configuration sets it; `None` for the rule's own value.
    pub set_at: Option<Span>,
}

/// A walk back from the unit that a coupling leads from, to the features that get in by it.
#[derive(Debug, Clone)]
pub struct LetsIn {
    /// Which kinds of coupling are walked.
    pub kinds: Vec<CouplingKind>,
    /// Through which units, the first one included.
    pub through: Selector,
}

/// What a condition's finding is about, and so what an exception has to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Two units: `from` and `to`.
    Coupling,
    /// One unit or feature: `from` alone.
    Unit,
    /// The configuration: there is nothing to except, but something to mend.
    Configuration,
}

impl Condition {
    pub(super) fn read(rule: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let Some(value) = rule.get("condition") else {
            let fault = Fault::of(rule.file(), "this rule has no condition").at(rule.place(), "in this rule");
            faults.push(
                fault.help(format!("say when it finds something: `[condition.coupling]`; {CONDITIONS}")),
            );
            return None;
        };
        let table = crate::text::toml::table(value, "condition", rule.file(), faults)?;
        let mut found = Vec::new();
        let mut one =
            |key: &'static str, read: &mut dyn FnMut(&Table<'_, '_>, &mut Vec<Fault>) -> Option<Self>| {
                if let Some(inner) = table.table(key, faults) {
                    let condition = read(&inner, faults);
                    inner.deny_unknown(&format!("`[condition.{key}]`"), faults);
                    found.push(condition);
                }
            };
        one("coupling", &mut |table, faults| CouplingCondition::read(table, faults).map(Self::Coupling));
        one("path", &mut |table, faults| PathCondition::read(table, faults).map(Self::Path));
        one("cycle", &mut |table, faults| CycleCondition::read(table, faults).map(Self::Cycle));
        one("meeting", &mut |table, faults| MeetingCondition::read(table, faults).map(Self::Meeting));
        one("reach", &mut |table, faults| ReachCondition::read(table, faults).map(Self::Reach));
        one("chain", &mut |table, faults| ChainCondition::read(table, faults).map(Self::Chain));
        one("copy", &mut |table, faults| CopyCondition::read(table, faults).map(Self::Copy));
        one("trigger", &mut |table, faults| TriggerCondition::read(table, faults).map(Self::Trigger));
        one("catalog", &mut |table, faults| CatalogCondition::read(table, faults).map(Self::Catalog));
        one("declaration", &mut |table, faults| {
            DeclarationCondition::read(table, faults).map(Self::Declaration)
        });
        let before = faults.len();
        table.deny_unknown("`[condition]`", faults);
        // A misspelt one says enough.
        if found.is_empty() && faults.len() > before {
            return None;
        }
        if found.len() != 1 {
            let message = format!("a rule has exactly one condition; this one has {}", found.len());
            let fault = Fault::of(rule.file(), message).at(Span::new(value.span()), "here");
            faults.push(fault.help(format!("make a rule of each; {CONDITIONS}")));
            return None;
        }
        found.pop().flatten()
    }

    /// The kinds of coupling that it looks at; none for the configuration.
    pub fn kinds(&self) -> &[CouplingKind] {
        match self {
            Self::Coupling(condition) => &condition.kinds,
            Self::Path(condition) => &condition.kinds,
            Self::Cycle(condition) => &condition.kinds,
            Self::Meeting(condition) => &condition.kinds,
            Self::Reach(condition) => &condition.kinds,
            Self::Chain(condition) => &condition.kinds,
            Self::Copy(_) | Self::Trigger(_) | Self::Catalog(_) | Self::Declaration(_) => &[],
        }
    }

    /// The selectors that it is made of, each with its key.
    pub fn selectors(&self) -> Vec<(&'static str, &Selector)> {
        match self {
            Self::Coupling(condition) => {
                let mut all = vec![("from", &condition.from), ("to", &condition.to)];
                all.extend(condition.lets_in.iter().map(|lets_in| ("lets-in.through", &lets_in.through)));
                all
            }
            Self::Path(condition) => {
                let mut all = vec![("from", &condition.from)];
                if let Through::Units(through) = &condition.through {
                    all.push(("through", through));
                }
                all.extend([("last", &condition.last), ("to", &condition.to)]);
                all
            }
            Self::Cycle(condition) => vec![("from", &condition.from), ("to", &condition.to)],
            Self::Chain(condition) => vec![("from", &condition.from), ("to", &condition.to)],
            Self::Meeting(condition) => {
                let mut all = vec![("from", &condition.from), ("on", &condition.on)];
                all.extend(condition.lets_in.iter().map(|lets_in| ("lets-in.through", &lets_in.through)));
                all
            }
            Self::Reach(condition) => vec![("to", &condition.to)],
            Self::Copy(condition) => vec![("from", &condition.from)],
            Self::Trigger(condition) => vec![("from", &condition.from)],
            Self::Catalog(_) | Self::Declaration(_) => Vec::new(),
        }
    }

    /// The numbers that `[rules]` can set.
    pub fn limits(&self) -> Vec<&Limit> {
        match self {
            Self::Reach(condition) => vec![&condition.more_than],
            Self::Chain(condition) => vec![&condition.longest],
            Self::Declaration(condition) => condition.limits.iter().collect(),
            Self::Coupling(_)
            | Self::Path(_)
            | Self::Cycle(_)
            | Self::Meeting(_)
            | Self::Copy(_)
            | Self::Trigger(_)
            | Self::Catalog(_) => Vec::new(),
        }
    }

    /// As [`Self::limits`], to set them.
    pub(super) fn limits_mut(&mut self) -> Vec<&mut Limit> {
        match self {
            Self::Reach(condition) => vec![&mut condition.more_than],
            Self::Chain(condition) => vec![&mut condition.longest],
            Self::Declaration(condition) => condition.limits.iter_mut().collect(),
            Self::Coupling(_)
            | Self::Path(_)
            | Self::Cycle(_)
            | Self::Meeting(_)
            | Self::Copy(_)
            | Self::Trigger(_)
            | Self::Catalog(_) => Vec::new(),
        }
    }

    /// What its findings are about.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Coupling(_) | Self::Path(_) | Self::Cycle(_) | Self::Meeting(_) => Subject::Coupling,
            Self::Reach(_) | Self::Chain(_) | Self::Copy(_) | Self::Trigger(_) => Subject::Unit,
            Self::Catalog(condition) => match condition.about {
                Catalogued::Contradictions => Subject::Coupling,
                Catalogued::DanglingReferences => Subject::Unit,
            },
            Self::Declaration(_) => Subject::Configuration,
        }
    }
}

/// Which conditions there are.
const CONDITIONS: &str = "conditions are `coupling`, `path`, `cycle`, `meeting`, `reach`, `chain`, `copy`, \
                          `trigger`, `catalog` and `declaration`";

fn selector(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<Selector> {
    match table.get(key) {
        Some(value) => Selector::read(value, key, table.file(), Names::Prefixed, faults),
        None => {
            faults.push(lacks(table, key));
            None
        }
    }
}

fn selector_or(
    table: &Table<'_, '_>,
    key: &'static str,
    default: Selector,
    faults: &mut Vec<Fault>,
) -> Option<Selector> {
    match table.get(key) {
        Some(value) => Selector::read(value, key, table.file(), Names::Prefixed, faults),
        None => Some(default),
    }
}

fn lets_in(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<LetsIn> {
    let inner = table.table("lets-in", faults)?;
    let kinds = kinds(&inner, "kinds", faults);
    let through = selector(&inner, "through", faults);
    inner.deny_unknown("`lets-in`", faults);
    Some(LetsIn { kinds, through: through? })
}

fn lacks(table: &Table<'_, '_>, key: &str) -> Fault {
    let fault = Fault::of(table.file(), format!("this condition has no `{key}`"));
    let fault = fault.help(match key {
        "longest" | "more-than" => format!("add a number: `{key} = 4`"),
        "most-features" | "most-percent" | "days" => format!("add a number: `{key} = 10`"),
        "about" => "say what it is about: `about = \"…\"`".to_owned(),
        _ => format!("add a selector: `{key} = \"feature\"`"),
    });
    fault.at(table.place(), "in this condition")
}

/// The kinds of coupling; at least one.
fn kinds(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Vec<CouplingKind> {
    let words = CouplingKind::ALL.map(|kind| (kind.word(), kind));
    let written = table.strings(key, faults);
    let is_empty =
        table.get(key).is_none_or(|value| value.get_ref().as_array().is_some_and(|all| all.is_empty()));
    if is_empty {
        let fault = Fault::of(table.file(), format!("this condition names no kind of coupling in `{key}`"));
        let span = table.entry_span(key).unwrap_or_else(|| table.place());
        let fault = fault.at(span, "it could never find anything");
        faults.push(fault.help(format!("add `{key} = [\"code\", \"build\"]`")));
    }
    let read =
        written.iter().filter_map(|word| known_word(word, &words, "kind of coupling", table.file(), faults));
    read.collect()
}

/// `when` and `unless`. What has to hold and may not is an impossible condition.
fn when_and_unless(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> (Vec<Relation>, Vec<Relation>) {
    let (when, unless) = (relations(table, "when", faults), relations(table, "unless", faults));
    if !when.is_empty() && when.iter().all(|one| unless.contains(one)) {
        let span = table.entry_span("when").unwrap_or_default();
        let fault = Fault::of(table.file(), "all of `when` is in `unless` too").at(span, "can never hold");
        faults.push(fault.help("take it out of one of the two"));
    }
    (when, unless)
}

fn of(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Of> {
    match table.get("of") {
        None => Some(Of::Features),
        Some(_) => {
            let word = table.string("of", faults)?;
            let words = [("features", Of::Features), ("units", Of::Units)];
            known_word(&word, &words, "choice for `of`:", table.file(), faults)
        }
    }
}

/// A number that is at least 1; `default` where the key may be left out.
fn limit(
    table: &Table<'_, '_>,
    name: &'static str,
    default: Option<usize>,
    faults: &mut Vec<Fault>,
) -> Option<Limit> {
    let value = match table.get(name) {
        Some(value) => positive(value, name, table.file(), faults),
        None if default.is_none() => {
            faults.push(lacks(table, name));
            None
        }
        None => default,
    };
    value.map(|value| Limit { name, value, set_at: None })
}

fn relations(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Vec<Relation> {
    let written: Vec<Spanned<String>> = table.strings(key, faults);
    let words = Relation::ALL.map(|relation| (relation.word(), relation));
    written.iter().filter_map(|word| known_word(word, &words, "relation", table.file(), faults)).collect()
}
