//! `watertight may`

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::features::{End, NameIndex, package_around};
use crate::graph::{CouplingKind, Unit, UnitKind};
use crate::insight::may;
use crate::report::{answer, answer_json};
use crate::snapshot::ReadFailure;
use crate::text::toml::quoted;
use crate::text::{RepoPath, nearest_or};
use crate::{Repository, Stage, Watch};

use super::console::Console;
use super::exit::OF_ANSWER;
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
    let (from, to) = (end(&arguments.from, &opened, &repository)?, end(&arguments.to, &opened, &repository)?);
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

/// What to do where nothing is near.
const UNKNOWN: &str = "name a feature, a unit or a path in a package; `watertight features` and `watertight units` \
                       list them";

/// How many units of one name are told.
const SHOWN: usize = 6;

/// What a person names on the command line.
pub(super) fn end(written: &str, opened: &Opened<'_>, repository: &Repository) -> Result<End, Outcome> {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let (kind, name) = match written.split_once(':') {
        Some((word, name)) if UnitKind::of_word(word).is_some() => (UnitKind::of_word(word), name),
        _ => (None, written),
    };
    let (kind, name) = match name.strip_prefix("feature:") {
        Some(feature) => (Some(UnitKind::Specification), feature),
        None => (kind, name.strip_prefix("./").unwrap_or(name)),
    };
    // What is coupled are units: a feature as a whole is meant where no package has the name. Images and services
    // are mostly called like their feature, and are meant where their kind is said.
    let names = NameIndex::new(graph, map);
    let is_feature = kind == Some(UnitKind::Specification);
    let is_deployed = |end: &End| matches!(end, End::Unit(unit) if graph.unit(*unit).is_deployed());
    let unit = names.unit(name, kind).filter(|end| !is_feature && (kind.is_some() || !is_deployed(end)));
    if let Some(end) = unit.or_else(|| names.meaning(name, kind)) {
        return Ok(end);
    }
    let is_path = kind.is_none() && name.contains('/');
    let path = RepoPath::new(name.trim_end_matches('/')).filter(|_| is_path);
    // A file may be planned, but then in a folder that is there: the root holds every path.
    let is_there = |path: &RepoPath| !matches!(opened.snapshot.read(path), Err(ReadFailure::Missing));
    let around = path.as_ref().and_then(|path| package_around(path, graph).zip(Some(path)));
    if let Some((unit, path)) = around
        && (!graph.unit(unit).path.as_str().is_empty() || is_there(path))
    {
        return Ok(End::Unit(unit));
    }
    let is_meant = |unit: &Unit| unit.short_name == name && kind.is_none_or(|kind| kind == unit.kind);
    let several: Vec<String> = graph
        .units()
        .filter(|(_, unit)| is_meant(unit))
        .map(|(_, unit)| format!("`{}`", unit.identity()))
        .take(SHOWN)
        .collect();
    if several.len() > 1 {
        let what = format!("`{written}` may be several units of this repository");
        return Err(Outcome::refused(&what, &format!("name one of them: {}", several.join(", "))));
    }
    let features = map.features.iter().map(|feature| feature.name.as_str());
    let names = features.chain(graph.units().map(|(_, unit)| unit.short_name.as_str()));
    let help = nearest_or(name, names, UNKNOWN);
    Err(Outcome::refused(&format!("`{written}` names no feature and no unit of this repository"), &help))
}
