//! Which units a condition is about.

use toml::de::DeValue;

use crate::features::{FeatureMap, Role};
use crate::graph::UnitId;
use crate::text::toml::{Table, Value, quoted, wrong_type};
use crate::text::{Fault, RepoPath, Span, nearest};

/// A set of units, by their role.
#[derive(Debug, Clone)]
pub enum Selector {
    /// Part of a feature.
    Feature,
    /// A shared unit.
    Shared,
    /// An assembly.
    Assembly,
    /// Test support.
    TestSupport,
    /// What embodies a responsibility.
    Responsibility,
    /// What nothing names.
    Unassigned,
    /// A feature's API package.
    Api,
    /// What one of these selects.
    Any(Vec<Self>),
    /// What all of these select.
    All(Vec<Self>),
    /// What this does not select.
    Not(Box<Self>),
}

const WORDS: [(&str, Selector); 7] = [
    ("feature", Selector::Feature),
    ("shared", Selector::Shared),
    ("assembly", Selector::Assembly),
    ("test-support", Selector::TestSupport),
    ("responsibility", Selector::Responsibility),
    ("unassigned", Selector::Unassigned),
    ("api", Selector::Api),
];

impl Selector {
    /// Whether it selects a unit.
    pub fn selects(&self, unit: UnitId, map: &FeatureMap) -> bool {
        let role = map.role(unit);
        match self {
            Self::Feature => matches!(role, Role::Feature(_)),
            Self::Shared => role == Role::Shared,
            Self::Assembly => role == Role::Assembly,
            Self::TestSupport => role == Role::TestSupport,
            Self::Responsibility => matches!(role, Role::Responsibility(_)),
            Self::Unassigned => role == Role::Unassigned,
            Self::Api => map.is_api(unit),
            Self::Any(inner) => inner.iter().any(|one| one.selects(unit, map)),
            Self::All(inner) => inner.iter().all(|one| one.selects(unit, map)),
            Self::Not(inner) => !inner.selects(unit, map),
        }
    }

    pub(super) fn read(
        value: &Value<'_>,
        key: &str,
        file: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        match value.get_ref() {
            DeValue::String(word) => {
                let found = WORDS.into_iter().find(|(known, _)| known == word);
                if found.is_none() {
                    let words = WORDS.map(|(known, _)| known);
                    let fault = Fault::of(file, format!("unknown selector `{word}`"));
                    let fault = fault.at(Span::new(value.span()), "selects nothing");
                    faults.push(fault.help(match nearest(word, words) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("selectors are {}", quoted(&words)),
                    }));
                }
                found.map(|(_, selector)| selector)
            }
            DeValue::Table(entries) => {
                let table = Table::new(entries, file);
                let mut list = |key| {
                    let items = table.get(key)?.get_ref().as_array()?;
                    items.iter().map(|item| Self::read(item, key, file, faults)).collect()
                };
                let (any, all): (Option<Vec<Self>>, Option<Vec<Self>>) = (list("any"), list("all"));
                let not = table.get("not").and_then(|inner| Self::read(inner, "not", file, faults));
                table.deny_unknown("this selector", faults);
                match (any, all, not) {
                    (Some(inner), None, None) => Some(Self::Any(inner)),
                    (None, Some(inner), None) => Some(Self::All(inner)),
                    (None, None, Some(inner)) => Some(Self::Not(Box::new(inner))),
                    _ => {
                        let message = format!("`{key}` needs exactly one of `any`, `all` and `not`");
                        let fault = Fault::of(file, message);
                        faults.push(fault.at(Span::new(value.span()), "can't be read"));
                        None
                    }
                }
            }
            _ => {
                faults.push(wrong_type(value, key, "a selector", file));
                None
            }
        }
    }
}
