//! What is to be shipped again: binaries by what they really link or are built with, images by those and by
//! what they take in, services and workloads by their images and their own files.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::cargo::{BuildSet, build_sets_of};
use crate::graph::{CouplingKind, MadeOf, UnitId, UnitKind};
use crate::sources::cargo::Section;
use crate::text::{Fault, RepoPath};

use super::certain::leading;
use super::files::Packages;
use super::packages::{reason, step_between};
use super::reach::{reached, way};
use super::touched::Touched;
use super::{Question, Reason, Step};

/// The deployables that are affected, with a reason for each.
pub(super) type Deployed = BTreeMap<UnitId, Reason>;

/// Whether an image takes a file in, other than by the binaries that it holds.
pub(super) fn takes(
    made: &MadeOf,
    file: &RepoPath,
    question: &Question<'_>,
    packages: &Packages<'_>,
) -> bool {
    let Some(copied) = made.copies(file) else { return false };
    let graph = &question.linked.graph;
    let mut runs = graph.unit(made.unit).runs.iter();
    if !runs.any(|unit| graph.unit(*unit).kind == UnitKind::Binary) {
        return true;
    }
    match packages.around(file) {
        // A part of a package that lands in the image by itself; what builds a binary is told by the binary.
        Some(package) => {
            let folder = &packages.all.packages[package].folder;
            !copied.is_builder_only && copied.path != *folder && copied.path.is_within(folder)
        }
        // What is copied by name, and no manifest that cargo reads: those are told by their members.
        None => {
            let is_manifest = matches!(file.file_name(), "Cargo.toml" | "Cargo.lock");
            copied.path != made.context && !is_manifest
        }
    }
}

/// Everything that is to be shipped again.
pub(super) fn deployed(
    question: &Question<'_>,
    packages: &Packages<'_>,
    touched: &Touched,
) -> Result<(Deployed, Vec<Fault>), String> {
    let (binaries, problems) = binaries(question, packages, touched)?;
    let graph = &question.linked.graph;
    let mut links: Vec<(UnitId, UnitId)> = Vec::new();
    for made in &question.linked.made_of {
        let unit = graph.unit(made.unit);
        links.extend(unit.runs.iter().map(|runs| (made.unit, *runs)));
        let built_with = graph.couplings_from(made.unit).map(|id| graph.coupling(id));
        let built_with = built_with.filter(|coupling| {
            coupling.kind == CouplingKind::Build && graph.unit(coupling.to).kind == UnitKind::Image
        });
        links.extend(built_with.map(|coupling| (made.unit, coupling.to)));
    }
    links.sort_unstable();
    links.dedup();
    let mut found = binaries;
    for (unit, cause) in &touched.units {
        let reason = Reason { steps: Vec::new(), cause: touched.causes[*cause].clone() };
        found.entry(*unit).or_insert(reason);
    }
    let next = reached(&links, found.keys().copied());
    for unit in next.keys() {
        let units = way(&next, *unit);
        let Some(end) = units.last().and_then(|end| found.get(end)).cloned() else { continue };
        let steps = units.windows(2).map(|two| shipped_step(question, two[0], two[1]));
        let steps: Vec<Step> = steps.chain(end.steps).collect();
        found.entry(*unit).or_insert(Reason { steps, cause: end.cause });
    }
    Ok((found, problems))
}

/// From what ships to what is shipped in it.
fn shipped_step(question: &Question<'_>, from: UnitId, to: UnitId) -> Step {
    let graph = &question.linked.graph;
    let step = step_between(graph, from, to, CouplingKind::Build);
    if step.coupling.is_some() {
        return step;
    }
    // What lands in an image says so the other way round.
    let mut releases = graph.couplings_between(to, from);
    let coupling = releases.find(|id| graph.coupling(*id).kind == CouplingKind::Release);
    Step { unit: to, kind: CouplingKind::Release, coupling }
}

/// The binaries that link, or are built with, anything that is touched.
fn binaries(
    question: &Question<'_>,
    packages: &Packages<'_>,
    touched: &Touched,
) -> Result<(Deployed, Vec<Fault>), String> {
    let all = packages.all;
    let is_touched = |at: &usize| touched.packages.get(at).is_some_and(|touches| touches.whole.is_some());
    let beginnings: Vec<usize> = touched.packages.keys().filter(|at| is_touched(at)).copied().collect();
    // First what is certain, and whatever might be: to know exactly takes longer.
    let (sure, unsure) = leading(packages, &beginnings);
    let units = binary_units(question);
    let mut found = Deployed::new();
    for (at, touches) in &touched.packages {
        for (name, cause) in &touches.binaries {
            let Some(unit) = units.get(&(*at, name.as_str())) else { continue };
            found.insert(*unit, Reason { steps: Vec::new(), cause: touched.causes[*cause].clone() });
        }
    }
    for (at, way) in &sure {
        for binary in &all.packages[*at].binaries {
            let Some(unit) = units.get(&(*at, binary.name.as_str())) else { continue };
            if let Some(told) = reason(question.linked, way, touched) {
                found.entry(*unit).or_insert(told);
            }
        }
    }
    let (sets, problems) = build_sets_of(all, question.options, &|at| unsure.contains(&at))?;
    for ((at, name), set) in &sets {
        let Some(unit) = units.get(&(*at, name.as_str())) else { continue };
        if let Some(told) = linked_reason(question, packages, touched, *at, set) {
            found.entry(*unit).or_insert(told);
        }
    }
    Ok((found, problems))
}

/// The shortest way from a package, within what its binary is made of, to something that is touched.
fn linked_reason(
    question: &Question<'_>,
    packages: &Packages<'_>,
    touched: &Touched,
    package: usize,
    set: &BuildSet,
) -> Option<Reason> {
    let inside: BTreeSet<usize> =
        set.links.iter().chain(&set.builds_with).copied().chain([package]).collect();
    let is_touched = |at: &&usize| touched.packages.get(at).is_some_and(|touches| touches.whole.is_some());
    let beginnings: Vec<usize> = inside.iter().filter(is_touched).copied().collect();
    let first = *beginnings.first()?;
    let links = links_among(packages, inside.iter().copied());
    let next = reached(&links, beginnings);
    let way = match way(&next, package) {
        way if way.is_empty() => vec![package, first],
        way => way,
    };
    reason(question.linked, &way, touched)
}

/// What some packages need of each other, but for tests.
pub(super) fn links_among(
    packages: &Packages<'_>,
    inside: impl Iterator<Item = usize> + Clone,
) -> Vec<(usize, usize)> {
    let known: BTreeSet<usize> = inside.clone().collect();
    let mut links = Vec::new();
    for from in inside {
        let needs = packages.all.packages[from].dependencies.iter();
        let needs = needs.filter(|dependency| dependency.section != Section::Dev);
        links.extend(needs.filter_map(|one| one.target).filter(|to| known.contains(to)).map(|to| (from, to)));
    }
    links
}

/// The unit of each binary, by its package and its name.
pub(super) fn binary_units<'q>(question: &Question<'q>) -> BTreeMap<(usize, &'q str), UnitId> {
    let package_of: BTreeMap<UnitId, usize> =
        question.linked.package_units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
    let units = question.linked.graph.units().filter(|(_, unit)| unit.kind == UnitKind::Binary);
    let named = units
        .filter_map(|(id, unit)| Some(((*package_of.get(&unit.parent?)?, unit.short_name.as_str()), id)));
    named.collect()
}
