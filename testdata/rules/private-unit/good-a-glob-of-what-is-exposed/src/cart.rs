use crate::users::api::*;

pub struct Cart(Account);
