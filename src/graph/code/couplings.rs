//! Units and couplings of what was read: modules, what couples them, and what packages name of each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::graph::cargo::CargoPackages;
use crate::graph::{
    Conditions, Coupling, CouplingGraph, CouplingId, CouplingKind, Ecosystem, Linked, References,
    ReferredItem, Unit, UnitId, UnitKind,
};
use crate::text::RepoPath;

use super::gather::Referred;
use super::names::{Resolver, To};
use super::packages::TargetKind;
use super::sources::Sources;
use super::tree::{Name, Names};
use super::unclear::{Texts, unclear};
use super::{CodeWanted, Nobody, ReadTarget};

/// What sources say beyond manifests.
#[derive(Debug, Default)]
pub struct CodeFound {
    /// Modules, in order; they come behind all units that there are.
    modules: Vec<Unit>,
    couplings: Vec<Coupling>,
    /// What the couplings of manifests are made of.
    references: Vec<(CouplingId, Arc<References>)>,
}

impl CodeFound {
    /// The graph with all of it.
    pub fn applied(self, mut graph: CouplingGraph) -> CouplingGraph {
        for (id, references) in self.references {
            graph.refer(id, references);
        }
        graph.with(self.modules, self.couplings)
    }
}

/// What was referred to, in each way.
type ByKind = BTreeMap<CouplingKind, Referred>;

/// From which unit to which, and how.
type Edge = (UnitId, UnitId, CouplingKind);

