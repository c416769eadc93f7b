//! Jobs by which several features are released, or for which the release of another feature waits.
//!
//! One job is one finding, whoever is released by it: what has to be mended is the job.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::FeatureId;
use crate::graph::{CouplingKind, JobWork, UnitId};
use crate::rules::{MeetingCondition, Rule};
use crate::text::Location;

use super::meeting::is_right;
use super::{Finding, Judged, Place, listed, listed_first};

/// How many units of one feature are held against those of others: any of them says the same.
const MOST_UNITS: usize = 8;

/// How many names stand under one line.
const MOST_NAMED: usize = 3;

/// How many ways to a job are told of.
const MOST_WAYS: usize = 12;

/// Who is released by a job, and how.
struct Release<'a> {
    judged: Judged<'a>,
    condition: &'a MeetingCondition,
    work: &'a JobWork,
    /// The units of each feature that it ships.
    ships: BTreeMap<FeatureId, BTreeSet<UnitId>>,
    /// Those that it builds or tests for others to ship.
    checks: BTreeMap<FeatureId, BTreeSet<UnitId>>,
    /// The features of jobs that wait for it, and the first of these jobs.
    waiting: BTreeMap<FeatureId, (UnitId, Location)>,
}

/// What jobs make of the features that they work on. Several that do it by one line, of a template that all of
/// them use, are one finding.
pub(super) fn find(
    judged: Judged<'_>,
    rule: &Rule,
    condition: &MeetingCondition,
    jobs: &[UnitId],
) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut known: BTreeMap<(Option<Location>, Vec<String>), usize> = BTreeMap::new();
    let waiting = waiting(judged);
    for work in jobs.iter().filter_map(|job| judged.graph.work_of(*job)) {
        let Some(finding) = Release::new(judged, condition, work, &waiting).told(rule) else { continue };
        let place = finding.places.first().map(|place| place.location.clone());
        match known.get(&(place.clone(), finding.members.clone())).and_then(|at| found.get_mut(*at)) {
            Some(first) => {
                first.details.push(format!("so are they with `{}`", judged.graph.unit(work.job).name));
                first.joins.extend(finding.joins);
            }
            None => {
                known.insert((place, finding.members.clone()), found.len());
                found.push(finding);
            }
        }
    }
    found
}

/// The jobs that wait for each job, and where that is said.
type Waiting<'a> = BTreeMap<UnitId, Vec<(&'a JobWork, &'a Location)>>;

