//! How others ask for an invoice.
