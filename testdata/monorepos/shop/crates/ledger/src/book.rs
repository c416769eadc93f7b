use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use common_money::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    Authorise { customer: u64, amount: Money },
    Capture,
    Refund,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Authorised,
    Captured,
    Refunded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    pub customer: u64,
    pub amount: Money,
    pub state: State,
}

/// All payments of a journal, by reference.
#[derive(Debug, Default)]
pub struct Book {
    payments: BTreeMap<String, Payment>,
}

impl Book {
    pub fn apply(&mut self, reference: &str, posting: Posting) -> Result<Payment, LedgerError> {
        let known = self.payments.get(reference).copied();
        let payment = match (posting, known) {
            (Posting::Authorise { customer, amount }, None) => Payment {
                customer,
                amount,
                state: State::Authorised,
            },
            (Posting::Capture, Some(payment)) if payment.state == State::Authorised => Payment {
                state: State::Captured,
                ..payment
            },
            (Posting::Refund, Some(payment)) if payment.state == State::Captured => Payment {
                state: State::Refunded,
                ..payment
            },
            _ => return Err(LedgerError::NotPossible(reference.to_owned())),
        };
        self.payments.insert(reference.to_owned(), payment);
        Ok(payment)
    }

    pub fn store_credit(&self, customer: u64) -> Money {
        self.payments
            .values()
            .filter(|payment| payment.customer == customer && payment.state == State::Refunded)
            .map(|payment| payment.amount)
            .sum()
    }
}

impl fmt::Display for Posting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Posting::Authorise { customer, amount } => {
                write!(f, "authorise {customer} {}", amount.cents())
            }
            Posting::Capture => f.write_str("capture"),
            Posting::Refund => f.write_str("refund"),
        }
    }
}

impl FromStr for Book {
    type Err = LedgerError;

    fn from_str(journal: &str) -> Result<Self, LedgerError> {
        let mut book = Book::default();
        for line in journal.lines() {
            let (reference, posting) =
                parse(line).ok_or_else(|| LedgerError::Unreadable(line.to_owned()))?;
            book.apply(reference, posting)?;
        }
        Ok(book)
    }
}

fn parse(line: &str) -> Option<(&str, Posting)> {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        [reference, "authorise", customer, cents] => Some((
            reference,
            Posting::Authorise {
                customer: customer.parse().ok()?,
                amount: Money::from_cents(cents.parse().ok()?),
            },
        )),
        [reference, "capture"] => Some((reference, Posting::Capture)),
        [reference, "refund"] => Some((reference, Posting::Refund)),
        _ => None,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerError {
    NotPossible(String),
    Unreadable(String),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::NotPossible(reference) => {
                write!(f, "the payment of {reference} is not at that point")
            }
            LedgerError::Unreadable(line) => write!(f, "the journal says {line:?}"),
        }
    }
}

impl Error for LedgerError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_is_captured_once() {
        let mut book: Book = "O-1 authorise 7 1290\n".parse().unwrap();
        let payment = book.apply("O-1", Posting::Capture).unwrap();
        assert_eq!(payment.amount, Money::from_cents(1290));
        assert_eq!(
            book.apply("O-1", Posting::Capture),
            Err(LedgerError::NotPossible("O-1".into()))
        );
    }

    #[test]
    fn a_refund_becomes_store_credit() {
        let journal = "O-1 authorise 7 1290\nO-1 capture\nO-1 refund\nO-2 authorise 7 500\n";
        let book: Book = journal.parse().unwrap();
        assert_eq!(book.store_credit(7), Money::from_cents(1290));
        assert_eq!(book.store_credit(8), Money::ZERO);
    }
}
