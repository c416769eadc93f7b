//! Dunning.
