//! What the configuration itself says.

use crate::text::Fault;
use crate::text::toml::{Table, known_word};

use super::{Limit, lacks, limit};

/// Something that is wrong with the configuration.
#[derive(Debug, Clone)]
pub struct DeclarationCondition {
    /// What.
    pub about: Declared,
    /// The numbers that it is judged by.
    pub limits: Vec<Limit>,
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
    /// Responsibilities that so many features name that they excuse everything.
    BroadResponsibilities,
    /// Responsibilities that nothing needs.
    IdleResponsibilities,
    /// Entries of `consumes` that nothing needs.
    IdleConsumes,
    /// Features of which other declarations take every unit.
    UninhabitedFeatures,
    /// Names and globs that match nothing.
    UnmatchedSelectors,
    /// Exceptions that except nothing.
    StaleExceptions,
    /// Exceptions that are past their end.
    ExpiredExceptions,
    /// Exceptions that are near their end.
    ExpiringExceptions,
    /// Corrections that correct nothing.
    StaleCorrections,
    /// Entries of the baseline that no finding matches.
    StaleBaseline,
    /// What a change allows that was not allowed before.
    LoosenedBoundaries,
    /// Budgets that are not kept.
    BrokenBudgets,
    /// Budgets that are nearly used up.
    NearBudgets,
}

impl Declared {
    const ALL: [(&str, Self); 16] = [
        ("unassigned-units", Self::UnassignedUnits),
        ("contested-units", Self::ContestedUnits),
        ("unknown-responsibilities", Self::UnknownResponsibilities),
        ("broad-responsibilities", Self::BroadResponsibilities),
        ("idle-responsibilities", Self::IdleResponsibilities),
        ("idle-consumes", Self::IdleConsumes),
        ("uninhabited-features", Self::UninhabitedFeatures),
        ("unmatched-selectors", Self::UnmatchedSelectors),
        ("stale-exceptions", Self::StaleExceptions),
        ("expired-exceptions", Self::ExpiredExceptions),
        ("expiring-exceptions", Self::ExpiringExceptions),
        ("stale-corrections", Self::StaleCorrections),
        ("stale-baseline", Self::StaleBaseline),
        ("loosened-boundaries", Self::LoosenedBoundaries),
        ("broken-budgets", Self::BrokenBudgets),
        ("near-budgets", Self::NearBudgets),
    ];

    /// The words of rule files.
    pub(in crate::rules) fn words() -> [&'static str; 16] {
        Self::ALL.map(|(word, _)| word)
    }

    /// The names of the numbers that it is judged by.
    fn limits(self) -> &'static [&'static str] {
        match self {
            Self::BroadResponsibilities => &["most-features", "most-percent"],
            Self::ExpiringExceptions => &["days"],
            _ => &[],
        }
    }
}

impl DeclarationCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        if !table.has("about") {
            faults.push(lacks(table, "about"));
            return None;
        }
        let word = table.string("about", faults)?;
        let about = known_word(&word, &Declared::ALL, "choice for `about`:", table.file(), faults)?;
        let limits = about.limits().iter().map(|name| limit(table, name, None, faults));
        let limits: Option<Vec<Limit>> = limits.collect();
        Some(Self { about, limits: limits? })
    }

    /// The number of a name; the condition is read with all of its own.
    pub fn limit(&self, name: &str) -> usize {
        self.limits.iter().find(|limit| limit.name == name).map_or(0, |limit| limit.value)
    }
}
