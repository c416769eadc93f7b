//! What is left.
