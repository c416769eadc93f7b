//! What has to be placed: packages, and images that hold no binary of one. Everything else follows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CouplingGraph, CouplingKind, UnitId, UnitKind};
use crate::text::RepoPath;

/// How many images may stand on each other in a row before what they ship is not followed any further.
const DEEPEST: usize = 64;

/// How many parts the path of a folder may have: each is looked at for everything that lies below it.
const MOST_PARTS: usize = 32;

/// A package, or a folder of images.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder by which it is declared; the root's is empty.
    pub(super) folder: RepoPath,
    /// The package's name, or the last part of the folder.
    pub(super) name: String,
    /// The package, or the images.
    pub(super) units: Vec<UnitId>,
    pub(super) is_package: bool,
    /// Whether it has a binary.
    pub(super) is_binary: bool,
    /// Whether an image holds it, or is it.
    pub(super) is_shipped: bool,
    /// Whether code is generated in it from a contract, its own or that of others.
    pub(super) is_generated: bool,
}

/// All places, and who uses whom.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Sorted by folder.
    pub(super) all: Vec<Place>,
    /// What each compiles against or is built from.
    pub(super) uses: Vec<BTreeSet<usize>>,
    pub(super) used_by: Vec<BTreeSet<usize>>,
    /// What each can't do without: a Cargo feature may leave out the rest of what it uses.
    pub(super) needs: Vec<BTreeSet<usize>>,
    /// Whose tests use each.
    pub(super) tested_by: Vec<BTreeSet<usize>>,
    /// Images in the root folder, which name nothing but the repository itself; and what lies too deep.
    pub(super) unplaced: Vec<UnitId>,
}

impl Places {
    pub(super) fn new(graph: &CouplingGraph) -> Self {
        let mut drafts = Drafts::default();
        drafts.add_packages(graph);
        drafts.add_images(graph);
        drafts.finish(graph)
    }
}

/// Places before they are in order.
#[derive(Default)]
struct Drafts {
    places: Vec<Place>,
    /// Packages by their folder.
    packages: BTreeMap<RepoPath, usize>,
    place_of: BTreeMap<UnitId, usize>,
    unplaced: Vec<UnitId>,
}

