//! `watertight history`

use clap::ValueEnum;

use crate::draw::chart;
use crate::features::Depth;
use crate::insight::log_notes;
use crate::report::{ToldHistory, history as told, history_csv, history_json, safe_line};
use crate::snapshot::{Log, LogRange};
use crate::text::{Date, Period, RepoPath};
use crate::{Every, History, Past, Stage, Watch, history};

use super::console::Console;
use super::open::Opened;
use super::{Exit, Outcome, Where};

/// Say what became of the numbers, over the whole past of the repository.
///
/// Each commit is read from git: nothing is checked out, and nothing has to have
/// been collected before. Told are the numbers of `metrics` over time, and the
/// commits that changed most, with the couplings that they brought.
///
/// The past is measured by the configuration of today, so that numbers of one
/// meaning are compared: features are matched by their paths, wherever those led
/// then. With `--config-of commit`, each commit is measured by its own.
///
/// Examples:
///   watertight history
///   watertight history --since 1.year --every commit
///   watertight history --every tag --format csv > releases.csv
///   watertight history --format svg > history.svg
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// From when on: `1.year`, `6.months` or `2.weeks` before the commit that is
    /// read, or a day as `2024-01-31`
    /// [default: from the first commit on]
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    /// Which commits of the main line are measured: of a period, the last one
    #[arg(long, value_enum, default_value_t = Which::Week)]
    every: Which,

    /// At most so many of them, the newest
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,

    /// By which configuration
    #[arg(long, value_enum, default_value_t = Whose::Today)]
    config_of: Whose,

    /// How many commits that changed most are told
    #[arg(long, value_name = "N", default_value_t = 8)]
    jumps: usize,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
}

/// Which commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Every commit
    Commit,
    /// The last one of each day
    Day,
    /// The last one of each week
    Week,
    /// The last one of each month
    Month,
    /// Every one that a tag names
    Tag,
}

/// Whose configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Whose {
    /// The one that counts today, or what `init` would propose today
    Today,
    /// The one that each commit has itself
    Commit,
}

/// How a history is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a person
    Human,
    /// One JSON document; `watertight schema history` prints its schema
    Json,
    /// A line for each point
    Csv,
    /// A chart
    Svg,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match told_history(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn told_history(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    if how.staged || how.cargo.cargo {
        let what = "a history is one of commits: `--staged` and `--cargo` say nothing about them";
        return Err(Outcome::refused(what, "leave it out, or name the last commit with `--rev`"));
    }
    let today = how.today.unwrap_or_else(Date::today);
    let since = arguments.since.as_deref().map(Since::new).transpose()?;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?.asking(Depth::Modules);
    let is_by_own = arguments.config_of == Whose::Commit;
    if is_by_own && how.config.is_some() {
        let what = "`--config` names one configuration, and `--config-of commit` takes that of each commit";
        return Err(Outcome::refused(what, "leave one of them out"));
    }
    let (configuration, notice) = match is_by_own {
        true => (None, String::new()),
        false => {
            let (configuration, repository) = opened.law(how)?;
            (Some(configuration), opened.notice(how, &repository))
        }
    };
    console.begins(Stage::Comparing);
    let every = match arguments.every {
        Which::Commit => Every::Commit,
        Which::Day => Every::Day,
        Which::Week => Every::Week,
        Which::Month => Every::Month,
        Which::Tag => Every::Tag,
    };
    let asked = Asked {
        since,
        every,
        limit: usize::try_from(arguments.limit).unwrap_or(usize::MAX),
        jumps: arguments.jumps,
    };
    let (history, notes) = traced(&opened, configuration.as_ref(), today, asked).map_err(|why| {
        Outcome::refused(
            &format!("a history is read from git, and {why}"),
            "`watertight metrics` measures what lies here",
        )
    })?;
    console.begins(Stage::Reporting);
    let name = opened.name();
    let told_of = ToldHistory { history: &history, name: &name, every, is_by_own, notes: &notes };
    let output = match arguments.format {
        Form::Human => told(&told_of, console.style_of_output()),
        Form::Json => history_json(&told_of),
        Form::Csv => history_csv(&told_of),
        Form::Svg => chart(&told_of),
    };
    let messages = match arguments.format {
        Form::Human | Form::Json => notice,
        // What the format has no room for.
        Form::Csv | Form::Svg => {
            let notes: String = notes.iter().map(|note| format!("note: {}\n", safe_line(note))).collect();
            notice + &console.notice(notes)
        }
    };
    Ok(Outcome { output, messages, exit: Exit::Clean })
}

/// When a history begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Since {
    /// On a day.
    Day(Date),
    /// So long before the commit that is read.
    Before(Period),
}

