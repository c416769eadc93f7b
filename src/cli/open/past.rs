//! What commits say of the repository that was opened.

use crate::Repository;
use crate::features::ChangedTogether;
use crate::insight::{ChangesAsked, PastChanges, features_together, past_changes, untied};
use crate::report::safe_line;
use crate::snapshot::Commit;
use crate::text::{Period, RepoPath};

use super::{InGit, Opened};

/// The commits that `git blame` is told to look past.
const IGNORED_REVISIONS: &str = ".git-blame-ignore-revs";

impl Opened<'_> {
    /// With features coupled that change together. Where there is no history, nothing is made up, and a notice says so.
    pub(super) fn changing_together(&self, repository: Repository) -> Repository {
        match self.history(&repository, None) {
            Ok(history) => {
                self.note(&history);
                let together = changed_together(&history, &repository);
                repository.changing_together(together)
            }
            Err(why) => {
                let what = format!("note: which features change together is not known: {why}\n");
                *self.history.borrow_mut() += &safe_line(what.trim_end());
                self.history.borrow_mut().push('\n');
                repository
            }
        }
    }

    /// Remembers what a person should know about how far a history could be read.
    pub(in crate::cli) fn note(&self, history: &PastChanges) {
        for note in &history.notes {
            let line = format!("note: {}\n", safe_line(note));
            let is_known = self.history.borrow().contains(&line);
            if !is_known {
                self.history.borrow_mut().push_str(&line);
            }
        }
    }

    /// What a person should know about how far history could be read; told once.
    pub(in crate::cli) fn history_notice(&self) -> String {
        self.history.take()
    }

    /// The history of what is read, or why there is none.
    pub(in crate::cli) fn history(
        &self,
        repository: &Repository,
        since: Option<Period>,
    ) -> Result<PastChanges, String> {
        let git = self.git.as_ref().map_err(Clone::clone)?;
        let head = git.head().map_err(|unfound| unfound.message)?;
        let head = head.ok_or_else(|| "there is no commit yet".to_owned())?;
        Ok(self.history_until(git, (&head, &head), repository, since))
    }

    /// The history until a commit, in the words of a later one.
    pub(in crate::cli) fn history_until(
        &self,
        git: &InGit,
        (until, told_at): (&Commit, &Commit),
        repository: &Repository,
        since: Option<Period>,
    ) -> PastChanges {
        let ignored = RepoPath::new(IGNORED_REVISIONS).and_then(|path| self.snapshot.read(&path).ok());
        let ignored = ignored.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        past_changes(&ChangesAsked {
            git: &git.repository,
            folder: &git.prefix,
            until,
            told_at,
            since: since.unwrap_or(repository.configuration.changes.since),
            linked: &repository.linked,
            map: &repository.map,
            configuration: &repository.configuration,
            ignored_revisions: &ignored,
        })
    }
}

/// The features that change together, and that nothing else ties.
pub(in crate::cli) fn changed_together(
    history: &PastChanges,
    repository: &Repository,
) -> Vec<ChangedTogether> {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let found = features_together(history, (graph, map), &repository.configuration.changes);
    untied(history, &found, map)
}
