//! Units and couplings of what was read: modules, what couples them, and what packages name of each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::graph::cargo::CargoPackages;
use crate::graph::{
    Conditions, Coupling, CouplingGraph, CouplingId, CouplingKind, Ecosystem, Linked, ONLY_TESTS, References,
    ReferredItem, Unit, UnitId, UnitKind,
};
use crate::text::Location;

use super::CodeWanted;
use super::packages::TargetKind;
use super::said::{Aim, Inside, ReadTarget, Refers, Said};
use super::unclear::{Texts, unclear};

/// What sources say beyond manifests.
#[derive(Debug, Default)]
pub struct CodeFound {
    /// Modules, in order; they come behind all units that there are.
    modules: Vec<Unit>,
    couplings: Vec<Coupling>,
    /// What the couplings of manifests are made of.
    references: Vec<(CouplingId, Arc<References>)>,
    /// Couplings to modules that only pass something on, each with the units that define it.
    passages: Vec<(Coupling, BTreeSet<UnitId>)>,
}

/// Asked of each pair of units of a graph whether both belong to the same.
pub(super) type AreOfOne<'a> = &'a dyn Fn(&CouplingGraph, &[(UnitId, UnitId)]) -> Vec<bool>;

impl CodeFound {
    /// The graph with all of it. Whether what a module passes on is its own as well, `are_of_one` says of the module and
    /// of the unit that defines it, once the graph has its modules: then naming it by way of the module is no more
    /// than naming what defines it.
    pub fn applied(self, mut graph: CouplingGraph, are_of_one: AreOfOne<'_>) -> CouplingGraph {
        for (id, references) in self.references {
            graph.refer(id, references);
        }
        let graph = graph.with(self.modules, self.couplings);
        if self.passages.is_empty() {
            return graph;
        }
        let pairs = self.passages.iter().flat_map(|(coupling, defining)| {
            defining.iter().map(|unit| (coupling.to, *unit)).collect::<Vec<_>>()
        });
        let mut answers = are_of_one(&graph, &pairs.collect::<Vec<_>>()).into_iter();
        let passages = self.passages.into_iter().filter_map(|(coupling, defining)| {
            let are_all = answers.by_ref().take(defining.len()).filter(|is| *is).count() == defining.len();
            let is_known = graph.couplings_between(coupling.from, coupling.to).next().is_some();
            (!are_all && !is_known).then_some(coupling)
        });
        let passages: Vec<Coupling> = passages.collect();
        graph.with(Vec::new(), passages)
    }
}

/// What is referred to, and where.
#[derive(Default)]
struct Referred {
    items: BTreeMap<String, Vec<Location>>,
    in_docs: usize,
    /// The units in which it is looked up.
    through: BTreeSet<UnitId>,
}

impl Referred {
    /// Adds what a target refers to below a path.
    fn take(&mut self, refers: &Refers, said: &Said, path: &str) {
        for (name, places) in &refers.items {
            let name = if name.is_empty() { path.to_owned() } else { format!("{path}::{name}") };
            self.items.entry(name).or_default().extend(places.iter().map(|place| said.location(*place)));
        }
        self.in_docs += refers.in_docs;
    }

    fn add(&mut self, other: &Self) {
        for (name, places) in &other.items {
            self.items.entry(name.clone()).or_default().extend_from_slice(places);
        }
        self.in_docs += other.in_docs;
        self.through.extend(&other.through);
    }

    /// The items, those with the most places first.
    fn listed(self, unclear: Option<&'static str>) -> References {
        let items = self.items.into_iter().map(|(name, mut places)| {
            places.sort_unstable();
            places.dedup();
            ReferredItem { name, places }
        });
        let mut items: Vec<ReferredItem> = items.collect();
        items.sort_by(|a, b| (b.places.len(), &a.name).cmp(&(a.places.len(), &b.name)));
        References { items, in_docs: self.in_docs, unclear, through: self.through.into_iter().collect() }
    }
}

/// What was referred to, in each way.
type ByKind = BTreeMap<CouplingKind, Referred>;

/// From which unit to which, and how.
type Ends = (UnitId, UnitId, CouplingKind);

