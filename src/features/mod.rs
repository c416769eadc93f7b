//! Declarations → which unit belongs to which product feature, and the graph of the features.
//!
//! Invariant: every unit has exactly one [`Role`]. Assignment depends on declarations and on the
//! units' names and paths alone, never on couplings.

mod assignment;
mod claims;
mod configuration;
mod feature_graph;
mod nearby;
mod selector;

use std::collections::BTreeSet;

use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};
use crate::text::{Location, Spanned};

pub use assignment::{Contest, assign};
pub use configuration::{CONFIGURATION_FILE, Configuration, FeatureDeclaration, Responsibility, RuleSetting};
pub use feature_graph::FeatureGraph;
pub use nearby::read_nearby;
pub use selector::{PathSelector, Unmatched};

/// Whether a file may hold declarations.
pub fn notices(name: &str) -> bool {
    name == nearby::FILE || name == CONFIGURATION_FILE
}

/// The position of a feature in its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureId(pub(crate) usize);

/// The position of a responsibility in its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponsibilityId(pub(crate) usize);

/// A product feature: a named set of units with an owner and responsibilities.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Its name; a nested one is written `parent/child`.
    pub name: String,
    /// What it is for.
    pub about: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The responsibilities that it names or inherits, sorted.
    pub responsibilities: Vec<ResponsibilityId>,
    /// Where it is declared.
    pub declared_at: Location,
}

/// What a unit is in the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Part of a feature.
    Feature(FeatureId),
    /// Belongs to no feature on purpose.
    Shared,
    /// Puts features together.
    Assembly,
    /// Exists for tests.
    TestSupport,
    /// The code that embodies a responsibility.
    Responsibility(ResponsibilityId),
    /// Nothing names it.
    Unassigned,
}

/// Which unit belongs where, and why.
#[derive(Debug, Default)]
pub struct FeatureMap {
    /// The features, sorted by name.
    pub features: Vec<Feature>,
    /// The declared responsibilities, sorted by name.
    pub responsibilities: Vec<Responsibility>,
    roles: Vec<Role>,
    assigned_by: Vec<Option<Location>>,
    is_api: Vec<bool>,
    embodies: Vec<Vec<ResponsibilityId>>,
    /// Units that two declarations claim with equal right.
    pub contests: Vec<Contest>,
    /// Names and globs that match nothing.
    pub unmatched: Vec<Unmatched>,
    /// Features of which other declarations take every unit: the feature, and one of those units.
    pub uninhabited: Vec<(FeatureId, UnitId)>,
    /// Responsibilities that a feature names and nobody declares: the feature, and the name.
    pub unknown_responsibilities: Vec<(String, Spanned<String>, Location)>,
}

impl FeatureMap {
    /// What a unit is.
    pub fn role(&self, unit: UnitId) -> Role {
        self.roles[unit.index()]
    }

    /// The feature of a unit, if it has one.
    pub fn feature_of(&self, unit: UnitId) -> Option<FeatureId> {
        match self.role(unit) {
            Role::Feature(feature) => Some(feature),
            _ => None,
        }
    }

    /// The declaration that decided the unit's role; `None` if nothing names it.
    pub fn assigned_by(&self, unit: UnitId) -> Option<&Location> {
        self.assigned_by[unit.index()].as_ref()
    }

    /// Whether the unit is its feature's published contract.
    pub fn is_api(&self, unit: UnitId) -> bool {
        self.is_api[unit.index()]
    }

    /// Whether nothing is declared: no feature, and no unit belongs anywhere.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty() && self.roles.iter().all(|role| *role == Role::Unassigned)
    }

    /// The features that have a unit; others may be declared before there is any code.
    pub fn inhabited(&self) -> BTreeSet<FeatureId> {
        let of_role = |role: &Role| match role {
            Role::Feature(feature) => Some(*feature),
            _ => None,
        };
        self.roles.iter().filter_map(of_role).collect()
    }

    /// A feature.
    pub fn feature(&self, id: FeatureId) -> &Feature {
        &self.features[id.0]
    }

    /// A responsibility.
    pub fn responsibility(&self, id: ResponsibilityId) -> &Responsibility {
        &self.responsibilities[id.0]
    }

    /// The role in words, as messages and tables show it.
    pub fn role_name(&self, unit: UnitId) -> String {
        self.name_of_role(self.role(unit))
    }

    /// A role in words.
    pub fn name_of_role(&self, role: Role) -> String {
        match role {
            Role::Feature(feature) => self.feature(feature).name.clone(),
            Role::Shared => "shared".to_owned(),
            Role::Assembly => "assembly".to_owned(),
            Role::TestSupport => "test support".to_owned(),
            Role::Responsibility(id) => format!("responsibility {}", self.responsibility(id).name),
            Role::Unassigned => "unassigned".to_owned(),
        }
    }

    /// Who answers for a unit: its feature's owner, or its responsibility's.
    pub fn owner(&self, unit: UnitId) -> Option<&str> {
        match self.role(unit) {
            Role::Feature(feature) => self.feature(feature).owner.as_deref(),
            Role::Responsibility(id) => self.responsibility(id).owner.as_deref(),
            _ => None,
        }
    }

    /// The kind that judges a coupling: using an API package is a call, whatever the manifest says.
    pub fn kind(&self, graph: &CouplingGraph, id: CouplingId) -> CouplingKind {
        let coupling = graph.coupling(id);
        match coupling.kind {
            CouplingKind::Code | CouplingKind::Build if self.is_call(coupling.from, coupling.to) => {
                CouplingKind::Call
            }
            kind => kind,
        }
    }

    /// A feature's own units don't call it when they use its API package: they are built with it.
    fn is_call(&self, from: UnitId, to: UnitId) -> bool {
        self.is_api(to) && self.role(from) != self.role(to)
    }

    /// Whether a responsibility excuses a coupling of this feature to that unit of another one.
    pub fn is_excused(&self, from: FeatureId, to: UnitId) -> bool {
        let Some(other) = self.feature_of(to) else {
            return false;
        };
        let theirs = &self.feature(other).responsibilities;
        self.feature(from)
            .responsibilities
            .iter()
            .filter(|id| theirs.contains(id))
            .any(|id| self.responsibility(*id).through.is_empty() || self.embodies[to.index()].contains(id))
    }

    /// Whether a unit may use one that embodies a responsibility: its feature names it, or it
    /// embodies it as well.
    pub fn is_in_audience(&self, from: UnitId, to: UnitId) -> bool {
        let embodied = &self.embodies[to.index()];
        let own: &[ResponsibilityId] = match self.role(from) {
            Role::Feature(feature) => &self.feature(feature).responsibilities,
            Role::Responsibility(_) => &self.embodies[from.index()],
            _ => &[],
        };
        embodied.iter().any(|id| own.contains(id))
    }

    /// The names of the responsibilities that a unit embodies, and of the features that name them.
    pub fn audience_of(&self, unit: UnitId) -> (Vec<String>, Vec<String>) {
        let embodied = &self.embodies[unit.index()];
        let names = embodied.iter().map(|id| self.responsibility(*id).name.clone());
        let may = |feature: &&Feature| embodied.iter().any(|id| feature.responsibilities.contains(id));
        let features = self.features.iter().filter(may).map(|feature| feature.name.clone());
        (names.collect(), features.collect())
    }
}
