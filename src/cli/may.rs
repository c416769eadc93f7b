//! `watertight may`

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::features::End;
use crate::graph::{CouplingKind, UnitKind};
use crate::insight::may;
use crate::report::{answer, answer_json};
use crate::text::toml::quoted;
use crate::{Stage, Watch};

use super::console::Console;
use super::exit::OF_ANSWER;
use super::named::{Meant, end};
use super::open::Opened;
use super::{Elsewhere, Exit, Format, Outcome};

/// Ask whether a new coupling would be allowed, before it is written.
///
/// Says yes or no, which rule and which lines of the configuration decide, and
/// what to do instead. Nothing is changed.
///
/// Examples:
///   watertight may cart users-client
///   watertight may crates/cart/src/lib.rs crates/ledger
///   watertight may checkout users --kind call --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_ANSWER)]
pub(super) struct Arguments {
    /// What would need the other: a unit's name, a path in a package, `kind:name`, or a feature as a whole
    /// (`feature:name`, where a unit has the same name)
    from: String,

    /// What would be needed
    to: String,

    /// In which way [default: code; for a datastore or a secret, data]
    #[arg(long, value_parser = kinds())]
    kind: Option<CouplingKind>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    #[command(flatten)]
    place: Elsewhere,
}

/// The kinds by their words, so that help lists them and a wrong one gets its nearest.
pub(super) fn kinds() -> impl TypedValueParser<Value = CouplingKind> {
    let words = PossibleValuesParser::new(CouplingKind::ALL.map(CouplingKind::word));
    words.try_map(|word| CouplingKind::of_word(&word).ok_or("this is no kind of coupling"))
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how, console)?;
    let repository = opened.load(&arguments.place.how)?;
    console.begins(Stage::Judging);
    let meant = |written: &str| end(written, Meant::Unit, &opened, &repository);
    let (from, to) = (meant(&arguments.from)?, meant(&arguments.to)?);
    if from == to {
        let what = format!("`{}` and `{}` are one and the same", arguments.from, arguments.to);
        return Err(Outcome::refused(&what, "name two: what would need the other, and what would be needed"));
    }
    let kind_of = |end: End| match end {
        End::Unit(unit) => repository.linked.graph.unit(unit).kind,
        End::Feature(_) => UnitKind::Specification,
    };
    let (from_kind, to_kind) = (kind_of(from), kind_of(to));
    let usual = match to_kind {
        UnitKind::Datastore | UnitKind::Secret => CouplingKind::Data,
        UnitKind::Service => CouplingKind::Call,
        UnitKind::Image => CouplingKind::Build,
        _ => CouplingKind::Code,
    };
    let kind = arguments.kind.unwrap_or(usual);
    if !kind.fits(from_kind, to_kind) {
        let (from, to) = (from_kind.word(), to_kind.word());
        let what = format!("a {from} and a {to} can't be coupled by `{}`", kind.word());
        let fits = CouplingKind::ALL.into_iter().filter(|kind| kind.fits(from_kind, to_kind));
        let fits: Vec<&str> = fits.map(CouplingKind::word).collect();
        return Err(Outcome::refused(&what, &format!("kinds that fit are {}", quoted(&fits))));
    }
    let given = may(repository.judged(), repository.law(), from, to, kind);
    console.begins(Stage::Reporting);
    let texts = opened.texts();
    let output = match arguments.format {
        Format::Human => answer(&given, &texts, console.style_of_output()),
        Format::Json => answer_json(&given, &texts),
    };
    let messages = opened.notice(&arguments.place.how, &repository);
    let exit = if given.is_allowed { Exit::Clean } else { Exit::Findings };
    Ok(Outcome { output, messages, exit })
}
