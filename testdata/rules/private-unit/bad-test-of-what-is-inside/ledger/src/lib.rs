//! The journal of all payments.
