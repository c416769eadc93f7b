//! A row of couplings.

use crate::features::Selector;
use crate::graph::CouplingKind;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{Limit, kinds, limit, selector_or};

/// Features that are coupled in a row which is too long.
#[derive(Debug, Clone)]
pub struct ChainCondition {
    /// By which kinds of coupling.
    pub kinds: Vec<CouplingKind>,
    /// From which units.
    pub from: Selector,
    /// To which units.
    pub to: Selector,
    /// How many couplings a row may have.
    pub longest: Limit,
}

impl ChainCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, "kinds", faults);
        let longest = limit(table, "longest", None, faults);
        let from = selector_or(table, "from", Selector::Anything, faults);
        let to = selector_or(table, "to", Selector::Anything, faults);
        Some(Self { kinds, from: from?, to: to?, longest: longest? })
    }
}
