//! `[[exceptions]]`: findings that a person accepted, with a reason and an end.

use crate::text::toml::{Table, tables};
use crate::text::{Date, Fault, Location, Spanned};

use super::super::selection::{Names, Selector};

/// A finding that a person accepted.
#[derive(Debug, Clone)]
pub struct Exception {
    /// The rule.
    pub rule: Spanned<String>,
    /// The units that the finding leads from.
    pub from: Selector,
    /// The units that it leads to; `None` for a finding about one unit alone.
    pub to: Option<Selector>,
    /// Why it was accepted.
    pub reason: String,
    /// The last day on which it excuses.
    pub until: Option<Date>,
    /// Who accepted it.
    pub owner: Option<String>,
    /// Both ends, as they are written.
    pub written: String,
    /// Where it is declared.
    pub declared_at: Location,
}

/// Reads all of them. What can't be read is a fault: an exception that is passed over in silence turns
/// a gate red, one that is half understood turns it green.
pub(super) fn exceptions(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<Exception> {
    let Some(value) = root.get("exceptions") else { return Vec::new() };
    let all = tables(value, "exceptions", root.file(), faults);
    all.iter().filter_map(|table| exception(table, faults)).collect()
}

fn exception(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Exception> {
    let rule = required(table, "rule", faults);
    let from = match table.get("from") {
        Some(value) => Selector::read(value, "from", table.file(), Names::Bare, faults),
        None => {
            faults.push(missing(table, "from"));
            None
        }
    };
    let has_to = table.has("to");
    let to = table.get("to").and_then(|value| Selector::read(value, "to", table.file(), Names::Bare, faults));
    let reason = required(table, "reason", faults);
    let has_until = table.has("until");
    let until = table.get("until").and_then(|value| Date::read(value, "until", table.file(), faults));
    let owner = table.string("owner", faults).map(|owner| owner.value);
    table.deny_unknown("`[[exceptions]]`", faults);
    if (has_to && to.is_none()) || (has_until && until.is_none()) {
        return None;
    }
    let (rule, from, reason) = (rule?, from?, reason?);
    let written = match &to {
        Some(to) => format!("`{}` -> `{}`", from.written(), to.written()),
        None => format!("`{}`", from.written()),
    };
    let declared_at = Location { path: table.file().clone(), span: rule.span };
    Some(Exception { rule, from, to, reason: reason.value, until, owner, written, declared_at })
}

/// A text that has to be there, and to say something.
pub(super) fn required(
    table: &Table<'_, '_>,
    key: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<Spanned<String>> {
    if !table.has(key) {
        faults.push(missing(table, key));
        return None;
    }
    let found = table.string(key, faults)?;
    if found.value.trim().is_empty() {
        let fault = Fault::of(table.file(), format!("`{key}` is empty"));
        let fault = fault.at(found.span, "says nothing");
        faults.push(fault.help(format!("write something: `{key} = \"…\"`")));
        return None;
    }
    Some(found)
}

pub(super) fn missing(table: &Table<'_, '_>, key: &str) -> Fault {
    let span = table.entries().first().map(|(key, _)| key.span).unwrap_or_default();
    let fault = Fault::of(table.file(), format!("this entry has no `{key}`")).at(span, "here");
    fault.help(match key {
        "reason" => "add `reason = \"…\"`: who comes after you has to know why".to_owned(),
        _ => format!("add `{key} = \"…\"`"),
    })
}
