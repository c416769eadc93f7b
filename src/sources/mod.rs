//! From bytes to facts: one module a file format.
//!
//! Invariant: a [`Source`] is a pure function of one file's path and text. It knows no other file,
//! so files are read in parallel and in any order; what needs two files is linked later, in
//! [`crate::graph`].
//!
//! To add a format: a module with a [`Source`], a variant of [`Facts`], and a line in [`SOURCES`].

pub mod addresses;
pub mod cargo;
pub mod catalog;
mod codeowners;
pub mod compose;
pub mod contracts;
pub mod dockerfile;
pub mod dockerignore;
pub mod helm;
pub mod kubernetes;
pub mod kustomize;
pub mod pipelines;
pub mod rust;
pub mod settings;
mod template;
mod yaml;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use crate::snapshot::{ContentId, Listing, ReadFailure, Snapshot, Wanted};
use crate::text::{Fault, RepoPath, Span};

pub use codeowners::CodeOwners;

/// What one file states.
#[derive(Debug)]
pub enum Facts {
    /// A `Cargo.toml`.
    CargoManifest(Box<cargo::Manifest>),
    /// A `.cargo/config.toml`.
    CargoConfig(cargo::CargoConfig),
    /// A `Cargo.lock`.
    CargoLock(cargo::LockFile),
    /// The entities of a Backstage catalog.
    Catalog(Box<catalog::CatalogFile>),
    /// A `CODEOWNERS`.
    CodeOwners(Arc<CodeOwners>),
    /// What says what code is generated from contracts.
    Codegen(Box<contracts::Codegen>),
    /// A compose file, or what one may include.
    Compose(Box<compose::ComposeFile>),
    /// An OpenAPI, Swagger or AsyncAPI document, or a `.proto` file.
    Contract(Box<contracts::Contract>),
    /// A `.dockerignore`.
    DockerIgnore(dockerignore::DockerIgnore),
    /// A `Dockerfile`.
    Dockerfile(Box<dockerfile::Dockerfile>),
    /// An action that the repository has for itself.
    Action(Box<pipelines::github::Action>),
    /// A file of a pipeline of GitLab.
    GitLab(Box<pipelines::gitlab::PipelineFile>),
    /// A workflow of GitHub Actions.
    Workflow(Box<pipelines::github::Workflow>),
    /// A file with Kubernetes objects.
    Kubernetes(KubernetesFile),
    /// A kustomization.
    Kustomization(Box<kustomize::Kustomization>),
    /// Operations of JSON 6902, which a kustomization may name.
    Operations(Vec<kustomize::Operation>),
    /// A `Chart.yaml`.
    HelmChart(helm::Chart),
    /// Values of a chart.
    HelmValues(helm::Values),
    /// A `.env` file, or one that is named like it.
    Settings(settings::SettingsFile),
    /// What is recognised and not read.
    Unread(Unread),
}

impl Facts {
    /// What one file of the format is called, and what several are; `None` for what is not read.
    pub fn format(&self) -> Option<[&'static str; 2]> {
        Some(match self {
            Self::CargoManifest(_) => ["Cargo manifest", "Cargo manifests"],
            Self::CargoConfig(_) => ["Cargo configuration", "Cargo configurations"],
            Self::CargoLock(_) => ["Cargo lock file", "Cargo lock files"],
            Self::Catalog(_) => ["catalog", "catalogs"],
            Self::CodeOwners(_) => ["CODEOWNERS file", "CODEOWNERS files"],
            Self::Codegen(_) => ["configuration of code generation", "configurations of code generation"],
            Self::Compose(_) => ["compose file", "compose files"],
            Self::Contract(_) => ["contract", "contracts"],
            Self::DockerIgnore(_) => [".dockerignore file", ".dockerignore files"],
            Self::Dockerfile(_) => ["Dockerfile", "Dockerfiles"],
            Self::Action(_) => ["action", "actions"],
            Self::GitLab(_) => ["GitLab pipeline", "GitLab pipelines"],
            Self::Workflow(_) => ["workflow", "workflows"],
            Self::Kubernetes(_) => ["file of Kubernetes objects", "files of Kubernetes objects"],
            Self::Kustomization(_) => ["kustomization", "kustomizations"],
            Self::Operations(_) => ["patch of operations", "patches of operations"],
            Self::HelmChart(_) => ["Helm chart", "Helm charts"],
            Self::HelmValues(_) => ["file of Helm values", "files of Helm values"],
            Self::Settings(_) => ["file of settings", "files of settings"],
            Self::Unread(_) => return None,
        })
    }
}

