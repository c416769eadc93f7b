//! The shortest ways through a graph, by Yen's method: each further way leaves a known one at some unit and takes the
//! shortest remaining way from there.
//!
//! J. Y. Yen: Finding the K shortest loopless paths in a network. Management Science 17 (1971), 712–716; with the
//! shortcut of E. L. Lawler, Management Science 18 (1972), 401–405.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::features::{BUILT_WITH, FeatureMap, REACHING};
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};

use super::{Hop, Tie};

/// What may be walked for one sense of being coupled.
pub(super) struct Ground<'g> {
    graph: &'g CouplingGraph,
    map: &'g FeatureMap,
    tie: Tie,
    from: &'g BTreeSet<UnitId>,
    to: &'g BTreeSet<UnitId>,
}

/// A unit on a way, and whether the coupling that makes the tie what it is lies behind.
type Place = (UnitId, bool);

/// Where a way is, and what it must not use.
struct Search {
    /// How each place was come to; the index of a place is twice its unit's, one more behind the tie.
    before: Vec<Option<Place>>,
    is_met: Vec<bool>,
    touched: Vec<usize>,
}

impl<'g> Ground<'g> {
    pub(super) fn new(
        graph: &'g CouplingGraph,
        map: &'g FeatureMap,
        tie: Tie,
        (from, to): (&'g BTreeSet<UnitId>, &'g BTreeSet<UnitId>),
    ) -> Self {
        Self { graph, map, tie, from, to }
    }

    /// The kinds that a step from a place may have, and on which side of the tie it leads.
    fn moves(&self, is_behind: bool) -> impl Iterator<Item = (&'static [CouplingKind], bool)> {
        let tie = self.tie;
        let ties = (!is_behind).then(|| (tie.kinds(), true));
        let before = (!is_behind && tie.is_led_to()).then_some((BUILT_WITH.as_slice(), false));
        let behind = (is_behind && tie.leads_on()).then_some((REACHING.as_slice(), true));
        ties.into_iter().chain(before).chain(behind)
    }

    fn is_step(&self, id: CouplingId, kinds: &[CouplingKind]) -> bool {
        self.map.is_of(self.graph, id, kinds)
    }

    /// Whether a way may go on through a unit.
    fn is_passed(&self, unit: UnitId) -> bool {
        !self.map.is_end(unit) && !self.from.contains(&unit) && !self.to.contains(&unit)
    }

    /// The steps of a way.
    pub(super) fn hops(&self, units: &[UnitId]) -> Vec<Hop> {
        let mut is_behind = false;
        let steps = units.windows(2).enumerate().map(|(at, pair)| {
            let is_last = at + 2 == units.len();
            let between: Vec<CouplingId> = self.graph.couplings_between(pair[0], pair[1]).collect();
            let of = |kinds: &[CouplingKind]| {
                let walked = between.iter().copied().filter(|id| self.is_step(*id, kinds));
                walked.collect::<Vec<_>>()
            };
            // The first step, or for a call the last one, is what makes the tie.
            let is_tie = if self.tie.is_led_to() { is_last } else { !is_behind };
            is_behind = true;
            let couplings = match (is_tie, self.tie.is_led_to()) {
                (true, _) => of(self.tie.kinds()),
                (false, true) => of(&BUILT_WITH),
                (false, false) => of(&REACHING),
            };
            Hop { from: pair[0], to: pair[1], couplings }
        });
        steps.collect()
    }

