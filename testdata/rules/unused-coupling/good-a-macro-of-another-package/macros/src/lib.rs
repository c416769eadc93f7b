/// Says who owns it.
#[macro_export]
macro_rules! owner {
    () => {
        pub type Owner = ::users::Account;
    };
}
