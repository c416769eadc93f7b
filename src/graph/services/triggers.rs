//! Path filters, held against what their jobs are built from.
//!
//! What a filter lacks is told only where no file of it could let the job run, and of packages only those that are
//! always needed. What it has too much is told only where all that the job does is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Listing;
use crate::sources::pipelines::patterns::{Dialect, Patterns};
use crate::text::{Location, RepoPath, is_glob};

use super::super::cargo::CargoPackages;
use super::super::pipelines::Gate;
use super::End;
use super::copies::closure;
use super::drafts::Drafting;
use super::jobs::Work;

/// A filter with what it lacks, before units have their place.
#[derive(Debug)]
pub(in super::super) struct Triggered {
    pub(in super::super) what: String,
    pub(in super::super) at: Vec<Location>,
    pub(in super::super) dialect: Dialect,
    pub(in super::super) is_of_steps: bool,
    pub(in super::super) has_other_way: bool,
    pub(in super::super) globs: Vec<Vec<(String, Location)>>,
    pub(in super::super) lacks: Vec<(String, Option<End>, End)>,
    pub(in super::super) more: Vec<More>,
}

/// A glob that lets a job run for what it is not built from.
#[derive(Debug)]
pub(in super::super) struct More {
    pub(in super::super) glob: String,
    pub(in super::super) at: Location,
    pub(in super::super) packages: BTreeSet<usize>,
    pub(in super::super) instead: Vec<String>,
}

/// The files of the repository, as far as they are known.
pub(super) struct Files<'l> {
    pub(super) listing: &'l Listing,
}

/// How many globs a filter may have to be held against anything.
const MOST_GLOBS: usize = 2_000;

/// How many filters are held against how many packages at most.
const MOST_COMPARED: usize = 20_000_000;

/// A filter, held against what it keeps from being done.
pub(super) fn of(
    gate: &Gate,
    work: &Work,
    drafting: &Drafting<'_>,
    files: &Files<'_>,
    others: Option<&BTreeSet<usize>>,
) -> Triggered {
    Made::of(work, drafting, files).held_against(gate, drafting, others)
}

/// The packages that something a job does may be built from.
pub(super) fn possible(work: &Work, drafting: &Drafting<'_>, files: &Files<'_>) -> BTreeSet<usize> {
    Made::of(work, drafting, files).possible
}

/// Adds a filter to those of a job. One that several events have is told once, with the place of each.
pub(super) fn add(found: &mut Vec<Triggered>, triggered: Triggered) {
    let texts = |one: &Triggered| {
        let lists = one.globs.iter().map(|list| list.iter().map(|(glob, _)| glob.clone()).collect());
        lists.collect::<Vec<Vec<String>>>()
    };
    let is_same = |one: &&mut Triggered| {
        one.dialect == triggered.dialect
            && one.is_of_steps == triggered.is_of_steps
            && texts(one) == texts(&triggered)
    };
    match found.iter_mut().find(is_same) {
        Some(same) => {
            same.at.extend(triggered.at);
            let more = triggered.lacks.into_iter().filter(|lack| !same.lacks.contains(lack));
            same.lacks.extend(more.collect::<Vec<_>>());
        }
        None => found.push(triggered),
    }
}

/// What the work of a job is built from.
#[derive(Default)]
struct Made {
    /// Packages that are needed in any case, and one of what needs each.
    needed: BTreeMap<usize, End>,
    /// Packages that may be needed.
    possible: BTreeSet<usize>,
    /// Files and folders besides, with what needs them; folders are whole.
    paths: Vec<(RepoPath, bool, End)>,
    /// The files by which what is built goes: the root sources of packages that are named, Dockerfiles, manifests.
    named: BTreeSet<RepoPath>,
    ships: bool,
    is_empty: bool,
}

impl Made {
    fn of(work: &Work, drafting: &Drafting<'_>, files: &Files<'_>) -> Self {
        let cargo = drafting.cargo;
        let mut made = Self { ships: !work.ships.is_empty(), is_empty: true, ..Self::default() };
        for end in work.ships.keys().chain(work.checks.keys()) {
            made.is_empty = false;
            let start = made.start(*end, drafting);
            made.named.extend(start.iter().filter_map(|at| sources(&cargo.packages[*at]).into_iter().next()));
            for at in closure(&start, cargo, |is_always| is_always) {
                made.needed.entry(at).or_insert(*end);
            }
            let mut possible = closure(&start, cargo, |_| true);
            if work.tests {
                let tested = start.iter().flat_map(|at| &cargo.packages[*at].dependencies);
                possible.extend(closure(&tested.filter_map(|one| one.target).collect(), cargo, |_| true));
            }
            made.possible.extend(possible);
            made.lock(&start, *end, cargo, files);
        }
        made
    }

