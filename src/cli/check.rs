//! `watertight check`

use std::time::Instant;

use crate::features::CONFIGURATION_FILE;
use crate::insight::Independence;
use crate::report::{Numbers, Style, Told, human, json};
use crate::{Change, Repository};

use super::open::Opened;
use super::owner::Owners;
use super::since::Since;
use super::starter::starter;
use super::{Exit, Format, Outcome, Where, style_of_output};

/// Flag every coupling between two features that share no responsibility.
///
/// With `--since`, only what a change introduces counts: the repository is compared with the newest commit
/// that both have in common, under the configuration that is checked. What was there already is counted,
/// and shown with `--inherited`.
///
/// Examples:
///   watertight check
///   watertight check --staged --since HEAD
///   watertight check --since origin/main
///   watertight check path/to/repository --format json
///   watertight check --config features.toml path/to/repository
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Let only what was introduced since this commit count
    #[arg(long, value_name = "BASE", conflicts_with = "cargo")]
    since: Option<String>,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Tell and count only findings in which this owner takes part; may be given several times.
    ///
    /// The `@` may be left out, and case does not matter. Findings about the configuration itself stay.
    #[arg(long, value_name = "NAME")]
    owner: Vec<String>,

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
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how)?;
    let repository = match arguments.since {
        None => opened.load(how)?,
        Some(_) => opened.load_to_compare(how)?,
    };
    if opened.configuration.is_none() {
        let why = format!("no `{CONFIGURATION_FILE}`: nothing says which features this repository has");
        return Err(Outcome::error(starter(&why, &repository)));
    }
    // An empty file must not turn a gate green.
    if repository.map.is_empty() {
        return Err(Outcome::error(starter("nothing is declared", &repository)));
    }
    let owners = Owners::new(&arguments.owner, &repository.map)?;
    let since =
        arguments.since.as_deref().map(|named| Since::new(named, &opened, &repository)).transpose()?;
    let mut change = match &since {
        Some(since) => repository.judge_change(&since.base),
        None => Change::of_everything(&repository),
    };
    let of_other_owners = owners.retain(&mut change.verdict.findings, |finding| finding);
    owners.retain(&mut change.verdict.excepted, |excepted| &excepted.finding);
    for list in [&mut change.inherited, &mut change.gone] {
        owners.retain(list, |finding| finding);
    }
    let told = Told {
        findings: &change.verdict.findings,
        inherited: &change.inherited,
        baselined: &[],
        excepted: &change.verdict.excepted,
        exceptions: &repository.configuration.exceptions,
        gone: &change.gone,
        problems: &change.problems,
        inherited_problems: &change.inherited_problems,
        gaps: repository.gaps(),
        compared: since.as_ref().map(|since| &since.compared),
        now: numbers(&repository, change.verdict.independence),
        before: since.as_ref().map(|since| Numbers {
            independence: change.independence_before,
            features: since.base.features(),
            packages: since.base.packages,
            couplings: since.base.couplings(),
            baseline: None,
        }),
        excluded: repository.excluded,
        of_other_owners,
    };
    let texts = opened.texts();
    let mut output = match arguments.format {
        Format::Human => human(&told, &texts, Style { all: arguments.all, ..style_of_output() }),
        Format::Json => json(&told, &texts),
    };
    let took = format!("took {:.1} ms\n", start.elapsed().as_secs_f64() * 1000.0);
    let mut messages = how.cargo.notice();
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
    std::mem::forget((repository, change, since));
    Ok(Outcome { output, messages, exit })
}

fn numbers(repository: &Repository, independence: Option<Independence>) -> Numbers {
    Numbers {
        independence,
        features: repository.map.inhabited().len(),
        packages: repository.linked.cargo.packages.len(),
        couplings: repository.linked.graph.couplings().len(),
        baseline: None,
    }
}
