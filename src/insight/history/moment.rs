//! What is measured of one moment, told by names, so that another moment can be held against it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::features::{FeatureId, FeatureMap};
use crate::graph::{CouplingGraph, CouplingKind};
use crate::text::Span;

use super::super::metrics::{FeatureMetrics, FeatureNumbers, Totals, metrics};
use super::super::shipping::Ships;

/// What is measured of one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moment {
    /// The numbers of the whole.
    pub totals: Totals,
    /// The numbers of each feature, sorted by name.
    pub features: Vec<FeatureMoment>,
    /// The couplings from one feature to another, sorted.
    pub edges: Arc<Vec<Edge>>,
    /// How many inputs could not be read.
    pub problems: usize,
    /// How many entries the baseline of that moment had; `None` without one.
    pub baseline: Option<usize>,
}

/// What is measured of a feature at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureMoment {
    /// Its name.
    pub name: String,
    /// Its numbers.
    pub numbers: FeatureNumbers,
    /// Whether it could be deployed alone; `None` where it shipped nothing of its own.
    pub is_alone: Option<bool>,
}

impl FeatureMoment {
    /// Takes what is measured of a feature, with its name.
    pub fn new(one: &FeatureMetrics, map: &FeatureMap) -> Self {
        Self {
            name: map.feature(one.feature).name.clone(),
            numbers: one.numbers,
            is_alone: match one.shipping.ships() {
                Ships::Nothing => None,
                ships => Some(ships == Ships::Alone),
            },
        }
    }
}

/// A coupling from a unit of one feature to a unit of another.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The features.
    pub features: [Arc<str>; 2],
    /// The units, by their identity.
    pub units: [Arc<str>; 2],
    /// In which way the first needs the second.
    pub kind: CouplingKind,
    /// The file that says so, and the bytes of it.
    pub line: Option<(Arc<str>, Span)>,
}

/// Names that many moments have in common, kept once.
#[derive(Debug, Default)]
pub struct Names(HashSet<Arc<str>>);

impl Names {
    fn kept(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}

impl Edge {
    /// What makes it the same at another moment: not its line.
    pub fn key(&self) -> (&[Arc<str>; 2], &[Arc<str>; 2], CouplingKind) {
        (&self.features, &self.units, self.kind)
    }
}

impl PartialEq for Edge {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

/// Measures a graph.
pub fn moment(graph: &CouplingGraph, map: &FeatureMap, problems: usize, names: &mut Names) -> Moment {
    let measured = metrics(graph, map);
    let mut features: Vec<FeatureMoment> =
        measured.by_feature.iter().map(|one| FeatureMoment::new(one, map)).collect();
    features.sort_by(|one, other| one.name.cmp(&other.name));
    let is_own = |feature: FeatureId| !map.feature(feature).is_external;
    let mut edges = Vec::new();
    for (id, coupling) in graph.couplings() {
        let ends = map.feature_of(coupling.from).zip(map.feature_of(coupling.to));
        if let (Some((from, to)), Some(kind)) = (ends, map.kind(graph, id))
            && from != to
            && is_own(from)
            && is_own(to)
        {
            edges.push(Edge {
                features: [from, to].map(|feature| names.kept(&map.feature(feature).name)),
                units: [coupling.from, coupling.to].map(|unit| names.kept(&graph.unit(unit).identity())),
                kind,
                line: coupling.evidence.first().map(|place| (names.kept(place.path.as_str()), place.span)),
            });
        }
    }
    edges.sort_by(|one, other| one.key().cmp(&other.key()));
    // Two platforms, or two lines, are one coupling.
    edges.dedup();
    Moment { totals: measured.totals, features, edges: Arc::new(edges), problems, baseline: None }
}
