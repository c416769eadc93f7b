//! One edge.

use crate::features::Selector;
use crate::graph::CouplingKind;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{LetsIn, Relation, kinds, lets_in, selector, when_and_unless};

/// One edge that must not be.
#[derive(Debug, Clone)]
pub struct CouplingCondition {
    /// Which kinds of coupling.
    pub kinds: Vec<CouplingKind>,
    /// From which units.
    pub from: Selector,
    /// To which units.
    pub to: Selector,
    /// What makes it wrong: at least one of these, if there are any.
    pub when: Vec<Relation>,
    /// What makes it right: any one of these.
    pub unless: Vec<Relation>,
    /// Whom it lets in, to be told with it.
    pub lets_in: Option<LetsIn>,
}

impl CouplingCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, "kinds", faults);
        let (from, to) = (selector(table, "from", faults), selector(table, "to", faults));
        let (when, unless) = when_and_unless(table, faults);
        let lets_in = lets_in(table, faults);
        Some(Self { kinds, from: from?, to: to?, when, unless, lets_in })
    }
}
