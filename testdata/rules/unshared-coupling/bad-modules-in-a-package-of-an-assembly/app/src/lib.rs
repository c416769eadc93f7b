pub mod cart;
pub mod users;
