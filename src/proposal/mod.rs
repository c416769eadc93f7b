//! Graph → a proposal of product features, for a repository in which nobody has declared any, or not all.
//!
//! Invariant: a proposal concerns only units that nothing assigns yet, and each of these at most once; with what
//! it proposes declared, every unit that it places has the role that it says, and proposing again proposes nothing.

mod cover;
mod groups;
mod parts;
mod places;
mod running;
mod sorting;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FeatureMap, Role};
use crate::graph::{Catalogs, CouplingGraph, UnitId, UnitKind};
use crate::sources::CodeOwners;
use crate::text::{Fault, RepoPath};

use cover::{Folders, can_be_named, escaped};
use parts::{Hints, Joined, parts};
use places::{Place, Places};
use running::running;
use sorting::{Sort, Sorting};

pub use text::extended;

/// What could be declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Sorted by name. One that is declared already is proposed with what is new in it.
    pub features: Vec<ProposedFeature>,
    /// Globs for what every feature may build on.
    pub shared: Vec<String>,
    /// Globs for what puts features together, or serves those who develop.
    pub assemblies: Vec<String>,
    /// Globs for what exists for tests.
    pub test_support: Vec<String>,
    /// Files of tests that can't be read, mostly on purpose, and folders of fixtures that hold such files.
    pub exclude: Vec<String>,
    /// Units that nothing tells where they belong.
    pub unplaced: Vec<UnitId>,
    /// How many packages and images each role would have, by the words of the design.
    pub shares: Shares,
}

/// How many packages and images of a whole repository would be what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// Of features.
    pub features: usize,
    /// Of none, on purpose.
    pub shared: usize,
    /// Put features together.
    pub assemblies: usize,
    /// For tests.
    pub test_support: usize,
    /// Not placed.
    pub unassigned: usize,
}

/// A feature, as it could be declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposedFeature {
    /// Its name.
    pub name: String,
    /// Whether it is declared already, so that this only adds to it.
    pub is_declared: bool,
    /// What was seen of it, for people.
    pub why: String,
    /// Who answers for it, where a catalog says so.
    pub owner: Option<String>,
    /// Globs.
    pub paths: Vec<String>,
    /// Names of the packages by which others call it.
    pub apis: Vec<String>,
    /// Names of services, where no folder holds what they run.
    pub deployables: Vec<String>,
}

impl Proposal {
    /// Whether there is nothing to declare.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
            && [&self.shared, &self.assemblies, &self.test_support, &self.exclude]
                .iter()
                .all(|all| all.is_empty())
    }
}

/// What is known of a repository beside its graph.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// What is assigned already.
    pub map: &'k FeatureMap,
    /// Who owns which files.
    pub owners: &'k CodeOwners,
    /// What catalogs call what lies in their folders.
    pub catalogs: &'k Catalogs,
    /// What could not be read.
    pub problems: &'k [Fault],
}

/// Proposes features for what nothing assigns.
pub fn propose(graph: &CouplingGraph, known: Known<'_>) -> Proposal {
    let places = Places::new(graph);
    let systems: Vec<Option<String>> = places.all.iter().map(|place| known.system_of(place)).collect();
    let owners: Vec<Option<String>> = places.all.iter().map(|place| known.owner_of(place, graph)).collect();
    let sorting = Sorting::new(&places);
    let joined = parts(&sorting, &Hints { systems: &systems, owners: &owners });
    let roles = Roles::new(graph, &sorting, &joined, known);
    roles.proposal(graph, known)
}

impl Known<'_> {
    fn system_of(&self, place: &Place) -> Option<String> {
        self.catalogs.proposed(&place.folder, &place.name).map(|feature| feature.name.to_owned())
    }

    fn owner_of(&self, place: &Place, graph: &CouplingGraph) -> Option<String> {
        let unit = graph.unit(*place.units.first()?);
        // A person, or everybody of an organization, is no name for a feature.
        self.owners.of(&unit.declared_at.path).filter(|owner| owner.contains('/') && !owner.ends_with('/'))
    }
}

