//! A walk.

use crate::features::Selector;
use crate::graph::CouplingKind;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{Relation, kinds, relations, selector};

/// A walk of at least two edges; found at its last one, for everybody whom that lets in.
#[derive(Debug, Clone)]
pub struct PathCondition {
    /// Which kinds of coupling are walked.
    pub kinds: Vec<CouplingKind>,
    /// Which kinds of coupling the last one may be.
    pub last_kinds: Vec<CouplingKind>,
    /// Where it starts.
    pub from: Selector,
    /// What all units in between are.
    pub through: Through,
    /// What the last unit in between is.
    pub last: Selector,
    /// Where it ends.
    pub to: Selector,
    /// What the first coupling has to be like: at least one of these, if there are any.
    pub enters_when: Vec<Relation>,
    /// What the last coupling has to be like: at least one of these, if there are any.
    pub leaves_when: Vec<Relation>,
    /// What makes it right, between where it starts and where it ends.
    pub unless: Vec<Relation>,
}

/// Which units a walk may go through.
#[derive(Debug, Clone)]
pub enum Through {
    /// Those that are selected.
    Units(Selector),
    /// Those of the feature that the last one belongs to.
    SameFeature,
}

impl PathCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let walked = kinds(table, "kinds", faults);
        let last_kinds = match table.has("last-kinds") {
            true => kinds(table, "last-kinds", faults),
            false => walked.clone(),
        };
        let (from, to) = (selector(table, "from", faults), selector(table, "to", faults));
        let is_one_feature =
            table.get("through").and_then(|value| value.get_ref().as_str()) == Some("same-feature");
        let through = match is_one_feature {
            true => Some(Through::SameFeature),
            false => selector(table, "through", faults).map(Through::Units),
        };
        let last = selector(table, "last", faults);
        let enters_when = relations(table, "enters-when", faults);
        let leaves_when = relations(table, "leaves-when", faults);
        let unless = relations(table, "unless", faults);
        let (from, through, last, to) = (from?, through?, last?, to?);
        Some(Self { kinds: walked, last_kinds, from, through, last, to, enters_when, leaves_when, unless })
    }
}
