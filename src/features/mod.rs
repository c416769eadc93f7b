//! Declarations → which unit belongs to which product feature.
//!
//! Invariant: every unit has exactly one [`Role`]. Assignment depends on declarations and on the
//! units' names and paths alone, never on couplings.

mod amendment;
mod assignment;
mod claims;
mod code_ownership;
mod configuration;
mod nearby;
mod opening;
mod owner_names;
mod reach;
mod relation;
mod renamed;
mod selection;
mod selector;
mod usage;

use std::collections::BTreeSet;

use crate::graph::{CouplingGraph, UnitId};
use crate::sources::CodeOwners;
use crate::text::{Location, Spanned};

use code_ownership::CodeOwnership;

pub use amendment::{ChangedTogether, End, Names as NameIndex, amend, package_around, suppose};
pub use assignment::{Contest, Destination, Move, assign};
pub use configuration::{
    Affects, Budget, BudgetNumber, BudgetOf, Budgets, CONFIGURATION_FILE, ChangesSection, Configuration,
    CorrectionStatement, CouplingEnd, CouplingStatement, Exception, External, FeatureDeclaration,
    FeatureNames, ImpactSection, MILLION, Responsibility,
};
pub use nearby::{Nearby, read_nearby, tell_clashes};
pub use opening::{Depth, wanted_code};
pub use owner_names::{owner_names, plain_owner};
pub use reach::{BUILT_WITH, Direction, REACHING, Reach};
pub use renamed::Renamed;
pub use selection::{Named, Names, RoleWord, Selector, UnitSet};
pub use selector::{PathSelector, Unmatched};
pub use usage::{Usage, usage};

/// Whether a file may hold declarations.
pub fn notices(name: &str) -> bool {
    name == nearby::FILE || name == CONFIGURATION_FILE
}

/// The position of a feature in its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureId(usize);

impl FeatureId {
    pub(crate) fn new(index: usize) -> Self {
        Self(index)
    }

    /// As a position in a list of features.
    pub fn index(self) -> usize {
        self.0
    }
}

/// The position of a responsibility in its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponsibilityId(pub(crate) usize);

impl ResponsibilityId {
    /// As a position in a list of responsibilities.
    pub fn index(self) -> usize {
        self.0
    }
}

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
    /// Words by which rules name it; sorted.
    pub tags: Vec<String>,
    /// The only features whose APIs it may call, if it names them.
    pub consumes: Option<Door>,
    /// The only features that may call its APIs, if it names them.
    pub consumers: Option<Door>,
    /// Whether it names what others may use of it.
    pub has_exposed: bool,
    /// Which side of its APIs copes with the other side's being older or newer, if that is said.
    pub versioned: Option<Versioned>,
    /// Whether it lives in another repository, and only its API is known here.
    pub is_external: bool,
    /// Where it is declared.
    pub declared_at: Location,
}

/// Which side of an API copes with the other side's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versioned {
    /// Clients do: they work with older and newer servers, so that neither has to be deployed first.
    Client,
    /// The server does not wait for its clients, but has to be there before them.
    Server,
}

impl Versioned {
    /// Each with its word in configurations.
    pub const WORDS: [(&'static str, Self); 2] = [("client", Self::Client), ("server", Self::Server)];
}

/// The features that a feature names in `consumes` or `consumers`.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// Each name.
    pub names: Vec<DoorName>,
}

/// One name in `consumes` or `consumers`.
#[derive(Debug, Clone)]
pub struct DoorName {
    /// As it is written.
    pub written: String,
    /// Where.
    pub location: Location,
    /// The feature in whose declaration it stands.
    pub declared_in: String,
    /// The features that it means; none if it matches nothing.
    pub features: BTreeSet<FeatureId>,
}

impl Door {
    /// Whether it lets a feature through.
    pub fn names(&self, feature: FeatureId) -> bool {
        self.names.iter().any(|name| name.features.contains(&feature))
    }
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
#[derive(Debug, Clone, Default)]
pub struct FeatureMap {
    /// The features, sorted by name.
    pub features: Vec<Feature>,
    /// The declared responsibilities, sorted by name.
    pub responsibilities: Vec<Responsibility>,
    roles: Vec<Role>,
    assigned_by: Vec<Option<Location>>,
    is_api: Vec<bool>,
    embodies: Vec<Vec<ResponsibilityId>>,
    is_exposed: Vec<bool>,
    tags: Vec<Vec<String>>,
    /// The declared deployments that ship a unit.
    deployments: Vec<Vec<usize>>,
    /// The names of the declared deployments, by their positions.
    pub deployment_names: Vec<String>,
    /// What `CODEOWNERS` says.
    code_ownership: CodeOwnership,
    /// Units that two declarations claim with equal right.
    pub contests: Vec<Contest>,
    /// Names and globs that match nothing.
    pub unmatched: Vec<Unmatched>,
    /// Features of which other declarations take every unit: the feature, and one of those units.
    pub uninhabited: Vec<(FeatureId, UnitId)>,
    /// Responsibilities that a feature names and nobody declares: the feature, and the name.
    pub unknown_responsibilities: Vec<(String, Spanned<String>, Location)>,
    /// Corrections that correct nothing, by their position in the configuration.
    pub stale_corrections: Vec<usize>,
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

