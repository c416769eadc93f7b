//! What commits changed: the files that differ between two trees, and which of them were moved.

use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind, EntryMode};

use crate::text::RepoPath;

use super::super::VERSION_CONTROL;
use super::super::stamps::{Difference, Differs};
use super::files::absent;
use super::log::Logged;
use super::tree::{LARGEST_LIST, LONGEST_PATH, is_name, joined};
use super::{Commit, Git, chained};

/// How many bytes a path usually takes at most, on average over a commit.
const USUAL_PATH: usize = 100;

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

impl Git {
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
