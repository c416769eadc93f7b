//! The numbers of a repository: for a person as tables, for programs as JSON, CSV and OpenMetrics.
//!
//! Source of the text format: the OpenMetrics specification 1.0, "Text Format".

mod budgets;
mod json;
mod table;

use std::fmt::Write as _;

use crate::Repository;
use crate::features::FeatureId;
use crate::graph::CouplingKind;
use crate::insight::{FeatureMetrics, Independence, Metrics, Ships, Totals};

use super::safe_line;
use super::words::enumerated;

pub use budgets::metrics_budgets;
pub(super) use json::{FeatureRecord, TotalsRecord, feature as feature_record, totals as totals_record};
pub use json::{metrics_json, metrics_schema};
pub use table::metrics;

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
        let of_all = TOTALS.iter().filter_map(|one| {
            let value = (one.value)(&self.metrics.totals)?;
            Some(Sample { name: one.name, help: one.help, labels: Vec::new(), value })
        });
        let mut samples: Vec<Sample> = of_all.collect();
        let mut add = |name: &'static str, help: &'static str, count: usize| {
            samples.push(Sample { name, help, labels: Vec::new(), value: exact(count) });
        };
        add("excepted_findings", "Findings that exceptions cover", self.excepted);
        add("baselined_findings", "Findings that the baseline holds", self.baselined);
        self.add_labelled(&mut samples);
        samples
    }

    fn add_labelled(&self, samples: &mut Vec<Sample>) {
        let Self { repository, metrics, .. } = *self;
        let kinds = CouplingKind::ALL.iter().map(|kind| Sample {
            name: "couplings",
            help: "Couplings from one feature to another",
            labels: vec![("kind", kind.word().to_owned())],
            value: exact(metrics.totals.couplings.get(kind).copied().unwrap_or_default()),
        });
        samples.extend(kinds);
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

/// A number of a whole repository, which means the same at another moment.
pub(super) struct Total {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) value: fn(&Totals) -> Option<f64>,
}

pub(super) const TOTALS: [Total; 20] = [
    Total {
        name: "features",
        help: "Features that have a unit in this repository",
        value: |all| Some(exact(all.features)),
    },
    Total { name: "units", help: "Units of this repository", value: |all| Some(exact(all.units)) },
    Total {
        name: "unassigned_units",
        help: "Units that nothing assigns",
        value: |all| Some(exact(all.unassigned)),
    },
    Total {
        name: "independence_ratio",
        help: "Share of all ordered pairs of features in which the first does not reach the second",
        value: |all| all.independence.map(Independence::share),
    },
    Total {
        name: "independence_unshared_ratio",
        help: "The same, leaving out pairs that share a responsibility",
        value: |all| all.independence_unshared.map(Independence::share),
    },
    Total {
        name: "feature_pairs",
        help: "Ordered pairs of features",
        value: |all| all.independence.map(|pairs| exact(pairs.pairs)),
    },
    Total {
        name: "independent_feature_pairs",
        help: "Ordered pairs of features in which the first does not reach the second",
        value: |all| all.independence.map(|pairs| exact(pairs.independent)),
    },
    Total {
        name: "feature_couplings",
        help: "Couplings from one feature to another, of every kind",
        value: |all| Some(exact(all.coupled())),
    },
    Total {
        name: "propagation_cost_ratio",
        help: "Share of all units that one of them reaches on average",
        value: |all| all.propagation.cost(),
    },
    Total {
        name: "component_dependency",
        help: "Units that each unit needs, itself included, summed up (CCD)",
        value: |all| Some(exact(all.propagation.reached)),
    },
    Total {
        name: "average_component_dependency",
        help: "Units that a unit needs on average, itself included (ACD)",
        value: |all| all.propagation.average(),
    },
    Total {
        name: "normalized_component_dependency",
        help: "CCD divided by that of a balanced binary tree of as many units (NCCD)",
        value: |all| all.propagation.normalized(),
    },
    Total { name: "feature_cycles", help: "Circles of features", value: |all| Some(exact(all.cycles)) },
    Total {
        name: "largest_feature_cycle",
        help: "Features in the largest circle",
        value: |all| Some(exact(all.largest_cycle)),
    },
    Total {
        name: "deployables",
        help: "Deployables that no other one packs",
        value: |all| Some(exact(all.affected.deployables)),
    },
    Total {
        name: "affected_deployables_median",
        help: "Deployables that a change to the unit in the middle affects",
        value: |all| all.affected.median.map(exact),
    },
    Total {
        name: "affected_deployables_worst",
        help: "Deployables that a change to the worst unit affects",
        value: |all| all.affected.worst.map(exact),
    },
    Total {
        name: "features_deployed_alone",
        help: "Features that can be deployed alone",
        value: |all| Some(exact(all.alone)),
    },
    Total {
        name: "features_deployed_together",
        help: "Features that ship something, and can't be deployed alone",
        value: |all| Some(exact(all.together)),
    },
    Total {
        name: "features_not_deployed",
        help: "Features that ship nothing of their own",
        value: |all| Some(exact(all.nothing)),
    },
];

/// A number that each feature has.
struct OfFeature {
    name: &'static str,
    help: &'static str,
    value: fn(&FeatureMetrics) -> Option<f64>,
}

const OF_FEATURE: [OfFeature; 10] = [
    OfFeature {
        name: "feature_units",
        help: "Units of a feature",
        value: |one| Some(exact(one.numbers.units)),
    },
    OfFeature {
        name: "feature_reaches",
        help: "Other features that its units reach",
        value: |one| Some(exact(one.numbers.reaches)),
    },
    OfFeature {
        name: "feature_reached_by",
        help: "Other features whose units reach it",
        value: |one| Some(exact(one.numbers.reached_by)),
    },
    OfFeature {
        name: "feature_fan_out",
        help: "Other features that it is coupled to directly",
        value: |one| Some(exact(one.numbers.fan_out)),
    },
    OfFeature {
        name: "feature_fan_in",
        help: "Other features that are coupled to it directly",
        value: |one| Some(exact(one.numbers.fan_in)),
    },
    OfFeature {
        name: "feature_afferent_units",
        help: "Units outside of it that need one of its own (Ca)",
        value: |one| Some(exact(one.numbers.afferent)),
    },
    OfFeature {
        name: "feature_efferent_units",
        help: "Units of its own that need one outside of it (Ce)",
        value: |one| Some(exact(one.numbers.efferent)),
    },
    OfFeature {
        name: "feature_instability_ratio",
        help: "Ce / (Ca + Ce)",
        value: |one| one.numbers.instability(),
    },
    OfFeature {
        name: "feature_affected_deployables",
        help: "Deployables that a change to one of its units affects at most",
        value: |one| Some(exact(one.numbers.affects)),
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

/// Counts are far below what a floating point number holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(super) fn exact(count: usize) -> f64 {
    count as f64
}

/// A number as short as it can be told, with no more than six places.
pub(super) fn number(value: f64) -> String {
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
    let mut text = "metric,feature,to,kind,responsibility,value\n".to_owned();
    for sample in measured.samples() {
        let label = |wanted: &[&str]| {
            let found = sample.labels.iter().find(|(name, _)| wanted.contains(name));
            super::csv_cell(found.map_or("", |(_, value)| value))
        };
        let of = label(&["feature", "from"]);
        let responsibility = label(&["responsibility"]);
        let kind = label(&["kind"]);
        let _ = writeln!(
            text,
            "{},{of},{},{kind},{responsibility},{}",
            sample.name,
            label(&["to"]),
            number(sample.value)
        );
    }
    text
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
