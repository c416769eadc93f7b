//! Images: which Dockerfile builds which, what each is called, and which binaries of the repository land
//! in it.
//!
//! A join is made where one thing alone fits, by what is written: the line that builds the image, its name,
//! or else the names of its folder, its target, its binaries. Where several fit, that is told and none is
//! taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::{Gap, Listing};
use crate::sources::Facts;
use crate::sources::addresses::Store;
use crate::sources::dockerfile::{
    BaseUse, CargoBuild, Contents, Dockerfile, LandedBinary, StepKind, commands as shell_commands,
};
use crate::text::{Location, RepoPath, Span};

use super::super::cargo::CargoPackages;
use super::model::{BuildRequest, Running, Said};
use super::names::{ImageName, is_generic, is_public, plain};

/// An image that the repository builds.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) dockerfile: RepoPath,
    /// The build context, as far as it is known.
    pub(super) context: Option<RepoPath>,
    /// Whether somebody says what the context is.
    pub(super) is_context_said: bool,
    target: Option<String>,
    pub(super) contents: Contents,
    /// What it is called where it is built.
    called: BTreeSet<String>,
    /// The services for which it is built.
    services: BTreeSet<String>,
    /// The services whose images it is built with.
    pub(super) built_with: Vec<(usize, Said)>,
    pub(super) name: String,
    pub(super) declared_at: Location,
    /// The binaries of the repository that land in it, by package and position, and the lines that say so.
    pub(super) binaries: Vec<((usize, usize), Vec<Location>)>,
}

/// All images of a repository.
#[derive(Debug, Default)]
pub(super) struct Images {
    pub(super) all: Vec<Image>,
    /// The image of each build, by what runs it and the build's position.
    of_build: BTreeMap<(usize, usize), usize>,
    /// By the name without registry and tag.
    by_repository: BTreeMap<String, BTreeSet<usize>>,
    /// By every name that may be meant, but for those that it is called by.
    by_alias: BTreeMap<String, BTreeSet<usize>>,
    /// By the last part of what it is called.
    by_last: BTreeMap<String, BTreeSet<usize>>,
    pub(super) gaps: Vec<Gap>,
}

/// Which image a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    One(usize),
    Several(BTreeSet<usize>),
    None,
}

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

impl Images {
    pub(super) fn new(
        facts: &FactMap,
        listing: &Listing,
        running: &[Running],
        cargo: &CargoPackages,
    ) -> Self {
        let files: BTreeMap<&RepoPath, &Dockerfile> = facts
            .iter()
            .filter_map(|(path, facts)| match &**facts {
                Facts::Dockerfile(file) => Some((path, &**file)),
                _ => None,
            })
            .collect();
        let mut images = Self::default();
        for (at, one) in running.iter().enumerate() {
            for (build, request) in one.builds.iter().enumerate() {
                images.build(&files, (at, build), request);
            }
        }
        let built: BTreeSet<RepoPath> = images.all.iter().map(|image| image.dockerfile.clone()).collect();
        for (path, file) in files.iter().filter(|(path, _)| !built.contains(**path)) {
            images.find(path, file, listing);
        }
        for (path, file) in &files {
            images.find_targets(path, file);
        }
        for at in 0..images.all.len() {
            images.land(at, cargo);
        }
        images.learn_names(running);
        images
    }

    /// Stages that no other stage needs and that binaries land in: each is an image that a pipeline can build,
    /// whether or not anything here runs it.
    fn find_targets(&mut self, path: &RepoPath, file: &Dockerfile) {
        let siblings = self.all.iter().find(|image| image.dockerfile == *path);
        let context = siblings.map(|image| (image.context.clone(), image.is_context_said));
        for name in leaves(file).into_iter().take(MOST_TARGETS) {
            let Some(contents) = file.built(Some(&name), &BTreeMap::new()) else { continue };
            let is_known =
                |image: &Image| image.dockerfile == *path && image.contents.stage == contents.stage;
            if contents.binaries.is_empty() || self.all.iter().any(is_known) {
                continue;
            }
            let mut image = Image::new(path, file, Some(name), contents);
            (image.context, image.is_context_said) = context.clone().unwrap_or_default();
            self.all.push(image);
        }
    }

