mod line;

use crate::users::api::Account;

pub struct Cart(Account);
