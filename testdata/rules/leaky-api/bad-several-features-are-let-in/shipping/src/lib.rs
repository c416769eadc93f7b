//! How an order gets to a customer.
