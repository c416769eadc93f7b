//! Lines that all services write alike.
