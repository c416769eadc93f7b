/// What somebody wants to buy.
pub struct Cart;
