/// Somebody, as others see it.
pub struct Account;
