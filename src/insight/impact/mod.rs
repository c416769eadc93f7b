//! What a change affects: files that differ → units → everybody who needs those, each with a shortest reason.
//!
//! Sound first: whatever cargo would build anew is told. Where that can't be known (a file that nobody declares,
//! a build script that may read anything), more is told, never less.

mod deploy;
mod files;
mod lock;
mod locks;
mod manifests;
mod outside;
mod packages;
mod reach;
mod reads;
mod requests;
mod touched;
mod usual;

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{Configuration, FeatureId, FeatureMap};
use crate::graph::cargo::{Build, BuildOptions, CargoPackages, Purpose, builds};
use crate::graph::{CouplingId, CouplingKind, Linked, UnitId};
use crate::snapshot::{Difference, Differences, Differs, Snapshot};
use crate::sources::cargo::settings_matter;
use crate::text::{Fault, RepoPath};

use files::{Packages, Part};
use outside::Fate;
use touched::Touched;

pub use touched::Cause;

/// What is asked.
pub struct Question<'q> {
    /// The graph at the end of the change, and the packages behind it.
    pub linked: &'q Linked,
    /// Which unit belongs to which feature.
    pub map: &'q FeatureMap,
    /// What is declared of files that no unit holds.
    pub configuration: &'q Configuration,
    /// The files at the end of the change.
    pub now: &'q dyn Snapshot,
    /// What there was before; `None` where only files are named.
    pub before: Option<Before<'q>>,
    /// The files that differ.
    pub differences: &'q Differences,
    /// What to build for.
    pub options: &'q BuildOptions,
}

/// What there was before a change.
#[derive(Clone, Copy)]
pub struct Before<'q> {
    /// The files.
    pub snapshot: &'q dyn Snapshot,
    /// The packages.
    pub cargo: &'q CargoPackages,
}

/// What a change affects.
#[derive(Debug, Default)]
pub struct Impact {
    /// The units that are affected, in the order of the graph.
    pub units: Vec<Affected>,
    /// The features of these, in order.
    pub features: BTreeSet<FeatureId>,
    /// Files of which nobody knows what they are for: they count as if everything were made of them.
    pub unknown: Vec<RepoPath>,
    /// How many files affect nothing.
    pub idle: usize,
    /// What could not be read for it, sorted.
    pub problems: Vec<Fault>,
}

/// A unit that is affected.
#[derive(Debug, Clone)]
pub struct Affected {
    /// The unit.
    pub unit: UnitId,
    /// Why it is built anew, if it is a package.
    pub build: Option<Reason>,
    /// Why its tests are to run, if it is a package.
    pub test: Option<Reason>,
    /// Why it is to be shipped again, if it is a deployable.
    pub deploy: Option<Reason>,
}

impl Affected {
    /// The shortest of its reasons.
    pub fn reason(&self) -> Option<&Reason> {
        let all = self.build.iter().chain(&self.test).chain(&self.deploy);
        all.min_by_key(|reason| reason.steps.len())
    }
}

/// Why a unit is affected: what it needs, step by step, and the file at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// From the unit to the one that the file is a part of; none where that is the unit itself.
    pub steps: Vec<Step>,
    /// The file.
    pub cause: Cause,
}

/// One step of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The unit that is needed.
    pub unit: UnitId,
    /// In which way.
    pub kind: CouplingKind,
    /// The coupling that says so, if one does.
    pub coupling: Option<CouplingId>,
}

/// Says what a change affects.
///
/// # Errors
/// A target triple that nobody knows.
pub fn impact(question: &Question<'_>) -> Result<Impact, String> {
    let packages = Packages::new(&question.linked.cargo, question.now);
    let (use_builds, mut problems) = builds(packages.all, question.options, Purpose::Use)?;
    let mut found = Impact::default();
    let mut touched = Touched::default();
    touch_files(question, &packages, &use_builds, &mut touched, &mut found, &mut problems);
    manifests::touch_moved(question, &packages, &mut touched);
    touch_unified(question, &packages, &mut touched, Purpose::Use)?;
    let built = packages::built(question.linked, &use_builds, &touched);
    let (test_builds, _) = builds(packages.all, question.options, Purpose::Tests)?;
    let (deployed, more) = deploy::deployed(question, &packages, &touched)?;
    problems.extend(more);
    touch_unified(question, &packages, &mut touched, Purpose::Tests)?;
    let mut tested = packages::tested(question.linked, &test_builds, &touched);
    for (package, reason) in &built {
        tested.entry(*package).or_insert_with(|| reason.clone());
    }
    found.collect(question, built, tested, deployed);
    problems.sort();
    problems.dedup();
    found.problems = problems;
    Ok(found)
}

