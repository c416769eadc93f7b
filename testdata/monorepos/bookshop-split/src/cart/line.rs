use crate::money::Cents;

/// One book in a cart.
#[derive(Debug)]
pub(super) struct Line {
    /// Which.
    pub(super) title: String,
    /// What it cost when it was put in.
    pub(super) price: Cents,
}
