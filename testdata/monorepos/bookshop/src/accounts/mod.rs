//! Who buys here, and how they sign in.

pub mod password;

use crate::checkout::receipt::Receipt;

use password::Password;

/// Somebody who buys here.
#[derive(Debug, Default)]
pub struct Account {
    /// How they sign in; a guest does not.
    pub password: Option<Password>,
    /// What they paid for.
    pub receipts: Vec<Receipt>,
}

impl Account {
    /// Somebody of whom nothing is known.
    pub fn guest() -> Self {
        Self::default()
    }
}
