pub use crate::money::Cents;
pub use std::io::Error;