    /// The packages that something holds; what else it is made of is noted.
    fn start(&mut self, end: End, drafting: &Drafting<'_>) -> BTreeSet<usize> {
        match end {
            End::Package(at) | End::Binary(at, _) => BTreeSet::from([at]),
            End::Draft(id) => match drafting.of_image.iter().position(|one| *one == id) {
                Some(image) => self.image(image, end, drafting),
                // What runs is deployed by its manifest; its image is built elsewhere.
                None => {
                    let manifest = drafting.drafts[id.0].declared_at.path.clone();
                    self.named.insert(manifest.clone());
                    self.paths.push((manifest, false, end));
                    BTreeSet::new()
                }
            },
        }
    }

    fn image(&mut self, at: usize, end: End, drafting: &Drafting<'_>) -> BTreeSet<usize> {
        let image = &drafting.images.all[at];
        self.named.insert(image.dockerfile.clone());
        self.paths.push((image.dockerfile.clone(), false, end));
        let packages: BTreeSet<usize> = image.binaries.iter().map(|((package, _), _)| *package).collect();
        let Some(context) = image.context.as_ref().filter(|_| image.is_context_said) else { return packages };
        // What builds binaries is told by their packages; what is copied beside them is a part of the image itself.
        let is_own = |copy: &&crate::sources::dockerfile::ContextCopy| {
            !copy.is_plan_only && (packages.is_empty() || !copy.is_builder_only)
        };
        for copy in image.contents.copies.iter().filter(is_own) {
            let text = copy.path.value.as_str();
            let is_plain = !is_glob(text) && !super::jobs::is_unknown(text);
            if let Some(path) = context.join(text).filter(|_| is_plain) {
                // The whole of a repository says nothing about what of it matters.
                if !path.as_str().is_empty() {
                    self.paths.push((path, true, end));
                }
            }
        }
        packages
    }

    /// The files at the root of a workspace that cargo reads for every package of it.
    fn lock(&mut self, start: &BTreeSet<usize>, end: End, cargo: &CargoPackages, files: &Files<'_>) {
        for at in start {
            let package = &cargo.packages[*at];
            let root =
                package.workspace.map_or(&package.folder, |workspace| &cargo.workspaces[workspace].root);
            for name in ["Cargo.lock", "Cargo.toml"] {
                if let Some(path) = root.join(name).filter(|path| files.listing.contains(path.as_str())) {
                    self.paths.push((path, false, end));
                }
            }
        }
    }

    fn held_against(
        &self,
        gate: &Gate,
        drafting: &Drafting<'_>,
        others: Option<&BTreeSet<usize>>,
    ) -> Triggered {
        let mut triggered = Triggered {
            what: gate.what.clone(),
            at: vec![gate.at.clone()],
            dialect: gate.dialect,
            is_of_steps: gate.acts.is_some(),
            has_other_way: gate.has_other_way,
            globs: gate.globs.clone(),
            lacks: Vec::new(),
            more: Vec::new(),
        };
        let count: usize = gate.globs.iter().map(Vec::len).sum();
        let is_small =
            count <= MOST_GLOBS && count.saturating_mul(drafting.cargo.packages.len()) <= MOST_COMPARED;
        if self.is_empty || !is_small {
            return triggered;
        }
        let lists = gate.globs.iter().map(|list| list.iter().map(|(glob, _)| glob.as_str()));
        let patterns = Patterns::new(gate.dialect, lists);
        if !patterns.is_certain {
            return triggered;
        }
        // A job that only tests may be about something else: it is where most of what it builds lets it run.
        let named = self.named.iter().filter(|path| patterns.matches(path.as_str())).count();
        if !self.ships && named * 2 < self.named.len() {
            return triggered;
        }
        triggered.lacks = self.lacks(&patterns, drafting.cargo);
        // Others that the same filter lets run may be built from what this one is not.
        if let Some(others) = others.filter(|_| gate.dialect != Dialect::GitHubIgnore) {
            triggered.more = self.more(&patterns, gate, drafting.cargo, others);
        }
        triggered
    }

