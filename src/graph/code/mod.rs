//! Couplings that no manifest states: between the modules of a package, and how deep those between packages go.
//!
//! Only sources are read of which somebody asks: packages whose parts belong to different features are *opened*, and
//! their modules become units; of a dependency between features, the source of the one that depends is asked what it
//! names of the other. Nothing is compiled, and no macro is expanded: what only types or macros can tell is not told.

mod couplings;
mod gather;
mod names;
mod packages;
mod sources;
mod tree;
mod unclear;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::snapshot::{Cache, Listing, Snapshot};
use crate::text::RepoPath;

use super::Linked;
use super::cargo::CargoPackages;

use gather::{Asked, Ends, Referred, gather};
use names::{Crates, Has, Libraries, Resolver, Words};
use packages::{Target, targets_of};
use sources::{Sources, sources_by_package};
use tree::{Name, Names, Tree};

pub use couplings::CodeFound;

/// What is asked of sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeWanted {
    /// The packages whose modules become units, as positions in [`CargoPackages::packages`].
    pub opened: BTreeSet<usize>,
    /// Pairs of packages of which the one depends on the other, and is asked what it names of it.
    pub pairs: BTreeSet<(usize, usize)>,
}

/// By which reader sources were read: what another one has read says nothing.
pub const READER: &str = concat!("rust ", env!("READER_OF_CODE"));

impl CodeWanted {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.pairs.is_empty()
    }
}

/// One target that was read, and what its modules refer to.
struct ReadTarget {
    target: Target,
    tree: Tree,
    crates: Crates,
    found: BTreeMap<Ends, Referred>,
}

/// Reads what is asked of the sources of a repository.
pub fn read_code(
    (snapshot, cache): (&dyn Snapshot, &Cache),
    listing: &Listing,
    is_excluded: &(dyn Fn(&RepoPath) -> bool + Sync),
    linked: &Linked,
    wanted: &CodeWanted,
) -> CodeFound {
    let cargo = &linked.cargo;
    let folders: Vec<RepoPath> = cargo.packages.iter().map(|package| package.folder.clone()).collect();
    let files = sources_by_package(&folders, listing);
    let asked = asked(cargo, wanted);
    let mut sources = Sources::new(snapshot, listing, is_excluded, cache);
    let paths: Vec<&RepoPath> = asked.iter().flat_map(|at| files[*at].iter().copied()).collect();
    sources.read(&paths);
    let mut names = Names::default();
    let words = Words::new(&mut names);
    let mut read: Vec<ReadTarget> = Vec::new();
    for at in &asked {
        for target in targets_of(*at, cargo, &files[*at]) {
            let tree = Tree::build(&target.root, target.is_test(), &sources, &mut names);
            let crates = crates_of(&target, cargo, words, &mut names);
            read.push(ReadTarget { target, tree, crates, found: BTreeMap::new() });
        }
    }
    // Libraries of which globs take everything have to be known as well; what they pass on, they name.
    let globbed = read_globbed(&mut read, &asked, (cargo, &files), &mut sources, words, &mut names);
    let libraries = Known { read: &read, asked: Mutex::default() };
    let found: Vec<BTreeMap<Ends, Referred>> = read
        .par_iter()
        .map(|one| match asked.contains(&one.target.package) && !globbed.contains(&one.target.package) {
            true => {
                let from = one.target.package;
                let is_wanted = |to: usize| {
                    wanted.opened.contains(&from)
                        || wanted.opened.contains(&to)
                        || wanted.pairs.contains(&(from, to))
                };
                let asked = Asked { is_opened: wanted.opened.contains(&from), is_wanted: &is_wanted };
                gather(&one.tree, &names, &mut Resolver::new(&one.tree, &one.crates, &libraries), &asked)
            }
            false => BTreeMap::new(),
        })
        .collect();
    drop(libraries);
    read.iter_mut().zip(found).for_each(|(one, found)| one.found = found);
    cache.save();
    couplings::couplings(linked, (&read, &names), (&sources, &files), wanted)
}