/// Every file that differs touches what holds it, and what names it.
fn touch_files(
    question: &Question<'_>,
    packages: &Packages<'_>,
    builds: &[Build],
    touched: &mut Touched,
    found: &mut Impact,
    problems: &mut Vec<Fault>,
) {
    let mut files = reads::positions(&question.differences.files);
    files.extend(reads::linked(question.differences));
    let readers = reads::by_file(reads::readers(&files, question.differences, packages, question.now));
    let seen_at = seen_at(&files, question.differences.files.len());
    let mut manifests = manifests::Manifests::new(question, packages);
    for (at, file) in question.differences.files.iter().enumerate() {
        let mut is_held = false;
        for path in &seen_at[at] {
            let seen = Difference { path: path.clone(), how: file.how };
            is_held |= match path.file_name() {
                "Cargo.toml" if is_manifest(packages, &seen) => {
                    manifests.touch(&seen, touched);
                    true
                }
                "Cargo.lock" if !locks::members(path, packages).is_empty() => {
                    locks::touch(question, packages, &seen, builds, touched, problems);
                    touch_holder(question, packages, &seen, touched, true)
                }
                _ => touch_holder(question, packages, &seen, touched, false),
            };
        }
        for reader in readers.get(&at).into_iter().flatten() {
            let Some(package) = packages.around(reader) else { continue };
            let why = Some(format!("`{reader}` names it"));
            let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why });
            touched.package(package, &packages.part(package, reader), cause);
            is_held = true;
        }
        is_held |= touch_deployed(question, packages, file, touched);
        match fate(question, packages, file, is_held, touched) {
            Fate::Counts => {}
            Fate::Idle => found.idle += 1,
            Fate::Unknown => found.unknown.push(file.path.clone()),
        }
    }
}

/// The paths of each file: its own, and those of links to it.
fn seen_at(files: &[(usize, RepoPath)], count: usize) -> Vec<Vec<RepoPath>> {
    let mut seen = vec![Vec::new(); count];
    for (at, path) in files {
        seen[*at].push(path.clone());
    }
    seen
}

/// Whether a `Cargo.toml` is one of a package or a workspace, now or before.
fn is_manifest(packages: &Packages<'_>, file: &Difference) -> bool {
    let Some(folder) = file.path.parent() else { return false };
    let is_root = packages.all.workspaces.iter().any(|workspace| workspace.root == folder);
    is_root || packages.in_folder(folder.as_str()).is_some() || file.how == Differs::Removed
}

/// The package in whose folder a file lies. `is_lock`: it counts by itself, but a build script may watch it.
fn touch_holder(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    touched: &mut Touched,
    is_lock: bool,
) -> bool {
    if outside::is_toolchain(&file.path) {
        return false;
    }
    let Some(package) = packages.around(&file.path) else { return is_lock };
    // A Dockerfile or a manifest of what is deployed lies in many a package, and nothing is compiled of it.
    let is_deployed = || question.linked.made_of.iter().any(|made| made.files.contains(&file.path));
    let part = match is_lock {
        _ if packages.watches(package, &file.path) => Part::Whole,
        true => return true,
        false if is_deployed() => return false,
        false => packages.part(package, &file.path),
    };
    if part == Part::Idle {
        return false;
    }
    let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why: None });
    touched.package(package, &part, cause);
    true
}

/// What is deployed and made of a file.
fn touch_deployed(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    touched: &mut Touched,
) -> bool {
    let mut is_held = false;
    for made in &question.linked.made_of {
        let is_own = made.files.contains(&file.path);
        if !is_own && !deploy::takes(made, &file.path, question, packages) {
            continue;
        }
        let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why: None });
        touched.unit(made.unit, cause);
        is_held = true;
    }
    is_held
}

/// What becomes of a file, once it is known whether a unit holds it.
fn fate(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    is_held: bool,
    touched: &mut Touched,
) -> Fate {
    let declared = outside::declared(question, packages, file, touched);
    match declared {
        _ if is_held => Fate::Counts,
        Some(fate) => fate,
        // In a package, only what nothing is made of is held by nobody.
        None if packages.around(&file.path).is_some() && !outside::is_toolchain(&file.path) => Fate::Idle,
        None if is_idle_setting(question, file) => Fate::Idle,
        None => outside::by_name(question, packages, file, touched),
    }
}

