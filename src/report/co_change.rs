//! What changes in the same commits: for a person as a table, for programs as JSON and CSV.

use std::fmt::Write as _;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::Repository;
use crate::features::{ChangesSection, FeatureId};
use crate::graph::UnitId;
use crate::insight::{PastChanges, Tied, Together};
use crate::text::{Date, Period};

use super::columns::{columns, name_within};
use super::paint::{BOLD, paint};
use super::pretty::to_json;
use super::{Style, bounded, counted, csv_cell, safe_line};

/// The version of the JSON document.
const VERSION: u32 = 1;

/// How wide a name may become: two of them stand in a line.
const WIDEST: usize = 28;

/// How much of the newest commit is told, in characters.
const COMMIT: usize = 90;

/// What changes together, in names.
#[derive(Debug)]
pub struct CoChangeTold<'t> {
    /// What was asked about: features or units.
    pub level: &'static str,
    /// What counted.
    pub history: &'t PastChanges,
    /// How far back commits counted.
    pub since: Period,
    /// From when on two change together.
    pub settings: &'t ChangesSection,
    /// The pairs that are told.
    pub pairs: Vec<NamedPair<'t>>,
    /// How many more there are that nothing ties.
    pub more: usize,
    /// How many something ties, and that are not told.
    pub tied: usize,
}

/// Two that change together, in names.
#[derive(Debug)]
pub struct NamedPair<'t> {
    names: [String; 2],
    shared: usize,
    of: [usize; 2],
    confidence: [f64; 2],
    degree: f64,
    lift: f64,
    tie: Option<String>,
    newest: Vec<&'t str>,
}

/// Two features that change together although nothing ties them, as a page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TogetherRow {
    /// Their names.
    pub names: [String; 2],
    /// In how many commits both change.
    pub shared: usize,
    /// Of the commits of each, the share that changes the other.
    pub confidence: [String; 2],
    /// The newest of these commits.
    pub newest: Vec<String>,
}

impl NamedPair<'_> {
    /// As a page tells it.
    pub fn row(&self) -> TogetherRow {
        TogetherRow {
            names: self.names.clone(),
            shared: self.shared,
            confidence: self.confidence.map(|share| format!("{:.0} %", share * 100.0)),
            newest: self.newest.iter().map(|one| safe_line(one)).collect(),
        }
    }
}

impl<'t> NamedPair<'t> {
    /// Two features.
    pub fn features(pair: &Together<FeatureId>, history: &'t PastChanges, repository: &Repository) -> Self {
        let name = |id: FeatureId| repository.map.feature(id).name.clone();
        Self::new(pair, [name(pair.one), name(pair.other)], history, repository)
    }

    /// Two units.
    pub fn units(pair: &Together<UnitId>, history: &'t PastChanges, repository: &Repository) -> Self {
        let name = |id: UnitId| repository.linked.graph.unit(id).shown();
        Self::new(pair, [name(pair.one), name(pair.other)], history, repository)
    }

    fn new<T>(
        pair: &Together<T>,
        names: [String; 2],
        history: &'t PastChanges,
        repository: &Repository,
    ) -> Self {
        let tie = pair.tie.map(|tie| match tie {
            Tied::OneFeature => "one feature".to_owned(),
            Tied::Responsibility(id) => format!("responsibility {}", repository.map.responsibility(id).name),
            Tied::Coupling(kind) => kind.word().to_owned(),
        });
        Self {
            names,
            shared: pair.shared,
            of: [pair.of_one, pair.of_other],
            confidence: [pair.confidence(), pair.confidence_back()],
            degree: pair.degree(),
            lift: pair.lift(),
            tie,
            newest: pair.newest.iter().map(|at| history.commits[*at].told.as_str()).collect(),
        }
    }
}

