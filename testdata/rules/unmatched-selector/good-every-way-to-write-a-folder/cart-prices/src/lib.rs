//! What the things in a cart cost.
