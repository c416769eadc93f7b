//! What is drawn, without where.

use std::collections::{BTreeMap, BTreeSet};

use crate::Repository;
use crate::features::Role;
use crate::graph::{CouplingId, CouplingKind, UnitId, UnitKind};

use super::filter::filtered;
use super::knots::knots;
use super::nodes::Places;
use super::standing::{Judgement, Standing, Standings};
use super::view::{DrawLevel, View};

/// Nodes and the edges between them, in an order that depends on names alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the nodes are.
    pub level: DrawLevel,
    /// Sorted by what they are and by name.
    pub nodes: Vec<Node>,
    /// Sorted by their ends; one for each ordered pair.
    pub edges: Vec<Edge>,
    /// What is drawn around several nodes; none holds a node of another.
    pub frames: Vec<Frame>,
    /// What a person should know about what is not drawn, as sentences.
    pub notes: Vec<String>,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A feature, or a parent with its nested ones folded in.
    Feature,
    /// Units of one role that is no feature.
    Role,
    /// One unit, and what is folded into it.
    Unit(UnitKind),
}

/// One thing in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What names it and nothing else: `feature:cart`, `package:cart`, `role:shared`.
    pub id: String,
    /// What is written on it. Not yet harmless.
    pub name: String,
    /// What it stands for.
    pub what: What,
    /// What its first unit is in the product.
    pub role: Role,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What is folded into it, sorted; never empty.
    pub units: Vec<UnitId>,
    /// The frame that it stands in.
    pub frame: Option<usize>,
    /// How many other features it reaches, and how many reach it; for features alone.
    pub reach: Option<(usize, usize)>,
    /// The worst finding that is about it alone, and not about a coupling.
    pub standing: Standing,
}

/// All couplings from one node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The node that needs the other.
    pub from: usize,
    /// The node that is needed.
    pub to: usize,
    /// The couplings; none where it only says that the one is let in through the other.
    pub couplings: Vec<CouplingId>,
    /// How many couplings there are of each kind that judges them.
    pub kinds: Vec<(CouplingKind, usize)>,
    /// The worst of them.
    pub standing: Standing,
    /// How many of them break a rule, accepted or not.
    pub findings: usize,
    /// Whether it is a part of a circle of nodes that build on each other.
    pub is_in_knot: bool,
}

/// Why a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// Arrows lead from each of its nodes to each other one.
    Knot,
    /// Its nodes are units of one feature, or of one role.
    Owner,
}

/// What is drawn around several nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Why.
    pub kind: FrameKind,
    /// What is written on it. Not yet harmless.
    pub title: String,
}

impl Picture {
    /// Draws what a person wants to see, in at most so many nodes. What is too large is folded, and a note says so.
    pub fn new(repository: &Repository, judgement: Judgement<'_>, view: &View, largest: usize) -> Self {
        let picture = Self::unbounded(repository, judgement, view);
        if picture.nodes.len() <= largest {
            return picture;
        }
        let coarser = match (view.level, view.fold) {
            (DrawLevel::Features, None | Some(2..)) => View { fold: Some(1), ..view.clone() },
            (DrawLevel::Features, _) => return picture.cut(largest),
            _ => View { level: DrawLevel::Features, ..view.clone() },
        };
        let instead = match coarser.level == view.level {
            true => "nested features are folded into their parents",
            false => "their features are drawn",
        };
        let note = format!(
            "{} nodes are more than this format shows: {instead}; `--focus` shows a part",
            picture.nodes.len()
        );
        let mut picture = Self::new(repository, judgement, &coarser, largest);
        picture.notes.insert(0, note);
        picture
    }

    /// As [`Self::new`], however large it becomes.
    pub fn unbounded(repository: &Repository, judgement: Judgement<'_>, view: &View) -> Self {
        let standings = Standings::new(judgement);
        let places = Places::new(repository, judgement, &standings, view);
        let edges = edges(repository, &standings, &places, view);
        let notes = places.notes(repository);
        let mut picture = Self { level: view.level, nodes: places.nodes, edges, frames: Vec::new(), notes };
        picture.let_in(repository, judgement, &places.node_of);
        let mut picture = filtered(picture, view);
        picture.frame(repository);
        picture
    }

