macro_rules! same {
    ($($t:tt)*) => { $($t)* };
}

same! { pub type Owner = users::Account; }
