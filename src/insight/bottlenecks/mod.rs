//! What holds up the way to a deployment: how often each unit changes, times what has to be done again for it.

mod remedy;
mod timings;

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{BUILT_WITH, FeatureId, FeatureMap};
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId, UnitKind};

use super::changes::{CountedCommit, PastChanges, Touch};
use super::metrics::{Closure, affected};

pub use remedy::Remedy;
pub use timings::{Timings, read_timings};

/// A unit, and what its changes cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Bottleneck {
    /// The unit.
    pub unit: UnitId,
    /// Commits that change more of it than its tests, those of programs included.
    pub changes: usize,
    /// How many of them lie in the later half of the window.
    pub recent: usize,
    /// What one change makes to be done again.
    pub again: Again,
    /// What the changes of a month cost: work, or seconds where it is known how long builds take.
    pub cost: f64,
    /// The share of all that all changes cost, from 0 to 1.
    pub share: f64,
    /// What could be done about it, where anything speaks for it.
    pub remedy: Option<Remedy>,
}

/// What a change makes to be done again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Again {
    /// Packages that are built again, itself included.
    pub builds: usize,
    /// Packages whose tests run again.
    pub tests: usize,
    /// Deployables that are deployed again.
    pub deploys: usize,
    /// How long the builds take, in seconds, as far as that is known.
    pub seconds: Option<f64>,
    /// The other features that wait for that, in order.
    pub waiting: Vec<FeatureId>,
}

/// A feature, and what the changes of its units cost.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureBottleneck {
    /// The feature; `None` for all that belongs to none.
    pub feature: Option<FeatureId>,
    /// Commits that change one of its units or more.
    pub changes: usize,
    /// How many of them lie in the later half of the window.
    pub recent: usize,
    /// Other features that wait for any of its units.
    pub waiting: Vec<FeatureId>,
    /// What the changes of its units cost in a month.
    pub cost: f64,
    /// The share of all that all changes cost, from 0 to 1.
    pub share: f64,
    /// Its unit whose changes cost the most.
    pub worst: UnitId,
}

/// Counts are far below what a floating point number holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of commits and units are far below 2^53")]
pub(super) fn exact(count: usize) -> f64 {
    count as f64
}

/// Whether a touch makes anything to be built again.
fn counts(touch: &Touch) -> bool {
    !touch.is_of_tests
}

/// The units that changed, what costs most first.
pub fn bottlenecks(
    history: &PastChanges,
    (graph, map): (&CouplingGraph, &FeatureMap),
    timings: Option<&Timings>,
) -> Vec<Bottleneck> {
    let mut changes: BTreeMap<UnitId, (usize, usize)> = BTreeMap::new();
    for commit in &history.commits {
        for touch in commit.touches.iter().filter(|touch| counts(touch)) {
            let (all, recent) = changes.entry(touch.unit).or_default();
            *all += 1;
            *recent += usize::from(is_recent(history, commit));
        }
    }
    let after = After::new(graph, map);
    let months = history.months();
    let found = changes.into_iter().map(|(unit, (changes, recent))| {
        let again = after.a_change_to(unit, timings);
        let work = match again.seconds {
            Some(seconds) => seconds,
            None => exact(again.builds + again.tests + again.deploys),
        };
        let cost = exact(changes) / months * work;
        let remedy = remedy::remedy(history, (graph, map), unit, &again);
        Bottleneck { unit, changes, recent, again, cost, share: 0.0, remedy }
    });
    let mut found: Vec<Bottleneck> = found.collect();
    let all: f64 = found.iter().map(|one| one.cost).sum();
    found.iter_mut().for_each(|one| one.share = if all > 0.0 { one.cost / all } else { 0.0 });
    found.sort_by(|one, other| other.cost.total_cmp(&one.cost).then(one.unit.cmp(&other.unit)));
    found
}

/// The same by feature.
pub fn feature_bottlenecks(
    history: &PastChanges,
    map: &FeatureMap,
    units: &[Bottleneck],
) -> Vec<FeatureBottleneck> {
    let mut found: BTreeMap<Option<FeatureId>, FeatureBottleneck> = BTreeMap::new();
    // The first of each is the worst: they are sorted.
    for one in units {
        let feature = map.feature_of(one.unit);
        let of_feature = found.entry(feature).or_insert_with(|| FeatureBottleneck {
            feature,
            changes: 0,
            recent: 0,
            waiting: Vec::new(),
            cost: 0.0,
            share: 0.0,
            worst: one.unit,
        });
        of_feature.cost += one.cost;
        of_feature.share += one.share;
        of_feature.waiting.extend(&one.again.waiting);
    }
    for commit in &history.commits {
        let touched: BTreeSet<Option<FeatureId>> = commit
            .touches
            .iter()
            .filter(|touch| counts(touch))
            .map(|touch| map.feature_of(touch.unit))
            .collect();
        for feature in touched {
            if let Some(one) = found.get_mut(&feature) {
                one.changes += 1;
                one.recent += usize::from(is_recent(history, commit));
            }
        }
    }
    let mut found: Vec<FeatureBottleneck> = found.into_values().collect();
    for one in &mut found {
        one.waiting.sort_unstable();
        one.waiting.dedup();
        // One of its units may make another one wait.
        one.waiting.retain(|waiting| Some(*waiting) != one.feature);
    }
    found.sort_by(|one, other| other.cost.total_cmp(&one.cost).then(one.feature.cmp(&other.feature)));
    found
}

