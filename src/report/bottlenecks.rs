//! What holds up the way to a deployment: for a person as a table, for programs as JSON and CSV.

use std::fmt::Write as _;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::Repository;
use crate::features::FeatureId;
use crate::insight::{Bottleneck, FeatureBottleneck, PastChanges, Remedy};
use crate::text::Period;

use super::co_change::{WindowRecord, window};
use super::columns::{columns, name_within};
use super::paint::{BOLD, paint};
use super::pretty::to_json;
use super::words::enumerated;
use super::{Style, counted, csv_cell, safe_line};

/// The version of the JSON document.
const VERSION: u32 = 1;

/// How wide a name may become.
const WIDEST: usize = 30;

/// How many names stand in a sentence.
const NAMED: usize = 4;

/// What is told of bottlenecks.
#[derive(Debug)]
pub struct BottlenecksTold<'t> {
    /// Whose they are.
    pub repository: &'t Repository,
    /// What counted.
    pub history: &'t PastChanges,
    /// How far back commits counted.
    pub since: Period,
    /// Whether costs are seconds, and not work.
    pub is_timed: bool,
    /// What is told.
    pub rows: BottleneckRows<'t>,
    /// How many more there are.
    pub more: usize,
}

/// Units or features.
#[derive(Debug)]
pub enum BottleneckRows<'t> {
    /// Units.
    Units(&'t [Bottleneck]),
    /// Features.
    Features(&'t [FeatureBottleneck]),
}

impl BottlenecksTold<'_> {
    fn feature(&self, id: FeatureId) -> &str {
        &self.repository.map.feature(id).name
    }

    fn of(&self, feature: Option<FeatureId>) -> &str {
        feature.map_or("(no feature)", |feature| self.feature(feature))
    }

    fn features(&self, ids: &[FeatureId]) -> Vec<&str> {
        ids.iter().map(|id| self.feature(*id)).collect()
    }

    /// Why a remedy is suggested, and what it comes to.
    fn reason(&self, remedy: &Remedy) -> String {
        match remedy {
            Remedy::MoveToUser(feature) => {
                let feature = self.feature(*feature);
                format!("move it into {feature}: no other feature builds on it")
            }
            Remedy::MoveToCompanion { feature, shared, of } => {
                let feature = self.feature(*feature);
                format!("move what changes into {feature}: {shared} of its {of} commits change that, too")
            }
            Remedy::Expose { features, apis } => {
                let apis: Vec<String> =
                    apis.iter().map(|api| self.repository.linked.graph.unit(*api).shown()).collect();
                let users = counted(*features, "feature builds", "features build");
                match apis.is_empty() {
                    true => format!("expose an API: {users} on its insides"),
                    false => format!("use the API {}: {users} on its insides", enumerated(&apis, NAMED)),
                }
            }
            Remedy::Split { apart, items } => {
                format!("split it by who uses what: of {items} items that others name, {apart} have one user")
            }
            Remedy::Stabilize { needs, needed_by } => format!(
                "stabilize it: it needs {}, and {} it; what changes there changes it",
                counted(*needs, "unit", "units"),
                counted(*needed_by, "unit needs", "units need"),
            ),
            Remedy::Part => "split it: take out what changes, and leave what is settled".to_owned(),
        }
    }

    fn cost(&self, cost: f64) -> String {
        match self.is_timed {
            true if cost >= 3600.0 => format!("{:.1} h", cost / 3600.0),
            true if cost >= 60.0 => format!("{:.0} min", cost / 60.0),
            true => format!("{cost:.0} s"),
            false if cost >= 10.0 => format!("{cost:.0}"),
            false => format!("{cost:.1}"),
        }
    }
}

