//! What a customer wants to buy.