/// Where a place is to belong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    Feature(String),
    Shared,
    Assemblies,
    TestSupport,
}

/// Where all places belong: those that are assigned by what is declared, the others by what they stand with.
struct Roles<'s, 'p> {
    sorting: &'s Sorting<'p>,
    /// By place; `None` where nothing tells.
    homes: Vec<Option<Home>>,
    is_assigned: Vec<bool>,
    /// Files and folders that are not to be read, and the places there.
    excluded: BTreeSet<RepoPath>,
    is_excluded: Vec<bool>,
    /// Whether somebody has declared features.
    has_gate: bool,
    /// Folders of what has a role already and is no place: no glob may take it along.
    kept: Vec<RepoPath>,
}

impl<'s, 'p> Roles<'s, 'p> {
    fn new(graph: &CouplingGraph, sorting: &'s Sorting<'p>, joined: &Joined, known: Known<'_>) -> Self {
        let places = sorting.places;
        let now: Vec<Option<Role>> = places.all.iter().map(|place| role_of(place, known.map)).collect();
        let excluded = broken(graph, known);
        let is_out = |path: &RepoPath| is_within_any(path, &excluded);
        let first = |place: &Place| place.units.first().map(|unit| &graph.unit(*unit).declared_at.path);
        let is_excluded: Vec<bool> =
            places.all.iter().map(|place| first(place).is_some_and(is_out)).collect();
        let has_gate = known.map.features.iter().any(|feature| !is_out(&feature.declared_at.path));
        let mut roles = Self {
            sorting,
            homes: vec![None; places.all.len()],
            is_assigned: now.iter().map(Option::is_some).collect(),
            kept: kept(graph, known.map),
            has_gate,
            is_excluded,
            excluded,
        };
        let mut used: BTreeSet<String> = known.map.features.iter().map(|one| one.name.clone()).collect();
        let names = names(sorting, joined, &mut used);
        for (head, groups) in &joined.features {
            let own: Vec<usize> = groups.iter().flat_map(|at| &sorting.groups[*at].places).copied().collect();
            let home = declared_home(&own, &now, known.map)
                .or_else(|| names.get(head).map(|name| Home::Feature(name.clone())));
            own.iter().for_each(|at| roles.homes[*at] = home.clone());
        }
        for (at, group) in sorting.groups.iter().enumerate() {
            let home = match sorting.sorts[at] {
                Sort::Feature => continue,
                Sort::Shared => Home::Shared,
                // Where there are features, what is new and uses several of them is no assembly until somebody says so.
                Sort::Assembly if has_gate => {
                    let own = group.words(places).join("-");
                    let name = free_name(std::iter::once(own.clone()), &own, &mut used);
                    Home::Feature(name)
                }
                Sort::Assembly | Sort::Tools => Home::Assemblies,
                Sort::Tests => Home::TestSupport,
            };
            group.places.iter().for_each(|place| roles.homes[*place] = Some(home.clone()));
        }
        for (at, role) in now.iter().enumerate() {
            match role {
                Some(_) if roles.is_excluded[at] => roles.homes[at] = None,
                Some(role) => roles.homes[at] = home_of(*role, known.map),
                None if !can_be_named(&places.all[at].folder) => roles.homes[at] = None,
                // It is not read any more, and then nothing is there to be named.
                None if roles.is_excluded[at] => roles.homes[at] = None,
                None => {}
            }
        }
        roles
    }

