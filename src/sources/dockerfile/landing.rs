//! Which binaries a path of a stage means, and which are in an image at the end.
//!
//! Invariant: a binary is told by the name that cargo gave it, however it was moved.

use crate::text::{Span, Spanned};

use super::cargo_command::{CargoBuild, CargoCommandWord};
use super::contents::LandedBinary;
use super::files::{Entry, Files, Found, What, binary_name, parted, within};

/// What a path of a stage means, with the cargo commands that ran there.
pub(super) fn find(files: &Files, path: &str, ran: &[usize], builds: &[CargoBuild]) -> Vec<Found> {
    let found = files.find(path);
    if !found.is_empty() {
        return found;
    }
    let (folder, file) = parted(path);
    if let Some(entry) = files.in_folder(folder, file) {
        return vec![Found { below: String::new(), what: entry.what.clone(), spans: entry.spans.clone() }];
    }
    let there: Vec<(usize, &Entry)> = files.outputs_at(folder).collect();
    if let (false, Some(name)) = (there.is_empty(), binary_name(file)) {
        let candidates: Vec<usize> = there.iter().map(|(build, _)| *build).collect();
        let built_by = best(name, &candidates, builds);
        let of_best = there.iter().find(|(build, _)| Some(*build) == built_by);
        let Some((_, entry)) = of_best.or(there.first()) else { return Vec::new() };
        let source_path = match &entry.what {
            What::Output { source_path, .. } => within(source_path, file),
            What::Binary { .. } => path.to_owned(),
        };
        return vec![binary(name, &source_path, built_by, entry.spans.clone())];
    }
    by_shape(path, ran, builds).into_iter().collect()
}

fn binary(name: &str, path: &str, built_by: Option<usize>, spans: Vec<Span>) -> Found {
    let (name, source_path) = (name.to_owned(), path.to_owned());
    Found { below: String::new(), what: What::Binary { name, source_path, built_by }, spans }
}

/// What a path means by how it looks, where cargo was started by something that we don't read or in a
/// folder that we don't know.
pub(super) fn by_shape(path: &str, ran: &[usize], builds: &[CargoBuild]) -> Option<Found> {
    let (folder, file) = parted(path);
    let is_usual = matches!(parted(folder).1, "release" | "debug");
    let is_output = is_usual || ran.iter().any(|build| has_profile(builds, *build, folder));
    if let Some(name) = binary_name(file).filter(|_| is_output && is_below_target(folder)) {
        return Some(binary(name, path, best(name, ran, builds), Vec::new()));
    }
    let path = path.strip_suffix("/*").unwrap_or(path);
    let build = *ran.iter().rev().find(|build| has_profile(builds, **build, path))?;
    let what = What::Output { build, source_path: path.to_owned() };
    is_below_target(path).then_some(Found { below: String::new(), what, spans: Vec::new() })
}

/// Whether a build leaves its binaries in a folder of this name.
fn has_profile(builds: &[CargoBuild], build: usize, folder: &str) -> bool {
    let Some(build) = builds.get(build).filter(|build| build.command != CargoCommandWord::Cook) else {
        return false;
    };
    let name = parted(folder).1;
    // What is not known may have told another profile.
    profile_folder(&build.profile) == name || (!build.is_certain && matches!(name, "release" | "debug"))
}

/// Whether a folder lies where cargo has those of its profiles: `target/release`,
/// `target/<triple>/release`, `$CARGO_TARGET_DIR/release`.
fn is_below_target(folder: &str) -> bool {
    let (above, _) = parted(folder);
    let (further, last) = parted(above);
    last == "target" || last.contains('$') || parted(further).1 == "target"
}

/// The folder that cargo names after a profile.
pub(super) fn profile_folder(profile: &str) -> &str {
    match profile {
        "dev" | "test" => "debug",
        "bench" => "release",
        profile => profile,
    }
}

fn is_named(words: &[Spanned<String>], name: &str) -> bool {
    words.iter().any(|word| word.value.replace('-', "_") == name.replace('-', "_"))
}

/// The build that a binary is of: one that names it, or a package of its name, or names nothing; the last
/// of each.
fn best(name: &str, candidates: &[usize], builds: &[CargoBuild]) -> Option<usize> {
    let rank = |build: &CargoBuild| {
        let names_other = !build.bins.is_empty() && !build.all_bins;
        match () {
            () if build.command == CargoCommandWord::Cook || build.is_without_bins => 0,
            () if is_named(&build.bins, name) => 4,
            () if names_other => 0,
            () if is_named(&build.packages, name) => 3,
            () if build.packages.is_empty() => 2,
            () => 1,
        }
    };
    let ranked = candidates.iter().filter_map(|at| Some((rank(builds.get(*at)?), *at)));
    ranked.filter(|(rank, _)| *rank > 0).max().map(|(_, at)| at)
}

/// The binaries that lie in an image.
pub(super) fn landed(files: &Files, builds: &[CargoBuild]) -> Vec<LandedBinary> {
    let mut landed: Vec<LandedBinary> = Vec::new();
    for entry in files.entries() {
        for binary in of_entry(entry, builds) {
            let is_same =
                |known: &LandedBinary| known.name == binary.name && known.built_by == binary.built_by;
            if !landed.iter().any(is_same) {
                landed.push(binary);
            }
        }
    }
    landed.sort_by_key(|binary| binary.spans.first().copied());
    landed
}

fn of_entry(entry: &Entry, builds: &[CargoBuild]) -> Vec<LandedBinary> {
    let (name, source_path, built_by) = match &entry.what {
        What::Binary { name, source_path, built_by } => (Some(name), source_path, *built_by),
        What::Output { build, source_path } => (None, source_path, Some(*build)),
    };
    let build = built_by.and_then(|at| builds.get(at));
    let mut spans = entry.spans.clone();
    spans.extend(build.map(|build| build.span));
    let names = match (name, build) {
        (Some(name), _) => vec![name.clone()],
        (None, Some(build)) if build.is_without_bins => Vec::new(),
        (None, Some(build)) if !build.bins.is_empty() && !build.all_bins => {
            build.bins.iter().map(|bin| bin.value.clone()).collect()
        }
        (None, _) => vec![String::new()],
    };
    let binary = |name: String| LandedBinary {
        is_certain: !name.is_empty(),
        name,
        spans: spans.clone(),
        source_path: source_path.clone(),
        built_by,
    };
    names.into_iter().map(binary).collect()
}
