//! Reads a kustomization.

use crate::sources::kubernetes::{Shapes, is_credential, kept, read_within};
use crate::sources::{Unread, template};
use crate::text::yaml::{self, Node};
use crate::text::{Fault, RepoPath, Span, Spanned};

use super::facts::{Generated, ImageChange, Kustomization, Literal, Patch, PatchBody, Target};
use super::inline;
use super::operations::operations;

/// Keys that say something of what runs and that are not read, and what is told of each.
const UNREAD: [(&str, &str); 7] = [
    ("replacements", "replacements: what they copy from one field to another is not read"),
    ("vars", "variables: where kustomize puts them is not read"),
    ("generators", "generators: what they make is not read"),
    ("transformers", "transformers: what they change is not read"),
    ("helmCharts", "a Helm chart that kustomize fills in: what comes of it is not read"),
    ("helmChartInflationGenerator", "a Helm chart that kustomize fills in: what comes of it is not read"),
    ("configurations", "configurations: what else kustomize changes because of them is not read"),
];

/// How many faults are told of one file; whoever wrote it has understood by then.
const MOST_FAULTS: usize = 100;

/// Reads a file: what it says, and what is wrong with it.
pub fn read(path: &RepoPath, text: &str) -> (Option<Kustomization>, Vec<Fault>) {
    let Some(range) = yaml::documents(text).into_iter().next() else { return (None, Vec::new()) };
    let (root, faults) = yaml::parse(text, range, path);
    let Some(root) = root.filter(Node::is_map) else { return (None, faults) };
    let mut reading = Reading {
        path,
        text,
        shapes: Shapes::taken_by("kustomize", path, text.len()),
        found: Kustomization::default(),
        faults,
    };
    reading.whole(&root);
    let Reading { mut shapes, found, mut faults, .. } = reading;
    faults.extend(shapes.take_faults());
    faults.truncate(MOST_FAULTS);
    (Some(found), faults)
}

