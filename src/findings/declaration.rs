//! What the configuration itself says that can't be right.

use std::collections::BTreeMap;

use crate::features::Role;
use crate::graph::UnitKind;
use crate::rules::{Declared, Rule};
use crate::text::{Location, nearest};

use super::{Finding, Judged, Place, listed};

/// How many folders the summary of unassigned units lists.
const LISTED_FOLDERS: usize = 12;

pub(super) fn find(judged: Judged<'_>, rule: &Rule, about: Declared) -> Vec<Finding> {
    match about {
        Declared::UnassignedUnits => unassigned(judged, rule).into_iter().collect(),
        Declared::ContestedUnits => contested(judged, rule),
        Declared::UnknownResponsibilities => unknown_responsibilities(judged, rule),
        Declared::UninhabitedFeatures => uninhabited(judged, rule),
        Declared::UnmatchedSelectors => unmatched(judged, rule),
    }
}

/// A finding with the texts of its rule, filled from a table.
fn told(rule: &Rule, names: &[(&str, String)], key: &str, locations: Vec<Location>) -> Finding {
    let fill = |name: &str| {
        names.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let label = rule.label.fill(&fill);
    let place = |location| Place { location, label: label.clone(), is_cause: true };
    Finding {
        rule: rule.id.clone(),
        level: rule.level,
        kind: None,
        from: None,
        to: None,
        message: rule.message.fill(&fill),
        help: rule.help.iter().map(|help| help.fill(&fill)).collect(),
        places: locations.into_iter().map(place).collect(),
        lets_in: Vec::new(),
        details: Vec::new(),
        identity: format!("{} {key}", rule.id).trim_end().to_owned(),
    }
}

/// One finding for all: they are a state of the configuration, not many faults.
fn unassigned(judged: Judged<'_>, rule: &Rule) -> Option<Finding> {
    let mut by_folder: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut first = None;
    let mut count = 0;
    for (id, unit) in judged.graph.units() {
        // A binary that nothing names follows its package; the package is told.
        if unit.kind == UnitKind::Package && judged.map.role(id) == Role::Unassigned {
            count += 1;
            let folder = unit.path.parent().filter(|folder| !folder.as_str().is_empty());
            let folder = folder.map_or_else(|| "the top folder".to_owned(), |folder| folder.to_string());
            by_folder.entry(folder).or_default().push(&unit.name);
            first.get_or_insert_with(|| unit.declared_at.clone());
        }
    }
    let counted = if count == 1 { "1 package is".to_owned() } else { format!("{count} packages are") };
    let mut finding = told(rule, &[("count", counted)], "", vec![first?]);
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

fn contested(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
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

fn unknown_responsibilities(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let known: Vec<&str> = judged.map.responsibilities.iter().map(|one| one.name.as_str()).collect();
    let all = judged.map.unknown_responsibilities.iter();
    all.map(|(feature, name, location)| {
        let feature = feature.clone();
        let near = nearest(&name.value, known.iter().copied()).map(|near| near.to_owned());
        let key = format!("{feature} {}", name.value);
        let names =
            [("place", feature), ("name", name.value.clone()), ("nearest", did_you_mean(near.as_deref()))];
        told(rule, &names, &key, vec![location.clone()])
    })
    .collect()
}

fn uninhabited(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let tell = |(feature, unit): &(crate::features::FeatureId, crate::graph::UnitId)| {
        let feature = judged.map.feature(*feature);
        let owner = listed(&[judged.map.role_name(*unit)], "nobody");
        let unit = judged.graph.unit(*unit).name.clone();
        let names = [("name", feature.name.clone()), ("unit", unit), ("roles", owner)];
        told(rule, &names, &feature.name, vec![feature.declared_at.clone()])
    };
    judged.map.uninhabited.iter().map(tell).collect()
}

fn unmatched(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let all = judged.map.unmatched.iter();
    all.map(|one| {
        let names = [
            ("name", one.written.clone()),
            ("place", one.place.clone()),
            ("unit", one.wanted.to_owned()),
            ("nearest", did_you_mean(one.nearest.as_deref())),
        ];
        let key = format!("{} in {}", one.written, one.place);
        told(rule, &names, &key, vec![one.location.clone()])
    })
    .collect()
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
