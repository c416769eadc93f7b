//! Commits: by name, and what a change starts from.

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::Exists;
use gix::prelude::ObjectIdExt;

use crate::text::nearest;

use super::{Git, chained};

/// A commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
}

impl Commit {
    /// Its whole name.
    pub fn whole(&self) -> String {
        self.id.to_string()
    }

    /// Its name, shortened as people write it.
    pub fn short(&self) -> String {
        self.id.to_hex_with_len(10).to_string()
    }
}

/// Why a commit was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfound {
    /// What happened.
    pub message: String,
    /// What to do about it; empty if nothing is known.
    pub help: String,
}

/// What a change starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The commit.
    pub commit: Commit,
    /// Whether it is the merge base, and another commit than the one that was named.
    pub is_merge_base: bool,
    /// What a person should know about how it was found.
    pub note: Option<String>,
}

/// What to do about damage.
pub const DAMAGED: &str = "`git fsck` says what is damaged; `git fetch --refetch` brings it again";

/// What to do where a name leads to no commit, and nothing is known to fetch.
const ONE_COMMIT: &str = "name one commit by a branch, a tag or a hash: `git log --oneline --all` lists those that \
                          are here";

/// How the parser begins what it says when an object can't be read.
const MISLEADING: &str = "The rev-spec is malformed and misses a ref name: ";

/// The object that a revision names. A whole hash needs no search, which would only be made on the disk, and
/// not among what `gix` was given to remember.
fn id<'r>(repository: &'r gix::Repository, revision: &str) -> Result<gix::Id<'r>, gix::Error> {
    let whole = ObjectId::from_hex(revision.as_bytes()).ok().filter(|id| repository.objects.exists(id));
    match whole {
        Some(id) => Ok(id.attach(repository)),
        None => repository.rev_parse_single(BStr::new(revision)),
    }
}

/// Whether there is no commit yet.
fn is_unborn(repository: &gix::Repository) -> bool {
    !keeps_reftable(repository) && repository.head().is_ok_and(|head| head.is_unborn())
}

/// Whether references are kept as `gix` can't read them: `HEAD` is a placeholder then.
fn keeps_reftable(repository: &gix::Repository) -> bool {
    let format =
        repository.config_snapshot().string("extensions.refStorage").map(|format| format.to_string());
    format.is_some_and(|format| format != "files")
}

