//! Who buys here, and how they sign in.

pub mod password;

use password::Password;

/// Somebody who buys here.
#[derive(Debug, Default)]
pub struct Account {
    /// How they sign in; a guest does not.
    pub password: Option<Password>,
    history: Vec<String>,
}

impl Account {
    /// Somebody of whom nothing is known.
    pub fn guest() -> Self {
        Self::default()
    }

    /// Writes down what happened.
    pub fn remember(&mut self, what: &str) {
        self.history.push(what.to_owned());
    }

    /// What happened so far.
    pub fn history(&self) -> &[String] {
        &self.history
    }
}
