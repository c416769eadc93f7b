//! What a change is compared with.

use crate::baseline::{Baseline, BaselineSize};
use crate::features::{CONFIGURATION_FILE, ChangedTogether, Configuration};
use crate::insight::Independence;
use crate::report::{Compared, Numbers};
use crate::snapshot::{Commit, DAMAGED, GitFiles, Snapshot};
use crate::text::RepoPath;
use crate::{Base, Repository};

use super::Outcome;
use super::open::{InGit, Opened, changed_together, read_baseline, read_own, unfound_commit};

/// What is said of a base that can't be judged by its own configuration.
const BROKEN: &str = "the configuration of the base has errors";

/// What a change started from, and how to name it.
pub(super) struct Since {
    pub(super) base: Base,
    pub(super) compared: Compared,
    /// The baseline that it had.
    pub(super) baseline: Option<Baseline>,
}

impl Since {
    /// Reads what a change that ends at `head` started from.
    pub(super) fn new(named: &str, opened: &Opened<'_>, head: &Repository) -> Result<Self, Outcome> {
        let git = opened.git.as_ref().map_err(|why| {
            let what = format!("`--since` compares with a commit, and {why}");
            Outcome::refused(&what, "leave `--since` out to check everything that lies here")
        })?;
        let (files, mut compared, commit) = files_of(named, git)?;
        let (configuration, note) = configuration_of(&files, opened);
        let is_sound = configuration.is_some();
        let together = commit.map_or_else(Vec::new, |commit| changed_until(&commit, (git, opened), head));
        let base = Base::load(&files, configuration, head, opened.cache(), &together);
        // What stands next to the code, and in files of rules, is a part of it.
        let broken = (is_sound && !base.is_configured()).then(|| BROKEN.to_owned());
        if let Some(why) = files.damage() {
            return Err(damaged(named, &why));
        }
        compared.note = compared.note.or(note).or(broken);
        let mut baseline = read_baseline(&files).ok().flatten().and_then(|(_, read)| read.ok());
        baseline.iter_mut().for_each(|baseline| base.retell(baseline));
        Ok(Self { base, compared, baseline })
    }

    /// What was counted there.
    pub(super) fn numbers(&self, independence: Option<Independence>) -> Numbers {
        let size = |baseline: &Baseline| BaselineSize {
            left: baseline.entries.len(),
            first: baseline.first,
            accepted: baseline.entries.iter().filter(|entry| entry.accepted.is_some()).count(),
            stale: 0,
        };
        Numbers {
            independence,
            features: self.base.features(),
            packages: self.base.packages,
            services: self.base.services(),
            couplings: self.base.couplings(),
            baseline: self.baseline.as_ref().map(size),
        }
    }
}

pub(super) fn damaged(named: &str, why: &str) -> Outcome {
    Outcome::refused(&format!("`{named}`, which the change is compared with, can't be read: {why}"), DAMAGED)
}

/// The files of the base. Before the first commit, `HEAD` stands for a repository without any file.
pub(super) fn files_of(named: &str, git: &InGit) -> Result<(GitFiles, Compared, Option<Commit>), Outcome> {
    let mut compared =
        Compared { named: named.to_owned(), commit: String::new(), is_merge_base: false, note: None };
    let head = git.head().map_err(|unfound| unfound_commit(&unfound))?;
    if head.is_none() && named == "HEAD" {
        compared.note = Some("there is no commit yet, so everything is new".to_owned());
        return Ok((GitFiles::none(&git.repository), compared, None));
    }
    let commit = git.repository.commit(named).map_err(|unfound| unfound_commit(&unfound))?;
    let commit = match head {
        None => commit,
        Some(head) => {
            let base = git.repository.base(&commit, &head).map_err(|unfound| unfound_commit(&unfound))?;
            compared.is_merge_base = base.is_merge_base;
            compared.note = base.note;
            base.commit
        }
    };
    compared.commit = commit.short();
    let files = GitFiles::of_commit(&git.repository, &commit, &git.prefix);
    Ok((files.map_err(|why| damaged(named, &why))?, compared, Some(commit)))
}

/// Which features changed together until the base, in the words of the head: what a change did not bring about is none of
/// its findings.
fn changed_until(
    commit: &Commit,
    (git, opened): (&InGit, &Opened<'_>),
    head: &Repository,
) -> Vec<ChangedTogether> {
    let now = git.head().ok().flatten().filter(|_| head.wants_history());
    let Some(now) = now else { return Vec::new() };
    let history = opened.history_until(git, (commit, &now), head, None);
    changed_together(&history, head)
}

/// Whether somebody tries a configuration of their own, which lies in the folder and in no commit.
fn is_untracked(path: &RepoPath, opened: &Opened<'_>) -> bool {
    let Ok(git) = &opened.git else { return false };
    let Ok(Some(head)) = git.head() else { return false };
    let is_own = path.as_str() == CONFIGURATION_FILE;
    !is_own
        && GitFiles::of_commit(&git.repository, &head, &git.prefix)
            .is_ok_and(|files| files.content_id(path).is_none())
}

/// The configuration that the base had itself, and what to say if it can't be read.
fn configuration_of(files: &GitFiles, opened: &Opened<'_>) -> (Option<Configuration>, Option<String>) {
    let own = match &opened.configuration {
        Some(outside) if opened.is_outside || is_untracked(&outside.0, opened) => Ok(Some(outside.clone())),
        Some((path, _)) => read_own(files, path),
        None => Ok(None),
    };
    match own {
        Ok(None) => (None, Some("the base has no configuration of its own".to_owned())),
        Err(why) => (None, Some(format!("the configuration of the base can't be read: {}", why.what))),
        Ok(Some((path, text))) => match Configuration::read(&path, &text) {
            (configuration, faults) if faults.is_empty() => (Some(configuration), None),
            _ => (None, Some(BROKEN.to_owned())),
        },
    }
}
