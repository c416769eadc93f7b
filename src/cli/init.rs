//! `watertight init`

mod failing;
mod interview;

use std::path::{Path, PathBuf};

use crate::Repository;
use crate::baseline::{BASELINE_FILE, Baseline};
use crate::features::CONFIGURATION_FILE;
use crate::proposal::{Proposal, extended};
use crate::report::{counted, proposed};
use crate::text::Date;

use super::baseline::{Update, begun, known};
use super::console::Console;
use super::open::Opened;
use super::write::{unwritten, write};
use super::{Exit, How, Outcome, Where, check, date};

/// Propose features from what is here, and make the check green.
///
/// Writes `watertight.toml`: the features that the repository has by what it ships, what each
/// deployable alone is built with, folders and names. Writes `watertight-baseline.toml`: the
/// couplings that are there today, so that only new ones fail. Then runs the check, and says
/// how to see it fail.
///
/// Run it again when there are new packages or services: it adds these to the file, and
/// keeps all that stands there, in its order and with its comments.
///
/// Exits with 0 if there is nothing new or the check is clean, else with what `check` exits.
///
/// Examples:
///   watertight init
///   watertight init --dry-run
///   watertight init --stdout > proposal.toml
///   watertight init --interactive
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// A folder inside the repository [default: the working folder]
    path: Option<PathBuf>,

    /// Say what would be written, and write nothing
    #[arg(long, conflicts_with = "stdout")]
    dry_run: bool,

    /// Print the configuration, and write nothing
    #[arg(long)]
    stdout: bool,

    /// Begin anew: replace the configuration and the baseline that are there
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
    let is_first = before.as_ref().is_none_or(|text| text.trim().is_empty());
    let opened = opened.configured(before.clone().unwrap_or_default());
    let repository = opened.load_declared(&how)?;
    let mut proposal = repository.propose();
    if arguments.interactive {
        interview::ask_on_terminal(&mut proposal)
            .map_err(|why| Outcome::refused(&why, interview::WITHOUT))?;
    }
    if proposal.is_empty() {
        return nothing(arguments, &repository, &proposal, before, console);
    }
    let text = extended(before.as_deref().unwrap_or_default(), &proposal).map_err(|why| {
        let what = format!("`{CONFIGURATION_FILE}` can't be added to: {why}");
        Outcome::refused(&what, "add to it by hand what `watertight init --stdout --force` prints")
    })?;
    if arguments.stdout {
        return Ok(Outcome { output: text, messages: String::new(), exit: Exit::Clean });
    }
    let shown = proposed(&proposal, &repository.linked.graph, console.style_of_output());
    let folder = opened.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    // A baseline without a configuration was never a gate: there is nothing that it could hide.
    let held = if arguments.force { None } else { known(&opened, false)? };
    let opened = opened.configured(text.clone());
    let repository = opened.load_declared(&how)?;
    let update = is_first.then(|| begun(held.clone(), &repository));
    if !arguments.dry_run {
        put(&folder.join(CONFIGURATION_FILE), &text)?;
    }
    let mut output = format!("`{CONFIGURATION_FILE}`{}: {shown}", would(arguments, ""));
    output += &written_baseline(arguments, update.as_ref(), &folder)?;
    let begun = update.map(|update| update.baseline).filter(|baseline| !baseline.entries.is_empty());
    let baseline = begun.or(held.map(|(_, baseline)| baseline));
    let refused = failing::how_to_fail(&opened, &repository, baseline.as_ref());
    let checked = checked(arguments, &opened, repository, baseline, console)?;
    output += &format!("\n{}", checked.output);
    if checked.exit == Exit::Clean {
        output += &refused;
    } else if !is_first {
        output += "what is new and there on purpose: `watertight baseline --accept \"the reason\"`\n";
    }
    Ok(Outcome { output, messages: checked.messages, exit: checked.exit })
}

/// Where there is nothing to declare.
fn nothing(
    arguments: &Arguments,
    repository: &Repository,
    proposal: &Proposal,
    before: Option<String>,
    console: &Console,
) -> Result<Outcome, Outcome> {
    if before.is_none() && repository.linked.graph.units().len() == 0 {
        return Err(Outcome::refused(
            "nothing was found that could be a feature: no Cargo package, no Dockerfile, no compose file, no \
             Kubernetes manifest",
            "is this the root of the repository? `watertight units --verbose` lists which files are read",
        ));
    }
    if arguments.stdout {
        let output = before.unwrap_or_default();
        return Ok(Outcome { output, messages: String::new(), exit: Exit::Clean });
    }
    let left = proposed(proposal, &repository.linked.graph, console.style_of_output());
    let output = format!("nothing new to declare\n{left}");
    Ok(Outcome { output, messages: String::new(), exit: Exit::Clean })
}

fn would(arguments: &Arguments, otherwise: &'static str) -> &'static str {
    if arguments.dry_run { " would be written" } else { otherwise }
}

fn put(path: &Path, text: &str) -> Result<(), Outcome> {
    write(path, text).map_err(|error| unwritten(path, &error))
}

/// Writes the baseline, if there is anything to write down, and says so.
fn written_baseline(
    arguments: &Arguments,
    update: Option<&Update>,
    folder: &Path,
) -> Result<String, Outcome> {
    let Some(update) = update else { return Ok(String::new()) };
    let text = update.baseline.text();
    let path = folder.join(BASELINE_FILE);
    if update.baseline.entries.is_empty() {
        return Ok(String::new());
    }
    if !arguments.dry_run && update.is_changed(&text) {
        put(&path, &text)?;
    }
    let count = counted(update.baseline.entries.len(), "finding is", "findings are");
    Ok(format!(
        "\n`{BASELINE_FILE}`{}: {count} known from here on; it can only shrink\n",
        would(arguments, "")
    ))
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
