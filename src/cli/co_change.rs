//! `watertight co-change`

use clap::ValueEnum;

use crate::insight::{PastChanges, Together, features_together, units_together};
use crate::report::{CoChangeTold, NamedPair, co_change, co_change_csv, co_change_json};
use crate::text::Period;
use crate::{Repository, Stage, Watch};

use super::console::Console;
use super::open::Opened;
use super::{Exit, Outcome, Where};

/// Tell what changes in the same commits although nothing ties it.
///
/// What always changes together is coupled, whether a manifest says so or not.
/// Merges, commits that change very much at once, those that only change how
/// source looks, and those of programs are left out, and counted. What each
/// number means stands in the documentation, on the page about co-change.
///
/// Examples:
///   watertight co-change
///   watertight co-change --level units --since '6 months'
///   watertight co-change --all --format csv > together.csv
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Between what
    #[arg(long, value_enum, default_value_t = Level::Features)]
    level: Level,

    #[command(flatten)]
    window: Window,

    /// Tell those too that a responsibility, another coupling or one feature ties
    #[arg(long)]
    all: bool,

    /// How to print it
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    format: TableFormat,
}

/// How far back, and how much of it.
#[derive(Debug, clap::Args)]
pub(super) struct Window {
    /// How far back commits count, from the one that is read: `6 months`, `90 days`
    /// [default: what `[changes]` says, or a year]
    #[arg(long, value_name = "TIME", value_parser = period)]
    pub(super) since: Option<Period>,

    /// How many lines at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) limit: u32,
}

fn period(text: &str) -> Result<Period, &'static str> {
    Period::new(text)
        .ok_or("this is no length of time; write a number and a unit, as `6 months` or `90 days`")
}

/// How tables are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// For a person
    Human,
    /// One JSON document
    Json,
    /// A line each
    Csv,
}

/// Between what changes are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Between features
    Features,
    /// Between units: packages, images, contracts and the like
    Units,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?;
    let repository = opened.load(how)?;
    console.begins(Stage::Judging);
    let history = history_of(&opened, &repository, &arguments.window)?;
    let told = match arguments.level {
        Level::Features => {
            let graph = &repository.linked.graph;
            let found =
                features_together(&history, (graph, &repository.map), &repository.configuration.changes);
            told(arguments, &repository, (&history, &found), &NamedPair::features)
        }
        Level::Units => {
            let graph = &repository.linked.graph;
            let found = units_together(&history, (graph, &repository.map), &repository.configuration.changes);
            told(arguments, &repository, (&history, &found), &NamedPair::units)
        }
    };
    console.begins(Stage::Reporting);
    let output = match arguments.format {
        TableFormat::Human => co_change(&told, console.style_of_output()),
        TableFormat::Json => co_change_json(&told),
        TableFormat::Csv => co_change_csv(&told),
    };
    let exit = Exit::of_reading(&repository);
    Ok(Outcome { output, messages: opened.notice(how, &repository), exit })
}

/// The history that a question is about.
pub(super) fn history_of(
    opened: &Opened<'_>,
    repository: &Repository,
    window: &Window,
) -> Result<PastChanges, Outcome> {
    let history = opened.history(repository, window.since).map_err(|why| {
        let what = format!("this is asked of the history in git, and {why}");
        Outcome::refused(&what, "run it in a clone of the repository that has its history")
    })?;
    opened.note(&history);
    Ok(history)
}

fn told<'t, T>(
    arguments: &Arguments,
    repository: &'t Repository,
    (history, found): (&'t PastChanges, &[Together<T>]),
    named: &dyn Fn(&Together<T>, &'t PastChanges, &Repository) -> NamedPair<'t>,
) -> CoChangeTold<'t> {
    let (untied, tied): (Vec<_>, Vec<_>) = found.iter().partition(|pair| pair.tie.is_none());
    let limit = usize::try_from(arguments.window.limit).unwrap_or(usize::MAX);
    let shown: Vec<_> = match arguments.all {
        true => untied.iter().chain(&tied).take(limit).collect(),
        false => untied.iter().take(limit).collect(),
    };
    let shown_untied = shown.iter().filter(|pair| pair.tie.is_none()).count();
    CoChangeTold {
        level: match arguments.level {
            Level::Features => "features",
            Level::Units => "units",
        },
        since: arguments.window.since.unwrap_or(repository.configuration.changes.since),
        settings: &repository.configuration.changes,
        more: untied.len() - shown_untied,
        tied: tied.len() - (shown.len() - shown_untied),
        pairs: shown.iter().map(|pair| named(pair, history, repository)).collect(),
        history,
    }
}
