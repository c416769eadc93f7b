//! Couplings: directed edges with a kind, conditions and evidence.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::text::Location;

use super::{CommonCommits, References, UnitId, UnitKind};

/// The position of a coupling in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CouplingId(u32);

impl CouplingId {
    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// As a position in a list of couplings.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// In which way one unit needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CouplingKind {
    /// It compiles against it or imports it.
    Code,
    /// It is needed to build it.
    Build,
    /// Only its tests need it.
    Test,
    /// It calls it over the network, through its published contract.
    Call,
    /// It waits for it before it starts.
    Start,
    /// It uses it as a datastore, a queue, a bucket or a secret.
    Data,
    /// It is shipped by it, or after it.
    Release,
    /// Both change in the same commits.
    Change,
}

impl CouplingKind {
    /// Every kind, in order.
    pub const ALL: [Self; 8] = [
        Self::Code,
        Self::Build,
        Self::Test,
        Self::Call,
        Self::Start,
        Self::Data,
        Self::Release,
        Self::Change,
    ];

    /// The word of the design.
    pub fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Build => "build",
            Self::Test => "test",
            Self::Call => "call",
            Self::Start => "start",
            Self::Data => "data",
            Self::Release => "release",
            Self::Change => "change",
        }
    }

    /// The kind that a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether a coupling of the kind between such units means anything: nobody compiles against a
    /// database, and a secret uses nothing (a datastore may: a queue that keeps its state elsewhere).
    pub fn fits(self, from: UnitKind, to: UnitKind) -> bool {
        let is_kept = |kind: UnitKind| matches!(kind, UnitKind::Datastore | UnitKind::Secret);
        match self {
            Self::Code | Self::Build | Self::Test | Self::Call | Self::Release => {
                !is_kept(from) && !is_kept(to)
            }
            Self::Data => from != UnitKind::Secret,
            Self::Start => true,
            Self::Change => true,
        }
    }

    /// What the one does with the other, for a sentence: "`a` compiles against `b`".
    pub fn verb(self) -> &'static str {
        match self {
            Self::Code => "compiles against",
            Self::Build => "is built with",
            Self::Test => "is tested with",
            Self::Call => "uses the API of",
            Self::Start => "waits for",
            Self::Data => "uses",
            Self::Release => "is released with",
            Self::Change => "changes together with",
        }
    }
}

impl CouplingKind {
    /// As [`Self::verb`], between features: "`a` builds on `b`".
    pub fn step(self) -> &'static str {
        match self {
            Self::Code | Self::Build => "builds on",
            Self::Call => "calls",
            kind => kind.verb(),
        }
    }
}

/// When a coupling is there at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Conditions {
    /// Only if one of the package's Cargo features switches it on.
    pub optional: bool,
    /// The Cargo features of the package that switch an optional one on themselves, and `default` if it
    /// leads there; sorted.
    pub cargo_features: Vec<String>,
    /// Only on the platforms that this `cfg(…)` or target triple names.
    pub platform: Option<String>,
    /// Through this third-party crate, which a patch lets reach back into the repository.
    pub through: Option<String>,
}

impl Conditions {
    /// In words, to stand behind a sentence; empty when there are none.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        if self.optional {
            parts.push(match self.cargo_features.as_slice() {
                [] => "optional, and no Cargo feature switches it on".to_owned(),
                features if features.iter().any(|name| name == "default") => {
                    "optional, on by default".to_owned()
                }
                features => {
                    let names: Vec<_> = features.iter().map(|name| format!("`{name}`")).collect();
                    format!("only with Cargo feature {}", names.join(" or "))
                }
            });
        }
        parts.extend(self.platform.as_ref().map(|platform| format!("only on `{platform}`")));
        parts.extend(self.through.as_ref().map(|name| format!("through third-party `{name}`")));
        parts.join(", ")
    }
}

/// What a Cargo dependency asks of the package that it names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CargoRequest {
    /// The name that it is given, where that differs from the package's.
    pub rename: Option<String>,
    /// Whether the default Cargo features are on.
    pub default_features: bool,
    /// The Cargo features that are asked for, in the order of the manifest.
    pub features: Vec<String>,
    /// Whether a patch or an override leads here, and not the line itself.
    pub is_patched: bool,
}

/// What a manifest states and is not so; what says more about a coupling comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Correction {
    /// Neither has to be there before the other.
    NoOrder,
    /// It borrows types from an API package and calls nothing.
    TypesOnly,
    /// It exists only where nothing is deployed, as a test does.
    NotDeployed,
}

impl Correction {
    /// Every correction, in order.
    pub const ALL: [Self; 3] = [Self::NoOrder, Self::TypesOnly, Self::NotDeployed];

    /// The word in configurations.
    pub fn word(self) -> &'static str {
        match self {
            Self::TypesOnly => "types-only",
            Self::NotDeployed => "not-deployed",
            Self::NoOrder => "no-order",
        }
    }
}

/// A directed edge between two units.
#[derive(Debug, Clone)]
pub struct Coupling {
    /// The unit that needs the other.
    pub from: UnitId,
    /// The unit that is needed.
    pub to: UnitId,
    /// In which way.
    pub kind: CouplingKind,
    /// When it is there.
    pub conditions: Conditions,
    /// What a Cargo dependency asks for; `None` for what is no Cargo dependency.
    pub request: Option<CargoRequest>,
    /// Where it stands: the line to change first, then lines that it builds on.
    pub evidence: Arc<[Location]>,
    /// Why a person declares it; `None` for what a manifest states.
    pub declared: Option<Arc<str>>,
    /// What a person says is not so about it.
    pub correction: Option<Correction>,
    /// Whether a catalog alone says so, and no manifest shows it.
    pub promised: bool,
    /// What the source of the one names of the other; `None` where no source was asked.
    pub references: Option<Arc<References>>,
    /// What history says of it, if that is where it comes from.
    pub common: Option<Arc<CommonCommits>>,
}

impl Coupling {
    /// One that is there in any case, as a manifest states it.
    pub fn new(from: UnitId, to: UnitId, kind: CouplingKind, evidence: impl Into<Arc<[Location]>>) -> Self {
        Self {
            from,
            to,
            kind,
            conditions: Conditions::default(),
            request: None,
            evidence: evidence.into(),
            declared: None,
            correction: None,
            promised: false,
            references: None,
            common: None,
        }
    }

    /// The order of the couplings of a graph.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let ends = |coupling: &Self| (coupling.from, coupling.to, coupling.kind);
        ends(self)
            .cmp(&ends(other))
            .then_with(|| (&self.conditions, &self.evidence).cmp(&(&other.conditions, &other.evidence)))
    }
}
