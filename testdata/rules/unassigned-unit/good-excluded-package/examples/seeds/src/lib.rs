//! Data to start with.
