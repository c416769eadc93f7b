//! Which books there are, and how many of each.

pub mod api;
mod book;
mod stock;

use api::{Books, Offer};
use book::Book;

/// The books of this shop.
#[derive(Debug, Clone, Copy)]
pub struct Shelves;

impl Books for Shelves {
    fn offer(&self, title: &str) -> Option<Offer> {
        Book::of(title).map(|Book { title, price }| Offer { title, price })
    }

    fn reserve(&self, title: &str) -> bool {
        Book::of(title).is_some_and(|book| stock::reserve(&book))
    }
}