/// Which commits counted, and why the others did not.
pub(super) fn window(history: &PastChanges, counts_bots: bool) -> String {
    let left = history.left_out;
    let bots = history.bots();
    let counted_ones = history.commits.len() - if counts_bots { 0 } else { bots };
    let reasons = [
        (left.merges, "merges"),
        (left.bulk, "that change too much"),
        (left.sweeps, "that change how source looks"),
        (if counts_bots { 0 } else { bots }, "of programs"),
        (left.idle, "that change no unit"),
        (left.unread, "that can't be read"),
    ];
    let there = reasons.iter().filter(|(count, _)| *count > 0);
    let reasons: Vec<String> = there.map(|(count, what)| format!("{count} {what}")).collect();
    let left_out = match reasons.is_empty() {
        true => String::new(),
        false => format!("\nleft out: {}", reasons.join(", ")),
    };
    format!(
        "{} to {}: {counted_ones} of {}{left_out}",
        Date::of_seconds(history.from),
        Date::of_seconds(history.until),
        counted(history.read, "commit", "commits"),
    )
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// For a person.
pub fn co_change(told: &CoChangeTold<'_>, style: Style) -> String {
    let mut text = window(told.history, false) + "\n";
    let settings = told.settings;
    let _ = writeln!(
        text,
        "{} {} change together, and nothing ties them directly: in {} commits or more, {} % of the fewer",
        told.more + told.pairs.iter().filter(|pair| pair.tie.is_none()).count(),
        if told.level == "features" { "pairs of features" } else { "pairs of units" },
        settings.support,
        settings.confidence,
    );
    if told.tied > 0 {
        let pairs = counted(told.tied, "more pair is tied", "more pairs are tied");
        let _ = writeln!(text, "{pairs} by a responsibility, a coupling or one feature; --all shows them");
    }
    if told.pairs.is_empty() {
        return text;
    }
    let has_tie = told.pairs.iter().any(|pair| pair.tie.is_some());
    let rows: Vec<_> = told
        .pairs
        .iter()
        .map(|pair| {
            let [one, other] = &pair.names;
            let tie = match (&pair.tie, has_tie) {
                (Some(tie), _) => name_within(tie, WIDEST),
                (None, true) => "nothing".to_owned(),
                (None, false) => String::new(),
            };
            let row = [
                name_within(one, WIDEST),
                name_within(other, WIDEST),
                pair.shared.to_string(),
                pair.of[0].to_string(),
                pair.of[1].to_string(),
                percent(pair.confidence[0]),
                percent(pair.confidence[1]),
                percent(pair.degree),
                tie,
            ];
            let newest = pair.newest.first().filter(|_| pair.tie.is_none());
            (row, newest.map(|newest| bounded(&safe_line(newest), COMMIT)))
        })
        .collect();
    let tied_by = if has_tie { "tied by" } else { "" };
    let [forth, back] = [["one", "other"], ["other", "one"]].map(|ends| ends.join(style.arrow()));
    let head = ["one", "other", "both", "of one", "of other", &forth, &back, "degree", tied_by];
    text.push('\n');
    text += &columns(head, &[0, 1, 8], &rows, style);
    if told.more > 0 {
        text += &paint(&format!("... and {} more; --limit shows them\n", told.more), BOLD, style);
    }
    text
}

/// One line for each pair.
pub fn co_change_csv(told: &CoChangeTold<'_>) -> String {
    let mut text =
        "one,other,both,of_one,of_other,confidence,confidence_back,degree,lift,tied_by,newest\n".to_owned();
    for pair in &told.pairs {
        let [one, other] = pair.names.each_ref().map(|name| csv_cell(name));
        let tie = csv_cell(pair.tie.as_deref().unwrap_or_default());
        let newest = csv_cell(pair.newest.first().copied().unwrap_or_default());
        let [of_one, of_other] = pair.of;
        let [confidence, back] = pair.confidence;
        let _ = writeln!(
            text,
            "{one},{other},{},{of_one},{of_other},{confidence:.4},{back:.4},{:.4},{:.2},{tie},{newest}",
            pair.shared, pair.degree, pair.lift,
        );
    }
    text
}

/// A window of history, for a program.
#[derive(Serialize, JsonSchema)]
pub(super) struct WindowRecord<'a> {
    /// The day on which it begins.
    from: String,
    /// The day on which it ends.
    until: String,
    /// Commits in it.
    commits: usize,
    /// Those that count.
    counted: usize,
    /// Why the others do not.
    left_out: LeftOutRecord,
    /// How far back commits were to count.
    since: String,
    /// What a person should know about how far history could be read.
    notes: Vec<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct LeftOutRecord {
    /// They join others.
    merges: usize,
    /// They change too much.
    bulk: usize,
    /// They change how source looks.
    sweeps: usize,
    /// Programs wrote them.
    bots: usize,
    /// They change no unit.
    no_unit: usize,
    /// They can't be read.
    unread: usize,
}

impl<'a> WindowRecord<'a> {
    pub(super) fn new(history: &'a PastChanges, since: Period, counts_bots: bool) -> Self {
        let bots = if counts_bots { 0 } else { history.bots() };
        let left = history.left_out;
        Self {
            from: Date::of_seconds(history.from).to_string(),
            until: Date::of_seconds(history.until).to_string(),
            commits: history.read,
            counted: history.commits.len() - bots,
            left_out: LeftOutRecord {
                merges: left.merges,
                bulk: left.bulk,
                sweeps: left.sweeps,
                bots,
                no_unit: left.idle,
                unread: left.unread,
            },
            since: since.to_string(),
            notes: history.notes.iter().map(String::as_str).collect(),
        }
    }
}

/// What `co-change --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "What changes together, of watertight co-change", inline)]
struct Document<'a> {
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// What was asked about: `features` or `units`.
    level: &'static str,
    /// Which commits counted.
    window: WindowRecord<'a>,
    /// In how many commits both have to change.
    support: usize,
    /// In which share of those of the one that changes less, from 0 to 1.
    confidence: f64,
    /// The pairs, those that change together most first.
    pairs: Vec<PairRecord<'a>>,
    /// Pairs that nothing ties, and that are left out here.
    more: usize,
    /// Pairs that something ties, and that are left out here.
    tied: usize,
}

