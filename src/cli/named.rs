//! What names on the command line mean.

use std::collections::BTreeSet;

use crate::Repository;
use crate::features::{End, NameIndex, package_around};
use crate::graph::{Unit, UnitId, UnitKind};
use crate::report::counted;
use crate::snapshot::ReadFailure;
use crate::text::{RepoPath, nearest_or};

use super::Outcome;
use super::console::Console;
use super::open::Opened;

/// A part of the repository that a person names: a unit, or a feature with all that is nested in it.
pub(super) struct Part {
    /// Its name, as answers show it.
    pub(super) name: String,
    /// Its units; at least one.
    pub(super) units: BTreeSet<UnitId>,
}

/// Two parts of the repository, of which neither has a unit of the other.
pub(super) fn two_parts(
    (from, to): (&str, &str),
    opened: &Opened<'_>,
    repository: &Repository,
) -> Result<(Part, Part), Outcome> {
    let (mut one, mut other) = (part(from, opened, repository)?, part(to, opened, repository)?);
    let is_same = one.units == other.units;
    // A feature and one that is nested in it: what is nested is asked about, and the rest.
    if other.units.is_subset(&one.units) {
        one.units = one.units.difference(&other.units).copied().collect();
    } else {
        other.units = other.units.difference(&one.units).copied().collect();
    }
    if is_same || one.units.is_empty() || other.units.is_empty() {
        let what = format!("`{from}` and `{to}` are one and the same");
        return Err(Outcome::refused(&what, "name two units or features of which neither is the other"));
    }
    Ok((one, other))
}

/// That an answer is about less than the whole repository; nothing where everything was read.
pub(super) fn unread(repository: &Repository, console: &Console) -> String {
    let problems = repository.linked.problems.len();
    let text = match problems {
        0 => String::new(),
        _ => format!(
            "note: {} could not be read, so that more may be coupled than is told; `watertight check` shows why\n",
            counted(problems, "input", "inputs")
        ),
    };
    console.notice(text)
}

/// A unit or a feature by its name.
pub(super) fn part(written: &str, opened: &Opened<'_>, repository: &Repository) -> Result<Part, Outcome> {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    // `storage` names what is nested in it, also where nobody declares `storage` itself.
    let written = written.strip_prefix("./").unwrap_or(written).trim_end_matches('/');
    let name = written.strip_prefix("feature:").unwrap_or(written);
    let prefix = format!("{name}/");
    let is_nested = |unit: UnitId| {
        let feature = map.feature_of(unit).map(|feature| map.feature(feature).name.as_str());
        feature.is_some_and(|feature| feature == name || feature.starts_with(&prefix))
    };
    let nested: BTreeSet<UnitId> = graph.units().map(|(id, _)| id).filter(|id| is_nested(*id)).collect();
    if !nested.is_empty() {
        return Ok(Part { name: name.to_owned(), units: nested });
    }
    match end(written, Meant::Feature, opened, repository)? {
        End::Unit(unit) => Ok(Part { name: graph.unit(unit).name.clone(), units: BTreeSet::from([unit]) }),
        End::Feature(feature) => {
            let what = format!("feature `{}` has no unit yet", map.feature(feature).name);
            Err(Outcome::refused(&what, "`watertight features` lists what each feature holds"))
        }
    }
}

/// What to do where nothing is near.
const UNKNOWN: &str = "name a feature, a unit or a path in a package; `watertight features` and `watertight units` \
                       list them";

/// How many units of one name are told.
const SHOWN: usize = 6;

/// What is meant by a name that both a feature and a unit have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// The unit: the question is about one coupling.
    Unit,
    /// The feature, with all of its units.
    Feature,
}

/// What a person names on the command line.
pub(super) fn end(
    written: &str,
    meant: Meant,
    opened: &Opened<'_>,
    repository: &Repository,
) -> Result<End, Outcome> {
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
    let feature = names.meaning(name, kind).filter(|end| matches!(end, End::Feature(_)));
    if let (Meant::Feature, Some(end)) = (meant, feature) {
        return Ok(end);
    }
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
