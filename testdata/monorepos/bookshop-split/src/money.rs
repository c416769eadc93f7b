//! Amounts of money.

use std::fmt;

/// An amount, in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cents(pub u64);

impl Cents {
    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}