    fn proposal(&self, graph: &CouplingGraph, known: Known<'_>) -> Proposal {
        let mut proposal = Proposal { shares: self.shares(), ..Proposal::default() };
        let homes: BTreeSet<&Home> = self.homes.iter().flatten().collect();
        let homes: BTreeMap<&Home, usize> =
            homes.into_iter().enumerate().map(|(at, home)| (home, at)).collect();
        let folders = Folders::new(self.owned(&homes), &self.kept);
        let mut by_home: BTreeMap<&Home, (Vec<usize>, bool)> = BTreeMap::new();
        for (at, home) in self.homes.iter().enumerate() {
            let Some(home) = home else { continue };
            let (new, has_old) = by_home.entry(home).or_default();
            match self.is_assigned[at] {
                // What is declared already is not said again.
                true => *has_old = true,
                false => new.push(at),
            }
        }
        for (home, (new, has_old)) in by_home.into_iter().filter(|(_, (new, _))| !new.is_empty()) {
            let owner = homes.get(home).copied().unwrap_or_default();
            // Beside what a person wrote, a folder is named and not those around it: they may be named already.
            let globs = match has_old || self.has_gate {
                true => self.new_folders(&new),
                false => folders.globs(owner, !matches!(home, Home::Feature(_))),
            };
            match home {
                Home::Feature(name) => proposal.features.push(self.feature(name, &new, globs, known)),
                Home::Shared => proposal.shared = globs,
                Home::Assemblies => proposal.assemblies = globs,
                Home::TestSupport => proposal.test_support = globs,
            }
        }
        proposal.features.extend(running(graph, known.map, &proposal.features));
        proposal.features.sort_by(|a, b| a.name.cmp(&b.name));
        proposal.exclude = self.excluded.iter().map(|folder| escaped(folder.as_str())).collect();
        proposal.unplaced = self.unplaced(known.map);
        proposal
    }

    /// Folders and the position of their home; a group's own folder stands for all that it holds.
    fn owned(&self, homes: &BTreeMap<&Home, usize>) -> Vec<(RepoPath, usize)> {
        let places = &self.sorting.places.all;
        let mut owned: Vec<(RepoPath, usize)> = Vec::new();
        for group in &self.sorting.groups {
            let own: BTreeSet<Option<&Home>> =
                group.places.iter().map(|at| self.homes[*at].as_ref()).collect();
            let home = own.first().copied().flatten().filter(|_| own.len() == 1);
            if let Some(owner) =
                home.and_then(|home| homes.get(home)).filter(|_| group.folder != RepoPath::root())
            {
                owned.push((group.folder.clone(), *owner));
            }
        }
        let by_place = places.iter().zip(&self.homes);
        owned.extend(
            by_place.filter_map(|(place, home)| Some((place.folder.clone(), *homes.get(home.as_ref()?)?))),
        );
        owned
    }

    /// A glob for each folder, less those that lie in another.
    fn new_folders(&self, new: &[usize]) -> Vec<String> {
        let places = &self.sorting.places.all;
        let folders: BTreeSet<&RepoPath> = new.iter().map(|at| &places[*at].folder).collect();
        let names: BTreeSet<&str> = folders.iter().map(|folder| folder.as_str()).collect();
        let is_inside = |folder: &RepoPath| {
            folder.with_ancestors().skip(1).filter(|part| !part.is_empty()).any(|part| names.contains(part))
        };
        let tops = folders.iter().filter(|folder| !is_inside(folder));
        tops.map(|folder| if folder.as_str().is_empty() { ".".to_owned() } else { escaped(folder.as_str()) })
            .collect()
    }

    fn feature(&self, name: &str, new: &[usize], paths: Vec<String>, known: Known<'_>) -> ProposedFeature {
        let places = &self.sorting.places.all;
        let is_api = |at: &&usize| self.sorting.apis.contains(at);
        let mut apis: Vec<String> = new.iter().filter(is_api).map(|at| escaped(&places[*at].name)).collect();
        apis.sort();
        let owners: BTreeSet<Option<&str>> = new
            .iter()
            .map(|at| {
                known
                    .catalogs
                    .proposed(&places[*at].folder, &places[*at].name)
                    .and_then(|feature| feature.owner)
            })
            .collect();
        let owner = owners.first().copied().flatten().filter(|_| owners.len() == 1).map(str::to_owned);
        let packages = new.iter().filter(|at| places[**at].is_package).count();
        let images: usize =
            new.iter().filter(|at| !places[**at].is_package).map(|at| places[*at].units.len()).sum();
        let is_shipped = new.iter().any(|at| places[*at].is_package && places[*at].is_shipped);
        let has_binary = new.iter().any(|at| places[*at].is_binary);
        let mut parts = Vec::new();
        for (count, one, many) in [(packages, "package", "packages"), (images, "image", "images")] {
            if count > 0 {
                parts.push(format!("{count} {}", if count == 1 { one } else { many }));
            }
        }
        parts.extend(match (is_shipped, has_binary) {
            (true, _) => Some("shipped in an image".to_owned()),
            (false, true) => Some("with a binary".to_owned()),
            (false, false) => None,
        });
        let is_declared =
            known.map.features.binary_search_by(|feature| feature.name.as_str().cmp(name)).is_ok();
        ProposedFeature {
            name: name.to_owned(),
            is_declared,
            why: parts.join(", "),
            owner: owner.filter(|_| !is_declared),
            paths,
            apis,
            deployables: Vec::new(),
        }
    }

