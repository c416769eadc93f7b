//! The moments of a repository one after another: one that comes after another costs what lies between them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::baseline::{BASELINE_FILE, Baseline};
use crate::features::{self, CONFIGURATION_FILE, Configuration, Depth};
use crate::graph::{Memory, coupling_key};
use crate::insight::{Edges, Moment, Names, moment};
use crate::snapshot::{
    Cache, Commit, ContentId, Difference, Differs, Git, GitFiles, Listing, ReadFailure, Snapshot, Stamp,
    Trees, Visit, Wanted, between,
};
use crate::sources::{Blobs, Facts, Known, is_of_interest};
use crate::text::{Date, Fault, RepoPath};

use super::{Loading, Repository, Stage, Watch};

/// Whose past it is, and by which configuration it is measured.
#[derive(Clone, Copy)]
pub struct Past<'p> {
    /// The repository.
    pub git: &'p Arc<Git>,
    /// The folder of it that is measured.
    pub folder: &'p RepoPath,
    /// The configuration of today, by its name and text; `None` for the one that each commit has itself.
    pub configuration: Option<(&'p RepoPath, &'p str)>,
    /// The day on which it is measured.
    pub today: Date,
    /// What was read of sources before.
    pub cache: &'p Cache,
}

/// What is known of one commit, or why nothing is.
pub type Measured = Result<Arc<Moment>, Arc<str>>;

/// What several walks through the past of one repository have in common.
#[derive(Debug, Default)]
pub struct Shared {
    trees: Trees,
    blobs: Arc<Blobs>,
    memory: Mutex<Memory>,
    names: Mutex<Names>,
}

/// A walk along the commits of a repository.
pub struct Walk<'p> {
    past: Past<'p>,
    shared: &'p Shared,
    known: Known,
    memory: Memory,
    last: Option<Last>,
    /// The couplings of the commit that was measured last.
    edges: Option<Arc<Edges>>,
    /// How many commits were measured, and not found to be as the one before.
    pub measured: usize,
}

/// The commit that was measured last, or found to be the same.
struct Last {
    commit: Commit,
    measured: Measured,
    asked: Asked,
    manifests: Option<u64>,
    configuration: Configuration,
}

/// What was asked for of a commit, besides the files of known formats.
#[derive(Default)]
struct Asked {
    files: HashSet<RepoPath>,
    /// Whether sources were asked for what they refer to.
    has_code: bool,
    /// Whether anything was read by way of a symbolic link.
    has_links: bool,
    /// The files and folders of which it was asked whether they are there, and the answers.
    looked_for: BTreeMap<RepoPath, bool>,
    /// The folders into which it was looked for folders, how deep, and those that were there.
    looked_into: Vec<(RepoPath, usize, BTreeSet<RepoPath>)>,
}

impl Asked {
    /// Whether any of what was looked for is there now and was not, or the other way round.
    fn finds_something_else(&self, moved: &[&RepoPath], files: &GitFiles) -> bool {
        let differs = |(folder, depth, found): &(RepoPath, usize, BTreeSet<RepoPath>)| {
            let around = moved.iter().filter_map(|path| path.parent());
            let mut around = around.flat_map(|parent| between(&parent, folder, *depth));
            around.any(|one| files.holds(&one) != found.contains(&one))
        };
        self.looked_for.iter().any(|(path, was)| holds(files, path) != *was)
            || self.looked_into.iter().any(differs)
    }
}

impl<'p> Walk<'p> {
    /// A walk that has not begun.
    pub fn new(past: Past<'p>, shared: &'p Shared) -> Self {
        Self {
            past,
            shared,
            known: Known::among(&shared.blobs),
            memory: shared.memory.lock().map(|memory| memory.clone()).unwrap_or_default(),
            last: None,
            edges: None,
            measured: 0,
        }
    }

    /// Measures a commit; quickly, if it is much like the one that was measured before.
    pub fn measure(&mut self, commit: &Commit) -> Measured {
        let last = self.last.take();
        let same = last.and_then(|last| self.same(commit, last));
        let now = match same {
            Some(last) => last,
            None => self.measured_anew(commit),
        };
        let measured = now.measured.clone();
        self.last = Some(now);
        measured
    }

