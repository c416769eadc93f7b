//! `watertight impact`

use std::collections::BTreeSet;
use std::io::Read;

use clap::ValueEnum;

use crate::graph::cargo::BuildOptions;
use crate::insight::{Before, Impact, Question, impact};
use crate::report::{
    Compared, ImpactPart, MOST_JOBS, ToldImpact, faults, impact_human, impact_json, impact_matrix,
    impact_names, impact_notice,
};
use crate::snapshot::{Differences, Snapshot};
use crate::text::RepoPath;
use crate::{Repository, Stage, Watch};

use super::console::Console;
use super::exit::OF_IMPACT;
use super::open::Opened;
use super::since::{damaged, files_of};
use super::{Elsewhere, Exit, Outcome};

/// Tell what a change affects: what to build, to test and to deploy again.
///
/// Without options, the files that lie here are compared with the last commit.
/// Each unit is told with the shortest reason: what it needs, and the file at
/// the end. Nothing is built and nothing is executed.
///
/// Examples:
///   watertight impact
///   watertight impact --since origin/main
///   watertight impact --since origin/main --what deploy --format names
///   watertight impact --since origin/main --format matrix
///   watertight impact --files crates/ledger/src/lib.rs
///   git diff --name-only main... | watertight impact --files -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_IMPACT)]
pub(super) struct Arguments {
    /// Compare with the newest commit that this one has in common with what is read
    /// [default: the last commit; with --rev, the commit before]
    #[arg(long, value_name = "BASE", conflicts_with = "files")]
    since: Option<String>,

    /// Ask about these files, whatever changes in them; `-` reads them from the standard input, one a line
    #[arg(long, value_name = "FILE", num_args = 1..)]
    files: Vec<String>,

    /// Tell only this part; may be given several times [default: all four; `names` and `matrix` leave out `run`]
    #[arg(long, value_enum, value_name = "PART")]
    what: Vec<Part>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = ImpactFormat::Human)]
    format: ImpactFormat,

    /// List everything, with the lines that say so
    #[arg(long)]
    all: bool,

    /// Build for this target triple, also as the host [default: for every platform at once]
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Build with all Cargo features instead of the default ones
    #[arg(long)]
    all_features: bool,

    #[command(flatten)]
    place: Elsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Packages that cargo builds anew
    Build,
    /// Packages whose tests are to run
    Test,
    /// Binaries, images, services and workloads to ship again
    Deploy,
    /// Jobs of pipelines that have to run
    Run,
}

