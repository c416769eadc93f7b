//! References: where the source of one unit names what another one defines, and how deep a coupling goes.

use std::sync::Arc;

use crate::text::Location;

use super::UnitId;

/// What the source of the one end of a coupling names of the other.
///
/// Only places count by which the coupling is what it is: those in tests for a `test` coupling, those in build scripts
/// for a `build` coupling, all others for a `code` coupling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct References {
    /// The items that are named, those with the most places first, then by name.
    pub items: Vec<ReferredItem>,
    /// How many links in documentation name it: they couple nobody.
    pub in_docs: usize,
    /// Why it may be used although nothing names it; `None` if nothing speaks for that.
    pub unclear: Option<&'static str>,
    /// The units in which code looks up what it names, where they are known: a module that passes on what another one
    /// defines. Sorted.
    pub through: Vec<UnitId>,
}

/// An item of another unit, and where it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferredItem {
    /// As code writes it from outside: `users::Account`, `shop::billing::charge`; `users` where only the crate or the
    /// module itself is named, `users::*` for a glob of which nobody knows what it brings.
    pub name: String,
    /// Every place, in order.
    pub places: Vec<Location>,
}

/// Why a dependency of all that is compiled is not unused: tests name what it brings, and nothing else does.
pub const ONLY_TESTS: &str = "only its tests name it";

impl References {
    /// How many places there are.
    pub fn count(&self) -> usize {
        self.items.iter().map(|item| item.places.len()).sum()
    }

    /// The first place, in the order of files.
    pub fn first(&self) -> Option<&Location> {
        self.items.iter().flat_map(|item| item.places.first()).min()
    }

    /// The same, with units where another graph has them.
    pub(super) fn moved(self: &Arc<Self>, place: &dyn Fn(UnitId) -> UnitId) -> Arc<Self> {
        if self.through.is_empty() {
            return Arc::clone(self);
        }
        let mut through: Vec<UnitId> = self.through.iter().map(|unit| place(*unit)).collect();
        through.sort_unstable();
        Arc::new(Self { through, ..Self::clone(self) })
    }

    /// Whether nothing names it, and nothing speaks for a use that nobody sees.
    pub fn is_unused(&self) -> bool {
        self.items.is_empty() && self.unclear.is_none()
    }
}
