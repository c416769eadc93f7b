//! Images: which Dockerfile builds which, what each is called, and which binaries of the repository land
//! in it.
//!
//! A join is made where one thing alone fits, by what is written: the line that builds the image, its name,
//! or else the names of its folder, its target, its binaries. Where several fit, that is told and none is
//! taken.

mod binaries;
mod context;
mod image;
mod meaning;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::{Gap, Listing};
use crate::sources::Facts;
use crate::sources::addresses::Store;
use crate::sources::dockerfile::{BaseUse, Dockerfile};
use crate::sources::pipelines::deeds::Deed;
use crate::text::{Location, RepoPath, Span};

use super::super::cargo::CargoPackages;
use super::super::pipelines::PipelineJob;
use super::jobs::{known_name, request};
use super::model::{BuildRequest, Running};
use super::names::{ImageName, is_public, one_of};

use binaries::{Binaries, Joined};
use context::{guessed_context, leaves};
use meaning::Names;

pub(super) use binaries::programs;
pub(super) use image::Image;
pub(super) use meaning::Meant;

/// How many stages of one Dockerfile are looked at as images of their own.
const MOST_TARGETS: usize = 64;

/// All images of a repository.
#[derive(Debug, Default)]
pub(super) struct Images {
    pub(super) all: Vec<Image>,
    /// The image of each build, by what runs it and the build's position.
    of_build: BTreeMap<(usize, usize), usize>,
    /// The image that something a job does builds, by the positions of both.
    of_act: BTreeMap<(usize, usize), usize>,
    /// Every Dockerfile.
    files: BTreeSet<RepoPath>,
    /// The images of each Dockerfile.
    of_file: BTreeMap<RepoPath, Vec<usize>>,
    names: Names,
    pub(super) gaps: Vec<Gap>,
}

type FactMap = BTreeMap<RepoPath, Arc<Facts>>;

impl Images {
    pub(super) fn new(
        facts: &FactMap,
        listing: &Listing,
        (running, jobs): (&[Running], &[PipelineJob]),
        cargo: &CargoPackages,
    ) -> Self {
        let files: BTreeMap<&RepoPath, &Dockerfile> = facts
            .iter()
            .filter_map(|(path, facts)| match &**facts {
                Facts::Dockerfile(file) => Some((path, &**file)),
                _ => None,
            })
            .collect();
        let mut images =
            Self { files: files.keys().map(|path| (*path).clone()).collect(), ..Self::default() };
        for (at, one) in running.iter().enumerate() {
            for (build, request) in one.builds.iter().enumerate() {
                images.build(&files, (at, build), request);
            }
        }
        images.build_in_jobs(&files, jobs);
        for (path, file) in &files {
            if !images.of_file.contains_key(*path) {
                images.find(path, file, listing);
            }
            images.find_targets(path, file);
        }
        let binaries = Binaries::new(cargo);
        for at in 0..images.all.len() {
            images.land(at, &binaries);
        }
        images.learn_names(running);
        (0..images.all.len()).for_each(|at| images.tell_unknown_sources(at));
        images
    }

    /// Stages that no other stage needs and that binaries land in: each is an image that a pipeline can build,
    /// whether or not anything here runs it.
    fn find_targets(&mut self, path: &RepoPath, file: &Dockerfile) {
        let siblings = self.of_file.get(path).and_then(|all| all.first()).map(|at| &self.all[*at]);
        let context = siblings.map(|image| (image.context.clone(), image.is_context_said));
        // The last stage is what is built where nobody names a target.
        let targets = leaves(file).into_iter().take(MOST_TARGETS).map(Some).chain([None]);
        for target in targets {
            let Some(contents) = file.built(target.as_deref(), &BTreeMap::new()) else { continue };
            let is_known = |at: &usize| self.all[*at].contents.stage == contents.stage;
            if contents.binaries.is_empty()
                || self.of_file.get(path).is_some_and(|all| all.iter().any(is_known))
            {
                continue;
            }
            let mut image = Image::new(path, file, target, contents);
            (image.context, image.is_context_said) = context.clone().unwrap_or_default();
            self.push(image);
        }
    }

    /// The image that somebody builds.
    fn build(
        &mut self,
        files: &BTreeMap<&RepoPath, &Dockerfile>,
        key: (usize, usize),
        request: &BuildRequest,
    ) {
        let Some(at) = self.built(files, request) else { return };
        let image = &mut self.all[at];
        image.services.insert(request.service.clone());
        image.built_with.extend(request.built_with.iter().map(|said| (key.0, said.clone())));
        self.of_build.insert(key, at);
    }

    /// The images that jobs build, with the names that they give them.
    fn build_in_jobs(&mut self, files: &BTreeMap<&RepoPath, &Dockerfile>, jobs: &[PipelineJob]) {
        for (at, job) in jobs.iter().enumerate() {
            let mut called: BTreeMap<String, usize> = BTreeMap::new();
            for (position, act) in job.does.iter().enumerate() {
                if let Deed::Tag { from, to } = &act.deed
                    && let (Some(image), Some(to)) =
                        (known_name(from).and_then(|from| called.get(&from).copied()), known_name(to))
                {
                    self.all[image].called.insert(to.clone());
                    called.insert(to, image);
                }
                let Deed::BuildImage(build) = &act.deed else { continue };
                let Some(request) = request(act, build, self) else { continue };
                let Some(image) = self.built(files, &request) else { continue };
                for name in build.tags.iter().filter_map(|tag| known_name(tag)) {
                    self.all[image].called.insert(name.clone());
                    called.insert(name, image);
                }
                self.of_act.insert((at, position), image);
            }
        }
    }

