//! How many a change affects.

use crate::features::Selector;
use crate::graph::CouplingKind;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{Limit, Of, kinds, limit, of, selector_or};

/// A unit or a feature that too many other features reach.
#[derive(Debug, Clone)]
pub struct ReachCondition {
    /// What is reached.
    pub of: Of,
    /// By which kinds of coupling.
    pub kinds: Vec<CouplingKind>,
    /// Which units are judged.
    pub to: Selector,
    /// How many other features may reach it.
    pub more_than: Limit,
}

impl ReachCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, "kinds", faults);
        let of = of(table, faults);
        let to = selector_or(table, "to", Selector::Anything, faults);
        let more_than = limit(table, "more-than", None, faults);
        Some(Self { of: of?, kinds, to: to?, more_than: more_than? })
    }
}