/// The objects of one file, and what of it is a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesFile {
    /// In the order of the file.
    pub objects: Vec<kubernetes::Object>,
    /// Documents that are recognised and not read.
    pub unread: Vec<Unread>,
}

/// What is recognised and not read: a gap, once it is known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What it is.
    pub what: &'static str,
    /// Where that shows; `None` for the whole file.
    pub span: Option<Span>,
}

/// One file format.
pub trait Source: Sync {
    /// Whether a file is of this format, by its folder's path and its name.
    fn recognises(&self, folder: &str, name: &str) -> bool;

    /// Whether it says something that a file is there at all; it is then listed, and not read.
    fn notices(&self, _folder: &str, _name: &str) -> bool {
        false
    }

    /// Whether some bytes are of the format, where a name alone does not say so.
    fn is_ours(&self, _path: &RepoPath, _bytes: &[u8]) -> bool {
        true
    }

    /// What a file is said to be that can't be had at all, if its name alone does not make it ours: nobody
    /// knows what stands in it, so it is no problem.
    fn unread(&self, _path: &RepoPath) -> Option<&'static str> {
        None
    }

    /// What stands for a byte order mark, which is no part of a text: as many bytes that say nothing in this
    /// format, so that places stay where they are.
    fn instead_of_mark(&self) -> &'static str {
        "   "
    }

    /// Reads one file. What can't be read is a fault; what can is still a fact.
    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>);
}

/// Every format that is read whenever a file of it is there.
pub const SOURCES: &[&dyn Source] = &[
    &cargo::ManifestSource,
    &cargo::ConfigSource,
    &codeowners::CodeOwnersSource,
    &settings::SettingsSource,
    &catalog::CatalogSource,
    &pipelines::github::WorkflowSource,
    &pipelines::github::ActionSource,
    &pipelines::gitlab::GitLabSource,
    &kustomize::KustomizationSource,
    &helm::ChartSource,
    &contracts::ContractSource,
    &yaml::YamlSource,
    &dockerfile::DockerfileSource,
    &dockerignore::DockerIgnoreSource,
];

fn source_of(path: &str) -> Option<&'static dyn Source> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    SOURCES.iter().find(|source| source.recognises(folder, name)).copied()
}

/// The facts of a whole snapshot.
#[derive(Debug, Default)]
pub struct Reading {
    /// By file.
    pub facts: BTreeMap<RepoPath, Arc<Facts>>,
    /// What could not be read.
    pub problems: Vec<Fault>,
    /// How many files of a known format the configuration excluded.
    pub excluded: usize,
    /// What was read, for another moment of the same repository.
    pub known: Known,
}

/// What was read of files whose bytes have a name: the same bytes at the same path state the same.
#[derive(Debug, Default)]
pub struct Known {
    of: BTreeMap<RepoPath, (ContentId, Found)>,
    more: Option<Arc<Blobs>>,
}

/// What was read of any moment, by those who look at many of them at once.
#[derive(Debug, Default)]
pub struct Blobs(Mutex<HashMap<(RepoPath, ContentId), Found>>);

/// How many files of other moments are known at most.
const MOST_BLOBS: usize = 20_000;

impl Blobs {
    fn get(&self, path: &RepoPath, content: ContentId) -> Option<Found> {
        self.0.lock().ok()?.get(&(path.clone(), content)).cloned()
    }

    fn add(&self, path: &RepoPath, content: ContentId, found: &Found) {
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= MOST_BLOBS {
                known.clear();
            }
            known.insert((path.clone(), content), found.clone());
        }
    }
}

/// What one file states, and what is wrong with it.
type Found = (Option<Arc<Facts>>, Vec<Fault>);

impl Known {
    /// Nothing of the moment before, and what others have read.
    pub fn among(blobs: &Arc<Blobs>) -> Self {
        Self { more: Some(Arc::clone(blobs)), ..Self::default() }
    }

