//! Whether a Dockerfile copies what the binaries that it builds are made of: not less, and not what others
//! change.
//!
//! Less is told only of packages that a binary needs in any case, and more only of those that it never needs:
//! what Cargo features and platforms switch on is neither. Where the build context is a guess that does not
//! fit, nothing is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::sources::Facts;
use crate::sources::cargo::Section;
use crate::sources::dockerfile::CargoCommandWord;
use crate::sources::dockerignore::DockerIgnore;
use crate::text::{Location, RepoPath, is_glob};

use super::super::cargo::CargoPackages;
use super::images::Image;
use super::names::is_manifest;

/// What a Dockerfile copies other than its binaries need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Copied {
    /// The position of the image.
    pub(in super::super) image: usize,
    /// Packages that the binaries need and that are not copied, and where they are built.
    pub(in super::super) missing: BTreeSet<usize>,
    /// Members that the workspace names one by one and whose manifests are not copied: cargo builds nothing
    /// without them.
    pub(in super::super) unlisted: BTreeSet<usize>,
    /// Packages that are copied and never needed.
    pub(in super::super) needless: BTreeSet<usize>,
    /// The lines that copy what is not needed, or that build what is not there.
    pub(in super::super) missing_at: Vec<Location>,
    pub(in super::super) needless_at: Vec<Location>,
}

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

/// Looks at every image that binaries of the repository land in.
pub(super) fn find(images: &[Image], facts: &FactMap, cargo: &CargoPackages) -> Vec<Copied> {
    let each = images.iter().enumerate();
    each.filter_map(|(at, image)| Copies::new(image, facts, cargo)?.compared(at)).collect()
}

struct Copies<'a> {
    image: &'a Image,
    cargo: &'a CargoPackages,
    facts: &'a FactMap,
    ignored: Option<&'a DockerIgnore>,
    context: &'a RepoPath,
    /// What is copied, as paths in the repository; globs by the folder before them.
    paths: Vec<(RepoPath, bool, Location)>,
}

impl<'a> Copies<'a> {
    fn new(image: &'a Image, facts: &'a FactMap, cargo: &'a CargoPackages) -> Option<Self> {
        let context = image.context.as_ref().filter(|_| !image.binaries.is_empty())?;
        let own = RepoPath::new(&format!("{}.dockerignore", image.dockerfile.as_str()));
        let paths = own.into_iter().chain(context.join(".dockerignore"));
        let ignored = paths.filter_map(|path| match &**facts.get(&path)? {
            Facts::DockerIgnore(ignored) => Some(ignored),
            _ => None,
        });
        let ignored = ignored.into_iter().next();
        let counting =
            image.contents.copies.iter().filter(|copy| !copy.is_plan_only && !is_manifest(&copy.path.value));
        let copies = counting.filter_map(|copy| {
            let text = copy.path.value.as_str();
            let first = text.split('/').take_while(|part| !is_glob(part)).collect::<Vec<_>>().join("/");
            // What an option leaves out again is not known to be copied, nor to be missing.
            let is_whole = !is_glob(text) && copy.excludes.is_empty();
            Some((context.join(&first)?, is_whole, image.at(copy.path.span)))
        });
        Some(Self { image, cargo, facts, ignored, context, paths: copies.collect() })
    }

    /// Whether a package's folder is copied as a whole.
    fn is_copied(&self, package: usize) -> Option<&Location> {
        let folder = &self.cargo.packages[package].folder;
        if self.is_ignored(folder) {
            return None;
        }
        let covers = |(path, is_whole, _): &&(RepoPath, bool, Location)| *is_whole && folder.is_within(path);
        self.paths.iter().find(covers).map(|(_, _, location)| location)
    }

    /// Whether anything of a package may be copied.
    fn is_touched(&self, package: usize) -> bool {
        let folder = &self.cargo.packages[package].folder;
        let touches =
            |(path, _, _): &(RepoPath, bool, Location)| folder.is_within(path) || path.is_within(folder);
        !self.is_ignored(folder) && self.paths.iter().any(touches)
    }

    fn is_ignored(&self, folder: &RepoPath) -> bool {
        let is_out = |file: &str| self.is_left_out(folder, file);
        is_out("Cargo.toml") || (is_out("src/lib.rs") && is_out("src/main.rs"))
    }

    /// Whether the context leaves out a file of a folder.
    fn is_left_out(&self, folder: &RepoPath, file: &str) -> bool {
        let Some(ignored) = self.ignored else { return false };
        let path = folder.join(file);
        let relative = path.as_ref().and_then(|path| match self.context.as_str() {
            "" => Some(path.as_str()),
            context => path.as_str().strip_prefix(context).map(|rest| rest.trim_start_matches('/')),
        });
        relative.is_some_and(|path| ignored.excludes(path))
    }

