//! Orders that never were.
