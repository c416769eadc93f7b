//! Dockerfiles that copy less than they build, or so much that other features build them anew.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::FeatureId;
use crate::graph::{Copying, UnitId, UnitKind};
use crate::rules::{CopyCondition, Rule};
use crate::text::{Location, RepoPath};

use super::declaration::told;
use super::{Finding, Judged, listed};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &CopyCondition) -> Vec<Finding> {
    let from = condition.from.resolve(judged.graph, judged.map);
    let meant: Vec<&Copying> =
        judged.graph.copies().iter().filter(|copying| from.contains(copying.image)).collect();
    let mut findings: Vec<Finding> =
        meant.iter().filter_map(|copying| lacks(judged, rule, copying)).collect();
    // Images of one Dockerfile are built anew by the same lines.
    let mut by_file: BTreeMap<&RepoPath, Vec<Needless<'_>>> = BTreeMap::new();
    for copying in meant {
        let file = &judged.graph.unit(copying.image).path;
        by_file.entry(file).or_default().extend(Needless::new(judged, condition, copying));
    }
    findings.extend(by_file.into_iter().filter_map(|(file, all)| more(judged, rule, file, &all)));
    findings
}

fn lacks(judged: Judged<'_>, rule: &Rule, copying: &Copying) -> Option<Finding> {
    if copying.lacks.is_empty() {
        return None;
    }
    let names = names(judged, &copying.lacks);
    let built = binaries(judged, copying.image);
    let what = format!(
        "the Dockerfile of `{}` copies less than it builds: it lacks {}, which {} {} built with",
        judged.graph.unit(copying.image).name,
        listed(&names, ""),
        listed(&short_names(judged, &built), "it"),
        if built.len() > 1 { "are" } else { "is" }
    );
    let key = format!("lacks {}", judged.graph.unit(copying.image).identity());
    let members = copying.lacks.iter().map(|unit| judged.graph.unit(*unit).identity()).collect();
    Some(Finding {
        cuts: vec![(copying.image, copying.image)],
        from: Some(judged.party(copying.image)),
        weight: 1,
        members,
        ..told(rule, &[("what", what)], &key, copying.lacks_at.clone())
    })
}

/// An image, and what is copied for it that only other features need.
struct Needless<'a> {
    copying: &'a Copying,
    packages: Vec<UnitId>,
    features: BTreeSet<FeatureId>,
}

impl<'a> Needless<'a> {
    fn new(judged: Judged<'_>, condition: &CopyCondition, copying: &'a Copying) -> Option<Self> {
        let units = binaries(judged, copying.image);
        let own: BTreeSet<FeatureId> =
            units.iter().chain([&copying.image]).filter_map(|unit| judged.map.feature_of(*unit)).collect();
        // Nobody can say what is another feature's where nobody says whose it is.
        if own.is_empty() {
            return None;
        }
        let is_others = |unit: &&UnitId| {
            judged.map.feature_of(**unit).is_some_and(|feature| !own.contains(&feature))
                && !units.iter().any(|binary| judged.is_any(&condition.unless, *binary, **unit))
        };
        let packages: Vec<UnitId> = copying.more.iter().filter(is_others).copied().collect();
        let features = packages.iter().filter_map(|unit| judged.map.feature_of(*unit)).collect();
        (!packages.is_empty()).then_some(Self { copying, packages, features })
    }
}

fn more(judged: Judged<'_>, rule: &Rule, file: &RepoPath, all: &[Needless<'_>]) -> Option<Finding> {
    let first = all.first()?;
    let features: BTreeSet<FeatureId> = all.iter().flat_map(|one| one.features.iter().copied()).collect();
    let features: Vec<String> = features.iter().map(|id| judged.map.feature(*id).name.clone()).collect();
    let images: Vec<UnitId> = all.iter().map(|one| one.copying.image).collect();
    let what = match all {
        [_] => format!(
            "the Dockerfile of `{}` copies so much that every change to {} builds it anew",
            judged.graph.unit(first.copying.image).name,
            listed(&features, "")
        ),
        _ => format!(
            "`{file}` copies so much that a change to any of {} builds the images of the others anew: {}",
            listed(&features, ""),
            listed(&names(judged, &images), "")
        ),
    };
    let places: BTreeSet<&Location> = all.iter().flat_map(|one| &one.copying.more_at).collect();
    let packages: BTreeSet<UnitId> = all.iter().flat_map(|one| one.packages.iter().copied()).collect();
    let packages: Vec<UnitId> = packages.into_iter().collect();
    let members = features.iter().map(|name| format!("feature:{name}"));
    let key = format!("copies {file}");
    let mut finding = Finding {
        joins: images.iter().map(|image| (*image, *image)).collect(),
        from: Some(judged.party(first.copying.image)),
        weight: all.len(),
        members: members.collect(),
        ..told(rule, &[("what", what)], &key, places.into_iter().cloned().collect())
    };
    finding.details = vec![format!("copied and never needed: {}", names(judged, &packages).join(", "))];
    if let [_] = all {
        finding.cuts = finding.joins.clone();
    }
    Some(finding)
}

/// The binaries that an image ships.
fn binaries(judged: Judged<'_>, image: UnitId) -> Vec<UnitId> {
    let runs = judged.graph.unit(image).runs.iter().copied();
    runs.filter(|unit| judged.graph.unit(*unit).kind == UnitKind::Binary).collect()
}

fn names(judged: Judged<'_>, units: &[UnitId]) -> Vec<String> {
    units.iter().map(|unit| judged.graph.unit(*unit).name.clone()).collect()
}

fn short_names(judged: Judged<'_>, units: &[UnitId]) -> Vec<String> {
    units.iter().map(|unit| judged.graph.unit(*unit).short_name.clone()).collect()
}
