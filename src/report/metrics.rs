//! The numbers of a repository: for a person as tables, for programs as JSON, CSV and OpenMetrics.
//!
//! Source of the text format: the OpenMetrics specification 1.0, "Text Format".

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::Repository;
use crate::features::FeatureId;
use crate::graph::CouplingKind;
use crate::insight::{FeatureMetrics, Independence, Metrics, Ships};

use super::paint::{BOLD, DIM, paint};
use super::pretty::to_json;
use super::words::{enumerated, measured};
use super::{Style, columns, counted, safe_line};

/// The version of the JSON document.
const VERSION: u32 = 1;

/// How many responsibilities stand in one line.
const NAMED: usize = 6;

/// What is measured, and what is accepted beside.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'m> {
    /// Whose numbers they are.
    pub repository: &'m Repository,
    /// The numbers.
    pub metrics: &'m Metrics,
    /// Findings that exceptions cover.
    pub excepted: usize,
    /// Findings that the baseline holds.
    pub baselined: usize,
}

/// One number.
struct Sample {
    /// Its name, as other systems know it, without the prefix.
    name: &'static str,
    /// What it is, in a sentence without a full stop.
    help: &'static str,
    /// What it is of.
    labels: Vec<(&'static str, String)>,
    value: f64,
}

impl Measured<'_> {
    fn feature(&self, id: FeatureId) -> &str {
        &self.repository.map.feature(id).name
    }

    /// Every number, those of one name together.
    fn samples(&self) -> Vec<Sample> {
        let Self { metrics, .. } = *self;
        let mut samples = Vec::new();
        let mut add = |name: &'static str, help: &'static str, value: Option<f64>| {
            samples.extend(value.map(|value| Sample { name, help, labels: Vec::new(), value }));
        };
        let share = |independence: Option<Independence>| independence.map(share_of);
        add("features", "Features that have a unit in this repository", Some(exact(metrics.features)));
        add("units", "Units of this repository", Some(exact(metrics.units)));
        add(
            "independence_ratio",
            "Share of all ordered pairs of features in which the first does not reach the second",
            share(metrics.independence),
        );
        add(
            "independence_unshared_ratio",
            "The same, leaving out pairs that share a responsibility",
            share(metrics.independence_unshared),
        );
        let pairs = metrics.independence;
        add("feature_pairs", "Ordered pairs of features", pairs.map(|pairs| exact(pairs.pairs)));
        add(
            "independent_feature_pairs",
            "Ordered pairs of features in which the first does not reach the second",
            pairs.map(|pairs| exact(pairs.independent)),
        );
        add(
            "propagation_cost_ratio",
            "Share of all units that one of them reaches on average",
            metrics.propagation.cost(),
        );
        add(
            "component_dependency",
            "Units that each unit needs, itself included, summed up (CCD)",
            Some(exact(metrics.propagation.reached)),
        );
        add(
            "average_component_dependency",
            "Units that a unit needs on average, itself included (ACD)",
            metrics.propagation.average(),
        );
        add(
            "normalized_component_dependency",
            "CCD divided by that of a balanced binary tree of as many units (NCCD)",
            metrics.propagation.normalized(),
        );
        add("feature_cycles", "Circles of features", Some(exact(metrics.cycles)));
        add("largest_feature_cycle", "Features in the largest circle", Some(exact(metrics.largest_cycle)));
        add("deployables", "Deployables that no other one packs", Some(exact(metrics.affected.deployables)));
        add(
            "affected_deployables_median",
            "Deployables that a change to the unit in the middle affects",
            metrics.affected.median.map(exact),
        );
        add(
            "affected_deployables_worst",
            "Deployables that a change to the worst unit affects",
            metrics.affected.worst.map(|(_, count)| exact(count)),
        );
        add("excepted_findings", "Findings that exceptions cover", Some(exact(self.excepted)));
        add("baselined_findings", "Findings that the baseline holds", Some(exact(self.baselined)));
        self.add_labelled(&mut samples);
        samples
    }

