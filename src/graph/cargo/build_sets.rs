//! What each binary links, exactly: asked of guppy, which knows how cargo unifies Cargo features.
//!
//! guppy is given a `cargo metadata` that holds the repository's packages only. Third-party crates
//! can't depend on them (patches aside, which are linked before), so they change nothing about which
//! of the repository's packages a binary links; what asks for them is rewritten or left out.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use guppy::PackageId;
use guppy::graph::cargo::{CargoOptions, CargoResolverVersion, CargoSet};
use guppy::graph::feature::{
    FeatureFilterFn, FeatureLabel, FeatureSet, StandardFeatures, named_feature_filter,
};
use guppy::graph::{PackageGraph, PackageLink};
use guppy::platform::{Platform, PlatformSpec, TargetFeatures};

use crate::text::{Fault, RepoPath};

use super::metadata::{self, Shape};
use super::{CargoPackages, Resolver};

/// What to build for.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// The target triple, also of the host; every platform at once if there is none.
    pub target: Option<String>,
    /// All Cargo features instead of the default ones.
    pub all_features: bool,
}

/// The packages of the repository that a binary needs, as positions in
/// [`CargoPackages::packages`], sorted. Its own package is in `links`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildSet {
    /// What is linked into it.
    pub links: Vec<usize>,
    /// What runs while it is built: procedural macros, build dependencies and what they link.
    pub builds_with: Vec<usize>,
}

/// The build set of every binary: by the position of its package and its name.
pub type BuildSets = BTreeMap<(usize, String), BuildSet>;

/// Asks for the build set of every binary of the repository.
///
/// # Errors
/// A target triple that nobody knows.
pub fn build_sets(all: &CargoPackages, options: &BuildOptions) -> Result<(BuildSets, Vec<Fault>), String> {
    build_sets_of(all, options, &|_| true)
}

/// As [`build_sets`], for the binaries of those packages alone that are wanted, by their position.
///
/// # Errors
/// As there.
pub fn build_sets_of(
    all: &CargoPackages,
    options: &BuildOptions,
    is_wanted: &(dyn Fn(usize) -> bool + Sync),
) -> Result<(BuildSets, Vec<Fault>), String> {
    let platform = options.platform()?;
    let (mut sets, mut problems) = (BuildSets::new(), Vec::new());
    for mut group in groups(all) {
        group.built.retain(|member| is_wanted(*member) && !all.packages[*member].binaries.is_empty());
        if group.built.is_empty() {
            continue;
        }
        if let Err(why) = group.add_sets(all, &platform, options.all_features, &mut sets) {
            problems.push(group.unbuilt(all, "build sets", &why));
        }
    }
    Ok((sets, problems))
}

impl BuildOptions {
    /// The platform to build for.
    pub(super) fn platform(&self) -> Result<PlatformSpec, String> {
        match &self.target {
            None => Ok(PlatformSpec::Any),
            Some(triple) => Platform::new(triple.clone(), TargetFeatures::Unknown)
                .map(Into::into)
                .map_err(|error| format!("`{triple}` is not a target: {error}")),
        }
    }
}

/// Packages that cargo resolves together.
pub(super) struct Group {
    pub(super) root: RepoPath,
    pub(super) resolver: Resolver,
    pub(super) members: Vec<usize>,
    /// Those of which the binaries are asked for.
    built: Vec<usize>,
}

pub(super) fn groups(all: &CargoPackages) -> Vec<Group> {
    let workspaces = all.workspaces.iter().map(|workspace| Group {
        root: workspace.root.clone(),
        resolver: workspace.resolver,
        members: workspace.members.clone(),
        built: workspace.members.clone(),
    });
    let alone = all.packages.iter().enumerate().filter(|(_, package)| package.workspace.is_none());
    let alone = alone.map(|(at, package)| Group {
        root: package.folder.clone(),
        resolver: Resolver::of_edition(&package.edition),
        members: vec![at],
        built: vec![at],
    });
    workspaces.chain(alone).filter(|group| !group.members.is_empty()).collect()
}

impl Group {
    /// What to say where guppy can't make anything of it.
    pub(super) fn unbuilt(&self, all: &CargoPackages, what: &str, why: &str) -> Fault {
        let package = &all.packages[self.members[0]];
        let message = format!("no {what} for the workspace at `{}`: {why}", self.root);
        let fault = Fault::of(&package.manifest, message);
        fault.help("`cargo metadata` in this folder says what cargo makes of it")
    }