    /// What images are called by those that run them: a name that nothing else explains, on a service whose
    /// command starts a binary that lands in one image alone.
    fn learn_names(&mut self, running: &[Running]) {
        self.name();
        let mut learnt = Vec::new();
        for one in running.iter().filter(|one| one.builds.is_empty()) {
            let [image] = one.images.as_slice() else { continue };
            if is_public(&image.value) || self.meant(&image.value, &one.name) != Meant::None {
                continue;
            }
            let programs = programs(&one.commands);
            let ships =
                |image: &Image| image.contents.binaries.iter().any(|binary| programs.contains(&binary.name));
            let mut shipping = (0..self.all.len()).filter(|at| ships(&self.all[*at]));
            if let (Some(at), None) = (shipping.next(), shipping.next()) {
                learnt.push((at, image.value.clone()));
            }
        }
        if !learnt.is_empty() {
            learnt.into_iter().for_each(|(at, called)| {
                self.all[at].called.insert(called);
            });
            self.name();
        }
    }

    /// The binaries that a service starts of those that its image ships, by its command or else by the image's
    /// own.
    pub(super) fn started(&self, at: usize, running: &Running) -> Vec<(usize, usize)> {
        let image = &self.all[at];
        let by = |programs: BTreeSet<String>| -> Vec<(usize, usize)> {
            let names = image.contents.binaries.iter().filter(|binary| programs.contains(&binary.name));
            let lines: BTreeSet<Location> =
                names.flat_map(|binary| binary.spans.first()).map(|span| image.at(*span)).collect();
            let is_meant = |places: &[Location]| places.iter().any(|place| lines.contains(place));
            image.binaries.iter().filter(|(_, places)| is_meant(places)).map(|(binary, _)| *binary).collect()
        };
        let said = by(programs(&running.commands));
        let own = || image.contents.entry.iter().flatten().map(|word| base_name(word).to_owned()).collect();
        if said.is_empty() { by(own()) } else { said }
    }

    /// The image that somebody builds.
    fn build(
        &mut self,
        files: &BTreeMap<&RepoPath, &Dockerfile>,
        key: (usize, usize),
        request: &BuildRequest,
    ) {
        let Some(path) = &request.dockerfile else { return };
        let Some((path, file)) = files.get_key_value(path) else {
            let (place, what) = (&request.location, "a build whose Dockerfile is not in the repository");
            self.gaps.push(Gap::at(&place.path, place.span, what));
            return;
        };
        let Some(contents) = file.built(request.target.as_deref(), &request.arguments) else {
            let (place, what) = (&request.location, "a build whose target is not in the Dockerfile");
            self.gaps.push(Gap::at(&place.path, place.span, what));
            return;
        };
        // Arguments that change nothing about what lands in it make no other image.
        let is_same = |image: &Image| {
            image.dockerfile == **path
                && image.target == request.target
                && image.context == request.context
                && image.contents.binaries == contents.binaries
                && image.contents.builds == contents.builds
        };
        let at = self.all.iter().position(is_same).unwrap_or_else(|| {
            self.all.push(Image::new(path, file, request.target.clone(), contents));
            self.all.len() - 1
        });
        let image = &mut self.all[at];
        image.context = request.context.clone();
        image.is_context_said = true;
        image.services.insert(request.service.clone());
        image.called.extend(request.called.clone());
        image.built_with.extend(request.built_with.iter().map(|said| (key.0, said.clone())));
        self.of_build.insert(key, at);
    }

    /// The image of a Dockerfile that nothing in the repository says how to build.
    fn find(&mut self, path: &RepoPath, file: &Dockerfile, listing: &Listing) {
        let Some(contents) = file.built(None, &BTreeMap::new()) else { return };
        let mut image = Image::new(path, file, None, contents);
        image.context = guessed_context(path, &image.contents, listing);
        self.all.push(image);
    }