impl Git {
    /// The commit that is checked out; `None` before the first one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn head(&self) -> Result<Option<Commit>, Unfound> {
        match self.with(is_unborn) {
            true => Ok(None),
            false => self.commit("HEAD").map(Some),
        }
    }

    /// The commit that a revision names, as git reads it: a branch, a tag, a hash, `HEAD~3`.
    ///
    /// # Errors
    /// Why there is none, and what to fetch.
    pub fn commit(&self, revision: &str) -> Result<Commit, Unfound> {
        self.with(|repository| {
            let id = id(repository, revision)
                .map_err(|error| self.unknown(repository, revision, &chained(&error)))?;
            let broken = |error: gix::Error| Unfound {
                message: format!("`{revision}` can't be read as a commit: {}", chained(&error)),
                help: DAMAGED.to_owned(),
            };
            let object = id.object().map_err(broken)?.peel_tags_to_end().map_err(broken)?;
            if object.kind != gix::object::Kind::Commit {
                return Err(Unfound {
                    message: format!("`{revision}` is a {} and no commit", object.kind),
                    help: ONE_COMMIT.to_owned(),
                });
            }
            let commit = object.into_commit();
            let tree = commit.tree_id().map_err(broken)?.detach();
            Ok(Commit { id: commit.id, tree })
        })
    }

    /// A revision that can't be followed, or that names nothing here: mistyped, or never fetched.
    fn unknown(&self, repository: &gix::Repository, revision: &str, why: &str) -> Unfound {
        if keeps_reftable(repository) {
            return Unfound {
                message: format!(
                    "`{revision}` can't be read: git keeps the names of commits as a reftable here"
                ),
                help: "give the whole hash of a commit, or `git refs migrate --ref-format=files`".to_owned(),
            };
        }
        if matches!(revision, "HEAD" | "@") && is_unborn(repository) {
            return Unfound {
                message: "there is no commit yet".to_owned(),
                help: "make the first one with `git commit`, or check what lies here: without `--rev`"
                    .to_owned(),
            };
        }
        let is_there =
            repository.try_find_reference(revision).map_or(revision == "HEAD", |found| found.is_some());
        if is_there {
            let why = why.strip_prefix(MISLEADING).unwrap_or(why);
            let why = if why.is_empty() { "the object that it names is not in this clone" } else { why };
            return Unfound {
                message: format!("`{revision}` can't be read as a commit: {why}"),
                help: DAMAGED.to_owned(),
            };
        }
        let names = || -> Option<Vec<String>> {
            let platform = repository.references().ok()?;
            let all = platform.all().ok()?;
            Some(all.filter_map(|one| Some(one.ok()?.name().shorten().to_string())).collect())
        };
        let names = names().unwrap_or_default();
        let remote = self.remote();
        let fetched = revision.strip_prefix(&format!("{remote}/")).unwrap_or(revision);
        let is_plain =
            !fetched.starts_with('-') && gix::validate::reference::name_partial(fetched.into()).is_ok();
        // Of `main~3`, it is not the name that is wrong.
        let near = nearest(revision, names.iter().map(String::as_str)).filter(|_| is_plain);
        let is_hash = fetched.len() >= 7 && fetched.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_whole = fetched.len() == repository.object_hash().len_in_hex();
        let is_shallow = repository.is_shallow().unwrap_or(false);
        let depth = if is_shallow { "--depth=1 " } else { "" };
        let fetch = match (is_hash, is_plain) {
            // Nothing can be fetched where there is nowhere to fetch it from.
            _ if repository.remote_names().is_empty() => ONE_COMMIT.to_owned(),
            (true, _) if is_whole => format!("fetch it first: `git fetch {depth}{remote} {fetched}`"),
            (true, _) => "give the whole hash: a part of one can't be fetched".to_owned(),
            // Without the second half, a clone of one branch would forget the name again.
            (false, true) => {
                let name = format!("{remote}/{fetched}");
                let then = if revision == name { String::new() } else { format!(", and name it `{name}`") };
                format!("fetch it first: `git fetch {depth}{remote} {fetched}:refs/remotes/{name}`{then}")
            }
            (false, false) if is_shallow => {
                "this clone is shallow: fetch more of its history first, with `git fetch --deepen=50`"
                    .to_owned()
            }
            (false, false) => ONE_COMMIT.to_owned(),
        };
        let help = match near {
            Some(near) if !is_hash => format!("did you mean `{near}`? Or {fetch}"),
            _ => fetch,
        };
        let missing = format!("`{revision}` is no commit of this clone");
        let why = why.strip_prefix(MISLEADING).unwrap_or(why);
        // What the library says of its own functions helps nobody.
        let untold = ["not found", "could not be found", "delegate."];
        let is_told = why.is_empty() || untold.iter().any(|part| why.contains(part));
        let message = if is_told { missing } else { format!("{missing}: {why}") };
        Unfound { message, help }
    }

    /// What a change that ends at `head` starts from: the newest commit that `head` and `named` have in
    /// common.
    ///
    /// # Errors
    /// That they have none, and what to fetch.
    pub fn base(&self, named: &Commit, head: &Commit) -> Result<Base, Unfound> {
        if named == head || self.parents(head).contains(&named.id) {
            return Ok(Base { commit: *named, is_merge_base: false, note: None });
        }
        let found = self.with(|repository| {
            let id = repository.merge_base(named.id, head.id).map_err(|error| chained(&error))?;
            Ok::<_, String>(id.map(gix::Id::detach))
        });
        match found {
            Ok(Some(id)) if id == named.id => Ok(Base { commit: *named, is_merge_base: false, note: None }),
            Ok(Some(id)) => {
                let commit = self.commit(&id.to_string())?;
                Ok(Base { commit, is_merge_base: true, note: None })
            }
            // In a shallow clone, what two commits have in common may not be there. Who names a commit
            // of which this is known (the pull request's base) is right to compare with it.
            Ok(None) if self.is_shallow() => Ok(Base {
                commit: *named,
                is_merge_base: false,
                note: Some(format!(
                    "this clone is shallow, and {} may not be where the change began: what others did since \
                     then would count as part of it. `git fetch --deepen=50` lets the merge base be found",
                    named.short()
                )),
            }),
            Ok(None) => Err(Unfound {
                message: format!("{} and {} have no commit in common", named.short(), head.short()),
                help: "name a commit of the same history: `git log --oneline` lists those that lead here"
                    .to_owned(),
            }),
            Err(why) => Err(Unfound {
                message: format!(
                    "the merge base of {} and {} can't be found: {why}",
                    named.short(),
                    head.short()
                ),
                help: DAMAGED.to_owned(),
            }),
        }
    }

    /// The commits that a commit names as its parents, whether they are there or not.
    fn parents(&self, commit: &Commit) -> Vec<ObjectId> {
        self.with(|repository| {
            let found = repository.find_commit(commit.id);
            found.map(|commit| commit.parent_ids().map(gix::Id::detach).collect()).unwrap_or_default()
        })
    }
}