/// "5→12", and nothing before the arrow where nothing changed then.
fn trend(changes: usize, recent: usize, style: Style) -> String {
    format!("{}{}{recent}", changes - recent, style.arrow())
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// For a person.
pub fn bottlenecks(told: &BottlenecksTold<'_>, style: Style) -> String {
    let mut text = window(told.history, true) + "\n";
    text += match told.is_timed {
        true => "cost: changes a month × the time that builds take because of one\n",
        false => {
            "cost: changes a month × (packages built + packages tested + deployables deployed because of one)\n"
        }
    };
    let table = match told.rows {
        BottleneckRows::Units([]) | BottleneckRows::Features([]) => {
            return text + "nothing that is here changed in that time\n";
        }
        BottleneckRows::Units(units) => of_units(told, units, style),
        BottleneckRows::Features(features) => of_features(told, features, style),
    };
    text.push('\n');
    text += &table;
    if told.more > 0 {
        text += &paint(&format!("... and {} more; --limit shows them\n", told.more), BOLD, style);
    }
    text
}

fn of_units(told: &BottlenecksTold<'_>, units: &[Bottleneck], style: Style) -> String {
    let graph = &told.repository.linked.graph;
    let rows: Vec<_> = units
        .iter()
        .map(|one| {
            let row = [
                name_within(&graph.unit(one.unit).shown(), WIDEST),
                one.changes.to_string(),
                trend(one.changes, one.recent, style),
                one.again.builds.to_string(),
                one.again.tests.to_string(),
                one.again.deploys.to_string(),
                one.again.waiting.len().to_string(),
                told.cost(one.cost),
                percent(one.share),
                one.remedy.as_ref().map_or("-", Remedy::word).to_owned(),
            ];
            (row, one.remedy.as_ref().map(|remedy| safe_line(&told.reason(remedy))))
        })
        .collect();
    let head =
        ["unit", "changes", "trend", "builds", "tests", "deploys", "waiting", "cost", "share", "remedy"];
    columns(head, &[0, 9], &rows, style)
}

fn of_features(told: &BottlenecksTold<'_>, features: &[FeatureBottleneck], style: Style) -> String {
    let rows: Vec<_> = features
        .iter()
        .map(|one| {
            let row = [
                name_within(told.of(one.feature), WIDEST),
                one.changes.to_string(),
                trend(one.changes, one.recent, style),
                one.waiting.len().to_string(),
                told.cost(one.cost),
                percent(one.share),
                name_within(&told.repository.linked.graph.unit(one.worst).shown(), WIDEST),
            ];
            (row, None)
        })
        .collect();
    columns(["feature", "changes", "trend", "waiting", "cost", "share", "most by"], &[0, 6], &rows, style)
}

/// One line for each unit or feature.
pub fn bottlenecks_csv(told: &BottlenecksTold<'_>) -> String {
    let graph = &told.repository.linked.graph;
    let name = |name: &str| csv_cell(name);
    match told.rows {
        BottleneckRows::Units(units) => {
            let mut text = "unit,feature,changes,recent,builds,tests,deploys,build_seconds,waiting,cost,share,remedy,reason\n"
                .to_owned();
            for one in units {
                let feature = told.repository.map.feature_of(one.unit).map_or("", |id| told.feature(id));
                let again = &one.again;
                let seconds = again.seconds.map(|seconds| format!("{seconds:.1}")).unwrap_or_default();
                let reason = one.remedy.as_ref().map(|remedy| told.reason(remedy)).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "{},{},{},{},{},{},{},{seconds},{},{:.2},{:.4},{},{}",
                    name(&graph.unit(one.unit).shown()),
                    name(feature),
                    one.changes,
                    one.recent,
                    again.builds,
                    again.tests,
                    again.deploys,
                    again.waiting.len(),
                    one.cost,
                    one.share,
                    one.remedy.as_ref().map_or("", Remedy::word),
                    name(&reason),
                );
            }
            text
        }
        BottleneckRows::Features(features) => {
            let mut text = "feature,changes,recent,waiting,cost,share,most_by\n".to_owned();
            for one in features {
                let _ = writeln!(
                    text,
                    "{},{},{},{},{:.2},{:.4},{}",
                    name(one.feature.map_or("", |id| told.feature(id))),
                    one.changes,
                    one.recent,
                    one.waiting.len(),
                    one.cost,
                    one.share,
                    name(&graph.unit(one.worst).shown()),
                );
            }
            text
        }
    }
}

