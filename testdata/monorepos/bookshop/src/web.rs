//! Which request goes to whom: the one place that knows every feature.

use crate::accounts::Account;
use crate::cart::Cart;
use crate::{catalog, checkout};

/// Answers requests, one after the other.
pub fn serve(requests: &[&str]) -> Vec<String> {
    let mut account = Account::guest();
    let mut cart = Cart::default();
    requests
        .iter()
        .map(|request| match request.split('/').collect::<Vec<_>>()[..] {
            ["", "books", title] => catalog::search(title).map_or("not found".to_owned(), |book| book.title),
            ["", "cart", title] => cart.put(title).to_string(),
            ["", "pay"] => checkout::pay(&cart, &mut account).to_string(),
            _ => "not found".to_owned(),
        })
        .collect()
}
