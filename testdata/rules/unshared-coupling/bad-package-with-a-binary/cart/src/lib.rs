//! What a customer wants.

pub use invoices::Client;
