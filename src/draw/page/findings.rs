//! Findings, as the page shows them: with the lines that cause them, and the features that they are about.

use std::collections::BTreeSet;

use crate::findings::{Finding as Found, Place as FoundPlace};
use crate::rules::Level;

use super::contents::Source;
use super::model::{Finding, Place};
use crate::report::{bounded, parties, safe_line};

/// How many characters of a line are shown.
const LONGEST_LINE: usize = 160;

/// How many lines of one finding are told: nobody reads more, and a page has to stay small.
const MOST_PLACES: usize = 24;

/// All of them: what counts, then what is accepted, then what is gone.
pub(super) fn findings(source: &Source<'_>) -> Vec<Finding> {
    let told = source.told;
    let open = told
        .findings
        .iter()
        .map(|one| finding(source, one, if one.level == Level::Deny { "deny" } else { "warn" }, None));
    let inherited = told.inherited.iter().map(|one| finding(source, one, "inherited", None));
    let baselined =
        told.baselined.iter().map(|one| finding(source, &one.finding, "baselined", Some(&one.reason)));
    let excepted = told.excepted.iter().map(|one| {
        let reason = told.exceptions.get(one.exception).map(|exception| exception.reason.as_str());
        finding(source, &one.finding, "excepted", reason)
    });
    // Their lines would be those of the base.
    let gone =
        told.gone.iter().map(|one| Finding { places: Vec::new(), ..finding(source, one, "gone", None) });
    open.chain(inherited).chain(baselined).chain(excepted).chain(gone).collect()
}

fn finding(source: &Source<'_>, found: &Found, level: &'static str, reason: Option<&str>) -> Finding {
    let owners: BTreeSet<&str> = parties(found).filter_map(|party| party.owner.as_deref()).collect();
    Finding {
        rule: safe_line(&found.rule),
        level,
        message: safe_line(&found.message),
        places: match level {
            "gone" => Vec::new(),
            _ => found.places.iter().take(MOST_PLACES).map(|one| place(source, one)).collect(),
        },
        help: found.help.iter().map(|one| safe_line(one)).collect(),
        details: ways(found).chain(found.details.iter().map(|one| safe_line(one))).collect(),
        features: features(source, found).into_iter().collect(),
        owners: owners.into_iter().map(safe_line).collect(),
        pairs: found.weight,
        reason: reason.map(safe_line),
    }
}

/// Whom it lets in, and by which way.
fn ways(found: &Found) -> impl Iterator<Item = String> {
    found.lets_in.iter().map(|one| safe_line(&format!("lets in `{}`: {}", one.feature, one.way.join(" → "))))
}

/// The features at both ends, those that it lets in, and those of the units that it joins.
fn features(source: &Source<'_>, found: &Found) -> BTreeSet<usize> {
    let map = &source.repository.map;
    let named = parties(found).filter_map(|party| party.feature.as_deref());
    let named = named.chain(found.lets_in.iter().map(|one| one.feature.as_str()));
    let mut features: BTreeSet<usize> = named
        .filter_map(|name| map.features.binary_search_by(|feature| feature.name.as_str().cmp(name)).ok())
        .collect();
    // Of what is gone, units may have another position.
    if parties(found).next().is_none() {
        let units = found.cuts.iter().chain(&found.joins).flat_map(|(from, to)| [*from, *to]);
        let count = source.repository.linked.graph.units().len();
        let there = units.filter(|unit| unit.index() < count);
        features.extend(there.filter_map(|unit| map.feature_of(unit)).map(|feature| feature.index()));
    }
    features
}

pub(super) fn place(source: &Source<'_>, place: &FoundPlace) -> Place {
    let location = &place.location;
    let text = source.texts.safe(&location.path);
    let start = (location.span.start as usize).min(text.len());
    let before = text.get(..start).unwrap_or_default();
    let from = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(from..).unwrap_or_default().lines().next().unwrap_or_default();
    Place {
        at: source.line(location),
        label: safe_line(&place.label),
        text: bounded(&safe_line(line.trim()), LONGEST_LINE),
    }
}
