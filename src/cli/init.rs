//! `watertight init`

mod failing;
mod interview;

use std::path::{Path, PathBuf};

use crate::Repository;
use crate::baseline::{BASELINE_FILE, Baseline, may_hold};
use crate::features::CONFIGURATION_FILE;
use crate::proposal::{Proposal, extended};
use crate::report::{counted, proposed};
use crate::text::Date;

use super::baseline::{Update, begun, known};
use super::console::Console;
use super::exit::OF_INIT;
use super::open::Opened;
use super::write::{unwritten, write};
use super::{Exit, How, Outcome, Where, check, date};

/// Propose features from what is here, and make the check green.
///
/// Writes `watertight.toml`: the features that the repository has by what it
/// ships, what each deployable alone is built with, folders and names. Writes
/// `watertight-baseline.toml`: the couplings that are there today, so that only
/// new ones fail. Then runs the check, and says how to see it fail.
///
/// Run it again when there are new packages or services: it adds these to the
/// file, and keeps all that stands there, in its order and with its comments. It
/// never adds to a baseline that is there.
///
/// Examples:
///   watertight init
///   watertight init --dry-run
///   watertight init --stdout > proposal.toml
///   watertight init --interactive
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_INIT)]
pub(super) struct Arguments {
    /// A folder inside the repository [default: the working folder]
    path: Option<PathBuf>,

    /// Say what would be written, and write nothing
    #[arg(long, conflicts_with = "stdout")]
    dry_run: bool,

    /// Print the configuration, and write nothing
    #[arg(long)]
    stdout: bool,

    /// Begin anew: replace the configuration, and what the baseline holds
    #[arg(long)]
    force: bool,

    /// Ask about each feature; needs a terminal
    #[arg(long, conflicts_with_all = ["dry_run", "stdout"])]
    interactive: bool,

    /// The day on which exceptions are judged, as `2026-11-21` [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match begin(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn begin(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = How::of_files(None, arguments.today);
    let opened = Opened::new(arguments.path.as_deref(), &how, console)?;
    let before = opened.configuration.as_ref().filter(|_| !arguments.force).map(|(_, text)| text.clone());
    let opened = opened.configured(before.clone().unwrap_or_default());
    let declared = opened.load_declared(&how)?;
    let plan = Plan::new(arguments, before, &declared)?;
    if arguments.stdout {
        return Ok(Outcome { output: plan.text, messages: String::new(), exit: Exit::Clean });
    }
    let opened = opened.configured(plan.text.clone());
    let repository = opened.load_declared(&how)?;
    let baseline = BaselinePlan::new(arguments, &opened, &repository, plan.is_first)?;
    if !arguments.dry_run {
        // The baseline first: a configuration alone would be a gate that is red.
        let folder = opened.folder.clone().unwrap_or_else(|| PathBuf::from("."));
        baseline.write(&folder)?;
        if !plan.proposal.is_empty() {
            put(&folder.join(CONFIGURATION_FILE), &plan.text)?;
        }
    }
    let told = plan.told(arguments, &declared, console) + &baseline.told(arguments);
    let next = plan.next(&opened, &repository, baseline.now.as_ref());
    let checked = checked(arguments, &opened, repository, baseline.now, console)?;
    let mut output = if console.is_quiet() { String::new() } else { told };
    output += &checked.output;
    if !console.is_quiet() {
        output += &next;
    }
    Ok(Outcome { output, messages: checked.messages, exit: checked.exit })
}

const ALONE: &str = "\nOne feature can't be coupled to another: split it in `watertight.toml`, and the check has \
                     something to keep apart.\n";

const COMMIT: &str =
    "\nThen commit what was written, and let `watertight check --since origin/main` judge pull requests.\n";

const HOW_TO_ACCEPT: &str =
    "\nwhat is there on purpose, for now: `watertight baseline --accept \"the reason\"`\n";

/// What becomes of the configuration.
struct Plan {
    proposal: Proposal,
    text: String,
    /// Whether there was no gate yet.
    is_first: bool,
}