    /// The ends of the edges by which one node reaches another: what puts features together on purpose, and what is
    /// there for tests, is no way from the one to the other.
    pub fn reaching(&self) -> impl Iterator<Item = (usize, usize)> {
        let is_end = |at: usize| matches!(self.nodes[at].role, Role::Assembly | Role::TestSupport);
        let is_walked = move |edge: &&Edge| edge.reaches() && !is_end(edge.from) && !is_end(edge.to);
        self.edges.iter().filter(is_walked).map(|edge| (edge.from, edge.to))
    }

    /// Whether a node is a feature that reaches no other, that no other reaches, and about which no rule has
    /// anything to say.
    pub fn independent(&self) -> Vec<bool> {
        let mut independent: Vec<bool> = self.nodes.iter().map(|node| node.reach == Some((0, 0))).collect();
        for edge in self.edges.iter().filter(|edge| edge.standing >= Standing::Accepted) {
            independent[edge.from] = false;
            independent[edge.to] = false;
        }
        independent
    }

    /// Whether nothing leads to a node or from it.
    pub fn lonely(&self) -> Vec<bool> {
        let mut lonely = vec![true; self.nodes.len()];
        for edge in &self.edges {
            lonely[edge.from] = false;
            lonely[edge.to] = false;
        }
        lonely
    }

    /// The units and the couplings that are drawn.
    pub fn contents(&self) -> (BTreeSet<UnitId>, BTreeSet<CouplingId>) {
        let units = self.nodes.iter().flat_map(|node| &node.units).copied().collect();
        (units, self.edges.iter().flat_map(|edge| &edge.couplings).copied().collect())
    }

    /// How many edges there are of each standing, the worst first; of those alone that are there.
    pub fn standings(&self) -> Vec<(Standing, usize)> {
        let count = |standing| self.edges.iter().filter(|edge| edge.standing == standing).count();
        let all = Standing::WORST_FIRST.map(|standing| (standing, count(standing)));
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The nodes that matter most, where even the coarsest picture is too large.
    fn cut(mut self, largest: usize) -> Self {
        let mut degree = vec![0_usize; self.nodes.len()];
        for edge in &self.edges {
            degree[edge.from] += 1;
            degree[edge.to] += 1;
        }
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(degree[*at]), *at));
        let mut is_kept = vec![false; self.nodes.len()];
        order.iter().take(largest).for_each(|at| is_kept[*at] = true);
        self.notes.push(format!(
            "only the {largest} features with the most couplings of {} are drawn; `--focus` shows a part",
            self.nodes.len()
        ));
        self.keep(&is_kept);
        self
    }

    /// Drops nodes, and the edges that lead to them or from them.
    pub(super) fn keep(&mut self, is_kept: &[bool]) {
        let mut position = Vec::with_capacity(is_kept.len());
        let mut next = 0;
        for kept in is_kept {
            position.push(next);
            next += usize::from(*kept);
        }
        self.edges.retain(|edge| is_kept[edge.from] && is_kept[edge.to]);
        for edge in &mut self.edges {
            (edge.from, edge.to) = (position[edge.from], position[edge.to]);
        }
        let mut at = 0;
        self.nodes.retain(|_| {
            at += 1;
            is_kept[at - 1]
        });
    }

    /// Edges for everybody whom a finding lets in through a unit that is drawn by itself.
    fn let_in(&mut self, repository: &Repository, judgement: Judgement<'_>, node_of: &[Option<usize>]) {
        let map = &repository.map;
        let known: BTreeMap<(usize, usize), ()> =
            self.edges.iter().map(|edge| ((edge.from, edge.to), ())).collect();
        let mut more: BTreeMap<(usize, usize), ()> = BTreeMap::new();
        let is_of_nobody = |unit: UnitId| map.feature_of(unit).is_none();
        for finding in judgement.findings.iter().chain(judgement.accepted) {
            let Some((door, _)) = finding.cuts.first().filter(|(door, _)| is_of_nobody(*door)) else {
                continue;
            };
            let Some(door) = node_of[door.index()] else { continue };
            for (unit, _) in &finding.joins {
                let Some(from) = node_of[unit.index()].filter(|from| *from != door) else { continue };
                more.insert((from, door), ());
            }
        }
        more.retain(|pair, ()| !known.contains_key(pair));
        self.edges.extend(more.into_keys().map(|(from, to)| Edge {
            from,
            to,
            couplings: Vec::new(),
            kinds: Vec::new(),
            standing: Standing::Free,
            findings: 0,
            is_in_knot: false,
        }));
        self.edges.sort_by_key(|edge| (edge.from, edge.to));
    }

    /// Puts frames around what belongs together.
    fn frame(&mut self, repository: &Repository) {
        let knots = knots(self);
        for edge in &mut self.edges {
            edge.is_in_knot = knots.of_node[edge.from].is_some()
                && knots.of_node[edge.from] == knots.of_node[edge.to]
                && edge.reaches();
        }
        if self.level == DrawLevel::Features {
            self.frames = knots.frames();
            self.nodes.iter_mut().zip(knots.of_node).for_each(|(node, knot)| node.frame = knot);
            return;
        }
        let mut members: BTreeMap<Role, Vec<usize>> = BTreeMap::new();
        for (at, node) in self.nodes.iter().enumerate() {
            members.entry(node.role).or_default().push(at);
        }
        for (role, members) in members {
            members.iter().for_each(|at| self.nodes[*at].frame = Some(self.frames.len()));
            self.frames.push(Frame { kind: FrameKind::Owner, title: repository.map.name_of_role(role) });
        }
    }
}

