//! Findings and faults → what a person or a program reads; one file a format.
//!
//! Invariant: nothing here decides anything. Text from the repository can't control a terminal:
//! [`safe`] takes out what could.

mod answer;
mod explanation;
mod graph_json;
mod human;
mod json;
mod lines;
mod paint;
mod rule_list;
mod safe;
mod texts;

use crate::features::Exception;
use crate::findings::{Excepted, Finding};
use crate::insight::Independence;
use crate::rules::Level;
use crate::text::Fault;

pub use answer::{answer, answer_json};
pub use explanation::{explanation, explanation_markdown};
pub use graph_json::render as graph_json;
pub use human::{Style, faults, render as human};
pub use json::render as json;
pub use rule_list::{proofs, proofs_json, rule_list, rule_list_json};
pub use safe::{safe, safe_line};
pub use texts::Texts;

/// Everything that a check has to tell.
#[derive(Debug)]
pub struct Told<'a> {
    /// Sorted: what fails the check first.
    pub findings: &'a [Finding],
    /// What exceptions cover.
    pub excepted: &'a [Excepted],
    /// The exceptions.
    pub exceptions: &'a [Exception],
    /// What could not be read, sorted.
    pub problems: &'a [Fault],
    /// `None` below two features.
    pub independence: Option<Independence>,
    /// How many features have a unit.
    pub features: usize,
    /// How many packages there are.
    pub packages: usize,
    /// How many couplings there are.
    pub couplings: usize,
    /// How many files of a known format `[scan] exclude` took out.
    pub excluded: usize,
}

impl Told<'_> {
    /// How many findings fail the check.
    pub fn denied(&self) -> usize {
        self.findings.iter().filter(|finding| finding.level == Level::Deny).count()
    }

    /// How many findings are only shown.
    pub fn warned(&self) -> usize {
        self.findings.len() - self.denied()
    }
}