    fn unplaced(&self, map: &FeatureMap) -> Vec<UnitId> {
        let places = self.sorting.places;
        let left = (0..places.all.len()).filter(|at| self.homes[*at].is_none() && !self.is_excluded[*at]);
        let left = left.flat_map(|at| &places.all[at].units).chain(&places.unplaced);
        let mut left: Vec<UnitId> =
            left.copied().filter(|unit| map.role(*unit) == Role::Unassigned).collect();
        left.sort_unstable();
        left
    }

    fn shares(&self) -> Shares {
        let mut shares = Shares { unassigned: self.sorting.places.unplaced.len(), ..Shares::default() };
        let places = self.homes.iter().zip(&self.is_assigned).zip(&self.is_excluded);
        for ((home, is_assigned), is_excluded) in places {
            match home {
                None if *is_excluded => {}
                // The code of a responsibility.
                None if *is_assigned => shares.shared += 1,
                Some(Home::Feature(_)) => shares.features += 1,
                Some(Home::Shared) => shares.shared += 1,
                Some(Home::Assemblies) => shares.assemblies += 1,
                Some(Home::TestSupport) => shares.test_support += 1,
                None => shares.unassigned += 1,
            }
        }
        shares
    }
}

/// What a place is by what is declared; `None` if nothing names it.
fn role_of(place: &Place, map: &FeatureMap) -> Option<Role> {
    place.units.iter().map(|unit| map.role(*unit)).find(|role| *role != Role::Unassigned)
}

fn home_of(role: Role, map: &FeatureMap) -> Option<Home> {
    match role {
        Role::Feature(feature) => Some(Home::Feature(map.feature(feature).name.clone())),
        Role::Shared => Some(Home::Shared),
        Role::Assembly => Some(Home::Assemblies),
        Role::TestSupport => Some(Home::TestSupport),
        Role::Responsibility(_) | Role::Unassigned => None,
    }
}

/// The feature to which most of what stands together belongs already.
fn declared_home(own: &[usize], now: &[Option<Role>], map: &FeatureMap) -> Option<Home> {
    let mut counts: BTreeMap<Home, usize> = BTreeMap::new();
    let homes = own.iter().filter_map(|at| home_of(now[*at]?, map));
    // That its libraries are shared, or for tests, says nothing about who uses them.
    for home in homes.filter(|home| matches!(home, Home::Feature(_))) {
        *counts.entry(home).or_default() += 1;
    }
    counts.into_iter().max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a))).map(|(home, _)| home)
}

/// A name for each feature: that of a system or an owner, or else that of its folder or package.
fn names(sorting: &Sorting<'_>, joined: &Joined, used: &mut BTreeSet<String>) -> BTreeMap<usize, String> {
    let mut names = BTreeMap::new();
    for head in joined.features.keys() {
        let group = &sorting.groups[*head];
        let given = joined.names.get(head).map(|name| team(name).to_owned());
        let package = group.places.first().map(|at| sorting.places.all[*at].name.as_str());
        let own = match group.folder.file_name() {
            "" => package.unwrap_or("root").to_owned(),
            name => name.to_owned(),
        };
        let short = sorting.words_of(*head).join("-");
        let is_shorter = sorting.groups[*head].words(sorting.places).len() > sorting.words_of(*head).len();
        let around: Vec<&str> = group.folder.parts().collect();
        let longer = (2..=around.len()).map(|count| around[around.len() - count..].join("-"));
        let wished =
            [given, is_shorter.then_some(short), Some(own.clone())].into_iter().flatten().chain(longer);
        let name = free_name(wished, &own, used);
        names.insert(*head, name);
    }
    names
}

