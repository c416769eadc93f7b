//! Units: what builds, runs, ships or is shared.

use crate::text::{Location, RepoPath};

/// The position of a unit in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(u32);

impl UnitId {
    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// As a position in a list of units.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What kind of thing a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// A package of a package manager.
    Package,
    /// A binary target of a package: something that can be deployed.
    Binary,
    /// A container image.
    Image,
    /// What runs and is reached over the network.
    Service,
    /// What keeps data: a database, a queue, a bucket, a volume.
    Datastore,
    /// A password, key or certificate.
    Secret,
    /// A job of a pipeline.
    Job,
    /// A contract by which others call a feature.
    Api,
    /// A feature as a whole, as a person specifies it before there is anything to read.
    Specification,
    /// A module inside a package. The last, since modules become units only where somebody declares parts of a
    /// package: all other units keep their places then.
    Module,
}

impl UnitKind {
    /// Every kind, in order.
    pub const ALL: [Self; 10] = [
        Self::Package,
        Self::Binary,
        Self::Image,
        Self::Service,
        Self::Datastore,
        Self::Secret,
        Self::Job,
        Self::Api,
        Self::Specification,
        Self::Module,
    ];

    /// The word of the design.
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Binary => "binary",
            Self::Module => "module",
            Self::Image => "image",
            Self::Service => "service",
            Self::Datastore => "datastore",
            Self::Secret => "secret",
            Self::Job => "job",
            Self::Api => "api",
            Self::Specification => "specification",
        }
    }

    /// The kind that a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether units of the kind are shipped as one piece.
    pub fn is_deployable(self) -> bool {
        matches!(self, Self::Binary | Self::Image | Self::Service)
    }
}

/// By which manifests a unit is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Cargo.
    Cargo,
    /// Dockerfiles.
    Docker,
    /// Compose files.
    Compose,
    /// Kubernetes manifests.
    Kubernetes,
    /// Workflows of GitHub Actions.
    GitHub,
    /// Pipelines of GitLab.
    GitLab,
    /// Backstage catalogs.
    Backstage,
    /// Contracts: OpenAPI, AsyncAPI, Protocol Buffers.
    Contract,
}

impl Ecosystem {
    /// Every ecosystem, in order.
    pub const ALL: [Self; 8] = [
        Self::Cargo,
        Self::Docker,
        Self::Compose,
        Self::Kubernetes,
        Self::GitHub,
        Self::GitLab,
        Self::Backstage,
        Self::Contract,
    ];

    /// Its name in selectors.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Docker => "docker",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Backstage => "backstage",
            Self::Contract => "contract",
        }
    }
}

/// A unit that a person declares because no manifest names it, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredUnit {
    /// What kind of thing it is.
    pub kind: UnitKind,
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub declared_at: Location,
    /// Whether it is only used here, and something else makes it.
    pub is_outside: bool,
}

/// One thing in the repository that builds, runs, ships or is shared.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What kind of thing it is.
    pub kind: UnitKind,
    /// Its name, unique among its kind: `cart`, `cart/cart-api` for a binary of `cart`, and
    /// `cart (tools/cart)` where several packages of the repository have one name.
    pub name: String,
    /// The name that it has where it is declared: `cart`, `cart-api`.
    pub short_name: String,
    /// Its folder; its root source file for a binary, and its first file for a contract.
    pub path: RepoPath,
    /// Where it is declared.
    pub declared_at: Location,
    /// The unit that it is a part of: a binary's package, that around a contract, a database's server.
    pub parent: Option<UnitId>,
    /// What it ships: the binaries in an image, the images of a workload; sorted.
    pub runs: Vec<UnitId>,
    /// Whose manifest names it; `None` where none does, but a person: such a unit lies in no folder.
    pub ecosystem: Option<Ecosystem>,
    /// Whether it is only used here, and something else makes it: such a unit lies in no folder either.
    pub is_outside: bool,
}

impl Unit {
    /// A unit that no manifest names.
    pub fn declared(declared: DeclaredUnit) -> Self {
        Self {
            kind: declared.kind,
            short_name: declared.name.clone(),
            name: declared.name,
            path: RepoPath::root(),
            declared_at: declared.declared_at,
            parent: None,
            runs: Vec::new(),
            ecosystem: None,
            is_outside: declared.is_outside,
        }
    }

    /// Whether it is known by what is deployed, and not by a package manager or a person alone.
    pub fn is_deployed(&self) -> bool {
        let is_other = |one| matches!(one, Ecosystem::Cargo | Ecosystem::Backstage | Ecosystem::Contract);
        self.ecosystem.is_some_and(|one| !is_other(one))
    }

    /// Whether it is a part of what runs; a job only brings that there.
    pub fn is_of_what_runs(&self) -> bool {
        self.is_deployed() && self.kind != UnitKind::Job
    }

    /// Whether it is a contract that lies in the repository.
    pub fn is_contract(&self) -> bool {
        self.ecosystem == Some(Ecosystem::Contract)
    }

    /// Whether it lies in a folder of the repository, which then says something about whose it is.
    pub fn has_folder(&self) -> bool {
        !self.is_declared() && !self.is_outside
    }

    /// Its path and each folder around it, the nearest first; the root comes last, as `""`. The folder of a module's
    /// name is around it as well, whether its file lies in there or beside.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let path = self.path.as_str();
        let stem = path.strip_suffix(".rs").filter(|_| self.kind == UnitKind::Module);
        let mut around = self.path.with_ancestors();
        around.next().into_iter().chain(stem).chain(around)
    }

    /// Whether no manifest names it, but a person; it lies in no folder.
    pub fn is_declared(&self) -> bool {
        self.ecosystem.is_none()
    }

    /// Its name, with its kind where a name alone would make one think of a package.
    pub fn shown(&self) -> String {
        match self.kind {
            UnitKind::Package | UnitKind::Binary | UnitKind::Specification => self.name.clone(),
            _ => self.identity(),
        }
    }

    /// What stays the same when files move and lines shift: kind and name.
    pub fn identity(&self) -> String {
        format!("{}:{}", self.kind.word(), self.name)
    }
}
