//! Which declaration a unit follows: the closest one, and among equals in one file the most precise.

mod catalogs;
mod keys;
mod names;
mod paths;
mod shipped;

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CouplingGraph, Unit, UnitId, UnitKind};
use crate::snapshot::Listing;
use crate::text::{Fault, Location, RepoPath, Spanned};

use super::claims::{Claim, Rank};
use super::selector::{PathMatcher, Unmatched};
use super::{
    Configuration, Feature, FeatureDeclaration, FeatureId, FeatureMap, Responsibility, ResponsibilityId, Role,
};

use catalogs::Given;

/// Two declarations that claim one unit with equal right.
#[derive(Debug, Clone)]
pub struct Contest {
    /// The unit.
    pub unit: UnitId,
    /// Each role that is claimed, and where; the first one counts.
    pub claims: Vec<(Role, Location)>,
}

/// Where a unit would belong if somebody moved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To a feature, by its name.
    Feature(String),
    /// To no feature on purpose.
    Shared,
    /// To what puts features together.
    Assembly,
    /// To what exists for tests.
    TestSupport,
}

/// Units that would belong elsewhere, and where.
pub type Move = (BTreeSet<UnitId>, Destination);

/// Gives every unit its role; what is moved goes where it is moved, and what is a part of it or ships it follows.
pub fn assign(
    graph: &CouplingGraph,
    configuration: &Configuration,
    nearby: &[FeatureDeclaration],
    (listing, problems): (&Listing, &[Fault]),
    moves: &[Move],
) -> FeatureMap {
    let assigned = |given: &Given| {
        let mut assignment = Assignment::new(graph, configuration, nearby, &given.declarations);
        assignment.claim_moved(moves);
        assignment.claim_by_path(problems);
        assignment.claim_by_name();
        assignment.claim_by_folder();
        assignment.claim_by_catalog(given);
        assignment.find_unmatched(listing);
        assignment.finish()
    };
    let nearer = assigned(&Given::default());
    if graph.catalogs().is_empty() || !configuration.takes_catalogs() {
        return nearer;
    }
    // Whether a unit is anybody's by what is declared nearer, with all that follows from it, is known only then.
    let given = Given::new(graph, &nearer);
    if given.is_empty() { nearer } else { assigned(&given) }
}

struct Assignment<'c> {
    graph: &'c CouplingGraph,
    configuration: &'c Configuration,
    /// Root declarations first, then those next to the code, and last those of catalogs.
    declarations: Vec<&'c FeatureDeclaration>,
    /// How many of them a person wrote for this.
    own: usize,
    /// Which declarations each feature has, as positions.
    declared: BTreeMap<String, BTreeSet<usize>>,
    names: BTreeMap<String, FeatureId>,
    claims: Vec<Vec<Claim>>,
    embodies: Vec<Vec<ResponsibilityId>>,
    named_as_api: Vec<Vec<FeatureId>>,
    unmatched: Vec<Unmatched>,
    /// Every name and path of a unit: looking a name up is quicker than asking each unit.
    named: BTreeMap<&'c str, BTreeSet<UnitId>>,
}

impl<'c> Assignment<'c> {
    fn new(
        graph: &'c CouplingGraph,
        configuration: &'c Configuration,
        nearby: &'c [FeatureDeclaration],
        catalogued: &'c [FeatureDeclaration],
    ) -> Self {
        let declarations = configuration.features.iter().chain(nearby).chain(catalogued);
        let declarations: Vec<_> = declarations.collect();
        let count = graph.units().len();
        let mut declared: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (at, declaration) in declarations.iter().enumerate() {
            let mut declare = |name: String| {
                declared.entry(name).or_default().insert(at);
            };
            match &declaration.each {
                None => declare(declaration.name.value.clone()),
                Some(each) => {
                    let matcher = PathMatcher::new([each]);
                    let is_folder =
                        |unit: &Unit, place: &str| unit.kind != UnitKind::Module || !place.ends_with(".rs");
                    let folders = placed(graph)
                        .flat_map(|(_, unit)| unit.places().filter(move |place| is_folder(unit, place)));
                    let found = folders.filter(|folder| !matcher.naming(folder).is_empty());
                    found.for_each(|folder| declare(name_of_each(declaration, folder)));
                }
            }
        }
        let names =
            declared.keys().enumerate().map(|(at, name)| (name.clone(), FeatureId::new(at))).collect();
        Self {
            graph,
            configuration,
            own: configuration.features.len() + nearby.len(),
            declarations,
            declared,
            names,
            claims: vec![Vec::new(); count],
            embodies: vec![Vec::new(); count],
            named_as_api: vec![Vec::new(); count],
            unmatched: Vec::new(),
            named: names_of_units(graph),
        }
    }

