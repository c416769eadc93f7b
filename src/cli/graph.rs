//! `watertight graph`

use clap::ValueEnum;

use crate::graph::cargo::{BuildOptions, build_sets};
use crate::report::{GraphLevel, graph_json};
use crate::{Stage, Watch};

use super::console::Console;
use super::open::Opened;
use super::{Exit, Outcome, Where};

/// Print the coupling graph.
///
/// Needs no configuration; with one, it also says which feature each unit belongs
/// to.
///
/// Examples:
///   watertight graph
///   watertight graph --level services
///   watertight graph --build-sets --target x86_64-unknown-linux-gnu
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Which units to show
    #[arg(long, value_enum, default_value_t = Level::Packages)]
    level: Level,

    /// How to print them
    #[arg(long, value_enum, default_value_t = GraphFormat::Json)]
    format: GraphFormat,

    /// Also say which packages of the repository each binary links
    #[arg(long)]
    build_sets: bool,

    /// Build sets for this target triple, also as the host [default: for every platform at once]
    #[arg(long, value_name = "TRIPLE", requires = "build_sets")]
    target: Option<String>,

    /// Build sets with all Cargo features instead of the default ones
    #[arg(long, requires = "build_sets")]
    all_features: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// Packages and their binaries
    Packages,
    /// What is deployed: services, datastores, secrets, images, and the binaries in them
    Services,
    /// Everything
    Units,
}

impl From<Level> for GraphLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Packages => Self::Packages,
            Level::Services => Self::Services,
            Level::Units => Self::Units,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GraphFormat {
    /// One JSON document
    Json,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match drawn(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn drawn(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how, console)?;
    let repository = opened.load(&arguments.place.how)?;
    console.begins(Stage::Judging);
    let mut problems = repository.linked.problems.clone();
    let sets = match arguments.build_sets {
        false => None,
        true => {
            let options =
                BuildOptions { target: arguments.target.clone(), all_features: arguments.all_features };
            let (sets, more) = build_sets(&repository.linked.cargo, &options)
                .map_err(|why| Outcome::refused(&why, "`rustc --print target-list` lists them"))?;
            problems.extend(more);
            Some(sets)
        }
    };
    console.begins(Stage::Reporting);
    let output = match (arguments.level, arguments.format) {
        (level, GraphFormat::Json) => {
            graph_json(&repository, level.into(), &opened.texts(), sets.as_ref(), &problems)
        }
    };
    let messages = opened.notice(&arguments.place.how, &repository);
    let exit = if problems.is_empty() { Exit::Clean } else { Exit::Problems };
    Ok(Outcome { output, messages, exit })
}
