//! `watertight check`

use std::time::Instant;

use crate::features::CONFIGURATION_FILE;
use crate::report::{Numbers, Style, Told, human, json};

use super::open::Opened;
use super::starter::starter;
use super::{Exit, Format, Outcome, Where, style_of_output};

/// Flag every coupling between two features that share no responsibility.
///
/// Examples:
///   watertight check
///   watertight check path/to/repository --format json
///   watertight check --config features.toml path/to/repository
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Show every line of every finding
    #[arg(long)]
    all: bool,

    /// Also say how long it took
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match checked(arguments) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn checked(arguments: &Arguments) -> Result<Outcome, Outcome> {
    let start = Instant::now();
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how)?;
    let repository = opened.load(&arguments.place.how)?;
    if opened.configuration.is_none() {
        let why = format!("no `{CONFIGURATION_FILE}`: nothing says which features this repository has");
        return Err(Outcome::error(starter(&why, &repository)));
    }
    // An empty file must not turn a gate green.
    if repository.map.is_empty() {
        return Err(Outcome::error(starter("nothing is declared", &repository)));
    }
    let verdict = repository.judge();
    let told = Told {
        findings: &verdict.findings,
        inherited: &[],
        baselined: &[],
        excepted: &verdict.excepted,
        exceptions: &repository.configuration.exceptions,
        gone: &[],
        problems: &repository.linked.problems,
        inherited_problems: &[],
        gaps: &[],
        compared: None,
        now: Numbers {
            independence: verdict.independence,
            features: repository.map.inhabited().len(),
            packages: repository.linked.cargo.packages.len(),
            couplings: repository.linked.graph.couplings().len(),
            baseline: None,
        },
        before: None,
        excluded: repository.excluded,
        of_other_owners: 0,
    };
    let texts = opened.texts();
    let mut output = match arguments.format {
        Format::Human => human(&told, &texts, Style { all: arguments.all, ..style_of_output() }),
        Format::Json => json(&told, &texts),
    };
    let took = format!("took {:.1} ms\n", start.elapsed().as_secs_f64() * 1000.0);
    let mut messages = arguments.place.how.cargo.notice();
    match arguments.format {
        Format::Human if arguments.verbose => output.push_str(&took),
        Format::Json if arguments.verbose => messages.push_str(&took),
        _ => {}
    }
    let exit = match (told.denied(), told.problems.is_empty()) {
        (0, true) => Exit::Clean,
        (0, false) => Exit::Problems,
        _ => Exit::Findings,
    };
    // The process ends now: giving back piece by piece what it used would only take time.
    std::mem::forget((repository, verdict));
    Ok(Outcome { output, messages, exit })
}
