//! Invoice preview.
