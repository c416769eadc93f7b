//! The one step that sees all facts at once and makes the graph of them.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::snapshot::{Gap, Listing, ReadFailure, Snapshot};
use crate::sources::cargo::{CargoCommand, LockFile, LockSource, Section};
use crate::sources::{Facts, Reading, read_one};
use crate::text::{Fault, Location, RepoPath};

use super::cargo::{Asked, CargoPackages, Inputs, Switches, resolve};
use super::catalog::{Candidate, Catalogs, Standing};
use super::contracts::{self, ContractDraft, ContractLink, Contracts, User};
use super::published::called;
use super::services::{self, End, Link};
use super::{
    CargoRequest, Conditions, ContractFiles, Copying, Coupling, CouplingGraph, CouplingKind, DeclaredUnit,
    Ecosystem, JobWork, Lack, MadeOf, Needless, Published, Trigger, Unit, UnitId, UnitKind,
};

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

/// Links the facts of a snapshot, and what a person declares beyond them. Cargo is asked only if a
/// command for it is given.
pub fn link(
    snapshot: &dyn Snapshot,
    listing: &Listing,
    mut reading: Reading,
    is_excluded: &dyn Fn(&RepoPath) -> bool,
    stated: Stated<'_>,
    cargo: Option<&CargoCommand>,
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
    let services = services::link(&reading, listing, is_excluded, &cargo, &read_more);
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

/// A unit before its place in the order is known.
struct Draft {
    unit: Unit,
    origin: Origin,
    runs: Vec<End>,
    parent: Option<Origin>,
}

/// What a unit is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// A package, by its position.
    Package(usize),
    /// A binary, by its package and its position there.
    Binary(usize, usize),
    /// Something that is deployed, by its position among all of that.
    Deployed(usize),
    /// A contract, by its position.
    Contract(usize),
    /// What a person declares.
    Declared,
    /// What a catalog alone knows, by its position among all of that.
    Catalogued(usize),
}

impl From<End> for Origin {
    fn from(end: End) -> Self {
        match end {
            End::Binary(package, binary) => Self::Binary(package, binary),
            End::Package(package) => Self::Package(package),
            End::Draft(id) => Self::Deployed(id.0),
        }
    }
}

/// Where units are in the order.
struct Places {
    packages: Vec<UnitId>,
    all: BTreeMap<Origin, UnitId>,
    /// By the position of the draft, before there is an order.
    candidates: Vec<Option<UnitId>>,
}

impl Places {
    fn coupling(&self, link: Link) -> Option<Coupling> {
        self.coupling_between(link.from.into(), link.to.into(), link.kind, link.evidence)
    }

    fn coupling_to_contract(&self, link: ContractLink) -> Option<Coupling> {
        let from = match link.from {
            User::Package(at) => Origin::Package(at),
            User::Contract(at) => Origin::Contract(at),
        };
        self.coupling_between(from, Origin::Contract(link.to), link.kind, vec![link.evidence])
    }

    fn coupling_between(
        &self,
        from: Origin,
        to: Origin,
        kind: CouplingKind,
        evidence: Vec<Location>,
    ) -> Option<Coupling> {
        let (from, to) = (*self.all.get(&from)?, *self.all.get(&to)?);
        (from != to && !evidence.is_empty()).then(|| Coupling {
            from,
            to,
            kind,
            conditions: Conditions::default(),
            request: None,
            evidence: Arc::from(evidence),
            declared: None,
            correction: None,
            promised: false,
        })
    }

