pub use crate::users::model::Account;
