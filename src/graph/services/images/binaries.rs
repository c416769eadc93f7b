//! Which binaries of the repository a line of a Dockerfile brings into an image, and which of them a service
//! starts.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::dockerfile::{CargoBuild, LandedBinary, commands as shell_commands};
use crate::text::{Location, RepoPath};

use super::super::super::cargo::CargoPackages;
use super::super::model::{Running, Said};
use super::Image;

/// The binaries of the repository, by name.
#[derive(Debug)]
pub(super) struct Binaries<'c> {
    cargo: &'c CargoPackages,
    by_name: BTreeMap<&'c str, Vec<(usize, usize)>>,
}

impl<'c> Binaries<'c> {
    pub(super) fn new(cargo: &'c CargoPackages) -> Self {
        let mut by_name: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, package) in cargo.packages.iter().enumerate() {
            for (position, binary) in package.binaries.iter().enumerate() {
                by_name.entry(&binary.name).or_default().push((at, position));
            }
        }
        Self { cargo, by_name }
    }

    /// The binaries that one line brings into an image.
    pub(super) fn joined(&self, image: &Image, binary: &LandedBinary) -> Joined {
        let build = binary.built_by.and_then(|at| image.contents.builds.get(at));
        let folder = build.and_then(|build| installed_folder(image, build));
        let is_meant = |at: usize| {
            let package = &self.cargo.packages[at];
            image.context.as_ref().is_none_or(|context| package.folder.is_within(context))
                && build.is_none_or(|build| asks_for(build, &package.name.value))
                && folder.as_ref().is_none_or(|folder| package.folder == *folder)
        };
        if binary.name.is_empty() {
            let packages: Vec<usize> = (0..self.cargo.packages.len()).filter(|at| is_meant(*at)).collect();
            return self.all_of(image, build, &packages);
        }
        let named = self.by_name.get(binary.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<(usize, usize)> = named.iter().filter(|(at, _)| is_meant(*at)).copied().collect();
        if found.len() > 1 {
            let near = |at: usize| {
                let folder = &self.cargo.packages[at].folder;
                folder.parts().zip(image.dockerfile.parts()).take_while(|(one, other)| one == other).count()
            };
            let best = found.iter().map(|(at, _)| near(*at)).max();
            found.retain(|(at, _)| Some(near(*at)) == best);
        }
        match found.len() {
            0 => Joined::Unknown,
            1 => Joined::To(found),
            _ => Joined::Ambiguous,
        }
    }

    /// All binaries of the packages that a build names; of all of them only what the image starts.
    fn all_of(&self, image: &Image, build: Option<&CargoBuild>, packages: &[usize]) -> Joined {
        let started = image.contents.entry.as_ref().and_then(|words| words.first());
        let started = started.map(|path| base_name(path).to_owned());
        let is_said = build.is_some_and(|build| !build.packages.is_empty() || build.path.is_some());
        let is_own = |at: usize| {
            is_said || packages.len() == 1 || image.context.as_ref() == Some(&self.cargo.packages[at].folder)
        };
        let binaries = |at: usize| (0..self.cargo.packages[at].binaries.len()).map(move |one| (at, one));
        let own = packages.iter().copied().filter(|at| is_own(*at));
        let all: Vec<(usize, usize)> = own.flat_map(binaries).collect();
        let is_started = |(at, one): &(usize, usize)| {
            started.as_ref() == Some(&self.cargo.packages[*at].binaries[*one].name)
        };
        let entry: Vec<(usize, usize)> =
            packages.iter().copied().flat_map(binaries).filter(is_started).collect();
        match (entry.len(), all.is_empty()) {
            (1, _) => Joined::To(entry),
            (_, true) => Joined::Unknown,
            (_, false) => Joined::To(all),
        }
    }
}

/// The folder that `cargo install --path` names, in the repository. A path inside of the image says something
/// only where it is relative to the context.
fn installed_folder(image: &Image, build: &CargoBuild) -> Option<RepoPath> {
    let relative = build.path.as_ref()?.value.trim_start_matches("./");
    let context = image.context.as_ref()?;
    if relative.starts_with('/') { None } else { context.join(relative) }
}

/// The binaries that a line means.
pub(super) enum Joined {
    To(Vec<(usize, usize)>),
    Ambiguous,
    Unknown,
}

/// Whether a build builds a package, as far as it names any.
fn asks_for(build: &CargoBuild, package: &str) -> bool {
    let is_named = |name: &str| {
        let name = name.rsplit(['/', '#']).next().unwrap_or(name);
        let name = name.split('@').next().unwrap_or(name);
        match crate::text::is_glob(name) {
            true => crate::text::glob(name).is_ok_and(|glob| glob.compile_matcher().is_match(package)),
            false => name == package,
        }
    };
    build.packages.is_empty() || build.packages.iter().any(|one| is_named(&one.value))
}

impl Image {
    /// The binaries that a service starts of those that its image ships: by its command, or else by the image's
    /// own.
    pub(in super::super) fn started(&self, running: &Running) -> Vec<(usize, usize)> {
        let by = |programs: BTreeSet<String>| -> Vec<(usize, usize)> {
            let names = self.contents.binaries.iter().filter(|binary| programs.contains(&binary.name));
            let lines: BTreeSet<Location> =
                names.flat_map(|binary| binary.spans.first()).map(|span| self.at(*span)).collect();
            let is_meant = |places: &[Location]| places.iter().any(|place| lines.contains(place));
            self.binaries.iter().filter(|(_, places)| is_meant(places)).map(|(binary, _)| *binary).collect()
        };
        let said = by(programs(&running.commands));
        let own = || self.contents.entry.iter().flatten().map(|word| base_name(word).to_owned()).collect();
        if said.is_empty() { by(own()) } else { said }
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The programs that command lines start, by the last part of their paths: the first word of each command,
/// those inside of a shell's `-c` too.
pub(in super::super) fn programs(commands: &[Vec<Said>]) -> BTreeSet<String> {
    let mut programs = BTreeSet::new();
    for words in commands {
        programs.extend(words.first().map(|word| base_name(&word.value).to_owned()));
        for word in words.iter().filter(|word| word.value.contains(char::is_whitespace)) {
            let inner = shell_commands(&word.value, 0).into_iter();
            programs.extend(
                inner.filter_map(|command| (!command.name().is_empty()).then(|| command.name().to_owned())),
            );
        }
    }
    programs
}