    /// Which binaries land in an image.
    fn land(&mut self, at: usize, cargo: &CargoPackages) {
        let image = &self.all[at];
        let mut landed: BTreeMap<(usize, usize), Vec<Location>> = BTreeMap::new();
        for binary in &image.contents.binaries {
            match image.joined(binary, cargo) {
                Joined::To(found) => {
                    for one in found {
                        let places = binary.spans.iter().map(|span| image.at(*span));
                        landed.entry(one).or_default().extend(places);
                    }
                }
                Joined::Ambiguous => {
                    let span = binary.spans.first().copied().unwrap_or_default();
                    let what = format!(
                        "several packages have a binary `{}`, and nothing says which of them lands in this image",
                        binary.name
                    );
                    self.gaps.push(Gap::at(&image.dockerfile, span, what));
                }
                Joined::Unknown => {}
            }
        }
        for build in image.contents.builds.iter().filter(|build| !build.is_certain) {
            let what = "what is built here depends on a build argument that nothing in the repository sets";
            self.gaps.push(Gap::at(&image.dockerfile, build.span, what));
        }
        self.all[at].binaries = landed.into_iter().collect();
    }

    /// Names each image, and notes by which names it may be meant.
    fn name(&mut self) {
        self.by_repository.clear();
        self.by_alias.clear();
        self.by_last.clear();
        for at in 0..self.all.len() {
            let siblings = self.all.iter().filter(|one| one.dockerfile == self.all[at].dockerfile).count();
            self.all[at].name = self.all[at].own_name(siblings > 1);
        }
        for (at, image) in self.all.iter().enumerate() {
            for called in &image.called {
                let name = ImageName::read(called);
                self.by_repository.entry(name.repository().to_owned()).or_default().insert(at);
                self.by_last.entry(plain(name.last())).or_default().insert(at);
            }
            for alias in image.aliases() {
                self.by_alias.entry(alias).or_default().insert(at);
            }
        }
    }

    /// The image of a build.
    pub(super) fn of_build(&self, running: usize, build: usize) -> Option<usize> {
        self.of_build.get(&(running, build)).copied()
    }

    /// Which image of the repository a name means to a service of some name.
    pub(super) fn meant(&self, written: &str, service: &str) -> Meant {
        let is_called = |at: &usize| self.all[*at].called.contains(written);
        let name = ImageName::read(written);
        let same = self.by_repository.get(name.repository()).cloned().unwrap_or_default();
        let called: BTreeSet<usize> = same.iter().copied().filter(is_called).collect();
        for candidates in [called, same] {
            match self.narrowed(candidates, &name, service) {
                Meant::None => {}
                found => return found,
            }
        }
        if is_public(written) || Store::of_image(written).is_some() {
            return Meant::None;
        }
        let by_last = self.by_last.get(&plain(name.last())).cloned().unwrap_or_default();
        match self.narrowed(by_last, &name, service) {
            Meant::None => self.meant_by_alias(&name, service),
            found => found,
        }
    }

    fn meant_by_alias(&self, name: &ImageName<'_>, service: &str) -> Meant {
        let by_alias = |name: &str| self.by_alias.get(name).cloned().unwrap_or_default();
        let alias = plain(name.last());
        match self.narrowed(by_alias(&alias), name, service) {
            Meant::None => self.narrowed(by_alias(without_version(&alias)), name, service),
            found => found,
        }
    }

    /// Which image of the repository another one stands on. A name of somebody else's registry is not enough:
    /// many images are built on public ones of their name.
    fn meant_as_base(&self, written: &str) -> Meant {
        let name = ImageName::read(written);
        let is_called =
            |image: &Image| image.called.iter().any(|called| ImageName::read(called).full() == name.full());
        let called: BTreeSet<usize> = (0..self.all.len()).filter(|at| is_called(&self.all[*at])).collect();
        match self.narrowed(called, &name, "") {
            Meant::None if is_public(written) || Store::of_image(written).is_some() => Meant::None,
            Meant::None => {
                let alias = plain(name.last());
                let short = without_version(&alias);
                let is_named = |image: &Image| {
                    let own = image.own_aliases();
                    own.contains(&alias) || own.contains(short)
                };
                let named = (0..self.all.len()).filter(|at| is_named(&self.all[*at]));
                self.narrowed(named.collect(), &name, "")
            }
            found => found,
        }
    }

