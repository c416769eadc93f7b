//! What a customer owes.
