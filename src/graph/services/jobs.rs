//! What jobs work on: the images, packages and services of the repository behind what they do.
//!
//! A job ships what it pushes, publishes or deploys, and checks what it builds and tests besides. What it builds
//! is known by the lines that build it; what is pushed under a name alone is the image of that name.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Gap;
use crate::sources::compose::UNKNOWN;
use crate::sources::dockerfile::CargoBuild;
use crate::sources::pipelines::deeds::{CargoVerb, ComposeVerb, Deed, ImageBuild, Published, is_known};
use crate::text::{Location, RepoPath, glob, is_glob};

use super::super::pipelines::{Act, PipelineJob, Pipelines};
use super::super::{CouplingKind, UnitKind};
use super::End;
use super::drafts::{Draft, DraftId, Drafting};
use super::images::{Images, Meant};
use super::model::BuildRequest;
use super::triggers::{self, Triggered};

/// What a job works on, before its units have their place.
#[derive(Debug)]
pub(in super::super) struct Worked {
    pub(in super::super) job: DraftId,
    pub(in super::super) ships: BTreeSet<End>,
    pub(in super::super) checks: BTreeSet<End>,
    pub(in super::super) needs: Vec<(DraftId, Location)>,
    pub(in super::super) files: BTreeSet<RepoPath>,
    pub(in super::super) triggers: Vec<Triggered>,
}

/// What a job does to what, and where that is said.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) ships: BTreeMap<End, Vec<Location>>,
    pub(super) checks: BTreeMap<End, Vec<Location>>,
    /// Images that are built, and not known to be pushed.
    built: BTreeMap<End, Vec<Location>>,
    /// Binaries that are built, and what is published where nobody says what it is.
    binaries: BTreeMap<End, Vec<Location>>,
    publishes: Vec<Location>,
    /// What was built last, and is not known to be pushed: `None` for an image that is not known here.
    recent: Vec<Option<End>>,
    /// Whether anything was built at all.
    has_built: bool,
    /// Whether the tests of packages are built too.
    pub(super) tests: bool,
}

/// What a job asks for where it builds an image.
pub(super) fn request(act: &Act, build: &ImageBuild, images: &Images) -> Option<BuildRequest> {
    let written = build.context.as_deref().unwrap_or(".");
    let written = match written.strip_prefix("{{defaultContext}}") {
        Some(rest) => rest.trim_start_matches(':'),
        None => written,
    };
    let context = act.path(if written.is_empty() { "." } else { written });
    let dockerfile = match &build.dockerfile {
        Some(file) => {
            let own = act.path(file);
            let inside = context.as_ref().filter(|_| is_known(file)).and_then(|context| context.join(file));
            let known = |path: &Option<RepoPath>| path.as_ref().is_some_and(|path| images.has_file(path));
            if !known(&own) && known(&inside) && build.is_of_action { inside } else { own }
        }
        None => context.as_ref()?.join("Dockerfile"),
    };
    let place = act.places.first()?.clone();
    let arguments = build.arguments.iter().filter(|(_, value)| is_known(value));
    Some(BuildRequest {
        context,
        dockerfile,
        target: build.target.clone().filter(|target| is_known(target) && !target.is_empty()),
        arguments: arguments.map(|(name, value)| (name.clone(), value.clone())).collect(),
        built_with: Vec::new(),
        contexts: build.contexts.iter().cloned().collect(),
        location: place,
        called: None,
        service: String::new(),
    })
}

/// A name of an image, as far as it says which: without a tag or a registry that nobody knows.
pub(super) fn known_name(written: &str) -> Option<String> {
    let named = written.split('@').next().unwrap_or(written);
    let (name, tag) = match named.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (named, None),
    };
    // What stands before the part that is known is a registry, or an owner.
    let parts: Vec<&str> = name.split('/').collect();
    let known: Vec<&str> = parts.iter().rev().take_while(|part| is_known(part)).copied().collect();
    let name: Vec<&str> = known.into_iter().rev().collect();
    let name = name.join("/");
    let tag = tag.filter(|tag| is_known(tag)).map(|tag| format!(":{tag}")).unwrap_or_default();
    (!name.is_empty()).then(|| format!("{name}{tag}"))
}

