//! What a Dockerfile says of itself where nothing says how it is built: its targets, and its build context.

use std::collections::BTreeSet;

use crate::snapshot::Listing;
use crate::sources::dockerfile::{Contents, Dockerfile, StepKind};
use crate::text::RepoPath;

/// The names of the stages that no other stage stands on or copies from, but for the last one.
pub(super) fn leaves(file: &Dockerfile) -> Vec<String> {
    let steps = || file.stages.iter().flat_map(|stage| &stage.steps);
    let copied = steps().filter_map(|step| match &step.kind {
        StepKind::Copy(copy) => copy.from.as_ref(),
        _ => None,
    });
    let mounted = steps().flat_map(|step| match &step.kind {
        StepKind::Run(run) => run.mounts.as_slice(),
        _ => &[],
    });
    let used = file.stages.iter().map(|stage| &stage.from).chain(copied);
    let used = used.chain(mounted.filter_map(|mount| mount.from.as_ref()));
    let used: BTreeSet<String> = used.map(|name| name.value.to_ascii_lowercase()).collect();
    let before_last = file.stages.len().saturating_sub(1);
    let names = file.stages.iter().take(before_last).filter_map(|stage| stage.name.as_ref());
    names
        .filter(|name| !used.contains(&name.value.to_ascii_lowercase()))
        .map(|name| name.value.clone())
        .collect()
}

/// The folder around a Dockerfile in which the most of what it copies is there; the nearest of those.
pub(super) fn guessed_context(path: &RepoPath, contents: &Contents, listing: &Listing) -> Option<RepoPath> {
    let is_plain = |path: &&str| *path != "." && !path.contains(['*', '?', '[']);
    let copied: BTreeSet<&str> =
        contents.copies.iter().map(|copy| copy.path.value.as_str()).filter(is_plain).collect();
    let folder = path.parent()?;
    let found_in = |folder: &RepoPath| {
        copied.iter().filter(|one| folder.join(one).is_some_and(|path| listing.holds(&path))).count()
    };
    let folders = folder.with_ancestors().filter_map(RepoPath::new);
    let mut best: Option<(usize, RepoPath)> = None;
    for folder in folders {
        let count = found_in(&folder);
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, folder));
        }
    }
    match best {
        Some((0, own)) => Some(folder_of_build(&folder, contents, listing).unwrap_or(own)),
        best => best.map(|(_, folder)| folder),
    }
}

/// Where nothing that is copied tells, since all is: the nearest folder around from which cargo can build.
fn folder_of_build(folder: &RepoPath, contents: &Contents, listing: &Listing) -> Option<RepoPath> {
    let holding = |name: &str| {
        let mut folders = folder.with_ancestors().filter_map(RepoPath::new);
        folders.find(|folder| folder.join(name).is_some_and(|path| listing.holds(&path)))
    };
    let is_built = !contents.builds.is_empty();
    is_built.then(|| holding("Cargo.lock").or_else(|| holding("Cargo.toml"))).flatten()
}