impl Drafts {
    fn add_packages(&mut self, graph: &CouplingGraph) {
        for (id, unit) in graph.units().filter(|(_, unit)| unit.has_folder()) {
            match (unit.kind, unit.parent) {
                (UnitKind::Package, _) if is_too_deep(&unit.path) => self.unplaced.push(id),
                (UnitKind::Package, _) => {
                    self.place_of.insert(id, self.places.len());
                    self.packages.insert(unit.path.clone(), self.places.len());
                    self.places.push(Place {
                        folder: unit.path.clone(),
                        name: unit.short_name.clone(),
                        units: vec![id],
                        is_package: true,
                        is_binary: false,
                        is_shipped: false,
                        is_generated: is_generated(graph, id),
                    });
                }
                // Units are sorted by kind, packages first.
                (UnitKind::Binary, Some(package)) => {
                    if let Some(at) = self.place_of.get(&package).copied() {
                        self.place_of.insert(id, at);
                        self.places[at].is_binary = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// An image that holds binaries is where these are; another one is a place of its own, unless it lies in the
    /// folder of a package, which then says whose it is.
    fn add_images(&mut self, graph: &CouplingGraph) {
        let mut folders: BTreeMap<RepoPath, usize> = BTreeMap::new();
        let is_built = |kind: UnitKind| kind == UnitKind::Image;
        for (id, unit) in graph.units().filter(|(_, unit)| is_built(unit.kind) && unit.has_folder()) {
            let mut binaries = BTreeSet::new();
            binaries_in(graph, id, &mut binaries, 0);
            let held: Vec<usize> =
                binaries.iter().filter_map(|binary| self.place_of.get(binary)).copied().collect();
            held.iter().for_each(|at| self.places[*at].is_shipped = true);
            let folder = unit.path.parent().unwrap_or_else(RepoPath::root);
            let around = folder.with_ancestors().filter(|part| !part.is_empty());
            let is_in_package =
                around.filter_map(RepoPath::new).any(|part| self.packages.contains_key(&part));
            let runs = &graph.unit(id).runs;
            let holds_itself = runs.iter().any(|one| graph.unit(*one).kind == UnitKind::Binary);
            // What stands on an image of several packages follows none of them.
            let is_of_one = held.iter().all(|at| held.first() == Some(at));
            // What stands on one image that is built here follows that one.
            let is_placed = |one: &UnitId| graph.unit(*one).path.parent() != Some(RepoPath::root());
            let stands_on_one = held.is_empty() && runs.len() == 1 && runs.iter().all(is_placed);
            if is_in_package || holds_itself || stands_on_one || (!held.is_empty() && is_of_one) {
                continue;
            }
            if folder == RepoPath::root() || is_too_deep(&folder) {
                self.unplaced.push(id);
                continue;
            }
            let at = *folders.entry(folder.clone()).or_insert(self.places.len());
            if at == self.places.len() {
                self.places.push(Place {
                    name: folder.file_name().to_owned(),
                    folder,
                    units: Vec::new(),
                    is_package: false,
                    is_binary: false,
                    is_shipped: true,
                    is_generated: false,
                });
            }
            self.places[at].units.push(id);
            self.place_of.insert(id, at);
        }
    }

    fn finish(self, graph: &CouplingGraph) -> Places {
        let mut order: Vec<usize> = (0..self.places.len()).collect();
        order.sort_by_key(|at| (&self.places[*at].folder, self.places[*at].units.first()));
        let mut now = vec![0; order.len()];
        order.iter().enumerate().for_each(|(position, at)| now[*at] = position);
        let mut sorted: Vec<(usize, Place)> = self.places.into_iter().enumerate().collect();
        sorted.sort_by_key(|(at, _)| now[*at]);
        let empty = || vec![BTreeSet::new(); sorted.len()];
        let (mut uses, mut used_by, mut needs, mut tested_by) = (empty(), empty(), empty(), empty());
        let place_of = |unit: UnitId| self.place_of.get(&unit).map(|at| now[*at]);
        for (_, coupling) in graph.couplings() {
            let (Some(from), Some(to)) = (place_of(coupling.from), place_of(coupling.to)) else { continue };
            match coupling.kind {
                _ if from == to => {}
                CouplingKind::Code | CouplingKind::Build => {
                    uses[from].insert(to);
                    if !coupling.conditions.optional {
                        needs[from].insert(to);
                    }
                    used_by[to].insert(from);
                }
                CouplingKind::Test => {
                    tested_by[to].insert(from);
                }
                _ => {}
            }
        }
        let all = sorted.into_iter().map(|(_, place)| place).collect();
        Places { all, uses, used_by, needs, tested_by, unplaced: self.unplaced }
    }
}

fn is_generated(graph: &CouplingGraph, package: UnitId) -> bool {
    graph.couplings_from(package).any(|id| {
        let coupling = graph.coupling(id);
        coupling.declared.is_none() && graph.unit(coupling.to).is_contract()
    })
}

fn is_too_deep(folder: &RepoPath) -> bool {
    folder.parts().count() > MOST_PARTS
}

/// The binaries that an image holds, also by way of the images that it stands on.
fn binaries_in(graph: &CouplingGraph, image: UnitId, found: &mut BTreeSet<UnitId>, depth: usize) {
    for held in &graph.unit(image).runs {
        match graph.unit(*held).kind {
            UnitKind::Binary => {
                found.insert(*held);
            }
            UnitKind::Image if depth < DEEPEST => binaries_in(graph, *held, found, depth + 1),
            _ => {}
        }
    }
}
