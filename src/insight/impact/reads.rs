//! Which sources name a file that differs: by `include!` and its like, by `#[path]`, in a build script, or in
//! whatever else a macro makes a path of. Nothing is executed: texts in quotes are compared with paths.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::snapshot::{Difference, Differences, Snapshot};
use crate::sources::rust::{asks_for_its_folder, leaves_its_folder, named_paths};
use crate::text::RepoPath;

use super::files::Packages;

/// How often what is read by something outside of every package is followed.
const MOST_ROUNDS: usize = 8;

/// How many paths links may add: a few links can lead to each other's folders.
const MOST_LINKED: usize = 100_000;

/// A source of a package that names a file that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    /// The position of the file in [`Differences::files`].
    pub(super) file: usize,
    /// The source.
    pub(super) reader: RepoPath,
}

/// The paths under which files that differ are reached by symbolic links, with their positions.
pub(super) fn linked(differences: &Differences) -> Vec<(usize, RepoPath)> {
    let mut by_target: HashMap<&str, Vec<&RepoPath>> = HashMap::new();
    for (link, target) in &differences.links {
        by_target.entry(target.as_str()).or_default().push(link);
    }
    let mut found: Vec<(usize, RepoPath)> = Vec::new();
    if by_target.is_empty() {
        return found;
    }
    let mut known: BTreeSet<RepoPath> = differences.files.iter().map(|one| one.path.clone()).collect();
    let mut pending: Vec<(usize, RepoPath)> =
        differences.files.iter().enumerate().map(|(at, one)| (at, one.path.clone())).collect();
    while let Some((at, path)) = pending.pop() {
        for folder in path.with_ancestors() {
            for link in by_target.get(folder).into_iter().flatten() {
                let rest = path.as_str()[folder.len()..].trim_start_matches('/');
                let Some(seen) = link.join(rest).filter(|seen| !known.contains(seen)) else { continue };
                if found.len() < MOST_LINKED {
                    known.insert(seen.clone());
                    found.push((at, seen.clone()));
                    pending.push((at, seen));
                }
            }
        }
    }
    found.sort();
    found
}

/// Every source of a package that names a file that differs; `files` are the paths of those, with their
/// positions.
pub(super) fn readers(
    files: &[(usize, RepoPath)],
    differences: &Differences,
    packages: &Packages<'_>,
    now: &dyn Snapshot,
) -> Vec<Read> {
    let mut found = BTreeSet::new();
    let mut sought: Vec<(usize, RepoPath)> = files.to_vec();
    let mut known: BTreeSet<RepoPath> = files.iter().map(|(_, path)| path.clone()).collect();
    for _ in 0..MOST_ROUNDS {
        let mut next = Vec::new();
        for read in one_round(&sought, differences, packages, now) {
            // What lies outside of every package counts for whoever reads it in turn.
            if packages.around(&read.reader).is_none() && known.insert(read.reader.clone()) {
                next.push((read.file, read.reader.clone()));
            }
            found.insert(read);
        }
        if next.is_empty() {
            break;
        }
        sought = next;
    }
    found.into_iter().filter(|read| packages.around(&read.reader).is_some()).collect()
}

fn one_round(
    sought: &[(usize, RepoPath)],
    differences: &Differences,
    packages: &Packages<'_>,
    now: &dyn Snapshot,
) -> Vec<Read> {
    let names: BTreeSet<&str> = sought.iter().flat_map(|(_, path)| path.parts()).chain([".."]).collect();
    let sought = Sought::new(sought);
    let read = |reader: &RepoPath| {
        let bytes = now.read(reader).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let named = named_paths(&text, &names);
        let place = (!named.is_empty()).then(|| Place::new(reader, &text, packages));
        let files: BTreeSet<usize> =
            place.iter().flat_map(|place| named.iter().flat_map(|path| place.files(path, &sought))).collect();
        files.into_iter().map(|file| Read { file, reader: reader.clone() }).collect::<Vec<_>>()
    };
    differences.sources.par_iter().flat_map_iter(read).collect()
}

/// The files that are looked for: by their own paths, and by those of the folders around them.
struct Sought<'s> {
    files: HashMap<&'s str, Vec<usize>>,
    folders: HashMap<&'s str, Vec<usize>>,
}

impl<'s> Sought<'s> {
    fn new(all: &'s [(usize, RepoPath)]) -> Self {
        let mut sought = Self { files: HashMap::new(), folders: HashMap::new() };
        for (file, path) in all {
            sought.files.entry(path.as_str()).or_default().push(*file);
            for folder in path.with_ancestors().skip(1) {
                sought.folders.entry(folder).or_default().push(*file);
            }
        }
        sought
    }
}

/// From where the paths of one source may be seen.
struct Place {
    /// The folder of the source.
    own: RepoPath,
    /// The folder of its package.
    package: Option<RepoPath>,
    /// The folders around that, where it goes there.
    around: Vec<RepoPath>,
    is_script: bool,
    asks: bool,
}

impl Place {
    fn new(reader: &RepoPath, text: &str, packages: &Packages<'_>) -> Self {
        let package = packages.around(reader).map(|at| &packages.all.packages[at]);
        let script = package.and_then(|package| package.folder.join(package.build_script.as_ref()?));
        let is_script = script.as_ref() == Some(reader);
        let asks = asks_for_its_folder(text);
        let leaves = asks || (is_script && leaves_its_folder(text));
        let folder = package.map(|package| package.folder.clone());
        let around = folder.iter().filter(|_| leaves);
        let around: Vec<RepoPath> =
            around.flat_map(|folder| folder.with_ancestors().skip(1).filter_map(RepoPath::new)).collect();
        Self { own: reader.parent().unwrap_or_else(RepoPath::root), around, package: folder, is_script, asks }
    }

    /// The files that a text in quotes means, if it is a path.
    fn files(&self, written: &str, sought: &Sought<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        // Behind a variable, a placeholder or a key, the path begins.
        let begins = written.rfind(['}', '=']).map_or(0, |at| at + 1);
        let behind = &written[begins..];
        let behind =
            behind.strip_prefix('$').map_or(behind, |rest| rest.split_once('/').map_or("", |(_, rest)| rest));
        let is_watched = written.contains("rerun-if-changed");
        let bare = behind.trim_start_matches('/');
        let from_package = self.package.iter().chain(&self.around).filter_map(|folder| folder.join(bare));
        let targets: BTreeSet<RepoPath> = self.own.join(behind).into_iter().chain(from_package).collect();
        let may_be_folder = self.is_script || self.asks || written.contains('/');
        for target in targets {
            found.extend(sought.files.get(target.as_str()).into_iter().flatten());
            // A package holds its own files anyway, and nobody reads all of a repository but who says so.
            let is_around = self.package.as_ref().is_some_and(|package| package.is_within(&target));
            if may_be_folder && (!is_around || is_watched) {
                found.extend(sought.folders.get(target.as_str()).into_iter().flatten());
            }
        }
        found
    }
}

/// The readers of each file, by its position.
pub(super) fn by_file(reads: Vec<Read>) -> BTreeMap<usize, Vec<RepoPath>> {
    let mut found: BTreeMap<usize, Vec<RepoPath>> = BTreeMap::new();
    for read in reads {
        found.entry(read.file).or_default().push(read.reader);
    }
    found
}

/// The files that differ, by position.
pub(super) fn positions(differences: &[Difference]) -> Vec<(usize, RepoPath)> {
    differences.iter().enumerate().map(|(at, one)| (at, one.path.clone())).collect()
}
