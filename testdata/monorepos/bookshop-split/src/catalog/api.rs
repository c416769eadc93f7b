//! What others may know of the catalog: what can be asked, and plain values. Who answers is not known here, so that others
//! can be built and tested without the catalog.

use crate::money::Cents;

/// What can be asked about books.
pub trait Books {
    /// The offer for a title.
    fn offer(&self, title: &str) -> Option<Offer>;

    /// Keeps one for somebody; says whether there was one.
    fn reserve(&self, title: &str) -> bool;
}

/// A book that somebody could buy.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What it is called.
    pub title: String,
    /// What it costs.
    pub price: Cents,
}
