//! What a catalog file states, with the places where it stands.

use crate::sources::Unread;
use crate::text::{RepoPath, Spanned};

use super::{EntityName, Reference};

/// What one file states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogFile {
    /// In the order of the file.
    pub entities: Vec<Entity>,
    /// What of it is recognised and not read.
    pub unread: Vec<Unread>,
}

/// What kind of thing an entity is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    /// A contract by which components call each other.
    Api,
    /// Something that is built and run.
    Component,
    /// A part of the business, which holds systems.
    Domain,
    /// A team.
    Group,
    /// A list of other catalog files.
    Location,
    /// What a system needs to run: a database, a queue, a bucket.
    Resource,
    /// What several components make together.
    System,
    /// A person.
    User,
    /// A kind of a plugin, or of an organization's own; in small letters.
    Other(String),
}

impl EntityKind {
    /// The kind that a word means; large and small letters are the same.
    pub fn of_word(word: &str) -> Self {
        let word = word.to_lowercase();
        match word.as_str() {
            "api" => Self::Api,
            "component" => Self::Component,
            "domain" => Self::Domain,
            "group" => Self::Group,
            "location" => Self::Location,
            "resource" => Self::Resource,
            "system" => Self::System,
            "user" => Self::User,
            _ => Self::Other(word),
        }
    }

    /// The word in references.
    pub fn word(&self) -> &str {
        match self {
            Self::Api => "api",
            Self::Component => "component",
            Self::Domain => "domain",
            Self::Group => "group",
            Self::Location => "location",
            Self::Resource => "resource",
            Self::System => "system",
            Self::User => "user",
            Self::Other(word) => word,
        }
    }
}

/// One entry of a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// `metadata.name`
    pub name: Spanned<String>,
    /// `metadata.namespace`; without one, `default`.
    pub namespace: Option<Spanned<String>>,
    /// `spec.type`
    pub of_type: Option<Spanned<String>>,
    /// `spec.lifecycle`
    pub lifecycle: Option<Spanned<String>>,
    /// Whom it names in its fields, in the order of [`Field::ALL`] and of the file.
    pub references: Vec<Reference>,
    /// The fields that are there at all, empty ones too: who writes an empty list says that there is nothing.
    pub stated: Vec<Field>,
    /// `spec.definition` of an API, where it is a file or an address.
    pub definition: Option<Definition>,
    /// `spec.target` and `spec.targets` of a location.
    pub targets: Vec<Target>,
    /// Whether a location may lead nowhere: `spec.presence: optional`.
    pub is_optional: bool,
    /// The annotation `backstage.io/source-location`.
    pub source: Option<Spanned<String>>,
    /// The annotation `github.com/project-slug`.
    pub slug: Option<Spanned<String>>,
}

impl Entity {
    /// By what others name it.
    pub fn identity(&self) -> EntityName {
        let namespace = self.namespace.as_ref().map_or("default", |namespace| &namespace.value);
        EntityName::new(self.kind.clone(), namespace, &self.name.value)
    }

    /// Whom it names in a field.
    pub fn references(&self, field: Field) -> impl Iterator<Item = &Reference> {
        self.references.iter().filter(move |reference| reference.field == field)
    }

    /// Whether it says `library` of itself: it is built into others, and nobody calls it.
    pub fn is_library(&self) -> bool {
        self.of_type.as_ref().is_some_and(|word| word.value.eq_ignore_ascii_case("library"))
    }
}

/// A field of `spec` that names other entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Who answers for it.
    Owner,
    /// The system that it is a part of.
    System,
    /// The domain that a system is a part of.
    Domain,
    /// The component that it is a part of.
    SubcomponentOf,
    /// The domain that a domain is a part of.
    SubdomainOf,
    /// The APIs that others can call at it.
    ProvidesApis,
    /// The APIs that it calls.
    ConsumesApis,
    /// What it needs.
    DependsOn,
    /// What needs it.
    DependencyOf,
}

impl Field {
    /// Every field, in order.
    pub const ALL: [Self; 9] = [
        Self::Owner,
        Self::System,
        Self::Domain,
        Self::SubcomponentOf,
        Self::SubdomainOf,
        Self::ProvidesApis,
        Self::ConsumesApis,
        Self::DependsOn,
        Self::DependencyOf,
    ];

    /// Its key.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::System => "system",
            Self::Domain => "domain",
            Self::SubcomponentOf => "subcomponentOf",
            Self::SubdomainOf => "subdomainOf",
            Self::ProvidesApis => "providesApis",
            Self::ConsumesApis => "consumesApis",
            Self::DependsOn => "dependsOn",
            Self::DependencyOf => "dependencyOf",
        }
    }

    /// The kind that a name means which says none; `None` where each has to say it.
    pub fn default_kind(self) -> Option<EntityKind> {
        match self {
            Self::Owner => Some(EntityKind::Group),
            Self::System => Some(EntityKind::System),
            Self::Domain | Self::SubdomainOf => Some(EntityKind::Domain),
            Self::SubcomponentOf => Some(EntityKind::Component),
            Self::ProvidesApis | Self::ConsumesApis => Some(EntityKind::Api),
            Self::DependsOn | Self::DependencyOf => None,
        }
    }

    /// Whether it is a list.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::ProvidesApis | Self::ConsumesApis | Self::DependsOn | Self::DependencyOf)
    }
}

/// Where the definition of an API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// As it is written.
    pub written: Spanned<String>,
    /// The file, if it is one of this repository.
    pub path: Option<RepoPath>,
}

/// A file that a location names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// As it is written.
    pub written: Spanned<String>,
    /// The file or glob, from the root of the repository; `None` for an address elsewhere.
    pub path: Option<RepoPath>,
}
