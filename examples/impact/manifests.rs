//! Random changes to a manifest.

use serde_json::Value;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use super::random::Random;
use super::{list, text};

/// A manifest with one change in it, and what that is; `None` where the change does not fit.
pub(super) fn changed(manifest: &str, metadata: &Value, random: &mut Random) -> Option<(String, String)> {
    let mut document: DocumentMut = manifest.parse().ok()?;
    let is_root = document.get("workspace").is_some();
    let is_package = document.get("package").is_some();
    match random.below(if is_root { 8 } else { 6 }) {
        0 => Some((format!("{manifest}\n# a comment\n"), "a comment".to_owned())),
        1 if is_package => {
            document["package"]["description"] = value("something else");
            Some((document.to_string(), "[package] description".to_owned()))
        }
        2 if is_package => {
            document["package"]["keywords"] = value(Array::from_iter(["else"]));
            Some((document.to_string(), "[package] keywords".to_owned()))
        }
        3 if is_package => {
            let features = document.entry("features").or_insert_with(|| Item::Table(Table::new()));
            features["impact-harness"] = value(Array::new());
            Some((document.to_string(), "a new Cargo feature".to_owned()))
        }
        6 => {
            document["profile"]["dev"]["debug"] = value(1);
            Some((document.to_string(), "[profile.dev] debug".to_owned()))
        }
        7 => asks_for_more(document, &["workspace", "dependencies"], metadata, random),
        4 => asks_for_more(document, &["dependencies"], metadata, random),
        5 => asks_for_more(document, &["dev-dependencies"], metadata, random),
        _ => None,
    }
}

/// One dependency more Cargo features of which are asked for.
fn asks_for_more(
    mut document: DocumentMut,
    path: &[&str],
    metadata: &Value,
    random: &mut Random,
) -> Option<(String, String)> {
    let mut table = document.as_item_mut();
    for key in path {
        table = table.get_mut(key)?;
    }
    let table = table.as_table_like_mut()?;
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let key = random.one_of(&keys)?.clone();
    let entry = table.get_mut(&key)?;
    let package = list(&metadata["packages"]).iter().find(|package| text(&package["name"]) == key)?;
    let known: Vec<String> = package["features"].as_object()?.keys().cloned().collect();
    let feature = random.one_of(&known)?.clone();
    if let Some(version) = entry.as_str().map(str::to_owned) {
        let mut inline = InlineTable::new();
        inline.insert("version", version.into());
        *entry = value(inline);
    }
    let inline = entry.as_table_like_mut()?;
    let features = inline.entry("features").or_insert_with(|| value(Array::new())).as_array_mut()?;
    if features.iter().any(|one| one.as_str() == Some(&feature)) {
        return None;
    }
    features.push(feature.clone());
    Some((document.to_string(), format!("[{}] {key} asked for `{feature}`", path.join("."))))
}
