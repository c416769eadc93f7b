//! Objects that lie beside a repository: git keeps what a push brings apart until the hooks have agreed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::{Exists, Find, FindHeader};
use gix::odb::memory::Storage;

use super::LARGEST_ALLOCATION;

/// The folders of objects that git names to its hooks besides the repository's own.
pub(super) struct Beside {
    /// Not asked often, so that threads may wait for each other.
    stores: Mutex<Vec<gix::odb::Handle>>,
    /// The commits and tags among them: `gix` follows those itself, and looks into its memory first.
    commits: Storage,
}

impl Beside {
    /// Those that the environment names; `None` if it names no other than `own`.
    ///
    /// # Errors
    /// Why one can't be read.
    pub(super) fn of_environment(own: &Path, hash: gix::hash::Kind) -> Result<Option<Self>, String> {
        let named = std::env::var_os("GIT_OBJECT_DIRECTORY").map(PathBuf::from);
        let alternates = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        let folders: Vec<PathBuf> = named.into_iter().chain(std::env::split_paths(&alternates)).collect();
        let own = own.canonicalize().ok();
        let mut stores = Vec::new();
        let mut commits = Storage::default();
        for folder in folders.iter().filter_map(|folder| folder.canonicalize().ok()) {
            if Some(&folder) == own.as_ref() {
                continue;
            }
            let why = |error: &dyn std::fmt::Display| format!("the objects in {}: {error}", folder.display());
            let options = gix::odb::store::init::Options {
                alloc_limit_bytes: Some(LARGEST_ALLOCATION),
                ..Default::default()
            };
            let store = gix::odb::at_opts(&folder, hash, None, options).map_err(|error| why(&error))?;
            for id in store.iter().map_err(|error| why(&error))? {
                let id = id.map_err(|error| why(&error))?;
                let header = store.try_header(&id).map_err(|error| why(&error))?;
                if header.is_some_and(|header| matches!(header.kind, Kind::Commit | Kind::Tag)) {
                    let mut bytes = Vec::new();
                    let found = store.try_find(&id, &mut bytes).map_err(|error| why(&error))?;
                    if let Some(kind) = found.map(|found| found.kind) {
                        commits.insert(id, (kind, bytes));
                    }
                }
            }
            stores.push(store);
        }
        Ok((!stores.is_empty()).then_some(Self { stores: Mutex::new(stores), commits }))
    }

    /// What `gix` is to have in its memory.
    pub(super) fn commits(&self) -> Storage {
        self.commits.clone()
    }

    /// The kind and the size of an object.
    pub(super) fn header(&self, id: &ObjectId) -> Option<(Kind, u64)> {
        let stores = self.stores()?;
        let found = stores.iter().find_map(|store| store.try_header(id).ok().flatten())?;
        Some((found.kind, found.size))
    }

    /// An object.
    ///
    /// # Errors
    /// Why it can't be read.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<(Kind, Vec<u8>)>, gix::Error> {
        let Some(stores) = self.stores() else { return Ok(None) };
        let Some(store) = stores.iter().find(|store| store.exists(id)) else { return Ok(None) };
        let mut bytes = Vec::new();
        let kind = store.try_find(id, &mut bytes)?.map(|found| found.kind);
        Ok(kind.map(|kind| (kind, bytes)))
    }

    fn stores(&self) -> Option<MutexGuard<'_, Vec<gix::odb::Handle>>> {
        self.stores.lock().ok()
    }
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beside").finish_non_exhaustive()
    }
}
