//! Findings as JSON, for programs. The version rises when a field changes its meaning or goes.

use std::borrow::Cow;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::baseline::Baselined;
use crate::findings::{Excepted, Finding, Party, Place};
use crate::insight::Independence;
use crate::snapshot::Gap;
use crate::text::{Fault, RepoPath};

use super::pretty::to_json;
use super::references::{ReferencesRecord, record as references_record};
use super::{Numbers, Texts, Told, masked_message, words};

/// The version of this format.
const VERSION: u32 = 1;

/// What `watertight check` found. Fields may be added without a new version.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Report of watertight check", inline)]
struct Report<'a> {
    /// Rises when a field changes its meaning or goes.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// What wrote this: `watertight`.
    tool: &'static str,
    /// The version of the tool.
    tool_version: &'static str,
    /// How many there are of everything.
    summary: Summary<'a>,
    /// What counts: everything, or what a change introduces. What fails the check comes first.
    findings: Vec<FindingRecord<'a>>,
    /// What the base of the change has already.
    inherited: Vec<FindingRecord<'a>>,
    /// What the baseline holds.
    baselined: Vec<BaselinedRecord<'a>>,
    /// What exceptions cover.
    excepted: Vec<ExceptedRecord<'a>>,
    /// What the change removed. Lines are null: they would be those of the base.
    gone: Vec<FindingRecord<'a>>,
    /// Inputs that could not be read.
    problems: Vec<ProblemRecord<'a>>,
    /// Inputs that could not be read in the base of the change either.
    inherited_problems: Vec<ProblemRecord<'a>>,
    /// Inputs that are recognised and not read.
    gaps: Vec<GapRecord<'a>>,
}

/// How many there are of everything.
#[derive(Serialize, JsonSchema)]
struct Summary<'a> {
    /// Findings at level deny, which fail the check.
    findings: usize,
    /// Findings at level warn.
    warnings: usize,
    /// Findings that the base of the change has already.
    inherited: usize,
    /// Findings that the baseline holds.
    baselined: usize,
    /// Findings that exceptions cover.
    excepted: usize,
    /// Findings that the change removed.
    gone: usize,
    /// Findings that are not told because they belong to other owners than those asked for.
    of_other_owners: usize,
    /// Inputs that could not be read.
    problems: usize,
    /// Inputs that could not be read in the base of the change either.
    inherited_problems: usize,
    /// Inputs that are recognised and not read.
    gaps: usize,
    /// Features that have a unit.
    features: usize,
    /// All packages.
    packages: usize,
    /// All services that are deployed.
    services: usize,
    /// All couplings.
    couplings: usize,
    /// Files that `[scan] exclude` took out.
    excluded_files: usize,
    /// Null below two features.
    independence: Option<IndependenceRecord>,
    /// Null without a baseline.
    baseline: Option<BaselineRecord>,
    /// What a change is compared with; null for a check of everything.
    compared: Option<ComparedRecord<'a>>,
    /// The numbers of the base of a change; null for a check of everything.
    before: Option<NumbersRecord>,
}

/// Of all ordered pairs of features, those of which the one does not reach the other.
#[derive(Serialize, JsonSchema)]
struct IndependenceRecord {
    /// Pairs in which nothing reaches over.
    independent: usize,
    /// All ordered pairs.
    pairs: usize,
}

/// How large the baseline is, and how it came there.
#[derive(Serialize, JsonSchema)]
struct BaselineRecord {
    /// The entries that a finding matches.
    left: usize,
    /// The entries that were written when it was begun.
    first: usize,
    /// The entries that were accepted since then.
    accepted: usize,
    /// The entries that no finding matches any more.
    stale: usize,
}

/// What a change is compared with.
#[derive(Serialize, JsonSchema)]
struct ComparedRecord<'a> {
    /// The base as the user named it.
    named: &'a str,
    /// The commit that it was compared with, shortened; empty for a repository without any.
    commit: &'a str,
    /// Whether that is the merge base of what was named and what is checked.
    is_merge_base: bool,
    /// What a person should know about how it was found.
    note: Option<&'a str>,
}

/// What is counted in a repository.
#[derive(Serialize, JsonSchema)]
struct NumbersRecord {
    /// Null below two features.
    independence: Option<IndependenceRecord>,
    /// Features that have a unit.
    features: usize,
    /// All packages.
    packages: usize,
    /// All services that are deployed.
    services: usize,
    /// All couplings.
    couplings: usize,
    /// Null without a baseline.
    baseline: Option<BaselineRecord>,
}