impl Drafting<'_> {
    /// Makes the jobs, and couples what they ship with them. Filters are held against files where those are given.
    pub(super) fn draft_jobs(
        &mut self,
        pipelines: &Pipelines,
        lists: Option<&triggers::Files<'_>>,
    ) -> Vec<Worked> {
        let works: Vec<Work> =
            pipelines.jobs.iter().enumerate().map(|(at, job)| self.work(at, job, None)).collect();
        let (works, unknown) = published(works, &pipelines.jobs);
        let what = "a release, and nothing that is written here says what is in it";
        self.gaps.extend(unknown.iter().map(|place| Gap::at(&place.path, place.span, what)));
        let drafts: Vec<DraftId> = pipelines.jobs.iter().map(|job| self.draft_job(job)).collect();
        let behind = lists.map(|lists| self.behind_filters(pipelines, &works, lists)).unwrap_or_default();
        let mut found = Vec::new();
        for (((at, job), work), id) in pipelines.jobs.iter().enumerate().zip(works).zip(&drafts) {
            let own = End::Draft(*id);
            for (end, places) in &work.ships {
                self.link(*end, own, CouplingKind::Release, places.clone());
            }
            let mut needs = Vec::new();
            for (other, places) in &job.needs {
                let (Some(other), Some(place)) = (drafts.get(*other), places.first()) else { continue };
                self.link(own, End::Draft(*other), CouplingKind::Release, places.clone());
                needs.push((*other, place.clone()));
            }
            let shown = if work.ships.is_empty() { &work.checks } else { &work.ships };
            self.drafts[id.0].runs = shown.keys().copied().collect();
            let mut triggers = Vec::new();
            for (gate, lists) in job.gates.iter().flat_map(|gate| lists.map(|lists| (gate, lists))) {
                let others = behind.get(&gate.at).and_then(Option::as_ref);
                // What a step is kept from is what it does, and not what the job does.
                let part = gate.acts.as_ref().map(|acts| self.work(at, job, Some(acts)));
                let held = triggers::of(gate, part.as_ref().unwrap_or(&work), self, lists, others);
                triggers::add(&mut triggers, held);
            }
            found.push(Worked {
                job: *id,
                ships: work.ships.into_keys().collect(),
                checks: work.checks.into_keys().collect(),
                needs,
                files: job.files.iter().cloned().collect(),
                triggers,
            });
        }
        found
    }

    /// The packages that the jobs behind each filter may be built from; `None` where one may do more than is known.
    fn behind_filters(
        &self,
        pipelines: &Pipelines,
        works: &[Work],
        lists: &triggers::Files<'_>,
    ) -> BTreeMap<Location, Option<BTreeSet<usize>>> {
        let mut found: BTreeMap<Location, Option<BTreeSet<usize>>> = BTreeMap::new();
        for (job, work) in pipelines.jobs.iter().zip(works).filter(|(job, _)| !job.gates.is_empty()) {
            let own = job.is_certain.then(|| triggers::possible(work, self, lists));
            for gate in &job.gates {
                let known = found.entry(gate.at.clone()).or_insert_with(|| Some(BTreeSet::new()));
                match (known.as_mut(), &own) {
                    (Some(all), Some(own)) => all.extend(own),
                    _ => *known = None,
                }
            }
        }
        found
    }

    fn draft_job(&mut self, job: &PipelineJob) -> DraftId {
        self.push(Draft {
            kind: UnitKind::Job,
            name: job.name.clone(),
            short_name: job.short_name.clone(),
            path: job.declared_at.path.clone(),
            declared_at: job.declared_at.clone(),
            ecosystem: job.ecosystem,
            parent: None,
            runs: Vec::new(),
            is_outside: false,
            label: job.declared_at.path.to_string(),
        })
    }

    fn work(&mut self, at: usize, job: &PipelineJob, acts: Option<&BTreeSet<usize>>) -> Work {
        let mut work = Work::default();
        for (position, act) in job.does.iter().enumerate() {
            if acts.is_none_or(|acts| acts.contains(&position)) {
                self.act(&mut work, (at, position), act);
            }
        }
        for (end, places) in std::mem::take(&mut work.built) {
            work.checks.entry(end).or_default().extend(places);
        }
        work.ships.values_mut().chain(work.checks.values_mut()).for_each(|places| {
            let mut seen = BTreeSet::new();
            places.retain(|place| seen.insert(place.clone()));
        });
        work.checks.retain(|end, _| !work.ships.contains_key(end));
        work
    }

    fn act(&mut self, work: &mut Work, key: (usize, usize), act: &Act) {
        let places = || act.places.clone();
        match &act.deed {
            Deed::BuildImage(build) => {
                work.has_built = true;
                let is_local = build.tags.iter().any(|tag| is_local(tag));
                let image = self.images.of_act(key).map(|image| End::Draft(self.of_image[image]));
                let is_kept = build.push == Some(false) || is_local;
                if is_kept && !is_local {
                    work.recent.push(image);
                }
                match image {
                    Some(end) => {
                        let into = if is_kept { &mut work.built } else { &mut work.ships };
                        into.entry(end).or_default().extend(places());
                    }
                    None => self
                        .tell_unknown(act, "an image that is built of a Dockerfile that is not known here"),
                }
            }
            // What stays on the machine is tried, and not shipped.
            Deed::Push(name) if is_local(name) => {}
            Deed::Push(name) => self.push_image(work, act, name),
            Deed::Compose { files, services, what } => {
                for end in self.composed(act, files, services, *what) {
                    let into = match what {
                        ComposeVerb::Push => &mut work.ships,
                        ComposeVerb::Build | ComposeVerb::Up => &mut work.checks,
                    };
                    into.entry(end).or_default().extend(places());
                }
            }
            Deed::Cargo(verb, build) => self.cargo(work, act, *verb, build),
            Deed::Apply(path) | Deed::Chart(path) => {
                let found = act.path(path).map(|path| self.declared_in(&path)).unwrap_or_default();
                if found.is_empty() {
                    let what = "manifests that are deployed, and nothing here says which";
                    return self.tell_unknown(act, what);
                }
                for end in found {
                    work.ships.entry(end).or_default().extend(places());
                }
            }
            Deed::Deploy { names, images } => {
                let known = names.iter().filter(|name| is_known(name));
                let running: Vec<End> = known.filter_map(|name| self.running_named(name)).collect();
                let images = images.iter().filter_map(|image| known_name(image));
                let images = images.filter_map(|name| match self.images.meant(&name, "") {
                    Meant::One(image) => Some(End::Draft(self.of_image[image])),
                    _ => None,
                });
                let found: Vec<End> = running.into_iter().chain(images).collect();
                if found.is_empty() {
                    self.tell_unknown(
                        act,
                        "something that is deployed, and nothing here says what it is made of",
                    );
                }
                for end in found {
                    work.ships.entry(end).or_default().extend(places());
                }
            }
            Deed::Publish(Published::Release) => work.publishes.extend(act.places.first().cloned()),
            Deed::Publish(_) => self
                .tell_unknown(act, "something that is published, and nothing here says what it is made of"),
            Deed::Bake => self.tell_unknown(act, "a bake file: the images that it describes are not read"),
            Deed::Unclear(program) => {
                let words = [
                    "docker",
                    "image",
                    "push",
                    "deploy",
                    "release",
                    "publish",
                    "terraform",
                    "tofu",
                    "pulumi",
                ];
                if words.iter().any(|word| program.contains(word)) {
                    let what = format!("`{program}`: what it builds or ships is not read");
                    self.gaps.extend(act.places.first().map(|place| Gap::at(&place.path, place.span, what)));
                }
            }
            Deed::Script(..) | Deed::Tag { .. } => {}
        }
    }

    /// An image that is pushed: the one of that name, or else what was built last before it.
    fn push_image(&mut self, work: &mut Work, act: &Act, name: &str) {
        let meant = match known_name(name).map(|name| self.images.meant(&name, "")) {
            Some(Meant::One(image)) => Some(End::Draft(self.of_image[image])),
            _ => None,
        };
        let pushed = match meant {
            Some(end) => {
                work.recent.retain(|recent| *recent != Some(end));
                Some(end)
            }
            None => work.recent.pop().flatten(),
        };
        match pushed {
            Some(end) => {
                let built = work.built.remove(&end).unwrap_or_default();
                work.ships.entry(end).or_default().extend(built.into_iter().chain(act.places.clone()));
            }
            // What was pushed already may go by several names.
            None if work.has_built => {}
            None => {
                self.tell_unknown(act, "an image that is pushed, and nothing that is written here says which")
            }
        }
    }

    fn tell_unknown(&mut self, act: &Act, what: &'static str) {
        self.gaps.extend(act.places.first().map(|place| Gap::at(&place.path, place.span, what)));
    }

    /// What runs with a name that nothing else has.
    fn running_named(&self, name: &str) -> Option<End> {
        let is_named = |at: &usize| self.stage.running[*at].name == name;
        let only =
            |mut found: Box<dyn Iterator<Item = usize> + '_>| found.next().filter(|_| found.next().is_none());
        // A cluster before what somebody runs to develop.
        let clustered = only(Box::new((self.stage.composed..self.stage.running.len()).filter(is_named)));
        let one = clustered.or_else(|| only(Box::new((0..self.stage.composed).filter(is_named))));
        one.map(|at| End::Draft(self.of_running(at)))
    }

    /// What runs and is declared in a file, or below a folder.
    fn declared_in(&self, path: &RepoPath) -> Vec<End> {
        let is_meant = |at: &usize| self.stage.running[*at].declared_at.path.is_within(path);
        // Compose services are no manifests of a cluster.
        let clustered = self.stage.composed..self.stage.running.len();
        let all = clustered.filter(|at| self.store(*at).is_none() && is_meant(at));
        all.map(|at| End::Draft(self.of_running(at))).collect()
    }

    /// The images, or what runs, of services of compose files.
    fn composed(&self, act: &Act, files: &[String], services: &[String], what: ComposeVerb) -> Vec<End> {
        let named: Vec<RepoPath> = files.iter().filter_map(|file| act.path(file)).collect();
        let Some(folder) = &act.folder else { return Vec::new() };
        let is_meant = |path: &RepoPath| match files.is_empty() {
            true => {
                path.parent().as_ref() == Some(folder) && crate::sources::compose::is_named(path.file_name())
            }
            false => named.contains(path),
        };
        let mut found = Vec::new();
        for (at, running) in self.stage.running.iter().enumerate().take(self.stage.composed) {
            let is_asked = services.is_empty() || services.contains(&running.name);
            if !is_asked || !is_meant(&running.declared_at.path) {
                continue;
            }
            let images = (0..running.builds.len()).filter_map(|build| self.images.of_build(at, build));
            found.extend(images.map(|image| End::Draft(self.of_image[image])));
            if what == ComposeVerb::Up && self.store(at).is_none() {
                found.push(End::Draft(self.of_running(at)));
            }
        }
        found
    }

    /// Packages and binaries that cargo builds.
    fn cargo(&self, work: &mut Work, act: &Act, verb: CargoVerb, build: &CargoBuild) {
        let Some(packages) = self.packages(act, build) else { return };
        let is_one = packages.len() == 1;
        for at in packages {
            let package = &self.cargo.packages[at];
            let asked = |name: &str| build.bins.is_empty() || build.bins.iter().any(|bin| bin.value == name);
            let binaries: Vec<usize> =
                (0..package.binaries.len()).filter(|binary| asked(&package.binaries[*binary].name)).collect();
            if !build.bins.is_empty() && binaries.is_empty() {
                continue;
            }
            let into = if verb == CargoVerb::Publish { &mut work.ships } else { &mut work.checks };
            into.entry(End::Package(at)).or_default().extend(act.places.clone());
            work.tests |= verb == CargoVerb::Check;
            // Of a whole workspace nobody releases everything.
            let is_named = !build.bins.is_empty() || !build.packages.is_empty() || is_one;
            if verb == CargoVerb::Build && !build.is_without_bins && is_named {
                for binary in binaries {
                    let end = End::Binary(at, binary);
                    work.binaries.entry(end).or_default().extend(act.places.clone());
                }
            }
        }
    }

    /// The packages that a command names, or that lie where it runs; `None` if that is not known.
    pub(super) fn packages(&self, act: &Act, build: &CargoBuild) -> Option<BTreeSet<usize>> {
        let folder = act.folder.as_ref()?;
        let folder = match build.folder.trim_matches('/') {
            "" => folder.clone(),
            to => folder.join(to)?,
        };
        let folder = match &build.manifest_path {
            Some(path) if is_known(&path.value) => folder.join(&path.value)?.parent()?,
            Some(_) => return None,
            None => match &build.path {
                Some(path) if is_known(&path.value) => folder.join(&path.value)?,
                Some(_) => return None,
                None => folder,
            },
        };
        let all = &self.cargo.packages;
        let start = folder.with_ancestors().filter_map(RepoPath::new).find_map(|folder| {
            let package = all.iter().position(|package| package.folder == folder);
            let workspace = self.cargo.workspaces.iter().position(|workspace| workspace.root == folder);
            (package.is_some() || workspace.is_some()).then_some((package, workspace))
        })?;
        let workspace = start.1.or_else(|| start.0.and_then(|package| all[package].workspace));
        let members: BTreeSet<usize> = match workspace {
            Some(workspace) => self.cargo.workspaces[workspace].members.iter().copied().collect(),
            None => start.0.into_iter().collect(),
        };
        let is_named = |name: &str, at: usize| {
            let name = name.rsplit(['/', '#']).next().unwrap_or(name);
            let name = name.split('@').next().unwrap_or(name);
            let own = all[at].name.value.as_str();
            match is_glob(name) {
                true => glob(name).is_ok_and(|glob| glob.compile_matcher().is_match(own)),
                false => name == own,
            }
        };
        let named = |at: usize, names: &[crate::text::Spanned<String>]| {
            names.iter().any(|name| is_named(&name.value, at))
        };
        if !build.packages.is_empty() {
            return Some(members.into_iter().filter(|at| named(*at, &build.packages)).collect());
        }
        if !build.is_certain {
            return None;
        }
        if build.workspace {
            return Some(members.into_iter().filter(|at| !named(*at, &build.excluded)).collect());
        }
        // Inside of a member it is that one; at the root what the workspace says.
        let defaults = || {
            let workspace = start.1.map(|workspace| &self.cargo.workspaces[workspace]);
            workspace.map_or(members, |workspace| workspace.default_members.iter().copied().collect())
        };
        Some(match start {
            (Some(package), None) => BTreeSet::from([package]),
            _ => defaults(),
        })
    }
}

