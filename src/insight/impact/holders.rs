//! Which units hold a file that differs, and what becomes of one that none holds.

use crate::graph::cargo::Build;
use crate::snapshot::{Difference, Differs, Snapshot};
use crate::sources::cargo::settings_matter;
use crate::text::{Fault, RepoPath};

use super::files::{Packages, Part};
use super::outside::Fate;
use super::touched::{Cause, Touched};
use super::{Impact, Question, deploy, locks, manifests, outside, reads};

/// Every file that differs touches what holds it, and what names it.
pub(super) fn touch(
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
