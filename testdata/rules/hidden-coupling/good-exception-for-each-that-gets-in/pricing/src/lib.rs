//! How a list price becomes the price that a customer pays.
