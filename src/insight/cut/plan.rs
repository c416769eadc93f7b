//! What to cut first: a plan for the whole repository, by what each cut pays.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::greedy_feedback_arc_set;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::features::{Direction, FeatureId, REACHING, Reach};
use crate::graph::{CouplingId, UnitId};

use super::{Cut, Knife, Severed, Standing, cut, inhabited, standing};

/// One step of a plan: what to cut, and where that leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep {
    /// What goes.
    pub cut: Cut,
    /// Where the features stand after this step, and all before it.
    pub after: Standing,
    /// The features that deploy alone from now on, sorted.
    pub freed: Vec<FeatureId>,
    /// How many ordered pairs of features become independent by it.
    pub gain: usize,
}

/// What to cut, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where the features stand now.
    pub before: Standing,
    /// What to cut, what pays most for its places first; as long as features are in a circle, what opens one.
    pub steps: Vec<PlanStep>,
    /// Whether there would be more steps than were asked for.
    pub has_more: bool,
}

/// How much is tried for one step: enough for every real repository, and bounded for all others.
const EFFORT: usize = 60_000_000;

/// How many features, and how many pairs of features, are tried as a whole in each step.
const TRIED: usize = 48;

/// Plans so many steps at most.
///
/// Each step takes, of all cuts that are tried, the one that makes most pairs of features independent for each line that
/// goes; while there are circles, the one that opens most of them. Tried are all couplings from one feature (or from one
/// unit of no feature) into another feature, the smallest cut between two features, the smallest one that makes a
/// feature deploy alone, and what opens a whole circle. Step by step that is not always the best plan, but each step is
/// worth what it says.
pub fn plan(knife: Knife<'_>, most: usize) -> Plan {
    let mut planning = Planning::new(knife);
    let before = standing(knife.graph, knife.map, &|_| false);
    let mut now = before.clone();
    let mut steps = Vec::new();
    while let Some(step) = planning.next_step(&now) {
        if steps.len() == most {
            return Plan { before, steps, has_more: true };
        }
        planning.gone.extend(step.cut.couplings());
        now = step.after.clone();
        steps.push(step);
    }
    Plan { before, steps, has_more: false }
}

struct Planning<'g> {
    knife: Knife<'g>,
    gone: BTreeSet<CouplingId>,
    units: Vec<BTreeSet<UnitId>>,
    /// How many cuts are tried for a step.
    tries: usize,
}

/// A cut that may be worth it, and the most pairs of features that it could make independent.
struct Candidate {
    cut: Cut,
    most: usize,
}

/// What is tried for one step.
struct Candidates {
    /// What parts whole features, and opens whole circles.
    whole: Vec<Candidate>,
    /// What leads from one feature, or one unit of none, into one feature.
    single: Vec<Candidate>,
}

/// What a step yields for its places; compared without rounding.
#[derive(Clone, Copy)]
struct Yield {
    opened: usize,
    gain: usize,
    places: usize,
}

impl Yield {
    fn is_better(self, other: Self) -> bool {
        // Fractions are compared by multiplying both with both denominators.
        let key =
            |one: Self, other: Self| [one.opened, one.gain].map(|value| value as u128 * other.places as u128);
        let (own, theirs) = (key(self, other), key(other, self));
        own > theirs || (own == theirs && self.places < other.places)
    }
}

impl<'g> Planning<'g> {
    fn new(knife: Knife<'g>) -> Self {
        let units = knife.map.units_of_each().into_iter().map(BTreeSet::from_iter).collect::<Vec<_>>();
        let features = units.len();
        let size = knife.graph.units().len() + knife.graph.couplings().len();
        let work = size * (2 + features.div_ceil(64)) + features * features / 4;
        Self { knife, gone: BTreeSet::new(), units, tries: (EFFORT / work.max(1)).clamp(16, 400) }
    }

