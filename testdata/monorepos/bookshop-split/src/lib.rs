//! A shop for books, in one process.

pub mod accounts;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod money;
pub mod web;