/// The first of some names that no feature has yet, and takes it.
fn free_name(wished: impl Iterator<Item = String>, own: &str, used: &mut BTreeSet<String>) -> String {
    let mut wished = wished.map(|name| plain(&name)).filter(|name| !name.is_empty());
    let numbered =
        || (2..).map(|number| format!("{}-{number}", plain(own))).find(|name| !used.contains(name));
    let name = wished.find(|name| !used.contains(name)).or_else(numbered).unwrap_or_default();
    used.insert(name.clone());
    name
}

/// The last part of what an owner is called: `@shop/checkout` is `checkout`.
fn team(owner: &str) -> &str {
    owner.rsplit(['/', '@']).find(|part| !part.is_empty()).unwrap_or(owner)
}

/// A name without what has a meaning in names of features.
fn plain(name: &str) -> String {
    let is_special = |character: char| character.is_control() || "/*:".contains(character);
    name.trim().replace(is_special, "-")
}

/// The folders of units that have a role and are no package or binary of one, which are told with their places.
fn kept(graph: &CouplingGraph, map: &FeatureMap) -> Vec<RepoPath> {
    let units = graph.units().filter(|(_, unit)| unit.has_folder() && unit.kind != UnitKind::Binary);
    let assigned = units.filter(|(id, unit)| match map.role(*id) {
        Role::Unassigned => false,
        Role::Responsibility(_) => true,
        _ => unit.kind != UnitKind::Package,
    });
    let folders = assigned.filter_map(|(_, unit)| match unit.kind {
        UnitKind::Package => Some(unit.path.clone()),
        _ => unit.path.parent(),
    });
    let folders: BTreeSet<RepoPath> = folders.collect();
    folders.into_iter().collect()
}

/// Folders that hold nothing but what tests read.
const FIXTURES: [&str; 6] = ["__fixtures__", "fixtures", "test-data", "test_data", "testdata", "testdatas"];

/// What is not to be read: files of tests that can't be, and folders of fixtures that hold such files, or declarations.
/// What the root names stays.
fn broken(graph: &CouplingGraph, known: Known<'_>) -> BTreeSet<RepoPath> {
    let mut excluded = BTreeSet::new();
    let is_root = |path: &RepoPath| path.parent() == Some(RepoPath::root());
    let named =
        graph.units().filter(|(id, _)| known.map.assigned_by(*id).is_some_and(|at| is_root(&at.path)));
    let named: BTreeSet<&str> = named.flat_map(|(_, unit)| unit.path.with_ancestors()).collect();
    let declared = known.map.features.iter().map(|feature| &feature.declared_at.path);
    let declared = declared.filter(|path| path.parent() != Some(RepoPath::root())).cloned();
    let unread = known.problems.iter().filter_map(|fault| RepoPath::new(&fault.path));
    for (path, is_unread) in unread.map(|path| (path, true)).chain(declared.map(|path| (path, false))) {
        let around: Vec<&str> = path.with_ancestors().skip(1).filter(|part| !part.is_empty()).collect();
        let last = |folder: &str| folder.rsplit('/').next().unwrap_or_default().to_lowercase();
        let fixtures = around.iter().rev().find(|folder| FIXTURES.contains(&last(folder).as_str()));
        let is_test = around.iter().any(|folder| words::is_for_tests(&last(folder)));
        let found = match fixtures.filter(|folder| !named.contains(**folder)) {
            Some(folder) => RepoPath::new(folder),
            None => Some(path).filter(|path| is_unread && is_test && !named.contains(path.as_str())),
        };
        excluded.extend(found.filter(can_be_named));
    }
    excluded
}

/// Whether a file or a folder lies in one of some others.
fn is_within_any(path: &RepoPath, others: &BTreeSet<RepoPath>) -> bool {
    !others.is_empty() && path.with_ancestors().filter_map(RepoPath::new).any(|part| others.contains(&part))
}
