pub struct Cart(users::model::Account);
