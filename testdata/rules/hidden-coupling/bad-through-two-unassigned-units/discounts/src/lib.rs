//! Who pays less, and why.