    /// What is moved is where it is moved to, whatever is declared.
    fn claim_moved(&mut self, moves: &[Move]) {
        for (units, destination) in moves {
            let role = match destination {
                Destination::Shared => Role::Shared,
                Destination::Assembly => Role::Assembly,
                Destination::TestSupport => Role::TestSupport,
                Destination::Feature(name) => match self.names.get(name) {
                    Some(feature) => Role::Feature(*feature),
                    None => continue,
                },
            };
            for unit in units {
                let location = self.graph.unit(*unit).declared_at.clone();
                self.claims[unit.index()].push(Claim { rank: Rank::Supposed, role, location });
            }
        }
    }

    /// The features that a declaration means where it names a unit at `path`.
    fn features_of(&self, declaration: &FeatureDeclaration, path: &RepoPath) -> Vec<FeatureId> {
        match &declaration.each {
            None => self.names.get(&declaration.name.value).copied().into_iter().collect(),
            Some(each) => {
                let matcher = PathMatcher::new([each]);
                path.with_ancestors()
                    .filter(|folder| !matcher.naming(folder).is_empty())
                    .filter_map(|folder| self.names.get(&name_of_each(declaration, folder)).copied())
                    .collect()
            }
        }
    }

    /// Declarations next to the code take the folder that they lie in.
    fn claim_by_folder(&mut self) {
        for at in 0..self.declarations.len() {
            let declaration = self.declarations[at];
            let Some(folder) = &declaration.folder else {
                continue;
            };
            let Some(feature) = self.names.get(&declaration.name.value).copied() else {
                continue;
            };
            let mut has_matched = false;
            for (id, unit) in self.graph.units() {
                let is_meant = match declaration.is_of_package {
                    true => unit.declared_at.path == declaration.declared_at.path,
                    false => unit.has_folder() && unit.places().any(|place| place == folder.as_str()),
                };
                if !is_meant {
                    continue;
                }
                has_matched = true;
                let depth = depth(folder);
                self.claims[id.index()].push(Claim {
                    rank: Rank::Nearby { depth, by_name: false, precision: (0, false) },
                    role: Role::Feature(feature),
                    location: declaration.declared_at.clone(),
                });
            }
            if !has_matched {
                self.unmatched.push(Unmatched {
                    written: folder.to_string(),
                    place: format!("the declaration of feature `{}`", declaration.name.value),
                    wanted: "unit",
                    location: declaration.declared_at.clone(),
                    nearest: None,
                });
            }
        }
    }

    /// `[scan] exclude` is judged on files, since it takes out what would have been units.
    fn find_unmatched(&mut self, listing: &Listing) {
        let exclude = &self.configuration.exclude;
        let matcher = PathMatcher::new(exclude);
        let mut has_matched = vec![false; exclude.len()];
        let paths = listing.files.iter().chain(&listing.folders).filter(|_| !exclude.is_empty());
        for part in paths.flat_map(|path| path.with_ancestors()).filter(|part| !part.is_empty()) {
            matcher.naming(part).into_iter().for_each(|at| has_matched[at] = true);
        }
        for (selector, _) in exclude.iter().zip(has_matched).filter(|(_, has_matched)| !has_matched) {
            self.unmatched.push(Unmatched {
                written: selector.written.value.clone(),
                place: "`[scan] exclude`".to_owned(),
                wanted: "file",
                location: self.in_root(&selector.written),
                nearest: None,
            });
        }
    }