    /// Members of the workspace that is built in whose manifests nothing copies. cargo-chef makes them anew.
    fn unlisted(&self, built: &BTreeSet<usize>, missing: &BTreeSet<usize>) -> BTreeSet<usize> {
        let is_cooked =
            self.image.contents.builds.iter().any(|build| build.command == CargoCommandWord::Cook);
        let workspace = built.iter().find_map(|package| self.cargo.packages[*package].workspace);
        let Some(workspace) = workspace.filter(|_| self.image.is_context_said && !is_cooked) else {
            return BTreeSet::new();
        };
        let workspace = &self.cargo.workspaces[workspace];
        let manifest = workspace.root.join("Cargo.toml").filter(|path| self.is_manifest_copied(path));
        let Some(Facts::CargoManifest(manifest)) =
            manifest.and_then(|path| self.facts.get(&path)).map(|facts| &**facts)
        else {
            return BTreeSet::new();
        };
        let named = manifest.workspace.iter().flat_map(|table| &table.members);
        let named: BTreeSet<RepoPath> = named
            .filter(|member| !is_glob(&member.value))
            .filter_map(|member| workspace.root.join(&member.value))
            .collect();
        let lacks = |package: &usize| {
            let package = &self.cargo.packages[*package];
            named.contains(&package.folder) && !self.is_manifest_copied(&package.manifest)
        };
        let members =
            workspace.members.iter().filter(|package| !missing.contains(*package) && lacks(package));
        members.copied().collect()
    }

    fn is_manifest_copied(&self, path: &RepoPath) -> bool {
        let copies = self.image.contents.copies.iter().filter(|copy| !copy.is_plan_only);
        let mut copied = copies.filter_map(|copy| {
            let text = copy.path.value.as_str();
            let first = text.split('/').take_while(|part| !is_glob(part)).collect::<Vec<_>>().join("/");
            self.context.join(&first)
        });
        let is_ignored = path.parent().is_some_and(|folder| self.is_left_out(&folder, "Cargo.toml"));
        !is_ignored && copied.any(|copied| path.is_within(&copied))
    }

    fn compared(&self, at: usize) -> Option<Copied> {
        let built: BTreeSet<usize> = self.image.binaries.iter().map(|((package, _), _)| *package).collect();
        // Where not even the package itself is copied, the sources come from elsewhere.
        if built.iter().any(|package| !self.is_touched(*package)) {
            return None;
        }
        let needed = closure(&built, self.cargo, |is_always| is_always);
        let possible = closure(&built, self.cargo, |_| true);
        let missing: BTreeSet<usize> = needed
            .into_iter()
            .filter(|package| {
                self.image.is_context_said || self.cargo.packages[*package].folder.is_within(self.context)
            })
            .filter(|package| !self.is_touched(*package))
            .collect();
        let others = (0..self.cargo.packages.len()).filter(|package| !possible.contains(package));
        let needless: Vec<(usize, &Location)> =
            others.filter_map(|package| Some((package, self.is_copied(package)?))).collect();
        let unlisted = self.unlisted(&built, &missing);
        if missing.is_empty() && unlisted.is_empty() && needless.is_empty() {
            return None;
        }
        let lines: BTreeSet<&Location> = needless.iter().map(|(_, line)| *line).collect();
        let builds =
            self.image.contents.builds.iter().filter(|build| build.command != CargoCommandWord::Cook);
        let builds = builds.map(|build| self.image.at(build.span));
        let landed = self.image.binaries.iter().flat_map(|(_, places)| places.iter().cloned());
        Some(Copied {
            image: at,
            missing_at: builds.chain(landed).take(1).collect(),
            needless_at: lines.into_iter().cloned().collect(),
            needless: needless.into_iter().map(|(package, _)| package).collect(),
            missing,
            unlisted,
        })
    }
}

/// The packages that some packages are built with. `follows` says whether a dependency counts, by whether it
/// is there on every platform and whatever Cargo features are on.
pub(super) fn closure(
    start: &BTreeSet<usize>,
    cargo: &CargoPackages,
    follows: impl Fn(bool) -> bool,
) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut pending: Vec<usize> = start.iter().copied().collect();
    while let Some(next) = pending.pop() {
        if !seen.insert(next) {
            continue;
        }
        for dependency in &cargo.packages[next].dependencies {
            let is_always = !dependency.optional && dependency.platform.is_none();
            if dependency.section != Section::Dev && follows(is_always) {
                pending.extend(dependency.target);
            }
        }
    }
    seen
}
