//! One number after the other.