    /// The same without those of other repositories.
    pub fn own_inhabited(&self) -> BTreeSet<FeatureId> {
        self.inhabited().into_iter().filter(|id| !self.feature(*id).is_external).collect()
    }

    /// The units of each feature, by its position; those of one in the order of the graph.
    pub fn units_of_each(&self) -> Vec<Vec<UnitId>> {
        let mut units = vec![Vec::new(); self.features.len()];
        for (at, role) in self.roles.iter().enumerate() {
            if let Role::Feature(feature) = role {
                units[feature.0].push(UnitId::new(at));
            }
        }
        units
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

    /// The tags of a unit: its feature's, and those that `[tags]` gives it.
    pub fn tags_of(&self, unit: UnitId) -> impl Iterator<Item = &str> {
        let of_feature = self.feature_of(unit).map(|id| self.feature(id).tags.as_slice()).unwrap_or_default();
        self.tags[unit.index()].iter().chain(of_feature).map(String::as_str)
    }

    /// Every tag that something has.
    fn tag_names(&self) -> impl Iterator<Item = &str> {
        let of_features = self.features.iter().flat_map(|feature| &feature.tags);
        self.tags.iter().flatten().chain(of_features).map(String::as_str)
    }

    /// Everybody who is declared as the owner of something.
    fn declared_owners(&self) -> impl Iterator<Item = &str> {
        let of_features = self.features.iter().filter_map(|feature| feature.owner.as_deref());
        of_features.chain(self.responsibilities.iter().filter_map(|one| one.owner.as_deref()))
    }

    /// Takes in a unit that comes after all others.
    fn push_unit(&mut self, role: Role, assigned_by: Location) {
        self.roles.push(role);
        self.assigned_by.push(Some(assigned_by));
        self.is_api.push(false);
        self.embodies.push(Vec::new());
        self.is_exposed.push(true);
        self.tags.push(Vec::new());
        self.deployments.push(Vec::new());
    }

    /// Who answers for a unit: whom its feature or its responsibility declares, or else whom
    /// `CODEOWNERS` names for its file.
    pub fn owner(&self, unit: UnitId) -> Option<&str> {
        self.declared_owner(unit).or_else(|| self.code_ownership.of(unit))
    }

    /// Whom `CODEOWNERS` names for the folder of an entity of a catalog, by its position; not whom it names for every
    /// file.
    pub fn code_owner_of_entity(&self, entity: usize) -> Option<&str> {
        self.code_ownership.of_entity(entity)
    }

    /// Everybody who answers for something, as it is written: declared, or named in `CODEOWNERS`.
    pub fn owners(&self) -> impl Iterator<Item = &str> {
        self.declared_owners().chain(self.code_ownership.names())
    }

    /// Takes in what `CODEOWNERS` says, once all units are known.
    pub fn learn_owners(&mut self, graph: &CouplingGraph, owners: &CodeOwners) {
        self.code_ownership = CodeOwnership::new(graph, owners);
    }

    /// The owner that a unit's feature or its responsibility declares. Rules judge by this one alone.
    fn declared_owner(&self, unit: UnitId) -> Option<&str> {
        match self.role(unit) {
            Role::Feature(feature) => self.feature(feature).owner.as_deref(),
            Role::Responsibility(id) => self.responsibility(id).owner.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::notices;

    #[test]
    fn declarations_are_noticed_and_nothing_else_is() {
        assert!(notices("feature.toml") && notices("watertight.toml"));
        assert!(!notices("Cargo.toml") && !notices("main.rs"));
    }
}