    /// The shortest way from a place that uses no banned unit and does not begin with a banned step; without the place
    /// itself.
    fn shortest(
        &self,
        start: Option<Place>,
        banned: &BTreeSet<UnitId>,
        banned_steps: &BTreeSet<UnitId>,
        search: &mut Search,
    ) -> Option<Vec<Place>> {
        search.clear();
        let mut pending: VecDeque<Place> = VecDeque::new();
        match start {
            Some(start) => pending.push_back(start),
            None => {
                let fresh = self.from.iter().filter(|unit| !banned_steps.contains(unit));
                for unit in fresh.copied().filter(|unit| !self.to.contains(unit)) {
                    search.meet((unit, false), None);
                    pending.push_back((unit, false));
                }
            }
        }
        while let Some(place) = pending.pop_front() {
            for (kinds, is_behind) in self.moves(place.1) {
                for id in self.graph.couplings_from(place.0) {
                    let next = (self.graph.coupling(id).to, is_behind);
                    if banned.contains(&next.0)
                        || search.is_met[Search::at(next)]
                        || (Some(place) == start && banned_steps.contains(&next.0))
                        || !self.is_step(id, kinds)
                    {
                        continue;
                    }
                    let is_there = is_behind && self.to.contains(&next.0);
                    if !is_there && !self.is_passed(next.0) {
                        continue;
                    }
                    search.meet(next, Some(place));
                    if is_there {
                        return Some(search.way_to(next, start));
                    }
                    pending.push_back(next);
                }
            }
        }
        None
    }
}

impl Search {
    fn new(units: usize) -> Self {
        Self { before: vec![None; 2 * units], is_met: vec![false; 2 * units], touched: Vec::new() }
    }

    fn at((unit, is_behind): Place) -> usize {
        2 * unit.index() + usize::from(is_behind)
    }

    fn clear(&mut self) {
        for at in self.touched.drain(..) {
            self.is_met[at] = false;
            self.before[at] = None;
        }
    }

    fn meet(&mut self, place: Place, before: Option<Place>) {
        let at = Self::at(place);
        self.is_met[at] = true;
        self.before[at] = before;
        self.touched.push(at);
    }

    fn way_to(&self, end: Place, start: Option<Place>) -> Vec<Place> {
        let mut way = vec![end];
        let mut last = end;
        while let Some(before) = self.before[Self::at(last)].filter(|before| Some(*before) != start) {
            way.push(before);
            last = before;
        }
        way.reverse();
        way
    }
}

/// The shortest ways, at most so many, as lists of units; and whether there are more.
pub(super) fn shortest_ways(ground: &Ground<'_>, most: usize) -> (Vec<Vec<UnitId>>, bool) {
    let mut search = Search::new(ground.graph.units().len());
    let nothing = BTreeSet::new();
    let first = ground.shortest(None, &nothing, &nothing, &mut search);
    let mut found: Vec<Vec<Place>> = Vec::new();
    // Sorted by length, then by units: the same ways in the same order, whatever was found first. Each with the place
    // where it left a known one: what leaves before that was looked for with the known one.
    let mut candidates: BTreeMap<(usize, Vec<Place>), usize> = BTreeMap::new();
    candidates.extend(first.map(|way| ((way.len(), way), 0)));
    while let Some(((_, way), left_at)) = candidates.pop_first() {
        if found.len() == most {
            return (plain(found), true);
        }
        for spur in left_at..way.len() {
            let (root, start) = (&way[..spur], spur.checked_sub(1).map(|at| way[at]));
            let same =
                found.iter().chain([&way]).filter(|known| known.len() > spur && known[..spur] == *root);
            let steps: BTreeSet<UnitId> = same.map(|known| known[spur].0).collect();
            let banned: BTreeSet<UnitId> = root.iter().map(|(unit, _)| *unit).collect();
            if let Some(rest) = ground.shortest(start, &banned, &steps, &mut search) {
                let whole = [root, &rest].concat();
                let earliest = candidates.entry((whole.len(), whole)).or_insert(spur);
                *earliest = spur.min(*earliest);
            }
        }
        found.push(way);
    }
    (plain(found), false)
}

fn plain(ways: Vec<Vec<Place>>) -> Vec<Vec<UnitId>> {
    ways.into_iter().map(|way| way.into_iter().map(|(unit, _)| unit).collect()).collect()
}
