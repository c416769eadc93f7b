//! What is sent when an invoice stays unpaid.
