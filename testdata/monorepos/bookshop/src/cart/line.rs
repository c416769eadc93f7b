use crate::catalog::Book;

/// One book in a cart.
#[derive(Debug)]
pub struct Line {
    /// Which.
    pub book: Book,
}
