//! Git's objects: what is staged, and any commit, without a checkout and without git.
//!
//! The `gix` crate reads them: it is written in Rust, starts no process, and is kept up.

mod beside;
mod files;
mod history;
mod index;
mod log;
mod touched;
mod tree;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use gix::ObjectId;
use gix::object::Kind;
use gix::open::{Options, Permissions, permissions};
use gix::sec::{Permission, Trust, trust};

use super::ContentId;

pub use files::GitFiles;
pub use history::{Base, Commit, DAMAGED, Unfound};
pub use log::{Log, LogRange, Logged};
pub use touched::TouchedFile;
pub use tree::Trees;

use beside::Beside;

pub(super) use index::{Tracked, Tracks};

/// What reading one object may take: a damaged one may claim any size.
const LARGEST_ALLOCATION: usize = 1 << 28;

/// What a handle may keep of the objects that it read, in bytes: trees are alike, and a few crafted ones may
/// be named a million times.
const OBJECT_CACHE: usize = 1 << 20;

/// How the library says that it knows of no repository, with paths that help nobody.
const NOT_FOUND: &str = "Could not find a git repository";

/// A git repository: its objects, its references and its index.
#[derive(Debug)]
pub struct Git {
    shared: gix::ThreadSafeRepository,
    /// Handles that nobody uses: making one costs more than reading a file.
    free: Mutex<Vec<gix::Repository>>,
    beside: Option<Beside>,
}

impl Git {
    /// The repository that a folder lies in; `None` if there is none.
    ///
    /// What git tells its hooks counts (`GIT_DIR`, `GIT_INDEX_FILE` and the like), unless the folder was named
    /// (`is_named`) and lies in another repository than the one that git speaks of.
    ///
    /// # Errors
    /// What is wrong with a repository that is there.
    pub fn discover(start: &Path, is_named: bool) -> Result<Option<Self>, String> {
        if !is_named {
            return Self::discover_by(start, true);
        }
        let named = Self::discover_by(start, false)?;
        if std::env::var_os("GIT_INDEX_FILE").is_none() && std::env::var_os("GIT_DIR").is_none() {
            return Ok(named);
        }
        let spoken_of = Self::discover_by(Path::new("."), true).ok().flatten();
        let is_same = spoken_of.as_ref().map(Self::own_folder) == named.as_ref().map(Self::own_folder);
        Ok(if is_same { spoken_of } else { named })
    }

    fn discover_by(start: &Path, hears_environment: bool) -> Result<Option<Self>, String> {
        let how = || gix::discover::upwards::Options {
            // Whose repository it is only matters to those who execute what it configures.
            trust: gix::discover::upwards::TrustPolicy::Assume(Trust::Full),
            match_ceiling_dir_or_error: false,
            ..Default::default()
        };
        let options =
            trust::Mapping { full: options(hears_environment), reduced: options(hears_environment) };
        let opened = match hears_environment {
            true => {
                gix::ThreadSafeRepository::discover_with_environment_overrides_opts(start, how(), options)
            }
            false => gix::ThreadSafeRepository::discover_opts(start, how(), options),
        };
        match opened {
            Ok(shared) => {
                let beside = match hears_environment {
                    true => {
                        Beside::of_environment(shared.objects_dir(), shared.to_thread_local().object_hash())?
                    }
                    false => None,
                };
                Ok(Some(Self { shared, free: Mutex::default(), beside }))
            }
            Err(error) if super::disk::has_git(start) => Err(match chained(&error) {
                why if why.starts_with(NOT_FOUND) => "there is a `.git`, and it is no repository".to_owned(),
                why => why,
            }),
            Err(_) => Ok(None),
        }
    }

    /// The folder of its work tree; `None` for a bare repository.
    pub fn top(&self) -> Option<PathBuf> {
        self.with(|repository| repository.workdir()?.canonicalize().ok())
    }

    /// Where git keeps what belongs to this work tree.
    fn own_folder(&self) -> Option<PathBuf> {
        self.with(|repository| repository.git_dir().canonicalize().ok())
    }

    /// Whether history was cut off when it was cloned.
    pub fn is_shallow(&self) -> bool {
        self.with(|repository| repository.is_shallow().unwrap_or(false))
    }

    /// The name of the only other repository that it knows, or `origin`.
    fn remote(&self) -> String {
        self.with(|repository| {
            let names = repository.remote_names();
            let only = names.iter().next().filter(|_| names.len() == 1);
            only.map_or_else(|| "origin".to_owned(), ToString::to_string)
        })
    }

    /// The name that the repository gives to the bytes of a file.
    pub(super) fn id_of(&self, bytes: &[u8]) -> Option<ContentId> {
        let kind = self.with(|repository| repository.object_hash());
        gix::objs::compute_hash(kind, Kind::Blob, bytes).ok().map(ContentId)
    }

    /// Whether the disk says which files may be run; where it does not, the index does.
    pub(super) fn trusts_disk_for_programs(&self) -> bool {
        let said = self.with(|repository| repository.config_snapshot().boolean("core.fileMode"));
        cfg!(unix) && said.unwrap_or(true)
    }

    /// The kind and the size of an object, as it says itself; `None` if it is not there.
    fn header(&self, id: ObjectId) -> Result<Option<(Kind, u64)>, gix::Error> {
        let own = self.with(|repository| repository.try_find_header(id))?;
        let own = own.map(|header| (header.kind(), header.size()));
        Ok(own.or_else(|| self.beside.as_ref()?.header(&id)))
    }

    /// An object; `None` if it is not there.
    fn object(&self, id: ObjectId) -> Result<Option<(Kind, Vec<u8>)>, gix::Error> {
        let own = self.with(|repository| {
            let found = repository.try_find_object(id)?;
            Ok::<_, gix::Error>(found.map(|object| (object.kind, object.detach().data)))
        })?;
        match (own, &self.beside) {
            (None, Some(beside)) => beside.find(&id),
            (own, _) => Ok(own),
        }
    }

    /// Lends a handle, which belongs to one thread at a time.
    fn with<T>(&self, work: impl FnOnce(&gix::Repository) -> T) -> T {
        let known = self.free.lock().ok().and_then(|mut free| free.pop());
        let repository = known.unwrap_or_else(|| {
            let mut new = self.shared.to_thread_local();
            new.object_cache_size_if_unset(OBJECT_CACHE);
            if let Some(beside) = &self.beside {
                new.objects.set_object_memory(beside.commits());
            }
            new
        });
        let result = work(&repository);
        if let Ok(mut free) = self.free.lock() {
            free.push(repository);
        }
        result
    }
}

/// Nothing but the repository's own configuration counts, so that two machines see the same.
fn options(hears_environment: bool) -> Options {
    let heard = if hears_environment { Permission::Allow } else { Permission::Deny };
    let isolated = permissions::Environment::isolated();
    let environment = permissions::Environment { git_prefix: heard, objects: heard, ..isolated };
    Options::isolated()
        .permissions(Permissions { env: environment, ..Permissions::isolated() })
        .config_overrides([format!("gitoxide.objects.allocLimit={LARGEST_ALLOCATION}")])
}

/// An error with what caused it, in one line.
fn chained(error: &gix::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(current) = next {
        let text = current.to_string().replace('\n', " ");
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = current.source();
    }
    texts.join(": ")
}