/// One place where the repository breaks a rule.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingRecord<'a> {
    /// The rule that is broken.
    rule: &'a str,
    /// What it does to the exit code.
    #[schemars(extend("enum" = ["deny", "warn"]))]
    level: &'static str,
    /// Names one finding of a report, and stays the same when lines shift and packages move.
    identity: &'a str,
    /// The identity, but for a circle's members.
    key: &'a str,
    /// Whom it is about besides: a finding is known where an earlier one of the same key had all of them.
    members: &'a [String],
    /// What happened, as a sentence.
    message: Cow<'a, str>,
    /// The kind of the coupling; null for what is none.
    kind: Option<&'static str>,
    /// The names of both features.
    features: Ends<'a>,
    /// The names of both units.
    units: Ends<'a>,
    /// What both are: a feature's name, or `shared`, `assembly` and so on.
    roles: Ends<'a>,
    /// Who answers for both.
    owners: Ends<'a>,
    /// The file with the line to change.
    path: Option<&'a str>,
    /// Counts from 1.
    line: Option<usize>,
    /// Counts from 1, in characters.
    column: Option<usize>,
    /// What to write under the line.
    label: Option<&'a str>,
    /// More lines: other causes, and what the line inherits from.
    related: Vec<PlaceRecord<'a>>,
    /// Who gets in through this coupling.
    lets_in: Vec<LetInRecord<'a>>,
    /// How many ordered pairs of features are coupled by way of it; 0 for the configuration.
    pairs: usize,
    /// More that belongs to it: which units, which steps of a circle.
    details: &'a [String],
    /// What the source of the one unit names of the other; null where no source was asked.
    references: Option<ReferencesRecord<'a>>,
    /// What to do about it, the best first.
    help: &'a [String],
}

/// A finding that an exception covers.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Excepted")]
struct ExceptedRecord<'a> {
    #[serde(flatten)]
    finding: FindingRecord<'a>,
    /// The exception.
    exception: Option<ExceptionRecord<'a>>,
}

/// A finding that the baseline holds.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Baselined")]
struct BaselinedRecord<'a> {
    #[serde(flatten)]
    finding: FindingRecord<'a>,
    /// Why it is accepted for now.
    reason: &'a str,
}

/// Why a finding is accepted, and until when.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Exception")]
struct ExceptionRecord<'a> {
    /// Why it is accepted.
    reason: &'a str,
    /// The last day on which it covers anything.
    until: Option<String>,
    /// Who answers for it.
    owner: Option<&'a str>,
    /// The file in which it stands.
    path: &'a str,
    /// Its line there.
    line: usize,
}

/// One value for each end; null where there is none.
#[derive(Serialize, JsonSchema)]
struct Ends<'a> {
    /// Of the unit that needs the other.
    from: Option<&'a str>,
    /// Of the unit that is needed.
    to: Option<&'a str>,
}

/// A feature that a coupling lets in.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LetIn")]
struct LetInRecord<'a> {
    /// The feature, or a unit that belongs to none.
    feature: &'a str,
    /// The names of the units on the shortest way.
    way: &'a [String],
}

/// A line.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Place")]
struct PlaceRecord<'a> {
    /// The file.
    path: &'a str,
    /// Counts from 1.
    line: usize,
    /// Counts from 1, in characters.
    column: usize,
    /// What to write under it.
    label: &'a str,
}

/// An input that could not be read.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemRecord<'a> {
    /// The file or folder.
    path: &'a str,
    /// Counts from 1; null where the whole file is meant.
    line: Option<usize>,
    /// Counts from 1, in characters.
    column: Option<usize>,
    /// What happened, as a sentence.
    message: Cow<'a, str>,
    /// What to write under the line.
    label: &'a str,
    /// What to do about it; may be empty.
    help: &'a str,
}

/// An input that is recognised and not read.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Gap")]
pub(crate) struct GapRecord<'a> {
    /// The file or folder.
    path: &'a str,
    /// The line, from 1; `null` when the whole file or folder is meant.
    line: Option<usize>,
    /// What it is.
    what: &'a str,
}

/// The JSON Schema of the report, from the types that write it; with a line feed at its end.
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<Report<'_>>();
    to_json(&schema)
}

