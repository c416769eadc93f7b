//! `watertight bottlenecks`

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::insight::{Timings, bottlenecks, feature_bottlenecks, read_timings};
use crate::report::{
    BottleneckRows, BottlenecksTold, bottlenecks as human, bottlenecks_csv, bottlenecks_json,
};
use crate::snapshot::read_outside;
use crate::{Stage, Watch};

use super::co_change::{TableFormat, Window, history_of};
use super::console::Console;
use super::open::Opened;
use super::{Exit, Outcome, Where};

/// Tell which units hold up everybody else: how often each changes, times what
/// has to be built, tested and deployed again because of it.
///
/// With the features that wait for it, with how its changes became more or
/// fewer from the earlier half of the window to the later one, and with what
/// could be done about it. How a cost is made up, and when which remedy is
/// suggested, stands in the documentation, on the page about bottlenecks.
///
/// Examples:
///   watertight bottlenecks
///   watertight bottlenecks --since '6 months' --level features
///   watertight bottlenecks --timings target/cargo-timings/cargo-timing.html
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// What is told
    #[arg(long, value_enum, default_value_t = Level::Units)]
    level: Level,

    #[command(flatten)]
    window: Window,

    /// The report of `cargo build --timings`: a cost is then the time that builds take
    #[arg(long, value_name = "FILE")]
    timings: Option<PathBuf>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    format: TableFormat,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Units: packages, images, contracts and the like
    Units,
    /// Features, with all of their units
    Features,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let timings = arguments.timings.as_deref().map(timings_of).transpose()?;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?;
    let repository = opened.load(how)?;
    console.begins(Stage::Judging);
    let history = history_of(&opened, &repository, &arguments.window)?;
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let units = bottlenecks(&history, (graph, map), timings.as_ref());
    let features = feature_bottlenecks(&history, map, &units);
    console.begins(Stage::Reporting);
    let limit = usize::try_from(arguments.window.limit).unwrap_or(usize::MAX);
    let (rows, more) = match arguments.level {
        Level::Units => {
            let shown = &units[..units.len().min(limit)];
            (BottleneckRows::Units(shown), units.len() - shown.len())
        }
        Level::Features => {
            let shown = &features[..features.len().min(limit)];
            (BottleneckRows::Features(shown), features.len() - shown.len())
        }
    };
    let told = BottlenecksTold {
        repository: &repository,
        history: &history,
        since: arguments.window.since.unwrap_or(repository.configuration.changes.since),
        is_timed: timings.is_some(),
        rows,
        more,
    };
    let output = match arguments.format {
        TableFormat::Human => human(&told, console.style_of_output()),
        TableFormat::Json => bottlenecks_json(&told),
        TableFormat::Csv => bottlenecks_csv(&told),
    };
    let exit = Exit::of_reading(&repository);
    Ok(Outcome { output, messages: opened.notice(how, &repository), exit })
}

pub(super) fn timings_of(file: &Path) -> Result<Timings, Outcome> {
    let shown = file.to_string_lossy();
    let help = "`cargo build --timings` writes `target/cargo-timings/cargo-timing.html`";
    let bytes = read_outside(file)
        .map_err(|failure| Outcome::refused(&format!("`{shown}` can't be read: {failure}"), help))?;
    read_timings(&String::from_utf8_lossy(&bytes))
        .map_err(|why| Outcome::refused(&format!("`{shown}` is no report of cargo's timings: {why}"), help))
}
