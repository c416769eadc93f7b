//! Couplings that no manifest states: between the modules of a package, and how deep those between packages go.
//!
//! Only sources are read of which somebody asks: packages whose parts belong to different features are *opened*, and
//! their modules become units; of a dependency between features, the source of the one that depends is asked what it
//! names of the other. Nothing is compiled, and no macro is expanded: what only types or macros can tell is not told.

mod couplings;
mod gather;
mod kept;
mod names;
mod packages;
mod said;
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

use gather::{Asked, gather};
use names::{Crates, Has, Resolver, Shown, To, Words};
use packages::{Target, targets_of};
use said::{Inside, Locals, ReadTarget, Said};
use sources::{Folders, Sources};
use tree::{Name, Names, Tree};
use unclear::Texts;

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

/// What is asked, and of whom.
struct Question<'q> {
    cargo: &'q CargoPackages,
    wanted: &'q CodeWanted,
    folders: Folders<'q>,
    /// The sources of each package.
    files: Vec<Vec<&'q RepoPath>>,
}

impl Question<'_> {
    /// The packages whose sources have to be read: those that are opened, what depends on them, and what is asked for
    /// its references.
    fn asked(&self) -> BTreeSet<usize> {
        let wanted = self.wanted;
        let mut asked = wanted.opened.clone();
        asked.extend(wanted.pairs.iter().map(|(from, _)| *from));
        for (at, package) in self.cargo.packages.iter().enumerate() {
            let mut targets = package.dependencies.iter().filter_map(|dependency| dependency.target);
            if targets.any(|target| wanted.opened.contains(&target)) {
                asked.insert(at);
            }
        }
        asked
    }

    /// Whether it matters what one package names of another.
    fn is_wanted(&self, from: usize, to: usize) -> bool {
        let wanted = self.wanted;
        wanted.opened.contains(&from) || wanted.opened.contains(&to) || wanted.pairs.contains(&(from, to))
    }

    fn targets(&self, at: usize) -> Vec<Target> {
        targets_of(at, self.cargo, &self.files[at])
    }

    /// A package and what it depends on.
    fn locals(&self, at: usize) -> Locals {
        let dependencies = &self.cargo.packages[at].dependencies;
        Locals::new(at, dependencies.iter().filter_map(|dependency| dependency.target))
    }

    /// Whether a path is that of a source of a package, if it is there.
    fn is_source_of(&self, path: &RepoPath, package: usize) -> bool {
        path.as_str().ends_with(".rs") && self.folders.package_of(path) == Some(package)
    }
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
    let folders = Folders::new(cargo.packages.iter().map(|package| &package.folder));
    let files = folders.sources(listing, cargo.packages.len());
    let question = Question { cargo, wanted, folders, files };
    let asked = question.asked();
    let mut sources = Sources::new(snapshot, listing, is_excluded, cache);
    let mut answers = kept::known(&asked, &question, &mut sources, cache);
    let missing: BTreeSet<usize> = asked.iter().copied().filter(|at| !answers.contains_key(at)).collect();
    for answer in read_anew(&missing, &question, &mut sources) {
        let Answer { locals, said, globbed, is_closed } = answer;
        let package = locals.own();
        let said = match is_closed && cache.file().is_some() && !sources.are_moving() {
            true => kept::keep(&locals, &globbed, said, (&question, &mut sources), cache),
            false => said,
        };
        answers.insert(package, said);
    }
    let read = answers.into_iter().flat_map(|(at, said)| {
        let locals = question.locals(at);
        let targets = question.targets(at).into_iter().zip(said);
        targets.map(move |(target, said)| ReadTarget { target, locals: locals.clone(), said })
    });
    let read: Vec<ReadTarget> = read.collect();
    let mut texts = Texts::new(cargo, &question.files, &mut sources, cache);
    let found = couplings::couplings(linked, &read, &mut texts, wanted);
    cache.save();
    found
}

/// What a package says.
struct Answer {
    locals: Locals,
    /// What each of its targets says.
    said: Vec<Said>,
    /// The packages of which its globs take everything.
    globbed: BTreeSet<usize>,
    /// Whether it is made of nothing but the sources of the package.
    is_closed: bool,
}

/// A target, and its modules.
struct Built {
    target: Target,
    tree: Tree,
    crates: Crates,
    /// The packages of which its globs take everything.
    globbed: BTreeSet<usize>,
}

impl Built {
    fn new(
        target: Target,
        cargo: &CargoPackages,
        sources: &Sources<'_>,
        words: Words,
        names: &mut Names,
    ) -> Self {
        let tree = Tree::build(&target.root, target.is_test(), sources, names);
        let crates = crates_of(&target, cargo, words, names);
        // Only paths that begin with a crate are seen here; one that goes through an import is rare.
        let globs = tree.imports.iter().filter(|import| import.written.is_glob);
        let firsts = globs.filter_map(|import| import.words.first());
        let globbed = firsts.filter_map(|first| crates.packages.get(first)).copied().collect();
        Self { target, tree, crates, globbed }
    }
}

