//! What cargo builds of a whole workspace at once: which packages, with which Cargo features, and which of
//! them needs which. Asked of guppy, as the build sets of binaries are.

use std::collections::{BTreeMap, BTreeSet};

use guppy::PackageId;
use guppy::graph::cargo::CargoSet;
use guppy::graph::feature::{FeatureFilterFn, FeatureLabel, FeatureSet, StandardFeatures};
use guppy::graph::{DependencyDirection, PackageLink};
use guppy::platform::PlatformSpec;

use crate::sources::cargo::Section;
use crate::text::Fault;

use super::build_sets::{Group, groups, positions};
use super::{BuildOptions, CargoPackages, Resolver, metadata};

/// A package as it is built: its position in [`CargoPackages::packages`], and whether for the machine that
/// builds (procedural macros, build scripts) and not for the target.
pub type Built = (usize, bool);

type Positions = BTreeMap<PackageId, usize>;

/// What a workspace is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `cargo build --workspace`
    Use,
    /// `cargo test --workspace`
    Tests,
}

/// A build of everything that cargo resolves together.
#[derive(Debug, Default)]
pub struct Build {
    /// The packages of the workspace, as positions in [`CargoPackages::packages`], sorted.
    pub members: Vec<usize>,
    /// Whether what only tests ask for counts too.
    pub hears_tests: bool,
    /// Which package is built with which, but for tests; sorted.
    pub links: Vec<(Built, Built)>,
    /// Which package needs which for its tests; sorted.
    pub test_links: Vec<(usize, usize)>,
    /// The Cargo features that each package is built with, by name.
    pub cargo_features: BTreeMap<Built, BTreeSet<String>>,
}

/// Asks for the build of every workspace, and of every package that is in none.
///
/// # Errors
/// A target triple that nobody knows.
pub fn builds(
    all: &CargoPackages,
    options: &BuildOptions,
    purpose: Purpose,
) -> Result<(Vec<Build>, Vec<Fault>), String> {
    let platform = options.platform()?;
    let position = positions(all);
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for group in groups(all) {
        match build(&group, all, &position, &platform, options.all_features, purpose) {
            Ok(build) => found.push(build),
            Err(why) => {
                problems.push(group.unbuilt(all, "build", &why));
                found.push(unknown(&group, all));
            }
        }
    }
    Ok((found, problems))
}

fn build(
    group: &Group,
    all: &CargoPackages,
    position: &Positions,
    platform: &PlatformSpec,
    all_features: bool,
    purpose: Purpose,
) -> Result<Build, String> {
    let graph = group.graph(all)?;
    let mut options = group.options(platform);
    // The older resolver hears what tests ask for whatever is built.
    let hears_tests = purpose == Purpose::Tests || group.resolver == Resolver::V1;
    options.set_include_dev(hears_tests);
    let members = graph.resolve_workspace();
    let initials: FeatureSet<'_> = match all_features {
        false => members.to_feature_set(StandardFeatures::Default),
        true => members.to_feature_set(FeatureFilterFn::new(|_, id| match id.label() {
            FeatureLabel::Named(name) => !metadata::is_required_features_name(name),
            _ => true,
        })),
    };
    let set = initials.into_cargo_set(&options).map_err(|error| error.to_string())?;
    let at = |link: &PackageLink<'_>| {
        Some((*position.get(link.from().id())?, *position.get(link.to().id())?))
            .filter(|(_, to)| all.packages[*to].library.is_some())
    };
    let mut build = Build { members: group.members.clone(), hears_tests, ..Build::default() };
    let mut add = |link: PackageLink<'_>, from_host: bool, to_host: bool| {
        let Some((from, to)) = at(&link) else { return };
        match link.dev_only() {
            true => build.test_links.push((from, to)),
            false => build.links.push(((from, from_host), (to, to_host))),
        }
    };
    set.target_links().for_each(|link| add(link, false, false));
    set.proc_macro_links().for_each(|link| add(link, false, true));
    set.build_dep_links().for_each(|link| add(link, false, true));
    set.host_links().for_each(|link| add(link, true, true));
    build.cargo_features = cargo_features(&set, position);
    build.tidy();
    Ok(build)
}

fn cargo_features(set: &CargoSet<'_>, position: &Positions) -> BTreeMap<Built, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (is_host, features) in [(false, set.target_features()), (true, set.host_features())] {
        for list in features.packages_with_features(DependencyDirection::Forward) {
            let Some(at) = position.get(list.package().id()) else { continue };
            let names = list.named_features().filter(|name| !metadata::is_required_features_name(name));
            found.insert((*at, is_host), names.map(str::to_owned).collect());
        }
    }
    found
}

/// Where guppy can't be asked: every dependency counts, whatever switches it on.
fn unknown(group: &Group, all: &CargoPackages) -> Build {
    let mut build = Build { members: group.members.clone(), ..Build::default() };
    let mut seen = BTreeSet::new();
    let mut pending = group.members.clone();
    while let Some(from) = pending.pop() {
        if !seen.insert(from) {
            continue;
        }
        for dependency in &all.packages[from].dependencies {
            let Some(to) = dependency.target else { continue };
            match dependency.section {
                Section::Dev => build.test_links.push((from, to)),
                _ => build.links.push(((from, false), (to, false))),
            }
            pending.push(to);
        }
    }
    build.tidy();
    build
}

impl Build {
    fn tidy(&mut self) {
        self.links.sort_unstable();
        self.links.dedup();
        self.test_links.sort_unstable();
        self.test_links.dedup();
    }
}
