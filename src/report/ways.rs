//! The answer to "why is this coupled to that?".

use serde::Serialize;

use crate::Repository;
use crate::features::Role;
use crate::graph::{CouplingId, UnitId};
use crate::insight::{Tie, Way, Why};
use crate::text::Location;

use super::paint::{BOLD, CYAN, DIM, GREEN, YELLOW, paint};
use super::pretty::to_json;
use super::references::{ReferencesRecord, record as references_record, sentence as sentence_of};
use super::words::bounded;
use super::{Style, Texts, counted, masked_message, safe_line};

/// The version of the format for programs.
const VERSION: u32 = 1;

/// How many lines of one step are shown before the rest is counted.
const SHOWN_LINES: usize = 3;

/// What was asked, and what was found.
pub struct WaysTold<'r> {
    /// The repository.
    pub repository: &'r Repository,
    /// The names of the two parts.
    pub names: [&'r str; 2],
    /// The ways from the one to the other.
    pub why: &'r Why,
    /// Whether the other one reaches the first.
    pub is_reached_back: bool,
    /// Whether every way that was found is told, or the shortest of each sense.
    pub all: bool,
}

impl WaysTold<'_> {
    fn is_independent(&self) -> bool {
        !self.why.ways.iter().any(|way| self.counts(way))
    }

    /// Whether independence counts a way: assemblies and test support put features together on purpose.
    fn counts(&self, way: &Way) -> bool {
        let is_end = |unit: UnitId| self.repository.map.is_end(unit);
        way.tie == Tie::Reaches && !way.hops.iter().any(|hop| is_end(hop.from) || is_end(hop.to))
    }

    fn of(&self, tie: Tie) -> impl Iterator<Item = &Way> {
        self.why.ways.iter().filter(move |way| way.tie == tie)
    }

    /// The ways that are told, in order.
    fn told(&self) -> Vec<&Way> {
        match self.all {
            true => self.why.ways.iter().collect(),
            false => {
                let mut first: Vec<&Way> = Tie::ALL.iter().filter_map(|tie| self.of(*tie).next()).collect();
                first.sort_by_key(|way| (way.hops.len(), way.tie));
                first
            }
        }
    }
}

/// In words what a tie is, between names.
fn sentence(tie: Tie) -> &'static str {
    match tie {
        Tie::Reaches => "reaches it",
        Tie::Calls => "calls it",
        Tie::Tests => "is tested with it",
        Tie::Changes => "changes together with it",
    }
}

/// For a person.
pub fn ways(told: &WaysTold<'_>, texts: &Texts<'_>, style: Style) -> String {
    let [from, to] = told.names.map(|name| safe_line(&format!("`{name}`")));
    let is_together = told.of(Tie::Reaches).next().is_some();
    let mut output = match (told.is_independent(), told.why.ways.is_empty()) {
        (true, false) if is_together => {
            format!("{}: {from} needs {to}, on purpose\n", paint("together", YELLOW, style))
        }
        (true, true) => format!("{}: nothing couples {from} to {to}\n", paint("independent", GREEN, style)),
        (true, false) => format!(
            "{}: {from} can be built, started and shipped without {to}\n",
            paint("independent", GREEN, style)
        ),
        (false, _) => format!("{}: {from} needs {to}\n", paint("coupled", YELLOW, style)),
    };
    let ways = told.told();
    for way in &ways {
        let steps = counted(way.hops.len(), "step", "steps");
        output += &format!("\n{}, in {steps}\n", paint(sentence(way.tie), BOLD, style));
        if way.tie == Tie::Reaches && !told.counts(way) {
            output += "  an assembly or test support puts them together on purpose: this counts nowhere\n";
        }
        output += &format!("  {}\n", unit(told.repository, way.hops.first().map(|hop| hop.from), style));
        for hop in &way.hops {
            output += &couplings(told.repository, &hop.couplings, texts, style);
            output += &format!("→ {}\n", unit(told.repository, Some(hop.to), style));
        }
    }
    output += &rest(told, ways.len());
    if told.is_reached_back {
        let too = if told.is_independent() { "" } else { " too" };
        output += &format!("\nthe other way round, {to} needs {from}{too}: `watertight why` says why\n");
    }
    style.finished(output)
}

/// What is not told of it.
fn rest(told: &WaysTold<'_>, shown: usize) -> String {
    let more = told.why.ways.len() - shown;
    let how = match told.all {
        true => "`--limit` tells more",
        false => "`--all` tells them",
    };
    match (more, told.why.has_more) {
        (0, false) => String::new(),
        (0, true) => format!("\nthere are more ways; {how}\n"),
        (more, has_more) => {
            let least = if has_more { "at least " } else { "" };
            format!("\n{least}{}; {how}\n", counted(more, "more way", "more ways"))
        }
    }
}

/// "checkout-api  (binary of checkout)".
fn unit(repository: &Repository, unit: Option<UnitId>, style: Style) -> String {
    let Some(id) = unit else { return String::new() };
    let unit = repository.linked.graph.unit(id);
    let role = match repository.map.role(id) {
        Role::Feature(feature) => format!("of {}", repository.map.feature(feature).name),
        _ => repository.map.role_name(id),
    };
    let what = format!("({} {role})", unit.kind.word());
    format!("{}  {}", paint(&safe_line(&unit.name), BOLD, style), paint(&safe_line(&what), DIM, style))
}

