//! The commits that lead to one.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};

use crate::text::Date;

use super::super::read_outside;
use super::{Commit, Git, chained};

/// How much of a name or of a subject is kept, in characters.
const LONGEST_LINE: usize = 200;

/// How many parents of a merge are looked at: git itself joins no more at once.
const MOST_PARENTS: usize = 64;

/// How many commits that are too old may follow each other before the rest counts as too old: clocks differ. Git looks
/// as far.
const PATIENCE: usize = 5;

/// A commit, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The commit.
    pub commit: Commit,
    /// When it was committed, in seconds since 1970 in UTC.
    pub seconds: i64,
    /// Who wrote it.
    pub author: String,
    /// Their address.
    pub mail: String,
    /// The first line of its message.
    pub subject: String,
    /// What it comes after.
    pub(super) parents: Vec<ObjectId>,
    /// Whether it says that it comes after something, and what that is was cut off.
    pub is_cut: bool,
}

impl Logged {
    /// Whether it joins several.
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }

    /// The day on which it was committed, in UTC.
    pub fn day(&self) -> Date {
        Date::of_seconds(self.seconds)
    }

    /// Whether nothing comes before it.
    pub fn is_first(&self) -> bool {
        self.parents.is_empty() && !self.is_cut
    }
}

/// Which commits are asked for.
#[derive(Debug, Clone, Copy)]
pub struct LogRange {
    /// Only what happened on the main line: of a merge, only what it was merged into.
    pub is_main_line: bool,
    /// None that are older, in seconds since 1970.
    pub since: Option<i64>,
    /// Not more than so many.
    pub most: usize,
}

/// The commits that lead to one.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// Newest first; along the main line, each after the one that it stands on.
    pub commits: Vec<Logged>,
    /// Whether there are more that were not asked for.
    pub has_more: bool,
    /// Whether as many were found as were asked for, and there are more that are not too old.
    pub is_full: bool,
    /// Whether a shallow clone cut off what came before.
    pub is_cut: bool,
    /// The first commit that is named and not in this clone, and why it can't be read.
    pub absent: Option<String>,
    /// Whether this repository tells its history otherwise than it was, by `git replace` or by grafts.
    pub is_retold: bool,
}

/// What git's files beside the objects say about who comes after whom.
struct Ancestry {
    cut: HashSet<ObjectId>,
    grafted: HashMap<ObjectId, Vec<ObjectId>>,
    is_retold: bool,
}

/// A commit that is still to be told, newest first; of the same time, the one that was met first.
struct Next {
    logged: Logged,
    met: usize,
}