    /// One of several candidates, if the tag or the name of the service tells which.
    fn narrowed(&self, candidates: BTreeSet<usize>, name: &ImageName<'_>, service: &str) -> Meant {
        let mut each = candidates.iter();
        match (each.next(), each.next()) {
            (None, _) => return Meant::None,
            (Some(one), None) => return Meant::One(*one),
            _ => {}
        }
        let ends_alike = |at: &usize| {
            let last =
                |tag: Option<&str>| tag.and_then(|tag| tag.rsplit_once('-')).map(|(_, last)| last.to_owned());
            let own = last(name.tag());
            own.is_some()
                && self.all[*at].called.iter().any(|called| last(ImageName::read(called).tag()) == own)
        };
        let is_for = |at: &usize| self.all[*at].services.contains(service);
        let is_named = |at: &usize| self.all[*at].aliases().contains(&plain(service));
        let tests: [&dyn Fn(&usize) -> bool; 3] = [&ends_alike, &is_for, &is_named];
        for test in tests {
            let left: Vec<usize> = candidates.iter().copied().filter(|at| test(at)).collect();
            if let [one] = left.as_slice() {
                return Meant::One(*one);
            }
        }
        Meant::Several(candidates)
    }

    /// The images of the repository that an image stands on, or copies from, and where that is said.
    pub(super) fn built_on(&self, at: usize) -> Vec<(usize, BaseUse, Location)> {
        let image = &self.all[at];
        let mut found = Vec::new();
        for base in &image.contents.bases {
            // A name of which a part is not known may still end in what says which it is.
            if let Meant::One(other) = self.meant_as_base(&base.image.value)
                && other != at
            {
                found.push((other, base.how, image.at(base.image.span)));
            }
        }
        found
    }

    /// What keeps data in an image that the repository builds: one that stands on such an image and adds no
    /// binary.
    pub(super) fn store(&self, at: usize) -> Option<Store> {
        let image = &self.all[at];
        let from = image.contents.bases.iter().filter(|base| base.how == BaseUse::From);
        let mut stores = from.filter_map(|base| Store::of_image(&base.image.value));
        stores.next().filter(|_| image.contents.binaries.is_empty())
    }
}

impl Image {
    fn new(path: &RepoPath, file: &Dockerfile, target: Option<String>, contents: Contents) -> Self {
        let stage = match &target {
            None => file.stages.last(),
            Some(target) => file.stages.iter().find(|stage| {
                stage.name.as_ref().is_some_and(|name| name.value.eq_ignore_ascii_case(target))
            }),
        };
        let span = stage.map(|stage| stage.from.span).unwrap_or_default();
        Self {
            dockerfile: path.clone(),
            context: None,
            is_context_said: false,
            target,
            contents,
            called: BTreeSet::new(),
            services: BTreeSet::new(),
            built_with: Vec::new(),
            name: String::new(),
            declared_at: Location { path: path.clone(), span },
            binaries: Vec::new(),
        }
    }

    pub(super) fn at(&self, span: Span) -> Location {
        Location { path: self.dockerfile.clone(), span }
    }

    /// What its Dockerfile says by its own name, or by the nearest folder that says something.
    fn named_by_path(&self) -> Option<String> {
        let name = self.dockerfile.file_name();
        let lower = name.to_ascii_lowercase();
        for word in ["dockerfile", "containerfile"] {
            let rest = match lower.strip_prefix(word) {
                Some(rest) => &name[name.len() - rest.len()..],
                None => lower.strip_suffix(word).map_or("", |rest| &name[..rest.len()]),
            };
            let rest = rest.trim_matches(['.', '-', '_']);
            if !rest.is_empty() && !is_generic(rest) {
                return Some(rest.to_owned());
            }
        }
        let folder = self.dockerfile.parent()?;
        let parts: Vec<&str> = folder.parts().collect();
        parts.into_iter().rev().find(|part| !is_generic(part)).map(str::to_owned)
    }

