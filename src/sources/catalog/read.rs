//! One document of a catalog: what it states, and what of it is a gap.

use crate::sources::{Unread, template};
use crate::text::yaml::Node;
use crate::text::{RepoPath, Spanned};

use super::{CatalogFile, Definition, Entity, EntityKind, Field, Reference, Target};

/// What stands in `spec.definition` for the content of a file.
const PLACEHOLDERS: [&str; 5] = ["$text", "$json", "$yaml", "$openapi", "$asyncapi"];

/// Reads an entity, if the document is one and has a name.
pub(super) fn entity(file: &RepoPath, tree: &Node<'_>, found: &mut CatalogFile) {
    let text = |keys: &[&str]| tree.at(keys).and_then(scalar);
    let is_backstage =
        text(&["apiVersion"]).is_some_and(|version| version.value.starts_with("backstage.io/"));
    let (true, Some(kind), Some(name)) = (is_backstage, text(&["kind"]), text(&["metadata", "name"])) else {
        return;
    };
    let known_by = [&kind, &name];
    if let Some(marked) = known_by.into_iter().find(|one| template::holds_mark(&one.value)) {
        found.unread.push(Unread { what: template::WHAT, span: Some(marked.span) });
        return;
    }
    let annotation = |key: &str| text(&["metadata", "annotations", key]);
    let kind = EntityKind::of_word(&kind.value);
    let mut entity = Entity {
        definition: tree.at(&["spec", "definition"]).and_then(|node| definition(file, node)),
        targets: targets(file, tree, &kind),
        is_optional: text(&["spec", "presence"]).is_some_and(|word| word.value == "optional"),
        kind,
        name,
        namespace: text(&["metadata", "namespace"]),
        of_type: text(&["spec", "type"]),
        lifecycle: text(&["spec", "lifecycle"]),
        references: Vec::new(),
        stated: Vec::new(),
        source: annotation("backstage.io/source-location"),
        slug: annotation("github.com/project-slug"),
    };
    for field in Field::ALL {
        if let Some(node) = tree.at(&["spec", field.word()]) {
            read_field(field, node, &mut entity, &mut found.unread);
        }
    }
    found.entities.push(entity);
}

/// A text that says something.
fn scalar(node: &Node<'_>) -> Option<Spanned<String>> {
    node.spanned().filter(|text| !text.value.trim().is_empty())
}

fn read_field(field: Field, node: &Node<'_>, entity: &mut Entity, unread: &mut Vec<Unread>) {
    let one = std::slice::from_ref(node);
    let named = match (field.is_list(), node.is_list()) {
        (true, true) => node.items(),
        (false, false) => one,
        _ if node.is_null() => return,
        (true, false) => {
            unread.push(Unread { what: "a field of a catalog that is no list", span: Some(node.span) });
            return;
        }
        (false, true) => {
            unread.push(Unread { what: "a list, where a catalog names one entity", span: Some(node.span) });
            return;
        }
    };
    entity.stated.push(field);
    for node in named.iter().filter(|node| !node.is_null()) {
        let reference = match node.is_map() {
            true => compound(field, node),
            false => scalar(node).and_then(|written| Reference::read(field, &written)),
        };
        let reference = reference.filter(|one| !template::holds_mark(&one.name));
        let has_kind = |one: &Reference| one.kind.is_some() || field.default_kind().is_some();
        match reference {
            Some(reference) if has_kind(&reference) => entity.references.push(reference),
            Some(_) => {
                let what = "a reference that does not say of which kind the entity is: Backstage refuses it";
                unread.push(Unread { what, span: Some(node.span) });
            }
            None => {
                let what = "a reference that is none: Backstage reads `[kind:][namespace/]name`";
                unread.push(Unread { what, span: Some(node.span) });
            }
        }
    }
}

/// A reference in its long form.
fn compound(field: Field, node: &Node<'_>) -> Option<Reference> {
    let text = |key: &str| node.get(key).and_then(scalar).map(|text| text.value);
    Some(Reference {
        field,
        kind: text("kind").map(|kind| EntityKind::of_word(&kind)),
        namespace: text("namespace"),
        name: text("name")?,
        span: node.span,
    })
}

fn definition(file: &RepoPath, node: &Node<'_>) -> Option<Definition> {
    let written = PLACEHOLDERS.iter().find_map(|key| node.get(key).and_then(scalar))?;
    Some(Definition { path: beside(file, &written.value), written })
}

fn targets(file: &RepoPath, tree: &Node<'_>, kind: &EntityKind) -> Vec<Target> {
    if *kind != EntityKind::Location {
        return Vec::new();
    }
    let one = tree.at(&["spec", "target"]).into_iter();
    let many = tree.at(&["spec", "targets"]).into_iter().flat_map(Node::items);
    let written = one.chain(many).filter_map(scalar);
    written.map(|written| Target { path: beside(file, &written.value), written }).collect()
}

/// A file that is named from the folder of another one; `None` for an address, and for what lies elsewhere.
fn beside(file: &RepoPath, written: &str) -> Option<RepoPath> {
    let written = written.trim();
    let is_elsewhere = written.contains("://") || template::holds_mark(written);
    file.parent().filter(|_| !is_elsewhere)?.join(written).filter(|path| !path.as_str().is_empty())
}
