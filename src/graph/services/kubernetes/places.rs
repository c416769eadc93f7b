//! Where an object stands, and how near two of them are.

use std::collections::BTreeSet;

use crate::sources::kubernetes::Object;
use crate::text::{Location, RepoPath, Spanned};

use super::super::model::{Kept, KeptKind};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) environment: usize,
    pub(super) folder: RepoPath,
    pub(super) namespace: String,
}

/// An object, and where it stands.
pub(super) struct At<'f> {
    pub(super) path: &'f RepoPath,
    pub(super) place: Place,
    pub(super) object: &'f Object,
    /// Names that it has besides its own.
    pub(super) also: Option<&'f BTreeSet<String>>,
    /// By what its unit is told from others of the name, if its environment does not tell it best.
    pub(super) label: Option<&'f RepoPath>,
}

impl At<'_> {
    pub(super) fn location(&self, written: &Spanned<String>) -> Location {
        Location { path: self.path.clone(), span: written.span }
    }

    pub(super) fn name(&self) -> &str {
        &self.object.name.value
    }

    pub(super) fn kept(&self, what: KeptKind, name: &str) -> Kept {
        Kept {
            environment: Some(self.place.environment),
            namespace: self.place.namespace.clone(),
            name: name.to_owned(),
            what,
        }
    }
}

/// How near two places are: whether they are of one environment, or else how much of the way to them is the
/// same.
pub(super) fn nearness(one: &Place, other: &Place) -> (bool, usize) {
    let same = one.folder.parts().zip(other.folder.parts()).take_while(|(one, other)| one == other).count();
    (one.environment == other.environment, same)
}

/// Folders with manifests that are no part of what the repository deploys.
const APART: [&str; 14] = [
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "test",
    "tests",
    "testdata",
    "docs",
    "contrib",
    "archive",
    "_archived",
    "tutorial",
];

/// The folder around a place that is no part of what is deployed, if there is one.
pub(super) fn apart(folder: &RepoPath) -> Option<&str> {
    folder.with_ancestors().filter(|part| APART.contains(&part.rsplit('/').next().unwrap_or_default())).last()
}

/// Whether one of two places lies in such a folder and the other does not.
pub(super) fn is_apart(one: &Place, other: &Place) -> bool {
    one.environment != other.environment && apart(&one.folder) != apart(&other.folder)
}
