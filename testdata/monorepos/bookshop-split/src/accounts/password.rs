//! How somebody signs in.

/// A password, as nobody may read it.
#[derive(Debug)]
pub struct Password(usize);

impl Password {
    /// Of what somebody typed.
    pub fn new(typed: &str) -> Self {
        Self(typed.len())
    }

    /// Whether it is as long as what somebody typed.
    pub fn is_like(&self, typed: &str) -> bool {
        self.0 == typed.len()
    }
}