    /// The same as the last one, if nothing that lies between the two can change a number.
    fn same(&mut self, commit: &Commit, last: Last) -> Option<Last> {
        let Past { git, folder, .. } = self.past;
        let differences = git.changes_between(&last.commit, commit, folder).ok()?;
        if last.measured.is_err() && !differences.is_empty() {
            return None;
        }
        if differences.iter().any(|one| self.is_decisive(one, &last.asked)) {
            return None;
        }
        let looks = !last.asked.looked_for.is_empty() || !last.asked.looked_into.is_empty();
        let moved = differences.iter().filter(|one| looks && one.how != Differs::Changed);
        let moved: Vec<&RepoPath> = moved.map(|one| &one.path).collect();
        let is_read = |path: &RepoPath| is_read(path) && !last.configuration.excludes(path);
        let read: Vec<&Difference> = differences.iter().filter(|one| is_read(&one.path)).collect();
        if read.is_empty() && moved.is_empty() {
            return Some(Last { commit: *commit, ..last });
        }
        let files = GitFiles::of_commit_among(git, commit, folder, &self.shared.trees).ok()?;
        if !moved.is_empty() && last.asked.finds_something_else(&moved, &files) {
            return None;
        }
        let mut has_manifest = false;
        for one in read {
            let learned = match one.how {
                Differs::Removed => self.known.forget(&one.path),
                _ => self.known.learn(&files, &one.path),
            };
            match (learned.is_manifest(), learned.is_nothing()) {
                (true, _) => has_manifest = true,
                (false, true) => {}
                (false, false) => return None,
            }
        }
        if has_manifest && (last.manifests.is_none() || coupling_key(self.known.facts()) != last.manifests) {
            return None;
        }
        Some(Last { commit: *commit, ..last })
    }

    /// Whether a difference changes what is measured, as far as its path says.
    fn is_decisive(&self, one: &Difference, asked: &Asked) -> bool {
        let (folder, name) = one.path.as_str().rsplit_once('/').unwrap_or(("", one.path.as_str()));
        if asked.files.contains(&one.path) || asked.has_links || features::notices(name) {
            return true;
        }
        if self.past.configuration.is_none() && name == CONFIGURATION_FILE || name == BASELINE_FILE {
            return true;
        }
        if one.how == Differs::Changed {
            return false;
        }
        match name.ends_with(".rs") {
            // Those that cargo discovers.
            true => {
                let around = folder.rsplit('/').next().unwrap_or_default();
                asked.has_code || around == "bin" || matches!(name, "main.rs" | "lib.rs" | "build.rs")
            }
            false => is_of_interest(folder, name) && !is_yaml(name),
        }
    }

    /// The numbers; couplings that are the same as before are kept once.
    fn moment(&mut self, repository: &Repository, problems: usize) -> Moment {
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let mut moment = match self.shared.names.lock() {
            Ok(mut names) => moment(graph, map, problems, &mut names),
            Err(_) => moment(graph, map, problems, &mut Names::default()),
        };
        if let Some(edges) = self.edges.take().filter(|edges| *edges == moment.edges) {
            moment.edges = edges;
        }
        self.edges = Some(Arc::clone(&moment.edges));
        moment
    }

    fn measured_anew(&mut self, commit: &Commit) -> Last {
        self.measured += 1;
        let Past { git, folder, today, cache, .. } = self.past;
        let failed = |why: String| Last {
            commit: *commit,
            measured: Err(why.into()),
            asked: Asked::default(),
            manifests: None,
            configuration: Configuration::empty(),
        };
        let files = match GitFiles::of_commit_among(git, commit, folder, &self.shared.trees) {
            Ok(files) => files,
            Err(why) => return failed(why),
        };
        let configuration = match self.past.configuration_of(&files) {
            Ok(configuration) => configuration,
            Err(why) => return failed(why),
        };
        let recording = Recording::new(&files);
        let loading = Loading {
            code: Depth::Modules,
            cache,
            memory: Some(&self.memory),
            is_to_measure: true,
            watch: &recording,
            ..Loading::default()
        };
        let loaded = Repository::load_knowing(&recording, configuration, today, loading, Some(&self.known));
        let mut repository = match loaded {
            Ok(repository) => repository,
            Err(faults) => return failed(told(&faults)),
        };
        self.known = std::mem::take(&mut repository.known);
        let problems = repository.linked.problems.len();
        let mut moment = self.moment(&repository, problems);
        moment.baseline = baseline_of(&files);
        let asked = recording.asked(&files, &self.known, &repository.listing);
        let has_published = !repository.configuration.externals.is_empty();
        let has_declared = self.known.facts().any(|(_, facts)| {
            matches!(facts, Facts::CargoManifest(manifest)
                if manifest.package.as_ref().is_some_and(|package| package.has_declaration))
        });
        let is_told = !has_published && !has_declared;
        Last {
            commit: *commit,
            measured: Ok(Arc::new(moment)),
            manifests: coupling_key(self.known.facts()).filter(|_| is_told),
            asked,
            configuration: repository.configuration,
        }
    }
}

