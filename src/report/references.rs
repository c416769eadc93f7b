//! How deep a coupling goes: what the source of the one end names of the other.

use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::{ONLY_TESTS, References};

use super::graph_json::{EvidenceRecord, evidence};
use super::{Texts, counted, safe_line};

/// How many items stand in one sentence.
const SHOWN: usize = 3;

/// In a sentence: "14 references to 2 items: `users::Account` (9) and `users::login` (5), first at src/cart.rs:12".
pub(super) fn sentence(references: &References, from: &str, texts: &Texts<'_>) -> String {
    let docs = match references.in_docs {
        0 => String::new(),
        docs => format!(", and {} in documentation", counted(docs, "link", "links")),
    };
    let Some(first) = references.first() else {
        return match references.unclear {
            Some(ONLY_TESTS) => format!("only tests in `{from}` name it{docs}"),
            Some(why) => format!("no path in the sources of `{from}` leads to it, but {why}"),
            None => format!("nothing in `{from}` names it: the dependency can be removed{docs}"),
        };
    };
    let place = format!("{}:{}", first.path, texts.position(&first.path, first.span).line);
    let count = references.count();
    let told = counted(count, "reference", "references");
    let items = &references.items;
    let named: Vec<String> = match items.as_slice() {
        all if all.iter().all(|one| one.places.len() == 1) || all.len() == 1 => {
            all.iter().take(SHOWN).map(|one| format!("`{}`", one.name)).collect()
        }
        all => all.iter().take(SHOWN).map(|one| format!("`{}` ({})", one.name, one.places.len())).collect(),
    };
    let named = match (items.len().saturating_sub(SHOWN), named.as_slice()) {
        (0, [one]) => one.clone(),
        (0, [first @ .., last]) => format!("{} and {last}", first.join(", ")),
        (more, all) => format!("{} and {more} more", all.join(", ")),
    };
    let of = match items.len() {
        1 => String::new(),
        several => format!("{}: ", counted(several, "item", "items")),
    };
    let at = if count == 1 { "at" } else { "first at" };
    safe_line(&format!("{told} to {of}{named}, {at} {place}{docs}"))
}

/// What the source of the one end names of the other.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "References")]
pub(super) struct ReferencesRecord<'a> {
    /// How many places there are.
    count: usize,
    /// How many links in documentation name it; they couple nobody.
    in_docs: usize,
    /// Why it may be used although nothing names it.
    unclear: Option<&'static str>,
    /// The items that are named, those with the most places first.
    items: Vec<ItemRecord<'a>>,
}

/// An item, and where it is named.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReferredItem")]
struct ItemRecord<'a> {
    /// As code writes it from outside.
    name: &'a str,
    /// Every place, in order.
    places: Vec<EvidenceRecord>,
}

/// For a program.
pub(super) fn record<'a>(references: &'a References, texts: &Texts<'_>) -> ReferencesRecord<'a> {
    let items = references.items.iter().map(|item| ItemRecord {
        name: &item.name,
        places: item.places.iter().map(|place| evidence(place, texts)).collect(),
    });
    ReferencesRecord {
        count: references.count(),
        in_docs: references.in_docs,
        unclear: references.unclear,
        items: items.collect(),
    }
}
