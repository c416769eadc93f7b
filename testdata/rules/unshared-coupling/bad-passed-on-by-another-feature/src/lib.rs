pub mod cart;
pub mod money;
pub mod orders;
pub mod users;