impl Drop for Walk<'_> {
    /// What linking found out is there for the next walk.
    fn drop(&mut self) {
        if let Ok(mut memory) = self.shared.memory.lock() {
            *memory = std::mem::take(&mut self.memory);
        }
    }
}

impl Past<'_> {
    /// The configuration by which a commit is measured.
    fn configuration_of(&self, files: &GitFiles) -> Result<Configuration, String> {
        let (configuration, faults) = match self.configuration {
            Some((file, text)) => Configuration::read(file, text),
            None => {
                let file = RepoPath::from_normal(CONFIGURATION_FILE);
                match files.read(&file) {
                    Err(ReadFailure::Missing) => return Ok(Configuration::empty()),
                    Err(failure) => return Err(format!("`{file}` can't be read: {failure}")),
                    Ok(bytes) => {
                        let text = String::from_utf8(bytes).map_err(|_| format!("`{file}` is not UTF-8"))?;
                        Configuration::read(&file, &text)
                    }
                }
            }
        };
        if faults.is_empty() { Ok(configuration) } else { Err(told(&faults)) }
    }
}

/// The first of several faults, in a sentence.
fn told(faults: &[Fault]) -> String {
    faults.iter().min().map(|fault| format!("{}: {}", fault.path, fault.message)).unwrap_or_default()
}

fn is_read(path: &RepoPath) -> bool {
    let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
    !name.ends_with(".rs") && is_of_interest(folder, name)
}

/// Whether a listing of these files would hold a path: of files, only those of known formats.
fn holds(files: &GitFiles, path: &RepoPath) -> bool {
    let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
    match files.has(path) {
        true => is_of_interest(folder, name) || features::notices(name),
        false => files.holds(path),
    }
}

/// Most YAML files are nobody's, which only their text says.
fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

fn baseline_of(files: &GitFiles) -> Option<usize> {
    let path = RepoPath::from_normal(BASELINE_FILE);
    let text = String::from_utf8(files.read(&path).ok()?).ok()?;
    Some(Baseline::read(&path, &text).ok()?.entries.len())
}

/// A snapshot that remembers what it was asked for after the files of known formats were read.
struct Recording<'s> {
    of: &'s GitFiles,
    is_on: AtomicBool,
    has_code: AtomicBool,
    asked: Mutex<HashSet<RepoPath>>,
}

impl<'s> Recording<'s> {
    fn new(of: &'s GitFiles) -> Self {
        Self { of, is_on: AtomicBool::new(false), has_code: AtomicBool::new(false), asked: Mutex::default() }
    }

    fn note(&self, path: &RepoPath) {
        if self.is_on.load(Ordering::Relaxed)
            && let Ok(mut asked) = self.asked.lock()
        {
            asked.insert(path.clone());
        }
    }

    fn asked(self, files: &GitFiles, known: &Known, listing: &Listing) -> Asked {
        let asked = self.asked.into_inner().unwrap_or_default();
        let is_led_to = |path: &RepoPath| !files.is_plain(path) && files.read(path).is_ok();
        // A link may lead to what is nobody's today, and to a manifest tomorrow.
        let has_links = asked.iter().chain(known.paths()).any(is_led_to)
            || files.links().any(|(folder, name)| is_of_interest(folder, name) || features::notices(name));
        let (looked_for, looked_into) = (listing.looked_for(), listing.looked_into());
        Asked { has_links, looked_for, looked_into, has_code: self.has_code.into_inner(), files: asked }
    }
}

impl Watch for Recording<'_> {
    fn begins(&self, stage: Stage) {
        match stage {
            Stage::Linking => self.is_on.store(true, Ordering::Relaxed),
            Stage::ReadingCode => self.has_code.store(true, Ordering::Relaxed),
            _ => {}
        }
    }
}

impl Snapshot for Recording<'_> {
    fn list(&self, wanted: Wanted<'_>, visit: Visit<'_>) -> Listing {
        self.of.list(wanted, visit)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, ReadFailure> {
        self.note(path);
        self.of.read(path)
    }

    fn content_id(&self, path: &RepoPath) -> Option<ContentId> {
        self.note(path);
        self.of.content_id(path)
    }

    fn id_of(&self, bytes: &[u8]) -> Option<ContentId> {
        self.of.id_of(bytes)
    }

    fn stamps(&self) -> Option<Vec<Stamp>> {
        self.of.stamps()
    }
}
