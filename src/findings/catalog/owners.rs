//! Who answers for a component by its catalog, by what is declared, and by `CODEOWNERS`.
//!
//! Catalogs and forges may call one team by two names. So two owners differ only where the other's name is one that
//! catalogs know as well.

use std::collections::BTreeSet;

use crate::features::Role;
use crate::graph::{CatalogEntity, UnitId};
use crate::rules::Rule;
use crate::sources::catalog::EntityKind;
use crate::text::Location;

use super::super::{Finding, Judged};
use super::{Found, shown};

pub(super) fn find(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    let catalogs = judged.graph.catalogs();
    let known = catalogs.owners();
    let components = catalogs.entities().iter().enumerate();
    let components = components.filter(|(_, one)| one.identity.kind == EntityKind::Component);
    let found = components.flat_map(|(at, one)| differing(judged, (at, one), &known));
    found.map(|found| found.told(judged, rule)).collect()
}

fn differing(judged: Judged<'_>, (at, one): (usize, &CatalogEntity), known: &BTreeSet<String>) -> Vec<Found> {
    let (Some((owner, owner_at)), Some(unit)) = (&one.owner, one.unit) else { return Vec::new() };
    let mut found = Vec::new();
    let differs = |written: &str| {
        let names: Vec<String> = written.split([' ', ',']).filter_map(name_alone).collect();
        let own = owner.to_lowercase();
        !names.is_empty() && !names.contains(&own) && names.iter().any(|name| known.contains(name))
    };
    if let Some((written, place)) = declared(judged, unit, one).filter(|(written, _)| differs(written)) {
        let role = judged.map.role_name(unit);
        found.push(Found {
            what: format!(
                "the catalog says that `{owner}` owns {}, and feature `{role}`, to which it belongs, is owned by `{written}`",
                shown(one)
            ),
            what_to_do: SAY_ONE.to_owned(),
            key: format!("owner {} {role}", one.identity),
            places: vec![
                (owner_at.clone(), format!("`{owner}` here")),
                (place, format!("`{written}` here")),
            ],
            ends: Some((unit, unit)),
        });
    }
    if let Some(written) = judged.map.code_owner_of_entity(at).filter(|written| differs(written)) {
        found.push(Found {
            what: format!(
                "the catalog says that `{owner}` owns {}, and `CODEOWNERS` names `{written}`",
                shown(one)
            ),
            what_to_do: SAY_ONE.to_owned(),
            key: format!("owner {} CODEOWNERS", one.identity),
            places: vec![(owner_at.clone(), format!("`{owner}` here, `{written}` in `CODEOWNERS`"))],
            ends: Some((unit, unit)),
        });
    }
    found
}

/// What to do where two differ.
const SAY_ONE: &str = "find out who answers for it, and say the same in both places";

/// The owner that the feature of a unit declares itself, and where the feature is declared.
fn declared<'m>(judged: Judged<'m>, unit: UnitId, one: &CatalogEntity) -> Option<(&'m str, Location)> {
    let Role::Feature(feature) = judged.map.role(unit) else { return None };
    let feature = judged.map.feature(feature);
    // A feature that catalogs declare has their owner.
    let is_of_catalog =
        judged.graph.catalogs().entities().iter().any(|other| other.declared_at == feature.declared_at)
            || feature.declared_at.path == one.declared_at.path;
    let owner = feature.owner.as_deref().filter(|_| !is_of_catalog)?;
    Some((owner, feature.declared_at.clone()))
}

/// The name of a team or a person as catalogs write it: `@shop/checkout` is `checkout`. An address of mail is none.
fn name_alone(written: &str) -> Option<String> {
    let name = written.strip_prefix('@').unwrap_or(written);
    (!name.contains('@'))
        .then(|| name.rsplit('/').next().unwrap_or(name).to_lowercase())
        .filter(|name| !name.is_empty())
}
