//! SARIF 2.1.0, for code scanning and for viewers of results.
//!
//! Everything is there: what counts, and what is inherited, in the baseline, excepted or gone, each marked
//! as what it is. A system that shows all results alike has to be told: see `docs/output.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::features::CONFIGURATION_FILE;
use crate::findings::{Finding, Place};
use crate::rules::{Level, Rule, RuleSet};
use crate::text::{Fault, RepoPath, Span};

use super::fingerprint::fingerprint;
use super::pretty::to_json;
use super::words::{bounded, owners};
use super::{Texts, Told, safe, safe_line};

/// GitHub refuses a run with more than 25,000 results and shows the 5,000 most severe. What fails the
/// check comes first here, so that what is left out is what would not be shown either.
const MOST_RESULTS: usize = 25_000;

/// GitHub shows 100 locations of a result, and refuses a run with one of more than 1,000.
const MOST_RELATED: usize = 99;

/// GitHub shows 1,024 characters of a rule's descriptions; messages are kept to what a person reads.
const LONGEST_TEXT: usize = 1_000;

/// The root of the repository, to which all paths are relative.
const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, Described>,
    column_kind: &'static str,
    results: Vec<ResultRecord>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'a>>,
}

/// A rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: DefaultConfiguration,
}

#[derive(Serialize)]
struct DefaultConfiguration {
    level: &'static str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Described {
    description: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

/// A problem: what could not be read.
#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultRecord {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    properties: Properties,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "watertightFinding/v1")]
    finding: String,
}

/// What SARIF has no words for.
#[derive(Serialize)]
struct Properties {
    identity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    features: Vec<String>,
    owners: Vec<String>,
    help: Vec<String>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// What a finding is to the check.
enum Standing<'a> {
    /// It counts.
    Counts,
    /// The base of the change has it already.
    Inherited,
    /// A person accepted it, for this reason.
    Accepted(&'a str),
    /// The change removed it; its lines are those of the base, which nobody can look up here.
    Gone,
}

/// One SARIF log with one run; with a line feed at its end.
pub fn render(told: &Told<'_>, texts: &Texts<'_>, rules: &RuleSet) -> String {
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: descriptors(told, rules),
    };
    let root = Described { description: text("The root of the repository") };
    let results = results(told, texts, &driver.rules);
    let run = Run {
        tool: Tool { driver },
        invocations: [Invocation {
            execution_successful: told.problems.is_empty(),
            tool_execution_notifications: notifications(told, texts),
        }],
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        column_kind: "unicodeCodePoints",
        results,
    };
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    let log = Log { schema, version: "2.1.0", runs: [run] };
    to_json(&log)
}

/// The rules that are judged, and those of findings that are gone: the base may have had others.
fn descriptors<'a>(told: &Told<'_>, rules: &'a RuleSet) -> Vec<Descriptor<'a>> {
    let gone: BTreeSet<&str> = told.gone.iter().map(|finding| finding.rule.as_str()).collect();
    let is_told = |rule: &&Rule| rule.level != Level::Off || gone.contains(rule.id.as_str());
    rules.rules.iter().filter(is_told).map(descriptor).collect()
}

fn descriptor(rule: &Rule) -> Descriptor<'_> {
    let explanation = rule.explanation.trim();
    let explanation = if explanation.is_empty() { &rule.summary } else { explanation };
    // The first paragraph under the first heading says what the rule finds.
    let mut paragraphs = explanation.split("\n\n").filter(|one| !one.trim_start().starts_with('#'));
    let first = paragraphs.next().unwrap_or(&rule.summary);
    Descriptor {
        id: &rule.id,
        short_description: text(&rule.summary),
        full_description: text(&first.replace('\n', " ")),
        help: Help { text: safe(explanation), markdown: safe(explanation) },
        default_configuration: DefaultConfiguration { level: level(rule.level) },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Off => "none",
    }
}

fn notifications(told: &Told<'_>, texts: &Texts<'_>) -> Vec<Notification> {
    let of = |fault: &Fault, level| Notification {
        level,
        message: text(&fault.message),
        locations: RepoPath::new(&fault.path)
            .map(|path| location(&path, texts, fault.span.map(|span| region(&path, span, texts)), None))
            .into_iter()
            .collect(),
    };
    let own = told.problems.iter().map(|fault| of(fault, "error"));
    let inherited = told.inherited_problems.iter().map(|fault| of(fault, "warning"));
    own.chain(inherited).take(MOST_RESULTS).collect()
}

