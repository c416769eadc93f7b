//! `watertight metrics`

use clap::ValueEnum;

use crate::baseline::Reviewed;
use crate::features::CONFIGURATION_FILE;
use crate::insight::metrics;
use crate::report::{self, Measured, counted};
use crate::{Repository, Stage, Watch};

use super::console::Console;
use super::open::Opened;
use super::{Exit, How, Outcome, Where};

/// Measure how independent the features are, and what a change costs.
///
/// For the repository and for each feature: independence, couplings by kind,
/// propagation cost, fan-in and fan-out, instability, circles, the deployables that
/// a change affects, and what can be deployed alone. What each number means, its
/// formula and its source stand in the documentation, on the page about metrics.
///
/// OpenMetrics is for a collector of text files (write it to a file that ends in
/// `.prom`) or for a push gateway; there the numbers become a history.
///
/// Examples:
///   watertight metrics
///   watertight metrics --rev v1.0 --format json
///   watertight metrics --format openmetrics > watertight.prom
///   watertight metrics --format budgets >> watertight.toml
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// How to print them
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
}

/// How numbers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a person
    Human,
    /// One JSON document; `watertight schema metrics` prints its schema
    Json,
    /// A line for each number
    Csv,
    /// For Prometheus and what is like it
    Openmetrics,
    /// A section `[budgets]` for `watertight.toml`, with today's numbers as limits
    Budgets,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match measured(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn measured(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?;
    let repository = match arguments.format {
        Form::Budgets => to_begin_with(&opened, how)?,
        _ => opened.load(how)?,
    };
    let baseline = opened.baseline()?;
    console.begins(Stage::Judging);
    let verdict = repository.judge();
    let excepted = verdict.excepted.len();
    let mut findings = verdict.findings;
    let held = |baseline| Reviewed::new(baseline).take(&mut findings, &repository.rules).len();
    let baselined = baseline.as_ref().map_or(0, held);
    let metrics = metrics(&repository.linked.graph, &repository.map);
    console.begins(Stage::Reporting);
    let measured = Measured { repository: &repository, metrics: &metrics, excepted, baselined };
    let output = match arguments.format {
        Form::Human => report::metrics(&measured, console.style_of_output()),
        Form::Json => report::metrics_json(&measured),
        Form::Csv => report::metrics_csv(&measured),
        Form::Openmetrics => report::metrics_openmetrics(&measured),
        Form::Budgets => {
            report::metrics_budgets(&repository.spending(&verdict.excepted, baseline.as_ref(), true))
        }
    };
    let exit = Exit::of_reading(&repository);
    Ok(Outcome { output, messages: opened.notice(how, &repository), exit })
}

/// The repository as it is declared, if budgets can begin with its numbers. Where they are appended, the shell has made
/// an empty configuration already.
fn to_begin_with(opened: &Opened<'_>, how: &How) -> Result<Repository, Outcome> {
    let repository = opened.load_declared(how)?;
    let configuration = &repository.configuration;
    if repository.map.features.is_empty() {
        return Err(Outcome::refused(
            &format!(
                "no feature is declared, and `[budgets]` alone in `{CONFIGURATION_FILE}` would watch nothing"
            ),
            "`watertight init` declares the features that are here; ask for budgets after that",
        ));
    }
    if configuration.budgets.is_written {
        return Err(Outcome::refused(
            &format!(
                "`{}` has `[budgets]` already, and a second one would break it",
                configuration.file.as_str()
            ),
            "`watertight check --ratchet` tightens what is there; `watertight metrics` shows the other numbers",
        ));
    }
    let problems = repository.linked.problems.len();
    if problems > 0 {
        let inputs = counted(problems, "input", "inputs");
        return Err(Outcome::refused(
            &format!("{inputs} could not be read, and limits would be the numbers of the rest"),
            "`watertight check` says what is wrong with them; `[scan] exclude` leaves out what is meant to be broken",
        ));
    }
    Ok(repository)
}