/// What is published where nobody says what it is: the binaries that the job has built, or those that it waits for.
fn published(mut works: Vec<Work>, jobs: &[PipelineJob]) -> (Vec<Work>, Vec<Location>) {
    let mut unknown = Vec::new();
    let built: Vec<BTreeMap<End, Vec<Location>>> = works.iter().map(|work| work.binaries.clone()).collect();
    for (at, work) in works.iter_mut().enumerate() {
        let Some(place) = work.publishes.first().cloned() else { continue };
        let mut binaries = built[at].clone();
        if binaries.is_empty() {
            let needed = jobs[at].needs.iter().filter_map(|(other, _)| built.get(*other));
            binaries = needed.flatten().map(|(end, places)| (*end, places.clone())).collect();
        }
        if binaries.is_empty() {
            unknown.push(place.clone());
        }
        for (end, places) in binaries {
            let places = std::iter::once(place.clone()).chain(places);
            work.ships.entry(end).or_default().extend(places);
        }
    }
    (works, unknown)
}

/// Whether an image is named for a registry on the machine that runs the job.
fn is_local(name: &str) -> bool {
    let registry = name.split('/').next().unwrap_or_default();
    registry.contains("localhost") || registry.starts_with("127.0.0.1")
}

/// Whether a text has something in it that is not known.
pub(super) fn is_unknown(text: &str) -> bool {
    text.contains(UNKNOWN) || text.contains('$')
}
