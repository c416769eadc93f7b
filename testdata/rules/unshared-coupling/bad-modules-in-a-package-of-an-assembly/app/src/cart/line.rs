/// Whose it is.
pub struct Line(crate::users::model::account::Account);
