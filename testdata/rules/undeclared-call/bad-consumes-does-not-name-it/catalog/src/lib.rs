//! What is for sale.
