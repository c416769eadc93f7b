//! What catalogs say.

use crate::text::Fault;
use crate::text::toml::{Table, known_word};

use super::lacks;

/// Something that is wrong with what catalogs say.
#[derive(Debug, Clone)]
pub struct CatalogCondition {
    /// What.
    pub about: Catalogued,
}

/// What a catalog says that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalogued {
    /// References that nothing in the repository means.
    DanglingReferences,
    /// What manifests, declarations or `CODEOWNERS` say otherwise.
    Contradictions,
}

impl Catalogued {
    const ALL: [(&str, Self); 2] =
        [("dangling-references", Self::DanglingReferences), ("contradictions", Self::Contradictions)];

    /// The words of rule files.
    pub(in crate::rules) fn words() -> [&'static str; 2] {
        Self::ALL.map(|(word, _)| word)
    }
}

impl CatalogCondition {
    pub(super) fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        if !table.has("about") {
            faults.push(lacks(table, "about"));
            return None;
        }
        let word = table.string("about", faults)?;
        known_word(&word, &Catalogued::ALL, "choice for `about`:", table.file(), faults)
            .map(|about| Self { about })
    }
}
