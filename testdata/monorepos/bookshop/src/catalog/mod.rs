//! Which books there are, and how many of each.

mod book;
pub mod stock;

pub use book::Book;

use crate::money::Cents;

/// The book of a title.
pub fn search(title: &str) -> Option<Book> {
    let title = title.to_owned();
    (title.len() > 2).then_some(Book { title, price: Cents(2_900) })
}
