//! What is wrong with an input.

use super::{RepoPath, Span};

/// What is wrong with an input, where, and what to do about it.
///
/// It becomes a *problem* (the rest is still checked) or an *error* (the run can't go on) by where
/// it is returned; the shape is the same, and only `report` renders it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file or folder, as text: a path that is no valid [`RepoPath`] can be at fault too.
    pub path: String,
    /// Where in the file; `None` when the whole file or folder is meant.
    pub span: Option<Span>,
    /// What happened, as one sentence.
    pub message: String,
    /// A few words to stand under the span.
    pub label: String,
    /// What to do about it; empty when the message says it already.
    pub help: String,
}

impl Fault {
    /// A fault of a whole file or folder.
    pub fn of(path: &RepoPath, message: impl Into<String>) -> Self {
        Self {
            path: path.to_string(),
            span: None,
            message: message.into(),
            label: String::new(),
            help: String::new(),
        }
    }

    /// Says where in the file, and what to write under the place.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.span = Some(span);
        self.label = label.into();
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}