/// All findings, what counts first.
fn results(told: &Told<'_>, texts: &Texts<'_>, rules: &[Descriptor<'_>]) -> Vec<ResultRecord> {
    let reason = |exception: usize| told.exceptions.get(exception).map_or("", |one| one.reason.as_str());
    let counts = told.findings.iter().map(|finding| (finding, Standing::Counts));
    let inherited = told.inherited.iter().map(|finding| (finding, Standing::Inherited));
    let baselined = told.baselined.iter().map(|one| (&one.finding, Standing::Accepted(&one.reason)));
    let excepted = told.excepted.iter().map(|one| (&one.finding, Standing::Accepted(reason(one.exception))));
    let gone = told.gone.iter().map(|finding| (finding, Standing::Gone));
    // Who compares nothing and has no baseline does not know what is new.
    let has_states = told.compared.is_some() || told.now.baseline.is_some();
    let all = counts.chain(inherited).chain(baselined).chain(excepted).chain(gone);
    let record = |(finding, standing): (&Finding, Standing<'_>)| ResultRecord {
        rule_index: rules.iter().position(|rule| rule.id == finding.rule),
        baseline_state: has_states.then(|| state(&standing)),
        ..result(finding, &standing, texts)
    };
    all.take(MOST_RESULTS).map(record).collect()
}

fn state(standing: &Standing<'_>) -> &'static str {
    match standing {
        Standing::Counts => "new",
        Standing::Inherited | Standing::Accepted(_) => "unchanged",
        Standing::Gone => "absent",
    }
}

fn result(finding: &Finding, standing: &Standing<'_>, texts: &Texts<'_>) -> ResultRecord {
    let suppressions = match standing {
        Standing::Accepted(reason) => {
            vec![Suppression { kind: "external", status: "accepted", justification: short(reason) }]
        }
        _ => Vec::new(),
    };
    let (locations, related_locations) = match standing {
        Standing::Gone => (vec![file_of(finding, texts)], Vec::new()),
        _ => places(finding, texts),
    };
    let parties = || [&finding.from, &finding.to].into_iter().flatten();
    let mut message = finding.message.clone();
    let owners = owners(finding);
    if !owners.is_empty() {
        message += &format!(". Owners: {owners}");
    }
    ResultRecord {
        rule_id: finding.rule.clone(),
        rule_index: None,
        level: level(finding.level),
        message: text(&message),
        locations,
        related_locations,
        partial_fingerprints: Fingerprints { finding: fingerprint(&finding.identity) },
        suppressions,
        baseline_state: None,
        properties: Properties {
            identity: short(&finding.identity),
            kind: finding.kind.map(crate::graph::CouplingKind::word),
            features: parties().filter_map(|party| party.feature.as_deref()).map(short).collect(),
            owners: parties().filter_map(|party| party.owner.as_deref()).map(short).collect(),
            help: finding.help.iter().map(|help| short(help)).collect(),
        },
    }
}

/// The line to change, and the other lines of the path.
fn places(finding: &Finding, texts: &Texts<'_>) -> (Vec<Location>, Vec<Location>) {
    let Some((first, others)) = finding.places.split_first() else {
        return (vec![file_of(finding, texts)], Vec::new());
    };
    let of = |place: &Place| {
        let Place { location: at, label, .. } = place;
        let label = Some(text(label)).filter(|label| !label.text.is_empty());
        location(&at.path, texts, Some(region(&at.path, at.span, texts)), label)
    };
    let related = others.iter().take(MOST_RELATED).enumerate();
    let related = related.map(|(at, place)| Location { id: Some(at + 1), ..of(place) });
    (vec![of(first)], related.collect())
}

/// GitHub refuses a result without a location: where nothing else is known, it is the configuration.
fn file_of(finding: &Finding, texts: &Texts<'_>) -> Location {
    match finding.places.first() {
        Some(place) => location(&place.location.path, texts, None, None),
        None => {
            let uri = encoded(&texts.in_git(CONFIGURATION_FILE));
            let artifact_location = ArtifactLocation { uri, uri_base_id: ROOT };
            Location {
                id: None,
                physical_location: PhysicalLocation { artifact_location, region: None },
                message: None,
            }
        }
    }
}

fn location(path: &RepoPath, texts: &Texts<'_>, region: Option<Region>, message: Option<Text>) -> Location {
    let artifact_location =
        ArtifactLocation { uri: encoded(&texts.in_git(path.as_str())), uri_base_id: ROOT };
    Location { id: None, physical_location: PhysicalLocation { artifact_location, region }, message }
}

fn region(path: &RepoPath, span: Span, texts: &Texts<'_>) -> Region {
    let (start, end) = texts.range(path, span);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// A path as a relative reference: every byte that is not one of a few letters is written as a number, so
/// that neither `:` nor `//` nor `?` means anything.
fn encoded(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let bytes = path.bytes();
    bytes
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn text(text: &str) -> Text {
    Text { text: short(text) }
}

/// Text for a page or a terminal. In a message of SARIF, `[…](…)` is a link: there are none in ours.
fn short(text: &str) -> String {
    safe_line(&bounded(text, LONGEST_TEXT)).replace("](", "] (")
}