/// The packages whose sources have to be read: those that are opened, what depends on them, and what is asked for
/// its references.
fn asked(cargo: &CargoPackages, wanted: &CodeWanted) -> BTreeSet<usize> {
    let mut asked = wanted.opened.clone();
    asked.extend(wanted.pairs.iter().map(|(from, _)| *from));
    for (at, package) in cargo.packages.iter().enumerate() {
        let mut targets = package.dependencies.iter().filter_map(|dependency| dependency.target);
        if targets.any(|target| wanted.opened.contains(&target)) {
            asked.insert(at);
        }
    }
    asked
}

/// By which names a target calls other packages.
fn crates_of(target: &Target, cargo: &CargoPackages, words: Words, names: &mut Names) -> Crates {
    let package = &cargo.packages[target.package];
    let mut packages = FxHashMap::default();
    for dependency in &package.dependencies {
        let Some(to) = dependency.target.filter(|_| target.uses(dependency.section)) else { continue };
        if let Some(library) = &cargo.packages[to].library {
            let name = match &dependency.rename {
                Some(rename) => rename.replace('-', "_"),
                None => library.name.clone(),
            };
            packages.insert(names.name(&name), to);
        }
    }
    if let Some(library) = package.library.as_ref().filter(|_| !target.is_library() && !target.is_build()) {
        packages.insert(names.name(&library.name), target.package);
    }
    Crates { packages, words, is_of_2015: package.edition == "2015" }
}

/// Reads libraries of which something that was read takes everything, as long as there are any.
fn read_globbed(
    read: &mut Vec<ReadTarget>,
    asked: &BTreeSet<usize>,
    (cargo, files): (&CargoPackages, &[Vec<&RepoPath>]),
    sources: &mut Sources<'_>,
    words: Words,
    names: &mut Names,
) -> BTreeSet<usize> {
    let mut known = asked.clone();
    let mut more: BTreeSet<usize> = BTreeSet::new();
    let mut begin = 0;
    loop {
        let mut next: BTreeSet<usize> = BTreeSet::new();
        for one in &read[begin..] {
            // Only paths that begin with a crate are seen here; one that goes through an import is rare.
            let globs = one.tree.imports.iter().filter(|import| import.written.is_glob);
            let firsts = globs.filter_map(|import| import.words.first());
            next.extend(firsts.filter_map(|first| one.crates.packages.get(first)));
        }
        next.retain(|package| !known.contains(package));
        if next.is_empty() {
            return more;
        }
        begin = read.len();
        let paths: Vec<&RepoPath> = next.iter().flat_map(|at| files[*at].iter().copied()).collect();
        sources.read(&paths);
        for at in &next {
            for target in targets_of(*at, cargo, &files[*at]).into_iter().filter(Target::is_library) {
                let tree = Tree::build(&target.root, false, sources, names);
                let crates = crates_of(&target, cargo, words, names);
                read.push(ReadTarget { target, tree, crates, found: BTreeMap::new() });
            }
        }
        known.extend(&next);
        more.extend(next);
    }
}

/// The libraries that were read.
struct Known<'r> {
    read: &'r [ReadTarget],
    /// Those that were asked, with what they know already.
    asked: Mutex<FxHashMap<usize, Resolver<'r>>>,
}

impl Libraries for Known<'_> {
    fn has(&self, package: usize, words: &[Name], name: Name) -> Option<Has> {
        let mut asked = self.asked.lock().ok()?;
        let resolver = match asked.entry(package) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let one = library(self.read, package)?;
                // What a library takes of others by a glob is asked of it, and no further.
                unknown.insert(Resolver::new(&one.tree, &one.crates, &Nobody))
            }
        };
        resolver.shown(words, name)
    }
}

fn library(read: &[ReadTarget], package: usize) -> Option<&ReadTarget> {
    read.iter().find(|one| one.target.package == package && one.target.is_library())
}

/// Knows no library.
struct Nobody;

impl Libraries for Nobody {
    fn has(&self, _: usize, _: &[Name], _: Name) -> Option<Has> {
        None
    }
}