impl Plan {
    fn new(arguments: &Arguments, before: Option<String>, declared: &Repository) -> Result<Self, Outcome> {
        let mut proposal = declared.propose();
        if arguments.interactive {
            let features = declared.map.features.iter().map(|feature| feature.name.clone());
            interview::ask_on_terminal(&mut proposal, features.collect())
                .map_err(|why| Outcome::refused(&why, interview::WITHOUT))?;
        }
        if declared.map.features.is_empty() && proposal.features.is_empty() {
            return Err(Outcome::refused(
                "nothing was found that could be a feature: no Cargo package, no image that is built here, no three \
                 services that are one product",
                "is this the root of the repository? `watertight units --verbose` lists which files are read, and \
                 what was found",
            ));
        }
        let is_first = before.is_none() || declared.map.is_empty();
        let before = before.unwrap_or_default();
        if proposal.is_empty() {
            return Ok(Self { proposal, text: before, is_first });
        }
        let text = extended(&before, &proposal).map_err(|why| {
            let what = format!("`{CONFIGURATION_FILE}` can't be added to: {why}");
            Outcome::refused(&what, "add to it by hand what `watertight init --stdout --force` prints")
        })?;
        Ok(Self { proposal, text, is_first })
    }

    /// What to do next, in words; nothing where nothing was done.
    fn next(&self, opened: &Opened<'_>, repository: &Repository, baseline: Option<&Baseline>) -> String {
        if self.proposal.is_empty() {
            return String::new();
        }
        let denied = failing::denied(repository, baseline);
        let is_clean = denied.is_empty() && repository.linked.problems.is_empty();
        match self.is_first {
            _ if denied.iter().any(|finding| may_hold(finding, &repository.rules)) => {
                HOW_TO_ACCEPT.to_owned()
            }
            _ if !is_clean => String::new(),
            _ if repository.map.inhabited().len() < 2 => ALONE.to_owned(),
            true => failing::how_to_fail(opened, repository, baseline) + COMMIT,
            false => String::new(),
        }
    }

    fn told(&self, arguments: &Arguments, declared: &Repository, console: &Console) -> String {
        let shown = proposed(&self.proposal, &declared.linked.graph, console.style_of_output());
        match self.proposal.is_empty() {
            true => format!("nothing new to declare\n{shown}\n"),
            false => format!("`{CONFIGURATION_FILE}`{}: {shown}\n", would(arguments)),
        }
    }
}

/// What becomes of the baseline. It is begun together with the gate, and never added to: whoever couples two features
/// could else run this to be forgiven.
struct BaselinePlan {
    update: Option<Update>,
    /// What the check has beside it.
    now: Option<Baseline>,
}

impl BaselinePlan {
    fn new(
        arguments: &Arguments,
        opened: &Opened<'_>,
        repository: &Repository,
        is_first: bool,
    ) -> Result<Self, Outcome> {
        let held = match arguments.force {
            // One that can't be read holds nothing.
            true => known(opened, false).ok().flatten(),
            false => known(opened, false)?,
        };
        if arguments.force || (is_first && held.is_none()) {
            let is_there = held.is_some();
            let update = begun(held, repository);
            let is_needed = is_there || arguments.force || !update.baseline.entries.is_empty();
            let now = Some(update.baseline.clone()).filter(|_| is_needed);
            return Ok(Self { update: Some(update).filter(|_| is_needed), now });
        }
        Ok(Self { update: None, now: held.map(|(_, baseline)| baseline) })
    }

    fn write(&self, folder: &Path) -> Result<(), Outcome> {
        let Some(update) = &self.update else { return Ok(()) };
        let text = update.baseline.text();
        if update.is_changed(&text) { put(&folder.join(BASELINE_FILE), &text) } else { Ok(()) }
    }

    fn told(&self, arguments: &Arguments) -> String {
        let entries = self.update.as_ref().map_or(0, |update| update.baseline.entries.len());
        let count = counted(entries, "finding is", "findings are");
        match entries {
            0 => String::new(),
            _ => format!(
                "`{BASELINE_FILE}`{}: {count} known from here on; it can only shrink\n\n",
                would(arguments)
            ),
        }
    }
}

fn would(arguments: &Arguments) -> &'static str {
    if arguments.dry_run { " would be written" } else { "" }
}

fn put(path: &Path, text: &str) -> Result<(), Outcome> {
    write(path, text).map_err(|error| unwritten(path, &error))
}

/// What `watertight check` says to what was written.
fn checked(
    arguments: &Arguments,
    opened: &Opened<'_>,
    repository: Repository,
    baseline: Option<Baseline>,
    console: &Console,
) -> Result<Outcome, Outcome> {
    let place = Where { path: arguments.path.clone(), how: How::of_files(None, arguments.today) };
    check::told(&check::Arguments::plain(place), opened, repository, baseline, console)
}
