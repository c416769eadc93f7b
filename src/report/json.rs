//! Findings as JSON, for programs. The version rises when a field changes its meaning or goes.

use serde::Serialize;

use crate::findings::{Excepted, Finding, Party, Place};
use crate::text::{Fault, RepoPath};

use super::{Texts, Told};

/// The version of this format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    tool: &'static str,
    tool_version: &'static str,
    summary: Summary,
    findings: Vec<FindingRecord<'a>>,
    excepted: Vec<ExceptedRecord<'a>>,
    problems: Vec<ProblemRecord<'a>>,
}

#[derive(Serialize)]
struct Summary {
    findings: usize,
    warnings: usize,
    excepted: usize,
    problems: usize,
    features: usize,
    packages: usize,
    couplings: usize,
    excluded_files: usize,
    independence: Option<IndependenceRecord>,
}

#[derive(Serialize)]
struct IndependenceRecord {
    independent: usize,
    pairs: usize,
}

#[derive(Serialize)]
struct FindingRecord<'a> {
    rule: &'a str,
    level: &'static str,
    identity: &'a str,
    message: &'a str,
    kind: Option<&'static str>,
    features: Ends<'a>,
    units: Ends<'a>,
    roles: Ends<'a>,
    owners: Ends<'a>,
    path: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    label: Option<&'a str>,
    related: Vec<PlaceRecord<'a>>,
    lets_in: Vec<LetInRecord<'a>>,
    pairs: usize,
    details: &'a [String],
    help: &'a [String],
}

/// A finding that an exception covers.
#[derive(Serialize)]
struct ExceptedRecord<'a> {
    #[serde(flatten)]
    finding: FindingRecord<'a>,
    exception: Option<ExceptionRecord<'a>>,
}

#[derive(Serialize)]
struct ExceptionRecord<'a> {
    reason: &'a str,
    until: Option<String>,
    owner: Option<&'a str>,
    path: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct Ends<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
}

#[derive(Serialize)]
struct LetInRecord<'a> {
    feature: &'a str,
    way: &'a [String],
}

#[derive(Serialize)]
struct PlaceRecord<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    label: &'a str,
}

#[derive(Serialize)]
pub(super) struct ProblemRecord<'a> {
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
    label: &'a str,
    help: &'a str,
}

/// One JSON document, with a line feed at its end.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    let report = Report {
        version: VERSION,
        tool: env!("CARGO_PKG_NAME"),
        tool_version: env!("CARGO_PKG_VERSION"),
        summary: Summary {
            findings: told.denied(),
            warnings: told.warned(),
            excepted: told.excepted.len(),
            problems: told.problems.len(),
            features: told.now.features,
            packages: told.now.packages,
            couplings: told.now.couplings,
            excluded_files: told.excluded,
            independence: told.now.independence.map(|independence| IndependenceRecord {
                independent: independence.independent,
                pairs: independence.pairs,
            }),
        },
        findings: told.findings.iter().map(|finding| record(finding, texts)).collect(),
        excepted: told.excepted.iter().map(|one| excepted(one, told, texts)).collect(),
        problems: told.problems.iter().map(|fault| problem(fault, texts)).collect(),
    };
    // Strings and numbers always serialize.
    serde_json::to_string_pretty(&report).map(|json| json + "\n").unwrap_or_default()
}

fn record<'a>(finding: &'a Finding, texts: &Texts<'_>) -> FindingRecord<'a> {
    let ends = |part: fn(&'a Party) -> Option<&'a str>| Ends {
        from: finding.from.as_ref().and_then(part),
        to: finding.to.as_ref().and_then(part),
    };
    let mut places = finding.places.iter().map(|place| place_record(place, texts));
    let first = places.next();
    FindingRecord {
        rule: &finding.rule,
        level: finding.level.word(),
        identity: &finding.identity,
        message: &finding.message,
        kind: finding.kind.map(crate::graph::CouplingKind::word),
        features: ends(|party| party.feature.as_deref()),
        units: ends(|party| Some(&party.unit)),
        roles: ends(|party| Some(&party.role)),
        owners: ends(|party| party.owner.as_deref()),
        path: first.as_ref().map(|place| place.path),
        line: first.as_ref().map(|place| place.line),
        column: first.as_ref().map(|place| place.column),
        label: first.as_ref().map(|place| place.label),
        related: places.collect(),
        lets_in: finding
            .lets_in
            .iter()
            .map(|one| LetInRecord { feature: &one.feature, way: &one.way })
            .collect(),
        pairs: finding.weight,
        details: &finding.details,
        help: &finding.help,
    }
}

fn excepted<'a>(one: &'a Excepted, told: &Told<'a>, texts: &Texts<'_>) -> ExceptedRecord<'a> {
    let exception = told.exceptions.get(one.exception).map(|exception| ExceptionRecord {
        reason: &exception.reason,
        until: exception.until.map(|until| until.to_string()),
        owner: exception.owner.as_deref(),
        path: exception.declared_at.path.as_str(),
        line: texts.position(&exception.declared_at.path, exception.declared_at.span).line,
    });
    ExceptedRecord { finding: record(&one.finding, texts), exception }
}

fn place_record<'a>(place: &'a Place, texts: &Texts<'_>) -> PlaceRecord<'a> {
    let position = texts.position(&place.location.path, place.location.span);
    PlaceRecord {
        path: place.location.path.as_str(),
        line: position.line,
        column: position.column,
        label: &place.label,
    }
}

pub(super) fn problem<'a>(fault: &'a Fault, texts: &Texts<'_>) -> ProblemRecord<'a> {
    let position = fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span)));
    ProblemRecord {
        path: &fault.path,
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        message: &fault.message,
        label: &fault.label,
        help: &fault.help,
    }
}
