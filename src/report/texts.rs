//! The texts of the files that evidence points into.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::snapshot::Snapshot;
use crate::sources::read_text;
use crate::text::{LineIndex, Position, RepoPath, Span};

/// Reads each file once, when it is first asked for.
pub struct Texts<'s> {
    snapshot: &'s dyn Snapshot,
    /// A configuration that lies outside of the repository, by the name that it goes by.
    outside: Option<(RepoPath, Rc<str>)>,
    known: RefCell<BTreeMap<RepoPath, Rc<str>>>,
}

impl<'s> Texts<'s> {
    /// The texts of a snapshot.
    pub fn new(snapshot: &'s dyn Snapshot) -> Self {
        Self { snapshot, outside: None, known: RefCell::default() }
    }

    /// Adds a file that is no part of the snapshot.
    #[must_use]
    pub fn with(mut self, path: RepoPath, text: &str) -> Self {
        self.outside = Some((path, text.into()));
        self
    }

    /// The text of a file; empty if it can't be read any more.
    pub fn of(&self, path: &RepoPath) -> Rc<str> {
        if let Some((outside, text)) = &self.outside
            && outside == path
        {
            return text.clone();
        }
        let mut known = self.known.borrow_mut();
        let read = || Rc::from(read_text(self.snapshot, path).unwrap_or_default());
        known.entry(path.clone()).or_insert_with(read).clone()
    }

    /// The line and column where a span starts.
    pub fn position(&self, path: &RepoPath, span: Span) -> Position {
        LineIndex::new(&self.of(path)).position(span.start)
    }
}