impl Next {
    fn key(&self) -> (i64, Reverse<usize>) {
        (self.logged.seconds, Reverse(self.met))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Git {
    /// The commits that lead to one, that one included.
    pub fn log(&self, from: &Commit, range: LogRange) -> Log {
        let ancestry = self.ancestry();
        let mut log = Log { is_retold: ancestry.is_retold, ..Log::default() };
        let mut seen = HashSet::from([from.id]);
        let mut ahead = BinaryHeap::new();
        let meet = |id: ObjectId, met: usize, log: &mut Log, ahead: &mut BinaryHeap<Next>| {
            match self.logged(id, &ancestry) {
                Ok(logged) => ahead.push(Next { logged, met }),
                Err(why) => log.absent = log.absent.take().or(Some(why)),
            };
        };
        meet(from.id, 0, &mut log, &mut ahead);
        let (mut late, mut kept) = (0, 0);
        while let Some(Next { logged, .. }) = ahead.pop() {
            let is_old = range.since.is_some_and(|since| logged.seconds < since);
            late = if is_old { late + 1 } else { 0 };
            if log.commits.len() >= range.most || late > PATIENCE {
                log.has_more = true;
                log.is_full = !is_old;
                break;
            }
            let parents = logged.parents.iter().take(if range.is_main_line { 1 } else { usize::MAX });
            for parent in parents {
                if seen.insert(*parent) {
                    meet(*parent, seen.len(), &mut log, &mut ahead);
                }
            }
            log.is_cut |= logged.is_cut;
            log.commits.push(logged);
            if !is_old {
                kept = log.commits.len();
            }
        }
        log.has_more |= kept < log.commits.len();
        log.commits.truncate(kept);
        log
    }

    /// What a merge brought: the commits that lead to it and to nothing of the main line before, newest first. Those
    /// are known by `is_on_line`; not more than so many are looked at, and of the parents the first ones.
    pub fn brought(&self, merge: &Logged, is_on_line: &dyn Fn(&Commit) -> bool, most: usize) -> Vec<Logged> {
        let ancestry = self.ancestry();
        let parents = &merge.parents[..merge.parents.len().min(MOST_PARENTS)];
        let into = parents.first().copied();
        let joined =
            |id: ObjectId| self.with(|repository| Some(repository.merge_base(into?, id).ok()??.detach()));
        let ends: HashSet<ObjectId> = parents.iter().skip(1).filter_map(|id| joined(*id)).collect();
        let mut seen: HashSet<ObjectId> = parents.iter().copied().collect();
        let mut ahead: BinaryHeap<Next> = BinaryHeap::new();
        let meet = |id: ObjectId, met: usize, ahead: &mut BinaryHeap<Next>| {
            let found = self.logged(id, &ancestry).ok();
            let found = found.filter(|one| !ends.contains(&id) && !is_on_line(&one.commit));
            ahead.extend(found.map(|logged| Next { logged, met }));
        };
        for (met, id) in parents.iter().enumerate().skip(1) {
            meet(*id, met, &mut ahead);
        }
        let mut brought = Vec::new();
        while let Some(Next { logged, .. }) = ahead.pop().filter(|_| brought.len() < most) {
            for parent in &logged.parents {
                if seen.insert(*parent) {
                    meet(*parent, seen.len(), &mut ahead);
                }
            }
            brought.push(logged);
        }
        brought
    }

    /// For each commit that a tag names, its tags, sorted.
    pub fn tags(&self) -> BTreeMap<Commit, Vec<String>> {
        let names: Vec<String> = self.with(|repository| {
            let found = repository.references().ok();
            let tags = found.as_ref().and_then(|all| all.tags().ok());
            let names = tags.into_iter().flatten().filter_map(Result::ok);
            names.map(|one| one.name().shorten().to_string()).collect()
        });
        let mut tags: BTreeMap<Commit, Vec<String>> = BTreeMap::new();
        for name in names {
            if let Ok(commit) = self.commit(&format!("refs/tags/{name}")) {
                tags.entry(commit).or_default().push(name);
            }
        }
        tags.values_mut().for_each(|names| names.sort());
        tags
    }

    fn logged(&self, id: ObjectId, ancestry: &Ancestry) -> Result<Logged, String> {
        self.with(|repository| {
            let commit = repository.find_commit(id).map_err(|error| chained(&error))?;
            let decoded = commit.decode().map_err(|error| chained(&error))?;
            let line = |text: &BStr| {
                text.to_str_lossy()
                    .trim()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(LONGEST_LINE)
                    .collect()
            };
            let author = decoded.author().map_err(|error| format!("object {id}: {error}"))?;
            let committer = decoded.committer().map_err(|error| format!("object {id}: {error}"))?;
            let is_cut = ancestry.cut.contains(&id);
            let parents = match ancestry.grafted.get(&id) {
                Some(parents) => parents.clone(),
                None if is_cut => Vec::new(),
                None => decoded.parents().collect(),
            };
            Ok(Logged {
                commit: Commit { id, tree: decoded.tree() },
                seconds: committer.seconds(),
                author: line(author.name),
                mail: line(author.email),
                subject: line(decoded.message),
                parents,
                is_cut,
            })
        })
    }

    fn ancestry(&self) -> Ancestry {
        self.with(|repository| {
            let cut = repository.shallow_commits().ok().flatten();
            let cut = cut.iter().flat_map(|commits| commits.iter().copied()).collect();
            let grafts = read_outside(&repository.common_dir().join("info").join("grafts"));
            let grafts = grafts.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let mut grafted = HashMap::new();
            for line in grafts.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with('#')) {
                let ids: Option<Vec<ObjectId>> =
                    line.split_ascii_whitespace().map(|id| ObjectId::from_hex(id.as_bytes()).ok()).collect();
                if let Some((commit, parents)) = ids.as_deref().and_then(<[ObjectId]>::split_first) {
                    grafted.insert(*commit, parents.to_vec());
                }
            }
            let has_replaced = || {
                let references = repository.references().ok()?;
                let mut replaced = references.prefixed("refs/replace/").ok()?;
                Some(replaced.next().is_some())
            };
            let is_retold = !grafted.is_empty() || has_replaced().unwrap_or(false);
            Ancestry { cut, grafted, is_retold }
        })
    }
}
