//! Invoice types.
