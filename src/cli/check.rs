//! `watertight check`

use std::path::PathBuf;

use crate::baseline::Baseline;
use crate::draw::Outlook;
use crate::features::CONFIGURATION_FILE;
use crate::report::{Numbers, Told};
use crate::{Change, Repository, Stage, Watch};

use super::console::Console;
use super::exit::OF_CHECK;
use super::open::Opened;
use super::owner::Owners;
use super::reports::{Report, Reports};
use super::since::Since;
use super::{Outcome, Where, ratchet};

/// Flag every coupling between two features that share no responsibility.
///
/// With `--since`, only what a change introduces counts: the repository is
/// compared with the newest commit that both have in common, under the
/// configuration that is checked. What was there already is counted, and shown
/// with `--inherited`.
///
/// Examples:
///   watertight check
///   watertight check --staged --since HEAD
///   watertight check --since origin/main
///   watertight check --ratchet
///   watertight check path/to/repository --format json
///   watertight check --report sarif=out.sarif --report markdown=comment.md
///   watertight check --config features.toml path/to/repository
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_CHECK)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Let only what was introduced since this commit count
    #[arg(long, value_name = "BASE", conflicts_with = "cargo")]
    since: Option<String>,

    /// Tell and count only findings in which this owner takes part; may be given several times.
    ///
    /// The `@` may be left out, and case does not matter. Findings about the configuration itself stay.
    #[arg(long, value_name = "NAME")]
    owner: Vec<String>,

    /// Tighten the budgets in the configuration to today's numbers, where these are better.
    ///
    /// Only those numbers of the file change, and none becomes looser. What one change may do (`[budgets.change]`)
    /// stays as it is.
    #[arg(long)]
    ratchet: bool,

    #[command(flatten)]
    reports: Reports,
}

impl Arguments {
    /// Everything at a place, as a person reads it.
    pub(super) fn plain(place: Where) -> Self {
        Self { place, since: None, owner: Vec::new(), ratchet: false, reports: Reports::default() }
    }

    /// Everything at a place, as a page in a file; `-` is the standard output.
    pub(super) fn page(place: Where, file: PathBuf, outlook: Outlook) -> Self {
        Self { reports: Reports::page(file, outlook), ..Self::plain(place) }
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match checked(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn checked(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    arguments.reports.check()?;
    let how = &arguments.place.how;
    if arguments.ratchet {
        ratchet::refuse(how)?;
    }
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?;
    let repository = match arguments.since {
        None => opened.load_declared(how)?,
        Some(_) => opened.load_to_compare(how)?,
    };
    if opened.configuration.is_none() {
        let why = match (&how.rev, how.staged) {
            (Some(_), _) => format!(
                "this commit has no `{CONFIGURATION_FILE}`; `--config {CONFIGURATION_FILE}` takes the one that lies here"
            ),
            (None, true) => format!("no `{CONFIGURATION_FILE}` is staged; `git add` it, if it is there"),
            (None, false) => {
                format!("no `{CONFIGURATION_FILE}`: nothing says which features this repository has")
            }
        };
        return Err(undeclared(&why, &repository));
    }
    // An empty file must not turn a gate green.
    if repository.map.is_empty() {
        return Err(undeclared(
            "nothing is declared: no feature, and nothing that is here belongs anywhere",
            &repository,
        ));
    }
    let baseline = opened.baseline()?;
    told(arguments, &opened, repository, baseline, console)
}

/// Judges a repository beside a baseline, and reports.
pub(super) fn told(
    arguments: &Arguments,
    opened: &Opened<'_>,
    repository: Repository,
    baseline: Option<Baseline>,
    console: &Console,
) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let owners = Owners::new(&arguments.owner, &repository.map)?;
    if arguments.since.is_some() {
        console.begins(Stage::Comparing);
    }
    let since = arguments.since.as_deref().map(|named| Since::new(named, opened, &repository)).transpose()?;
    console.begins(Stage::Judging);
    let mut change = match &since {
        Some(since) => repository.judge_change(&since.base),
        None => Change::of_everything(&repository),
    };
    let baseline_before = since.as_ref().and_then(|since| since.baseline.as_ref());
    if let Some(baseline) = &baseline {
        change.accept(baseline, baseline_before, &repository.rules);
    }
    let baselines = (baseline.as_ref(), baseline_before);
    change.keep_to_budgets(&repository, since.as_ref().map(|since| &since.base), baselines);
    if let Some(since) = &since {
        change.tell_grown(baseline.as_ref(), since.baseline.as_ref(), (&repository, &since.base));
    }
    let tightened = match arguments.ratchet {
        true => {
            let style = console.style_of_messages();
            ratchet::tighten((opened, how), (&repository, &change), (baseline.as_ref(), style))?
        }
        false => String::new(),
    };
    let of_other_owners = owners.retain(&mut change.verdict.findings, |finding| finding);
    owners.retain(&mut change.baselined, |baselined| &baselined.finding);
    owners.retain(&mut change.verdict.excepted, |excepted| &excepted.finding);
    for list in [&mut change.inherited, &mut change.gone] {
        owners.retain(list, |finding| finding);
    }
    let told = Told { of_other_owners, ..told_of(&change, &repository, since.as_ref()) };
    let outcome = arguments.reports.deliver(&Report {
        told: &told,
        texts: &opened.texts(),
        repository: &repository,
        name: &opened.name(),
        console,
        notice: how.cargo.notice() + &opened.history_notice() + &tightened,
    });
    // The process ends now: giving back piece by piece what it used would only take time.
    std::mem::forget((repository, change, since));
    Ok(outcome)
}

/// What a judged change has to tell.
pub(super) fn told_of<'a>(
    change: &'a Change,
    repository: &'a Repository,
    since: Option<&'a Since>,
) -> Told<'a> {
    Told {
        findings: &change.verdict.findings,
        inherited: &change.inherited,
        baselined: &change.baselined,
        excepted: &change.verdict.excepted,
        exceptions: &repository.configuration.exceptions,
        gone: &change.gone,
        problems: &change.problems,
        inherited_problems: &change.inherited_problems,
        gaps: repository.gaps(),
        compared: since.map(|since| &since.compared),
        now: Numbers {
            independence: change.verdict.independence,
            features: repository.map.own_inhabited().len(),
            packages: repository.linked.cargo.packages.len(),
            services: repository.linked.graph.services(),
            couplings: repository.linked.graph.couplings().len(),
            baseline: change.baseline,
        },
        before: since.map(|since| since.numbers(change.independence_before)),
        excluded: repository.excluded,
        of_other_owners: 0,
    }
}

/// How many of the features that could be declared are named.
const NAMED: usize = 8;

/// The error where nothing says which features there are, and how to begin.
fn undeclared(why: &str, repository: &Repository) -> Outcome {
    let features = repository.propose().features;
    let mut names: Vec<String> =
        features.iter().take(NAMED).map(|feature| format!("`{}`", feature.name)).collect();
    if features.len() > NAMED {
        names.push(format!("{} more", features.len() - NAMED));
    }
    let proposal = match names.is_empty() {
        true => "`watertight init` proposes one; nothing that could be a feature was found yet".to_owned(),
        false => {
            format!("`watertight init` writes one, with the features that are here: {}", names.join(", "))
        }
    };
    Outcome::refused(why, &proposal)
}