impl From<Part> for ImpactPart {
    fn from(part: Part) -> Self {
        match part {
            Part::Build => Self::Build,
            Part::Test => Self::Test,
            Part::Deploy => Self::Deploy,
            Part::Run => Self::Run,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ImpactFormat {
    /// For a person
    Human,
    /// One name a line
    Names,
    /// One JSON document; `watertight schema impact` prints its schema
    Json,
    /// A matrix of jobs for GitHub Actions, in one line
    Matrix,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how, console)?;
    let repository = opened.load_to_ask_of_change(&arguments.place.how)?;
    console.begins(Stage::Comparing);
    let change = Differing::new(arguments, &opened)?;
    let found = asked(arguments, &opened, &repository, &change, console)?;
    console.begins(Stage::Reporting);
    let parts = match arguments.what.as_slice() {
        [] if arguments.format == ImpactFormat::Names => {
            BTreeSet::from([ImpactPart::Build, ImpactPart::Test, ImpactPart::Deploy])
        }
        [] => BTreeSet::from([ImpactPart::Build, ImpactPart::Test, ImpactPart::Deploy, ImpactPart::Run]),
        some => some.iter().map(|part| ImpactPart::from(*part)).collect(),
    };
    let told = ToldImpact {
        repository: &repository,
        impact: &found,
        differences: &change.files,
        compared: change.compared.as_ref(),
        parts: &parts,
        all: arguments.all,
    };
    let texts = opened.texts();
    let mut notice = opened.notice(&arguments.place.how, &repository);
    notice += &console.notice(impact_notice(&told, console.style_of_messages()));
    let output = match arguments.format {
        ImpactFormat::Human => impact_human(&told, &texts, console.style_of_output()),
        ImpactFormat::Names => impact_names(&told),
        ImpactFormat::Json => impact_json(&told, &texts),
        ImpactFormat::Matrix => {
            let (matrix, jobs) = impact_matrix(&told);
            notice += &console.notice(too_many(jobs));
            matrix
        }
    };
    let mut problems = repository.linked.problems.clone();
    problems.extend(found.problems.iter().cloned());
    notice += &faults("problem", &problems, &texts, console.style_of_messages());
    let exit = if problems.is_empty() { Exit::Clean } else { Exit::Problems };
    Ok(Outcome { output, messages: notice, exit })
}

fn too_many(jobs: usize) -> String {
    match jobs > MOST_JOBS {
        true => format!(
            "note: {jobs} jobs, and GitHub takes {MOST_JOBS} of one matrix: `--what test` and `--what deploy` ask \
             for one of both, `--format names` lists what one job can go through\n"
        ),
        false => String::new(),
    }
}

/// What differs, and from what.
struct Differing {
    files: Differences,
    compared: Option<Compared>,
    before: Option<Box<dyn Snapshot>>,
}

impl Differing {
    fn new(arguments: &Arguments, opened: &Opened<'_>) -> Result<Self, Outcome> {
        if !arguments.files.is_empty() {
            let files = Differences::named(named(&arguments.files, opened)?, &*opened.snapshot);
            return Ok(Self { files, compared: None, before: None });
        }
        let git = opened.git.as_ref().map_err(|why| {
            let what = format!("what a change affects is known by comparing with a commit, and {why}");
            Outcome::refused(&what, "say which files change: `--files path/to/file`")
        })?;
        let base = match (&arguments.since, &arguments.place.how.rev) {
            (Some(base), _) => base.clone(),
            (None, Some(revision)) => format!("{revision}~1"),
            (None, None) => "HEAD".to_owned(),
        };
        let (before, compared, _) = files_of(&base, git)?;
        let Some(files) = Differences::between(&before, &*opened.snapshot) else {
            let what =
                format!("what lies here can't be compared with `{base}`: the index of git can't be read");
            return Err(Outcome::refused(&what, "`git status` says what is wrong with it"));
        };
        if let Some(why) = before.damage() {
            return Err(damaged(&base, &why));
        }
        Ok(Self { files, compared: Some(compared), before: Some(Box::new(before)) })
    }
}

/// How many bytes of a list of files are read.
const LARGEST_LIST: u64 = 64 * 1024 * 1024;

/// The files that are named, from the root; each from the working folder, or from the root where it lies there.
fn named(files: &[String], opened: &Opened<'_>) -> Result<Vec<RepoPath>, Outcome> {
    let mut paths = Vec::new();
    for file in files {
        if file != "-" {
            paths.push(file.clone());
            continue;
        }
        let mut text = String::new();
        let read = std::io::stdin().lock().take(LARGEST_LIST).read_to_string(&mut text);
        read.map_err(|error| {
            let what = format!("the list of files can't be read from the standard input: {error}");
            Outcome::refused(&what, "write one path a line, in UTF-8: `git diff --name-only`")
        })?;
        paths.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    let path = |written: &String| {
        opened.path_named(written).ok_or_else(|| {
            let what = format!("`{written}` is not a path inside the repository");
            Outcome::refused(&what, "name files from the root of the repository: `crates/cart/src/lib.rs`")
        })
    };
    paths.iter().map(path).collect()
}

fn asked(
    arguments: &Arguments,
    opened: &Opened<'_>,
    repository: &Repository,
    change: &Differing,
    console: &Console,
) -> Result<Impact, Outcome> {
    // What was there before is read again only where a manifest says something else.
    let decides = |name: &str| matches!(name, "Cargo.toml" | "config.toml" | "config");
    let is_same = !change.files.files.iter().any(|file| decides(file.path.file_name()));
    let earlier = match (&change.before, is_same) {
        (Some(before), false) => Some(repository.packages_before(&**before)),
        _ => None,
    };
    console.begins(Stage::Judging);
    let before = change.before.as_ref().map(|before| Before {
        snapshot: &**before,
        cargo: earlier.as_ref().unwrap_or(&repository.linked.cargo),
    });
    let options = BuildOptions { target: arguments.target.clone(), all_features: arguments.all_features };
    let question = Question {
        linked: &repository.linked,
        map: &repository.map,
        configuration: &repository.configuration,
        now: &*opened.snapshot,
        before,
        differences: &change.files,
        options: &options,
    };
    impact(&question).map_err(|why| Outcome::refused(&why, "`rustc --print target-list` lists them"))
}
