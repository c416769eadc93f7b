//! What history says: which units each commit changes, and which of them change in the same commits.
//!
//! Sources: support and confidence of rules mined from version histories, T. Zimmermann, P. Weißgerber, S. Diehl, A. Zeller,
//! "Mining Version Histories to Guide Software Changes", IEEE TSE 31(6), 2005; lift from S. Brin, R. Motwani, J. Ullman,
//! S. Tsur, "Dynamic Itemset Counting and Implication Rules for Market Basket Data", SIGMOD 1997; the degree of coupling
//! as A. Tornhill's code-maat defines it.

mod holders;
mod noise;
mod together;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::features::{Configuration, FeatureId, FeatureMap};
use crate::graph::{Linked, UnitId};
use crate::snapshot::{Commit, Differs, Git, Log, LogRange, Logged, TouchedFile};
use crate::text::{Period, RepoPath};

use holders::Holders;
use noise::Noise;

pub use together::{Tie as Tied, Together, features_together, units_together, untied};

/// How many commits are read at most: more than two hundred a day, for a year.
const MOST_COMMITS: usize = 100_000;

/// How many commits are read before what they changed is looked at: what is held in memory is bounded by that.
const AT_ONCE: usize = 64;

/// How many files a commit may change before it is one that changes too much, whatever they are part of.
const MOST_FILES: usize = 50_000;

/// How many moved files are followed.
const MOST_MOVES: usize = 1_000_000;

/// What of history is asked for.
pub struct ChangesAsked<'q> {
    /// The repository.
    pub git: &'q Git,
    /// The folder of it that is read.
    pub folder: &'q RepoPath,
    /// The newest commit that counts.
    pub until: &'q Commit,
    /// A later commit that what is asked is told in the words of; the same where it is of now.
    pub told_at: &'q Commit,
    /// How far back commits count, from the newest.
    pub since: Period,
    /// The units, and the packages behind them.
    pub linked: &'q Linked,
    /// Which unit belongs to which feature.
    pub map: &'q FeatureMap,
    /// What counts.
    pub configuration: &'q Configuration,
    /// The commits that `git blame` is told to look past, as their file at the root names them.
    pub ignored_revisions: &'q str,
}

/// The commits of a window of time, and what they changed.
#[derive(Debug, Default)]
pub struct PastChanges {
    /// Newest first; those of programs are among them.
    pub commits: Vec<CountedCommit>,
    /// How many commits there were, those that don't count included.
    pub read: usize,
    /// Why the others don't count.
    pub left_out: Uncounted,
    /// When the window begins, in seconds since 1970: as long ago as is asked for, or with the first commit there is.
    pub from: i64,
    /// When it ends.
    pub until: i64,
    /// What a person should know about how far history could be read.
    pub notes: Vec<String>,
}

/// A commit that counts.
#[derive(Debug)]
pub struct CountedCommit {
    /// Its short name and its subject.
    pub told: String,
    /// When it was committed.
    pub seconds: i64,
    /// Whether a program wrote it.
    pub is_of_bot: bool,
    /// What it changed, in the order of the graph.
    pub touches: Vec<Touch>,
}

/// A unit that a commit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The unit.
    pub unit: UnitId,
    /// Whether only its tests changed.
    pub is_of_tests: bool,
    /// Whether nothing but versions changed in its manifest, and nothing else of it.
    pub is_release: bool,
}

/// Commits that don't count, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uncounted {
    /// They join others, whose commits count each by itself.
    pub merges: usize,
    /// They change too much to say what belongs together.
    pub bulk: usize,
    /// They only change how the source looks.
    pub sweeps: usize,
    /// They change no unit that is there now.
    pub idle: usize,
    /// What they changed can't be told, or is not in this clone.
    pub unread: usize,
}

impl CountedCommit {
    /// What a person changed of it, releases left out.
    fn meant(&self) -> impl Iterator<Item = UnitId> {
        self.touches.iter().filter(|touch| !touch.is_release).map(|touch| touch.unit)
    }

    /// The features of that.
    pub fn features(&self, map: &FeatureMap) -> BTreeSet<FeatureId> {
        let features = self.meant().filter_map(|unit| map.feature_of(unit));
        features.filter(|feature| !map.feature(*feature).is_external).collect()
    }
}

/// Reads what the commits of a window of time changed.
pub fn past_changes(asked: &ChangesAsked<'_>) -> PastChanges {
    let ChangesAsked { git, folder, until, .. } = *asked;
    let range = LogRange { is_main_line: false, since: None, most: 1 };
    let Some(newest) = git.log(until, range).commits.first().map(|newest| newest.seconds) else {
        let notes = vec![format!("commit {} can't be read, so that no history counts", until.short())];
        return PastChanges { notes, ..PastChanges::default() };
    };
    let since = newest.saturating_sub(asked.since.seconds());
    let log = git.log(until, LogRange { is_main_line: false, since: Some(since), most: MOST_COMMITS });
    let mut found = PastChanges { read: log.commits.len(), until: newest, ..PastChanges::default() };
    let holders = Holders::new(asked.linked, asked.map);
    let noise = Noise::new(asked.ignored_revisions, &asked.configuration.changes);
    let mut moves = Moves::default();
    if asked.told_at != until
        && let Ok(files) = git.touched_between(until, asked.told_at, folder)
    {
        moves.learn(&files);
    }
    for some in log.commits.chunks(AT_ONCE) {
        let read = |logged: &Logged| match logged.is_merge() || logged.is_cut {
            true => None,
            false => Some(read_commit(git, logged, folder)),
        };
        let files: Vec<Option<Result<Option<ChangedFiles>, String>>> = some.par_iter().map(read).collect();
        for (logged, files) in some.iter().zip(files) {
            match files {
                None if logged.is_cut => found.left_out.unread += 1,
                None => found.left_out.merges += 1,
                Some(Err(_)) => found.left_out.unread += 1,
                Some(Ok(None)) if noise.is_sweep(logged) => found.left_out.sweeps += 1,
                Some(Ok(None)) => found.left_out.bulk += 1,
                Some(Ok(Some(files))) => {
                    found.count(asked, (logged, &files), (&holders, &noise, &moves));
                    moves.learn(&files.files);
                }
            }
        }
    }
    let oldest = log.commits.iter().map(|logged| logged.seconds).min().unwrap_or(newest);
    found.from = if log.has_more && !log.is_full { since } else { oldest.max(since) };
    found.notes = notes(&log, &found.left_out);
    found
}

