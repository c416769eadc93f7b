//! An amount and its currency.
