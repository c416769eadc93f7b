//! What catalogs say of who uses whom, against what manifests show.
//!
//! Both are judged only where silence means something: a promise, where what runs says which others it calls or waits for;
//! a coupling that nobody promised, where the component says what it uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CatalogEntity, CouplingId, CouplingKind, Promise, UnitId, UnitKind};
use crate::rules::Rule;

use super::super::{Finding, Judged};
use super::{Found, shown};

/// By what a component could show that it uses another one.
const SHOWING: [CouplingKind; 5] =
    [CouplingKind::Code, CouplingKind::Build, CouplingKind::Start, CouplingKind::Call, CouplingKind::Data];

pub(super) fn find(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    if judged.graph.catalogs().is_empty() {
        return Vec::new();
    }
    let shown = Manifests::new(judged);
    let mut found = shown.unshown();
    found.extend(shown.unpromised());
    found.into_iter().map(|found| found.told(judged, rule)).collect()
}

/// What manifests show of the components.
struct Manifests<'a> {
    judged: Judged<'a>,
    /// The units of each component that run.
    running: BTreeMap<usize, Vec<UnitId>>,
    /// Who is coupled to whom, in any way, and by what first.
    coupled: BTreeSet<(usize, usize)>,
    /// Who calls or uses whom, and by which lines.
    uses: BTreeMap<(usize, usize), Vec<CouplingId>>,
    /// The components whose manifests name another one that runs here.
    speaking: BTreeSet<usize>,
}

impl<'a> Manifests<'a> {
    fn new(judged: Judged<'a>) -> Self {
        let (graph, map) = (judged.graph, judged.map);
        let mut shown = Self {
            judged,
            running: BTreeMap::new(),
            coupled: BTreeSet::new(),
            uses: BTreeMap::new(),
            speaking: BTreeSet::new(),
        };
        for (id, _) in graph.units().filter(|(_, unit)| unit.kind == UnitKind::Service && unit.is_deployed())
        {
            if let Some(component) = graph.catalogs().component_of(id) {
                shown.running.entry(component).or_default().push(id);
            }
        }
        let of_entities = shown.standing();
        let runs = |unit: UnitId| graph.unit(unit).kind == UnitKind::Service;
        for (id, coupling) in graph.couplings().filter(|(_, one)| !one.promised && one.declared.is_none()) {
            let Some(from) = graph.catalogs().component_of(coupling.from) else { continue };
            let Some(kind) = map.kind(graph, id).filter(|kind| SHOWING.contains(kind)) else { continue };
            let is_use = matches!(kind, CouplingKind::Call | CouplingKind::Data);
            let own = graph.catalogs().component_of(coupling.to);
            for to in own.into_iter().chain(of_entities.get(&coupling.to).copied()) {
                if to == from {
                    continue;
                }
                shown.coupled.insert((from, to));
                if [coupling.from, coupling.to].into_iter().all(runs) {
                    shown.speaking.insert(from);
                }
                if is_use {
                    shown.uses.entry((from, to)).or_default().push(id);
                }
            }
        }
        shown
    }

    /// The entity that a datastore or an API stands for.
    fn standing(&self) -> BTreeMap<UnitId, usize> {
        let graph = self.judged.graph;
        let kept = |unit: &UnitId| matches!(graph.unit(*unit).kind, UnitKind::Datastore | UnitKind::Api);
        let all = graph.catalogs().entities().iter().enumerate();
        all.filter_map(|(at, entity)| Some((entity.unit.filter(kept)?, at))).collect()
    }

    fn entity(&self, at: usize) -> &'a CatalogEntity {
        &self.judged.graph.catalogs().entities()[at]
    }

    /// Promises that nothing shows, between features that both run here.
    fn unshown(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut told: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (at, entity) in self.judged.graph.catalogs().entities().iter().enumerate() {
            for promise in &entity.promises {
                let meant: Vec<usize> = self.judged.graph.catalogs().meant(promise).collect();
                let to = meant.iter().copied().find(|to| self.running.contains_key(to));
                let is_shown = meant.iter().any(|to| self.coupled.contains(&(at, *to)));
                let (Some(to), false) = (to, is_shown) else { continue };
                let ends = self.ends(at, to).filter(|_| self.speaking.contains(&at) && told.insert((at, to)));
                found.extend(ends.map(|ends| self.tell_unshown(at, to, promise, ends)));
            }
        }
        found
    }

    fn tell_unshown(&self, at: usize, to: usize, promise: &Promise, ends: (UnitId, UnitId)) -> Found {
        let (one, other) = (self.entity(at), self.entity(to));
        let service = self.judged.graph.unit(ends.0);
        Found {
            what: format!(
                "the catalog says that {} uses {}, and no manifest shows it",
                shown(one),
                shown(other)
            ),
            what_to_do: format!(
                "take the line out of the catalog, or say in the settings of `{}` where {} is",
                service.name,
                shown(other)
            ),
            key: format!("unshown {} -> {}", one.identity, other.identity),
            places: vec![
                (promise.location.clone(), "promised here".to_owned()),
                (
                    service.declared_at.clone(),
                    format!("`{}` names others, and not {}", service.name, shown(other)),
                ),
            ],
            ends: Some(ends),
        }
    }

    /// Calls and uses of data between features that a component which says what it uses does not say.
    fn unpromised(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for ((from, to), couplings) in &self.uses {
            let (one, other) = (self.entity(*from), self.entity(*to));
            let is_promised = one
                .promises
                .iter()
                .any(|promise| self.judged.graph.catalogs().meant(promise).any(|other| other == *to));
            // That it does not say so of a database which nobody describes is told nowhere: there is no name for it.
            let (false, true, Some(first)) = (is_promised, one.says_what_it_uses, couplings.first()) else {
                continue;
            };
            let coupling = self.judged.graph.coupling(*first);
            let ends = (coupling.from, coupling.to);
            if !self.are_apart(ends) {
                continue;
            }
            let mut places =
                vec![(one.declared_at.clone(), format!("does not say that it uses {}", shown(other)))];
            let lines = couplings.iter().filter_map(|id| self.judged.graph.coupling(*id).evidence.first());
            places.extend(lines.map(|line| (line.clone(), format!("{} is used here", shown(other)))));
            found.push(Found {
                what: format!(
                    "{} uses {}, and its entry in the catalog does not say so",
                    shown(one),
                    shown(other)
                ),
                what_to_do: self.missing_line(*to),
                key: format!("unpromised {} -> {}", one.identity, other.identity),
                places,
                ends: Some(ends),
            });
        }
        found
    }

    /// The line that a catalog lacks.
    fn missing_line(&self, to: usize) -> String {
        let other = self.entity(to);
        let entities = self.judged.graph.catalogs().entities();
        let api = entities.iter().find(|entity| entity.provided_by.contains(&to));
        match api {
            Some(api) => format!("add `{}` to `consumesApis`, or take the use out", api.name),
            None => format!("add `{}` to `dependsOn`, or take the use out", other.identity),
        }
    }

    /// The units of two components that run, if they belong to two features.
    fn ends(&self, from: usize, to: usize) -> Option<(UnitId, UnitId)> {
        let first = |component: usize| self.running.get(&component)?.first().copied();
        Some((first(from)?, first(to)?)).filter(|ends| self.are_apart(*ends))
    }

    fn are_apart(&self, (from, to): (UnitId, UnitId)) -> bool {
        let map = self.judged.map;
        let (one, other) = (map.feature_of(from), map.feature_of(to));
        one.is_some() && other.is_some() && one != other
    }
}