/// One JSON document, with a line feed at its end.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    let report = Report {
        version: VERSION,
        tool: env!("CARGO_PKG_NAME"),
        tool_version: env!("CARGO_PKG_VERSION"),
        summary: summary(told),
        findings: told.findings.iter().map(|finding| record(finding, texts)).collect(),
        inherited: told.inherited.iter().map(|finding| record(finding, texts)).collect(),
        baselined: told.baselined.iter().map(|one| baselined(one, texts)).collect(),
        excepted: told.excepted.iter().map(|one| excepted(one, told, texts)).collect(),
        gone: told.gone.iter().map(gone).collect(),
        problems: told.problems.iter().map(|fault| problem(fault, texts)).collect(),
        inherited_problems: told.inherited_problems.iter().map(|fault| problem(fault, texts)).collect(),
        gaps: told.gaps.iter().map(|gap| gap_record(gap, texts)).collect(),
    };
    to_json(&report)
}

pub(crate) fn gap_record<'a>(gap: &'a Gap, texts: &Texts<'_>) -> GapRecord<'a> {
    GapRecord { path: &gap.path, line: words::line_of_gap(gap, texts), what: &gap.what }
}

fn summary<'a>(told: &Told<'a>) -> Summary<'a> {
    let now = numbers(&told.now);
    Summary {
        findings: told.denied(),
        warnings: told.warned(),
        inherited: told.inherited.len(),
        baselined: told.baselined.len(),
        excepted: told.excepted.len(),
        gone: told.gone.len(),
        of_other_owners: told.of_other_owners,
        problems: told.problems.len(),
        inherited_problems: told.inherited_problems.len(),
        gaps: told.gaps.len(),
        features: now.features,
        packages: now.packages,
        services: now.services,
        couplings: now.couplings,
        excluded_files: told.excluded,
        independence: now.independence,
        baseline: now.baseline,
        compared: told.compared.map(|compared| ComparedRecord {
            named: &compared.named,
            commit: &compared.commit,
            is_merge_base: compared.is_merge_base,
            note: compared.note.as_deref(),
        }),
        before: told.before.as_ref().map(numbers),
    }
}

fn numbers(numbers: &Numbers) -> NumbersRecord {
    let Numbers { independence, features, packages, services, couplings, baseline } = *numbers;
    NumbersRecord {
        independence: independence
            .map(|Independence { independent, pairs }| IndependenceRecord { independent, pairs }),
        features,
        packages,
        services,
        couplings,
        baseline: baseline.map(|size| BaselineRecord {
            left: size.left,
            first: size.first,
            accepted: size.accepted,
            stale: size.stale,
        }),
    }
}

fn record<'a>(finding: &'a Finding, texts: &Texts<'_>) -> FindingRecord<'a> {
    let mut places = finding.places.iter().map(|place| place_record(place, texts));
    let first = places.next();
    FindingRecord {
        line: first.as_ref().map(|place| place.line),
        column: first.as_ref().map(|place| place.column),
        label: first.as_ref().map(|place| place.label),
        related: places.collect(),
        references: finding.references.as_deref().map(|one| references_record(one, texts)),
        ..gone(finding)
    }
}

/// A finding without its lines: of one that is gone, they are those of the base.
fn gone(finding: &Finding) -> FindingRecord<'_> {
    FindingRecord {
        rule: &finding.rule,
        level: finding.level.word(),
        identity: &finding.identity,
        key: &finding.key,
        members: &finding.members,
        message: masked_message(&finding.message),
        kind: finding.kind.map(crate::graph::CouplingKind::word),
        features: ends(finding, |party| party.feature.as_deref()),
        units: ends(finding, |party| Some(&party.unit)),
        roles: ends(finding, |party| Some(&party.role)),
        owners: ends(finding, |party| party.owner.as_deref()),
        path: finding.places.first().map(|place| place.location.path.as_str()),
        line: None,
        column: None,
        label: None,
        related: Vec::new(),
        lets_in: finding
            .lets_in
            .iter()
            .map(|one| LetInRecord { feature: &one.feature, way: &one.way })
            .collect(),
        pairs: finding.weight,
        details: &finding.details,
        references: None,
        help: &finding.help,
    }
}

fn ends<'a>(finding: &'a Finding, part: fn(&'a Party) -> Option<&'a str>) -> Ends<'a> {
    Ends { from: finding.from.as_ref().and_then(part), to: finding.to.as_ref().and_then(part) }
}

fn baselined<'a>(one: &'a Baselined, texts: &Texts<'_>) -> BaselinedRecord<'a> {
    BaselinedRecord { finding: record(&one.finding, texts), reason: &one.reason }
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

pub(crate) fn problem<'a>(fault: &'a Fault, texts: &Texts<'_>) -> ProblemRecord<'a> {
    let position = fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span)));
    ProblemRecord {
        path: &fault.path,
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        message: masked_message(&fault.message),
        label: &fault.label,
        help: &fault.help,
    }
}
