//! What somebody gets for their money.

use std::fmt;

use crate::money::Cents;

/// What was paid, and for how many books.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// How much.
    pub paid: Cents,
    /// How many books.
    pub books: usize,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {} books", self.paid, self.books)
    }
}
