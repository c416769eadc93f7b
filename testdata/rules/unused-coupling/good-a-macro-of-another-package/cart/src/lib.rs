macros::owner!();
