//! What a change affects, for programs. The version rises when a field changes its meaning or goes.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::insight::{Affected, Because};

use super::graph_json::{EvidenceRecord, evidence};
use super::impact::{ImpactPart, ToldImpact};
use super::pretty::to_json;
use super::{Texts, masked_message};

/// The version of this format.
const VERSION: u32 = 1;

/// What a change affects. Fields may be added without a new version.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Answer of watertight impact", inline)]
struct ImpactRecord<'a> {
    /// Rises when a field changes its meaning or goes.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// What wrote this: `watertight`.
    tool: &'static str,
    /// The version of the tool.
    tool_version: &'static str,
    /// What the change is compared with; null where files are named.
    compared: Option<ComparedRecord<'a>>,
    /// The files that differ, sorted.
    files: Vec<FileRecord<'a>>,
    /// How many of them affect nothing.
    idle: usize,
    /// Those of which nobody knows what they are for, so that everything counts as affected.
    unknown: Vec<&'a str>,
    /// The features of the units that are affected, sorted.
    features: Vec<&'a str>,
    /// The units that are affected, by kind and name.
    units: Vec<UnitImpact<'a>>,
    /// Inputs that could not be read.
    problems: Vec<String>,
}

/// What a change is compared with.
#[derive(Serialize, JsonSchema)]
struct ComparedRecord<'a> {
    /// As it was named.
    named: &'a str,
    /// The commit, shortened; empty for a repository without any.
    commit: &'a str,
    /// Whether that is the merge base of what was named and what is compared with it.
    is_merge_base: bool,
}

/// A file that differs.
#[derive(Serialize, JsonSchema)]
struct FileRecord<'a> {
    /// Its path from the root.
    path: &'a str,
    /// How it differs: `added`, `changed` or `removed`; `named`, where files are named.
    how: &'static str,
}

/// A unit that is affected.
#[derive(Serialize, JsonSchema)]
struct UnitImpact<'a> {
    /// Its kind and its name.
    id: String,
    /// Its name.
    name: &'a str,
    /// What kind of thing it is.
    kind: &'static str,
    /// Its folder, or its root source file for a binary.
    path: &'a str,
    /// The feature that it belongs to.
    feature: Option<&'a str>,
    /// Why it is built anew; null if it is not, or not asked for.
    build: Option<ReasonRecord<'a>>,
    /// Why its tests are to run.
    test: Option<ReasonRecord<'a>>,
    /// Why it is to be shipped again.
    deploy: Option<ReasonRecord<'a>>,
    /// Why it has to run, for a job.
    run: Option<ReasonRecord<'a>>,
    /// The filter that keeps a job from running although it has to.
    kept_by: Option<String>,
}

/// The shortest reason: what it needs, step by step, and the file at the end.
#[derive(Serialize, JsonSchema)]
struct ReasonRecord<'a> {
    /// From the unit to the one that the file is a part of; empty where that is the unit itself.
    path: Vec<StepRecord>,
    /// The file.
    file: &'a str,
    /// How it differs.
    how: &'static str,
    /// How it comes to matter, where the file alone does not tell.
    why: Option<String>,
}

/// One step.
#[derive(Serialize, JsonSchema)]
struct StepRecord {
    /// Kind and name of the unit that is needed.
    unit: String,
    /// In which way.
    kind: &'static str,
    /// Where that is said.
    evidence: Option<EvidenceRecord>,
}

/// The JSON Schema of the answer.
pub fn impact_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    to_json(&generator.into_root_schema_for::<ImpactRecord<'_>>())
}

/// One JSON document, with a line feed at its end.
pub fn impact_json(told: &ToldImpact<'_>, texts: &Texts<'_>) -> String {
    let map = &told.repository.map;
    let compared = told.compared.map(|compared| ComparedRecord {
        named: &compared.named,
        commit: &compared.commit,
        is_merge_base: compared.is_merge_base,
    });
    let files = told.differences.files.iter();
    let problems = told.repository.linked.problems.iter().chain(&told.impact.problems);
    let units = told.impact.units.iter().filter(|affected| is_wanted(told, affected));
    to_json(&ImpactRecord {
        version: VERSION,
        tool: env!("CARGO_PKG_NAME"),
        tool_version: env!("CARGO_PKG_VERSION"),
        compared,
        files: files.map(|file| FileRecord { path: file.path.as_str(), how: file.how.word() }).collect(),
        idle: told.impact.idle,
        unknown: told.impact.unknown.iter().map(|path| path.as_str()).collect(),
        features: told.impact.features.iter().map(|one| map.feature(*one).name.as_str()).collect(),
        units: units.map(|affected| record(told, affected, texts)).collect(),
        problems: problems
            .map(|fault| masked_message(&format!("{}: {}", fault.path, fault.message)).into_owned())
            .collect(),
    })
}

fn is_wanted(told: &ToldImpact<'_>, affected: &Affected) -> bool {
    told.parts.iter().any(|part| part.reason(affected).is_some())
}

fn record<'a>(told: &'a ToldImpact<'_>, affected: &'a Affected, texts: &Texts<'_>) -> UnitImpact<'a> {
    let unit = told.repository.linked.graph.unit(affected.unit);
    let reason = |part: ImpactPart| {
        let reason = part.reason(affected).filter(|_| told.parts.contains(&part))?;
        Some(reason_record(told, reason, texts))
    };
    UnitImpact {
        id: unit.identity(),
        name: &unit.name,
        kind: unit.kind.word(),
        path: unit.path.as_str(),
        feature: told.feature(affected.unit),
        build: reason(ImpactPart::Build),
        test: reason(ImpactPart::Test),
        deploy: reason(ImpactPart::Deploy),
        run: reason(ImpactPart::Run),
        kept_by: told.impact.kept.iter().find(|kept| kept.job == affected.unit).and_then(|kept| {
            let work = told.repository.linked.graph.work_of(kept.job)?;
            work.triggers.get(kept.filter).map(|trigger| trigger.what.clone())
        }),
    }
}

fn reason_record<'a>(told: &ToldImpact<'_>, reason: &'a Because, texts: &Texts<'_>) -> ReasonRecord<'a> {
    let graph = &told.repository.linked.graph;
    let steps = reason.steps.iter().map(|step| StepRecord {
        unit: graph.unit(step.unit).identity(),
        kind: step.kind.word(),
        evidence: step
            .coupling
            .and_then(|id| graph.coupling(id).evidence.first())
            .map(|location| evidence(location, texts)),
    });
    ReasonRecord {
        path: steps.collect(),
        file: reason.cause.path.as_str(),
        how: reason.cause.how.word(),
        why: reason.cause.why.as_deref().map(|why| masked_message(why).into_owned()),
    }
}