impl Since {
    pub(super) fn new(written: &str) -> Result<Self, Outcome> {
        let day = Date::new(written.trim()).map(Self::Day);
        day.or_else(|| Period::new(written).map(Self::Before)).ok_or_else(|| {
            Outcome::refused(
                &format!("`{written}` is no time that lies back"),
                "write `1.year`, `6.months`, `2.weeks` or a day, as `2024-01-31`",
            )
        })
    }

    /// How long before the commit that is read that is.
    pub(super) fn period(self, newest: i64) -> Period {
        match self {
            Self::Day(day) => Period::of_seconds(newest - day.seconds()),
            Self::Before(period) => period,
        }
    }

    /// In seconds since 1970.
    fn seconds(self, newest: i64) -> i64 {
        match self {
            Self::Day(day) => day.seconds(),
            Self::Before(period) => newest.saturating_sub(period.seconds()),
        }
    }
}

/// What is asked of the past.
pub(super) struct Asked {
    pub(super) since: Option<Since>,
    pub(super) every: Every,
    pub(super) limit: usize,
    pub(super) jumps: usize,
}

/// The history that leads to what is read, and what a person should know about it; or why there is none.
pub(super) fn traced(
    opened: &Opened<'_>,
    configuration: Option<&(RepoPath, String)>,
    today: Date,
    asked: Asked,
) -> Result<(History, Vec<String>), String> {
    let git = opened.git.as_ref().map_err(Clone::clone)?;
    let head = git.head().map_err(|unfound| unfound.message)?;
    let head = head.ok_or_else(|| "there is no commit yet".to_owned())?;
    let Asked { since, every, limit, jumps } = asked;
    let most = if every == Every::Commit { limit } else { usize::MAX };
    let range = LogRange { is_main_line: true, since: None, most: 1 };
    let newest = git.repository.log(&head, range).commits.first().map_or(0, |logged| logged.seconds);
    let since = since.map(|since| since.seconds(newest));
    let log = git.repository.log(&head, LogRange { since, most, ..range });
    let past = Past {
        git: &git.repository,
        folder: &git.prefix,
        configuration: configuration.map(|(path, text)| (path, text.as_str())),
        today,
        cache: opened.cache(),
    };
    let history = history(past, &log, every, limit, jumps);
    let notes = notes(&history, &log);
    Ok((history, notes))
}

/// What a person should know about how a history came about.
fn notes(history: &History, log: &Log) -> Vec<String> {
    let mut notes = log_notes(log);
    let failed = || history.points.iter().filter_map(|point| Some((point, point.measured.as_ref().err()?)));
    if let Some((point, why)) = failed().next() {
        let count = failed().count();
        let (points, them) = if count == 1 { ("1 point", "it is") } else { ("several points", "they are") };
        let commit = point.logged.commit.short();
        notes.push(format!("{points} can't be measured, so {them} left out; the first, {commit}: {why}"));
    }
    let moments = || history.points.iter().filter_map(|point| Some((point, point.measured.as_ref().ok()?)));
    let empty = moments().take_while(|(_, moment)| moment.totals.units == 0).count();
    if empty > 0
        && let Some((first, _)) = moments().nth(empty)
    {
        notes.push(format!("before {} there is nothing that is read here", first.logged.day()));
    }
    let broken = || moments().filter(|(_, moment)| moment.problems > 0);
    if let Some((first, _)) = broken().next() {
        let commit = first.logged.commit.short();
        notes.push(format!(
            "at {} of {} points something can't be read, and is left out; first at {commit} of {}",
            broken().count(),
            history.points.len(),
            first.logged.day()
        ));
    }
    let strange: Vec<_> =
        moments().filter(|(_, moment)| moment.totals.unassigned * 2 > moment.totals.units).collect();
    if let Some((last, _)) = strange.last() {
        notes.push(format!(
            "at {} of {} points more than half of the units belong to no feature, last on {}: the paths of today may not \
             lead there",
            strange.len(),
            history.points.len(),
            last.logged.day()
        ));
    }
    if history.tags_elsewhere > 0 {
        notes.push(format!(
            "{} tags name commits of other branches or of before, and are left out",
            history.tags_elsewhere
        ));
    }
    notes
}
