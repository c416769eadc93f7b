//! Values out of a parsed document, each in the shape that Kubernetes, or kustomize, takes.
//!
//! Invariant: what is taken out of a file costs no more than a multiple of its size, however often aliases
//! repeat it. What Kubernetes would refuse is a fault; what is missing or null is nothing.

use crate::text::yaml::Node;
use crate::text::{Fault, RepoPath, Span, Spanned};

/// How many faults of shape are told of one document.
const MOST_FAULTS: usize = 20;

/// What one file may cost at least, in bytes.
const LEAST_BUDGET: usize = 1024 * 1024;

/// How many times its size a file may cost.
const BUDGET_OF_SIZE: usize = 5;

/// Takes values out of the documents of one file.
#[derive(Debug)]
pub(in crate::sources) struct Shapes<'p> {
    path: &'p RepoPath,
    /// Who takes the shapes.
    reader: &'static str,
    /// What the file may still cost; nothing is read, or wrong, once it has cost too much.
    left: Option<usize>,
    faults: Vec<Fault>,
}

impl<'p> Shapes<'p> {
    /// For a file of this size.
    pub(super) fn new(path: &'p RepoPath, size: usize) -> Self {
        Self::taken_by("Kubernetes", path, size)
    }

    /// The same for what somebody else takes.
    pub(in crate::sources) fn taken_by(reader: &'static str, path: &'p RepoPath, size: usize) -> Self {
        Self {
            path,
            reader,
            left: Some(size.saturating_mul(BUDGET_OF_SIZE).saturating_add(LEAST_BUDGET)),
            faults: Vec::new(),
        }
    }

    /// The faults so far, which are then forgotten.
    pub(in crate::sources) fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    /// The map under a key.
    pub(in crate::sources) fn map<'n, 't>(&mut self, node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
        let (name, value) = entry(node, key)?;
        if !value.is_map() {
            self.refuse(key, name.span, value, "a map");
            return None;
        }
        self.spend_on(value).then_some(value)
    }

    /// The map under several keys, one in the other.
    pub(super) fn map_at<'n, 't>(&mut self, node: &'n Node<'t>, keys: &[&str]) -> Option<&'n Node<'t>> {
        keys.iter().try_fold(node, |node, key| self.map(node, key))
    }

    /// The maps in a list under a key, but those that are there to be taken out: patches say so.
    pub(in crate::sources) fn maps<'n, 't>(&mut self, node: &'n Node<'t>, key: &str) -> Vec<&'n Node<'t>> {
        let mut found = Vec::new();
        for item in self.list(node, key) {
            if !self.spend_on(item) {
                break;
            }
            if item.is_map() {
                found.extend((!is_deleted(item)).then_some(item));
            } else if !item.is_null() {
                self.refuse_item(key, item, "a list of maps");
            }
        }
        found
    }

    /// The text under a key; numbers are texts as well.
    pub(in crate::sources) fn text(&mut self, node: &Node<'_>, key: &str) -> Option<Spanned<String>> {
        let (name, value) = entry(node, key)?;
        if !value.is_scalar() {
            self.refuse(key, name.span, value, "a text");
            return None;
        }
        self.copied(value)
    }

    /// The text under a key, without its place.
    pub(in crate::sources) fn word(&mut self, node: &Node<'_>, key: &str) -> Option<String> {
        self.text(node, key).map(|text| text.value)
    }

    /// The texts in a list under a key.
    pub(in crate::sources) fn texts(&mut self, node: &Node<'_>, key: &str) -> Vec<Spanned<String>> {
        let mut found = Vec::new();
        for item in self.list(node, key) {
            if !self.spend_on(item) {
                break;
            }
            if item.is_scalar() {
                found.extend(self.copied(item));
            } else {
                self.refuse_item(key, item, "a list of texts");
            }
        }
        found
    }

    /// The keys and values of a map of texts under a key.
    pub(in crate::sources) fn pairs(&mut self, node: &Node<'_>, key: &str) -> Vec<(String, String)> {
        let Some(map) = self.map(node, key) else { return Vec::new() };
        let mut found = Vec::new();
        for (name, value) in map.entries().iter().filter(|(name, _)| name.text() != Some("$patch")) {
            let (Some(name), true) = (self.copied(name), value.is_scalar() || value.is_null()) else {
                self.refuse_item(key, value, "a map of texts");
                continue;
            };
            let value = self.copied(value).map_or_else(String::new, |value| value.value);
            found.push((name.value, value));
        }
        found
    }

    /// A scalar with its place, as far as the budget goes.
    pub(in crate::sources) fn copied(&mut self, scalar: &Node<'_>) -> Option<Spanned<String>> {
        let length = scalar.text()?.len();
        self.spend(length, scalar.span).then(|| scalar.spanned()).flatten()
    }

    /// Whether a text that was taken already can be kept once more.
    pub(super) fn copied_again(&mut self, text: &Spanned<String>) -> bool {
        self.spend(text.value.len(), text.span)
    }

    fn list<'n, 't>(&mut self, node: &'n Node<'t>, key: &str) -> &'n [Node<'t>] {
        let Some((name, value)) = entry(node, key) else { return &[] };
        if !value.is_list() {
            self.refuse(key, name.span, value, "a list");
        }
        value.items()
    }

    /// What it costs to look at a value: an entry in a list of ours, and a look at each of its keys. Without
    /// aliases no file can cost too much, but for one that holds little else than texts of one letter.
    fn spend_on(&mut self, node: &Node<'_>) -> bool {
        let cost = if node.is_scalar() { 8 } else { 32 + 8 * node.entries().len() };
        self.spend(cost, node.span)
    }

    fn spend(&mut self, amount: usize, span: Span) -> bool {
        let Some(left) = self.left else { return false };
        self.left = left.checked_sub(amount);
        if self.left.is_none() {
            let message = "the aliases of this file repeat more than its size lets it say";
            let fault = Fault::of(self.path, message).at(Span { end: span.start, ..span }, "from here on");
            self.faults.push(fault.help("write it with fewer aliases, or take it out with `[scan] exclude`"));
        }
        self.left.is_some()
    }

    fn refuse(&mut self, key: &str, span: Span, value: &Node<'_>, wanted: &str) {
        self.tell(span, format!("`{key}` is {}, and {} takes {wanted} here", value.what(), self.reader));
    }

    fn refuse_item(&mut self, key: &str, item: &Node<'_>, wanted: &str) {
        let message = format!("`{key}` holds {}, and {} takes {wanted} here", item.what(), self.reader);
        self.tell(item.span, message);
    }

    /// Tells a fault, unless there are too many already.
    pub(in crate::sources) fn tell(&mut self, span: Span, message: String) {
        if self.faults.len() < MOST_FAULTS && self.left.is_some() {
            let fault = Fault::of(self.path, message).at(span, "here");
            let help = "refuses it as well: mend it, or take the file out with `[scan] exclude`";
            self.faults.push(fault.help(format!("{} {help}", self.reader)));
        }
    }
}

/// A key of a map and its value, unless that is null.
fn entry<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<(&'n Node<'t>, &'n Node<'t>)> {
    let found = node.entries().iter().find(|(name, _)| name.text() == Some(key));
    found.map(|(name, value)| (name, value)).filter(|(_, value)| !value.is_null())
}

/// Whether an entry of a patch takes out what is there.
pub(super) fn is_deleted(node: &Node<'_>) -> bool {
    node.get("$patch").and_then(Node::text) == Some("delete")
}
