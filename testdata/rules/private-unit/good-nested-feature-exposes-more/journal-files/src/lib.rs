//! Journal files.