    fn next_step(&self, now: &Standing) -> Option<PlanStep> {
        if now.coupled() == 0 {
            return None;
        }
        let first = self.best(now, self.candidates(now, TRIED), self.tries);
        // Before it is said that nothing parts what is left, everything is tried.
        let (yields, cut, after) =
            first.or_else(|| self.best(now, self.candidates(now, usize::MAX), usize::MAX))?;
        let freed = after.alone.iter().filter(|feature| !now.alone.contains(feature)).copied().collect();
        Some(PlanStep { cut, after, freed, gain: yields.gain })
    }

    /// The cut that pays most: of those of whole features all, of single entries at most so many.
    fn best(&self, now: &Standing, candidates: Candidates, tries: usize) -> Option<(Yield, Cut, Standing)> {
        let Candidates { mut whole, mut single } = candidates;
        // The best bound first.
        let per_place = |one: &Candidate| (one.most as u128) * 1_000_000 / (one.cut.places().max(1) as u128);
        for all in [&mut whole, &mut single] {
            all.sort_by_cached_key(|one| {
                let pairs: Vec<_> = one.cut.severed.iter().map(|cut| (cut.from, cut.to)).collect();
                (std::cmp::Reverse(per_place(one)), one.cut.places(), pairs)
            });
            all.dedup_by(|one, other| one.cut == other.cut);
        }
        let mut best: Option<(Yield, Cut, Standing)> = None;
        for candidate in whole.into_iter().chain(single.into_iter().take(tries)) {
            let places = candidate.cut.places();
            // Without a circle, what can't make more pairs independent for its places is not tried.
            let most = Yield { opened: usize::MAX >> 1, gain: candidate.most, places };
            let most = if now.circles.is_empty() { Yield { opened: 0, ..most } } else { most };
            if best.as_ref().is_some_and(|(known, ..)| !most.is_better(*known)) {
                continue;
            }
            let gone: BTreeSet<CouplingId> = candidate.cut.couplings().collect();
            let is_gone = |id: CouplingId| self.gone.contains(&id) || gone.contains(&id);
            let after = standing(self.knife.graph, self.knife.map, &is_gone);
            let yields = Yield {
                opened: now.tangled().saturating_sub(after.tangled()),
                gain: now.coupled().saturating_sub(after.coupled()),
                places,
            };
            let is_best = best.as_ref().is_none_or(|(known, ..)| yields.is_better(*known));
            if yields.gain > 0 && is_best {
                best = Some((yields, candidate.cut, after));
            }
        }
        best
    }

    fn is_gone(&self, id: CouplingId) -> bool {
        self.gone.contains(&id)
    }

    fn candidates(&self, now: &Standing, tried: usize) -> Candidates {
        let (graph, map) = (self.knife.graph, self.knife.map);
        let is_walked = |id: CouplingId| !self.is_gone(id) && map.reaches_along(graph, id, &REACHING);
        let to = Reach::along(graph, map, Direction::To, &is_walked);
        let from = Reach::along(graph, map, Direction::From, &is_walked);
        let bound = |cut: Cut| {
            let pairs = cut.severed.iter().map(|one| Reach::pairs(&to, one.from, &from, one.to));
            Candidate { most: pairs.sum::<usize>().min(now.coupled()), cut }
        };
        let groups = self.entries(&is_walked);
        let mut entries: Vec<((Side, FeatureId), Candidate)> =
            groups.into_iter().map(|(ends, severed)| (ends, bound(Cut::new(self.knife, severed)))).collect();
        entries.sort_by_key(|(ends, one)| (std::cmp::Reverse(one.most / one.cut.places().max(1)), *ends));
        let mut found: Vec<Candidate> = Vec::new();
        let between = entries.iter().filter_map(|((side, other), _)| match side {
            Side::Feature(one) => Some((*one, *other)),
            Side::Unit(_) => None,
        });
        for (one, other) in between.take(tried) {
            let ends = (&self.units[one.index()], &self.units[other.index()]);
            found.extend(cut(self.knife, ends, &|id| self.is_gone(id)).into_iter().map(bound));
        }
        found.extend(self.alone(now, &entries, tried).into_iter().map(bound));
        found.extend(now.circles.iter().filter_map(|circle| self.opening(circle, &entries)).map(bound));
        let is_one = |one: &Candidate| one.most > 0 && one.cut.places() > 0;
        found.retain(is_one);
        let single = entries.into_iter().map(|(_, candidate)| candidate).filter(is_one).collect();
        Candidates { whole: found, single }
    }

