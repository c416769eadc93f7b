use crate::users::api::Id;

pub struct Cart(Id);
