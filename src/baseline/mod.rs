//! Findings × accepted ones → new, known, stale.
//!
//! Invariant: what is known stays known when files move and lines shift; mending never makes anything new.

use crate::findings::Finding;

/// A finding that the baseline holds.
#[derive(Debug, Clone)]
pub struct Baselined {
    /// The finding.
    pub finding: Finding,
    /// Why it is accepted for now.
    pub reason: String,
}

/// How large the baseline is, and how it came there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BaselineSize {
    /// The entries that a finding matches.
    pub left: usize,
    /// The entries that were written when it was begun.
    pub first: usize,
    /// The entries that were accepted since then.
    pub accepted: usize,
    /// The entries that no finding matches any more.
    pub stale: usize,
}