    fn add_labelled(&self, samples: &mut Vec<Sample>) {
        let Self { repository, metrics, .. } = *self;
        let kinds = CouplingKind::ALL.iter().map(|kind| Sample {
            name: "couplings",
            help: "Couplings from one feature to another",
            labels: vec![("kind", kind.word().to_owned())],
            value: exact(metrics.couplings.get(kind).copied().unwrap_or_default()),
        });
        samples.extend(kinds);
        let ships = [("alone", metrics.alone), ("together", metrics.together), ("nothing", metrics.nothing)];
        samples.extend(ships.map(|(word, count)| Sample {
            name: "features_by_deployment",
            help: "Features that can be deployed alone, that can't, and that deploy nothing",
            labels: vec![("deploys", word.to_owned())],
            value: exact(count),
        }));
        samples.extend(metrics.responsibilities.iter().map(|(responsibility, count)| Sample {
            name: "responsibility_features",
            help: "Features that name a responsibility",
            labels: vec![("responsibility", repository.map.responsibility(*responsibility).name.clone())],
            value: exact(*count),
        }));
        for number in OF_FEATURE {
            samples.extend(metrics.by_feature.iter().filter_map(|feature| {
                Some(Sample {
                    name: number.name,
                    help: number.help,
                    labels: vec![("feature", self.feature(feature.feature).to_owned())],
                    value: (number.value)(feature)?,
                })
            }));
        }
        for ((from, to), kinds) in &metrics.pairs {
            samples.extend(kinds.iter().map(|(kind, count)| Sample {
                name: "feature_pair_couplings",
                help: "Couplings from the one feature to the other",
                labels: vec![
                    ("from", self.feature(*from).to_owned()),
                    ("to", self.feature(*to).to_owned()),
                    ("kind", kind.word().to_owned()),
                ],
                value: exact(*count),
            }));
        }
    }
}

/// A number that each feature has.
struct OfFeature {
    name: &'static str,
    help: &'static str,
    value: fn(&FeatureMetrics) -> Option<f64>,
}

const OF_FEATURE: [OfFeature; 10] = [
    OfFeature { name: "feature_units", help: "Units of a feature", value: |one| Some(exact(one.units)) },
    OfFeature {
        name: "feature_reaches",
        help: "Other features that its units reach",
        value: |one| Some(exact(one.reaches)),
    },
    OfFeature {
        name: "feature_reached_by",
        help: "Other features whose units reach it",
        value: |one| Some(exact(one.reached_by)),
    },
    OfFeature {
        name: "feature_fan_out",
        help: "Other features that it is coupled to directly",
        value: |one| Some(exact(one.fan_out)),
    },
    OfFeature {
        name: "feature_fan_in",
        help: "Other features that are coupled to it directly",
        value: |one| Some(exact(one.fan_in)),
    },
    OfFeature {
        name: "feature_afferent_units",
        help: "Units outside of it that need one of its own (Ca)",
        value: |one| Some(exact(one.afferent)),
    },
    OfFeature {
        name: "feature_efferent_units",
        help: "Units of its own that need one outside of it (Ce)",
        value: |one| Some(exact(one.efferent)),
    },
    OfFeature {
        name: "feature_instability_ratio",
        help: "Ce / (Ca + Ce)",
        value: FeatureMetrics::instability,
    },
    OfFeature {
        name: "feature_affected_deployables",
        help: "Deployables that a change to one of its units affects at most",
        value: |one| Some(exact(one.affects)),
    },
    OfFeature {
        name: "feature_deploys_alone",
        help: "1 if it can be deployed alone, 0 if not; left out where it deploys nothing",
        value: |one| match one.shipping.ships() {
            Ships::Alone => Some(1.0),
            Ships::Together => Some(0.0),
            Ships::Nothing => None,
        },
    },
];

fn share_of(independence: Independence) -> f64 {
    exact(independence.independent) / exact(independence.pairs.max(1))
}

/// Counts are far below what a floating point number holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn exact(count: usize) -> f64 {
    count as f64
}

