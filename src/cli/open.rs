//! Finding the repository and its configuration.

use std::path::Path;

use crate::Repository;
use crate::features::{CONFIGURATION_FILE, Configuration};
use crate::report::{Texts, faults, safe_line};
use crate::snapshot::{ReadFailure, Snapshot, WorkTree, find_root, read_outside};
use crate::text::{Date, Fault, RepoPath};

use super::{How, Outcome, style_of_messages};

/// A work tree, and what configures it.
pub(super) struct Opened {
    pub(super) tree: WorkTree,
    /// Its name in messages, and its text; `None` if there is none.
    pub(super) configuration: Option<(RepoPath, String)>,
    is_outside: bool,
}

impl Opened {
    /// Opens what the arguments name.
    pub(super) fn new(path: Option<&Path>, how: &How) -> Result<Self, Outcome> {
        let start = path.unwrap_or(Path::new("."));
        let shown = safe_line(&start.to_string_lossy());
        let root = match find_root(start) {
            Some(root) => root,
            // Who names a folder means it, with a mark or without: an unpacked archive has none.
            None if path.is_some() || how.config.is_some() => start.to_path_buf(),
            None => return Err(Outcome::error(no_repository(start))),
        };
        let tree = WorkTree::open(&root)
            .map_err(|why| Outcome::error(format!("error: `{shown}` can't be opened: {why}\n")))?;
        let opened = Self { tree, configuration: None, is_outside: how.config.is_some() };
        match &how.config {
            Some(file) => opened.with_outside(file),
            None => opened.with_own(),
        }
    }

    fn with_outside(mut self, file: &Path) -> Result<Self, Outcome> {
        let refused =
            |why: String| Outcome::error(format!("error: `{}`: {why}\n", safe_line(&file.to_string_lossy())));
        let bytes = read_outside(file).map_err(|failure| refused(failure.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| refused("not UTF-8".to_owned()))?;
        // Evidence is told by the name that the user gave, as far as that is a path in UTF-8.
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or(CONFIGURATION_FILE);
        let path = file.to_str().and_then(RepoPath::new);
        let path = path.or_else(|| RepoPath::new(name)).unwrap_or_else(RepoPath::root);
        self.configuration = Some((path, text));
        Ok(self)
    }

    fn with_own(mut self) -> Result<Self, Outcome> {
        let Some(path) = RepoPath::new(CONFIGURATION_FILE) else {
            return Ok(self);
        };
        match self.tree.read(&path) {
            Err(ReadFailure::Missing) => {}
            Err(failure) => {
                return Err(Outcome::error(format!("error: `{path}`: {failure}\n")));
            }
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => self.configuration = Some((path, text)),
                Err(_) => return Err(Outcome::error(format!("error: `{path}` is not UTF-8\n"))),
            },
        }
        Ok(self)
    }

    /// Refuses to go on where nothing says which features there are.
    pub(super) fn needs_configuration(&self) -> Result<(), Outcome> {
        match self.configuration {
            Some(_) => Ok(()),
            None => Err(Outcome::error(format!(
                "error: no `{CONFIGURATION_FILE}`: nothing says which features this repository has\n  \
                 help: `watertight check` proposes the first lines of one\n"
            ))),
        }
    }

    /// The texts that evidence points into.
    pub(super) fn texts(&self) -> Texts<'_> {
        let texts = Texts::new(&self.tree);
        match &self.configuration {
            Some((path, text)) if self.is_outside => texts.with(path.clone(), text),
            _ => texts,
        }
    }

    /// Reads the configuration and the repository.
    pub(super) fn load(&self, how: &How) -> Result<Repository, Outcome> {
        let (configuration, mut found) = match &self.configuration {
            Some((path, text)) => Configuration::read(path, text),
            None => (Configuration::empty(), Vec::new()),
        };
        if !found.is_empty() {
            found.sort();
            return Err(self.errors(&found));
        }
        let cargo = how.cargo.chosen(self.tree.root());
        let today = how.today.unwrap_or_else(Date::today);
        Repository::load(&self.tree, configuration, today, cargo.as_ref()).map_err(|mut faults| {
            faults.sort();
            self.errors(&faults)
        })
    }

    fn errors(&self, found: &[Fault]) -> Outcome {
        Outcome::error(faults("error", found, &self.texts(), style_of_messages()))
    }
}

fn no_repository(start: &Path) -> String {
    format!(
        "error: no repository at `{}`: no folder from there upward holds `{CONFIGURATION_FILE}` or `.git`\n  \
         help: name the folder of one: `watertight check path/to/repository`\n",
        safe_line(&start.to_string_lossy())
    )
}