/// The lines that cause some couplings, each with its kind, what stands there, and when it is there at all.
pub(super) fn couplings(
    repository: &Repository,
    ids: &[CouplingId],
    texts: &Texts<'_>,
    style: Style,
) -> String {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let mut output = String::new();
    for id in ids.iter().take(SHOWN_LINES) {
        let coupling = graph.coupling(*id);
        let kind = map.kind(graph, *id).unwrap_or(coupling.kind);
        let Some(place) = coupling.evidence.first() else { continue };
        let told = format!("    {:<7} ", kind.word());
        output += &paint(&told, CYAN, style);
        output += &line(place, texts, style, told.len());
        if let Some(references) = &coupling.references {
            let from = &graph.unit(coupling.from).name;
            let told = sentence_of(references, from, texts);
            output += &format!("            {}\n", paint(&safe_line(&told), DIM, style));
        }
        let conditions = coupling.conditions.sentence();
        if !conditions.is_empty() {
            output += &format!("            {}\n", paint(&safe_line(&conditions), DIM, style));
        }
        if coupling.promised {
            output += &format!("            {}\n", paint("promised by the catalog", DIM, style));
        }
        if let Some(reason) = &coupling.declared {
            output +=
                &format!("            {}\n", paint(&safe_line(&format!("declared: {reason}")), DIM, style));
        }
    }
    if ids.len() > SHOWN_LINES {
        output += &format!("    and {} more\n", ids.len() - SHOWN_LINES);
    }
    output
}

/// "crates/a/Cargo.toml:12  b = { path = "../b" }", as wide as there is room.
pub(super) fn line(place: &Location, texts: &Texts<'_>, style: Style, indent: usize) -> String {
    let position = texts.position(&place.path, place.span);
    let at = format!("{}:{}", safe_line(place.path.as_str()), position.line);
    let room = style.width.saturating_sub(indent + at.chars().count() + 2);
    match room < 12 {
        true => format!("{at}\n"),
        false => {
            format!("{at}  {}\n", paint(&bounded(&texts.line(place), room.saturating_sub(3)), DIM, style))
        }
    }
}

#[derive(Serialize)]
struct WaysRecord<'a> {
    version: u32,
    from: &'a str,
    to: &'a str,
    independent: bool,
    reached_back: bool,
    ways: Vec<WayRecord<'a>>,
    has_more: bool,
}

#[derive(Serialize)]
struct WayRecord<'a> {
    how: &'static str,
    counts: bool,
    steps: Vec<StepRecord<'a>>,
}

#[derive(Serialize)]
struct StepRecord<'a> {
    from: UnitRecord<'a>,
    to: UnitRecord<'a>,
    couplings: Vec<CouplingRecord<'a>>,
}

#[derive(Serialize)]
pub(super) struct UnitRecord<'a> {
    kind: &'static str,
    name: &'a str,
    role: String,
}

#[derive(Serialize)]
pub(super) struct CouplingRecord<'a> {
    kind: &'static str,
    path: &'a str,
    line: usize,
    text: String,
    optional: bool,
    cargo_features: &'a [String],
    platform: Option<&'a str>,
    through: Option<&'a str>,
    declared: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<ReferencesRecord<'a>>,
}

/// A unit for a program.
pub(super) fn unit_record(repository: &Repository, id: UnitId) -> UnitRecord<'_> {
    let unit = repository.linked.graph.unit(id);
    UnitRecord { kind: unit.kind.word(), name: &unit.name, role: repository.map.role_name(id) }
}

/// A coupling for a program; `None` where it has no line.
pub(super) fn coupling_record<'r>(
    repository: &'r Repository,
    id: CouplingId,
    texts: &Texts<'_>,
) -> Option<CouplingRecord<'r>> {
    let coupling = repository.linked.graph.coupling(id);
    let place = coupling.evidence.first()?;
    let kind = repository.map.kind(&repository.linked.graph, id).unwrap_or(coupling.kind);
    Some(CouplingRecord {
        kind: kind.word(),
        path: place.path.as_str(),
        line: texts.position(&place.path, place.span).line,
        text: masked_message(&texts.line(place)).into_owned(),
        optional: coupling.conditions.optional,
        cargo_features: &coupling.conditions.cargo_features,
        platform: coupling.conditions.platform.as_deref(),
        through: coupling.conditions.through.as_deref(),
        declared: coupling.declared.as_deref(),
        references: coupling.references.as_deref().map(|references| references_record(references, texts)),
    })
}

/// For a program.
pub fn ways_json(told: &WaysTold<'_>, texts: &Texts<'_>) -> String {
    let ways = told.told().into_iter().map(|way| WayRecord {
        how: way.tie.word(),
        counts: told.counts(way),
        steps: way
            .hops
            .iter()
            .map(|hop| StepRecord {
                from: unit_record(told.repository, hop.from),
                to: unit_record(told.repository, hop.to),
                couplings: hop
                    .couplings
                    .iter()
                    .filter_map(|id| coupling_record(told.repository, *id, texts))
                    .collect(),
            })
            .collect(),
    });
    let record = WaysRecord {
        version: VERSION,
        from: told.names[0],
        to: told.names[1],
        independent: told.is_independent(),
        reached_back: told.is_reached_back,
        ways: ways.collect(),
        has_more: told.why.has_more || told.why.ways.len() > told.told().len(),
    };
    to_json(&record)
}
