//! How others ask for a journal.
