//! Findings and faults → what a person or a program reads; one file a format.
//!
//! Invariant: nothing here decides anything. Text from the repository can't control a terminal:
//! [`safe`] takes out what could. Nor can it be markup, a link, a mention or a command in what a program
//! reads: each format escapes what is special in it.

mod answer;
mod bottlenecks;
mod co_change;
mod columns;
mod compact;
mod csv;
mod cuts;
mod explanation;
mod fingerprint;
mod github;
mod gitlab;
mod glossary;
mod graph_json;
mod history;
mod human;
mod impact;
mod impact_jobs;
mod impact_json;
mod inventory;
mod json;
mod junit;
mod lines;
mod markdown;
mod markup;
mod mask;
mod metrics;
mod ordering;
mod paint;
mod pretty;
mod proposed;
mod references;
mod rule_list;
mod safe;
mod sarif;
mod summary;
#[cfg(test)]
mod tests;
mod texts;
mod ways;
mod words;

use crate::baseline::{BaselineSize, Baselined};
use crate::features::Exception;
use crate::findings::{Excepted, Finding};
use crate::insight::Independence;
use crate::rules::Level;
use crate::snapshot::Gap;
use crate::text::Fault;

pub use answer::{answer, answer_json};
pub use bottlenecks::{
    BottleneckRows, BottlenecksTold, bottlenecks, bottlenecks_csv, bottlenecks_json, bottlenecks_schema,
};
pub use co_change::{
    CoChangeTold, NamedPair, TogetherRow, co_change, co_change_csv, co_change_json, co_change_schema,
};
pub use compact::render as compact;
pub use csv::cell as csv_cell;
pub use cuts::{CutTold, Judged, WhatIfTold, cut, cut_json, pay, plan, plan_json, what_if, what_if_json};
pub use explanation::{explanation, explanation_markdown};
pub use github::render as github;
pub use gitlab::render as gitlab;
pub use glossary::{GLOSSARY, definition, meaning};
pub use graph_json::{GraphLevel, Part, render as graph_json};
pub use history::{SERIES, Series, ToldHistory, history, history_csv, history_json, history_schema};
pub use human::{Style, failures, faults, render as human};
pub use impact::{ImpactPart, ToldImpact, impact_human, impact_notice};
pub use impact_jobs::{MOST_JOBS, impact_matrix, impact_names};
pub use impact_json::{impact_json, impact_schema};
pub use inventory::{UnitChoice, features, features_json, units, units_json};
pub(crate) use json::{GapRecord, ProblemRecord, gap_record, problem as problem_record};
pub use json::{render as json, schema};
pub use junit::render as junit;
pub use markdown::{job_summary, render as markdown};
pub use mask::{masked, masked_message};
pub use metrics::{
    Measured, metrics, metrics_budgets, metrics_csv, metrics_json, metrics_openmetrics, metrics_schema,
};
pub use ordering::{ordering, ordering_json};
pub use pretty::{document, to_json as json_text};
pub use proposed::proposed;
pub use rule_list::{proofs, proofs_json, rule_list, rule_list_json};
pub use safe::{quiet, safe, safe_line};
pub use sarif::render as sarif;
pub use summary::{Known, Paragraph, summary as summary_of, summary_markdown};
pub use texts::Texts;
pub use ways::{WaysTold, ways, ways_json};
pub use words::{bounded, counted, enumerated, line_of_gap, parties, summary, verdict, watertight};

/// Everything that a check has to tell.
#[derive(Debug)]
pub struct Told<'a> {
    /// What counts: everything, or what a change introduces. Sorted: what a change opens, and then what fails
    /// the check first.
    pub findings: &'a [Finding],
    /// What the base of a change has already, in the same order.
    pub inherited: &'a [Finding],
    /// What the baseline holds, in the same order.
    pub baselined: &'a [Baselined],
    /// What exceptions cover.
    pub excepted: &'a [Excepted],
    /// The exceptions.
    pub exceptions: &'a [Exception],
    /// What a change removed: findings of its base that are no more, in the same order.
    pub gone: &'a [Finding],
    /// What could not be read, sorted.
    pub problems: &'a [Fault],
    /// What could not be read in the base of a change either, sorted.
    pub inherited_problems: &'a [Fault],
    /// What is recognised and not read, sorted.
    pub gaps: &'a [Gap],
    /// What a change is compared with.
    pub compared: Option<&'a Compared>,
    /// The numbers of what is checked.
    pub now: Numbers,
    /// The numbers of the base of a change.
    pub before: Option<Numbers>,
    /// How many files of a known format `[scan] exclude` took out.
    pub excluded: usize,
    /// How many findings are not told because they belong to other owners than those asked for.
    pub of_other_owners: usize,
}

/// What a change is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The base as the user named it.
    pub named: String,
    /// The commit that it was compared with, shortened; empty for a repository without any.
    pub commit: String,
    /// Whether that is the merge base of what the user named and what is checked, and not the commit
    /// that the user named itself.
    pub is_merge_base: bool,
    /// What a person should know about how it was found.
    pub note: Option<String>,
}

/// What is counted in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// `None` below two features.
    pub independence: Option<Independence>,
    /// How many features have a unit.
    pub features: usize,
    /// How many packages there are.
    pub packages: usize,
    /// How many services there are.
    pub services: usize,
    /// How many couplings there are.
    pub couplings: usize,
    /// `None` without a baseline.
    pub baseline: Option<BaselineSize>,
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
