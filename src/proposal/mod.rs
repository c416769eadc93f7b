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
use crate::graph::{CouplingGraph, UnitId};
use crate::sources::{Catalogs, CodeOwners};
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
    /// Folders of tests in which files can't be read, mostly on purpose.
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
    let roles = Roles::new(&sorting, &joined, known);
    roles.proposal(graph, known)
}

impl Known<'_> {
    fn system_of(&self, place: &Place) -> Option<String> {
        self.catalogs.around(&place.folder).map(|entity| entity.feature().to_owned())
    }

    fn owner_of(&self, place: &Place, graph: &CouplingGraph) -> Option<String> {
        let unit = graph.unit(*place.units.first()?);
        self.owners.of(&unit.declared_at.path)
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
    /// Folders that are not to be read.
    excluded: BTreeSet<RepoPath>,
}

impl<'s, 'p> Roles<'s, 'p> {
    fn new(sorting: &'s Sorting<'p>, joined: &Joined, known: Known<'_>) -> Self {
        let places = sorting.places;
        let now: Vec<Option<Role>> = places.all.iter().map(|place| role_of(place, known.map)).collect();
        let mut roles = Self {
            sorting,
            homes: vec![None; places.all.len()],
            is_assigned: now.iter().map(Option::is_some).collect(),
            excluded: broken(known.problems),
        };
        let taken: BTreeSet<String> = known.map.features.iter().map(|one| one.name.clone()).collect();
        let names = names(sorting, joined, taken);
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
                Sort::Assembly | Sort::Tools => Home::Assemblies,
                Sort::Tests => Home::TestSupport,
            };
            group.places.iter().for_each(|place| roles.homes[*place] = Some(home.clone()));
        }
        for (at, role) in now.iter().enumerate() {
            match role {
                Some(role) => roles.homes[at] = home_of(*role, known.map),
                None if !can_be_named(&places.all[at].folder) => roles.homes[at] = None,
                // It is not read any more, and then nothing is there to be named.
                None if is_within_any(&places.all[at].folder, &roles.excluded) => roles.homes[at] = None,
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
        let folders = Folders::new(self.owned(&homes));
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
            let globs = match has_old {
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
            .map(|at| known.catalogs.around(&places[*at].folder).and_then(|entity| entity.owner.as_deref()))
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
        let is_left = |place: &Place| !is_within_any(&place.folder, &self.excluded);
        let left =
            places.all.iter().zip(&self.homes).filter(|(place, home)| home.is_none() && is_left(place));
        let left = left.flat_map(|(place, _)| &place.units).chain(&places.unplaced);
        let mut left: Vec<UnitId> =
            left.copied().filter(|unit| map.role(*unit) == Role::Unassigned).collect();
        left.sort_unstable();
        left
    }

    fn shares(&self) -> Shares {
        let mut shares = Shares { unassigned: self.sorting.places.unplaced.len(), ..Shares::default() };
        let places = self.sorting.places.all.iter();
        for ((home, is_assigned), place) in self.homes.iter().zip(&self.is_assigned).zip(places) {
            match home {
                None if is_within_any(&place.folder, &self.excluded) => {}
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

/// Where most of what stands together belongs already.
fn declared_home(own: &[usize], now: &[Option<Role>], map: &FeatureMap) -> Option<Home> {
    let mut counts: BTreeMap<Home, usize> = BTreeMap::new();
    for home in own.iter().filter_map(|at| home_of(now[*at]?, map)) {
        *counts.entry(home).or_default() += 1;
    }
    counts.into_iter().max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a))).map(|(home, _)| home)
}

/// A name for each feature: that of a system or an owner, or else that of its folder or package.
fn names(sorting: &Sorting<'_>, joined: &Joined, mut used: BTreeSet<String>) -> BTreeMap<usize, String> {
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
        let parent = group.folder.parent().map(|folder| folder.file_name().to_owned()).unwrap_or_default();
        let wished = [
            given,
            is_shorter.then_some(short),
            Some(own.clone()),
            (!parent.is_empty()).then(|| format!("{parent}-{own}")),
        ];
        let free = wished
            .into_iter()
            .flatten()
            .map(|name| plain(&name))
            .find(|name| !name.is_empty() && !used.contains(name));
        let name = free.unwrap_or_else(|| {
            let numbered = (2..).map(|number| format!("{}-{number}", plain(&own)));
            numbered.into_iter().find(|name| !used.contains(name)).unwrap_or_default()
        });
        used.insert(name.clone());
        names.insert(*head, name);
    }
    names
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

/// Folders of tests in which something can't be read, the outermost that is called so.
fn broken(problems: &[Fault]) -> BTreeSet<RepoPath> {
    let mut folders = BTreeSet::new();
    for path in problems.iter().filter_map(|fault| RepoPath::new(&fault.path)) {
        let folder = path.parent().unwrap_or_else(RepoPath::root);
        let around: Vec<&str> = folder.with_ancestors().filter(|part| !part.is_empty()).collect();
        let is_test = |part: &&&str| words::is_for_tests(part.rsplit('/').next().unwrap_or_default());
        if around.iter().any(|part| is_test(&part)) && can_be_named(&folder) {
            folders.insert(folder);
        }
    }
    folders
}

fn is_within_any(folder: &RepoPath, others: &BTreeSet<RepoPath>) -> bool {
    others.iter().any(|other| folder.is_within(other))
}
