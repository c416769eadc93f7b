//! The texts of the files that evidence points into.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::snapshot::Snapshot;
use crate::sources::read_text;
use crate::text::{LineIndex, Location, Position, RepoPath, Span};

use super::{masked, safe};

/// Reads each file once, when it is first asked for.
pub struct Texts<'s> {
    snapshot: &'s dyn Snapshot,
    /// A configuration that lies outside of the repository, by the name that it goes by.
    outside: Option<(RepoPath, &'s str)>,
    /// Where the root lies in the checkout that a CI system knows.
    prefix: RepoPath,
    known: RefCell<BTreeMap<RepoPath, Rc<File>>>,
}

/// A text, as it is and as it may be shown, and its lines.
struct File {
    text: String,
    safe: OnceCell<Arc<str>>,
    lines: LineIndex,
}

impl<'s> Texts<'s> {
    /// The texts of a snapshot.
    pub fn new(snapshot: &'s dyn Snapshot) -> Self {
        Self { snapshot, outside: None, prefix: RepoPath::root(), known: RefCell::default() }
    }

    /// Says where the root of what was read lies in its git repository.
    #[must_use]
    pub fn within(mut self, prefix: RepoPath) -> Self {
        self.prefix = prefix;
        self
    }

    /// A path as a CI system names it: from the top of the git repository.
    pub(super) fn in_git(&self, path: &str) -> String {
        match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix if path == "." => prefix.to_owned(),
            prefix => format!("{prefix}/{path}"),
        }
    }

    /// Adds a file that is no part of the snapshot.
    #[must_use]
    pub fn with(mut self, path: RepoPath, text: &'s str) -> Self {
        self.outside = Some((path, text));
        self
    }

    /// The text of a file, made harmless for a terminal and without its credentials, at the same length;
    /// empty if it can't be read any more.
    pub fn safe(&self, path: &RepoPath) -> Arc<str> {
        let file = self.file(path);
        file.safe.get_or_init(|| safe(&masked(path.as_str(), &file.text)).into()).clone()
    }

    /// The line and column where a span starts.
    pub fn position(&self, path: &RepoPath, span: Span) -> Position {
        let file = self.file(path);
        file.lines.position(&file.text, span.start)
    }

    /// The line in which a place begins, without the blanks around it, made harmless.
    pub(super) fn line(&self, place: &Location) -> String {
        let text = self.safe(&place.path);
        let start = text
            .get(..place.span.range().start)
            .map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim().to_owned()
    }

    /// The lines and columns where a span starts, and where what follows it does.
    pub fn range(&self, path: &RepoPath, span: Span) -> (Position, Position) {
        let file = self.file(path);
        let at = |offset| file.lines.position(&file.text, offset);
        (at(span.start), at(span.end.max(span.start)))
    }

    fn file(&self, path: &RepoPath) -> Rc<File> {
        let mut known = self.known.borrow_mut();
        if let Some(file) = known.get(path) {
            return file.clone();
        }
        let text = match &self.outside {
            Some((outside, text)) if outside == path => (*text).to_owned(),
            _ => read_text(self.snapshot, path).unwrap_or_default(),
        };
        let file = Rc::new(File { safe: OnceCell::new(), lines: LineIndex::new(&text), text });
        known.insert(path.clone(), file.clone());
        file
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;
    use crate::report::{Style, faults};
    use crate::snapshot::MemorySnapshot;
    use crate::text::{Fault, RepoPath, Span};

    #[test]
    fn what_is_shown_of_a_file_has_no_credential_and_points_to_the_same_place() {
        let line = "CART: { password: hunter2, url: 'redis://:hunter2@cache:6379' }\n";
        let at = line.find("cache").unwrap();
        let snapshot = MemorySnapshot::new([("compose.yaml", line)]);
        let texts = Texts::new(&snapshot);
        let path = RepoPath::new("compose.yaml").unwrap();
        let fault = Fault::of(&path, "`redis://:hunter2@cache:6379` is odd");
        let fault = fault.at(Span::new(at..at + 5), "here");
        let style = Style::PLAIN;
        let shown = faults("problem", &[fault], &texts, style);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("cache:6379"), "{shown}");
        assert_eq!(texts.safe(&path).find("cache"), Some(at));
    }
}
