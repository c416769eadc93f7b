use crate::money::Cents;

/// A book that is sold.
#[derive(Debug, Clone)]
pub struct Book {
    /// What it is called.
    pub title: String,
    /// What it costs.
    pub price: Cents,
}
