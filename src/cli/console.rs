//! What a person wants to see, where, and how: the options of every command, and the streams.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::ValueEnum;

use crate::report::Style;
use crate::snapshot::Cache;
use crate::sources::Reading;
use crate::text::RepoPath;
use crate::{Repository, Stage, Watch};

use super::journal::Journal;
use super::progress::Progress;
use super::terminal::{Colour, Stream, Surroundings};
use super::{Exit, Outcome};

/// The options of every command.
#[derive(Debug, Clone, Copy, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct ConsoleOptions {
    /// Say nothing but what fails
    ///
    /// The standard error gets errors alone. On the standard output, the reports `human` and `compact` of
    /// `check` hold findings at level deny and problems alone: nothing where it passes. Wins over --verbose.
    #[arg(long, short, global = true)]
    quiet: bool,

    /// Say on the standard error what was read, what was skipped and why, and how long it took
    #[arg(long, short, global = true)]
    verbose: bool,

    /// When to use colours: auto, always or never [default: auto]
    ///
    /// `auto`: on a terminal, unless `NO_COLOR` is set or `CLICOLOR` is 0; everywhere if `CLICOLOR_FORCE` is set.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    color: Colour,
}

/// Both streams, as one run uses them.
pub(super) struct Console {
    options: ConsoleOptions,
    surroundings: Surroundings,
    journal: Option<Journal>,
    progress: Option<Progress>,
}

impl Console {
    pub(super) fn new(options: ConsoleOptions) -> Self {
        let surroundings = Surroundings::of_process();
        let is_watched = !options.quiet && surroundings.can_redraw(Stream::Messages);
        let progress = is_watched.then(|| Progress::new(surroundings.has_unicode())).flatten();
        let journal = (options.verbose && !options.quiet).then(Journal::new);
        let console = Self { options, surroundings, journal, progress };
        console.begins(Stage::Opening);
        console
    }

    /// Whether only what fails is to be told.
    pub(super) fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// What is no error, as far as anybody wants to read it.
    pub(super) fn notice(&self, text: String) -> String {
        if self.is_quiet() { String::new() } else { text }
    }

    pub(super) fn style_of_output(&self) -> Style {
        self.surroundings.style(Stream::Output, self.options.color)
    }

    pub(super) fn style_of_messages(&self) -> Style {
        self.surroundings.style(Stream::Messages, self.options.color)
    }

    /// Prints what a command has to say, and says with which code to exit.
    pub(super) fn close(self, outcome: &Outcome) -> Exit {
        if let Some(progress) = self.progress {
            progress.end();
        }
        let written = io::stdout().lock().write_all(outcome.output.as_bytes());
        let written = written.and_then(|()| io::stdout().flush());
        let mut messages = outcome.messages.clone();
        let exit = match written {
            // A reader that went away (`| head`) has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let what = format!("the report can't be written to the standard output: {error}");
                messages +=
                    &Outcome::refused(&what, "write it to a file: `--report json=report.json`").messages;
                Exit::Error
            }
            _ => outcome.exit,
        };
        messages += &self.journal.map(|journal| journal.text()).unwrap_or_default();
        // There is nobody left to tell that this failed.
        let _ = io::stderr().lock().write_all(messages.as_bytes());
        exit
    }
}

impl Watch for Console {
    fn begins(&self, stage: Stage) {
        self.progress.iter().for_each(|progress| progress.begins(stage));
        self.journal.iter().for_each(|journal| journal.begins(stage));
    }

    fn meets(&self, path: &RepoPath, is_excluded: bool) {
        self.progress.iter().for_each(Progress::meets);
        self.journal.iter().for_each(|journal| journal.meets(path, is_excluded));
    }

    fn has_read(&self, reading: &Reading) {
        self.journal.iter().for_each(|journal| journal.has_read(reading));
    }

    fn has_read_code(&self, cache: &Cache) {
        self.journal.iter().for_each(|journal| journal.has_read_code(cache));
    }

    fn has_loaded(&self, repository: &Repository) {
        self.journal.iter().for_each(|journal| journal.has_loaded(repository));
    }
}

/// Prints help, the version, or what is wrong with the arguments: clap knows which of them, and we when to
/// use colours.
pub(super) fn tell(told: &clap::Error, arguments: &[OsString]) -> Exit {
    let (stream, exit) = match told.use_stderr() {
        true => (Stream::Messages, Exit::Error),
        false => (Stream::Output, Exit::Clean),
    };
    let style = Surroundings::of_process().style(stream, colour_of(arguments));
    let text = told.render();
    let text = if style.colour { text.ansi().to_string() } else { text.to_string() };
    let text = with_help(text, arguments);
    // There is nobody left to tell that this failed.
    let _ = match stream {
        Stream::Output => io::stdout().lock().write_all(text.as_bytes()),
        Stream::Messages => io::stderr().lock().write_all(text.as_bytes()),
    };
    exit
}

/// Says at the end what to do in the words of all other errors: which help to read.
fn with_help(text: String, arguments: &[OsString]) -> String {
    let Some(at) = text.rfind(OF_CLAP) else { return text };
    let known = super::commands();
    let named = arguments.iter().skip(1).filter_map(|one| one.to_str());
    let command = named.into_iter().find(|one| known.find_subcommand(one).is_some());
    let help = match command {
        Some(command) => format!("`watertight help {command}` shows all that it takes, with examples"),
        None => "`watertight help` lists the commands".to_owned(),
    };
    format!("{}  help: {help}\n", &text[..at])
}

/// How clap ends what it says of wrong arguments.
const OF_CLAP: &str = "For more information, try ";

/// When colours are to be used, of arguments that were not understood as a whole.
fn colour_of(arguments: &[OsString]) -> Colour {
    let texts = arguments.iter().filter_map(|argument| argument.to_str());
    let mut texts = texts.take_while(|argument| *argument != "--");
    let mut asked = Colour::default();
    while let Some(argument) = texts.next() {
        let value = match argument.strip_prefix("--color") {
            Some("") => texts.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        asked = value.and_then(|value| Colour::from_str(value, false).ok()).unwrap_or(asked);
    }
    asked
}
