//! What has to be ordered again.
