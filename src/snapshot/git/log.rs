//! The commits that lead to one, and what each of them changed.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind, EntryMode};

use crate::text::{Date, RepoPath};

use super::super::stamps::{Difference, Differs};
use super::super::{VERSION_CONTROL, read_outside};
use super::files::absent;
use super::tree::{LARGEST_LIST, LONGEST_PATH, is_name, joined};
use super::{Commit, Git, chained};

/// How much of a name or of a subject is kept, in characters.
const LONGEST_LINE: usize = 200;

/// How many bytes a path usually takes at most, on average over a commit.
const USUAL_PATH: usize = 100;

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
    parents: Vec<ObjectId>,
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

/// A file that a commit touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedFile {
    /// Where it lies; where it lay, of one that is no more.
    pub path: RepoPath,
    /// How it differs.
    pub how: Differs,
    /// Where it lay before, if it was moved without a change.
    pub moved_from: Option<RepoPath>,
    before: Option<ObjectId>,
    now: Option<ObjectId>,
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

    /// The files in a folder that a commit changed, by what it stands on; of a merge, by what it was merged into. The
    /// first commit adds all of them.
    ///
    /// # Errors
    /// What can't be read.
    pub fn changes(&self, logged: &Logged, folder: &RepoPath) -> Result<Vec<Difference>, String> {
        self.between(self.tree_before(logged)?, logged.commit.tree, folder).map(without_moves)
    }

    /// The files in a folder that differ between two commits.
    ///
    /// # Errors
    /// What can't be read.
    pub fn changes_between(
        &self,
        before: &Commit,
        now: &Commit,
        folder: &RepoPath,
    ) -> Result<Vec<Difference>, String> {
        self.between(Some(before.tree), now.tree, folder).map(without_moves)
    }

    /// The same as [`Self::changes`], with what was moved. A file that is there with the very bytes of one that is no
    /// more was moved. `None` where it is more than `most` files, or more than their names usually take.
    ///
    /// # Errors
    /// What can't be read.
    pub fn touched_files(
        &self,
        logged: &Logged,
        folder: &RepoPath,
        most: usize,
    ) -> Result<Option<Vec<TouchedFile>>, String> {
        let bound = Bound { files: most, bytes: most.saturating_mul(USUAL_PATH).min(LARGEST_LIST) };
        let found = self.within(self.tree_before(logged)?, logged.commit.tree, folder, bound)?;
        Ok(found.map(with_moves))
    }

    /// The tree of what a commit stands on; `None` of the first one.
    fn tree_before(&self, logged: &Logged) -> Result<Option<ObjectId>, String> {
        let Some(parent) = logged.parents.first() else { return Ok(None) };
        self.with(|repository| {
            let parent = repository.find_commit(*parent).map_err(|error| chained(&error))?;
            parent.tree_id().map(|tree| Some(tree.detach())).map_err(|error| chained(&error))
        })
    }

    /// The same as [`Self::changes_between`], with what was moved.
    ///
    /// # Errors
    /// What can't be read.
    pub fn touched_between(
        &self,
        before: &Commit,
        now: &Commit,
        folder: &RepoPath,
    ) -> Result<Vec<TouchedFile>, String> {
        self.between(Some(before.tree), now.tree, folder).map(with_moves)
    }

    /// The texts of a file before and after a commit; `None` where it was not there in both, or is larger than
    /// `most` bytes.
    pub fn texts_of(&self, file: &TouchedFile, most: u64) -> Option<[String; 2]> {
        let text = |id: ObjectId| {
            self.header(id).ok().flatten().filter(|(_, size)| *size <= most)?;
            String::from_utf8(self.object(id).ok().flatten()?.1).ok()
        };
        Some([text(file.before?)?, text(file.now?)?])
    }

    fn between(
        &self,
        before: Option<ObjectId>,
        now: ObjectId,
        folder: &RepoPath,
    ) -> Result<Vec<TouchedFile>, String> {
        let found = self.within(before, now, folder, Bound { files: usize::MAX, bytes: LARGEST_LIST })?;
        found.map_or_else(more_than_listed, Ok)
    }

    /// The files in a folder that differ between two trees, sorted; `None` where they are more than that.
    fn within(
        &self,
        before: Option<ObjectId>,
        now: ObjectId,
        folder: &RepoPath,
        bound: Bound,
    ) -> Result<Option<Vec<TouchedFile>>, String> {
        let before = before.map(|tree| self.subtree(tree, folder)).transpose()?.flatten();
        let now = self.subtree(now, folder)?;
        let mut found = Vec::new();
        let mut ahead = vec![(Vec::new(), before, now)];
        let mut taken = 0;
        while let Some((path, before, now)) = ahead.pop() {
            if before == now {
                continue;
            }
            let (before, now) = (self.entries(before)?, self.entries(now)?);
            let mut now = now.into_iter().peekable();
            let mut before = before.into_iter().peekable();
            loop {
                let order = match (before.peek(), now.peek()) {
                    (None, None) => break,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(before), Some(now)) => before.key().cmp(&now.key()),
                };
                let earlier = before.next_if(|_| order.is_le());
                let later = now.next_if(|_| order.is_ge());
                let is_same = |earlier: &Named, later: &Named| {
                    earlier.id == later.id && earlier.mode.kind() == later.mode.kind()
                };
                if earlier.as_ref().zip(later.as_ref()).is_some_and(|(one, other)| is_same(one, other)) {
                    continue;
                }
                let Some(one) = later.as_ref().or(earlier.as_ref()) else { break };
                let inner = joined(&path, BStr::new(&one.name));
                taken += inner.len();
                if inner.len() > LONGEST_PATH {
                    return more_than_listed();
                }
                if taken > bound.bytes || found.len() >= bound.files {
                    return Ok(None);
                }
                if one.mode.is_tree() {
                    ahead.push((inner, earlier.map(|one| one.id), later.map(|one| one.id)));
                    continue;
                }
                let how = match (&earlier, &later) {
                    (Some(_), Some(_)) => Differs::Changed,
                    (None, _) => Differs::Added,
                    (_, None) => Differs::Removed,
                };
                found.push(TouchedFile {
                    path: RepoPath::from_normal(&inner.to_str_lossy()),
                    how,
                    moved_from: None,
                    before: earlier.map(|one| one.id),
                    now: later.map(|one| one.id),
                });
            }
        }
        found.sort_by(|one, other| (&one.path, one.how).cmp(&(&other.path, other.how)));
        Ok(Some(found))
    }

    /// What a tree holds, in git's order; nothing, of what is not there.
    fn entries(&self, tree: Option<ObjectId>) -> Result<Vec<Named>, String> {
        let Some(tree) = tree else { return Ok(Vec::new()) };
        let found = self.object(tree).map_err(|error| chained(&error))?;
        let (_, data) = found.ok_or_else(|| absent(&tree))?;
        let mut entries = Vec::new();
        for entry in TreeRefIter::from_bytes(&data, tree.kind()) {
            let entry = entry.map_err(|error| format!("object {tree}: {error}"))?;
            if !is_name(entry.filename) {
                return Err(format!("object {tree} names a file as git does not allow"));
            }
            let is_tree = entry.mode.kind() == EntryKind::Tree;
            if is_tree && VERSION_CONTROL.iter().any(|known| entry.filename == known.as_bytes()) {
                continue;
            }
            entries.push(Named { name: entry.filename.to_vec(), mode: entry.mode, id: entry.oid.to_owned() });
        }
        entries.sort_by(|one, other| one.key().cmp(&other.key()));
        Ok(entries)
    }
}

