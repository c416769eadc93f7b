pub fn owner() -> users::Account {
    users::Account
}
