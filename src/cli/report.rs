//! `watertight report`

use std::path::{Path, PathBuf};

use crate::draw::{Chart, Outlook};
use crate::insight::{Knife, PastChanges, commit_cost, features_together, metrics, plan};
use crate::report::{Known, NamedPair, TogetherRow, ToldHistory, summary_markdown, summary_of};
use crate::text::Date;
use crate::{Every, History, Repository, Stage, Watch};

use super::bottlenecks::timings_of;
use super::console::Console;
use super::history::{Asked, Since, traced};
use super::open::Opened;
use super::write::{unwritten, write};
use super::{Exit, Outcome, Where, check};

/// How many commits that changed most are told.
const JUMPS: usize = 6;

/// How many pairs of features that change together are told.
const MOST_TOGETHER: usize = 20;

/// How many cuts are planned: those that are told.
const CUTS: usize = 3;

/// Write one page that shows a whole repository in a browser, or a summary of it.
///
/// The page begins with a summary for people who decide: where the features stand,
/// where that is going, what it costs and which cuts pay most. Then come the verdict
/// and the score, what became of the numbers, a graph and a matrix of the features,
/// a section for each feature (who owns it, what couples it to others and by which
/// lines, whether it can be deployed alone), and the findings with their lines. The
/// page is one file. It loads nothing and sends nothing, so it can be kept, mailed
/// or printed.
///
/// Without a configuration, the features are those that `init` would propose. To
/// report a change, or beside other formats: `check --report html=FILE`, which
/// leaves summary and history out.
///
/// Examples:
///   watertight report --html report.html
///   watertight report --html - > report.html
///   watertight report --summary summary.md --history 2.years
///   watertight report path/to/repository --html report.html --rev v1.0
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
#[group(required = true, multiple = true, args = ["html", "summary"])]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// The file for the page; `-` for the standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// The file for the summary alone, as Markdown; `-` for the standard output
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,

    /// How far back the history goes that is told, where there is one in git
    #[arg(long, value_name = "WHEN", default_value = "1.year", conflicts_with = "no_history")]
    history: String,

    /// Tell no history
    #[arg(long)]
    no_history: bool,

    /// How long builds take: the report of `cargo build --timings`
    #[arg(long, value_name = "FILE", conflicts_with = "no_history")]
    timings: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments, console: &Console) -> Outcome {
    match reported(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn reported(arguments: Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let Arguments { place, html, summary, history, no_history, timings } = arguments;
    let timings = timings.as_deref().map(timings_of).transpose()?;
    let is_output = |file: &Option<PathBuf>| file.as_deref() == Some(Path::new("-"));
    if is_output(&html) && is_output(&summary) {
        let what = "page and summary both want the standard output";
        return Err(Outcome::refused(what, "give one of them a file: `--summary summary.md`"));
    }
    let today = place.how.today.unwrap_or_else(Date::today);
    let since = Since::new(&history)?;
    let opened = Opened::new(place.path.as_deref(), &place.how, console)?;
    let repository = opened.load(&place.how)?;
    let notice = opened.notice(&place.how, &repository);
    let history = match no_history || place.how.staged {
        true => None,
        false => Some(past(&opened, &repository, today, since, console)),
    };
    let (history, why_none) = match history {
        Some(Ok(history)) => (Some(history), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let told = history.as_ref();
    let name = opened.name();
    let told = told.map(|(history, notes)| ToldHistory {
        history,
        name: &name,
        every: Every::Week,
        is_by_own: false,
        notes,
    });
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let metrics = metrics(graph, map);
    let plan = plan(Knife::new(graph, map, false), CUTS);
    // Who wants no history wants none of what changed either.
    let changes = told.as_ref().and_then(|told| {
        let changes = opened.history(&repository, Some(since.period(told.history.newest))).ok()?;
        opened.note(&changes);
        Some(changes)
    });
    let cost = changes.as_ref().map(|changes| commit_cost(changes, (graph, map), timings.as_ref()));
    let known = Known {
        repository: &repository,
        name: &name,
        metrics: &metrics,
        plan: &plan,
        history: told.as_ref(),
        no_history: why_none.as_deref(),
        cost,
    };
    let together = changes.as_ref().map(|changes| together(&repository, changes)).unwrap_or_default();
    let history = told.as_ref().and_then(Chart::new);
    let outlook = Outlook { summary: summary_of(&known), history, together };
    let mut outcome =
        Outcome { output: String::new(), messages: notice, exit: Exit::of_reading(&repository) };
    if let Some(file) = &summary {
        let text = summary_markdown(&known);
        match is_output(&summary) {
            true => outcome.output = text,
            false => write(file, &text).map_err(|error| unwritten(file, &error))?,
        }
    }
    let Some(html) = html else { return Ok(outcome) };
    let baseline = opened.baseline()?;
    let check = check::Arguments::page(place, html, outlook);
    let page = check::told(&check, &opened, repository, baseline, console)?;
    // What is found is what a report is for, and no failure of it.
    let exit = if page.exit == Exit::Findings { Exit::Clean } else { page.exit };
    Ok(Outcome { exit, messages: outcome.messages + &page.messages, output: outcome.output + &page.output })
}

/// The features that change together although nothing ties them.
fn together(repository: &Repository, changes: &PastChanges) -> Vec<TogetherRow> {
    let Repository { linked, map, configuration, .. } = repository;
    let found = features_together(changes, (&linked.graph, map), &configuration.changes);
    let untied = found.iter().filter(|pair| pair.tie.is_none()).take(MOST_TOGETHER);
    untied.map(|pair| NamedPair::features(pair, changes, repository).row()).collect()
}

/// What became of the numbers, where git knows: who has no history gets a page all the same.
fn past(
    opened: &Opened<'_>,
    repository: &Repository,
    today: Date,
    since: Since,
    console: &Console,
) -> Result<(History, Vec<String>), String> {
    console.begins(Stage::Comparing);
    let configuration = &repository.configuration;
    let law = (configuration.file.clone(), configuration.text.clone());
    let asked = Asked { since: Some(since), every: Every::Week, limit: usize::MAX, jumps: JUMPS };
    traced(opened, Some(&law), today, asked)
}