    /// The graph of its packages, as guppy sees them.
    pub(super) fn graph(&self, all: &CargoPackages) -> Result<PackageGraph, String> {
        let shape = Shape { root: &self.root, members: &self.members };
        PackageGraph::from_json(metadata::synthesize(all, &shape)?).map_err(|error| error.to_string())
    }

    /// How cargo builds it.
    pub(super) fn options(&self, platform: &PlatformSpec) -> CargoOptions<'static> {
        let mut options = CargoOptions::new();
        options.set_resolver(match self.resolver {
            Resolver::V1 => CargoResolverVersion::V1,
            Resolver::V2 => CargoResolverVersion::V2,
            Resolver::V3 => CargoResolverVersion::V3,
        });
        options.set_platform(platform.clone());
        options
    }

    fn add_sets(
        &self,
        all: &CargoPackages,
        platform: &PlatformSpec,
        all_features: bool,
        sets: &mut BuildSets,
    ) -> Result<(), String> {
        let graph = self.graph(all)?;
        let options = self.options(platform);
        let position = positions(all);
        // Most binaries of one package ask for the same Cargo features.
        let mut known: BTreeMap<(usize, &[String]), BuildSet> = BTreeMap::new();
        for member in &self.built {
            let package = &all.packages[*member];
            for binary in &package.binaries {
                let key = (*member, binary.required_features.as_slice());
                let set = match known.entry(key) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(empty) => {
                        let id = PackageId::new(metadata::id_of(all, *member));
                        let initials = initials(&graph, &id, &binary.name, all_features)?;
                        let set = initials.into_cargo_set(&options).map_err(|error| error.to_string())?;
                        empty.insert(walked(&set, *member, all, &position))
                    }
                };
                sets.insert((*member, binary.name.clone()), set.clone());
            }
        }
        Ok(())
    }
}

/// The position of each package by the id that guppy knows it by.
pub(super) fn positions(all: &CargoPackages) -> BTreeMap<PackageId, usize> {
    (0..all.packages.len()).map(|at| (PackageId::new(metadata::id_of(all, at)), at)).collect()
}

/// The Cargo features that a build of one binary begins with.
///
/// Each binary's `required-features` are a Cargo feature of their own, which nothing else names; "all
/// features" means those that the manifest has.
fn initials<'g>(
    graph: &'g PackageGraph,
    id: &PackageId,
    binary: &str,
    all_features: bool,
) -> Result<FeatureSet<'g>, String> {
    let package = graph.resolve_ids([id]).map_err(|error| error.to_string())?;
    let required = metadata::required_features_name(binary);
    let set = match all_features {
        false => {
            let filter = named_feature_filter(StandardFeatures::Default, [required.as_str()]);
            package.to_feature_set(filter)
        }
        true => package.to_feature_set(FeatureFilterFn::new(|_, id| match id.label() {
            FeatureLabel::Named(name) => name == required || !metadata::is_required_features_name(name),
            _ => true,
        })),
    };
    Ok(set)
}

/// Follows the links that are switched on. Packages without a library are not passed: cargo hears
/// what they ask for, but links nothing of them.
fn walked(
    set: &CargoSet<'_>,
    member: usize,
    all: &CargoPackages,
    position: &BTreeMap<PackageId, usize>,
) -> BuildSet {
    let mut links: BTreeMap<(usize, bool), Vec<(usize, bool)>> = BTreeMap::new();
    let mut add = |link: PackageLink<'_>, from_host: bool, to_host: bool| {
        let ends = (position.get(link.from().id()), position.get(link.to().id()));
        if let (Some(from), Some(to)) = ends
            && all.packages[*to].library.is_some()
        {
            links.entry((*from, from_host)).or_default().push((*to, to_host));
        }
    };
    set.target_links().for_each(|link| add(link, false, false));
    set.proc_macro_links().for_each(|link| add(link, false, true));
    set.build_dep_links().for_each(|link| add(link, false, true));
    set.host_links().for_each(|link| add(link, true, true));
    let mut seen = BTreeSet::new();
    let mut pending = vec![(member, false)];
    while let Some(next) = pending.pop() {
        if seen.insert(next) {
            pending.extend(links.get(&next).into_iter().flatten());
        }
    }
    let built_for =
        |host: bool| seen.iter().filter(|(_, is_host)| *is_host == host).map(|(at, _)| *at).collect();
    BuildSet { links: built_for(false), builds_with: built_for(true) }
}
