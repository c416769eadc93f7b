//! All features in one process.
