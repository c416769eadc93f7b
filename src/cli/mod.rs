//! Arguments in, exit code out: one file a command.

mod baseline;
mod bottlenecks;
mod check;
mod co_change;
mod completions;
mod console;
mod cut;
mod exit;
mod explain;
mod features;
mod graph;
mod history;
mod impact;
mod init;
mod journal;
mod man;
mod may;
mod metrics;
mod named;
mod open;
mod order;
mod owner;
mod progress;
mod ratchet;
mod report;
mod reports;
mod rules;
mod schema;
mod since;
mod terminal;
mod units;
mod why;
mod write;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use exit::Exit;

use console::{Console, ConsoleOptions, tell};

use crate::report::safe_line;
use crate::sources::cargo::CargoCommand;
use crate::text::Date;

/// Keep product features independent of each other.
///
/// The manifests that a repository already has are read into a graph of its units, and every
/// coupling between two features that share no responsibility is flagged. Nothing from the
/// repository is executed, nothing is written that was not asked for, and no network is used (but
/// see --cargo).
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    console: ConsoleOptions,
}

/// What the help of the whole shows first.
const FIRST_STEPS: &str = "\
Examples:
  watertight init
  watertight check
  watertight check --since origin/main
  watertight may cart users-client
  watertight impact --since origin/main
  watertight explain independence
  watertight help check";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Check(check::Arguments),
    Baseline(baseline::Arguments),
    Units(units::Arguments),
    Features(features::Arguments),
    Metrics(metrics::Arguments),
    History(history::Arguments),
    Bottlenecks(bottlenecks::Arguments),
    CoChange(co_change::Arguments),
    May(may::Arguments),
    Why(why::Arguments),
    Impact(impact::Arguments),
    Cut(cut::Arguments),
    Order(order::Arguments),
    Graph(graph::Arguments),
    Report(report::Arguments),
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Which repository a command is about.
#[derive(Debug, clap::Args)]
struct Where {
    /// A folder inside the repository: its root is the nearest folder from there upward that holds
    /// `watertight.toml` or `.git`, or else this folder itself [default: the working folder]
    path: Option<PathBuf>,

    #[command(flatten)]
    how: How,
}

/// The same for commands whose own arguments come first.
#[derive(Debug, clap::Args)]
struct Elsewhere {
    /// A folder inside the repository [default: the working folder]
    #[arg(long = "in", value_name = "PATH")]
    path: Option<PathBuf>,

    #[command(flatten)]
    how: How,
}

/// How a repository is read.
#[derive(Debug, clap::Args)]
struct How {
    /// Read what is staged in git for the next commit, and not the files as they lie there
    #[arg(long, conflicts_with_all = ["rev", "cargo"])]
    staged: bool,

    /// Read a commit: a branch, a tag, a hash, `HEAD~3`; nothing is checked out
    #[arg(long, value_name = "REV", conflicts_with = "cargo")]
    rev: Option<String>,

    /// A configuration that does not lie at the root of the repository
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The day on which exceptions are judged, as `2026-11-21` [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,

    #[command(flatten)]
    cargo: CargoChoice,

    #[command(flatten)]
    cache: CacheChoice,
}

impl How {
    /// The files as they lie there, read without cargo.
    fn of_files(config: Option<PathBuf>, today: Option<Date>) -> Self {
        let cargo = CargoChoice { cargo: false, offline: false, locked: false };
        let cache = CacheChoice { cache: None, no_cache: false };
        Self { staged: false, rev: None, config, today, cargo, cache }
    }
}

fn date(text: &str) -> Result<Date, &'static str> {
    Date::new(text).ok_or("this is no day of the calendar; write year, month and day, as `2026-11-21`")
}

/// Whether cargo itself is asked.
#[derive(Debug, clap::Args)]
struct CargoChoice {
    /// Ask `cargo metadata` which packages depend on which, instead of reading the manifests alone.
    ///
    /// This EXECUTES what the repository configures: the toolchain that it pins, and what its
    /// `.cargo/config.toml` names. Cargo may use the network and write a lock file, unless --offline
    /// and --locked forbid it. Don't use it on code that you don't trust.
    #[arg(long)]
    cargo: bool,

