//! The one step that sees all facts at once and makes the graph of them.

mod couplings;
mod drafts;
mod places;

use std::collections::BTreeMap;

use crate::snapshot::{Gap, Listing, ReadFailure, Snapshot};
use crate::sources::cargo::{CargoCommand, LockFile, LockSource};
use crate::sources::{Facts, Reading, read_one};
use crate::text::{Fault, RepoPath};

use super::cargo::{Asked, CargoPackages, Inputs, resolve};
use super::catalog::Catalogs;
use super::contracts::{self, Contracts};
use super::pipelines::KeptJobs;
use super::published::called;
use super::services;
use super::{ContractFiles, CouplingGraph, DeclaredUnit, MadeOf, Published, UnitId};

use couplings::couplings_of;
use drafts::{catalogued, drafts_of, standing};
use places::placed;

/// The graph, and what is needed to ask it more.
#[derive(Debug)]
pub struct Linked {
    /// Units and couplings.
    pub graph: CouplingGraph,
    /// The packages behind them.
    pub cargo: CargoPackages,
    /// The unit of each package, by its position.
    pub package_units: Vec<UnitId>,
    /// The files that what is deployed is made of, in the order of the units.
    pub made_of: Vec<MadeOf>,
    /// The files of each contract, in the order of the units.
    pub contracts: Vec<ContractFiles>,
    /// What could not be read or linked, sorted.
    pub problems: Vec<Fault>,
    /// What is recognised and not read, or may be one of several things; sorted.
    pub gaps: Vec<Gap>,
    /// Names of published packages on which nothing depends, by the positions of their feature and of themselves.
    pub unused: Vec<(usize, usize)>,
}

/// What a person says that units are there, beyond those of the manifests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stated<'s> {
    /// Units.
    pub units: &'s [DeclaredUnit],
    /// Features of other repositories.
    pub published: &'s [Published],
}

/// What linking found out of one moment of a repository, for another one.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    jobs: KeptJobs,
}

/// Links the facts of a snapshot, and what a person declares beyond them. Cargo is asked only if a
/// command for it is given.
pub fn link(
    snapshot: &dyn Snapshot,
    listing: &Listing,
    mut reading: Reading,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
    stated: Stated<'_>,
    cargo: Option<&CargoCommand>,
    memory: Option<&Memory>,
) -> Linked {
    let mut problems = std::mem::take(&mut reading.problems);
    let read_lock = |path: &RepoPath| match read_one(snapshot, path, &LockSource).0 {
        Some(Facts::CargoLock(lock)) => Some(lock),
        _ => None::<LockFile>,
    };
    let inputs = Inputs::new(&reading.facts, listing);
    let asked = Asked { read_lock: &read_lock, is_excluded, cargo };
    let cargo = resolve(&inputs, &asked, &mut problems);
    // Scripts and parts of pipelines, which others name, and no name of their own gives away.
    let read_more = |path: &RepoPath| {
        let text = snapshot.read(path).ok().filter(|_| !is_excluded(path))?;
        String::from_utf8(text).ok()
    };
    let services = services::link(
        &reading,
        listing,
        is_excluded,
        &cargo,
        (&read_more, memory.map(|memory| &memory.jobs)),
    );
    let Contracts { drafts: contracts, links: contract_links, gaps: contract_gaps } =
        contracts::link(snapshot, &reading.facts, &cargo, is_excluded);
    problems.extend(services.problems);
    problems.sort();
    problems.dedup();
    let names = package_names(&cargo);
    let declared: Vec<DeclaredUnit> =
        stated.units.iter().cloned().chain(stated.published.iter().map(Published::unit)).collect();
    let is_there = |path: &RepoPath| snapshot.read(path) != Err(ReadFailure::Missing);
    let mut catalogs = Catalogs::new(&reading.facts, listing, &is_there);
    let mut drafts = drafts_of(&cargo, &names, (services.drafts, &contracts), &declared);
    let standing = standing(&catalogs, &drafts);
    drafts.extend(catalogued(&standing));
    let (units, places) = placed(&cargo, drafts);
    let apis: Vec<Option<UnitId>> = stated.published.iter().map(|one| one.place(&units)).collect();
    let called = called(stated.published, &apis, &cargo, &places.packages);
    let mut couplings = couplings_of(&cargo, &places.packages, &units);
    couplings.extend(called.couplings);
    couplings.extend(services.links.into_iter().filter_map(|link| places.coupling(link)));
    couplings.extend(places.promised(&standing, &catalogs, &couplings));
    standing.tell(&mut catalogs, &places.candidates, units.len());
    couplings.extend(contract_links.into_iter().filter_map(|link| places.coupling_to_contract(link)));
    let contracts = places.contracts(contracts);
    let mut gaps = services.gaps;
    gaps.extend_from_slice(catalogs.gaps());
    gaps.extend(contract_gaps);
    gaps.sort();
    gaps.dedup();
    let copies = services.copies.into_iter().filter_map(|copied| places.copying(copied)).collect();
    let made_of = services.ingredients.into_iter().filter_map(|made| places.made_of(made));
    let mut made_of: Vec<MadeOf> = made_of.collect();
    made_of.sort_by_key(|made| made.unit);
    let jobs = services.jobs.into_iter().filter_map(|worked| places.job(worked)).collect();
    let graph =
        CouplingGraph::new(units, couplings).with_copies(copies).with_jobs(jobs).with_catalogs(catalogs);
    // Nobody needs the facts any more, and nobody has to wait until they are given back.
    rayon::spawn(move || drop(reading.facts));
    let unused = called.unused;
    Linked { graph, cargo, package_units: places.packages, made_of, contracts, problems, gaps, unused }
}

/// A name for each package that no other package of the repository has.
fn package_names(cargo: &CargoPackages) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &cargo.packages {
        *count.entry(&package.name.value).or_default() += 1;
    }
    let name_of = |package: &super::cargo::CargoPackage| {
        let name = &package.name.value;
        match count.get(name.as_str()) {
            Some(1) => name.clone(),
            _ => format!("{name} ({})", package.folder),
        }
    };
    cargo.packages.iter().map(name_of).collect()
}