/// What a person should know about how far history could be read.
fn notes(log: &Log, left_out: &Uncounted) -> Vec<String> {
    let mut notes = log_notes(log);
    if log.is_full {
        notes.push(format!("only the newest {MOST_COMMITS} commits are read; a shorter `since` has fewer"));
    }
    // The first commits of a shallow clone are told by that already.
    if left_out.unread > 0 && !log.is_cut {
        notes.push(format!("what {} commits changed can't be read, so they don't count", left_out.unread));
    }
    notes
}

/// What a person should know about the commits that a log could not tell, or tells otherwise than they were.
pub fn log_notes(log: &Log) -> Vec<String> {
    let mut notes = Vec::new();
    if log.is_cut {
        notes.push(
            "this clone is shallow: what came before it begins is not known; `git fetch --unshallow` brings it"
                .to_owned(),
        );
    }
    if let Some(why) = &log.absent {
        notes.push(format!("a part of the history can't be read: {why}"));
    }
    if log.is_retold {
        notes.push(
            "`git replace` or grafts tell this history otherwise than it was; it is read as they tell it"
                .to_owned(),
        );
    }
    notes
}

/// What a commit changed.
struct ChangedFiles {
    files: Vec<TouchedFile>,
    /// The manifests in which only versions changed.
    releases: BTreeSet<RepoPath>,
}

/// `None` of a commit that changes too many files.
fn read_commit(git: &Git, logged: &Logged, folder: &RepoPath) -> Result<Option<ChangedFiles>, String> {
    let Some(files) = git.touched_files(logged, folder, MOST_FILES)? else { return Ok(None) };
    let manifests = files.iter().filter(|file| file.how == Differs::Changed);
    let manifests = manifests.filter(|file| file.path.file_name() == "Cargo.toml");
    let is_release = |file: &&TouchedFile| {
        git.texts_of(file, noise::LARGEST_MANIFEST)
            .is_some_and(|[before, now]| noise::is_release(&before, &now))
    };
    let releases = manifests.filter(is_release).map(|file| file.path.clone()).collect();
    Ok(Some(ChangedFiles { files, releases }))
}

/// Where files of earlier commits lie now, as far as they were moved without a change.
#[derive(Default)]
struct Moves {
    now: HashMap<RepoPath, RepoPath>,
}

impl Moves {
    fn resolved<'p>(&'p self, path: &'p RepoPath) -> &'p RepoPath {
        self.now.get(path).unwrap_or(path)
    }

    /// Commits are met newest first: where a file lies now is known before it is met where it lay earlier.
    fn learn(&mut self, files: &[TouchedFile]) {
        for file in files {
            let Some(earlier) = &file.moved_from else { continue };
            if self.now.len() < MOST_MOVES {
                let now = self.resolved(&file.path).clone();
                self.now.insert(earlier.clone(), now);
            }
        }
    }
}

impl PastChanges {
    fn count(
        &mut self,
        asked: &ChangesAsked<'_>,
        (logged, changed): (&Logged, &ChangedFiles),
        (holders, noise, moves): (&Holders<'_>, &Noise<'_>, &Moves),
    ) {
        if noise.is_sweep(logged) {
            self.left_out.sweeps += 1;
            return;
        }
        let settings = &asked.configuration.changes;
        let mut touches: BTreeMap<UnitId, Touch> = BTreeMap::new();
        for file in &changed.files {
            let path = moves.resolved(&file.path);
            if settings.ignores(path) || asked.configuration.excludes(path) {
                continue;
            }
            let is_release = changed.releases.contains(&file.path);
            for held in holders.of(path) {
                let touch = Touch { unit: held.unit, is_of_tests: held.is_of_tests, is_release };
                let known = touches.entry(held.unit).or_insert(touch);
                known.is_of_tests &= touch.is_of_tests;
                known.is_release &= touch.is_release;
            }
        }
        let features: BTreeSet<FeatureId> =
            touches.keys().filter_map(|unit| asked.map.feature_of(*unit)).collect();
        if touches.is_empty() {
            self.left_out.idle += 1;
        } else if touches.len() > settings.most_units || features.len() > settings.most_features {
            self.left_out.bulk += 1;
        } else {
            self.commits.push(CountedCommit {
                told: format!("{} {}", logged.commit.short(), logged.subject),
                seconds: logged.seconds,
                is_of_bot: noise.is_bot(logged),
                touches: touches.into_values().collect(),
            });
        }
    }

    /// Commits of programs among those that count.
    pub fn bots(&self) -> usize {
        self.commits.iter().filter(|commit| commit.is_of_bot).count()
    }

    /// How many months the window has, of which a year has twelve; never none.
    pub fn months(&self) -> f64 {
        const MONTH: i64 = 365 * 24 * 60 * 60 / 12;
        let seconds = u32::try_from((self.until - self.from).max(MONTH / 30)).unwrap_or(u32::MAX);
        f64::from(seconds) / f64::from(u32::try_from(MONTH).unwrap_or(u32::MAX))
    }
}
