//! What somebody wants to buy.

mod line;

use line::Line;

use crate::catalog::api::Books;
use crate::money::Cents;

/// The books that somebody wants to buy.
#[derive(Debug, Default)]
pub struct Cart {
    lines: Vec<Line>,
}

impl Cart {
    /// Puts a book in, if there is one; and says what all of it costs.
    pub fn put(&mut self, title: &str, books: &dyn Books) -> Cents {
        if let Some(offer) = books.offer(title).filter(|offer| books.reserve(&offer.title)) {
            self.lines.push(Line { title: offer.title, price: offer.price });
        }
        self.total()
    }

    /// What all of it costs.
    pub fn total(&self) -> Cents {
        self.lines.iter().fold(Cents::default(), |sum, line| sum.plus(line.price))
    }

    /// How many books there are.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// What they are called.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.title.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::api::Offer;

    /// A catalog that sells one thing.
    struct OnlyTea;

    impl Books for OnlyTea {
        fn offer(&self, title: &str) -> Option<Offer> {
            (title == "tea").then(|| Offer { title: title.to_owned(), price: Cents(300) })
        }

        fn reserve(&self, _: &str) -> bool {
            true
        }
    }

    #[test]
    fn only_what_is_offered_is_put_in() {
        let mut cart = Cart::default();
        assert_eq!(cart.put("coffee", &OnlyTea), Cents(0));
        assert_eq!(cart.put("tea", &OnlyTea), Cents(300));
        assert_eq!(cart.titles().collect::<Vec<_>>(), ["tea"]);
    }
}
