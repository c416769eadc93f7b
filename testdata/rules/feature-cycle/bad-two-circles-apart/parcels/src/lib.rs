//! What is on its way to a customer.