#[derive(Serialize, JsonSchema)]
struct PairRecord<'a> {
    one: &'a str,
    other: &'a str,
    /// In how many commits both change.
    both: usize,
    /// In how many the first changes.
    of_one: usize,
    /// In how many the other changes.
    of_other: usize,
    /// Of the commits of the first, the share that changes the other, from 0 to 1.
    confidence: f64,
    /// The same the other way round.
    confidence_back: f64,
    /// The commits of both, by the average of the commits of each.
    degree: f64,
    /// How much more often both change than they would by chance.
    lift: f64,
    /// What ties them: a responsibility, a coupling or one feature; `null` where nothing does.
    tied_by: Option<&'a str>,
    /// The newest of these commits.
    newest: &'a [&'a str],
}

/// The JSON Schema of what changes together.
pub fn co_change_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    to_json(&generator.into_root_schema_for::<Document<'_>>())
}

/// For a program.
pub fn co_change_json(told: &CoChangeTold<'_>) -> String {
    let rounded = |value: f64| (value * 10_000.0).round() / 10_000.0;
    let pairs = told.pairs.iter().map(|pair| PairRecord {
        one: &pair.names[0],
        other: &pair.names[1],
        both: pair.shared,
        of_one: pair.of[0],
        of_other: pair.of[1],
        confidence: rounded(pair.confidence[0]),
        confidence_back: rounded(pair.confidence[1]),
        degree: rounded(pair.degree),
        lift: rounded(pair.lift),
        tied_by: pair.tie.as_deref(),
        newest: &pair.newest,
    });
    let hundredths = u32::try_from(told.settings.confidence).unwrap_or(100);
    to_json(&Document {
        version: VERSION,
        level: told.level,
        window: WindowRecord::new(told.history, told.since, false),
        support: told.settings.support,
        confidence: f64::from(hundredths) / 100.0,
        pairs: pairs.collect(),
        more: told.more,
        tied: told.tied,
    })
}