/// What couples two units.
#[derive(Default)]
struct Edge<'r> {
    referred: Referred,
    /// When each part of it is there.
    conditions: BTreeSet<Option<&'r str>>,
}

impl Edge<'_> {
    /// `None` where only documentation names anything: that couples nobody.
    fn coupling(self, (from, to, kind): Ends) -> Option<Coupling> {
        let conditions = self.condition();
        let references = self.referred.listed(None);
        let first = references.first()?.clone();
        let references = Some(Arc::new(references));
        Some(Coupling { conditions, references, ..Coupling::new(from, to, kind, [first]) })
    }

    /// When it is there: what is always there in one place is always there.
    fn condition(&self) -> Conditions {
        let mut all = self.conditions.iter();
        match (all.next(), all.next()) {
            (Some(Some(only)), None) => conditions_of(only),
            (Some(Some(_)), Some(_)) => {
                let inner = self.conditions.iter().flatten().map(|one| {
                    one.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(one)
                });
                let inner: Vec<&str> = inner.take(ALTERNATIVES).collect();
                conditions_of(&format!("cfg(any({}))", inner.join(", ")))
            }
            _ => Conditions::default(),
        }
    }
}

/// How many conditions are told of one coupling.
const ALTERNATIVES: usize = 4;

pub(super) fn couplings(
    linked: &Linked,
    read: &[ReadTarget],
    texts: &mut Texts<'_, '_>,
    wanted: &CodeWanted,
) -> CodeFound {
    let units = ModuleUnits::new(linked, read, wanted);
    let mut edges: BTreeMap<Ends, Edge<'_>> = BTreeMap::new();
    let mut passages: BTreeMap<Ends, (Edge<'_>, BTreeSet<UnitId>)> = BTreeMap::new();
    let mut between: BTreeMap<(usize, usize), ByKind> = BTreeMap::new();
    let libraries: BTreeMap<usize, usize> = read
        .iter()
        .enumerate()
        .filter(|(_, one)| one.target.is_library() && wanted.opened.contains(&one.target.package))
        .map(|(at, one)| (one.target.package, at))
        .collect();
    for (at, one) in read.iter().enumerate() {
        let is_opened = wanted.opened.contains(&one.target.package);
        for refers in &one.said.refers {
            let kind = match (one.target.kind, refers.is_test) {
                (TargetKind::Build, _) => CouplingKind::Build,
                (_, true) => CouplingKind::Test,
                _ => CouplingKind::Code,
            };
            let from = units.owner(at, refers.module);
            // The target and the module by way of which something is named, where that is not where it is defined.
            let mut through = None;
            let named: String;
            let (to, name): (Option<UnitId>, &str) = match refers.aim {
                Aim::Module(other) if is_opened && units.has(at) => {
                    through = refers.through.map(|door| (at, door));
                    (units.owner(at, other), units.path_of(at, other))
                }
                Aim::Module(_) => continue,
                Aim::Package { local, inside } => {
                    let Some(package) = one.locals.package(local) else { continue };
                    let package_unit = linked.package_units.get(package).copied();
                    if wanted.pairs.contains(&(one.target.package, package)) {
                        let by_kind = between.entry((one.target.package, package)).or_default();
                        let referred = by_kind.entry(kind).or_default();
                        referred.take(refers, &one.said, &crate_name(package, &linked.cargo));
                        // Where a dependency leads to nothing but modules, they are what is needed of it.
                        if let Some(library) = libraries.get(&package)
                            && !refers.items.is_empty()
                        {
                            let door = inside.and_then(|Inside { module, door }| {
                                units.owner(*library, door.unwrap_or(module))
                            });
                            referred.through.extend(door.or(package_unit));
                        }
                    }
                    match libraries.get(&package) {
                        Some(library) => {
                            let Some(Inside { module, door }) = inside else { continue };
                            let to = units.owner(*library, module);
                            // The manifest says so already.
                            if to == package_unit && !is_opened {
                                continue;
                            }
                            through = door.map(|door| (*library, door));
                            (to, units.path_of(*library, module))
                        }
                        None if is_opened => {
                            if from == linked.package_units.get(one.target.package).copied() {
                                continue;
                            }
                            named = crate_name(package, &linked.cargo);
                            (package_unit, &named)
                        }
                        None => continue,
                    }
                }
            };
            let (Some(from), Some(to)) = (from, to) else { continue };
            if from == to {
                continue;
            }
            let edge = edges.entry((from, to, kind)).or_default();
            edge.referred.take(refers, &one.said, name);
            if refers.items.is_empty() {
                continue;
            }
            let condition = one.said.modules[refers.module].condition.as_deref();
            edge.conditions.insert(condition);
            let Some((target, door)) = through else { continue };
            let Some(unit) = units.owner(target, door) else { continue };
            edge.referred.through.insert(unit);
            // The root of a crate passes on what is everybody's; who is split off names the place itself.
            if unit != to && unit != from && door > 0 {
                let passage = passages.entry((from, unit, kind)).or_default();
                passage.0.referred.take(refers, &one.said, units.path_of(target, door));
                passage.0.conditions.insert(condition);
                passage.1.insert(to);
            }
        }
    }
    let couplings = edges.into_iter().filter_map(|(ends, edge)| edge.coupling(ends)).collect();
    let passages = passages.into_iter().filter_map(|(ends, (edge, to))| Some((edge.coupling(ends)?, to)));
    CodeFound {
        couplings,
        passages: passages.collect(),
        references: referred_to(linked, &between, wanted, texts),
        modules: units.units,
    }
}

fn crate_name(package: usize, cargo: &CargoPackages) -> String {
    let package = &cargo.packages[package];
    let library = package.library.as_ref().map(|library| library.name.clone());
    library.unwrap_or_else(|| package.name.value.replace('-', "_"))
}

/// When code is there that a `cfg` decides about.
fn conditions_of(condition: &str) -> Conditions {
    let feature = condition.strip_prefix("cfg(feature = \"").and_then(|rest| rest.strip_suffix("\")"));
    match feature {
        Some(feature) if !feature.contains('"') => {
            Conditions { optional: true, cargo_features: vec![feature.to_owned()], ..Conditions::default() }
        }
        _ => Conditions { platform: Some(condition.to_owned()), ..Conditions::default() },
    }
}

/// What the couplings of manifests are made of.
fn referred_to(
    linked: &Linked,
    between: &BTreeMap<(usize, usize), ByKind>,
    wanted: &CodeWanted,
    texts: &mut Texts<'_, '_>,
) -> Vec<(CouplingId, Arc<References>)> {
    let mut found = Vec::new();
    let none = ByKind::new();
    for (from, to) in &wanted.pairs {
        let by_kind = between.get(&(*from, *to)).unwrap_or(&none);
        let ends = (linked.package_units[*from], linked.package_units[*to]);
        let couplings: Vec<CouplingId> = linked.graph.couplings_between(ends.0, ends.1).collect();
        let couplings: Vec<CouplingId> =
            couplings.into_iter().filter(|id| linked.graph.coupling(*id).request.is_some()).collect();
        let has = |kind| couplings.iter().any(|id| linked.graph.coupling(*id).kind == kind);
        for id in &couplings {
            let kind = linked.graph.coupling(*id).kind;
            let mut referred = Referred::default();
            let mut add = |kind| {
                if let Some(more) = by_kind.get(&kind) {
                    referred.add(more);
                }
            };
            add(kind);
            // A dependency for tests serves what no other one serves.
            if kind == CouplingKind::Test && !has(CouplingKind::Code) {
                add(CouplingKind::Code);
            }
            let is_for_tests = referred.items.is_empty()
                && kind == CouplingKind::Code
                && by_kind.get(&CouplingKind::Test).is_some_and(|tests| !tests.items.is_empty());
            let why = match referred.items.is_empty() {
                false => None,
                true if is_for_tests => Some(ONLY_TESTS),
                true => unclear((*from, *to), linked.graph.coupling(*id), texts),
            };
            found.push((*id, Arc::new(referred.listed(why))));
        }
    }
    found
}

/// The units of modules.
struct ModuleUnits {
    units: Vec<Unit>,
    /// For each target, the unit of each module; `None` for targets that are no part of what is opened.
    owners: Vec<Option<Vec<UnitId>>>,
    /// What stands for a target as a whole.
    roots: Vec<Option<UnitId>>,
    /// The path of each module, as code writes it.
    paths: Vec<Vec<String>>,
}

impl ModuleUnits {
    fn new(linked: &Linked, read: &[ReadTarget], wanted: &CodeWanted) -> Self {
        let graph = &linked.graph;
        let roots: Vec<Option<UnitId>> = read.iter().map(|one| root_of(one, linked)).collect();
        let mut drafts: Vec<(Unit, usize, usize)> = Vec::new();
        let mut paths = Vec::new();
        for (at, one) in read.iter().enumerate() {
            let is_opened = wanted.opened.contains(&one.target.package)
                && matches!(one.target.kind, TargetKind::Library | TargetKind::Binary(_));
            let mut written: Vec<String> = Vec::new();
            for (module, says) in one.said.modules.iter().enumerate() {
                let path = match module {
                    0 => crate_name(one.target.package, &linked.cargo),
                    _ => format!("{}::{}", written[says.parent], says.name),
                };
                written.push(path);
                let Some(root) = roots[at].filter(|_| is_opened && module > 0 && !says.is_test) else {
                    continue;
                };
                let inner = written[module].split_once("::").map_or("", |(_, inner)| inner);
                let unit = Unit {
                    kind: UnitKind::Module,
                    name: format!("{}::{inner}", graph.unit(root).name),
                    short_name: written[module].clone(),
                    path: one.said.file(says.file),
                    declared_at: one.said.location(says.declared_at),
                    parent: Some(root),
                    runs: Vec::new(),
                    ecosystem: Some(Ecosystem::Cargo),
                    is_outside: false,
                };
                drafts.push((unit, at, module));
            }
            paths.push(written);
        }
        drafts.sort_by(|(a, ..), (b, ..)| a.name.cmp(&b.name));
        let mut owners: Vec<Option<Vec<UnitId>>> = vec![None; read.len()];
        let first = graph.units().len();
        let mut units: Vec<Unit> = Vec::with_capacity(drafts.len());
        for (unit, at, module) in drafts {
            let is_again = units.last().is_some_and(|last| last.name == unit.name);
            let id = UnitId::new(first + units.len() - usize::from(is_again));
            let of_target = owners[at].get_or_insert_with(|| vec![UnitId::new(usize::MAX); paths[at].len()]);
            of_target[module] = id;
            if !is_again {
                units.push(unit);
            }
        }
        let mut all = Self { units, owners, roots, paths };
        all.settle(read, first);
        all
    }

    /// Modules that are there for tests alone belong to what is around them; and each module lies in the one around it.
    fn settle(&mut self, read: &[ReadTarget], first: usize) {
        let none = UnitId::new(usize::MAX);
        for (at, one) in read.iter().enumerate() {
            let (Some(owners), Some(root)) = (&mut self.owners[at], self.roots[at]) else { continue };
            for (module, says) in one.said.modules.iter().enumerate() {
                let around = if module == 0 { root } else { owners[says.parent] };
                if module == 0 || owners[module] == none {
                    owners[module] = around;
                } else if let Some(unit) = self.units.get_mut(owners[module].index() - first) {
                    unit.parent = Some(around);
                }
            }
        }
    }

    /// The unit of a module in a target.
    fn owner(&self, at: usize, module: usize) -> Option<UnitId> {
        match &self.owners[at] {
            Some(owners) => owners.get(module).copied(),
            None => self.roots[at],
        }
    }

    fn has(&self, at: usize) -> bool {
        self.owners[at].is_some()
    }

    fn path_of(&self, at: usize, module: usize) -> &str {
        self.paths[at].get(module).map_or("", String::as_str)
    }
}

/// The unit that stands for a target: the binary, or the package.
fn root_of(one: &ReadTarget, linked: &Linked) -> Option<UnitId> {
    let package = linked.package_units.get(one.target.package).copied()?;
    let TargetKind::Binary(position) = one.target.kind else { return Some(package) };
    let binary = linked.cargo.packages[one.target.package].binaries.get(position)?;
    let name = format!("{}/{}", linked.graph.unit(package).name, binary.name);
    let mut units = linked.graph.units();
    let found = units.find(|(_, unit)| unit.kind == UnitKind::Binary && unit.name == name);
    found.map(|(id, _)| id)
}
