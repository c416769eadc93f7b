//! What lets a job run.

use crate::features::Selector;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{Relation, relations, selector_or};

/// A job whose path filter leaves out what it is built from, or lets it run for other features.
#[derive(Debug, Clone)]
pub struct TriggerCondition {
    /// Which jobs are judged.
    pub from: Selector,
    /// Packages that may let it run without need: by what they are to what it works on.
    pub unless: Vec<Relation>,
}

impl TriggerCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let unless = relations(table, "unless", faults);
        let from = selector_or(table, "from", Selector::Anything, faults)?;
        Some(Self { from, unless })
    }
}
