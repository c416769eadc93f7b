//! What became of a repository, as JSON.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::insight::Edge;
use crate::snapshot::Logged;
use crate::{Every, Jump, Point};

use super::super::metrics::{FeatureRecord, TotalsRecord, feature_record, totals_record};
use super::super::pretty::to_json;
use super::ToldHistory;

/// The version of the JSON document.
const VERSION: u32 = 1;

/// What `history --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "History of watertight history", inline)]
struct HistoryRecord<'a> {
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// Which commits are points: `commit`, `day`, `week`, `month` or `tag`.
    every: &'static str,
    /// By which configuration: that of `today`, or that of each `commit`.
    configuration: &'static str,
    /// Commits of the main line in that time.
    commits: usize,
    /// What a person should know about how it came about.
    notes: &'a [String],
    /// Oldest first.
    points: Vec<PointRecord<'a>>,
    /// The commits that changed most, oldest first.
    jumps: Vec<JumpRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct PointRecord<'a> {
    #[serde(flatten)]
    commit: CommitRecord<'a>,
    tags: &'a [String],
    /// `null` where the commit could not be measured.
    numbers: Option<TotalsRecord>,
    /// The features, by name.
    by_feature: Vec<FeatureRecord>,
    /// Entries of the baseline; `null` without one.
    baseline: Option<usize>,
    /// Inputs that could not be read.
    problems: usize,
    /// Why the commit could not be measured.
    error: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct CommitRecord<'a> {
    commit: String,
    /// When it was committed, in seconds since 1970.
    time: i64,
    /// The day of that, in UTC.
    day: String,
    author: &'a str,
    subject: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct JumpRecord<'a> {
    #[serde(flatten)]
    commit: CommitRecord<'a>,
    /// Of a merge, those of the commits that it brought which touched the lines of what came.
    brought: Vec<CommitRecord<'a>>,
    /// By how much independence rose, in shares of 1; `null` where it was not defined.
    independence: Option<f64>,
    /// How many more ordered pairs of features are coupled.
    coupled_pairs: i64,
    /// How many more inputs could not be read: what can't be is missing in all other numbers.
    problems: i64,
    features_came: &'a [String],
    features_went: &'a [String],
    couplings_came: Vec<EdgeRecord<'a>>,
    couplings_went: Vec<EdgeRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct EdgeRecord<'a> {
    from: &'a str,
    to: &'a str,
    /// Kind and name of the unit that needs another one.
    from_unit: &'a str,
    to_unit: &'a str,
    kind: &'static str,
    /// The file that says so.
    path: Option<&'a str>,
    /// The line, from 1; of what went, it is not known.
    line: Option<usize>,
}

/// The JSON Schema of the history.
pub fn history_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    to_json(&generator.into_root_schema_for::<HistoryRecord<'_>>())
}

/// One JSON document, with a line feed at its end.
pub fn history_json(told: &ToldHistory<'_>) -> String {
    to_json(&HistoryRecord {
        version: VERSION,
        every: match told.every {
            Every::Commit => "commit",
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
            Every::Tag => "tag",
        },
        configuration: if told.is_by_own { "commit" } else { "today" },
        commits: told.history.commits,
        notes: told.notes,
        points: told.history.points.iter().map(point).collect(),
        jumps: told.history.jumps.iter().map(jump).collect(),
    })
}

fn commit(logged: &Logged) -> CommitRecord<'_> {
    CommitRecord {
        commit: logged.commit.whole(),
        time: logged.seconds,
        day: logged.day().to_string(),
        author: &logged.author,
        subject: &logged.subject,
    }
}

fn point(point: &Point) -> PointRecord<'_> {
    let moment = point.measured.as_ref().ok();
    PointRecord {
        commit: commit(&point.logged),
        tags: &point.tags,
        numbers: moment.map(|moment| totals_record(&moment.totals)),
        by_feature: moment.iter().flat_map(|moment| moment.features.iter().map(feature_record)).collect(),
        baseline: moment.and_then(|moment| moment.baseline),
        problems: moment.map_or(0, |moment| moment.problems),
        error: point.measured.as_ref().err().map(|why| &**why),
    }
}

fn jump(jump: &Jump) -> JumpRecord<'_> {
    let Jump { logged, brought, turn, lines, .. } = jump;
    JumpRecord {
        commit: commit(logged),
        brought: brought.iter().map(commit).collect(),
        independence: turn.independence,
        coupled_pairs: turn.coupled_pairs,
        problems: turn.problems,
        features_came: &turn.features_came,
        features_went: &turn.features_went,
        couplings_came: turn.came.iter().zip(lines).map(|(one, line)| edge(one, *line)).collect(),
        couplings_went: turn.went.iter().map(|one| edge(one, None)).collect(),
    }
}

fn edge(edge: &Edge, line: Option<usize>) -> EdgeRecord<'_> {
    let ([from, to], [from_unit, to_unit]) = (&edge.features, &edge.units);
    let path = edge.line.as_ref().map(|(path, _)| &**path);
    EdgeRecord { from, to, from_unit, to_unit, kind: edge.kind.word(), path, line }
}