    fn own_name(&self, has_siblings: bool) -> String {
        let mut services = self.services.iter();
        let only_service = services.next().filter(|_| services.next().is_none());
        let mut binaries = self.contents.binaries.iter().filter(|one| !one.name.is_empty());
        let only_binary = binaries.next().filter(|_| binaries.next().is_none()).map(|one| &one.name);
        let base = self.named_by_path();
        if has_siblings {
            let own = only_service.or(self.target.as_ref()).or(only_binary);
            if let Some(own) = own {
                return own.clone();
            }
        }
        let mut called = self.called.iter().map(|called| ImageName::read(called).last().to_owned());
        let only_called = called.next().filter(|_| called.next().is_none());
        let other = only_service.or(only_binary).or(self.target.as_ref()).cloned();
        base.or(only_called).or(other).unwrap_or_else(|| self.named_by_folder())
    }

    /// The nearest folder, whatever it is called.
    fn named_by_folder(&self) -> String {
        let folder = self.dockerfile.parent();
        let name =
            folder.as_ref().map(|folder| folder.file_name().trim_start_matches('.')).unwrap_or_default();
        if name.is_empty() { "root".to_owned() } else { name.to_owned() }
    }

    /// Every name by which it may be meant, in one spelling.
    fn aliases(&self) -> BTreeSet<String> {
        let services = self.services.iter().map(|name| plain(name));
        self.own_aliases().into_iter().chain(services).chain([plain(&self.name)]).collect()
    }

    /// Those that it has by its folder, its target and what lands in it, whoever runs it.
    fn own_aliases(&self) -> BTreeSet<String> {
        let binaries = self.contents.binaries.iter().map(|one| one.name.as_str());
        let path = self.named_by_path();
        let own = self.target.as_deref().into_iter().chain(path.as_deref());
        own.chain(binaries).filter(|name| !name.is_empty()).map(plain).collect()
    }