    /// The image that something a job does builds.
    pub(super) fn of_act(&self, key: (usize, usize)) -> Option<usize> {
        self.of_act.get(&key).copied()
    }

    /// Whether a file is a Dockerfile.
    pub(super) fn has_file(&self, path: &RepoPath) -> bool {
        self.files.contains(path)
    }

    /// The image that is asked for: one that is known already, or a new one.
    fn built(&mut self, files: &BTreeMap<&RepoPath, &Dockerfile>, request: &BuildRequest) -> Option<usize> {
        let path = request.dockerfile.as_ref()?;
        let Some((path, file)) = files.get_key_value(path) else {
            let (place, what) = (&request.location, "a build whose Dockerfile is not in the repository");
            self.gaps.push(Gap::at(&place.path, place.span, what));
            return None;
        };
        let Some(contents) = file.built(request.target.as_deref(), &request.arguments) else {
            let (place, what) = (&request.location, "a build whose target is not in the Dockerfile");
            self.gaps.push(Gap::at(&place.path, place.span, what));
            return None;
        };
        // Arguments that change nothing about what lands in it make no other image.
        let is_same = |at: &usize| {
            let image = &self.all[*at];
            (image.target == request.target || image.contents.stage == contents.stage)
                && image.context == request.context
                && image.contents.binaries == contents.binaries
                && image.contents.builds == contents.builds
        };
        let known = self.of_file.get(*path).into_iter().flatten().copied();
        let known: Vec<usize> = known.take(MOST_TARGETS).collect();
        let at = match known.iter().find(|at| is_same(at)) {
            Some(at) => *at,
            // Where so many are built of one file, they differ in nothing that could be told.
            None if known.len() == MOST_TARGETS => known[0],
            None => self.push(Image::new(path, file, request.target.clone(), contents)),
        };
        let image = &mut self.all[at];
        image.context = request.context.clone();
        image.is_context_said = true;
        image.called.extend(request.called.clone());
        image.contexts.extend(request.contexts.iter().cloned());
        Some(at)
    }

    /// The image of a Dockerfile that nothing in the repository says how to build.
    fn find(&mut self, path: &RepoPath, file: &Dockerfile, listing: &Listing) {
        let Some(contents) = file.built(None, &BTreeMap::new()) else { return };
        let mut image = Image::new(path, file, None, contents);
        image.context = guessed_context(path, &image.contents, listing);
        self.push(image);
    }

    fn push(&mut self, image: Image) -> usize {
        let at = self.all.len();
        self.of_file.entry(image.dockerfile.clone()).or_default().push(at);
        self.all.push(image);
        at
    }

    /// Names that an image copies from and that nothing here gives: a context or an image that whoever builds it
    /// has to name.
    fn tell_unknown_sources(&mut self, at: usize) {
        let image = &self.all[at];
        let is_word = |name: &str| !name.is_empty() && !name.contains(['/', ':', '.', '@', '$']);
        let copied = image.contents.bases.iter().filter(|base| base.how == BaseUse::CopyFrom);
        // Told once for each name, at the first line that has it.
        let mut names: BTreeMap<&str, Span> = BTreeMap::new();
        for base in copied.filter(|base| is_word(&base.image.value)) {
            names.entry(&base.image.value).or_insert(base.image.span);
        }
        names.retain(|name, _| {
            !image.contexts.contains(*name) && !is_public(name) && self.meant_as_base(name) == Meant::None
        });
        let tell = |(name, span): (&str, Span)| {
            let what =
                format!("`{name}`, a build context or an image that nothing in the repository defines");
            Gap::at(&image.dockerfile, span, what)
        };
        let unknown: Vec<Gap> = names.into_iter().map(tell).collect();
        self.gaps.extend(unknown);
    }

    /// Which binaries land in an image.
    fn land(&mut self, at: usize, known: &Binaries<'_>) {
        let image = &self.all[at];
        let mut landed: BTreeMap<(usize, usize), Vec<Location>> = BTreeMap::new();
        for binary in &image.contents.binaries {
            match known.joined(image, binary) {
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
                Joined::Unknown if binary.built_by.is_some() && !binary.name.is_empty() => {
                    let span = binary.spans.first().copied().unwrap_or_default();
                    let what = format!(
                        "`{}` is built here, and no package of the build context has it",
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

    /// The images of the repository that something runs, and where that is said. Where a name may mean several,
    /// that is told.
    pub(super) fn run_by(&mut self, at: usize, running: &Running) -> Vec<(usize, Vec<Location>)> {
        let mut found: BTreeMap<usize, Vec<Location>> = BTreeMap::new();
        for (build, request) in running.builds.iter().enumerate() {
            if let Some(image) = self.of_build(at, build) {
                found.entry(image).or_default().push(request.location.clone());
            }
        }
        // What is built under a name is that image, whatever else is called so.
        let pulled = if running.builds.is_empty() { running.images.as_slice() } else { &[] };
        for image in pulled.iter().chain(&running.init_images) {
            match self.meant(&image.value, &running.name) {
                Meant::One(one) => found.entry(one).or_default().extend(image.places.first().cloned()),
                Meant::Several(several) => {
                    let what = format!(
                        "the image `{}` may be built by {}, and nothing says by which",
                        ImageName::read(&image.value).repository(),
                        one_of(several.iter().map(|at| format!("`{}`", self.all[*at].dockerfile)))
                    );
                    self.gaps
                        .extend(image.places.first().map(|place| Gap::at(&place.path, place.span, what)));
                }
                Meant::None => {}
            }
        }
        found.into_iter().collect()
    }

    /// The image of a build.
    pub(super) fn of_build(&self, running: usize, build: usize) -> Option<usize> {
        self.of_build.get(&(running, build)).copied()
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
