//! `watertight units`

use crate::graph::UnitKind;
use crate::report::{UnitChoice, units, units_json};
use crate::text::toml::did_you_mean;
use crate::{Stage, Watch};

use super::console::Console;
use super::open::Opened;
use super::{Exit, Format, Outcome, Where};

/// List what was found, where it belongs, and which line says so.
///
/// A unit is what builds, runs, ships or is shared: a package, a binary, an
/// image, a service, a datastore, a secret. Without a configuration, it belongs
/// where `init` would put it.
///
/// Examples:
///   watertight units
///   watertight units --unassigned
///   watertight units --feature checkout
///   watertight units --kind service --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Only what nothing assigns
    #[arg(long, conflicts_with = "feature")]
    unassigned: bool,

    /// Only what belongs to this feature, or to one that is nested in it
    #[arg(long, value_name = "NAME")]
    feature: Option<String>,

    /// Only units of this kind: package, binary, module, image, service, datastore, secret, job, api
    #[arg(long, value_parser = kind)]
    kind: Option<UnitKind>,

    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

fn kind(text: &str) -> Result<UnitKind, String> {
    UnitKind::of_word(text).ok_or_else(|| did_you_mean(text, &UnitKind::ALL.map(UnitKind::word)))
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
    let choice = UnitChoice {
        unassigned: arguments.unassigned,
        feature: arguments.feature.clone(),
        kind: arguments.kind,
    };
    choice.check(&repository).map_err(|help| {
        let name = arguments.feature.as_deref().unwrap_or_default();
        Outcome::refused(&format!("no feature is called `{name}`"), &help)
    })?;
    console.begins(Stage::Reporting);
    let texts = opened.texts();
    let output = match arguments.format {
        Format::Human => units(&repository, &choice, &texts, console.style_of_output()),
        Format::Json => units_json(&repository, &choice, &texts),
    };
    let exit = Exit::of_reading(&repository);
    Ok(Outcome { output, messages: opened.notice(how, &repository), exit })
}
