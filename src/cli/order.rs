//! `watertight order`

use crate::insight::order;
use crate::report::{ordering, ordering_json};
use crate::{Stage, Watch};

use super::console::Console;
use super::exit::OF_ORDER;
use super::named::unread;
use super::open::Opened;
use super::{Exit, Format, Outcome, Where};

/// Find the order in which features can be deployed: a server before its clients.
///
/// Features of one level can go out at the same time. Calls that a correction or
/// a client-versioned API takes out impose no order; what a declared deployment
/// ships together goes together. Where features wait for each other in a circle,
/// the fewest couplings to break are told.
///
/// Examples:
///   watertight order
///   watertight order --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_ORDER)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?;
    let repository = opened.load(how)?;
    console.begins(Stage::Judging);
    let found = order(&repository.linked.graph, &repository.map);
    console.begins(Stage::Reporting);
    let texts = opened.texts();
    let output = match arguments.format {
        Format::Human => ordering(&repository, &found, &texts, console.style_of_output()),
        Format::Json => ordering_json(&repository, &found, &texts),
    };
    let messages = opened.notice(how, &repository) + &unread(&repository, console);
    let exit = if found.circles.is_empty() { Exit::of_reading(&repository) } else { Exit::Findings };
    Ok(Outcome { output, messages, exit })
}