/// A number as short as it can be told, with no more than six places.
fn number(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// For a system that collects metrics: a file for a textfile collector, or the body of a push.
pub fn metrics_openmetrics(measured: &Measured<'_>) -> String {
    let mut text = String::new();
    let mut last = "";
    for sample in measured.samples() {
        let Sample { name, help, labels, value } = sample;
        if name != last {
            last = name;
            let _ = writeln!(text, "# HELP watertight_{name} {help}.\n# TYPE watertight_{name} gauge");
        }
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(text, "watertight_{name}{labels} {}", number(value));
    }
    text + "# EOF\n"
}

/// The value of a label: as the format escapes it, and with nothing that controls a terminal.
fn escaped(value: &str) -> String {
    safe_line(value).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// One line for each number: its name, what it is of, and the value.
pub fn metrics_csv(measured: &Measured<'_>) -> String {
    let mut text = "metric,feature,to,kind,value\n".to_owned();
    for sample in measured.samples() {
        let label = |wanted: &[&str]| {
            let found = sample.labels.iter().find(|(name, _)| wanted.contains(name));
            super::csv_cell(found.map_or("", |(_, value)| value))
        };
        let of = label(&["feature", "from", "responsibility"]);
        let kind = label(&["kind", "deploys"]);
        let _ = writeln!(text, "{},{of},{},{kind},{}", sample.name, label(&["to"]), number(sample.value));
    }
    text
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Metrics")]
pub(super) struct MetricsDocument<'a> {
    version: u32,
    features: usize,
    units: usize,
    independence: Option<IndependenceRecord>,
    /// Leaving out pairs of features that share a responsibility.
    independence_unshared: Option<IndependenceRecord>,
    /// Couplings from one feature to another, by kind.
    couplings: Vec<KindRecord>,
    propagation: PropagationRecord,
    cycles: usize,
    largest_cycle: usize,
    affected: AffectedRecord<'a>,
    deploys: DeploysRecord,
    accepted: AcceptedRecord,
    /// How many features name each responsibility.
    responsibilities: Vec<ResponsibilityRecord<'a>>,
    by_feature: Vec<FeatureRecord<'a>>,
    /// Ordered pairs of features that are coupled directly.
    pairs: Vec<PairRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct IndependenceRecord {
    independent: usize,
    pairs: usize,
    /// From 0 to 1.
    share: f64,
}

#[derive(Serialize, JsonSchema)]
struct KindRecord {
    kind: &'static str,
    count: usize,
}

#[derive(Serialize, JsonSchema)]
struct PropagationRecord {
    /// How many units are counted.
    units: usize,
    /// Cumulative component dependency.
    ccd: usize,
    /// Propagation cost, from 0 to 1; `ccd` divided by the square of `units`.
    cost: Option<f64>,
    /// Average component dependency.
    acd: Option<f64>,
    /// Normalized cumulative component dependency.
    nccd: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct AffectedRecord<'a> {
    /// Deployables that no other one packs.
    deployables: usize,
    median: Option<usize>,
    worst: Option<WorstRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct WorstRecord<'a> {
    unit: &'a str,
    kind: &'static str,
    deployables: usize,
}

#[derive(Serialize, JsonSchema)]
struct DeploysRecord {
    alone: usize,
    together: usize,
    nothing: usize,
}

#[derive(Serialize, JsonSchema)]
struct AcceptedRecord {
    /// By exceptions.
    excepted: usize,
    /// By the baseline.
    baselined: usize,
}

#[derive(Serialize, JsonSchema)]
struct ResponsibilityRecord<'a> {
    name: &'a str,
    features: usize,
}

#[derive(Serialize, JsonSchema)]
struct FeatureRecord<'a> {
    name: &'a str,
    units: usize,
    reaches: usize,
    reached_by: usize,
    fan_out: usize,
    fan_in: usize,
    /// Afferent couplings: units outside of it that need one of its own.
    afferent: usize,
    /// Efferent couplings: units of its own that need one outside of it.
    efferent: usize,
    /// From 0 to 1; none without couplings.
    instability: Option<f64>,
    /// Deployables that a change to one of its units affects at most.
    affects: usize,
    /// None where it deploys nothing.
    deploys_alone: Option<bool>,
    /// What stands in the way of deploying it alone.
    because: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct PairRecord<'a> {
    from: &'a str,
    to: &'a str,
    couplings: Vec<KindRecord>,
}

/// For a program.
pub fn metrics_json(measured: &Measured<'_>) -> String {
    let Measured { repository, metrics, excepted, baselined } = *measured;
    let graph = &repository.linked.graph;
    let independence = |one: Option<Independence>| {
        one.map(|one| IndependenceRecord {
            independent: one.independent,
            pairs: one.pairs,
            share: share_of(one),
        })
    };
    let kinds = |of: &BTreeMap<CouplingKind, usize>| {
        of.iter().map(|(kind, count)| KindRecord { kind: kind.word(), count: *count }).collect()
    };
    let by_feature = metrics.by_feature.iter().map(|one| FeatureRecord {
        name: measured.feature(one.feature),
        units: one.units,
        reaches: one.reaches,
        reached_by: one.reached_by,
        fan_out: one.fan_out,
        fan_in: one.fan_in,
        afferent: one.afferent,
        efferent: one.efferent,
        instability: one.instability(),
        affects: one.affects,
        deploys_alone: match one.shipping.ships() {
            Ships::Nothing => None,
            ships => Some(ships == Ships::Alone),
        },
        because: measured.because(one),
    });
    let worst = metrics.affected.worst.map(|(unit, deployables)| WorstRecord {
        unit: &graph.unit(unit).name,
        kind: graph.unit(unit).kind.word(),
        deployables,
    });
    let propagation = metrics.propagation;
    to_json(&MetricsDocument {
        version: VERSION,
        features: metrics.features,
        units: metrics.units,
        independence: independence(metrics.independence),
        independence_unshared: independence(metrics.independence_unshared),
        couplings: kinds(&metrics.couplings),
        propagation: PropagationRecord {
            units: propagation.units,
            ccd: propagation.reached,
            cost: propagation.cost(),
            acd: propagation.average(),
            nccd: propagation.normalized(),
        },
        cycles: metrics.cycles,
        largest_cycle: metrics.largest_cycle,
        affected: AffectedRecord {
            deployables: metrics.affected.deployables,
            median: metrics.affected.median,
            worst,
        },
        deploys: DeploysRecord { alone: metrics.alone, together: metrics.together, nothing: metrics.nothing },
        accepted: AcceptedRecord { excepted, baselined },
        responsibilities: metrics
            .responsibilities
            .iter()
            .map(|(id, features)| ResponsibilityRecord {
                name: &repository.map.responsibility(*id).name,
                features: *features,
            })
            .collect(),
        by_feature: by_feature.collect(),
        pairs: metrics
            .pairs
            .iter()
            .map(|((from, to), of)| PairRecord {
                from: measured.feature(*from),
                to: measured.feature(*to),
                couplings: kinds(of),
            })
            .collect(),
    })
}

impl Measured<'_> {
    /// What stands in the way of deploying a feature alone.
    fn because(&self, one: &FeatureMetrics) -> Vec<String> {
        let shipping = &one.shipping;
        let names = |features: &[FeatureId]| {
            let names: Vec<String> = features.iter().map(|one| self.feature(*one).to_owned()).collect();
            enumerated(&names, NAMED)
        };
        let mut because = Vec::new();
        if shipping.ships() == Ships::Nothing {
            return because;
        }
        if !shipping.reaches.is_empty() {
            because.push(format!("reaches {}", names(&shipping.reaches)));
        }
        for (deployable, features) in &shipping.packed_with {
            let deployable = self.repository.linked.graph.unit(*deployable).shown();
            because.push(format!("`{deployable}` packs it together with {}", names(features)));
        }
        because
    }
}

