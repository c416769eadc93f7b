mod line;

use crate::users::model::Account;

pub struct Cart(Account);
