//! Turns a cart into a paid order.

mod payment;
pub mod receipt;

use crate::accounts::Account;
use crate::cart::Cart;

use receipt::Receipt;

/// Takes the money, and writes the receipt.
pub fn pay(cart: &Cart, account: &mut Account) -> Receipt {
    let receipt = Receipt { paid: payment::charge(cart.total()), books: cart.lines.len() };
    account.receipts.push(receipt.clone());
    receipt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::password::Password;

    #[test]
    fn an_empty_cart_costs_nothing() {
        let mut account = Account::guest();
        account.password = Some(Password::new("secret"));
        assert_eq!(pay(&Cart::default(), &mut account).books, 0);
    }
}