/// For a person: the repository, and then each feature, those that stand in the way of most first.
pub fn metrics(measured: &Measured<'_>, style: Style) -> String {
    let Measured { repository, metrics, excepted, baselined } = *measured;
    let mut text = String::new();
    let mut line = |name: &str, value: String, about: &str| {
        let about = if about.is_empty() { String::new() } else { format!("  {}", paint(about, DIM, style)) };
        text += &format!("{}{}{about}\n", paint(&format!("{name:<19}"), BOLD, style), safe_line(&value));
    };
    match metrics.independence {
        Some(independence) => line("independence", measured_of(independence), ""),
        None => line("independence", "undefined below two features".to_owned(), ""),
    }
    if let Some(unshared) = metrics.independence_unshared.filter(|one| Some(*one) != metrics.independence) {
        line("  nothing shared", measured_of(unshared), "pairs without a common responsibility");
    }
    let total: usize = metrics.couplings.values().sum();
    let kinds = metrics.couplings.iter().map(|(kind, count)| format!("{count} {}", kind.word()));
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    let kinds = if kinds.is_empty() { String::new() } else { format!(": {kinds}") };
    line("between features", format!("{}{kinds}", counted(total, "coupling", "couplings")), "");
    let propagation = metrics.propagation;
    if let (Some(cost), Some(average)) = (propagation.cost(), propagation.average()) {
        let about = format!("a unit needs {} of {} on average", number_of(average, 1), propagation.units);
        line("propagation cost", format!("{} %", number_of(cost * 100.0, 1)), &about);
    }
    if let Some(normalized) = propagation.normalized() {
        let ccd = format!("{} (CCD {})", number_of(normalized, 2), propagation.reached);
        line("NCCD", ccd, "1 is a balanced tree; more is more entangled");
    }
    let circles = match metrics.cycles {
        0 => "none".to_owned(),
        count => format!("{count}, the largest of {} features", metrics.largest_cycle),
    };
    line("circles", circles, "");
    let affected = &metrics.affected;
    if let (Some(median), Some((unit, worst))) = (affected.median, affected.worst) {
        let unit = repository.linked.graph.unit(unit).shown();
        let value = format!("{median} of {} deployables, at worst {worst}", affected.deployables);
        line("a change affects", value, &format!("the worst is `{}`", safe_line(&unit)));
    }
    let ships = format!(
        "{} of {}",
        metrics.alone,
        counted(metrics.alone + metrics.together, "feature that ships", "features that ship")
    );
    let nothing = match metrics.nothing {
        0 => String::new(),
        1 => "1 ships nothing of its own".to_owned(),
        count => format!("{count} ship nothing of their own"),
    };
    line("deploys alone", ships, &nothing);
    line("accepted", format!("{excepted} by exceptions, {baselined} in the baseline"), "");
    let named = metrics.responsibilities.iter().map(|(id, features)| {
        let features = counted(*features, "feature", "features");
        format!("{} ({features})", repository.map.responsibility(*id).name)
    });
    let named: Vec<String> = named.collect();
    if !named.is_empty() {
        line("responsibilities", enumerated(&named, NAMED), "");
    }
    if metrics.by_feature.is_empty() {
        return text;
    }
    text.push('\n');
    text + &table(measured, style)
}

