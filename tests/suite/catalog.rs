//! What is read of Backstage catalogs: one fixture for each feature, listed with the lines where it stands.

use std::path::Path;

use watertight::sources::Facts;
use watertight::sources::catalog::{Entity, Field, has_marker, read};
use watertight::text::{RepoPath, Spanned};

use crate::golden::{Listing, facts};
use crate::watertight::name;

impl Listing<'_> {
    /// A line for something that may not be there.
    fn told(&mut self, what: &str, text: Option<&Spanned<String>>) {
        if let Some(text) = text {
            self.line(3, &format!("{what} {:?} {}", text.value, self.place(text.span)));
        }
    }

    fn entity(&mut self, entity: &Entity) {
        let place = self.place(entity.name.span);
        self.line(2, &format!("{} {:?} {place}", entity.identity(), entity.name.value));
        self.told("namespace", entity.namespace.as_ref());
        self.told("type", entity.of_type.as_ref());
        self.told("lifecycle", entity.lifecycle.as_ref());
        self.told("source", entity.source.as_ref());
        self.told("slug", entity.slug.as_ref());
        for field in &entity.stated {
            self.line(3, field.word());
            for reference in entity.references(*field) {
                let means = reference.means(entity).expect("every reference means something");
                self.line(4, &format!("{means} {}", self.place(reference.span)));
            }
        }
        if let Some(definition) = &entity.definition {
            self.told("definition", Some(&definition.written));
            self.line(4, &format!("{:?}", definition.path));
        }
        for target in &entity.targets {
            self.told("target", Some(&target.written));
            self.line(4, &format!("{:?}", target.path));
        }
        if entity.is_optional {
            self.line(3, "optional");
        }
    }
}

/// The facts of one file.
fn listing(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a text");
    let path = RepoPath::new(&format!("a/b/{}", name(file))).expect("a path");
    let mut listing = Listing::new(&text, name(file));
    assert!(has_marker(text.as_bytes()), "{}", file.display());
    let unread = match read(&path, &text) {
        Facts::Catalog(file) => {
            file.entities.iter().for_each(|entity| listing.entity(entity));
            file.unread
        }
        Facts::Unread(unread) => vec![unread],
        other => panic!("{other:?}"),
    };
    for unread in unread {
        let place = unread.span.map_or("no place".to_owned(), |span| listing.place(span));
        listing.line(2, &format!("unread: {} {place}", unread.what));
    }
    listing.written
}

#[test]
fn each_fixture_states_what_it_is_named_for() {
    facts("catalog", &listing);
}

#[test]
fn every_field_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<&str> = Field::ALL.iter().map(|field| field.word()).collect();
    assert_eq!(words.len(), Field::ALL.len());
}
