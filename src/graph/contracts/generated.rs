//! Which packages are generated from which contracts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::snapshot::{Gap, Snapshot};
use crate::sources::Facts;
use crate::sources::cargo::Section;
use crate::sources::contracts::Run;
use crate::sources::rust::{Generation, Side, generation, made_by_macro};
use crate::text::{Location, RepoPath, Span, Spanned};

use super::super::CouplingKind;
use super::super::cargo::{CargoPackage, CargoPackages};
use super::paths::Paths;
use super::{ContractLink, Contracts, GENERATOR, User, at};

/// How many pairs of a folder and a name are tried for one build script.
const MOST_PAIRS: usize = 200_000;

/// What is told of a macro whose document is not there.
const NOT_THERE: &str = "a client of a contract that is not in the repository as it is";

/// What one source of a package says.
pub(super) struct Source {
    package: usize,
    path: RepoPath,
    said: Said,
}

enum Said {
    Script(Generation),
    Macros(Vec<Vec<Spanned<String>>>),
}

/// Reads the build script of each package that has one and builds with anything, and the root files of each
/// that depends on the crate of the macro.
pub(super) fn sources(
    snapshot: &dyn Snapshot,
    cargo: &CargoPackages,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
) -> Vec<Source> {
    let mut wanted: Vec<(usize, RepoPath, bool)> = Vec::new();
    for (at, package) in cargo.packages.iter().enumerate() {
        let script = package.build_script.as_ref().filter(|_| builds_with_anything(package));
        let script = script.and_then(|script| package.folder.join(script));
        wanted.extend(script.map(|path| (at, path, true)));
        if package.dependencies.iter().any(|one| one.package.starts_with(GENERATOR)) {
            let library = package.library.as_ref().map(|library| library.path.as_str());
            let roots = library.into_iter().chain(package.binaries.iter().map(|one| one.path.as_str()));
            wanted.extend(roots.filter_map(|root| Some((at, package.folder.join(root)?, false))));
        }
    }
    wanted.retain(|(_, path, _)| !is_excluded(path));
    let read = |(package, path, is_script): (usize, RepoPath, bool)| {
        let bytes = snapshot.read(&path).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let said = match is_script {
            true => Said::Script(generation(&text)?),
            false => Said::Macros(made_by_macro(&text)),
        };
        Some(Source { package, path, said })
    };
    wanted.into_par_iter().filter_map(read).collect()
}

fn builds_with_anything(package: &CargoPackage) -> bool {
    package.dependencies.iter().any(|dependency| dependency.section == Section::Build)
}

/// Couples packages to the contracts that they are generated from.
pub(super) fn link(
    sources: &[Source],
    facts: &BTreeMap<RepoPath, Arc<Facts>>,
    paths: &Paths,
    cargo: &CargoPackages,
    found: &mut Contracts,
) {
    for source in sources {
        let folder = &cargo.packages[source.package].folder;
        match &source.said {
            Said::Script(generation) => {
                for (contract, span) in named_by_script(generation, folder, paths) {
                    found.use_contract(source.package, contract, at(&source.path, span), generation.side);
                }
            }
            Said::Macros(all) => all.iter().for_each(|one| found.make_by_macro(source, folder, one, paths)),
        }
    }
    for (path, facts) in facts {
        let (Facts::Codegen(codegen), Some(folder)) = (&**facts, path.parent()) else { continue };
        for run in &codegen.runs {
            for (package, contract, span) in generated_by_run(run, &folder, paths, cargo) {
                found.use_contract(package, contract, at(path, span), Side::Client);
            }
        }
    }
}

impl Contracts {
    /// A package is built with a contract of its own, and calls one of others, unless it only provides it.
    fn use_contract(&mut self, package: usize, contract: usize, evidence: Location, side: Side) {
        let own = self.drafts.get(contract).and_then(|draft| draft.package);
        let kind = match side {
            _ if own == Some(package) => CouplingKind::Build,
            Side::Server => return,
            Side::Client => CouplingKind::Call,
        };
        self.links.push(ContractLink { from: User::Package(package), to: contract, kind, evidence });
    }