    /// What a file states now and stated before, read anew; and that from now on.
    pub fn learn(&mut self, snapshot: &dyn Snapshot, path: &RepoPath) -> Learned {
        let before = self.of.get(path).map(|(_, found)| found.clone());
        let now = match source_of(path.as_str()) {
            None => None,
            Some(source) => {
                let (content, found) = read_named(snapshot, path, source, Some(self));
                match content {
                    Some(content) => drop(self.of.insert(path.clone(), (content, found.clone()))),
                    None => drop(self.of.remove(path)),
                }
                Some(found)
            }
        };
        let of = |found: Option<Found>| found.unwrap_or_default();
        Learned { before: of(before), now: of(now) }
    }

    /// What a file stated, which is no more.
    pub fn forget(&mut self, path: &RepoPath) -> Learned {
        let before = self.of.remove(path).map(|(_, found)| found);
        Learned { before: before.unwrap_or_default(), now: Found::default() }
    }

    /// The files that were read.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.of.keys()
    }

    /// What is stated, by file.
    pub fn facts(&self) -> impl Iterator<Item = (&RepoPath, &Facts)> {
        self.of.iter().filter_map(|(path, (_, (facts, _)))| Some((path, &**facts.as_ref()?)))
    }

    fn get(&self, path: &RepoPath, content: ContentId) -> Option<Found> {
        let own = self.of.get(path).filter(|(known, _)| *known == content).map(|(_, found)| found.clone());
        own.or_else(|| self.more.as_ref()?.get(path, content))
    }
}

/// What a file states at two moments.
pub struct Learned {
    before: Found,
    now: Found,
}

impl Learned {
    /// Whether it states nothing at either, and nothing is wrong with it.
    pub fn is_nothing(&self) -> bool {
        [&self.before, &self.now].iter().all(|(facts, faults)| facts.is_none() && faults.is_empty())
    }

    /// Whether it is a manifest of Cargo at both, and nothing is wrong with it.
    pub fn is_manifest(&self) -> bool {
        let is_manifest = |(facts, faults): &Found| {
            faults.is_empty() && matches!(facts.as_deref(), Some(Facts::CargoManifest(_)))
        };
        is_manifest(&self.before) && is_manifest(&self.now)
    }
}

/// Whether a file is of a format that is read, or one of which it counts that it is there.
pub fn is_of_interest(folder: &str, name: &str) -> bool {
    let matters = |source: &&dyn Source| source.recognises(folder, name) || source.notices(folder, name);
    SOURCES.iter().any(matters)
}

/// Lists a snapshot and reads every file of a known format, as it is met and in parallel.
///
/// `is_wanted` says of more files that the listing is to hold them; `is_excluded` takes out what is
/// broken on purpose. With `known`, what was read of another moment is not read again, and what is read
/// now can be known to the next.
pub fn read_all(
    snapshot: &dyn Snapshot,
    is_wanted: Wanted<'_>,
    is_excluded: &(dyn Fn(&RepoPath) -> bool + Sync),
    known: Option<&Known>,
) -> (Listing, Reading) {
    let read = Mutex::new(Vec::new());
    let visit = |path: &RepoPath| {
        let Some(source) = source_of(path.as_str()) else { return };
        let found = (!is_excluded(path)).then(|| read_named(snapshot, path, source, known));
        if let Ok(mut read) = read.lock() {
            read.push((path.clone(), found));
        }
    };
    let wanted = |folder: &str, name: &str| is_of_interest(folder, name) || is_wanted(folder, name);
    let listing = snapshot.list(&wanted, &visit);
    let mut read = read.into_inner().unwrap_or_default();
    read.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut reading = Reading::default();
    let mut faults_of = Vec::new();
    let mut named = Vec::new();
    let in_order = read.into_iter().filter_map(|(path, found)| match found {
        None => {
            reading.excluded += 1;
            None
        }
        Some((content, (facts, faults))) => {
            if let Some(content) = content {
                named.push((path.clone(), (content, (facts.clone(), faults.clone()))));
            }
            if !faults.is_empty() {
                faults_of.push((path.clone(), faults));
            }
            Some((path, facts?))
        }
    });
    // At once: a map is built quicker of what is in order than piece by piece.
    reading.facts = in_order.collect();
    let more = known.and_then(|known| known.more.clone());
    reading.known = Known { of: named.into_iter().collect(), more };
    let vendored = cargo::vendored(&reading.facts, &listing);
    reading.facts.retain(|path, _| !vendored.contains(path));
    for (path, faults) in faults_of {
        if !vendored.contains(&path) {
            reading.problems.extend(faults);
        }
    }
    reading.problems.extend(listing.unnameable.iter().filter_map(|path| unnameable(path)));
    (listing, reading)
}

