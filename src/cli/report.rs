//! `watertight report`

use std::path::PathBuf;

use super::console::Console;
use super::open::Opened;
use super::{Exit, Outcome, Where, check};

/// Write one page that shows a whole repository in a browser.
///
/// The verdict and the score, a graph and a matrix of the features, a section for
/// each feature (who owns it, what couples it to others and by which lines, whether
/// it can be deployed alone), and the findings with their lines. The page is one
/// file. It loads nothing and sends nothing, so it can be kept, mailed or printed.
///
/// Without a configuration, the features are those that `init` would propose. To
/// report a change, or beside other formats: `check --report html=FILE`.
///
/// Examples:
///   watertight report --html report.html
///   watertight report --html - > report.html
///   watertight report path/to/repository --html report.html --rev v1.0
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// The file for the page; `-` for the standard output
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
}

pub(super) fn run(arguments: Arguments, console: &Console) -> Outcome {
    match reported(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn reported(arguments: Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let Arguments { place, html } = arguments;
    let opened = Opened::new(place.path.as_deref(), &place.how, console)?;
    let repository = opened.load(&place.how)?;
    let notice = opened.notice(&place.how, &repository);
    let baseline = opened.baseline()?;
    let check = check::Arguments::page(place, html);
    let outcome = check::told(&check, &opened, repository, baseline, console)?;
    // What is found is what a report is for, and no failure of it.
    let exit = if outcome.exit == Exit::Findings { Exit::Clean } else { outcome.exit };
    Ok(Outcome { exit, messages: notice + &outcome.messages, ..outcome })
}
