//! How others ask for a price.