    fn in_root(&self, written: &Spanned<String>) -> Location {
        Location { path: self.configuration.file.clone(), span: written.span }
    }

    fn finish(mut self) -> FeatureMap {
        // A binary follows its package, unless it is named more closely itself.
        let written = self.claims.clone();
        for (id, unit) in self.graph.units() {
            if let Some(parent) = unit.parent {
                if unit.kind == UnitKind::Module {
                    // Either it is claimed more closely than what it lies in, or it is a part of that.
                    let own = own_claims(&written[id.index()], &written[parent.index()]);
                    if !own.is_empty() {
                        self.claims[id.index()] = own;
                        continue;
                    }
                    self.claims[id.index()].clear();
                }
                let inherited = self.claims[parent.index()].clone();
                self.claims[id.index()].extend(inherited);
                let embodied = self.embodies[parent.index()].clone();
                self.embodies[id.index()].extend(embodied);
            }
        }
        let mut map = self.described();
        let mut settled = self.settled();
        self.follow_providers(&mut settled);
        for ((id, _), (winners, location)) in self.graph.units().zip(settled) {
            let role = winners.first().map_or(Role::Unassigned, |(role, _)| *role);
            let is_api = match role {
                // What a contract is for, nobody has to say.
                Role::Feature(_) if self.graph.unit(id).is_contract() => true,
                // What lies in a module that is an API is a part of it.
                Role::Feature(_) if self.is_in_api(id, &map) => true,
                Role::Feature(feature) => self.named_as_api[id.index()].contains(&feature),
                _ => false,
            };
            map.roles.push(role);
            map.assigned_by.push(location);
            map.is_api.push(is_api);
            if winners.len() > 1 {
                map.contests.push(Contest { unit: id, claims: winners });
            }
        }
        let inhabited = map.inhabited();
        for id in self.names.values().filter(|id| !inhabited.contains(id)) {
            // What `each` makes of a folder is nothing that anybody named.
            let name = &map.feature(*id).name;
            let is_named = self.declarations[..self.own].iter().any(|one| one.name.value == *name);
            let is_claimed =
                |claims: &Vec<Claim>| claims.iter().any(|claim| claim.role == Role::Feature(*id));
            // What it lost in a contest is told there.
            let is_contested = map
                .contests
                .iter()
                .any(|contest| contest.claims.iter().any(|(role, _)| *role == Role::Feature(*id)));
            let unit = self.claims.iter().position(is_claimed).filter(|_| is_named && !is_contested);
            map.uninhabited.extend(unit.map(|unit| (*id, UnitId::new(unit))));
        }
        for embodied in &mut self.embodies {
            embodied.sort_unstable();
            embodied.dedup();
        }
        map.embodies = std::mem::take(&mut self.embodies);
        self.open_doors(&mut map);
        self.expose(&mut map);
        self.tag(&mut map);
        self.deploy(&mut map);
        self.unmatched.sort_by(|a, b| a.location.cmp(&b.location));
        map.unmatched = self.unmatched;
        map
    }

    /// Whether a module lies in one that is an API of the same feature, which comes before it.
    fn is_in_api(&self, id: UnitId, map: &FeatureMap) -> bool {
        let unit = self.graph.unit(id);
        let around = unit.parent.filter(|around| self.graph.unit(*around).kind == UnitKind::Module);
        let is_api = |around: UnitId| map.is_api.get(around.index()) == Some(&true);
        unit.kind == UnitKind::Module
            && around
                .is_some_and(|around| is_api(around) && map.roles.get(around.index()) == map.roles.last())
    }