    /// Pass --offline to cargo
    #[arg(long, requires = "cargo")]
    offline: bool,

    /// Pass --locked to cargo
    #[arg(long, requires = "cargo")]
    locked: bool,
}

impl CargoChoice {
    fn chosen(&self, root: &Path) -> Option<CargoCommand> {
        let (offline, locked) = (self.offline, self.locked);
        self.cargo.then(|| CargoCommand { root: root.to_path_buf(), offline, locked })
    }

    /// What a person should know about what was done.
    fn notice(&self) -> String {
        match self.cargo {
            true => "note: --cargo ran cargo, which executes what this repository configures\n".to_owned(),
            false => String::new(),
        }
    }
}

/// Where what was read of sources is kept for the next run.
#[derive(Debug, clap::Args)]
struct CacheChoice {
    /// Keep what was read of Rust sources in this folder, for the next run
    /// [default: `watertight` in the user's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    cache: Option<PathBuf>,

    /// Read every source anew, and keep nothing
    #[arg(long)]
    no_cache: bool,
}

/// The formats of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person
    Human,
    /// For a program
    Json,
}

/// All commands. Every help fits a narrow terminal, and says which exit codes there are.
fn commands() -> clap::Command {
    let told = |command: clap::Command| match command.get_after_long_help() {
        Some(_) => command,
        None => command.after_long_help(exit::HELP),
    };
    let end = format!("{FIRST_STEPS}\n\n{}", exit::OF_CHECK);
    let command = Arguments::command().mut_subcommands(told).after_long_help(end);
    command.bin_name(env!("CARGO_PKG_NAME")).max_term_width(WIDTH_OF_HELP)
}

/// How wide help is at most.
const WIDTH_OF_HELP: usize = 80;

/// Runs the command that the arguments name, and says with which code to exit.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = commands().try_get_matches_from(&arguments);
    let arguments = match parsed.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(told) => return tell(&told, &arguments),
    };
    let console = Console::new(arguments.console);
    let outcome = match arguments.command {
        Command::Init(arguments) => init::run(&arguments, &console),
        Command::Check(arguments) => check::run(&arguments, &console),
        Command::Baseline(arguments) => baseline::run(&arguments, &console),
        Command::Units(arguments) => units::run(&arguments, &console),
        Command::Features(arguments) => features::run(&arguments, &console),
        Command::Metrics(arguments) => metrics::run(&arguments, &console),
        Command::History(arguments) => history::run(&arguments, &console),
        Command::Bottlenecks(arguments) => bottlenecks::run(&arguments, &console),
        Command::CoChange(arguments) => co_change::run(&arguments, &console),
        Command::Graph(arguments) => graph::run(&arguments, &console),
        Command::Impact(arguments) => impact::run(&arguments, &console),
        Command::Report(arguments) => report::run(arguments, &console),
        Command::Explain(arguments) => explain::run(&arguments, &console),
        Command::Rules(arguments) => rules::run(&arguments, &console),
        Command::May(arguments) => may::run(&arguments, &console),
        Command::Why(arguments) => why::run(&arguments, &console),
        Command::Cut(arguments) => cut::run(&arguments, &console),
        Command::Order(arguments) => order::run(&arguments, &console),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, commands()),
        Command::Man(arguments) => man::run(&arguments, commands(), &console),
    };
    console.close(&outcome)
}

/// What a command has to say.
struct Outcome {
    /// For the standard output.
    output: String,
    /// For the standard error: errors, and notices as far as [`Console::notice`] lets them through.
    messages: String,
    exit: Exit,
}

impl Outcome {
    /// The run can't go on: what happened, and what to do about it.
    fn refused(what: &str, help: &str) -> Self {
        Self::error(format!("error: {}\n  help: {}\n", safe_line(what), safe_line(help)))
    }

    fn error(messages: String) -> Self {
        Self { output: String::new(), messages, exit: Exit::Error }
    }
}
