//! What was read of files before, by the name of their bytes: in one file for each repository, which lies with the user
//! and never in the repository.
//!
//! Invariant: what is found under a name was kept under it. A file that is broken, cut off, or of another version holds
//! nothing, is not trusted in part, and is written anew. Two runs at once may lose each other's news, and nothing else.

#![expect(clippy::disallowed_methods, reason = "this is the room that touches the file system")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::ContentId;

/// What a file begins with.
const MAGIC: &[u8; 16] = b"watertight-kept\n";

/// How large a file may be, in bytes; a larger one is not read, and not written.
const LARGEST: u64 = 512 * 1024 * 1024;

/// How much that is not asked for any more is kept beside what is: so that somebody may go from one branch to another.
const TIMES: usize = 3;

/// How long a file is kept that nobody writes any more.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many files are looked at when old ones are removed.
const MOST: usize = 10_000;

/// The name of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentKey([u8; 32]);

impl ContentKey {
    /// By the name that git gives them.
    pub fn of_id(id: ContentId) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"git");
        hasher.update(id.0.as_slice());
        Self(hasher.finalize().into())
    }

    /// By what names everything that the bytes were made of.
    pub fn of_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The name itself.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// By the bytes themselves.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// What is kept under a name.
#[derive(Debug)]
pub enum Kept<'c> {
    /// By an earlier run.
    Known(&'c [u8]),
    /// By this one.
    New(Arc<[u8]>),
}

impl Deref for Kept<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Known(bytes) => bytes,
            Self::New(bytes) => bytes,
        }
    }
}

/// What was read before.
#[derive(Debug, Default)]
pub struct Cache {
    /// Where it lies; `None` if nothing is kept.
    file: Option<PathBuf>,
    /// What is kept there says what was read; by whom and in which form has to agree.
    format: String,
    bytes: Vec<u8>,
    known: FxHashMap<ContentKey, Range<usize>>,
    /// What was asked for, and what is new.
    used: Mutex<BTreeMap<ContentKey, Option<Arc<[u8]>>>>,
    /// Whether anything is new that is not written yet.
    is_behind: AtomicBool,
    /// How many files were known, and how many had to be read.
    counted: (AtomicUsize, AtomicUsize),
}

impl Cache {
    /// Keeps nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// The one in `folder` for a repository, of which `of` is the name. What is there in another `format` does not count.
    pub fn open(folder: &Path, format: &str, of: &str) -> Self {
        let name: String =
            Sha256::digest(of.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let file = folder.join(format!("{name}.kept"));
        let bytes = read_whole(&file).unwrap_or_default();
        let known = entries(&bytes, format).unwrap_or_default();
        Self { file: Some(file), format: format.to_owned(), bytes, known, ..Self::default() }
    }

    /// Where a user's caches lie by the customs of the platform; `None` where nothing says so.
    pub fn usual_folder() -> Option<PathBuf> {
        let variable =
            |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let caches = if cfg!(windows) {
            variable("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            variable("HOME").map(|home| home.join("Library/Caches"))
        } else {
            variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))
        };
        caches.map(|caches| caches.join("watertight"))
    }

    /// Where it lies.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// How many files were known, and how many were read.
    pub fn counts(&self) -> (usize, usize) {
        (self.counted.0.load(Ordering::Relaxed), self.counted.1.load(Ordering::Relaxed))
    }

