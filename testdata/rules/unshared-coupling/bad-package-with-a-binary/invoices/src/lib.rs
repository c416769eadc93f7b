//! What a customer owes.

/// Asks the service.
pub struct Client;
