//! What somebody wants to buy.

mod line;

pub use line::Line;

use crate::catalog::{self, stock};
use crate::money::Cents;

/// The books that somebody wants to buy.
#[derive(Debug, Default)]
pub struct Cart {
    /// One line for each book.
    pub lines: Vec<Line>,
}

impl Cart {
    /// Puts a book in, if there is one; and says what all of it costs.
    pub fn put(&mut self, title: &str) -> Cents {
        if let Some(book) = catalog::search(title).filter(stock::reserve) {
            self.lines.push(Line { book });
        }
        self.total()
    }

    /// What all of it costs.
    pub fn total(&self) -> Cents {
        self.lines.iter().fold(Cents::default(), |sum, line| sum.plus(line.book.price))
    }
}