/// What a commit costs on average, and all of them in a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommitCost {
    /// How many commits change any unit.
    pub commits: usize,
    /// How many months they took.
    pub months: f64,
    /// How many packages a commit makes to be built again.
    pub built: f64,
    /// How many deployables a commit makes to be deployed again.
    pub deployed: f64,
    /// How many seconds the builds of a month take, as far as that is known.
    pub seconds: Option<f64>,
}

/// What commits cost, each counted once, whatever it changes.
pub fn commit_cost(
    history: &PastChanges,
    (graph, map): (&CouplingGraph, &FeatureMap),
    timings: Option<&Timings>,
) -> CommitCost {
    let after = After::new(graph, map);
    let (mut commits, mut built, mut deployed, mut seconds) = (0, 0, 0, 0.0);
    for commit in &history.commits {
        let touched: BTreeSet<UnitId> = commit
            .touches
            .iter()
            .filter(|touch| counts(touch))
            .map(|touch| after.compiled(touch.unit))
            .collect();
        if touched.is_empty() {
            continue;
        }
        commits += 1;
        let is_built = |package: &&UnitId| touched.iter().any(|unit| after.built_with.has(**package, *unit));
        let packages: Vec<UnitId> = after.packages.iter().filter(is_built).copied().collect();
        built += packages.len();
        let again: BTreeSet<usize> =
            touched.iter().flat_map(|unit| after.deployed.deployables(*unit)).copied().collect();
        deployed += again.len();
        let names = packages.iter().map(|package| &graph.unit(*package).short_name);
        seconds += names.filter_map(|name| timings?.of(name)).sum::<f64>();
    }
    let (all, months) = (exact(commits.max(1)), history.months());
    CommitCost {
        commits,
        months,
        built: exact(built) / all,
        deployed: exact(deployed) / all,
        seconds: timings.map(|_| seconds / months),
    }
}

fn is_recent(history: &PastChanges, commit: &CountedCommit) -> bool {
    commit.seconds > history.from + (history.until - history.from) / 2
}

/// What comes after a change.
struct After<'g> {
    graph: &'g CouplingGraph,
    map: &'g FeatureMap,
    built_with: Closure,
    packages: Vec<UnitId>,
    /// For each package, what only its tests need.
    tested_with: BTreeMap<UnitId, Vec<UnitId>>,
    deployed: super::metrics::AffectedBy,
}

impl<'g> After<'g> {
    fn new(graph: &'g CouplingGraph, map: &'g FeatureMap) -> Self {
        let is_walked = |id: CouplingId| map.is_of(graph, id, &BUILT_WITH);
        let mut tested_with: BTreeMap<UnitId, Vec<UnitId>> = BTreeMap::new();
        for (_, coupling) in graph.couplings().filter(|(_, one)| one.kind == CouplingKind::Test) {
            tested_with.entry(coupling.from).or_default().push(coupling.to);
        }
        let is_package = |unit: &crate::graph::Unit| unit.kind == UnitKind::Package && !unit.is_outside;
        Self {
            graph,
            map,
            built_with: Closure::new(graph, &is_walked, &|_| true),
            packages: graph.units().filter(|(_, unit)| is_package(unit)).map(|(id, _)| id).collect(),
            tested_with,
            deployed: affected(graph, map),
        }
    }

    /// A compiler knows no smaller piece than a package.
    fn compiled(&self, unit: UnitId) -> UnitId {
        let module = Some(self.graph.unit(unit)).filter(|one| one.kind == UnitKind::Module);
        module.and_then(|module| module.parent).unwrap_or(unit)
    }

    fn a_change_to(&self, unit: UnitId, timings: Option<&Timings>) -> Again {
        let changed = self.compiled(unit);
        let is_built = |other: UnitId| self.built_with.has(other, changed);
        let is_tested = |package: &UnitId| {
            let more = self.tested_with.get(package).map(Vec::as_slice).unwrap_or_default();
            is_built(*package) || more.iter().any(|needed| is_built(*needed))
        };
        let built: Vec<UnitId> = self.packages.iter().copied().filter(|package| is_built(*package)).collect();
        let own = self.map.feature_of(unit);
        let waiting: BTreeSet<FeatureId> = self
            .graph
            .units()
            .filter(|(other, one)| !one.is_outside && is_built(*other))
            .filter_map(|(other, _)| self.map.feature_of(other))
            .filter(|feature| Some(*feature) != own)
            .collect();
        let seconds = |timings: &Timings| -> f64 {
            built.iter().filter_map(|package| timings.of(&self.graph.unit(*package).short_name)).sum()
        };
        Again {
            builds: built.len(),
            tests: self.packages.iter().filter(|package| is_tested(package)).count(),
            deploys: self.deployed.of(changed).unwrap_or_default(),
            seconds: timings.map(seconds),
            waiting: waiting.into_iter().collect(),
        }
    }
}
