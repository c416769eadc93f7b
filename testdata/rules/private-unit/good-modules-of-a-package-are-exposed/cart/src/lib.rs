pub struct Cart(users::api::Account);