pub(super) fn couplings(
    linked: &Linked,
    (read, names): (&[ReadTarget], &Names),
    (sources, files): (&Sources<'_>, &[Vec<&RepoPath>]),
    wanted: &CodeWanted,
) -> CodeFound {
    let units = ModuleUnits::new(linked, (read, names), wanted);
    let mut edges: BTreeMap<Edge, (Referred, Conditions)> = BTreeMap::new();
    let mut between: BTreeMap<(usize, usize), ByKind> = BTreeMap::new();
    let mut libraries: BTreeMap<usize, (usize, Resolver<'_>)> = BTreeMap::new();
    for package in &wanted.opened {
        let Some(at) = read.iter().position(|one| one.target.package == *package && one.target.is_library())
        else {
            continue;
        };
        let one = &read[at];
        libraries.insert(*package, (at, Resolver::new(&one.tree, &one.crates, &Nobody)));
    }
    for (at, one) in read.iter().enumerate() {
        let is_opened = wanted.opened.contains(&one.target.package);
        for ((module, to, is_test), referred) in &one.found {
            let kind = match (one.target.kind, is_test) {
                (TargetKind::Build, _) => CouplingKind::Build,
                (_, true) => CouplingKind::Test,
                _ => CouplingKind::Code,
            };
            let from = units.owner(at, *module);
            let (to, through, name): (Option<UnitId>, BTreeSet<UnitId>, String) = match to {
                To::Module(other) | To::Item(other, _) if is_opened && units.has(at) => {
                    let through = referred.through.iter().filter_map(|one| units.owner(at, *one));
                    (units.owner(at, *other), through.collect(), units.path_of(at, *other, names))
                }
                To::Package(package, words) => {
                    if wanted.pairs.contains(&(one.target.package, *package)) {
                        let by_kind = between.entry((one.target.package, *package)).or_default();
                        by_kind.entry(kind).or_default().add(&of_crate(referred, *package, &linked.cargo));
                    }
                    match libraries.get_mut(package) {
                        Some((library, resolver)) => {
                            let Some((module, door)) = inside(resolver, words) else { continue };
                            let to = units.owner(*library, module);
                            let is_root = to == linked.package_units.get(*package).copied();
                            // The manifest says so already.
                            if is_root && !is_opened {
                                continue;
                            }
                            let door = door.and_then(|door| units.owner(*library, door));
                            (to, door.into_iter().collect(), units.path_of(*library, module, names))
                        }
                        None if is_opened => {
                            let to = linked.package_units.get(*package).copied();
                            let root = linked.package_units.get(one.target.package).copied();
                            if from == root {
                                continue;
                            }
                            (to, BTreeSet::new(), crate_name(*package, &linked.cargo))
                        }
                        None => continue,
                    }
                }
                _ => continue,
            };
            let (Some(from), Some(to)) = (from, to) else { continue };
            if from == to || referred.items.is_empty() {
                continue;
            }
            let named = within(referred, &name);
            let (known, conditions) = edges.entry((from, to, kind)).or_default();
            known.add(&named);
            known.through.extend(through.iter().map(|unit| unit.index()));
            if let Some(condition) = &one.tree.modules[*module].condition {
                *conditions = conditions_of(condition);
            }
        }
    }
    let couplings = edges.into_iter().filter_map(|((from, to, kind), (referred, conditions))| {
        let references = listed(&referred, None);
        let first = references.first()?.clone();
        let through = referred.through.iter().map(|unit| UnitId::new(*unit)).collect();
        Some(Coupling {
            conditions,
            references: Some(Arc::new(References { through, ..references })),
            ..Coupling::new(from, to, kind, [first])
        })
    });
    let couplings = couplings.collect();
    let texts = Texts { cargo: &linked.cargo, sources, files };
    CodeFound { modules: units.units, couplings, references: referred_to(linked, &between, wanted, texts) }
}

/// The module that words behind a crate's name lead to, and the one in which the last of them is looked up.
fn inside(resolver: &mut Resolver<'_>, words: &[Name]) -> Option<(usize, Option<usize>)> {
    let meaning = resolver.path_in(0, words);
    let module = meaning.all().find_map(|to| match to {
        To::Module(module) | To::Item(module, _) => Some(*module),
        _ => None,
    })?;
    let door = (1..=words.len()).rev().find_map(|end| resolver.path_in(0, &words[..end - 1]).module());
    Some((module, door))
}

fn crate_name(package: usize, cargo: &CargoPackages) -> String {
    let package = &cargo.packages[package];
    let library = package.library.as_ref().map(|library| library.name.clone());
    library.unwrap_or_else(|| package.name.value.replace('-', "_"))
}

/// What is referred to by its whole path.
fn within(referred: &Referred, path: &str) -> Referred {
    let items = referred.items.iter().map(|(name, places)| {
        let name = if name.is_empty() { path.to_owned() } else { format!("{path}::{name}") };
        (name, places.clone())
    });
    Referred { items: items.collect(), in_docs: referred.in_docs, through: BTreeSet::new() }
}

fn of_crate(referred: &Referred, package: usize, cargo: &CargoPackages) -> Referred {
    within(referred, &crate_name(package, cargo))
}

/// The items, those with the most places first.
fn listed(referred: &Referred, unclear: Option<&'static str>) -> References {
    let items = referred
        .items
        .iter()
        .map(|(name, places)| ReferredItem { name: name.clone(), places: places.iter().cloned().collect() });
    let mut items: Vec<ReferredItem> = items.collect();
    items.sort_by(|a, b| (b.places.len(), &a.name).cmp(&(a.places.len(), &b.name)));
    References { items, in_docs: referred.in_docs, unclear, through: Vec::new() }
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
    texts: Texts<'_>,
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
                && !has(CouplingKind::Test)
                && by_kind.get(&CouplingKind::Test).is_some_and(|tests| !tests.items.is_empty());
            let why = match referred.items.is_empty() {
                false => None,
                true if is_for_tests => Some("only its tests name it"),
                true => unclear((*from, *to), linked.graph.coupling(*id), texts),
            };
            found.push((*id, Arc::new(listed(&referred, why))));
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
    fn new(linked: &Linked, (read, names): (&[ReadTarget], &Names), wanted: &CodeWanted) -> Self {
        let graph = &linked.graph;
        let roots: Vec<Option<UnitId>> = read.iter().map(|one| root_of(one, linked)).collect();
        let mut drafts: Vec<(Unit, usize, usize)> = Vec::new();
        let mut paths = Vec::new();
        for (at, one) in read.iter().enumerate() {
            let is_opened = wanted.opened.contains(&one.target.package)
                && matches!(one.target.kind, TargetKind::Library | TargetKind::Binary(_));
            let mut written: Vec<String> = Vec::new();
            for (module, says) in one.tree.modules.iter().enumerate() {
                let path = match module {
                    0 => crate_name(one.target.package, &linked.cargo),
                    _ => format!("{}::{}", written[says.parent], names.text(says.name)),
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
                    path: says.file.clone(),
                    declared_at: says.declared_at.clone(),
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
            for (module, says) in one.tree.modules.iter().enumerate() {
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

    fn path_of(&self, at: usize, module: usize, _: &Names) -> String {
        self.paths[at].get(module).cloned().unwrap_or_default()
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
