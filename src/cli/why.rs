//! `watertight why`

use crate::features::Depth;
use crate::insight::{Tie, why};
use crate::report::{WaysTold, ways, ways_json};
use crate::{Stage, Watch};

use super::console::Console;
use super::named::{two_parts, unread};
use super::open::Opened;
use super::{Elsewhere, Exit, Format, Outcome};

/// Say why one unit or feature is coupled to another.
///
/// Every way from the one to the other, the shortest first, each step with its
/// line, and with the Cargo features and platforms that switch it on. That they
/// are independent is an answer too.
///
/// Examples:
///   watertight why checkout users
///   watertight why checkout users --all
///   watertight why package:storefront crates/ledger --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// What needs the other: a feature with all that is nested in it, a unit's name, a path in a package, or
    /// `kind:name`
    from: String,

    /// What is needed
    to: String,

    /// Tell every way, and not only the shortest of each sense
    #[arg(long)]
    all: bool,

    /// How many ways of each sense are looked for with --all
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        value_parser = clap::value_parser!(u16).range(1..=1000),
        requires = "all"
    )]
    limit: u16,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    #[command(flatten)]
    place: Elsewhere,
}

/// How many ways of each sense are looked for where only the shortest is told: there may be more, is told then.
const FEW: usize = 3;

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?.asking(Depth::Everything);
    let repository = opened.load(how)?;
    console.begins(Stage::Judging);
    let (from, to) = two_parts((&arguments.from, &arguments.to), &opened, &repository)?;
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let most = if arguments.all { usize::from(arguments.limit) } else { FEW };
    let found = why(graph, map, (&from.units, &to.units), most);
    let back = why(graph, map, (&to.units, &from.units), 1);
    let told = WaysTold {
        repository: &repository,
        names: [&from.name, &to.name],
        why: &found,
        is_reached_back: back.ways.iter().any(|way| way.tie == Tie::Reaches),
        all: arguments.all,
    };
    console.begins(Stage::Reporting);
    let texts = opened.texts();
    let output = match arguments.format {
        Format::Human => ways(&told, &texts, console.style_of_output()),
        Format::Json => ways_json(&told, &texts),
    };
    let messages = opened.notice(how, &repository) + &unread(&repository, console);
    let exit = Exit::of_reading(&repository);
    Ok(Outcome { output, messages, exit })
}