/// "10 of 20 (50 %)".
fn measured_of(independence: Independence) -> String {
    measured(independence)
}

fn number_of(value: f64, places: usize) -> String {
    format!("{value:.places$}")
}

/// Each feature, those first that most others need.
fn table(measured: &Measured<'_>, style: Style) -> String {
    let metrics = measured.metrics;
    let mut features: Vec<&FeatureMetrics> = metrics.by_feature.iter().collect();
    features.sort_by_key(|one| {
        (std::cmp::Reverse(one.reached_by), std::cmp::Reverse(one.fan_in), measured.feature(one.feature))
    });
    let head =
        ["feature", "units", "reaches", "reached by", "fan-out", "fan-in", "instability", "affects", "alone"];
    let rows: Vec<_> = features
        .iter()
        .map(|one| {
            let instability = one.instability().map_or("-".to_owned(), |value| number_of(value, 2));
            let alone = match one.shipping.ships() {
                Ships::Alone => "yes",
                Ships::Together => "no",
                Ships::Nothing => "-",
            };
            let row = [
                columns::name(measured.feature(one.feature)),
                one.units.to_string(),
                one.reaches.to_string(),
                one.reached_by.to_string(),
                one.fan_out.to_string(),
                one.fan_in.to_string(),
                instability,
                one.affects.to_string(),
                alone.to_owned(),
            ];
            (row, None)
        })
        .collect();
    columns::columns(head, &[0], &rows, style)
}
