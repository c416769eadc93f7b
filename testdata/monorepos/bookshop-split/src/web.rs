//! Which request goes to whom: the one place that knows every feature, and hands the one to the other.

use crate::accounts::Account;
use crate::cart::Cart;
use crate::catalog::Shelves;
use crate::catalog::api::Books;
use crate::checkout;

/// Answers requests, one after the other.
pub fn serve(requests: &[&str]) -> Vec<String> {
    let books = Shelves;
    let mut account = Account::guest();
    let mut cart = Cart::default();
    requests
        .iter()
        .map(|request| match request.split('/').collect::<Vec<_>>()[..] {
            ["", "books", title] => books.offer(title).map_or("not found".to_owned(), |offer| offer.title),
            ["", "cart", title] => cart.put(title, &books).to_string(),
            ["", "pay"] => {
                let receipt = checkout::pay(cart.total(), cart.count()).to_string();
                account.remember(&receipt);
                receipt
            }
            _ => "not found".to_owned(),
        })
        .collect()
}
