//! Takes the money for what somebody buys, and writes the receipt.

mod payment;
mod receipt;

pub use receipt::Receipt;

use crate::money::Cents;

/// Takes the money for so many books.
pub fn pay(amount: Cents, books: usize) -> Receipt {
    Receipt { paid: payment::charge(amount), books }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_nothing_is_paid() {
        assert_eq!(pay(Cents::default(), 0).books, 0);
    }
}
