//! Which stages a target needs.
//!
//! Invariant: a stage needs only earlier ones, so one pass from the target backwards finds all.

use std::collections::BTreeMap;

use super::Dockerfile;

/// Which stages are needed, and for what.
#[derive(Debug)]
pub(super) struct Needed;

impl Needed {
    pub(super) fn by(_file: &Dockerfile, _target: usize, _arguments: &BTreeMap<String, String>) -> Self {
        Self
    }
}