    /// What catalogs alone say: what a manifest shows as well needs no promise.
    fn promised(&self, standing: &Standing, catalogs: &Catalogs, shown: &[Coupling]) -> Vec<Coupling> {
        let place = |at: usize| self.candidates.get(at).copied().flatten();
        let components = standing.components_of(&self.candidates);
        let component = |unit: UnitId| components.get(&unit).copied();
        // By units, and by the components that they are parts of: one may run in several environments.
        let mut shown_of_components: BTreeSet<(usize, usize, CouplingKind)> = BTreeSet::new();
        let mut shown_of_units: BTreeSet<(UnitId, UnitId, CouplingKind)> = BTreeSet::new();
        for Coupling { from, to, kind, .. } in shown {
            shown_of_units.insert((*from, *to, *kind));
            if let (Some(from), Some(to)) = (component(*from), component(*to)) {
                shown_of_components.insert((from, to, *kind));
            }
        }
        let mut promised: BTreeMap<(UnitId, UnitId, CouplingKind), Vec<Location>> = BTreeMap::new();
        for (entity, from, to, promise) in standing.promises(catalogs) {
            let (Some(from), Some(to)) = (place(from), place(to)) else { continue };
            let key = (from, to, promise.kind);
            let mut meant = catalogs.meant(promise);
            let is_shown = shown_of_units.contains(&key)
                || meant.any(|to| shown_of_components.contains(&(entity, to, promise.kind)));
            if from != to && !is_shown {
                promised.entry(key).or_default().push(promise.location.clone());
            }
        }
        let couplings = promised.into_iter().map(|((from, to, kind), evidence)| Coupling {
            from,
            to,
            kind,
            conditions: Conditions::default(),
            request: None,
            evidence: Arc::from(evidence),
            declared: None,
            correction: None,
            promised: true,
        });
        couplings.collect()
    }

    fn contracts(&self, drafts: Vec<ContractDraft>) -> Vec<ContractFiles> {
        let placed = drafts.into_iter().enumerate().filter_map(|(at, draft)| {
            let unit = *self.all.get(&Origin::Contract(at))?;
            Some(ContractFiles { unit, files: draft.files })
        });
        let mut placed: Vec<ContractFiles> = placed.collect();
        placed.sort_by_key(|one| one.unit);
        placed
    }

    fn made_of(&self, made: services::Ingredients) -> Option<MadeOf> {
        let unit = self.all.get(&Origin::from(End::Draft(made.unit))).copied();
        unit.map(|unit| made.placed(unit))
    }

    fn job(&self, worked: services::Worked) -> Option<JobWork> {
        let unit = |end: End| self.all.get(&Origin::from(end)).copied();
        let all = |ends: BTreeSet<End>| {
            let units: BTreeSet<UnitId> = ends.into_iter().filter_map(unit).collect();
            units.into_iter().collect::<Vec<_>>()
        };
        let job = |id| unit(End::Draft(id));
        let triggers = worked.triggers.into_iter().map(|one| Trigger {
            lacks: one
                .lacks
                .into_iter()
                .filter_map(|(glob, lacking, by)| {
                    Some(Lack { glob, unit: lacking.and_then(unit), by: unit(by)? })
                })
                .collect(),
            more: one
                .more
                .into_iter()
                .map(|more| Needless {
                    units: all(more.packages.into_iter().map(End::Package).collect()),
                    glob: more.glob,
                    at: more.at,
                    instead: more.instead,
                })
                .collect(),
            is_of_steps: one.is_of_steps,
            has_other_way: one.has_other_way,
            what: one.what,
            at: one.at,
            dialect: one.dialect,
            globs: one.globs,
        });
        let needs = worked.needs.into_iter().filter_map(|(id, at)| Some((job(id)?, at)));
        Some(JobWork {
            job: job(worked.job)?,
            ships: all(worked.ships),
            checks: all(worked.checks),
            needs: needs.collect(),
            files: worked.files.into_iter().collect(),
            triggers: triggers.collect(),
        })
    }

    fn copying(&self, copied: services::Copied) -> Option<Copying> {
        let packages = |all: BTreeSet<usize>| {
            let mut units: Vec<UnitId> = all.into_iter().map(|at| self.packages[at]).collect();
            units.sort_unstable();
            units
        };
        Some(Copying {
            // Images come first among what is deployed, in their order.
            image: *self.all.get(&Origin::Deployed(copied.image))?,
            lacks: packages(copied.missing),
            unlisted: packages(copied.unlisted),
            lacks_at: copied.missing_at,
            more: packages(copied.needless),
            more_at: copied.needless_at,
        })
    }
}