/// What a commit changed is not told.
fn more_than_listed<T>() -> Result<T, String> {
    Err("it changes more than can be listed".to_owned())
}

fn without_moves(found: Vec<TouchedFile>) -> Vec<Difference> {
    found.into_iter().map(|file| Difference { path: file.path, how: file.how }).collect()
}

/// Says of each file that is new whether it is one that is no more, by its bytes. Of several with the same bytes, the one
/// that keeps its name was moved, or else the first. Files without a byte are all the same, and say nothing.
fn with_moves(mut found: Vec<TouchedFile>) -> Vec<TouchedFile> {
    for (new, gone) in moves(&found) {
        found[new].moved_from = Some(found[gone].path.clone());
    }
    found
}

/// Where files that are new stand among those that differ, each with where the one stands that it was.
fn moves(found: &[TouchedFile]) -> Vec<(usize, usize)> {
    let mut gone: HashMap<ObjectId, VecDeque<usize>> = HashMap::new();
    let mut gone_by_name: HashMap<(ObjectId, &str), VecDeque<usize>> = HashMap::new();
    for (at, file) in found.iter().enumerate().filter(|(_, file)| file.how == Differs::Removed) {
        if let Some(id) = file.before.filter(|id| !id.is_empty_blob()) {
            gone.entry(id).or_default().push_back(at);
            gone_by_name.entry((id, file.path.file_name())).or_default().push_back(at);
        }
    }
    let mut is_taken = vec![false; found.len()];
    let mut moves = Vec::new();
    for (at, file) in found.iter().enumerate().filter(|(_, file)| file.how == Differs::Added) {
        let Some(id) = file.now else { continue };
        // One that is taken stands in two queues, and leaves the other one when it is met there.
        let first = |queue: Option<&mut VecDeque<usize>>| {
            let queue = queue?;
            std::iter::from_fn(|| queue.pop_front()).find(|at| !is_taken[*at])
        };
        let kept = first(gone_by_name.get_mut(&(id, file.path.file_name())));
        if let Some(earlier) = kept.or_else(|| first(gone.get_mut(&id))) {
            is_taken[earlier] = true;
            moves.push((at, earlier));
        }
    }
    moves
}