/// Reads one file, unless the same bytes were read before, and says by which name its bytes go.
fn read_named(
    snapshot: &dyn Snapshot,
    path: &RepoPath,
    source: &dyn Source,
    known: Option<&Known>,
) -> (Option<ContentId>, Found) {
    let content = known.and_then(|_| snapshot.content_id(path));
    if let (Some(content), Some(known)) = (content, known)
        && let Some(found) = known.get(path, content)
    {
        return (Some(content), found);
    }
    let bytes = match snapshot.read(path) {
        Ok(bytes) => bytes,
        Err(failure) => return (None, not_had(source, path, &failure)),
    };
    if !source.is_ours(path, &bytes) {
        if let (Some(content), Some(more)) = (content, known.and_then(|known| known.more.as_ref())) {
            more.add(path, content, &Found::default());
        }
        return (content, Found::default());
    }
    let content = known.and_then(|_| content.or_else(|| snapshot.id_of(&bytes)));
    let (facts, faults) = match (text_of(path, bytes, source.instead_of_mark()), source.unread(path)) {
        (Ok(text), _) => source.read(path, &text),
        (Err(_), Some(what)) => (Some(Facts::Unread(Unread { what, span: None })), Vec::new()),
        (Err(fault), None) => (None, vec![*fault]),
    };
    let found = (facts.map(Arc::new), faults);
    if let (Some(content), Some(more)) = (content, known.and_then(|known| known.more.as_ref())) {
        more.add(path, content, &found);
    }
    (content, found)
}

/// What is said of a file whose bytes can't be had.
fn not_had(source: &dyn Source, path: &RepoPath, failure: &ReadFailure) -> Found {
    match source.unread(path) {
        Some(what) => (Some(Arc::new(Facts::Unread(Unread { what, span: None }))), Vec::new()),
        None => (None, vec![*unreadable(path, failure)]),
    }
}

/// Reads one file with one source.
pub fn read_one(
    snapshot: &dyn Snapshot,
    path: &RepoPath,
    source: &dyn Source,
) -> (Option<Facts>, Vec<Fault>) {
    let bytes = snapshot.read(path).map_err(|failure| unreadable(path, &failure));
    match bytes.and_then(|bytes| text_of(path, bytes, source.instead_of_mark())) {
        Ok(text) => source.read(path, &text),
        Err(fault) => (None, vec![*fault]),
    }
}

/// A file's text, or what keeps it from being one.
pub fn read_text(snapshot: &dyn Snapshot, path: &RepoPath) -> Result<String, Box<Fault>> {
    text_of(path, snapshot.read(path).map_err(|failure| unreadable(path, &failure))?, "   ")
}

fn text_of(path: &RepoPath, bytes: Vec<u8>, instead_of_mark: &str) -> Result<String, Box<Fault>> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let fault = Fault::of(path, format!("line {line} of this file is not UTF-8"));
        Box::new(fault.help("save it as UTF-8, or take it out with `[scan] exclude`"))
    })?;
    // Cargo, compose and others skip it as well.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => format!("{instead_of_mark}{rest}"),
        None => text,
    })
}

fn unreadable(path: &RepoPath, failure: &ReadFailure) -> Box<Fault> {
    let fault = Fault::of(path, failure.to_string());
    Box::new(fault.help(failure.help()))
}

/// A file of a known format under a path that can't be named; others don't concern us.
fn unnameable(path: &str) -> Option<Fault> {
    source_of(path).map(|_| Fault {
        path: path.to_owned(),
        span: None,
        message: "the path of this file is not UTF-8, so it is not read".to_owned(),
        label: String::new(),
        help: "rename it, or the folder that it lies in: only what is UTF-8 can be named in a report"
            .to_owned(),
    })
}