/// Whether a `.cargo/config.toml` says nothing else about what is built than before.
fn is_idle_setting(question: &Question<'_>, file: &Difference) -> bool {
    let Some(before) = question.before.filter(|_| matches!(file.path.file_name(), "config" | "config.toml"))
    else {
        return false;
    };
    let text = |snapshot: &dyn Snapshot| {
        String::from_utf8_lossy(&snapshot.read(&file.path).unwrap_or_default()).into_owned()
    };
    outside::is_toolchain(&file.path) && !settings_matter(&text(before.snapshot), &text(question.now))
}

/// Platforms on which Cargo features are compared where none is asked for. Everything at once, the first, is no
/// platform that anybody builds for: what one asks for would hide what changes on another.
const COMPARED_ON: [Option<&str>; 5] = [
    None,
    Some("x86_64-unknown-linux-gnu"),
    Some("aarch64-apple-darwin"),
    Some("x86_64-pc-windows-msvc"),
    Some("wasm32-unknown-unknown"),
];

/// What cargo builds of a workspace at once with other Cargo features than before, since a manifest asks for
/// others.
fn touch_unified(
    question: &Question<'_>,
    packages: &Packages<'_>,
    touched: &mut Touched,
    purpose: Purpose,
) -> Result<(), String> {
    let mut manifests = question.differences.files.iter().filter(|file| file.path.file_name() == "Cargo.toml");
    let (Some(before), Some(file)) = (question.before, manifests.next()) else { return Ok(()) };
    let targets: Vec<Option<&str>> = match &question.options.target {
        Some(target) => vec![Some(target)],
        None => COMPARED_ON.to_vec(),
    };
    for target in targets {
        let options = BuildOptions { target: target.map(str::to_owned), ..question.options.clone() };
        let (was, now) =
            rayon::join(|| builds(before.cargo, &options, purpose), || builds(packages.all, &options, purpose));
        let ((was, _), (now, _)) = (was?, now?);
        let known: BTreeMap<RepoPath, &Build> =
            was.iter().filter_map(|build| Some((root(before.cargo, build)?, build))).collect();
        for build in &now {
            let earlier = root(packages.all, build).and_then(|root| known.get(&root).copied());
            if let Some(earlier) = earlier {
                touch_differing(question, packages, (earlier, build), file, touched);
            }
        }
    }
    Ok(())
}

/// The folder of the root of what is built at once.
fn root(all: &CargoPackages, build: &Build) -> Option<RepoPath> {
    let first = &all.packages[*build.members.first()?];
    Some(match first.workspace {
        Some(workspace) => all.workspaces[workspace].root.clone(),
        None => first.folder.clone(),
    })
}

fn touch_differing(
    question: &Question<'_>,
    packages: &Packages<'_>,
    (was, now): (&Build, &Build),
    file: &Difference,
    touched: &mut Touched,
) {
    let Some(before) = question.before else { return };
    let (earlier, later) = ((before.cargo, was), (packages.all, now));
    for (package, features) in requests::built_otherwise(earlier, later) {
        let why = match manifests::told(&features) {
            Some(names) => format!("it is built with other Cargo features: {names}"),
            None => "it is built for another machine too".to_owned(),
        };
        let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why: Some(why) });
        touched.unified(package, cause);
    }
    let names = requests::asked_otherwise(earlier, later);
    if !names.is_empty() {
        locks::touch_asked(question, packages, now, &names, file, touched);
    }
}

impl Impact {
    fn collect(
        &mut self,
        question: &Question<'_>,
        mut built: packages::Reasons,
        mut tested: packages::Reasons,
        deployed: deploy::Deployed,
    ) {
        let mut all: BTreeMap<UnitId, Affected> = BTreeMap::new();
        let mut entry = |unit: UnitId, build, test, deploy| {
            all.insert(unit, Affected { unit, build, test, deploy });
        };
        for (at, unit) in question.linked.package_units.iter().enumerate() {
            let (build, test) = (built.remove(&at), tested.remove(&at));
            if build.is_some() || test.is_some() {
                entry(*unit, build, test, None);
            }
        }
        for (unit, reason) in deployed {
            entry(unit, None, None, Some(reason));
        }
        self.units = all.into_values().collect();
        self.features =
            self.units.iter().filter_map(|affected| question.map.feature_of(affected.unit)).collect();
    }

    /// Whether the change affects nothing.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}
