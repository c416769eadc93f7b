//! One page for people who would rather look than read: a file of its own that asks no network for anything.
//!
//! What the page knows is written into it as JSON; its own script draws it. Nothing else may run or be loaded, by
//! the page's own Content Security Policy: scripts and styles are named by their hashes.

mod contents;
mod features;
mod findings;
mod frame;
mod model;
mod places;
mod plan;
mod units;

use std::collections::BTreeSet;

use crate::Repository;
use crate::features::RoleWord;
use crate::graph::{CouplingKind, UnitId};
use crate::report::{Paragraph, Texts, TogetherRow, Told};

use super::chart::Chart;

/// What the page shows when it is opened.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Whether there is nothing but the graph and the matrix.
    pub is_graph_alone: bool,
    /// A unit whose feature is chosen, and how many steps around it are shown.
    pub focus: Option<(UnitId, usize)>,
    /// The kinds of couplings that are switched on; all but `test` where nobody says.
    pub kinds: Option<BTreeSet<CouplingKind>>,
    /// Whether only findings are shown.
    pub only_findings: bool,
    /// What is shown besides features.
    pub with: Vec<RoleWord>,
    /// What is told before all else.
    pub outlook: Outlook,
}

/// What a page tells before all else.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// The summary; empty where there is none.
    pub summary: Vec<Paragraph>,
    /// What became of the numbers, as a chart; `None` where that is not known.
    pub history: Option<Chart>,
    /// Features that change together although nothing ties them, those first that do it most often.
    pub together: Vec<TogetherRow>,
}

/// The whole page. `name` is what the repository is called.
pub fn render(
    told: &Told<'_>,
    repository: &Repository,
    texts: &Texts<'_>,
    name: &str,
    start: &Start,
) -> String {
    frame::framed(&contents::page(told, repository, texts, name, start), &start.outlook)
}
