//! `watertight features`

use crate::report::{features, features_json};
use crate::{Stage, Watch};

use super::console::Console;
use super::open::Opened;
use super::{Exit, Format, Outcome, Where};

/// List the features, what each holds, and where it is declared.
///
/// Also what belongs to none: shared units, assemblies, test support, and what
/// nothing assigns. Without a configuration, the features are those that `init`
/// would propose.
///
/// Examples:
///   watertight features
///   watertight features --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match listed(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn listed(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?;
    let repository = opened.load(how)?;
    console.begins(Stage::Reporting);
    let texts = opened.texts();
    let output = match arguments.format {
        Format::Human => features(&repository, &texts, console.style_of_output()),
        Format::Json => features_json(&repository, &texts),
    };
    let exit = Exit::of_reading(&repository);
    Ok(Outcome { output, messages: opened.notice(how, &repository), exit })
}
