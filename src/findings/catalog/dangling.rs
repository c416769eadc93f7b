//! References of catalogs that nothing in the repository means.

use crate::graph::Dangling;
use crate::rules::Rule;

use super::super::{Finding, Judged};
use super::{Found, shown};

pub(super) fn find(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    judged
        .graph
        .catalogs()
        .dangling()
        .iter()
        .filter_map(|one| tell(judged, one))
        .map(|found| found.told(judged, rule))
        .collect()
}

fn tell(judged: Judged<'_>, one: &Dangling) -> Option<Found> {
    let entity = judged.graph.catalogs().entities().get(one.by)?;
    let (who, field, written) = (shown(entity), one.field, &one.written);
    let what = match one.is_file {
        true => format!("`{field}` of {who} names the file `{written}`, which is not there"),
        false => format!("`{field}` of {who} names `{written}`, which no catalog here describes"),
    };
    let what_to_do = match &one.nearest {
        Some(near) => format!(
            "correct it, if `{near}` is meant; if not, describe it in a catalog, or take the line out"
        ),
        None => "put the file there, or take the line out".to_owned(),
    };
    let label = one.nearest.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let mut places = vec![(one.location.clone(), format!("means nothing{label}"))];
    places.extend(one.near.clone().map(|near| (near, "described here".to_owned())));
    Some(Found {
        what,
        what_to_do,
        key: format!("{} {field} {written}", entity.identity),
        places,
        ends: entity.unit.map(|unit| (unit, unit)),
    })
}