    /// What is kept under a name, by an earlier run or by this one.
    pub fn get(&self, key: &ContentKey) -> Option<Kept<'_>> {
        let known = self.known.get(key).and_then(|range| self.bytes.get(range.clone()));
        let mut used = self.used.lock().ok()?;
        match known {
            Some(known) => {
                used.entry(*key).or_insert(None);
                Some(Kept::Known(known))
            }
            None => used.get(key)?.clone().map(Kept::New),
        }
    }

    /// Counts files that need not be read, and goes on keeping what lies under their names.
    pub fn count_known<'k>(&self, keys: impl Iterator<Item = &'k ContentKey>) {
        let Ok(mut used) = self.used.lock() else { return };
        for key in keys {
            self.counted.0.fetch_add(1, Ordering::Relaxed);
            if self.known.contains_key(key) {
                used.entry(*key).or_insert(None);
            }
        }
    }

    /// Counts a file that has to be read.
    pub fn count_read(&self) {
        self.counted.1.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps something under a name.
    pub fn put(&self, key: ContentKey, bytes: impl FnOnce() -> Option<Vec<u8>>) {
        if self.file.is_none() {
            return;
        }
        if let (Some(bytes), Ok(mut used)) = (bytes(), self.used.lock()) {
            used.insert(key, Some(bytes.into()));
            self.is_behind.store(true, Ordering::Relaxed);
        }
    }

    /// Writes down what is new, if anything is. Where that can't be done, the next run reads anew.
    pub fn save(&self) {
        let (Some(file), Ok(used)) = (&self.file, self.used.lock()) else { return };
        if !self.is_behind.swap(false, Ordering::Relaxed) {
            return;
        }
        let own = |key: &ContentKey| self.known.get(key).and_then(|range| self.bytes.get(range.clone()));
        let mut kept: Vec<(ContentKey, &[u8])> =
            used.iter().filter_map(|(key, new)| Some((*key, new.as_deref().or_else(|| own(key))?))).collect();
        let size: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut room = size.saturating_mul(TIMES);
        let mut others: Vec<&ContentKey> = self.known.keys().filter(|key| !used.contains_key(key)).collect();
        others.sort_unstable();
        for key in others {
            let Some(bytes) = own(key).filter(|bytes| bytes.len() <= room) else { continue };
            room -= bytes.len();
            kept.push((*key, bytes));
        }
        if let Some(bytes) = packed(&self.format, &kept) {
            // Who can't write there works without.
            let _ = write(file, &bytes);
        }
    }
}

/// `MAGIC`, the length of the format and the format, how many entries there are, for each its name and its length, all
/// bytes, and a checksum of everything before.
fn packed(format: &str, kept: &[(ContentKey, &[u8])]) -> Option<Vec<u8>> {
    let size: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut packed = Vec::with_capacity(size + kept.len() * 36 + 64);
    packed.extend_from_slice(MAGIC);
    packed.extend_from_slice(&u32::try_from(format.len()).ok()?.to_le_bytes());
    packed.extend_from_slice(format.as_bytes());
    packed.extend_from_slice(&u32::try_from(kept.len()).ok()?.to_le_bytes());
    for (key, bytes) in kept {
        packed.extend_from_slice(&key.0);
        packed.extend_from_slice(&u32::try_from(bytes.len()).ok()?.to_le_bytes());
    }
    kept.iter().for_each(|(_, bytes)| packed.extend_from_slice(bytes));
    let sum = crc32fast::hash(&packed);
    packed.extend_from_slice(&sum.to_le_bytes());
    (packed.len() as u64 <= LARGEST).then_some(packed)
}

/// Where each entry lies; `None` if the file is not what it should be.
fn entries(bytes: &[u8], format: &str) -> Option<FxHashMap<ContentKey, Range<usize>>> {
    let (bytes, sum) = bytes.split_last_chunk::<4>()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let rest = rest
        .get(..u32::from_le_bytes(*length) as usize)
        .filter(|own| *own == format.as_bytes())
        .and(rest.get(u32::from_le_bytes(*length) as usize..))?;
    if crc32fast::hash(bytes) != u32::from_le_bytes(*sum) {
        return None;
    }
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let count = u32::from_le_bytes(*count) as usize;
    let table = rest.get(..count.checked_mul(36)?)?;
    let mut at = bytes.len() - rest.len() + table.len();
    let mut known = FxHashMap::default();
    known.reserve(count);
    for entry in table.chunks_exact(36) {
        let (key, length) = entry.split_first_chunk::<32>()?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let end = at.checked_add(length).filter(|end| *end <= bytes.len())?;
        known.insert(ContentKey(*key), at..end);
        at = end;
    }
    (at == bytes.len()).then_some(known)
}

