//! What catalogs say that leads nowhere, or that others say otherwise.

mod contradiction;
mod dangling;
mod owners;

use std::collections::BTreeSet;

use crate::graph::{CatalogEntity, UnitId};
use crate::rules::{CatalogCondition, Catalogued, Rule};
use crate::text::Location;

use super::declaration::told;
use super::{Finding, Judged, Place};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &CatalogCondition) -> Vec<Finding> {
    match condition.about {
        Catalogued::DanglingReferences => dangling::find(judged, rule),
        Catalogued::Contradictions => {
            let mut findings = contradiction::find(judged, rule);
            findings.extend(owners::find(judged, rule));
            findings
        }
    }
}

/// What is found of one entity, in the texts of its rule.
struct Found {
    /// What happened.
    what: String,
    /// What to do about it.
    what_to_do: String,
    /// What stays the same: who is meant, and by what.
    key: String,
    /// Where it shows, each with what to write there; the first is to change.
    places: Vec<(Location, String)>,
    /// The units that it is about.
    ends: Option<(UnitId, UnitId)>,
}

impl Found {
    fn told(self, judged: Judged<'_>, rule: &Rule) -> Finding {
        let unit = |unit: UnitId| judged.graph.unit(unit).name.clone();
        let names = [
            ("what", self.what),
            ("what-to-do", self.what_to_do),
            ("from", self.ends.map(|(from, _)| unit(from)).unwrap_or_default()),
            ("to", self.ends.map(|(_, to)| unit(to)).unwrap_or_default()),
            ("verb", "names".to_owned()),
            ("conditions", String::new()),
        ];
        let mut known = BTreeSet::new();
        let places = self.places.into_iter().filter(|(location, _)| known.insert(location.clone()));
        let places = places.map(|(location, label)| Place { location, label, is_cause: true });
        let mut finding =
            Finding { places: places.collect(), weight: 1, ..told(rule, &names, &self.key, Vec::new()) };
        if let Some((from, to)) = self.ends {
            finding.cuts = vec![(from, to)];
            finding.from = Some(judged.party(from));
            finding.to = (from != to).then(|| judged.party(to));
        }
        finding
    }
}

/// An entity, as sentences name it.
fn shown(entity: &CatalogEntity) -> String {
    format!("`{}`", entity.name)
}
