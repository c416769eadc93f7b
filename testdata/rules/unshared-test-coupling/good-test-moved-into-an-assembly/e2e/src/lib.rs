//! A customer buys something, and it arrives.
