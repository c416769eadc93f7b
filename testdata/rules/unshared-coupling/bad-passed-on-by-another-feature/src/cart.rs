/// What somebody wants to buy.
pub struct Cart(crate::users::Cents);
