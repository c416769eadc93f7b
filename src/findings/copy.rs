//! Dockerfiles that copy less than they build, or so much that other features build them anew.

use std::collections::BTreeSet;

use crate::features::FeatureId;
use crate::graph::{Copying, UnitId, UnitKind};
use crate::rules::{CopyCondition, Rule};
use crate::text::Location;

use super::declaration::told;
use super::{Finding, Judged, listed};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &CopyCondition) -> Vec<Finding> {
    let from = condition.from.resolve(judged.graph, judged.map);
    let meant = judged.graph.copies().iter().filter(|copying| from.contains(copying.image));
    meant
        .flat_map(|copying| {
            lacks(judged, rule, copying).into_iter().chain(more(judged, rule, condition, copying))
        })
        .collect()
}

fn lacks(judged: Judged<'_>, rule: &Rule, copying: &Copying) -> Option<Finding> {
    let names: Vec<String> = copying.lacks.iter().map(|unit| judged.graph.unit(*unit).name.clone()).collect();
    let binaries = binaries(judged, copying.image).1;
    let what = format!(
        "copies less than it builds: it lacks {}, which {} {} built with",
        listed(&names, ""),
        binaries,
        if binaries.contains(" and ") { "are" } else { "is" }
    );
    let members = copying.lacks.iter().map(|unit| judged.graph.unit(*unit).identity());
    (!names.is_empty())
        .then(|| tell(judged, rule, copying.image, "lacks", what, &copying.lacks_at, members.collect()))
}

fn more(judged: Judged<'_>, rule: &Rule, condition: &CopyCondition, copying: &Copying) -> Option<Finding> {
    let (units, _) = binaries(judged, copying.image);
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
    let others: Vec<UnitId> = copying.more.iter().filter(is_others).copied().collect();
    let features: BTreeSet<FeatureId> =
        others.iter().filter_map(|unit| judged.map.feature_of(*unit)).collect();
    let names: Vec<String> = features.iter().map(|id| judged.map.feature(*id).name.clone()).collect();
    let what = format!("copies so much that every change to {} builds it anew", listed(&names, ""));
    let members = names.iter().map(|name| format!("feature:{name}")).collect();
    let mut finding = (!others.is_empty())
        .then(|| tell(judged, rule, copying.image, "copies", what, &copying.more_at, members))?;
    let packages: Vec<String> = others.iter().map(|unit| judged.graph.unit(*unit).name.clone()).collect();
    finding.details = vec![format!("copied and never needed: {}", packages.join(", "))];
    Some(finding)
}

/// The binaries that an image ships, and their names in a sentence.
fn binaries(judged: Judged<'_>, image: UnitId) -> (Vec<UnitId>, String) {
    let runs = judged.graph.unit(image).runs.iter();
    let units: Vec<UnitId> =
        runs.copied().filter(|unit| judged.graph.unit(*unit).kind == UnitKind::Binary).collect();
    let names: Vec<String> = units.iter().map(|unit| judged.graph.unit(*unit).short_name.clone()).collect();
    (units, listed(&names, "it"))
}

fn tell(
    judged: Judged<'_>,
    rule: &Rule,
    image: UnitId,
    side: &str,
    what: String,
    places: &[Location],
    members: Vec<String>,
) -> Finding {
    let unit = judged.graph.unit(image);
    let texts = [("unit", unit.name.clone()), ("what", what)];
    let key = format!("{side} {}", unit.identity());
    Finding {
        cuts: vec![(image, image)],
        from: Some(judged.party(image)),
        weight: 1,
        members,
        ..told(rule, &texts, &key, places.to_vec())
    }
}
