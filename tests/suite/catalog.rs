//! What is read of Backstage catalogs: one fixture for each feature, listed with the lines where it stands.

use std::fmt::Write;
use std::path::Path;

use watertight::sources::Facts;
use watertight::sources::catalog::{Entity, Field, has_marker, read};
use watertight::text::{LineIndex, RepoPath, Span, Spanned};

use crate::watertight::{folders, name, testdata};

/// Writes the facts of one text line by line.
struct Listing<'t> {
    text: &'t str,
    lines: LineIndex,
    written: String,
}

impl Listing<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        writeln!(self.written, "{}{text}", "  ".repeat(depth)).expect("written");
    }

    fn place(&self, span: Span) -> String {
        let at = self.lines.position(self.text, span.start);
        format!("{}:{}", at.line, at.column)
    }

    /// A line for something that may not be there.
    fn optional(&mut self, what: &str, text: Option<&Spanned<String>>) {
        if let Some(text) = text {
            self.line(3, &format!("{what} {:?} {}", text.value, self.place(text.span)));
        }
    }

    fn entity(&mut self, entity: &Entity) {
        let place = self.place(entity.name.span);
        self.line(2, &format!("{} {:?} {place}", entity.identity(), entity.name.value));
        self.optional("namespace", entity.namespace.as_ref());
        self.optional("type", entity.of_type.as_ref());
        self.optional("lifecycle", entity.lifecycle.as_ref());
        self.optional("source", entity.source.as_ref());
        self.optional("slug", entity.slug.as_ref());
        for field in &entity.stated {
            self.line(3, field.word());
            for reference in entity.references(*field) {
                let means = reference.means(entity).expect("every reference means something");
                self.line(4, &format!("{means} {}", self.place(reference.span)));
            }
        }
        if let Some(definition) = &entity.definition {
            self.optional("definition", Some(&definition.written));
            self.line(4, &format!("{:?}", definition.path));
        }
        for target in &entity.targets {
            self.optional("target", Some(&target.written));
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
    let lines = LineIndex::new(&text);
    let mut listing = Listing { text: &text, lines, written: format!("  {}\n", name(file)) };
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
    let root = testdata("sources/catalog");
    let mut golden = String::new();
    for fixture in folders(&root) {
        writeln!(golden, "{}", name(&fixture)).expect("written");
        let entries = std::fs::read_dir(&fixture).expect("a folder");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        files.iter().for_each(|file| golden.push_str(&listing(file)));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&root);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("facts", golden));
}

#[test]
fn every_field_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<&str> = Field::ALL.iter().map(|field| field.word()).collect();
    assert_eq!(words.len(), Field::ALL.len());
}
