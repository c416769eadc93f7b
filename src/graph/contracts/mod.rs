//! Contracts as units: which files are one, what they import, and which packages are generated from them.
//!
//! A document is a contract; so is a package of `.proto` files in one folder, since that is what others import and
//! implement. What others publish for everybody (`google.protobuf`), and what lies in folders of what others wrote or
//! of what tests read, is outside, like a dependency of a registry.
//!
//! Invariant: a path means a contract only where it leads to one file alone; what may be one of several is a gap.

mod generated;
mod imports;
mod paths;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::snapshot::{Gap, Snapshot};
use crate::sources::Facts;
use crate::sources::contracts::{Contract, Format};
use crate::text::{Location, RepoPath, Span};

use super::CouplingKind;
use super::cargo::CargoPackages;

use paths::Paths;

/// How the names of packages begin that make clients of documents by a macro.
pub(super) const GENERATOR: &str = "progenitor";

/// How many contracts there may be: far more than any repository has.
const MOST: usize = 20_000;

/// A contract before it has its place among the units of the graph.
#[derive(Debug)]
pub(super) struct ContractDraft {
    /// Unique among them.
    pub(super) name: String,
    pub(super) short_name: String,
    /// Where it is declared: in the first of its files.
    pub(super) declared_at: Location,
    /// All of its files, sorted.
    pub(super) files: Vec<RepoPath>,
    /// The package that it is a part of, by its position: the nearest around its first file, but for one at the root.
    pub(super) package: Option<usize>,
}

/// A coupling to a contract before its units have their place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ContractLink {
    pub(super) from: User,
    /// The contract, by its position.
    pub(super) to: usize,
    pub(super) kind: CouplingKind,
    pub(super) evidence: Location,
}

/// What uses a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum User {
    /// A package, by its position.
    Package(usize),
    /// Another contract, by its position.
    Contract(usize),
}

/// All contracts, and who uses them.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    pub(super) drafts: Vec<ContractDraft>,
    /// Sorted, each once.
    pub(super) links: Vec<ContractLink>,
    pub(super) gaps: Vec<Gap>,
}

/// Joins the contracts of a repository. Only build scripts and the root files of packages that could generate code from
/// them are read for it.
pub(super) fn link(
    snapshot: &dyn Snapshot,
    facts: &BTreeMap<RepoPath, Arc<Facts>>,
    cargo: &CargoPackages,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
) -> Contracts {
    let mut found = Contracts::default();
    let mut all: Vec<(&RepoPath, &Contract)> = Vec::new();
    for (path, facts) in facts {
        if let Facts::Contract(contract) = &**facts {
            all.push((path, contract));
            let told = contract.unread.iter();
            found.gaps.extend(told.filter_map(|one| Some(Gap::at(path, one.span?, one.what))));
        }
    }
    if all.len() > MOST {
        let what = format!("more than {MOST} contracts: the rest is not looked at");
        found.gaps.extend(all.get(MOST).map(|(path, _)| Gap::of(path, what)));
        all.truncate(MOST);
    }
    if all.is_empty() {
        return found;
    }
    let mut of_file: BTreeMap<&RepoPath, usize> = BTreeMap::new();
    found.drafts = drafts(&all, cargo, &mut of_file);
    let paths = Paths::new(&all, facts, &of_file);
    let sources = generated::sources(snapshot, cargo, is_excluded);
    imports::link(&all, &paths, &mut found);
    generated::link(&sources, facts, &paths, cargo, &mut found);
    found.links.sort();
    found.links.dedup();
    found.gaps.sort();
    found.gaps.dedup();
    found
}

/// What of several files makes them one contract.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sameness<'f> {
    /// A package of `.proto` files, in one folder.
    Package(RepoPath, &'f str),
    /// A document of these bytes, in one folder: the latest version of it lies there by a name of its own.
    Document(RepoPath, u64),
    File(&'f RepoPath),
}

fn drafts<'f>(
    all: &[(&'f RepoPath, &'f Contract)],
    cargo: &CargoPackages,
    of_file: &mut BTreeMap<&'f RepoPath, usize>,
) -> Vec<ContractDraft> {
    let around = |path: &RepoPath| {
        let mut folders = path.with_ancestors().skip(1).filter(|folder| !folder.is_empty());
        folders.find_map(|folder| {
            cargo.packages.binary_search_by(|package| package.folder.as_str().cmp(folder)).ok()
        })
    };
    let mut known: BTreeMap<Sameness<'_>, usize> = BTreeMap::new();
    let mut drafts: Vec<ContractDraft> = Vec::new();
    for (path, contract) in all {
        if is_outside(path, contract) {
            continue;
        }
        let folder = path.parent().unwrap_or_else(RepoPath::root);
        let sameness = match (contract.format, &contract.name) {
            (Format::Proto, Some(name)) => Sameness::Package(folder, &name.value),
            (Format::Proto, None) => Sameness::File(path),
            _ => Sameness::Document(folder, contract.fingerprint),
        };
        let at = *known.entry(sameness).or_insert(drafts.len());
        of_file.insert(path, at);
        if let Some(draft) = drafts.get_mut(at) {
            draft.files.push((*path).clone());
            continue;
        }
        let name = contract.name.as_ref().map_or_else(|| path.to_string(), |name| name.value.clone());
        drafts.push(ContractDraft {
            short_name: name.clone(),
            name,
            declared_at: Location { path: (*path).clone(), span: contract.declared },
            files: vec![(*path).clone()],
            package: around(path),
        });
    }
    name(&mut drafts);
    drafts
}

/// Tells contracts of one name apart by where they lie.
fn name(drafts: &mut [ContractDraft]) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for draft in drafts.iter() {
        *count.entry(draft.name.clone()).or_default() += 1;
    }
    for draft in drafts {
        if count.get(&draft.name).is_some_and(|count| *count > 1) {
            draft.name = format!("{} ({})", draft.name, draft.declared_at.path);
        }
    }
}

/// The first parts of packages that others publish for everybody.
const PUBLIC: [&str; 6] = ["buf", "gogoproto", "google", "grpc", "validate", "xds"];

/// Folders of what others wrote, and of what tests read: nobody is called by what lies there.
const NO_CONTRACTS: [&str; 14] = [
    "__fixtures__",
    "benches",
    "examples",
    "external",
    "fixtures",
    "test-data",
    "test_data",
    "testdata",
    "tests",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
];

/// Whether nobody of this repository is called by it: others publish it, or tests read it.
fn is_outside(path: &RepoPath, contract: &Contract) -> bool {
    let first = contract.name.as_ref().and_then(|name| name.value.split('.').next());
    let is_public = contract.format == Format::Proto && first.is_some_and(|first| PUBLIC.contains(&first));
    is_public || path.parts().any(|part| NO_CONTRACTS.contains(&part))
}

/// A place in a file.
fn at(path: &RepoPath, span: Span) -> Location {
    Location { path: path.clone(), span }
}
