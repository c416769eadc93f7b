//! Which unit of an earlier moment is which unit of a later one.

use std::collections::BTreeMap;

use super::{Coupling, CouplingGraph, Unit, UnitId, UnitKind};

/// A graph told in the words of a later one.
#[derive(Debug)]
pub struct Carried {
    /// Its couplings, between the units of the later graph where they are the same.
    pub graph: CouplingGraph,
    /// The unit of the later graph that each unit of the earlier one is, in the earlier one's order;
    /// `None` for one that is no more.
    pub is_now: Vec<Option<UnitId>>,
    /// The unit of the earlier graph that each unit of this one is.
    pub was: Vec<UnitId>,
    /// Whether any unit is called otherwise now, or lies elsewhere.
    pub has_moved: bool,
}

/// Tells an earlier graph in the words of a later one.
///
/// The same unit is, in this order: the one of the same kind and name; the binary of the same name of the
/// same package, or its only one; the one of the same kind in the same folder; the one of the same kind
/// that has the same name where it is declared, if it is the only one that is left.
pub fn carry(earlier: &CouplingGraph, later: &CouplingGraph) -> Carried {
    let is_now = Matching::new(earlier, later).find();
    let mut has_moved = false;
    let mut units: Vec<(UnitId, Unit)> = Vec::with_capacity(is_now.len());
    for (id, unit) in earlier.units() {
        let now = is_now[id.index()].map(|now| later.unit(now));
        has_moved |= now.is_some_and(|now| now.name != unit.name || now.path != unit.path);
        units.push((id, now.unwrap_or(unit).clone()));
    }
    units.sort_by(|(_, a), (_, b)| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    let mut position = vec![UnitId::new(0); units.len()];
    for (at, (id, _)) in units.iter().enumerate() {
        position[id.index()] = UnitId::new(at);
    }
    let was: Vec<UnitId> = units.iter().map(|(id, _)| *id).collect();
    let units = units.into_iter().map(|(id, unit)| Unit {
        parent: earlier.unit(id).parent.map(|parent| position[parent.index()]),
        runs: earlier.unit(id).runs.iter().map(|one| position[one.index()]).collect(),
        ..unit
    });
    let couplings = earlier.couplings().map(|(_, coupling)| Coupling {
        from: position[coupling.from.index()],
        to: position[coupling.to.index()],
        references: coupling.references.as_ref().map(|one| one.moved(&|unit| position[unit.index()])),
        ..coupling.clone()
    });
    let jobs = earlier.jobs().iter().map(|one| one.moved(&|unit| position[unit.index()])).collect();
    let copies = earlier.copies().iter().map(|one| one.moved(&|unit| position[unit.index()])).collect();
    let graph = CouplingGraph::new(units.collect(), couplings.collect()).with_copies(copies).with_jobs(jobs);
    let moved = earlier.catalogs().moved(&|unit| position[unit.index()], position.len());
    let graph = graph.with_catalogs(moved);
    Carried { graph, is_now, was, has_moved }
}

/// Units of one graph in another one, sorted again.
pub(super) fn moved(units: &[UnitId], place: &dyn Fn(UnitId) -> UnitId) -> Vec<UnitId> {
    let mut units: Vec<UnitId> = units.iter().map(|unit| place(*unit)).collect();
    units.sort_unstable();
    units
}

struct Matching<'g> {
    earlier: &'g CouplingGraph,
    later: &'g CouplingGraph,
    is_now: Vec<Option<UnitId>>,
    is_taken: Vec<bool>,
}

impl<'g> Matching<'g> {
    fn new(earlier: &'g CouplingGraph, later: &'g CouplingGraph) -> Self {
        let (is_now, is_taken) = (vec![None; earlier.units().len()], vec![false; later.units().len()]);
        Self { earlier, later, is_now, is_taken }
    }

    fn find(mut self) -> Vec<Option<UnitId>> {
        self.join(|graph, id| {
            let unit = graph.unit(id);
            Some((unit.kind, unit.name.clone()))
        });
        let is_whole = |unit: &Unit| unit.parent.is_none() && !unit.is_declared();
        self.join(|graph, id| {
            let unit = graph.unit(id);
            is_whole(unit).then(|| (unit.kind, unit.path.to_string()))
        });
        self.join(|graph, id| {
            let unit = graph.unit(id);
            is_whole(unit).then(|| (unit.kind, unit.short_name.clone()))
        });
        self.join_parts(|unit| unit.short_name.clone());
        self.join_parts(|_| String::new());
        self.is_now
    }

    /// Joins what is left on both sides and has one key there alone.
    fn join<K: Ord>(&mut self, key: impl Fn(&CouplingGraph, UnitId) -> Option<K>) {
        let left = |graph: &CouplingGraph, is_left: &dyn Fn(UnitId) -> bool| {
            let mut by_key: BTreeMap<K, Vec<UnitId>> = BTreeMap::new();
            for id in graph.units().map(|(id, _)| id).filter(|id| is_left(*id)) {
                if let Some(key) = key(graph, id) {
                    by_key.entry(key).or_default().push(id);
                }
            }
            by_key
        };
        let earlier = left(self.earlier, &|id| self.is_now[id.index()].is_none());
        let later = left(self.later, &|id| !self.is_taken[id.index()]);
        for (key, before) in earlier {
            if let ([one], Some([now])) = (before.as_slice(), later.get(&key).map(Vec::as_slice)) {
                self.is_now[one.index()] = Some(*now);
                self.is_taken[now.index()] = true;
            }
        }
    }

    /// The same for what is a part of a unit that is known already.
    fn join_parts(&mut self, name: impl Fn(&Unit) -> String) {
        let is_now = self.is_now.clone();
        let (earlier, later) = (self.earlier, self.later);
        self.join(|graph, id| -> Option<(UnitKind, UnitId, String)> {
            let unit = graph.unit(id);
            let parent = unit.parent?;
            // Both sides are told by the later graph's parent.
            let parent = if std::ptr::eq(graph, earlier) { is_now[parent.index()]? } else { parent };
            debug_assert!(std::ptr::eq(graph, earlier) || std::ptr::eq(graph, later));
            Some((unit.kind, parent, name(unit)))
        });
    }
}