fn waiting(judged: Judged<'_>) -> Waiting<'_> {
    let mut found: Waiting<'_> = BTreeMap::new();
    for work in judged.graph.jobs() {
        for (needed, place) in &work.needs {
            found.entry(*needed).or_default().push((work, place));
        }
    }
    found
}

/// The features of the jobs that wait for a job and ship something, straight or by way of others.
fn features_waiting(
    judged: Judged<'_>,
    work: &JobWork,
    waiting: &Waiting<'_>,
) -> BTreeMap<FeatureId, (UnitId, Location)> {
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::from([work.job]);
    let mut pending = vec![work.job];
    while let Some(next) = pending.pop() {
        for (other, place) in waiting.get(&next).into_iter().flatten() {
            if !seen.insert(other.job) {
                continue;
            }
            pending.push(other.job);
            for feature in other.ships.iter().filter_map(|unit| judged.map.feature_of(*unit)) {
                found.entry(feature).or_insert_with(|| (other.job, (*place).clone()));
            }
        }
    }
    found
}

impl<'a> Release<'a> {
    fn new(
        judged: Judged<'a>,
        condition: &'a MeetingCondition,
        work: &'a JobWork,
        waiting: &Waiting<'_>,
    ) -> Self {
        let of_features = |units: &[UnitId]| {
            let mut found: BTreeMap<FeatureId, BTreeSet<UnitId>> = BTreeMap::new();
            for unit in units {
                if let Some(feature) = judged.map.feature_of(*unit) {
                    found.entry(feature).or_default().insert(*unit);
                }
            }
            found
        };
        let (mut ships, mut checks) = (of_features(&work.ships), of_features(&work.checks));
        // A job that a person gives to a feature is released with it, whatever it does.
        if let Some(owner) = judged.map.feature_of(work.job) {
            let own = if work.ships.is_empty() { &mut checks } else { &mut ships };
            own.entry(owner).or_default().insert(work.job);
        }
        Self { judged, condition, work, ships, checks, waiting: features_waiting(judged, work, waiting) }
    }

    /// Whether two features may be released by the job.
    fn is_right(&self, one: (FeatureId, UnitId), other: (FeatureId, UnitId)) -> bool {
        one.0 == other.0 || is_right(self.judged, self.condition, one, other, self.work.job)
    }

    /// Pairs of units that may not be released together.
    fn wrong(&self) -> BTreeSet<(UnitId, UnitId)> {
        let each = |map: &BTreeMap<FeatureId, BTreeSet<UnitId>>| -> Vec<(FeatureId, UnitId)> {
            let few = |(feature, units): (&FeatureId, &BTreeSet<UnitId>)| {
                units.iter().take(MOST_UNITS).map(|unit| (*feature, *unit)).collect::<Vec<_>>()
            };
            map.iter().flat_map(few).collect()
        };
        let shipped = each(&self.ships);
        let waiting: Vec<(FeatureId, UnitId)> =
            self.waiting.iter().map(|(feature, (job, _))| (*feature, *job)).collect();
        let worked: Vec<(FeatureId, UnitId)> = shipped.iter().copied().chain(each(&self.checks)).collect();
        let mut wrong = BTreeSet::new();
        for one in &shipped {
            let others = shipped.iter().filter(|other| !self.is_right(*one, **other));
            wrong.extend(others.map(|other| (one.1, other.1)));
        }
        // One feature waits for what the job does with another one.
        for one in &waiting {
            let others = worked.iter().filter(|other| !self.is_right(*one, **other));
            wrong.extend(others.map(|other| (one.1, other.1)));
        }
        wrong
    }

    fn told(&self, rule: &Rule) -> Option<Finding> {
        let Judged { graph, map } = self.judged;
        let wrong = self.wrong();
        if wrong.is_empty() {
            return None;
        }
        let name = |feature: &FeatureId| map.feature(*feature).name.clone();
        let by_unit: BTreeMap<UnitId, FeatureId> = [&self.ships, &self.checks]
            .into_iter()
            .flat_map(|map| {
                map.iter().flat_map(|(feature, units)| units.iter().map(|unit| (*unit, *feature)))
            })
            .chain(self.waiting.iter().map(|(feature, (job, _))| (*job, *feature)))
            .collect();
        let units = wrong.iter().flat_map(|(one, other)| [*one, *other]);
        let parties: BTreeSet<FeatureId> = units.filter_map(|unit| by_unit.get(&unit).copied()).collect();
        let parties: Vec<String> = parties.iter().map(&name).collect();
        let job = graph.unit(self.work.job);
        let (from, to) = (self.first(&wrong), self.judged.party(self.work.job));
        let texts = |key: &str| match key {
            "parties" => listed(&parties, "nobody"),
            "to" => job.name.clone(),
            "to.who" => to.who().to_owned(),
            "from" => from.unit.clone(),
            "from.who" => from.who().to_owned(),
            "from.role" => from.role.clone(),
            "kind" => CouplingKind::Release.word().to_owned(),
            "verb" => CouplingKind::Release.verb().to_owned(),
            _ => String::new(),
        };
        let identity = format!("{} {} -> {}", rule.id, CouplingKind::Release.word(), job.identity());
        let pairs = parties.len() * parties.len().saturating_sub(1);
        Some(Finding {
            rule: rule.id.clone(),
            level: rule.level,
            kind: Some(CouplingKind::Release),
            message: rule.message.fill(&texts),
            help: rule.help.iter().map(|help| help.fill(&texts)).collect(),
            places: self.places(&wrong),
            lets_in: Vec::new(),
            details: self.details(),
            references: None,
            cuts: Vec::new(),
            joins: wrong.into_iter().collect(),
            weight: pairs,
            group: identity.clone(),
            key: identity.clone(),
            identity,
            members: parties.iter().map(|name| format!("feature:{name}")).collect(),
            from: Some(from),
            to: Some(to),
        })
    }

    fn first(&self, wrong: &BTreeSet<(UnitId, UnitId)>) -> super::Party {
        let unit = wrong.first().map_or(self.work.job, |(one, _)| *one);
        self.judged.party(unit)
    }

    /// The lines by which the job ships what, and those that make others wait.
    fn places(&self, wrong: &BTreeSet<(UnitId, UnitId)>) -> Vec<Place> {
        let graph = self.judged.graph;
        let mut places: Vec<(Location, &str, Vec<String>)> = Vec::new();
        let mut add = |location: &Location, verb: &'static str, name: &str| {
            let known = places.iter().position(|(known, ..)| known == location);
            match known {
                Some(at) if places[at].2.iter().any(|known| known == name) => {}
                Some(at) => places[at].2.push(name.to_owned()),
                None if places.len() < MOST_WAYS => {
                    places.push((location.clone(), verb, vec![name.to_owned()]));
                }
                None => {}
            }
        };
        let meant: BTreeSet<UnitId> = wrong.iter().flat_map(|(one, other)| [*one, *other]).collect();
        for id in graph.couplings_to(self.work.job) {
            let coupling = graph.coupling(id);
            if coupling.kind != CouplingKind::Release || !meant.contains(&coupling.from) {
                continue;
            }
            let what = graph.unit(coupling.from);
            let waits = graph.work_of(coupling.from).is_some();
            if let Some(place) = coupling.evidence.first() {
                add(place, if waits { "waiting" } else { "shipping" }, &what.name);
            }
        }
        for (job, place) in self.waiting.values() {
            if meant.contains(job) {
                add(place, "waiting", &graph.unit(*job).name);
            }
        }
        if places.is_empty() {
            let declared = &graph.unit(self.work.job).declared_at;
            return vec![Place { location: declared.clone(), label: "this job".to_owned(), is_cause: true }];
        }
        let labelled = places.into_iter().map(|(location, verb, names)| {
            let label = match (verb, names.as_slice()) {
                ("waiting", [one]) => format!("`{one}` waits for it"),
                ("waiting", _) => format!("{} wait for it", listed_first(&names, MOST_NAMED, "nothing")),
                _ => format!("ships {}", listed_first(&names, MOST_NAMED, "nothing")),
            };
            Place { location, label, is_cause: true }
        });
        labelled.collect()
    }

    /// What the job does with whom.
    fn details(&self) -> Vec<String> {
        let Judged { graph, map } = self.judged;
        let names = |of: &BTreeMap<FeatureId, BTreeSet<UnitId>>| -> Vec<String> {
            of.keys().map(|feature| map.feature(*feature).name.clone()).collect()
        };
        let mut details = Vec::new();
        if !self.ships.is_empty() {
            details.push(format!("it ships {}", listed(&names(&self.ships), "nothing")));
        }
        if !self.checks.is_empty() && !self.waiting.is_empty() {
            details.push(format!("it builds or tests {}", listed(&names(&self.checks), "nothing")));
        }
        let mut by_job: BTreeMap<UnitId, Vec<String>> = BTreeMap::new();
        for (feature, (job, _)) in &self.waiting {
            by_job.entry(*job).or_default().push(map.feature(*feature).name.clone());
        }
        let waits = by_job.into_iter().map(|(job, features)| {
            format!("`{}`, which ships {}, waits for it", graph.unit(job).name, listed(&features, "nothing"))
        });
        details.extend(waits.take(MOST_WAYS));
        details
    }
}