/// The packages and binaries.
fn cargo_units(cargo: &CargoPackages, names: &[String]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (at, package) in cargo.packages.iter().enumerate() {
        let unit = Unit {
            kind: UnitKind::Package,
            name: names[at].clone(),
            short_name: package.name.value.clone(),
            path: package.folder.clone(),
            declared_at: Location { path: package.manifest.clone(), span: package.name.span },
            parent: None,
            runs: Vec::new(),
            ecosystem: Some(Ecosystem::Cargo),
            is_outside: false,
        };
        drafts.push(Draft { unit, origin: Origin::Package(at), runs: Vec::new(), parent: None });
        drafts.extend(package.binaries.iter().enumerate().map(|(position, binary)| {
            let unit = Unit {
                kind: UnitKind::Binary,
                name: format!("{}/{}", names[at], binary.name),
                short_name: binary.name.clone(),
                path: package.folder.join(&binary.path).unwrap_or_else(|| package.folder.clone()),
                declared_at: Location { path: package.manifest.clone(), span: binary.declared_at },
                parent: None,
                runs: Vec::new(),
                ecosystem: Some(Ecosystem::Cargo),
                is_outside: false,
            };
            let origin = Origin::Binary(at, position);
            Draft { unit, origin, runs: Vec::new(), parent: Some(Origin::Package(at)) }
        }));
    }
    drafts
}

/// What is deployed.
fn deployed_units(drafts: Vec<services::Draft>) -> impl Iterator<Item = Draft> {
    drafts.into_iter().enumerate().map(|(at, draft)| Draft {
        unit: Unit {
            kind: draft.kind,
            name: draft.name,
            short_name: draft.short_name,
            path: draft.path,
            declared_at: draft.declared_at,
            parent: None,
            runs: Vec::new(),
            ecosystem: Some(draft.ecosystem),
            is_outside: draft.is_outside,
        },
        origin: Origin::Deployed(at),
        runs: draft.runs,
        parent: draft.parent.map(|parent| Origin::Deployed(parent.0)),
    })
}

/// The contracts.
fn contract_units(drafts: &[ContractDraft]) -> impl Iterator<Item = Draft> {
    drafts.iter().enumerate().map(|(at, draft)| Draft {
        unit: Unit {
            kind: UnitKind::Api,
            name: draft.name.clone(),
            short_name: draft.short_name.clone(),
            path: draft.declared_at.path.clone(),
            declared_at: draft.declared_at.clone(),
            parent: None,
            runs: Vec::new(),
            ecosystem: Some(Ecosystem::Contract),
            is_outside: false,
        },
        origin: Origin::Contract(at),
        runs: Vec::new(),
        parent: draft.package.map(Origin::Package),
    })
}

/// Everything that is a unit by a manifest, or by what a person declares.
fn drafts_of(
    cargo: &CargoPackages,
    names: &[String],
    (deployed, contracts): (Vec<services::Draft>, &[ContractDraft]),
    declared: &[DeclaredUnit],
) -> Vec<Draft> {
    let mut drafts = cargo_units(cargo, names);
    drafts.extend(deployed_units(deployed));
    drafts.extend(contract_units(contracts));
    if !declared.is_empty() {
        let names = |draft: &Draft| {
            let unit = &draft.unit;
            [(unit.kind, unit.name.clone()), (unit.kind, unit.short_name.clone())]
        };
        let known: BTreeSet<(UnitKind, String)> = drafts.iter().flat_map(names).collect();
        let unknown = declared.iter().filter(|one| !known.contains(&(one.kind, one.name.clone())));
        drafts.extend(unknown.map(|one| {
            let unit = Unit::declared(one.clone());
            Draft { unit, origin: Origin::Declared, runs: Vec::new(), parent: None }
        }));
    }
    drafts
}

/// What stands for what catalogs describe.
fn standing(catalogs: &Catalogs, drafts: &[Draft]) -> Standing {
    if catalogs.is_empty() {
        return Standing::default();
    }
    let by_origin: BTreeMap<Origin, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (draft.origin, at)).collect();
    let candidates = drafts.iter().map(|draft| {
        let runs = draft.runs.iter().filter_map(|end| by_origin.get(&Origin::from(*end)).copied());
        Candidate { unit: &draft.unit, runs: runs.collect() }
    });
    Standing::new(catalogs, &candidates.collect::<Vec<_>>())
}

/// What catalogs alone know.
fn catalogued(standing: &Standing) -> impl Iterator<Item = Draft> {
    standing.units.iter().enumerate().map(|(at, unit)| Draft {
        unit: unit.clone(),
        origin: Origin::Catalogued(at),
        runs: Vec::new(),
        parent: None,
    })
}