    /// The first of the paths that is a contract, seen from the package's folder.
    fn make_by_macro(
        &mut self,
        source: &Source,
        folder: &RepoPath,
        written: &[Spanned<String>],
        paths: &Paths,
    ) {
        let hit = written.iter().find_map(|one| Some((paths.file(&folder.join(&one.value)?)?, one.span)));
        match (hit, written.first()) {
            (Some((contract, span)), _) => {
                self.use_contract(source.package, contract, at(&source.path, span), Side::Client);
            }
            (None, Some(first)) => self.gaps.push(Gap::at(&source.path, first.span, NOT_THERE)),
            (None, None) => {}
        }
    }
}

/// The contracts that a build script names, each with its first place: by a path, by a folder and a name of what lies
/// there, or, where it goes through a folder, all of it.
fn named_by_script(said: &Generation, package: &RepoPath, paths: &Paths) -> BTreeMap<usize, Span> {
    let mut found: BTreeMap<usize, Span> = BTreeMap::new();
    let around = package.with_ancestors().skip(1).filter(|_| said.leaves).filter_map(RepoPath::new);
    let bases: Vec<RepoPath> = std::iter::once(package.clone()).chain(around).collect();
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    for text in &said.texts {
        names.entry(text.value.as_str()).or_insert(text.span);
    }
    let mut folders: BTreeMap<RepoPath, Span> = BTreeMap::new();
    for (written, span) in &names {
        for target in bases.iter().filter_map(|base| base.join(written)) {
            match paths.file(&target) {
                Some(contract) => keep(&mut found, contract, *span),
                // The package's own folder says nothing about what of it is meant.
                None if target != *package && !package.is_within(&target) && paths.holds_any(&target) => {
                    folders.entry(target).or_insert(*span);
                }
                None => {}
            }
        }
    }
    let mut pairs = 0;
    let mut inside_of: BTreeMap<&RepoPath, Vec<(usize, Span)>> = BTreeMap::new();
    for folder in folders.keys() {
        for (written, span) in names.iter().take(MOST_PAIRS.saturating_sub(pairs)) {
            if let Some(contract) = in_folder(folder, written, paths) {
                inside_of.entry(folder).or_default().push((contract, *span));
            }
        }
        pairs += names.len();
    }
    let mut walked = Vec::new();
    for (folder, span) in &folders {
        match inside_of.get(folder) {
            Some(named) => named.iter().for_each(|(contract, span)| keep(&mut found, *contract, *span)),
            None if said.walks => walked.push((folder, *span)),
            None => {}
        }
    }
    // Where something in a folder is named by itself, the folder is one from which contracts name each other.
    walked.retain(|(folder, _)| !paths.below(folder).any(|contract| found.contains_key(&contract)));
    for (folder, span) in walked {
        paths.below(folder).for_each(|contract| keep(&mut found, contract, span));
    }
    found
}

/// The contract that a name means in a folder, with or without its ending.
fn in_folder(folder: &RepoPath, written: &str, paths: &Paths) -> Option<usize> {
    let whole = folder.join(written).and_then(|path| paths.file(&path));
    whole.or_else(|| paths.file(&folder.join(&format!("{written}.proto"))?))
}

fn keep(found: &mut BTreeMap<usize, Span>, contract: usize, span: Span) {
    let known = found.entry(contract).or_insert(span);
    *known = (*known).min(span);
}

/// The packages that a run writes into, and the contracts that it reads.
fn generated_by_run(
    run: &Run,
    folder: &RepoPath,
    paths: &Paths,
    cargo: &CargoPackages,
) -> Vec<(usize, usize, Span)> {
    let around = |output: &RepoPath| {
        output.with_ancestors().filter(|part| !part.is_empty()).find_map(|part| {
            cargo.packages.binary_search_by(|package| package.folder.as_str().cmp(part)).ok()
        })
    };
    let outputs = run.outputs.iter().filter_map(|one| Some((around(&folder.join(&one.value)?)?, one.span)));
    let outputs: BTreeMap<usize, Span> = outputs.collect();
    let mut contracts: BTreeSet<usize> = BTreeSet::new();
    let inputs: Vec<RepoPath> = match run.inputs.is_empty() {
        true => vec![folder.clone()],
        false => run.inputs.iter().filter_map(|one| folder.join(&one.value)).collect(),
    };
    for input in &inputs {
        match paths.file(input) {
            Some(contract) => drop(contracts.insert(contract)),
            None => contracts.extend(paths.below(input)),
        }
    }
    let pairs =
        outputs.iter().flat_map(|(package, span)| contracts.iter().map(|one| (*package, *one, *span)));
    pairs.take(MOST_PAIRS).collect()
}