/// What was read so far.
struct Reading<'p> {
    path: &'p RepoPath,
    text: &'p str,
    shapes: Shapes<'p>,
    found: Kustomization,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn whole(&mut self, root: &Node<'_>) {
        self.found.is_component = self.shapes.word(root, "kind").is_some_and(|kind| kind == "Component");
        for key in ["resources", "bases", "components"] {
            let all = self.shapes.texts(root, key);
            self.found.resources.extend(all);
        }
        self.found.namespace = self.shapes.text(root, "namespace");
        self.found.name_prefix = self.shapes.text(root, "namePrefix");
        self.found.name_suffix = self.shapes.text(root, "nameSuffix");
        for node in self.shapes.maps(root, "images") {
            self.image(node);
        }
        for (key, is_secret) in [("configMapGenerator", false), ("secretGenerator", true)] {
            for node in self.shapes.maps(root, key) {
                self.generated(node, is_secret);
            }
        }
        self.patches(root);
        for (key, value) in root.entries() {
            let known = UNREAD.iter().find(|(name, _)| key.text() == Some(*name));
            let says_something = !(value.is_null() || value.is_list() && value.items().is_empty());
            if let (Some((_, what)), true) = (known, says_something) {
                self.leave(what, key.span);
            }
        }
    }

    fn leave(&mut self, what: &'static str, span: Span) {
        self.found.unread.push(Unread { what, span: Some(span) });
    }

    fn image(&mut self, node: &Node<'_>) {
        let Some(name) = self.shapes.text(node, "name") else { return };
        self.found.images.push(ImageChange {
            name,
            new_name: self.shapes.text(node, "newName"),
            new_tag: self.shapes.text(node, "newTag"),
            digest: self.shapes.text(node, "digest"),
        });
    }

    fn generated(&mut self, node: &Node<'_>, is_secret: bool) {
        let Some(name) = self.shapes.text(node, "name") else { return };
        let literals = self.shapes.texts(node, "literals");
        let literals = literals.into_iter().filter_map(|text| literal(text, is_secret)).collect();
        let mut files = self.shapes.texts(node, "envs");
        files.extend(self.shapes.text(node, "env"));
        self.found.generated.push(Generated { is_secret, name, literals, files });
    }

    fn patches(&mut self, root: &Node<'_>) {
        for text in self.shapes.texts(root, "patchesStrategicMerge") {
            self.patch(text, None);
        }
        for key in ["patches", "patchesJson6902"] {
            for node in self.shapes.maps(root, key) {
                let Ok(target) = self.target(node) else { continue };
                let text = self.shapes.text(node, "patch");
                if let Some(text) = text {
                    self.patch(text, target);
                } else if let Some(file) = self.shapes.text(node, "path") {
                    let span = file.span;
                    self.found.patches.push(Patch { target, body: PatchBody::File(file), span });
                }
            }
        }
    }

    /// A patch that is a text, or the file that it names.
    fn patch(&mut self, text: Spanned<String>, target: Option<Target>) {
        let span = text.span;
        if !text.value.contains('\n') && !text.value.contains([':', '{']) {
            self.found.patches.push(Patch { target, body: PatchBody::File(text), span });
            return;
        }
        let Some(documents) = inline::documents(self.text, span) else {
            self.leave("a patch that is written with escapes: it is not read", span);
            return;
        };
        let first = documents.first().cloned().unwrap_or_default();
        if template::mark(self.text.get(first.clone()).unwrap_or_default()).is_some() {
            self.leave(template::WHAT, span);
            return;
        }
        if is_list(self.text.get(first.clone()).unwrap_or_default()) {
            let (root, faults) = yaml::parse(self.text, first, self.path);
            self.faults.extend(faults);
            if let Some(root) = root {
                let (found, faults) = operations(&mut self.shapes, &root);
                self.faults.extend(faults);
                self.found.patches.push(Patch { target, body: PatchBody::Operations(found), span });
            }
            return;
        }
        let (objects, faults, unread) = read_within(self.path, self.text, documents);
        self.faults.extend(faults);
        unread.into_iter().for_each(|one| self.leave(one.what, one.span));
        self.found.patches.push(Patch { target, body: PatchBody::Objects(objects), span });
    }

    /// Whom a patch is for. An error where that can't be told from what is written; it is a gap then.
    fn target(&mut self, node: &Node<'_>) -> Result<Option<Target>, ()> {
        let Some(target) = self.shapes.map(node, "target") else { return Ok(None) };
        let kind = self.shapes.word(target, "kind").filter(|kind| kind != ".*");
        let name = self.shapes.text(target, "name").filter(|name| name.value != ".*");
        let namespace = self.shapes.word(target, "namespace");
        let selector = self.shapes.text(target, "labelSelector");
        let annotations = self.shapes.text(target, "annotationSelector");
        let names = name.as_ref().map(|name| alternatives(&name.value));
        let labels = selector.as_ref().map_or(Some(Vec::new()), |selector| equalities(&selector.value));
        match (names, labels, annotations) {
            (Some(None), ..) | (_, None, _) | (_, _, Some(_)) => {
                self.leave(
                    "a patch whose targets are only known by an expression: it is not read",
                    target.span,
                );
                Err(())
            }
            (names, Some(labels), None) => {
                Ok(Some(Target { kind, names: names.flatten(), namespace, labels }))
            }
        }
    }
}

/// A key and its value. Of a secret the value is not kept.
fn literal(text: Spanned<String>, is_secret: bool) -> Option<Literal> {
    let (key, value) = text.value.split_once('=')?;
    let value = value.trim_matches(['"', '\'']);
    let is_kept = !is_secret && !template::holds_mark(value);
    let value = is_kept.then(|| kept(key, value.to_owned())).filter(|value| !value.is_empty());
    // Where the value is not to be seen, the place is none of its own either.
    let span =
        if is_secret || is_credential(key) { Span { end: text.span.start, ..text.span } } else { text.span };
    Some(Literal {
        key: Spanned { value: key.to_owned(), span },
        value: value.map(|value| Spanned { value, span: text.span }),
    })
}

/// The names that an expression stands for, if it is one name or several with `|` between them.
fn alternatives(name: &str) -> Option<Vec<String>> {
    let name = name.trim_start_matches('^').trim_end_matches('$');
    let name = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
    let names: Vec<String> = name.split('|').map(str::to_owned).collect();
    let is_name = |name: &String| {
        !name.is_empty()
            && name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.'))
    };
    names.iter().all(is_name).then_some(names)
}

/// The labels of a selector that only says what they are.
fn equalities(selector: &str) -> Option<Vec<(String, String)>> {
    let each = selector.split(',').map(str::trim).filter(|one| !one.is_empty());
    each.map(|one| {
        let (key, value) = one.split_once('=')?;
        let value = value.strip_prefix('=').unwrap_or(value).trim();
        let is_word = !key.ends_with('!') && !value.contains([' ', '(']);
        is_word.then(|| (key.trim().to_owned(), value.to_owned()))
    })
    .collect()
}

/// Whether a document is a list of operations.
fn is_list(document: &str) -> bool {
    let mut lines = document.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| line.starts_with('[') || line.starts_with("- ") || line == "-")
}
