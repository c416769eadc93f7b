//! What the configuration itself says that can't be right.

mod exceptions;
pub(super) mod loosened;
mod names;
mod responsibilities;
mod units;

use crate::rules::{DeclarationCondition, Declared, Rule};
use crate::text::Location;

use super::exception::Reviewed;
use super::{Finding, Judged, Place};

/// `reviewed` is what became of the exceptions, which is known when all other rules are judged.
pub(super) fn find(
    judged: Judged<'_>,
    rule: &Rule,
    condition: &DeclarationCondition,
    reviewed: &Reviewed<'_>,
) -> Vec<Finding> {
    match condition.about {
        Declared::UnassignedUnits => units::unassigned(judged, rule).into_iter().collect(),
        Declared::ContestedUnits => units::contested(judged, rule),
        Declared::UninhabitedFeatures => units::uninhabited(judged, rule),
        Declared::UnmatchedSelectors => names::unmatched(judged, rule, reviewed),
        Declared::UnknownResponsibilities => responsibilities::unknown(judged, rule),
        Declared::BroadResponsibilities => responsibilities::broad(judged, rule, condition),
        Declared::IdleResponsibilities => responsibilities::idle(judged, rule),
        Declared::IdleConsumes => names::idle_consumes(judged, rule),
        Declared::StaleExceptions => exceptions::stale(judged, rule, reviewed),
        Declared::ExpiredExceptions => exceptions::expired(rule, reviewed),
        Declared::ExpiringExceptions => exceptions::expiring(rule, condition, reviewed),
        // What a change opens is watched over by the rules of both sides, and what the baseline holds is
        // compared when all is judged. Only then are the numbers known that are budgeted.
        Declared::LoosenedBoundaries
        | Declared::StaleBaseline
        | Declared::BrokenBudgets
        | Declared::NearBudgets => Vec::new(),
        Declared::StaleCorrections => exceptions::stale_corrections(judged, rule, reviewed),
    }
}

/// A finding with the texts of its rule, filled from a table.
pub(super) fn told(rule: &Rule, names: &[(&str, String)], key: &str, locations: Vec<Location>) -> Finding {
    let fill = |name: &str| {
        names.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let label = rule.label.fill(&fill);
    let place = |location| Place { location, label: label.clone(), is_cause: true };
    let message = rule.message.fill(&fill);
    Finding {
        rule: rule.id.clone(),
        level: rule.level,
        kind: None,
        from: None,
        to: None,
        help: rule.help.iter().map(|help| help.fill(&fill)).collect(),
        places: locations.into_iter().map(place).collect(),
        lets_in: Vec::new(),
        details: Vec::new(),
        references: None,
        cuts: Vec::new(),
        joins: Vec::new(),
        weight: 0,
        group: format!("{} {message}", rule.id),
        message,
        key: format!("{} {key}", rule.id).trim_end().to_owned(),
        identity: format!("{} {key}", rule.id).trim_end().to_owned(),
        members: Vec::new(),
    }
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
