//! Which unit belongs where, and where that is not said well.

use std::collections::BTreeMap;

use crate::features::Role;
use crate::graph::{Unit, UnitKind};
use crate::rules::Rule;

use super::super::{Finding, Judged, listed};
use super::told;

/// How many folders the summary of unassigned units lists.
const LISTED_FOLDERS: usize = 12;

/// One finding for all: they are a state of the configuration, not many faults.
pub(super) fn unassigned(judged: Judged<'_>, rule: &Rule) -> Option<Finding> {
    let mut by_folder: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut first = None;
    let (mut packages, mut images) = (0, 0);
    let mut members = Vec::new();
    for (id, unit) in judged.graph.units() {
        // A binary that nothing names follows its package, and a service its image: those are told. What others
        // make (a broker, a proxy) need not belong to anybody.
        let count = match unit.kind {
            UnitKind::Package => &mut packages,
            // One that a person declares alone is told by what it is declared for.
            UnitKind::Image if !unit.is_declared() => &mut images,
            _ => continue,
        };
        // One that ships several features is told by what ships them together.
        if judged.map.role(id) != Role::Unassigned
            || (unit.kind == UnitKind::Image && ships_any(judged, unit))
        {
            continue;
        }
        *count += 1;
        let folder = unit.path.parent().filter(|folder| !folder.as_str().is_empty());
        let folder = match folder {
            _ if unit.is_declared() => "no folder yet".to_owned(),
            Some(folder) => folder.to_string(),
            None => "the top folder".to_owned(),
        };
        by_folder.entry(folder).or_default().push(&unit.name);
        first.get_or_insert_with(|| unit.declared_at.clone());
        members.push(unit.identity());
    }
    let word = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    let counted = match (packages, images) {
        (packages, 0) => word(packages, "package"),
        (0, images) => word(images, "image"),
        (packages, images) => format!("{} and {}", word(packages, "package"), word(images, "image")),
    };
    let counted = format!("{counted} {}", if packages + images == 1 { "is" } else { "are" });
    let mut finding = told(rule, &[("count", counted)], "", vec![first?]);
    finding.members = members;
    let mut folders: Vec<_> = by_folder.into_iter().collect();
    folders.sort_by(|a, b| (b.1.len(), &a.0).cmp(&(a.1.len(), &b.0)));
    let more = folders.len().saturating_sub(LISTED_FOLDERS);
    finding.details = folders
        .iter()
        .take(LISTED_FOLDERS)
        .map(|(folder, names)| match names.as_slice() {
            [one, two, three, _, ..] => {
                format!("in {folder}: {one}, {two}, {three} and {} more", names.len() - 3)
            }
            few => format!("in {folder}: {}", few.join(", ")),
        })
        .collect();
    if more > 0 {
        finding.details.push(format!("and {more} more folders"));
    }
    Some(finding)
}

/// Whether anything that an image ships belongs somewhere.
fn ships_any(judged: Judged<'_>, unit: &Unit) -> bool {
    unit.runs.iter().any(|one| judged.map.role(*one) != Role::Unassigned)
}

pub(super) fn contested(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let tell = |contest: &crate::features::Contest| {
        let unit = judged.graph.unit(contest.unit);
        let roles = contest.claims.iter().map(|(role, _)| judged.map.name_of_role(*role));
        let roles = listed(&roles.collect::<Vec<_>>(), "nobody");
        let first = contest.claims.first().map(|(role, _)| judged.map.name_of_role(*role));
        let names = [("unit", unit.name.clone()), ("roles", roles), ("name", first.unwrap_or_default())];
        let locations = contest.claims.iter().map(|(_, location)| location.clone()).collect();
        told(rule, &names, &unit.identity(), locations)
    };
    // A binary without a claim of its own is contested because its package is.
    let is_own = |contest: &&crate::features::Contest| {
        let parent = judged.graph.unit(contest.unit).parent;
        !judged.map.contests.iter().any(|other| Some(other.unit) == parent)
    };
    judged.map.contests.iter().filter(is_own).map(tell).collect()
}

pub(super) fn uninhabited(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let tell = |(feature, unit): &(crate::features::FeatureId, crate::graph::UnitId)| {
        let feature = judged.map.feature(*feature);
        let owner = listed(&[judged.map.role_name(*unit)], "nobody");
        let unit = judged.graph.unit(*unit).name.clone();
        let names = [("name", feature.name.clone()), ("unit", unit), ("roles", owner)];
        told(rule, &names, &feature.name, vec![feature.declared_at.clone()])
    };
    judged.map.uninhabited.iter().map(tell).collect()
}
