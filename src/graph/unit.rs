//! Units: what builds, runs, ships or is shared.

use crate::text::{Location, RepoPath};

/// The position of a unit in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(u32);

impl UnitId {
    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// As a position in a list of units.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What kind of thing a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// A package of a package manager.
    Package,
    /// A binary target of a package: something that can be deployed.
    Binary,
}

impl UnitKind {
    /// The word of the design.
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Binary => "binary",
        }
    }
}

/// One thing in the repository that builds, runs, ships or is shared.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What kind of thing it is.
    pub kind: UnitKind,
    /// Its name, unique among its kind: `cart`, `cart/cart-api` for a binary of `cart`, and
    /// `cart (tools/cart)` where several packages of the repository have one name.
    pub name: String,
    /// The name that it has where it is declared: `cart`, `cart-api`.
    pub short_name: String,
    /// Its folder, or its root source file for a binary.
    pub path: RepoPath,
    /// Where it is declared.
    pub declared_at: Location,
    /// The unit that it is a part of: a binary's package.
    pub parent: Option<UnitId>,
}

impl Unit {
    /// What stays the same when files move and lines shift: kind and name.
    pub fn identity(&self) -> String {
        format!("{}:{}", self.kind.word(), self.name)
    }
}
