//! How others ask for a product.