impl Edge {
    /// Whether the one can't come without the other: any kind but tests, calls and common changes.
    pub fn reaches(&self) -> bool {
        self.kinds.iter().any(|(kind, _)| crate::features::REACHING.contains(kind))
    }

    /// How many couplings it stands for.
    pub fn count(&self) -> usize {
        self.couplings.len()
    }

    /// What is written on an arrow: nothing where all is code, but how much if it is more than one line; else the
    /// kinds in words.
    pub fn tag(&self) -> String {
        match self.kinds.as_slice() {
            [(CouplingKind::Code, 1)] => String::new(),
            [(CouplingKind::Code, count)] => count.to_string(),
            _ => self.label(),
        }
    }

    /// The kinds in words, the most frequent first: `code 3, data`.
    pub fn label(&self) -> String {
        let mut kinds = self.kinds.clone();
        kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
        let words = kinds.iter().map(|(kind, count)| match count {
            1 => kind.word().to_owned(),
            count => format!("{} {count}", kind.word()),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// One edge for each ordered pair of nodes that couplings join.
fn edges(repository: &Repository, standings: &Standings, places: &Places, view: &View) -> Vec<Edge> {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    for (id, coupling) in graph.couplings() {
        let ends = places.node_of[coupling.from.index()].zip(places.node_of[coupling.to.index()]);
        let Some((from, to)) = ends.filter(|(from, to)| from != to) else { continue };
        // A person says of some couplings that they are none.
        let Some(kind) = map.kind(graph, id) else { continue };
        let standing = standings.of(graph, map, id, kind);
        let is_shown = match &view.kinds {
            Some(kinds) => kinds.contains(&kind),
            None => kind != CouplingKind::Test || standing.is_finding(),
        };
        if !is_shown {
            continue;
        }
        let edge = edges.entry((from, to)).or_insert_with(|| Edge {
            from,
            to,
            couplings: Vec::new(),
            kinds: Vec::new(),
            standing,
            findings: 0,
            is_in_knot: false,
        });
        edge.couplings.push(id);
        edge.standing = edge.standing.max(standing);
        edge.findings += usize::from(standing >= Standing::Accepted);
        match edge.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => edge.kinds.push((kind, 1)),
        }
    }
    let mut edges: Vec<Edge> = edges.into_values().collect();
    edges.iter_mut().for_each(|edge| edge.kinds.sort());
    edges
}
