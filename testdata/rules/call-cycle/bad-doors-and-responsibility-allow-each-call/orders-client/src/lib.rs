//! How others ask for an order.
