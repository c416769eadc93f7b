//! Kubernetes manifests: workloads, and the services, routes, maps, secrets and claims around them.
//!
//! Invariant: what one file costs is bounded by its size. Documents of other kinds are not parsed, a template
//! is told and never guessed at, and no value of a `Secret` leaves this room.

mod containers;
mod credentials;
mod facts;
mod glance;
mod kinds;
mod objects;
mod references;
mod shapes;
mod workloads;

#[cfg(test)]
mod tests;

use std::ops::Range;

use memchr::memmem::Finder;

use crate::sources::template;
use crate::text::{Fault, LineIndex, RepoPath, Span, yaml};

use kinds::Meaning;

pub use facts::{
    Backend, Body, Container, EnvFrom, EnvFromSource, EnvValue, EnvVar, HostAlias, Mount, Object, Port,
    ServiceBody, Volume, VolumeSource, Workload,
};
pub use kinds::ObjectKind;
pub use references::expand_references;

pub(in crate::sources) use credentials::is_credential;
pub(crate) use credentials::kept;
pub(in crate::sources) use shapes::Shapes;

/// How many faults are told of one file; whoever wrote it has understood by then.
const MOST_FAULTS: usize = 100;

/// A document that is one of ours and is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What it is, as the end of "this is …".
    pub what: &'static str,
    /// Where it shows.
    pub span: Span,
}

/// Whether a file could hold an object: it has `apiVersion` and `kind` as keys.
///
/// Most files have not, and are left after one search for the rarer of the two.
pub fn has_marker(bytes: &[u8]) -> bool {
    has_key(bytes, &Finder::new("apiVersion")) && has_key(bytes, &Finder::new("kind"))
}

fn has_key(bytes: &[u8], key: &Finder<'_>) -> bool {
    key.find_iter(bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_start = before.is_none_or(|byte| b" \t\n\"'{,".contains(byte));
        let rest = bytes.get(at + key.needle().len()..).unwrap_or_default();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let behind = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        is_start && behind == Some(&b':')
    })
}

/// Reads all documents of a file: the objects, what is wrong, and what is recognised and not read.
///
/// One that is broken, a template, or of a kind that is not ours leaves the others whole. An object without a
/// name says nothing that others could mean, and is left out.
pub fn read(path: &RepoPath, text: &str) -> (Vec<Object>, Vec<Fault>, Vec<Unread>) {
    let mut reading = Reading::new(path, text);
    for range in yaml::documents(text) {
        reading.document(range);
    }
    (reading.objects, reading.faults, reading.unread)
}

/// The same for documents that stand in a file of something else.
pub(in crate::sources) fn read_within(
    path: &RepoPath,
    text: &str,
    documents: Vec<Range<usize>>,
) -> (Vec<Object>, Vec<Fault>, Vec<Unread>) {
    let mut reading = Reading::new(path, text);
    documents.into_iter().for_each(|range| reading.document(range));
    (reading.objects, reading.faults, reading.unread)
}

/// One container, as an operation of a patch brings it.
pub(in crate::sources) fn read_container(shapes: &mut Shapes<'_>, node: &yaml::Node<'_>) -> Container {
    containers::container(shapes, node)
}

/// One variable, as an operation of a patch brings it.
pub(in crate::sources) fn read_variable(shapes: &mut Shapes<'_>, node: &yaml::Node<'_>) -> Option<EnvVar> {
    containers::variable(shapes, node)
}

/// What was read so far of one file.
struct Reading<'p> {
    path: &'p RepoPath,
    text: &'p str,
    shapes: Shapes<'p>,
    objects: Vec<Object>,
    faults: Vec<Fault>,
    unread: Vec<Unread>,
    /// Made when the first line has to be named.
    lines: Option<LineIndex>,
}

impl<'p> Reading<'p> {
    fn new(path: &'p RepoPath, text: &'p str) -> Self {
        Self {
            path,
            text,
            shapes: Shapes::new(path, text.len()),
            objects: Vec::new(),
            faults: Vec::new(),
            unread: Vec::new(),
            lines: None,
        }
    }

    fn document(&mut self, range: Range<usize>) {
        let document = &self.text[range.clone()];
        if !glance::could_be_ours(document) {
            return;
        }
        if let Some(at) = template::mark(document) {
            self.leave(Span::new(range.start + at..range.start + at + 2));
            return;
        }
        let (root, mut faults) = yaml::parse(self.text, range.clone(), self.path);
        let mut secret = glance::secret(document);
        if let Some(root) = root {
            let Some(meaning) = objects::meaning(&root) else { return };
            if meaning == Meaning::Object(ObjectKind::Secret) {
                secret.get_or_insert(None);
            }
            let objects = objects::objects(&mut self.shapes, meaning, &root);
            faults.extend(self.shapes.take_faults());
            objects.into_iter().for_each(|object| self.keep(object));
        }
        if let Some(line) = secret {
            faults = faults.into_iter().map(|fault| self.without_place(fault, &range, line)).collect();
        }
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room));
    }

    fn keep(&mut self, object: Object) {
        match place_to_fill_in(&object) {
            Some(span) => self.leave(span),
            None => self.objects.push(object),
        }
    }

    fn leave(&mut self, span: Span) {
        self.unread.push(Unread { what: template::WHAT, span });
    }

    /// A fault of a document with a `Secret`: reports show the line of its place, which may hold a value. So it
    /// is told at the line that says what the document is, or for the whole file.
    fn without_place(&mut self, fault: Fault, document: &Range<usize>, line: Option<usize>) -> Fault {
        let lines = self.lines.get_or_insert_with(|| LineIndex::new(self.text));
        let at = lines.position(self.text, fault.span.unwrap_or_default().start);
        let message = format!("{} (line {})", fault.message, at.line);
        let span = line.map(|at| Span::new(document.start + at..document.start + at + "kind".len()));
        let label = span.map_or_else(String::new, |_| "in this one".to_owned());
        Fault { span, message, label, ..fault }
    }
}

/// Where what an object is known by is only filled in later; in quotes that is valid YAML.
fn place_to_fill_in(object: &Object) -> Option<Span> {
    let images = match &object.body {
        Body::Workload(workload) => workload.images().collect(),
        _ => Vec::new(),
    };
    let mut names = [Some(&object.name), object.namespace.as_ref()].into_iter().flatten().chain(images);
    names.find(|name| template::holds_mark(&name.value)).map(|name| name.span)
}
