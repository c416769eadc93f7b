//! `watertight may`

use crate::Repository;
use crate::features::{End, named, package_around};
use crate::graph::{CouplingKind, UnitKind};
use crate::insight::may;
use crate::report::{answer, answer_json, safe_line};
use crate::text::{RepoPath, nearest};

use super::open::Opened;
use super::{Elsewhere, Exit, Format, Outcome, style_of_output};

/// Ask whether a new coupling would be allowed, before it is written.
///
/// Says yes or no, which rule and which lines of the configuration decide, and what to do instead.
/// Nothing is changed. Exits with 0 for yes, with 1 for no.
///
/// Examples:
///   watertight may cart users-client
///   watertight may crates/cart/src/lib.rs crates/ledger
///   watertight may checkout users --kind call --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// What would need the other: a unit's name, a path in a package, a feature, or `kind:name`
    from: String,

    /// What would be needed
    to: String,

    /// In which way
    #[arg(long, value_parser = kind, default_value = "code")]
    kind: CouplingKind,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    #[command(flatten)]
    place: Elsewhere,
}

fn kind(text: &str) -> Result<CouplingKind, String> {
    let words = CouplingKind::ALL.map(CouplingKind::word);
    CouplingKind::of_word(text).ok_or_else(|| format!("kinds are {}", words.join(", ")))
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match answered(arguments) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments) -> Result<Outcome, Outcome> {
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how)?;
    opened.needs_configuration()?;
    let repository = opened.load(&arguments.place.how)?;
    let (from, to) = (end(&arguments.from, &repository)?, end(&arguments.to, &repository)?);
    if from == to {
        let why = format!("error: `{}` and `{}` are one and the same\n", arguments.from, arguments.to);
        return Err(Outcome::error(safe_line(&why) + "\n"));
    }
    let given = may(repository.judged(), repository.law(), from, to, arguments.kind);
    let texts = opened.texts();
    let output = match arguments.format {
        Format::Human => answer(&given, &texts, style_of_output()),
        Format::Json => answer_json(&given, &texts),
    };
    let exit = if given.is_allowed { Exit::Clean } else { Exit::Findings };
    Ok(Outcome { output, messages: arguments.place.how.cargo.notice(), exit })
}

/// What a person names on the command line.
fn end(written: &str, repository: &Repository) -> Result<End, Outcome> {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let (kind, name) = match written.split_once(':') {
        Some((word, name)) if UnitKind::of_word(word).is_some() => (UnitKind::of_word(word), name),
        _ => (None, written),
    };
    let name = name.strip_prefix("./").unwrap_or(name);
    if let Some(end) = named(name, kind, graph, map) {
        return Ok(end);
    }
    let is_path = kind.is_none() && name.contains('/');
    let path = RepoPath::new(name.trim_end_matches('/')).filter(|_| is_path);
    if let Some(unit) = path.and_then(|path| package_around(&path, graph)) {
        return Ok(End::Unit(unit));
    }
    let features = map.features.iter().map(|feature| feature.name.as_str());
    let names = features.chain(graph.units().map(|(_, unit)| unit.short_name.as_str()));
    let help = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a feature, a package or a path in one; `watertight graph` lists all units".to_owned(),
    };
    let message = format!("error: `{written}` names no feature and no unit of this repository");
    Err(Outcome::error(format!("{}\n  help: {}\n", safe_line(&message), safe_line(&help))))
}
