//! Two features on one unit.

use crate::features::{RoleWord, Selector};
use crate::graph::CouplingKind;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{LetsIn, Relation, kinds, lets_in, relations, selector, selector_or};

/// A unit on which features meet: each that is coupled to it, and the one that owns it.
#[derive(Debug, Clone)]
pub struct MeetingCondition {
    /// Which kinds of coupling lead there.
    pub kinds: Vec<CouplingKind>,
    /// From which units of features.
    pub from: Selector,
    /// On which units.
    pub on: Selector,
    /// What makes it right for two of them.
    pub unless: Vec<Relation>,
    /// Through which units of nobody features come there as well.
    pub lets_in: Option<LetsIn>,
}

impl MeetingCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let kinds = kinds(table, "kinds", faults);
        let from = selector_or(table, "from", Selector::Role(RoleWord::Feature), faults);
        let on = selector(table, "on", faults);
        let unless = relations(table, "unless", faults);
        let lets_in = lets_in(table, faults);
        Some(Self { kinds, from: from?, on: on?, unless, lets_in })
    }
}
