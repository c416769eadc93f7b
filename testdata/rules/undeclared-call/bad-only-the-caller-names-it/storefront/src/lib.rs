//! What a customer sees.