    /// What leads into each feature from outside of it: by the feature, or else the unit, that it comes from.
    fn entries(&self, is_walked: &dyn Fn(CouplingId) -> bool) -> BTreeMap<(Side, FeatureId), Vec<Severed>> {
        let (graph, map) = (self.knife.graph, self.knife.map);
        let mut groups: BTreeMap<(Side, FeatureId), BTreeSet<(UnitId, UnitId)>> = BTreeMap::new();
        for (_, coupling) in graph.couplings().filter(|(id, _)| is_walked(*id)) {
            let Some(feature) = map.feature_of(coupling.to) else { continue };
            let side = match map.feature_of(coupling.from) {
                Some(own) if own == feature => continue,
                Some(own) => Side::Feature(own),
                None => Side::Unit(coupling.from),
            };
            groups.entry((side, feature)).or_default().insert((coupling.from, coupling.to));
        }
        let cuttable = groups.into_iter().map(|(ends, pairs)| {
            let severed = pairs.into_iter().filter_map(|(from, to)| {
                let places = self.knife.cost(from, to)?;
                Some(Severed { from, to, couplings: self.knife.between(from, to).collect(), places })
            });
            (ends, severed.collect::<Vec<_>>())
        });
        cuttable.filter(|(_, severed)| !severed.is_empty()).collect()
    }

    /// What makes single features deploy alone, for those that take the fewest places by themselves.
    fn alone(&self, now: &Standing, entries: &[((Side, FeatureId), Candidate)], tried: usize) -> Vec<Cut> {
        let mut places: BTreeMap<FeatureId, usize> = BTreeMap::new();
        for ((side, _), candidate) in entries {
            if let Side::Feature(feature) = side {
                *places.entry(*feature).or_default() += candidate.cut.places();
            }
        }
        let all = inhabited(&self.units);
        let bound = all.iter().filter(|feature| !now.alone.contains(feature));
        let mut bound: Vec<FeatureId> = bound.copied().collect();
        bound.sort_by_key(|feature| (places.get(feature).copied().unwrap_or_default(), *feature));
        let everybody: BTreeSet<UnitId> = self.units.iter().flatten().copied().collect();
        let mut cuts = Vec::new();
        for feature in bound.into_iter().take(tried) {
            let own = &self.units[feature.index()];
            let others = everybody.difference(own).copied().collect();
            cuts.extend(cut(self.knife, (own, &others), &|id| self.is_gone(id)));
        }
        cuts
    }

    /// What opens a circle of features: a small set of the couplings between two of them, without which none comes back
    /// to itself.
    fn opening(&self, circle: &[FeatureId], entries: &[((Side, FeatureId), Candidate)]) -> Option<Cut> {
        let mut between: DiGraph<(), usize> = DiGraph::new();
        circle.iter().for_each(|_| {
            between.add_node(());
        });
        let position = |feature: FeatureId| circle.binary_search(&feature).ok().map(NodeIndex::new);
        for (at, ((side, to), _)) in entries.iter().enumerate() {
            let Side::Feature(from) = side else { continue };
            if let (Some(from), Some(to)) = (position(*from), position(*to)) {
                between.add_edge(from, to, at);
            }
        }
        let arcs: Vec<usize> = greedy_feedback_arc_set(&between).map(|arc| *arc.weight()).collect();
        let mut severed: Vec<Severed> =
            arcs.into_iter().flat_map(|at| entries[at].1.cut.severed.clone()).collect();
        severed.sort_by_key(|one| (one.from, one.to));
        (!severed.is_empty()).then(|| Cut::new(self.knife, severed))
    }
}

/// Where what leads into a feature comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Feature(FeatureId),
    Unit(UnitId),
}