/// What `bottlenecks --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "What holds up deployments, of watertight bottlenecks", inline)]
struct Document<'a> {
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// Which commits counted.
    window: WindowRecord<'a>,
    /// What a cost counts: pieces of work in a month, or seconds of building.
    cost_in: &'static str,
    /// How many months the window has.
    months: f64,
    /// The units, the most expensive first; absent where features were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<UnitRecord<'a>>>,
    /// The features, the most expensive first; absent where units were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    features: Option<Vec<FeatureRecord<'a>>>,
    /// How many more there are.
    more: usize,
}

#[derive(Serialize, JsonSchema)]
struct UnitRecord<'a> {
    unit: String,
    kind: &'static str,
    /// Its feature, if it has one.
    feature: Option<&'a str>,
    /// Commits that change it.
    changes: usize,
    /// Those of the later half of the window.
    recent: usize,
    /// Packages that are built again because of one change.
    builds: usize,
    /// Packages that are tested again.
    tests: usize,
    /// Deployables that are deployed again.
    deploys: usize,
    /// How long these builds take, where timings were given.
    build_seconds: Option<f64>,
    /// The features that wait for a change of it.
    waiting: Vec<&'a str>,
    /// What its changes cost in a month.
    cost: f64,
    /// Its share of all costs, from 0 to 1.
    share: f64,
    /// What would help, if anything is known.
    remedy: Option<RemedyRecord>,
}

#[derive(Serialize, JsonSchema)]
struct RemedyRecord {
    /// In one word.
    remedy: &'static str,
    /// Why, and what it comes to.
    reason: String,
}

#[derive(Serialize, JsonSchema)]
struct FeatureRecord<'a> {
    /// None for all that belongs to no feature.
    feature: Option<&'a str>,
    /// Commits that change it.
    changes: usize,
    /// Those of the later half of the window.
    recent: usize,
    /// The features that wait for a change of it.
    waiting: Vec<&'a str>,
    /// What its changes cost in a month.
    cost: f64,
    /// Its share of all costs, from 0 to 1.
    share: f64,
    /// The unit that costs most of it.
    most_by: String,
}

/// The JSON Schema of what holds up deployments.
pub fn bottlenecks_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    to_json(&generator.into_root_schema_for::<Document<'_>>())
}

/// For a program.
pub fn bottlenecks_json(told: &BottlenecksTold<'_>) -> String {
    let rounded = |value: f64| (value * 10_000.0).round() / 10_000.0;
    let graph = &told.repository.linked.graph;
    let unit = |one: &Bottleneck| UnitRecord {
        unit: graph.unit(one.unit).name.clone(),
        kind: graph.unit(one.unit).kind.word(),
        feature: told
            .repository
            .map
            .feature_of(one.unit)
            .map(|id| told.repository.map.feature(id).name.as_str()),
        changes: one.changes,
        recent: one.recent,
        builds: one.again.builds,
        tests: one.again.tests,
        deploys: one.again.deploys,
        build_seconds: one.again.seconds.map(rounded),
        waiting: told.features(&one.again.waiting),
        cost: rounded(one.cost),
        share: rounded(one.share),
        remedy: one
            .remedy
            .as_ref()
            .map(|remedy| RemedyRecord { remedy: remedy.word(), reason: told.reason(remedy) }),
    };
    let feature = |one: &FeatureBottleneck| FeatureRecord {
        feature: one.feature.map(|id| told.repository.map.feature(id).name.as_str()),
        changes: one.changes,
        recent: one.recent,
        waiting: told.features(&one.waiting),
        cost: rounded(one.cost),
        share: rounded(one.share),
        most_by: graph.unit(one.worst).shown(),
    };
    let (units, features) = match told.rows {
        BottleneckRows::Units(units) => (Some(units.iter().map(unit).collect()), None),
        BottleneckRows::Features(features) => (None, Some(features.iter().map(feature).collect())),
    };
    to_json(&Document {
        version: VERSION,
        window: WindowRecord::new(told.history, told.since, true),
        cost_in: if told.is_timed { "seconds a month" } else { "pieces of work a month" },
        months: rounded(told.history.months()),
        units,
        features,
        more: told.more,
    })
}
