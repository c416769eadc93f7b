/// Somebody.
pub struct Account;