    /// The declarations of a feature, and then those of the features that it is nested in, the nearest
    /// first.
    fn family(&self, name: &str) -> impl Iterator<Item = Vec<&'c FeatureDeclaration>> {
        let parents = name.match_indices('/').rev().map(|(at, _)| &name[..at]);
        let names: Vec<&str> = std::iter::once(name).chain(parents).collect();
        names.into_iter().map(|name| {
            let positions = self.declared.get(name).into_iter().flatten();
            positions.map(|at| self.declarations[*at]).collect()
        })
    }

    /// The features with what their declarations and their parents say.
    fn described(&self) -> FeatureMap {
        let responsibilities: Vec<Responsibility> = self.configuration.responsibilities.clone();
        let mut map = FeatureMap { responsibilities, ..FeatureMap::default() };
        for (name, id) in &self.names {
            let mut family = self.family(name);
            let own = family.next().unwrap_or_default();
            let parents: Vec<_> = family.flatten().collect();
            let family: Vec<_> = own.iter().copied().chain(parents).collect();
            let mut named: Vec<ResponsibilityId> = Vec::new();
            for written in family.iter().flat_map(|one| &one.responsibilities) {
                let found = map.responsibilities.iter().position(|one| one.name == written.value);
                named.extend(found.map(ResponsibilityId));
            }
            named.sort_unstable();
            named.dedup();
            let Some(first) = own.first() else { continue };
            let tags = family.iter().flat_map(|one| &one.tags).map(|tag| tag.value.clone());
            let tags: BTreeSet<String> = tags.collect();
            map.features.push(Feature {
                name: name.clone(),
                about: own.iter().find_map(|one| one.about.clone()),
                owner: family.iter().find_map(|one| one.owner.clone()),
                responsibilities: named,
                tags: tags.into_iter().collect(),
                consumes: None,
                consumers: None,
                has_exposed: false,
                versioned: family.iter().find_map(|one| one.versioned),
                is_external: own.iter().any(|one| one.is_external),
                declared_at: first.declared_at.clone(),
            });
            debug_assert_eq!(map.features.len(), id.index() + 1);
        }
        for declaration in &self.declarations {
            for written in &declaration.responsibilities {
                if map.responsibilities.iter().any(|one| one.name == written.value) {
                    continue;
                }
                let path = declaration.declared_at.path.clone();
                let location = Location { path, span: written.span };
                let name = declaration.name.value.clone();
                map.unknown_responsibilities.push((name, written.clone(), location));
            }
        }
        map
    }
}

/// The names and paths of all units.
fn names_of_units(graph: &CouplingGraph) -> BTreeMap<&str, BTreeSet<UnitId>> {
    let mut named: BTreeMap<&str, BTreeSet<UnitId>> = BTreeMap::new();
    for (id, unit) in graph.units() {
        for name in [unit.name.as_str(), unit.short_name.as_str(), unit.path.as_str()] {
            named.entry(name).or_default().insert(id);
        }
    }
    named
}

/// Units by which `each` knows that there is something in a folder.
fn placed(graph: &CouplingGraph) -> impl Iterator<Item = (UnitId, &Unit)> {
    graph.units().filter(|(_, unit)| unit.has_folder() && makes_feature(unit))
}

/// Whether `each` makes a feature of the folder of a unit: a part of another makes none, but for a module.
fn makes_feature(unit: &Unit) -> bool {
    is_whole(unit) || unit.kind == UnitKind::Module
}

/// Whether a unit is no part of another one.
fn is_whole(unit: &Unit) -> bool {
    unit.parent.is_none() && unit.kind != UnitKind::Binary
}

fn depth(folder: &RepoPath) -> usize {
    folder.parts().count()
}

/// The feature that `each` makes of one folder: the `*` of its name becomes the parts of the path
/// that the glob left open.
fn name_of_each(declaration: &FeatureDeclaration, folder: &str) -> String {
    let glob = declaration.each.as_ref().map(|each| each.written.value.as_str()).unwrap_or_default();
    let open = glob.split('/').zip(folder.split('/')).filter(|(glob, _)| glob.contains(['*', '?', '[']));
    let open: Vec<&str> = open.map(|(_, part)| part).collect();
    declaration.name.value.replacen('*', &open.join("/"), 1)
}

/// What claims a module and does not claim what it lies in: then that alone counts, however strongly what is around it
/// is claimed.
fn own_claims(module: &[Claim], around: &[Claim]) -> Vec<Claim> {
    let is_own = |claim: &&Claim| !around.iter().any(|other| other.location == claim.location);
    module.iter().filter(is_own).cloned().collect()
}
