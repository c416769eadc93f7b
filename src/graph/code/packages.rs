//! The targets of a package whose sources are read.
//!
//! Source of the rules: The Cargo Book, "Cargo Targets". Tests, benchmarks and examples are found whether or not the
//! package switches that off: a source that cargo does not compile names something all the same.

use crate::graph::cargo::CargoPackages;
use crate::sources::cargo::Section;
use crate::text::RepoPath;

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    /// The library.
    Library,
    /// A binary, by its position in the package.
    Binary(usize),
    /// A test, a benchmark or an example.
    Test,
    /// The build script.
    Build,
}

/// A target.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) package: usize,
    pub(super) kind: TargetKind,
    pub(super) root: RepoPath,
}

impl Target {
    pub(super) fn is_library(&self) -> bool {
        self.kind == TargetKind::Library
    }

    pub(super) fn is_test(&self) -> bool {
        self.kind == TargetKind::Test
    }

    pub(super) fn is_build(&self) -> bool {
        self.kind == TargetKind::Build
    }

    /// Whether it can name what a dependency of that table brings; unit tests stand in every source.
    pub(super) fn uses(&self, section: Section) -> bool {
        self.is_build() == (section == Section::Build)
    }
}

/// The targets of a package, of which these are the sources.
pub(super) fn targets_of(at: usize, cargo: &CargoPackages, files: &[&RepoPath]) -> Vec<Target> {
    let package = &cargo.packages[at];
    let folder = &package.folder;
    let mut targets = Vec::new();
    let mut push = |kind: TargetKind, path: &str| {
        if let Some(root) = folder.join(path) {
            targets.push(Target { package: at, kind, root });
        }
    };
    if let Some(library) = &package.library {
        push(TargetKind::Library, &library.path);
    }
    for (position, binary) in package.binaries.iter().enumerate() {
        push(TargetKind::Binary(position), &binary.path);
    }
    if let Some(script) = &package.build_script {
        push(TargetKind::Build, script);
    }
    for path in &package.test_paths {
        push(TargetKind::Test, path);
    }
    let length = folder.as_str().len() + usize::from(!folder.as_str().is_empty());
    for file in files {
        let inside = file.as_str().get(length..).unwrap_or_default();
        let mut parts = inside.split('/');
        let is_place = matches!(parts.next(), Some("tests" | "benches" | "examples"));
        let is_root =
            matches!((parts.next(), parts.next(), parts.next()), (Some(_), None | Some("main.rs"), None));
        if is_place && is_root && !package.test_paths.iter().any(|known| known == inside) {
            push(TargetKind::Test, inside);
        }
    }
    targets
}
