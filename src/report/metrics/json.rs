//! Numbers as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::graph::CouplingKind;
use crate::insight::{AffectedDeployables as Affected, FeatureMoment, Independence, Totals};

use super::super::pretty::to_json;
use super::Measured;

/// The version of the JSON document.
const VERSION: u32 = 1;

/// What `metrics --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Numbers of watertight metrics", inline)]
struct MetricsRecord<'a> {
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    #[serde(flatten)]
    totals: TotalsRecord,
    /// The unit whose change affects the most deployables.
    worst_unit: Option<String>,
    accepted: AcceptedRecord,
    /// How many features name each responsibility.
    responsibilities: Vec<ResponsibilityRecord<'a>>,
    /// Each feature that has a unit.
    by_feature: Vec<ShippedRecord<'a>>,
    /// Ordered pairs of features that are coupled directly.
    pairs: Vec<PairRecord<'a>>,
}

/// The numbers of a whole repository.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct TotalsRecord {
    /// Features that have a unit.
    features: usize,
    units: usize,
    /// Units that nothing assigns.
    unassigned: usize,
    /// `null` below two features.
    independence: Option<IndependenceRecord>,
    /// Leaving out pairs of features that share a responsibility.
    independence_unshared: Option<IndependenceRecord>,
    /// Couplings from one feature to another, by kind; kinds without any are left out.
    couplings: BTreeMap<&'static str, usize>,
    propagation: PropagationRecord,
    /// Circles of features.
    cycles: usize,
    /// Features in the largest circle.
    largest_cycle: usize,
    affected: AffectedRecord,
    deploys: DeploysRecord,
}

#[derive(Serialize, JsonSchema)]
struct IndependenceRecord {
    /// Ordered pairs of features in which the first does not reach the second.
    independent: usize,
    /// All ordered pairs of features.
    pairs: usize,
    /// From 0 to 1.
    share: f64,
}

#[derive(Serialize, JsonSchema)]
struct PropagationRecord {
    /// How many units are counted.
    units: usize,
    /// Cumulative component dependency.
    ccd: usize,
    /// Propagation cost, from 0 to 1: `ccd` divided by the square of `units`.
    cost: Option<f64>,
    /// Average component dependency.
    acd: Option<f64>,
    /// Normalized cumulative component dependency.
    nccd: Option<f64>,
}

/// How many deployables a change to one unit affects.
#[derive(Serialize, JsonSchema)]
struct AffectedRecord {
    /// Deployables that no other one packs.
    deployables: usize,
    median: Option<usize>,
    worst: Option<usize>,
}

/// How many features can be deployed alone, how many can't, and how many deploy nothing.
#[derive(Serialize, JsonSchema)]
struct DeploysRecord {
    alone: usize,
    together: usize,
    nothing: usize,
}

#[derive(Serialize, JsonSchema)]
struct AcceptedRecord {
    /// Findings that exceptions cover.
    excepted: usize,
    /// Findings that the baseline holds.
    baselined: usize,
}

#[derive(Serialize, JsonSchema)]
struct ResponsibilityRecord<'a> {
    name: &'a str,
    features: usize,
}

#[derive(Serialize, JsonSchema)]
struct ShippedRecord<'a> {
    #[serde(flatten)]
    numbers: FeatureRecord,
    /// What stands in the way of deploying it alone.
    because: Vec<String>,
    owner: Option<&'a str>,
}

/// The numbers of a feature.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct FeatureRecord {
    name: String,
    units: usize,
    /// Other features that its units reach.
    reaches: usize,
    /// Other features whose units reach it.
    reached_by: usize,
    /// Other features that it is coupled to directly.
    fan_out: usize,
    /// Other features that are coupled to it directly.
    fan_in: usize,
    /// Afferent couplings: units outside of it that need one of its own.
    afferent: usize,
    /// Efferent couplings: units of its own that need one outside of it.
    efferent: usize,
    /// From 0 to 1; `null` without couplings.
    instability: Option<f64>,
    /// Deployables that a change to one of its units affects at most.
    affects: usize,
    /// `null` where it deploys nothing.
    deploys_alone: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct PairRecord<'a> {
    from: &'a str,
    to: &'a str,
    /// Couplings by kind.
    couplings: BTreeMap<&'static str, usize>,
}

fn kinds(of: &BTreeMap<CouplingKind, usize>) -> BTreeMap<&'static str, usize> {
    of.iter().map(|(kind, count)| (kind.word(), *count)).collect()
}

pub(in crate::report) fn totals(all: &Totals) -> TotalsRecord {
    let independence = |one: Option<Independence>| {
        one.map(|one| IndependenceRecord {
            independent: one.independent,
            pairs: one.pairs,
            share: one.share(),
        })
    };
    let Affected { deployables, median, worst } = all.affected;
    TotalsRecord {
        features: all.features,
        units: all.units,
        unassigned: all.unassigned,
        independence: independence(all.independence),
        independence_unshared: independence(all.independence_unshared),
        couplings: kinds(&all.couplings),
        propagation: PropagationRecord {
            units: all.propagation.units,
            ccd: all.propagation.reached,
            cost: all.propagation.cost(),
            acd: all.propagation.average(),
            nccd: all.propagation.normalized(),
        },
        cycles: all.cycles,
        largest_cycle: all.largest_cycle,
        affected: AffectedRecord { deployables, median, worst },
        deploys: DeploysRecord { alone: all.alone, together: all.together, nothing: all.nothing },
    }
}

pub(in crate::report) fn feature(one: &FeatureMoment) -> FeatureRecord {
    let numbers = one.numbers;
    FeatureRecord {
        name: one.name.clone(),
        units: numbers.units,
        reaches: numbers.reaches,
        reached_by: numbers.reached_by,
        fan_out: numbers.fan_out,
        fan_in: numbers.fan_in,
        afferent: numbers.afferent,
        efferent: numbers.efferent,
        instability: numbers.instability(),
        affects: numbers.affects,
        deploys_alone: one.is_alone,
    }
}

/// The JSON Schema of the numbers.
pub fn metrics_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    to_json(&generator.into_root_schema_for::<MetricsRecord<'_>>())
}

/// For a program.
pub fn metrics_json(measured: &Measured<'_>) -> String {
    let Measured { repository, metrics, excepted, baselined } = *measured;
    let map = &repository.map;
    let by_feature = metrics.by_feature.iter().map(|one| ShippedRecord {
        numbers: feature(&FeatureMoment::new(one, map)),
        because: measured.because(one),
        owner: map.feature(one.feature).owner.as_deref(),
    });
    let named = metrics.responsibilities.iter();
    let pairs = metrics.pairs.iter().map(|((from, to), of)| PairRecord {
        from: measured.feature(*from),
        to: measured.feature(*to),
        couplings: kinds(of),
    });
    to_json(&MetricsRecord {
        version: VERSION,
        totals: totals(&metrics.totals),
        worst_unit: metrics.worst.map(|unit| repository.linked.graph.unit(unit).identity()),
        accepted: AcceptedRecord { excepted, baselined },
        responsibilities: named
            .map(|(id, features)| ResponsibilityRecord {
                name: &map.responsibility(*id).name,
                features: *features,
            })
            .collect(),
        by_feature: by_feature.collect(),
        pairs: pairs.collect(),
    })
}
