/// An amount.
pub struct Cents(u64);
