//! What is certain without asking how Cargo features are unified: links that neither an option nor a platform switches.
//! Most changes of sources are answered by them alone, in a small part of the time.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::cargo::Build;
use crate::sources::cargo::Section;

use super::Question;
use super::deploy::links_among;
use super::files::Packages;
use super::reach::{reached, way};
use super::touched::Touched;

/// Whether what is built can't have changed but by its sources: no manifest, no lock file and no settings differ.
pub(super) fn is_of_sources(question: &Question<'_>) -> bool {
    let is_setting = |name: &str| matches!(name, "Cargo.toml" | "Cargo.lock" | "config" | "config.toml");
    let differences = question.differences;
    differences.links.is_empty() && !differences.files.iter().any(|file| is_setting(file.path.file_name()))
}

/// The links that are there whatever is asked for, but for tests.
fn links(packages: &Packages<'_>) -> Vec<(usize, usize)> {
    let all = &packages.all.packages;
    let mut found = Vec::new();
    for (from, package) in all.iter().enumerate() {
        for dependency in &package.dependencies {
            let is_built = match dependency.section {
                Section::Normal => true,
                Section::Build => package.build_script.is_some(),
                Section::Dev => false,
            };
            let is_certain = is_built && !dependency.optional && dependency.platform.is_none();
            let target = dependency.target.filter(|to| is_certain && all[*to].library.is_some());
            found.extend(target.map(|to| (from, to)));
        }
    }
    found
}

/// The packages that lead to some others, each with a shortest way; those of which that is certain, and all others that
/// may lead there.
pub(super) fn leading(
    packages: &Packages<'_>,
    beginnings: &[usize],
) -> (BTreeMap<usize, Vec<usize>>, BTreeSet<usize>) {
    let possible =
        reached(&links_among(packages, 0..packages.all.packages.len()), beginnings.iter().copied());
    let certain = reached(&links(packages), beginnings.iter().copied());
    let (mut sure, mut unsure) = (BTreeMap::new(), BTreeSet::new());
    for at in possible.keys() {
        let known = way(&certain, *at);
        // A way that may be there can be the shorter one.
        match known.len() == way(&possible, *at).len() {
            true => {
                sure.insert(*at, known);
            }
            false => {
                unsure.insert(*at);
            }
        }
    }
    (sure, unsure)
}

/// A build in which everybody who needs what is touched is told by links that are certain; `None` if there is a doubt.
pub(super) fn build(packages: &Packages<'_>, touched: &Touched) -> Option<Build> {
    let all = &packages.all.packages;
    let beginnings = touched.packages.iter().filter(|(_, one)| one.whole.is_some() || one.unified.is_some());
    let beginnings: Vec<usize> = beginnings.map(|(at, _)| *at).collect();
    let (sure, unsure) = leading(packages, &beginnings);
    if !unsure.is_empty() {
        return None;
    }
    let mut test_links = Vec::new();
    for (from, package) in all.iter().enumerate() {
        let tests = package.dependencies.iter().filter(|dependency| dependency.section == Section::Dev);
        for (dependency, to) in tests.filter_map(|one| Some((one, one.target?))) {
            if !sure.contains_key(&to) {
                continue;
            }
            if dependency.optional || dependency.platform.is_some() || all[to].library.is_none() {
                return None;
            }
            test_links.push((from, to));
        }
    }
    test_links.sort_unstable();
    test_links.dedup();
    let mut links: Vec<_> =
        links(packages).into_iter().map(|(from, to)| ((from, false), (to, false))).collect();
    links.sort_unstable();
    links.dedup();
    let cargo_features = (0..all.len()).map(|at| ((at, false), BTreeSet::new())).collect();
    Some(Build { members: (0..all.len()).collect(), hears_tests: false, links, test_links, cargo_features })
}