    /// The binaries of the repository that one line brings in.
    fn joined(&self, binary: &LandedBinary, cargo: &CargoPackages) -> Joined {
        let build = binary.built_by.and_then(|at| self.contents.builds.get(at));
        let packages = cargo.packages.iter().enumerate();
        let mut candidates: Vec<usize> = packages
            .filter(|(_, package)| {
                self.context.as_ref().is_none_or(|context| package.folder.is_within(context))
            })
            .filter(|(_, package)| build.is_none_or(|build| asks_for(build, &package.name.value)))
            .map(|(at, _)| at)
            .collect();
        if let Some(folder) = build.and_then(|build| self.installed_folder(build)) {
            candidates.retain(|at| cargo.packages[*at].folder == folder);
        }
        if binary.name.is_empty() {
            return self.all_of(build, &candidates, cargo);
        }
        let positions = candidates.iter().filter_map(|at| {
            let binaries = &cargo.packages[*at].binaries;
            Some((*at, binaries.iter().position(|one| one.name == binary.name)?))
        });
        let mut found: Vec<(usize, usize)> = positions.collect();
        if found.len() > 1 {
            let near = |at: usize| {
                let folder = &cargo.packages[at].folder;
                folder.parts().zip(self.dockerfile.parts()).take_while(|(one, other)| one == other).count()
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

    /// The folder that `cargo install --path` names, in the repository.
    fn installed_folder(&self, build: &CargoBuild) -> Option<RepoPath> {
        let path = build.path.as_ref()?;
        // A path inside of the image says something only where it is relative to the context.
        let relative = path.value.trim_start_matches("./");
        let context = self.context.as_ref()?;
        if relative.starts_with('/') { None } else { context.join(relative) }
    }

    /// All binaries of the packages that a build names; of all of them only what the image starts.
    fn all_of(&self, build: Option<&CargoBuild>, candidates: &[usize], cargo: &CargoPackages) -> Joined {
        let started = self.contents.entry.as_ref().and_then(|words| words.first());
        let started = started.map(|path| path.rsplit('/').next().unwrap_or(path).to_owned());
        let is_said = build.is_some_and(|build| !build.packages.is_empty() || build.path.is_some());
        let own = candidates.iter().filter(|at| {
            is_said || candidates.len() == 1 || self.context.as_ref() == Some(&cargo.packages[**at].folder)
        });
        let all: Vec<(usize, usize)> = own
            .flat_map(|at| (0..cargo.packages[*at].binaries.len()).map(move |binary| (*at, binary)))
            .collect();
        let everywhere = candidates.iter().flat_map(|at| {
            cargo.packages[*at]
                .binaries
                .iter()
                .enumerate()
                .map(move |(binary, one)| ((*at, binary), &one.name))
        });
        let entry: Vec<(usize, usize)> =
            everywhere.filter(|(_, name)| started.as_ref() == Some(name)).map(|(at, _)| at).collect();
        match (entry.len(), all.is_empty()) {
            (1, _) => Joined::To(entry),
            (_, true) => Joined::Unknown,
            (_, false) => Joined::To(all),
        }
    }
}

/// `compute-node-v17` as `compute-node`.
fn without_version(name: &str) -> &str {
    match name.rsplit_once("-v") {
        Some((name, version)) if !version.is_empty() && version.bytes().all(|one| one.is_ascii_digit()) => {
            name
        }
        _ => name,
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The programs that command lines start, by the last part of their paths: the first word of each command,
/// those inside of a shell's `-c` too.
pub(super) fn programs(commands: &[Vec<Said>]) -> BTreeSet<String> {
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

/// The names of the stages that no other stage stands on or copies from, but for the last one.
fn leaves(file: &Dockerfile) -> Vec<String> {
    let steps = || file.stages.iter().flat_map(|stage| &stage.steps);
    let copied = steps().filter_map(|step| match &step.kind {
        StepKind::Copy(copy) => copy.from.as_ref(),
        _ => None,
    });
    let mounted = steps().flat_map(|step| match &step.kind {
        StepKind::Run(run) => run.mounts.as_slice(),
        _ => &[],
    });
    let used = file.stages.iter().map(|stage| &stage.from).chain(copied);
    let used = used.chain(mounted.filter_map(|mount| mount.from.as_ref()));
    let used: BTreeSet<String> = used.map(|name| name.value.to_ascii_lowercase()).collect();
    let before_last = file.stages.len().saturating_sub(1);
    let names = file.stages.iter().take(before_last).filter_map(|stage| stage.name.as_ref());
    names
        .filter(|name| !used.contains(&name.value.to_ascii_lowercase()))
        .map(|name| name.value.clone())
        .collect()
}

/// How many stages of one Dockerfile are looked at as images of their own.
const MOST_TARGETS: usize = 64;

/// The binaries that a line means.
enum Joined {
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

/// The folder around a Dockerfile in which the most of what it copies is there; the nearest of those.
fn guessed_context(path: &RepoPath, contents: &Contents, listing: &Listing) -> Option<RepoPath> {
    let is_plain = |path: &&str| *path != "." && !path.contains(['*', '?', '[']);
    let copied: BTreeSet<&str> =
        contents.copies.iter().map(|copy| copy.path.value.as_str()).filter(is_plain).collect();
    let folder = path.parent()?;
    let is_there = |path: &RepoPath| {
        listing.contains(path.as_str())
            || listing.folders.binary_search(path).is_ok()
            || !listing.folders_below(path).is_empty()
    };
    let found_in = |folder: &RepoPath| {
        copied.iter().filter(|one| folder.join(one).is_some_and(|path| is_there(&path))).count()
    };
    let folders = folder.with_ancestors().filter_map(RepoPath::new);
    let mut best: Option<(usize, RepoPath)> = None;
    for folder in folders {
        let count = found_in(&folder);
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, folder));
        }
    }
    best.map(|(_, folder)| folder)
}
