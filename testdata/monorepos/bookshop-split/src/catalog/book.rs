use crate::money::Cents;

/// A book that is sold.
#[derive(Debug, Clone)]
pub(super) struct Book {
    /// What it is called.
    pub(super) title: String,
    /// What it costs.
    pub(super) price: Cents,
}

impl Book {
    /// The book of a title.
    pub(super) fn of(title: &str) -> Option<Self> {
        let title = title.to_owned();
        (title.len() > 2).then_some(Self { title, price: Cents(2_900) })
    }
}
