// Once, this was `users::Account`.
pub struct Cart;