/// Reads the sources of packages, and follows what they name.
fn read_anew(packages: &BTreeSet<usize>, question: &Question<'_>, sources: &mut Sources<'_>) -> Vec<Answer> {
    let Question { cargo, wanted, files, .. } = question;
    sources.read(packages.iter().flat_map(|at| files[*at].iter().copied()));
    let mut names = Names::default();
    let words = Words::new(&mut names);
    let mut built: Vec<Built> = Vec::new();
    for target in packages.iter().flat_map(|at| question.targets(*at)) {
        built.push(Built::new(target, cargo, sources, words, &mut names));
    }
    // Libraries of which globs take everything have to be known as well, and those in which a place is looked up.
    let globbed = built.iter().flat_map(|one| one.globbed.iter().copied());
    let opened = packages.iter().flat_map(|at| question.locals(*at).all().collect::<Vec<_>>());
    let opened = opened.filter(|package| wanted.opened.contains(package));
    let more: BTreeSet<usize> = globbed.chain(opened).filter(|at| !packages.contains(at)).collect();
    sources.read(more.iter().flat_map(|at| files[*at].iter().copied()));
    for target in more.iter().flat_map(|at| question.targets(*at)).filter(Target::is_library) {
        built.push(Built::new(target, cargo, sources, words, &mut names));
    }
    let libraries = Libraries::new(&built);
    let said: Vec<(usize, Said)> = built
        .par_iter()
        .filter(|one| packages.contains(&one.target.package))
        .map(|one| {
            let from = one.target.package;
            let is_wanted = |to: usize| question.is_wanted(from, to);
            let asked = Asked { is_opened: wanted.opened.contains(&from), is_wanted: &is_wanted };
            let globbed = Globbed { libraries: &libraries, packages: &one.globbed };
            let mut resolver = Resolver::new(&one.tree, &one.crates, &globbed);
            let found = gather(&one.tree, &names, &mut resolver, &asked);
            let inside = |package: usize, words: &[Name]| {
                wanted.opened.contains(&package).then(|| libraries.inside(package, words))?
            };
            (from, Said::new(&one.tree, &names, &question.locals(from), found, &inside))
        })
        .collect();
    let mut answers: BTreeMap<usize, Answer> = packages
        .iter()
        .map(|at| {
            let (locals, globbed) = (question.locals(*at), BTreeSet::new());
            (*at, Answer { locals, said: Vec::new(), globbed, is_closed: true })
        })
        .collect();
    for (package, said) in said {
        if let Some(answer) = answers.get_mut(&package) {
            answer.said.push(said);
        }
    }
    for one in &built {
        if let Some(answer) = answers.get_mut(&one.target.package) {
            answer.globbed.extend(&one.globbed);
            answer.is_closed &= one.tree.files().all(|path| question.is_source_of(path, one.target.package));
        }
    }
    answers.into_values().collect()
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

/// The libraries that were read.
struct Libraries<'r> {
    built: &'r [Built],
    /// Those that were asked, with what they know already.
    asked: Mutex<FxHashMap<usize, Resolver<'r>>>,
}

impl<'r> Libraries<'r> {
    fn new(built: &'r [Built]) -> Self {
        Self { built, asked: Mutex::default() }
    }

    fn ask<T>(&self, package: usize, question: impl FnOnce(&mut Resolver<'r>) -> Option<T>) -> Option<T> {
        let mut asked = self.asked.lock().ok()?;
        let resolver = match asked.entry(package) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let is_library = |one: &&Built| one.target.package == package && one.target.is_library();
                let one = self.built.iter().find(is_library)?;
                // What a library takes of others by a glob is asked of it, and no further.
                unknown.insert(Resolver::new(&one.tree, &one.crates, &Nobody))
            }
        };
        question(resolver)
    }

    /// Where words behind a package's name lead to in its library.
    fn inside(&self, package: usize, words: &[Name]) -> Option<Inside> {
        self.ask(package, |resolver| {
            let meaning = resolver.path_in(0, words);
            let module = meaning.all().find_map(|to| match to {
                To::Module(module) | To::Item(module, _) => Some(*module),
                _ => None,
            })?;
            let mut ends = (0..words.len()).rev();
            let door = ends.find_map(|end| resolver.path_in(0, &words[..end]).module());
            Some(Inside { module, door })
        })
    }
}

/// The libraries of which a target takes everything.
struct Globbed<'g> {
    libraries: &'g Libraries<'g>,
    packages: &'g BTreeSet<usize>,
}

impl Shown for Globbed<'_> {
    fn has(&self, package: usize, words: &[Name], name: Name) -> Option<Has> {
        // Of no other one is it certain that it was read, and an answer is not to depend on that.
        self.packages.contains(&package).then(|| self.libraries.ask(package, |one| one.shown(words, name)))?
    }
}

/// Knows no library.
struct Nobody;

impl Shown for Nobody {
    fn has(&self, _: usize, _: &[Name], _: Name) -> Option<Has> {
        None
    }
}