fn read_whole(file: &Path) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(file).ok()?;
    (metadata.is_file() && metadata.len() <= LARGEST).then(|| fs::read(file).ok())?
}

/// Writes a whole file at once, in a folder that is the user's own.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    remove_old(folder);
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.persist(file)?;
    Ok(())
}

/// Removes what nobody has written for long.
fn remove_old(folder: &Path) {
    let is_old = |path: &Path| {
        let changed = fs::symlink_metadata(path).and_then(|metadata| metadata.modified()).ok();
        changed
            .and_then(|changed| SystemTime::now().duration_since(changed).ok())
            .is_some_and(|age| age > LONGEST)
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().take(MOST) {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "kept") && is_old(&path) {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Cache, ContentKey};

    fn key(byte: u8) -> ContentKey {
        ContentKey::of_bytes(&[byte])
    }

    #[test]
    fn what_is_kept_is_found_by_the_next_run_in_the_same_format() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), "1", "here");
        assert!(cache.get(&key(1)).is_none());
        cache.put(key(1), || Some(b"one".to_vec()));
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"one"[..]));
        cache.save();
        let next = Cache::open(folder.path(), "1", "here");
        assert_eq!(next.get(&key(1)).as_deref(), Some(&b"one"[..]));
        next.count_known([key(1), key(2)].iter());
        next.count_read();
        assert_eq!((next.counts(), cache.counts()), ((2, 1), (0, 0)));
        assert!(Cache::open(folder.path(), "2", "here").get(&key(1)).is_none());
        assert!(Cache::open(folder.path(), "1", "there").get(&key(1)).is_none());
    }

    #[test]
    fn what_is_not_asked_for_is_kept_for_a_while_and_then_dropped() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..8 {
            let cache = Cache::open(folder.path(), "1", "here");
            cache.put(key(round), || Some(vec![round; 10]));
            cache.save();
        }
        let last = Cache::open(folder.path(), "1", "here");
        assert!(last.get(&key(7)).is_some());
        assert_eq!((0..8).filter(|round| last.get(&key(*round)).is_some()).count(), 4);
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::File::create(&file).unwrap();
        let cache = Cache::open(&file, "1", "here");
        cache.put(key(1), || Some(vec![1]));
        cache.save();
        let off = Cache::off();
        off.put(key(1), || unreachable!("nothing is made where nothing is kept"));
        off.save();
        assert!(off.get(&key(1)).is_none());
    }

    proptest! {
        #[test]
        fn a_broken_file_holds_nothing_that_was_not_kept(
            kept in prop::collection::btree_map(any::<u8>(), prop::collection::vec(any::<u8>(), 0..40), 0..20),
            breaks in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let cache = Cache::open(folder.path(), "1", "here");
            let kept: BTreeMap<u8, Vec<u8>> = kept;
            for (name, bytes) in &kept {
                cache.put(key(*name), || Some(bytes.clone()));
            }
            cache.save();
            let file = cache.file().unwrap();
            if let Ok(mut bytes) = std::fs::read(file) {
                for (at, with) in &breaks {
                    let at = at.index(bytes.len());
                    bytes[at] = *with;
                }
                if let Some(cut) = cut {
                    bytes.truncate(cut.index(bytes.len()));
                }
                std::fs::write(file, bytes).unwrap();
            }
            let next = Cache::open(folder.path(), "1", "here");
            for name in 0..=u8::MAX {
                if let Some(found) = next.get(&key(name)) {
                    prop_assert_eq!(Some(&*found), kept.get(&name).map(Vec::as_slice));
                }
            }
        }
    }
}
