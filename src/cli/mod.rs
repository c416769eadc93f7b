//! Arguments in, exit code out: one file a command.

mod baseline;
mod check;
mod exit;
mod explain;
mod features;
mod graph;
mod init;
mod may;
mod open;
mod owner;
mod reports;
mod rules;
mod schema;
mod since;
mod units;
mod write;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, ValueEnum};

pub use exit::Exit;

use crate::report::Style;
use crate::sources::cargo::CargoCommand;
use crate::text::Date;

/// Keeps product features independent of each other.
///
/// Reads the manifests that a repository already has, builds the coupling graph of its units, and
/// flags every coupling between two features that share no responsibility. Nothing from the
/// repository is executed, nothing is written that was not asked for, and no network is used (but see
/// --cargo).
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Check(check::Arguments),
    Baseline(baseline::Arguments),
    Units(units::Arguments),
    Features(features::Arguments),
    Graph(graph::Arguments),
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    May(may::Arguments),
    Schema(schema::Arguments),
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
}

impl How {
    /// The files as they lie there, read without cargo.
    fn of_files(config: Option<PathBuf>, today: Option<Date>) -> Self {
        let cargo = CargoChoice { cargo: false, offline: false, locked: false };
        Self { staged: false, rev: None, config, today, cargo }
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

/// The formats of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person
    Human,
    /// For a program
    Json,
}

/// Runs the command that the arguments name, and says with which code to exit.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors; clap knows where each belongs.
            let _ = error.print();
            return if error.use_stderr() { Exit::Error } else { Exit::Clean };
        }
    };
    let outcome = match arguments.command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Baseline(arguments) => baseline::run(&arguments),
        Command::Units(arguments) => units::run(&arguments),
        Command::Features(arguments) => features::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::May(arguments) => may::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
    };
    let written = io::stdout().lock().write_all(outcome.output.as_bytes());
    let _ = io::stderr().lock().write_all(outcome.messages.as_bytes());
    match written.and_then(|()| io::stdout().flush()) {
        // A reader that went away (`| head`) has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: the report can't be written: {error}");
            Exit::Error
        }
        _ => outcome.exit,
    }
}

/// What a command has to say.
struct Outcome {
    /// For the standard output.
    output: String,
    /// For the standard error.
    messages: String,
    exit: Exit,
}

impl Outcome {
    fn error(messages: String) -> Self {
        Self { output: String::new(), messages, exit: Exit::Error }
    }
}

/// How to draw on a stream: plain ASCII unless a person looks at it.
fn style(is_terminal: bool) -> Style {
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    let is_coloured = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let colour = is_terminal && is_coloured;
    Style {
        colour,
        unicode: is_terminal,
        width: width.clamp(60, 120),
        all: false,
        inherited: false,
        gaps: false,
    }
}

fn style_of_output() -> Style {
    style(io::stdout().is_terminal())
}

/// A file is the same wherever it was written.
fn style_of_file() -> Style {
    Style { width: 100, ..style(false) }
}

fn style_of_messages() -> Style {
    style(io::stderr().is_terminal())
}
