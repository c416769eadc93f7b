//! Who looks on while the data takes its way.

use std::sync::LazyLock;

use crate::features::Depth;
use crate::graph::Memory;
use crate::snapshot::Cache;
use crate::sources::Reading;
use crate::sources::cargo::CargoCommand;
use crate::text::RepoPath;

use super::Repository;

/// A part of the way that a person may have to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The repository and its configuration are looked for.
    Opening,
    /// The tree is walked, and each file read as it is met.
    Reading,
    /// Facts become the graph.
    Linking,
    /// Units are given to features.
    Assigning,
    /// Sources are asked what no manifest states.
    ReadingCode,
    /// What a change started from takes the same way.
    Comparing,
    /// Rules are judged, or a question to the graph is answered.
    Judging,
    /// What was found is put into words.
    Reporting,
}

impl Stage {
    /// What goes on.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Reading => "walking and reading",
            Self::Linking => "linking",
            Self::Assigning => "assigning",
            Self::ReadingCode => "reading sources",
            Self::Comparing => "reading the base",
            Self::Judging => "judging",
            Self::Reporting => "reporting",
        }
    }
}

/// Is told how far the way is. Nothing that it does can change what comes out: it only looks on.
///
/// All of it may be left out; `()` looks away.
pub trait Watch: Sync {
    /// A stage begins, and the one before has ended.
    fn begins(&self, _stage: Stage) {}

    /// A file of a known format is met while the tree is walked: in any order, by any thread.
    fn meets(&self, _path: &RepoPath, _is_excluded: bool) {}

    /// All files were read.
    fn has_read(&self, _reading: &Reading) {}

    /// Sources were asked, with what was read of them before.
    fn has_read_code(&self, _cache: &Cache) {}

    /// The repository is there.
    fn has_loaded(&self, _repository: &Repository) {}
}

impl Watch for () {}

/// How a repository is loaded, besides what of it.
#[derive(Clone, Copy)]
pub struct Loading<'l> {
    /// Who is asked which packages depend on which, instead of the manifests alone.
    pub cargo: Option<&'l CargoCommand>,
    /// Whether it will be compared with another moment: what is read is then kept for that.
    pub is_to_compare: bool,
    /// How much is asked of sources.
    pub code: Depth,
    /// What was read of sources before.
    pub cache: &'l Cache,
    /// Whether rules are left out: what is only measured is not judged.
    pub is_to_measure: bool,
    /// What linking found out of another moment.
    pub memory: Option<&'l Memory>,
    /// Who looks on.
    pub watch: &'l dyn Watch,
}

/// Keeps nothing.
static NOTHING: LazyLock<Cache> = LazyLock::new(Cache::off);

impl Default for Loading<'_> {
    /// From the manifests, for itself, and nobody looks on.
    fn default() -> Self {
        Self {
            cargo: None,
            is_to_compare: false,
            is_to_measure: false,
            code: Depth::Features,
            cache: &NOTHING,
            memory: None,
            watch: &(),
        }
    }
}
