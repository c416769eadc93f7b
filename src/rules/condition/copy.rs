//! What a Dockerfile copies.

use crate::features::Selector;
use crate::text::Fault;
use crate::text::toml::Table;

use super::{Relation, relations, selector_or};

/// An image whose Dockerfile copies less than its binaries are built with, or packages of other features that
/// they never need.
#[derive(Debug, Clone)]
pub struct CopyCondition {
    /// Which images are judged.
    pub from: Selector,
    /// Packages that may be copied without need: by what they are to the binaries.
    pub unless: Vec<Relation>,
}

impl CopyCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let unless = relations(table, "unless", faults);
        let from = selector_or(table, "from", Selector::Anything, faults)?;
        Some(Self { from, unless })
    }
}