/// How much of what differs is listed.
#[derive(Clone, Copy)]
struct Bound {
    files: usize,
    /// What the paths take, those of folders included.
    bytes: usize,
}

/// What a tree calls by a name.
struct Named {
    name: Vec<u8>,
    mode: EntryMode,
    id: ObjectId,
}

impl Named {
    /// A file is never compared with a folder of its name.
    fn key(&self) -> (&[u8], bool) {
        (&self.name, self.mode.is_tree())
    }
}

#[cfg(test)]
mod tests {
    use gix::ObjectId;

    use crate::snapshot::Differs;
    use crate::text::RepoPath;

    use super::{TouchedFile, with_moves};

    fn file(path: &str, how: Differs, bytes: u8) -> TouchedFile {
        let id = ObjectId::from_bytes_or_panic(&[bytes; 20]);
        let is_gone = how == Differs::Removed;
        let (before, now) = if is_gone { (Some(id), None) } else { (None, Some(id)) };
        TouchedFile { path: RepoPath::from_normal(path), how, moved_from: None, before, now }
    }

    fn moved(found: Vec<TouchedFile>) -> Vec<(String, String)> {
        let told = with_moves(found).into_iter().filter_map(|file| {
            let earlier = file.moved_from?;
            Some((earlier.as_str().to_owned(), file.path.as_str().to_owned()))
        });
        told.collect()
    }

    #[test]
    fn of_equal_files_the_one_that_keeps_its_name_was_moved_or_else_the_first() {
        let gone = ["old/a", "old/b", "old/c"].map(|path| file(path, Differs::Removed, 1));
        let new = ["new/b", "new/x", "new/y", "new/z"].map(|path| file(path, Differs::Added, 1));
        let others = [file("new/c", Differs::Added, 2), file("old/x", Differs::Removed, 3)];
        let found = moved(gone.into_iter().chain(new).chain(others).collect());
        let expected = [("old/b", "new/b"), ("old/a", "new/x"), ("old/c", "new/y")];
        assert_eq!(found, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn many_equal_files_are_told_apart_in_one_pass() {
        const MANY: usize = 200_000;
        let gone = (0..MANY).map(|at| file(&format!("old/{at:06}"), Differs::Removed, 1));
        // The last name first, and of every second one another.
        let new = (0..MANY).rev().map(|at| {
            let name = if at % 2 == 0 { format!("new/{at:06}") } else { format!("new/other-{at:06}") };
            file(&name, Differs::Added, 1)
        });
        assert_eq!(moved(gone.chain(new).collect()).len(), MANY);
    }
}
