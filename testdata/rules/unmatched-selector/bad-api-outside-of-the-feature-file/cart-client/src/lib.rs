//! How others ask for a cart.