/// The units, sorted, and the place of each.
fn placed(cargo: &CargoPackages, drafts: Vec<Draft>) -> (Vec<Unit>, Places) {
    let mut drafts: Vec<(usize, Draft)> = drafts.into_iter().enumerate().collect();
    let mut candidates = vec![None; drafts.len()];
    drafts.sort_by(|(_, a), (_, b)| {
        (a.unit.kind, &a.unit.name, a.origin).cmp(&(b.unit.kind, &b.unit.name, b.origin))
    });
    // A manifest may declare one binary twice; cargo refuses it, and one unit says all.
    let mut all: BTreeMap<Origin, UnitId> = BTreeMap::new();
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for (at, draft) in drafts {
        let is_again = kept
            .last()
            .is_some_and(|last| (last.unit.kind, &last.unit.name) == (draft.unit.kind, &draft.unit.name));
        let id = UnitId::new(if is_again { kept.len() - 1 } else { kept.len() });
        all.insert(draft.origin, id);
        candidates[at] = Some(id);
        if !is_again {
            kept.push(draft);
        }
    }
    let place = |origin: &Origin| all.get(origin).copied();
    let units = kept.into_iter().map(|draft| {
        let mut runs: Vec<UnitId> = draft.runs.iter().filter_map(|end| place(&(*end).into())).collect();
        runs.sort_unstable();
        runs.dedup();
        Unit { parent: draft.parent.as_ref().and_then(place), runs, ..draft.unit }
    });
    let units: Vec<Unit> = units.collect();
    let packages = (0..cargo.packages.len()).filter_map(|at| place(&Origin::Package(at))).collect();
    (units, Places { packages, all, candidates })
}

/// The couplings, in the order of the units that they lead from.
fn couplings_of(cargo: &CargoPackages, package_units: &[UnitId], units: &[Unit]) -> Vec<Coupling> {
    let mut by_unit: Vec<usize> = (0..cargo.packages.len()).collect();
    by_unit.sort_unstable_by_key(|at| package_units[*at]);
    let found: Vec<_> = by_unit.into_par_iter().map(|at| couplings_from(at, cargo, package_units)).collect();
    let mut couplings = Vec::with_capacity(found.iter().map(Vec::len).sum::<usize>() + units.len());
    found.into_iter().for_each(|mut found| couplings.append(&mut found));
    couplings.extend(units.iter().enumerate().filter_map(|(at, unit)| {
        let package = unit.parent.filter(|_| unit.kind == UnitKind::Binary)?;
        Some(Coupling {
            from: UnitId::new(at),
            to: package,
            kind: CouplingKind::Code,
            conditions: Conditions::default(),
            request: None,
            evidence: Arc::from([unit.declared_at.clone()]),
            declared: None,
            correction: None,
            promised: false,
        })
    }));
    couplings
}

/// What one package is coupled to, in order.
fn couplings_from(at: usize, cargo: &CargoPackages, package_units: &[UnitId]) -> Vec<Coupling> {
    let package = &cargo.packages[at];
    // Few packages have optional dependencies inside of the repository.
    let switches = OnceCell::new();
    let mut couplings = Vec::with_capacity(package.dependencies.len());
    for dependency in &package.dependencies {
        // As cargo does: there is nothing to link in a package without a library.
        let target = dependency.target.filter(|target| cargo.packages[*target].library.is_some());
        let Some(target) = target.filter(|target| *target != at) else {
            continue;
        };
        let cargo_features = match dependency.optional {
            true => switches.get_or_init(|| Switches::new(&package.cargo_features)).of(dependency.key()),
            false => Vec::new(),
        };
        couplings.push(Coupling {
            from: package_units[at],
            to: package_units[target],
            kind: match dependency.section {
                Section::Normal => CouplingKind::Code,
                Section::Build => CouplingKind::Build,
                Section::Dev => CouplingKind::Test,
            },
            conditions: Conditions {
                optional: dependency.optional,
                cargo_features,
                platform: dependency.platform.clone(),
                through: dependency.through.clone(),
            },
            request: Some(CargoRequest {
                rename: dependency.rename.clone(),
                default_features: dependency.default_features,
                features: dependency.features.clone(),
                is_patched: dependency.patched_in.is_some(),
            }),
            evidence: dependency.evidence.clone(),
            declared: None,
            correction: None,
            promised: false,
        });
    }
    couplings.sort_by(Coupling::in_order);
    couplings
}
