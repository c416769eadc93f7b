//! Money moves exactly once. Every payment is a few lines in one journal file, which all
//! processes that move money append to under a lock.

mod book;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use common_money::Money;

pub use book::{Book, LedgerError, Payment, Posting, State};

#[derive(Debug)]
pub struct Ledger {
    journal: PathBuf,
}

impl Ledger {
    pub fn open(journal: impl Into<PathBuf>) -> Self {
        Self {
            journal: journal.into(),
        }
    }

    /// Writes one posting to the journal, unless the payment's history forbids it.
    pub fn post(&self, reference: &str, posting: Posting) -> io::Result<Payment> {
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&self.journal)?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let payment = text
            .parse::<Book>()
            .and_then(|mut book| book.apply(reference, posting))
            .map_err(io::Error::other)?;
        writeln!(file, "{reference} {posting}")?;
        Ok(payment)
    }

    /// What a customer got back and has not spent yet.
    pub fn store_credit(&self, customer: u64) -> io::Result<Money> {
        let text = match std::fs::read_to_string(&self.journal) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text?,
        };
        let book: Book = text.parse().map_err(io::Error::other)?;
        Ok(book.store_credit(customer))
    }
}
