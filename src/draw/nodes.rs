//! Which node each unit of a repository is drawn as.

use std::collections::{BTreeMap, BTreeSet};

use crate::Repository;
use crate::features::{Direction, FeatureId, REACHING, Reach, Role, RoleWord};
use crate::graph::{CouplingGraph, Unit, UnitId, UnitKind};
use crate::report::counted;

use super::picture::{Node, What};
use super::standing::{Judgement, Standing, Standings};
use super::view::{DrawLevel, View};

/// How many units that belong to no feature are drawn one by one at the level of features.
const CULPRITS: usize = 16;

/// The nodes of a picture, and the node of each unit.
pub(super) struct Places {
    pub(super) nodes: Vec<Node>,
    pub(super) node_of: Vec<Option<usize>>,
    level: DrawLevel,
}

/// What decides which node a unit is drawn as; the order is that of the picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Feature(String),
    Role(&'static str),
    Unit(UnitId),
}

impl Places {
    pub(super) fn new(
        repository: &Repository,
        judgement: Judgement<'_>,
        standings: &Standings,
        view: &View,
    ) -> Self {
        let graph = &repository.linked.graph;
        let culprits = culprits(repository, judgement, view);
        let shipped: BTreeSet<UnitId> = graph
            .units()
            .filter(|(_, unit)| unit.is_of_what_runs())
            .flat_map(|(_, unit)| unit.runs.clone())
            .collect();
        let mut members: BTreeMap<Key, Vec<UnitId>> = BTreeMap::new();
        for (id, unit) in graph.units() {
            let key = match view.level {
                DrawLevel::Features => of_feature(repository, &culprits, view, id),
                level => of_unit(graph, &shipped, level, id, unit).map(Key::Unit),
            };
            let is_shown = view.shows(repository.map.role(id)) || culprits.contains(&id) || view.names(id);
            if let Some(key) = key.filter(|_| is_shown) {
                members.entry(key).or_default().push(id);
            }
        }
        let mut node_of = vec![None; graph.units().len()];
        let mut nodes = Vec::with_capacity(members.len());
        let reaches = (view.level == DrawLevel::Features).then(|| Reaches::new(repository));
        for (key, units) in members {
            units.iter().for_each(|unit| node_of[unit.index()] = Some(nodes.len()));
            nodes.push(node(repository, standings, reaches.as_ref(), &key, units));
        }
        Self { nodes, node_of, level: view.level }
    }

    /// What is left out, by role.
    pub(super) fn notes(&self, repository: &Repository) -> Vec<String> {
        let mut left_out: BTreeMap<&'static str, usize> = BTreeMap::new();
        for (unit, _) in repository.linked.graph.units() {
            let is_drawn = self.node_of[unit.index()].is_some();
            let role = repository.map.role(unit);
            let is_of_level = matches!(self.level, DrawLevel::Features | DrawLevel::Units)
                || matches!(role, Role::Shared | Role::Assembly | Role::TestSupport);
            if !is_drawn && is_of_level {
                *left_out.entry(word_of(role)).or_default() += 1;
            }
        }
        let told = left_out.iter().filter(|(word, _)| **word != RoleWord::Feature.word());
        let told: Vec<String> = told.map(|(word, count)| format!("{word} ({count})")).collect();
        match told.is_empty() {
            true => Vec::new(),
            false => {
                vec![format!("units that are not drawn, by role: {}; `--with` draws them", told.join(", "))]
            }
        }
    }
}

/// Units of no feature that findings are about: they are the story, and are drawn by name.
fn culprits(repository: &Repository, judgement: Judgement<'_>, view: &View) -> BTreeSet<UnitId> {
    let of_cuts = judgement.findings.iter().flat_map(|finding| &finding.cuts);
    let ends = of_cuts.flat_map(|(from, to)| [*from, *to]);
    let is_hidden = |unit: &UnitId| !view.shows(repository.map.role(*unit));
    ends.filter(is_hidden).collect()
}

