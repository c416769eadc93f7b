//! A circle.

use crate::features::Selector;
use crate::graph::CouplingKind;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{Of, kinds, of, selector_or};

/// A circle of features or of units.
#[derive(Debug, Clone)]
pub struct CycleCondition {
    /// Whose circle.
    pub of: Of,
    /// Which kinds of coupling close it.
    pub kinds: Vec<CouplingKind>,
    /// From which units.
    pub from: Selector,
    /// To which units.
    pub to: Selector,
}

impl CycleCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, "kinds", faults);
        let of = of(table, faults);
        let from = selector_or(table, "from", Selector::Anything, faults);
        let to = selector_or(table, "to", Selector::Anything, faults);
        Some(Self { of: of?, kinds, from: from?, to: to? })
    }
}
