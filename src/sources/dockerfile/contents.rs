//! What lands in an image, as far as one file tells it.
//!
//! Invariant: only what the target stage needs is told, and what can't be told since a variable is unknown
//! is told as that, never guessed.

use std::collections::BTreeMap;

use crate::text::{Span, Spanned};

use super::Dockerfile;
use super::cargo_command::CargoBuild;
use super::evaluation::Evaluation;
use super::needed::Needed;
use super::scope::Scope;

/// What a stage's image holds, and what was needed to build it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contents {
    /// The images that it stands on or takes from, in the order of the file.
    pub bases: Vec<Base>,
    /// What is taken from the build context, in the order of the file.
    pub copies: Vec<ContextCopy>,
    /// The cargo commands that build something of the repository; what is installed from a registry is
    /// not of it.
    pub builds: Vec<CargoBuild>,
    /// The binaries of cargo that are in the image, in the order in which they were brought.
    pub binaries: Vec<LandedBinary>,
    /// What can't be told since a variable is unknown: what is written there, the known variables in place.
    pub unknown: Vec<Spanned<String>>,
    /// The words that a container starts with: `ENTRYPOINT` and `CMD` together where both are lists, else
    /// the first command of the one that counts. `None` if neither is there.
    pub entry: Option<Vec<String>>,
    /// `ENV` of the stage and of those that it stands on; unknown variables in a value stay as written.
    pub environment: Vec<(String, Spanned<String>)>,
    /// The stage that this is about.
    pub stage: usize,
    /// Whether stages that stand on this one are to run more, by `ONBUILD`.
    pub is_onbuild: bool,
}

/// An image that is used, and is none of the file's own stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The image, the known variables in place.
    pub image: Spanned<String>,
    /// Whether no variable in it is unknown; if one is, it is in [`Contents::unknown`] as well.
    pub is_known: bool,
    /// What it is used for.
    pub how: BaseUse,
    /// The stage that uses it.
    pub stage: usize,
}

/// What an image is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BaseUse {
    /// The image that is built stands on it.
    From,
    /// The image that is built takes files from it.
    CopyFrom,
    /// Only what builds something for it uses it.
    Builder,
}

/// Files that are taken from the build context.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextCopy {
    /// The path below the build context, without `./` or `/` in front; globs stay; `.` for all of it.
    pub path: Spanned<String>,
    /// Where in the stage they go: absolute, if no variable is unknown.
    pub destination: String,
    /// The patterns that are left out.
    pub excludes: Vec<String>,
    /// Whether they are there only while something is run, by `--mount`.
    pub is_mount: bool,
    /// Whether none of it is in the image, but in what something is built from for it, or while it is.
    pub is_builder_only: bool,
    /// Whether it is there only to see which packages there are, as `cargo chef prepare` does: what is built
    /// later stays as it is where only the rest of it changes.
    pub is_plan_only: bool,
    /// The stage.
    pub stage: usize,
}

/// A binary of cargo that is in the image.
#[derive(Debug, Clone, PartialEq)]
pub struct LandedBinary {
    /// The name that cargo gave it, whatever it is called in the image. Empty for all binaries that
    /// `built_by` builds.
    pub name: String,
    /// What brings it in, then what moved it before, the latest first, and last the cargo command that
    /// builds it, where it is known.
    pub spans: Vec<Span>,
    /// Where cargo left it, or the folder where it left all of them.
    pub source_path: String,
    /// The place of what builds it in [`Contents::builds`].
    pub built_by: Option<usize>,
    /// Whether its name is told; without one, all binaries of the build may be there.
    pub is_certain: bool,
}

impl Dockerfile {
    /// What the image of a stage holds: by its name, or by its number from 0; the last one without.
    /// `None` if there is no such stage.
    ///
    /// `arguments` are what the build is told, and count only where the file declares them.
    pub fn built(&self, target: Option<&str>, arguments: &BTreeMap<String, String>) -> Option<Contents> {
        let last = self.stages.len().checked_sub(1)?;
        let target = match target {
            None => last,
            Some(name) => self.stage(name, self.stages.len())?,
        };
        let global = Scope::global(self, arguments);
        let needed = Needed::by(self, target, &global);
        Some(Evaluation::new(self, &needed, &global).contents(target))
    }
}
