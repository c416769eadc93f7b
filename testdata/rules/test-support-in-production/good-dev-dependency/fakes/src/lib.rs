//! Customers and orders that never were.
