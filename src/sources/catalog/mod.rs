//! Backstage catalogs: what a repository's own list of components, APIs, resources and systems says.
//!
//! Invariant: nothing is guessed. A file that is a template or no YAML says nothing and is listed as a gap, and so is
//! a reference that Backstage could not read. What one file costs is bounded by its size.

mod facts;
mod read;
mod reference;

use std::ops::Range;

use memchr::memmem::Finder;

use crate::text::{Fault, RepoPath, Span, yaml};

use super::{Facts, Source, Unread, template};

pub use facts::{CatalogFile, Definition, Entity, EntityKind, Field, Target};
pub use reference::{EntityName, Reference};

/// How many entities of one file are looked at.
const MOST: usize = 1_000;

/// What one document may cost at least, in values and bytes of text.
const LEAST_BUDGET: usize = 1024 * 1024;

/// How many times its size a document may cost, once aliases stand for what they repeat.
const BUDGET_OF_SIZE: usize = 5;

/// Reads `catalog-info.yaml`.
#[derive(Debug)]
pub(super) struct CatalogSource;

impl Source for CatalogSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        is_named(name)
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn unread(&self, _path: &RepoPath) -> Option<&'static str> {
        Some("a catalog that can't be read")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        (Some(read(path, text)), Vec::new())
    }
}

/// Whether a file is a catalog by its name alone.
pub fn is_named(name: &str) -> bool {
    matches!(name, "catalog-info.yaml" | "catalog-info.yml")
}

/// Whether a file holds an entity of a catalog: a line says `apiVersion: backstage.io/…`.
pub fn has_marker(bytes: &[u8]) -> bool {
    Finder::new("backstage.io/v").find_iter(bytes).any(|at| {
        let before = bytes.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = before.get(start..).unwrap_or_default();
        let key: Vec<u8> = line.iter().copied().filter(|byte| !b" \t\"'{".contains(byte)).collect();
        key.ends_with(b"apiVersion:")
    })
}

/// Reads a whole catalog file, or says why it is not read.
pub fn read(path: &RepoPath, text: &str) -> Facts {
    let unread = |what, span| Facts::Unread(Unread { what, span });
    let mut file = CatalogFile::default();
    let documents = yaml::documents(text);
    if let Some(more) = documents.get(MOST) {
        let what = "more than 1,000 documents of a catalog: the rest is not looked at";
        file.unread.push(Unread { what, span: Some(Span::new(more.start..more.start)) });
    }
    for range in documents.into_iter().take(MOST) {
        if let Some(at) = template::mark(&text[range.clone()]) {
            let span = place_of_mark(&range, at);
            return unread("a template of a catalog, which something fills in first", Some(span));
        }
        let size = range.len();
        let (tree, faults) = yaml::parse(text, range, path);
        if let Some(fault) = faults.first() {
            return unread("a catalog that is not valid YAML", fault.span);
        }
        let Some(tree) = tree else { continue };
        if tree.weight() > size.saturating_mul(BUDGET_OF_SIZE).saturating_add(LEAST_BUDGET) {
            return unread("a catalog whose aliases repeat more than its size lets it say", Some(tree.span));
        }
        read::entity(path, &tree, &mut file);
    }
    Facts::Catalog(Box::new(file))
}

fn place_of_mark(document: &Range<usize>, at: usize) -> Span {
    Span::new(document.start + at..document.start + at + 2)
}

#[cfg(test)]
mod tests {
    use super::{EntityKind, Field, has_marker, read};
    use crate::sources::Facts;
    use crate::text::RepoPath;

    fn read_text(text: &str) -> Facts {
        read(&RepoPath::new("pay/catalog-info.yaml").expect("a path"), text)
    }

    #[test]
    fn an_entity_says_what_it_is_and_whom_it_names() {
        let text = "apiVersion: backstage.io/v1alpha1\nkind: component\nmetadata: {name: pay-api}\n\
                    spec: {system: payments, owner: group:ops/money, consumesApis: [users, api:x/y]}\n";
        let Facts::Catalog(file) = read_text(text) else { panic!("a catalog") };
        let [entity] = file.entities.as_slice() else { panic!("{file:?}") };
        assert_eq!((&entity.kind, entity.name.value.as_str()), (&EntityKind::Component, "pay-api"));
        let of = |field: Field| -> Vec<String> {
            entity.references(field).filter_map(|one| one.means(entity)).map(|one| one.to_string()).collect()
        };
        assert_eq!(of(Field::System), ["system:default/payments"]);
        assert_eq!(of(Field::Owner), ["group:ops/money"]);
        assert_eq!(of(Field::ConsumesApis), ["api:default/users", "api:x/y"]);
    }

    #[test]
    fn what_can_not_be_read_is_a_gap() {
        for text in ["kind: {{ values.kind }}\n", "kind: [\n"] {
            assert!(matches!(read_text(text), Facts::Unread(_)), "{text}");
        }
    }

    #[test]
    fn only_the_version_of_a_catalog_marks_one() {
        let ours = [
            "apiVersion: backstage.io/v1alpha1\n",
            "{\"apiVersion\": \"backstage.io/v1beta1\"}",
            "a: b\n  apiVersion : backstage.io/v1\n",
        ];
        ours.iter().for_each(|text| assert!(has_marker(text.as_bytes()), "{text}"));
        let others = [
            "apiVersion: scaffolder.backstage.io/v1beta3\n",
            "# see backstage.io/v1alpha1\n",
            "backstage.io/techdocs-ref: dir:.\n",
        ];
        others.iter().for_each(|text| assert!(!has_marker(text.as_bytes()), "{text}"));
    }
}