/// The node of a unit at the level of features.
fn of_feature(
    repository: &Repository,
    culprits: &BTreeSet<UnitId>,
    view: &View,
    unit: UnitId,
) -> Option<Key> {
    let map = &repository.map;
    match map.role(unit) {
        Role::Feature(feature) => Some(Key::Feature(folded(&map.feature(feature).name, view.fold))),
        _ if view.names(unit) => Some(Key::Unit(unit)),
        _ if culprits.contains(&unit) && culprits.len() <= CULPRITS => Some(Key::Unit(unit)),
        role => Some(Key::Role(word_of(role))),
    }
}

/// The node of a unit at the other levels.
fn of_unit(
    graph: &CouplingGraph,
    shipped: &BTreeSet<UnitId>,
    level: DrawLevel,
    id: UnitId,
    unit: &Unit,
) -> Option<UnitId> {
    match level {
        DrawLevel::Packages if unit.is_deployed() => None,
        DrawLevel::Packages => Some(unit.parent.filter(|_| unit.kind == UnitKind::Binary).unwrap_or(id)),
        DrawLevel::Services => (unit.is_of_what_runs() || shipped.contains(&id)).then_some(id),
        _ => Some(id).filter(|id| id.index() < graph.units().len()),
    }
}

/// A name with so many of its parts.
pub(super) fn folded(name: &str, parts: Option<usize>) -> String {
    match parts {
        None => name.to_owned(),
        Some(parts) => name.split('/').take(parts.max(1)).collect::<Vec<_>>().join("/"),
    }
}

pub(super) fn word_of(role: Role) -> &'static str {
    let words = [
        RoleWord::Feature,
        RoleWord::Shared,
        RoleWord::Assembly,
        RoleWord::TestSupport,
        RoleWord::Responsibility,
        RoleWord::Unassigned,
    ];
    words.into_iter().find(|word| word.is(role)).map_or("", RoleWord::word)
}

/// Whom each feature reaches, and who reaches it.
struct Reaches {
    from: Reach,
    to: Reach,
}

impl Reaches {
    fn new(repository: &Repository) -> Self {
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let (from, to) = rayon::join(
            || Reach::new(graph, map, &REACHING, Direction::From),
            || Reach::new(graph, map, &REACHING, Direction::To),
        );
        Self { from, to }
    }

    /// How many other features these units reach, and how many reach them.
    fn of(&self, own: &BTreeSet<FeatureId>, units: &[UnitId]) -> (usize, usize) {
        let others = |reach: &Reach| reach.of_all(units).iter().filter(|id| !own.contains(id)).count();
        (others(&self.from), others(&self.to))
    }
}

fn node(
    repository: &Repository,
    standings: &Standings,
    reaches: Option<&Reaches>,
    key: &Key,
    units: Vec<UnitId>,
) -> Node {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let first = units[0];
    let own: BTreeSet<FeatureId> = units.iter().filter_map(|unit| map.feature_of(*unit)).collect();
    let (id, name, what) = match key {
        Key::Feature(name) => (format!("feature:{name}"), name.clone(), What::Feature),
        Key::Role(word) => {
            let name = format!("{word}: {}", counted(units.len(), "unit", "units"));
            (format!("role:{word}"), name, What::Role)
        }
        Key::Unit(unit) => {
            let unit = graph.unit(*unit);
            (unit.identity(), unit.name.clone(), What::Unit(unit.kind))
        }
    };
    let owners: BTreeSet<&str> = units.iter().filter_map(|unit| map.owner(*unit)).collect();
    let standing = units.iter().map(|unit| standings.of_unit(*unit)).max().unwrap_or(Standing::Free);
    Node {
        id,
        name,
        what,
        role: map.role(first),
        owner: (owners.len() == 1).then(|| owners.into_iter().next().map(str::to_owned)).flatten(),
        reach: reaches.filter(|_| what == What::Feature).map(|reaches| reaches.of(&own, &units)),
        units,
        frame: None,
        standing,
    }
}
