//! What a change of a `Cargo.lock`, or of what is asked of third-party crates, touches.

use std::collections::BTreeSet;

use crate::graph::cargo::Build;
use crate::snapshot::{Difference, ReadFailure, Snapshot};
use crate::sources::cargo::{LockFile, LockSource};
use crate::sources::{Facts, read_one};
use crate::text::{Fault, RepoPath};

use super::files::{Packages, Part};
use super::lock::Locked;
use super::requests::is_on;
use super::touched::{Cause, Touched};
use super::{Question, unified};

/// Reads a lock file; nothing where there is none.
pub(super) fn read(snapshot: &dyn Snapshot, path: &RepoPath, problems: &mut Vec<Fault>) -> Option<Locked> {
    if matches!(snapshot.read(path), Err(ReadFailure::Missing)) {
        return None;
    }
    let (facts, faults) = read_one(snapshot, path, &LockSource);
    let is_broken = !faults.is_empty();
    problems.extend(faults);
    match facts {
        Some(Facts::CargoLock(lock)) if !is_broken => Some(Locked::new(lock)),
        _ => None,
    }
}

/// The members that a lock file speaks for.
pub(super) fn members(path: &RepoPath, packages: &Packages<'_>) -> Vec<usize> {
    let Some(folder) = path.parent() else { return Vec::new() };
    let workspace = packages.all.workspaces.iter().find(|workspace| workspace.root == folder);
    match workspace {
        Some(workspace) => workspace.members.clone(),
        None => packages.in_folder(folder.as_str()).into_iter().collect(),
    }
}

/// One lock file that differs.
pub(super) fn touch(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    builds: &[Build],
    touched: &mut Touched,
    problems: &mut Vec<Fault>,
) {
    let members = members(&file.path, packages);
    let empty = || Locked::new(LockFile::default());
    let now = read(question.now, &file.path, problems);
    let before =
        question.before.as_ref().and_then(|before| read(before.snapshot, &file.path, &mut Vec::new()));
    let cause = |why: String| Cause { path: file.path.clone(), how: file.how, why: Some(why) };
    let Some(now) = now else {
        // What cargo will lock instead, nobody knows.
        let cause = touched.cause(cause("nothing says what is locked now".to_owned()));
        members.iter().for_each(|member| touched.package(*member, &Part::Whole, cause));
        return;
    };
    let before = before.unwrap_or_else(empty);
    let changed = now.changed_since(&before);
    let marked = now.marked(&changed);
    for member in members {
        let package = &packages.all.packages[member];
        let (mut whole, mut tests) = (None, None);
        let was: BTreeSet<String> =
            before.needs_of_member(package).iter().map(|(at, _)| before.shown(*at)).collect();
        for (at, is_dev) in now.needs_of_member(package) {
            let is_new = !was.contains(&now.shown(at));
            if !(marked.leads(at) || is_new) || !is_built(packages, member, now.name(at), builds) {
                continue;
            }
            let told = if is_dev { &mut tests } else { &mut whole };
            told.get_or_insert((at, is_new));
        }
        for (told, part) in [(whole, Part::Whole), (tests, Part::Tests)] {
            let Some((at, is_new)) = told else { continue };
            let end = if marked.leads(at) { marked.end(at) } else { at };
            let through = if end == at { String::new() } else { format!(", through `{}`", now.name(at)) };
            let why = if is_new && end == at && before.third_party(now.name(at)).next().is_none() {
                format!("{} is new", now.shown(at))
            } else {
                format!("{}{through}", now.told(end, &before))
            };
            let cause = touched.cause(cause(why));
            touched.package(member, &part, cause);
        }
    }
}

/// Whether what a package names by a third-party crate's name is on in any build.
fn is_built(packages: &Packages<'_>, member: usize, name: &str, builds: &[Build]) -> bool {
    let package = &packages.all.packages[member];
    let named: Vec<_> = package.dependencies.iter().filter(|one| one.package == name).collect();
    // What is locked under another name than the manifest's is not told by it.
    if named.is_empty() {
        return true;
    }
    let features = builds.iter().flat_map(|build| &build.cargo_features);
    let mut own = features.filter(|((at, _), _)| *at == member).map(|(_, features)| features).peekable();
    own.peek().is_none() || own.any(|features| named.iter().any(|one| is_on(package, one, features)))
}

/// Third-party crates that are built with other Cargo features than before: whoever needs them, or anything
/// that they need, is built anew together with its workspace.
pub(super) fn touch_asked(
    question: &Question<'_>,
    packages: &Packages<'_>,
    build: &Build,
    names: &BTreeSet<String>,
    file: &Difference,
    touched: &mut Touched,
) {
    let root = unified::root(packages.all, build);
    let lock = root.and_then(|root| root.join("Cargo.lock"));
    let lock = lock.and_then(|path| read(question.now, &path, &mut Vec::new()));
    let named: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let why = format!("{} is asked for other Cargo features", named.join(", "));
    let cause = Cause { path: file.path.clone(), how: file.how, why: Some(why) };
    let Some(lock) = lock else {
        // Without a lock file, what anybody needs in the end is not known.
        let cause = touched.cause(cause);
        let asks =
            |at: &&usize| packages.all.packages[**at].dependencies.iter().any(|one| one.target.is_none());
        build.members.iter().filter(asks).for_each(|member| touched.unified(*member, cause));
        return;
    };
    let others = lock.closure(names.iter().flat_map(|name| lock.third_party(name)).collect::<Vec<_>>());
    let marked = lock.marked(&others);
    let built: BTreeSet<usize> = build.cargo_features.keys().map(|(at, _)| *at).collect();
    let mut known = None;
    for package in built {
        let needs = lock.needs_of_member(&packages.all.packages[package]);
        let mut needs = needs.iter().filter(|(at, _)| marked.leads(*at)).peekable();
        if needs.peek().is_none() {
            continue;
        }
        let cause = *known.get_or_insert_with(|| touched.cause(cause.clone()));
        match needs.all(|(_, is_dev)| *is_dev) {
            true => touched.package(package, &Part::Tests, cause),
            false => touched.unified(package, cause),
        }
    }
}
