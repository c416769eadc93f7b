//! What runs, in one form for compose services and Kubernetes workloads: with everything filled in that
//! the format itself fills in, and nothing joined yet that the formats know nothing of.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{Location, RepoPath};

use super::super::Ecosystem;

/// A text, and where it stands: the line to change first, then lines that it is taken from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub(super) value: String,
    pub(super) places: Vec<Location>,
}

impl Said {
    pub(super) fn new(value: impl Into<String>, location: Location) -> Self {
        Self { value: value.into(), places: vec![location] }
    }
}

/// An environment variable with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) value: Said,
}

/// Who knows whom by name: a compose project, or the Kubernetes manifests that describe one cluster.
#[derive(Debug, Clone)]
pub(super) struct Environment {
    /// By what its units are told from others of the same name: a file or a folder.
    pub(super) label: String,
}

/// A service or workload, or what keeps data in a container.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) name: String,
    /// The position of its environment.
    pub(super) environment: usize,
    pub(super) ecosystem: Ecosystem,
    /// By what it is told from others of its name, if not by its environment.
    pub(super) label: Option<String>,
    /// Where it is declared.
    pub(super) declared_at: Location,
    /// How its images are built, where that is said in the same place.
    pub(super) builds: Vec<BuildRequest>,
    /// The images that it runs.
    pub(super) images: Vec<Said>,
    /// The images that run before it starts.
    pub(super) init_images: Vec<Said>,
    /// Names that it waits for, as its environment knows them.
    pub(super) waits: Vec<Said>,
    /// Names that it is linked to, and so meant to talk to.
    pub(super) links: Vec<Said>,
    pub(super) settings: Vec<Setting>,
    /// Command lines, word by word; those of init containers too.
    pub(super) commands: Vec<Vec<Said>>,
    /// Command lines of init containers that do nothing else but look whether others are there.
    pub(super) waiting: Vec<Vec<Said>>,
    /// Volumes and claims that it mounts.
    pub(super) volumes: Vec<(Kept, Said)>,
    /// Secrets that it is given.
    pub(super) secrets: Vec<(Kept, Said)>,
    /// Whether it only lets calls in from outside, as an ingress does.
    pub(super) is_entrance: bool,
}

impl Running {
    pub(super) fn new(name: &str, environment: usize, ecosystem: Ecosystem, declared_at: Location) -> Self {
        Self {
            name: name.to_owned(),
            environment,
            ecosystem,
            label: None,
            declared_at,
            builds: Vec::new(),
            images: Vec::new(),
            init_images: Vec::new(),
            waits: Vec::new(),
            links: Vec::new(),
            settings: Vec::new(),
            commands: Vec::new(),
            waiting: Vec::new(),
            volumes: Vec::new(),
            secrets: Vec::new(),
            is_entrance: false,
        }
    }
}

/// What names a volume, claim or secret in the whole repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kept {
    /// The environment that it belongs to; `None` if something outside of all creates it.
    pub(super) environment: Option<usize>,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) what: KeptKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeptKind {
    Volume,
    Claim,
    Secret,
}

/// An image that somebody has built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BuildRequest {
    /// The build context; `None` if it lies outside of the repository or can't be known.
    pub(super) context: Option<RepoPath>,
    /// The Dockerfile; `None` as above, or if it stands in the compose file itself.
    pub(super) dockerfile: Option<RepoPath>,
    pub(super) target: Option<String>,
    pub(super) arguments: BTreeMap<String, String>,
    /// Names of other images of the repository that it is built with: services of the environment.
    pub(super) built_with: Vec<Said>,
    /// The names of further contexts, whatever they are.
    pub(super) contexts: BTreeSet<String>,
    pub(super) location: Location,
    /// What the image is called, if that is said.
    pub(super) called: Option<String>,
    /// The service for which it is built.
    pub(super) service: String,
}

/// What a name leads to in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resolved {
    /// What runs there, by its position: several where one name leads to all of them.
    To(BTreeSet<usize>),
    /// Something outside of the repository that has this name there.
    External(String),
    /// One of several, and nothing says which.
    Ambiguous(BTreeSet<usize>),
    /// What a release of the Helm chart in this folder may be called.
    Release(RepoPath),
    /// Something that has this name there, and that can't be reached from here.
    Apart,
    /// Nothing that is known.
    Nothing,
}