    fn lacks(&self, patterns: &Patterns, cargo: &CargoPackages) -> Vec<(String, Option<End>, End)> {
        let mut found = Vec::new();
        for (at, by) in &self.needed {
            let package = &cargo.packages[*at];
            let files = sources(package);
            if !files.iter().any(|file| patterns.matches(file.as_str()))
                && !patterns.may_match_below(&package.folder)
            {
                let glob = match package.folder.as_str() {
                    "" => "src/**".to_owned(),
                    folder => format!("{folder}/**"),
                };
                found.push((glob, Some(End::Package(*at)), *by));
            }
        }
        let packages: Vec<&RepoPath> = self.needed.keys().map(|at| &cargo.packages[*at].folder).collect();
        for (path, is_folder, by) in &self.paths {
            let is_told = packages.iter().any(|folder| !folder.as_str().is_empty() && path.is_within(folder));
            if is_told || patterns.matches(path.as_str()) || (*is_folder && patterns.may_match_below(path)) {
                continue;
            }
            let is_file = !*is_folder || path.file_name().contains('.');
            found.push((if is_file { path.to_string() } else { format!("{path}/**") }, None, *by));
        }
        let mut seen = BTreeSet::new();
        found.retain(|(glob, ..)| seen.insert(glob.clone()));
        self.widened(found, cargo)
    }

    /// The same with one glob for a folder of which everything is needed, and none for what another one matches.
    fn widened(
        &self,
        lacks: Vec<(String, Option<End>, End)>,
        cargo: &CargoPackages,
    ) -> Vec<(String, Option<End>, End)> {
        let is_all_needed = |folder: &RepoPath| {
            let mut inside =
                cargo.packages.iter().enumerate().filter(|(_, package)| package.folder.is_within(folder));
            inside.all(|(at, _)| self.possible.contains(&at))
        };
        let widest = |glob: &String| {
            let folder = RepoPath::new(glob.strip_suffix("/**")?)?;
            let around: Vec<RepoPath> =
                folder.with_ancestors().filter(|one| !one.is_empty()).filter_map(RepoPath::new).collect();
            let is_package = cargo.packages.iter().any(|package| package.folder == folder);
            around
                .into_iter()
                .rev()
                .find(|one| is_package && is_all_needed(one))
                .map(|one| format!("{one}/**"))
        };
        let mut found: Vec<(String, Option<End>, End)> =
            lacks.into_iter().map(|(glob, unit, by)| (widest(&glob).unwrap_or(glob), unit, by)).collect();
        let folders: BTreeSet<RepoPath> =
            found.iter().filter_map(|(glob, ..)| RepoPath::new(glob.strip_suffix("/**")?)).collect();
        let mut seen = BTreeSet::new();
        found.retain(|(glob, ..)| {
            let path = RepoPath::new(glob.strip_suffix("/**").unwrap_or(glob));
            let is_inside =
                |path: &RepoPath| folders.iter().any(|folder| folder != path && path.is_within(folder));
            seen.insert(glob.clone()) && !path.is_some_and(|path| is_inside(&path))
        });
        found
    }

    /// Globs that match packages which are never needed.
    fn more(
        &self,
        patterns: &Patterns,
        gate: &Gate,
        cargo: &CargoPackages,
        others: &BTreeSet<usize>,
    ) -> Vec<More> {
        let mut found = Vec::new();
        if self.needed.is_empty() {
            return found;
        }
        for (position, (glob, at)) in gate.globs.iter().flatten().enumerate() {
            let (mut needless, mut needed) = (BTreeSet::new(), Vec::new());
            for (at, package) in cargo.packages.iter().enumerate() {
                let is_met = |file: &RepoPath| {
                    patterns.is_by(position, file.as_str()) && patterns.matches(file.as_str())
                };
                if sources(package).iter().any(is_met) {
                    match self.possible.contains(&at) || others.contains(&at) {
                        true => needed.push(match package.folder.as_str() {
                            "" => "src/**".to_owned(),
                            folder => format!("{folder}/**"),
                        }),
                        false => _ = needless.insert(at),
                    }
                }
            }
            // What else it means lies in no package.
            let is_for_more = self.paths.iter().any(|(path, ..)| patterns.is_by(position, path.as_str()));
            // A broad glob of a job that only tests costs nobody a release.
            let is_meant = if needed.is_empty() { !is_for_more } else { self.ships };
            if !needless.is_empty() && is_meant {
                found.push(More { glob: glob.clone(), at: at.clone(), packages: needless, instead: needed });
            }
        }
        found
    }
}

/// The root source files of a package.
fn sources(package: &super::super::cargo::CargoPackage) -> Vec<RepoPath> {
    let library = package.library.iter().map(|library| library.path.as_str());
    let binaries = package.binaries.iter().map(|binary| binary.path.as_str());
    let roots: Vec<RepoPath> = library.chain(binaries).filter_map(|path| package.folder.join(path)).collect();
    if roots.is_empty() { vec![package.manifest.clone()] } else { roots }
}
