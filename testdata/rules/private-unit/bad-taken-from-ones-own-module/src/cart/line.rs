use super::Account;

pub struct Line(Account);
