//! The coupling graph as JSON. The version rises when a field changes its meaning or goes.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::Repository;
use crate::graph::cargo::BuildSets;
use crate::graph::{CouplingGraph, CouplingId, Unit, UnitId};
use crate::text::{Fault, Location};

use super::Texts;
use super::json::{GapRecord, ProblemRecord, gap_record, problem};
use super::pretty::to_json;
use super::references::{ReferencesRecord, record as references_record};

/// The version of this format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Graph<'a> {
    version: u32,
    level: &'static str,
    units: Vec<UnitRecord<'a>>,
    couplings: Vec<CouplingRecord<'a>>,
    problems: Vec<ProblemRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

#[derive(Serialize)]
pub(super) struct UnitRecord<'a> {
    id: String,
    name: &'a str,
    kind: &'static str,
    path: &'a str,
    role: String,
    feature: Option<&'a str>,
    is_api: bool,
    /// The server that a database or a topic is a part of, the package of a binary.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// What it ships: the binaries in an image, the images of a service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<String>,
    declared_at: EvidenceRecord,
    assigned_by: Option<EvidenceRecord>,
    /// What a binary links, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Vec<String>>,
    /// What runs while it is built.
    #[serde(skip_serializing_if = "Option::is_none")]
    builds_with: Option<Vec<String>>,
}

#[derive(Serialize)]
struct CouplingRecord<'a> {
    from: String,
    to: String,
    kind: &'static str,
    conditions: ConditionRecord<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cargo: Option<CargoRecord<'a>>,
    /// Why a person declares it; for what no manifest states.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared: Option<&'a str>,
    /// What a person says is not so about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<&'static str>,
    evidence: Vec<EvidenceRecord>,
    /// What the source of the one names of the other, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<ReferencesRecord<'a>>,
}

#[derive(Serialize)]
struct ConditionRecord<'a> {
    optional: bool,
    cargo_features: &'a [String],
    platform: Option<&'a str>,
    through: Option<&'a str>,
}

#[derive(Serialize)]
struct CargoRecord<'a> {
    rename: Option<&'a str>,
    default_features: bool,
    features: &'a [String],
    is_patched: bool,
}

/// A place in a file.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct EvidenceRecord {
    /// The path from the root.
    path: String,
    /// The line, from 1.
    line: usize,
    /// The column, from 1.
    column: usize,
}

/// Which units are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphLevel {
    /// What package managers name, and what a person declares.
    Packages,
    /// What is deployed: services, datastores, secrets, images, and the binaries that land in these.
    Services,
    /// Everything.
    Units,
}

impl GraphLevel {
    fn word(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::Services => "services",
            Self::Units => "units",
        }
    }

    /// The units that it shows.
    fn units(self, graph: &CouplingGraph) -> BTreeSet<UnitId> {
        let shipped: BTreeSet<UnitId> = graph
            .units()
            .filter(|(_, unit)| unit.is_of_what_runs())
            .flat_map(|(_, unit)| unit.runs.clone())
            .collect();
        let is_shown = |id: UnitId, unit: &Unit| match self {
            Self::Packages => !unit.is_deployed(),
            Self::Services => unit.is_of_what_runs() || shipped.contains(&id),
            Self::Units => true,
        };
        graph.units().filter(|(id, unit)| is_shown(*id, unit)).map(|(id, _)| id).collect()
    }
}

/// The part of a graph that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its units.
    pub units: &'a BTreeSet<UnitId>,
    /// Its couplings.
    pub couplings: &'a BTreeSet<CouplingId>,
}

/// One JSON document, with a line feed at its end; of a part, if one is asked for. `build_sets` is what each binary links, if it was
/// asked for.
pub fn render(
    repository: &Repository,
    level: GraphLevel,
    part: Option<Part<'_>>,
    texts: &Texts<'_>,
    build_sets: Option<&BuildSets>,
    problems: &[Fault],
) -> String {
    let graph = &repository.linked.graph;
    let mut shown = level.units(graph);
    shown.retain(|unit| part.is_none_or(|part| part.units.contains(unit)));
    let is_shown = |id: &CouplingId| part.is_none_or(|part| part.couplings.contains(id));
    let couplings = graph
        .couplings()
        .filter(|(id, one)| shown.contains(&one.from) && shown.contains(&one.to) && is_shown(id));
    let document = Graph {
        version: VERSION,
        level: level.word(),
        units: shown.iter().map(|id| unit_record(repository, texts, *id, build_sets)).collect(),
        couplings: couplings.map(|(id, _)| coupling_record(repository, texts, id)).collect(),
        gaps: repository.gaps().iter().map(|gap| gap_record(gap, texts)).collect(),
        problems: problems.iter().map(|fault| problem(fault, texts)).collect(),
    };
    to_json(&document)
}

pub(super) fn unit_record<'a>(
    repository: &'a Repository,
    texts: &Texts<'_>,
    id: UnitId,
    build_sets: Option<&BuildSets>,
) -> UnitRecord<'a> {
    let Repository { linked, map, .. } = repository;
    let unit = linked.graph.unit(id);
    let set = build_sets.and_then(|sets| {
        let package = linked.package_units.iter().position(|package| Some(*package) == unit.parent)?;
        sets.get(&(package, unit.short_name.clone()))
    });
    let identities = |packages: &[usize]| {
        let units = packages.iter().map(|at| linked.graph.unit(linked.package_units[*at]).identity());
        units.collect::<Vec<_>>()
    };
    UnitRecord {
        id: unit.identity(),
        name: &unit.name,
        kind: unit.kind.word(),
        path: unit.path.as_str(),
        role: map.role_name(id),
        feature: map.feature_of(id).map(|feature| map.feature(feature).name.as_str()),
        is_api: map.is_api(id),
        parent: unit.parent.map(|parent| linked.graph.unit(parent).identity()),
        runs: unit.runs.iter().map(|one| linked.graph.unit(*one).identity()).collect(),
        declared_at: evidence(&unit.declared_at, texts),
        assigned_by: map.assigned_by(id).map(|location| evidence(location, texts)),
        links: set.map(|set| identities(&set.links)),
        builds_with: set.map(|set| identities(&set.builds_with)),
    }
}

fn coupling_record<'a>(repository: &'a Repository, texts: &Texts<'_>, id: CouplingId) -> CouplingRecord<'a> {
    let graph = &repository.linked.graph;
    let coupling = graph.coupling(id);
    CouplingRecord {
        from: graph.unit(coupling.from).identity(),
        to: graph.unit(coupling.to).identity(),
        kind: coupling.kind.word(),
        conditions: ConditionRecord {
            optional: coupling.conditions.optional,
            cargo_features: &coupling.conditions.cargo_features,
            platform: coupling.conditions.platform.as_deref(),
            through: coupling.conditions.through.as_deref(),
        },
        cargo: coupling.request.as_ref().map(|request| CargoRecord {
            rename: request.rename.as_deref(),
            default_features: request.default_features,
            features: &request.features,
            is_patched: request.is_patched,
        }),
        declared: coupling.declared.as_deref(),
        correction: coupling.correction.map(crate::graph::Correction::word),
        evidence: coupling.evidence.iter().map(|location| evidence(location, texts)).collect(),
        references: coupling.references.as_deref().map(|references| references_record(references, texts)),
    }
}

pub(super) fn evidence(location: &Location, texts: &Texts<'_>) -> EvidenceRecord {
    let position = texts.position(&location.path, location.span);
    let path = location.path.as_str().to_owned();
    EvidenceRecord { path, line: position.line, column: position.column }
}
