//! A proposal as `watertight.toml`: a new one with comments that teach, or what is there with what is new.

use std::fmt::Write;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{Proposal, ProposedFeature};

/// How long a line may be before a list takes several.
const WIDTH: usize = 100;

const HEAD: &str = "\
# The product features of this repository, and who may know of whom. `watertight init` proposed them from what is
# shipped, what each deployable alone is built with, and folders and names. From here on the file is yours: rename,
# merge, split; `watertight init` keeps what stands here and adds only what is new in the repository.
#
#   watertight features          what each feature holds, and which line says so
#   watertight check             every coupling between two features that share no responsibility
#   watertight explain RULE      what a rule finds, why it matters, what to do
";

const FEATURES: &str = "
# A feature is what could be deployed alone. Give each an owner, and the name that its users know:
#
#   owner = \"@your/team\"
#   about = \"Turns a cart into a paid order\"
#
# Where two features answer for one thing together, name that thing, after what is shared and not after who shares
# it. It excuses couplings between the features that name it, and only through the packages that it lists:
#
#   [responsibilities]
#   payments = { about = \"Money moves exactly once\", owner = \"@your/team\", through = [\"crates/ledger\"] }
#
# and in each of these features: responsibilities = [\"payments\"]
";

const APIS: &str = "
# `apis` names the packages by which others call a feature: its client, its requests and responses. To build on one
# is a call, and allowed.
";

const SHARED: &str = "
# Belongs to no feature on purpose: every feature may build on it, and it may build on none.
[shared]
";

const ASSEMBLIES: &str = "
# Puts features together, or serves those who develop: it may depend on every feature, and no feature on it.
[assemblies]
";

const TEST_SUPPORT: &str = "
# Exists for tests: it may depend on everything, and only tests on it.
[test-support]
";

const SCAN: &str = "
# Files of tests that can't be read, most likely on purpose.
[scan]
";

/// The text with what is proposed in it; a new one if there is nothing yet.
///
/// What stands there keeps its place, its order and its comments.
///
/// # Errors
/// Why what is there can't be added to, as a sentence.
pub fn extended(before: &str, proposal: &Proposal) -> Result<String, String> {
    let (mark, plain) = match before.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", before),
    };
    let text = match plain.trim().is_empty() {
        true => written(proposal),
        false => added(plain, proposal)?,
    };
    // A file keeps the line endings that it has.
    let text = match plain.contains("\r\n") {
        true => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => text,
    };
    Ok(format!("{mark}{text}"))
}

fn added(before: &str, proposal: &Proposal) -> Result<String, String> {
    let mut document: DocumentMut =
        before.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let mut new: Vec<&ProposedFeature> = Vec::new();
    for feature in &proposal.features {
        if !add_to_feature(&mut document, feature)? && !add_inline(&mut document, feature) {
            new.push(feature);
        }
    }
    let mut later = String::new();
    for (key, inner, globs) in sections(proposal) {
        if !globs.is_empty() && !add(document.as_table_mut(), key, inner, globs)? {
            let _ = write!(later, "\n[{key}]\n{}", list(inner, globs));
        }
    }
    let mut text = document.to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    for feature in new {
        text += &table(feature);
    }
    Ok(text + &later)
}

fn sections(proposal: &Proposal) -> [(&'static str, &'static str, &Vec<String>); 4] {
    [
        ("shared", "paths", &proposal.shared),
        ("assemblies", "paths", &proposal.assemblies),
        ("test-support", "paths", &proposal.test_support),
        ("scan", "exclude", &proposal.exclude),
    ]
}

fn written(proposal: &Proposal) -> String {
    let mut text = HEAD.to_owned();
    if !proposal.features.is_empty() {
        text += FEATURES;
    }
    if proposal.features.iter().any(|feature| !feature.apis.is_empty()) {
        text += APIS;
    }
    proposal.features.iter().for_each(|feature| text += &table(feature));
    for ((_, inner, globs), about) in
        sections(proposal).into_iter().zip([SHARED, ASSEMBLIES, TEST_SUPPORT, SCAN])
    {
        if !globs.is_empty() {
            text += about;
            text += &list(inner, globs);
        }
    }
    text
}

/// A feature as a table of its own.
fn table(feature: &ProposedFeature) -> String {
    let mut text = format!("\n[features.{}]", key(&feature.name));
    if !feature.why.is_empty() {
        let _ = write!(text, "  # {}", feature.why);
    }
    text.push('\n');
    if let Some(owner) = &feature.owner {
        let _ = writeln!(text, "owner = {}", quoted(owner));
    }
    for (name, values) in
        [("paths", &feature.paths), ("apis", &feature.apis), ("deployables", &feature.deployables)]
    {
        if !values.is_empty() {
            text += &list(name, values);
        }
    }
    text
}

/// `paths = ["a", "b"]`, on several lines where it is long.
fn list(name: &str, values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    let line = format!("{name} = [{}]\n", quoted.join(", "));
    match line.len() <= WIDTH {
        true => line,
        false => {
            format!("{name} = [\n{}]\n", quoted.iter().map(|one| format!("    {one},\n")).collect::<String>())
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A name as TOML wants it for a key.
fn key(name: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => quoted(name),
    }
}

/// Adds to a feature that the root declares; `false` if it does not.
fn add_to_feature(document: &mut DocumentMut, feature: &ProposedFeature) -> Result<bool, String> {
    let Some(features) = document.get_mut("features") else { return Ok(false) };
    let features = features.as_table_like_mut().ok_or("`features` is not a table")?;
    let Some(item) = features.get_mut(&feature.name) else { return Ok(false) };
    let own = item.as_table_like_mut().ok_or_else(|| format!("feature `{}` is not a table", feature.name))?;
    for (key, values) in
        [("paths", &feature.paths), ("apis", &feature.apis), ("deployables", &feature.deployables)]
    {
        add_values(own, key, values)?;
    }
    Ok(true)
}

/// Adds a feature where all of them stand in one inline table; `false` if they don't.
fn add_inline(document: &mut DocumentMut, feature: &ProposedFeature) -> bool {
    let Some(features) = document.get_mut("features").and_then(Item::as_inline_table_mut) else {
        return false;
    };
    let mut table = InlineTable::new();
    if let Some(owner) = &feature.owner {
        table.insert("owner", Value::from(owner.as_str()));
    }
    for (key, values) in
        [("paths", &feature.paths), ("apis", &feature.apis), ("deployables", &feature.deployables)]
    {
        if !values.is_empty() {
            table.insert(key, Value::Array(values.iter().map(String::as_str).collect()));
        }
    }
    features.insert(&feature.name, Value::InlineTable(table));
    true
}

/// Adds to a list in a table of the document; `false` if there is no such table.
fn add(document: &mut Table, key: &str, inner: &str, values: &[String]) -> Result<bool, String> {
    let Some(item) = document.get_mut(key) else { return Ok(false) };
    let table = item.as_table_like_mut().ok_or_else(|| format!("`{key}` is not a table"))?;
    add_values(table, inner, values)?;
    Ok(true)
}

fn add_values(table: &mut dyn TableLike, key: &str, values: &[String]) -> Result<(), String> {
    if values.is_empty() {
        return Ok(());
    }
    let item = table.entry(key).or_insert_with(|| Item::Value(Value::Array(Array::new())));
    let array = item.as_array_mut().ok_or_else(|| format!("`{key}` is not a list"))?;
    let is_tall = array.iter().any(has_line_feed);
    let indent = array.iter().next().and_then(prefix).unwrap_or_default();
    let indent = format!("\n{}", indent.rsplit('\n').next().unwrap_or_default());
    let break_before_new = is_tall.then(|| loosened_end(array));
    for (at, value) in values.iter().enumerate() {
        let mut value = Value::from(value.as_str());
        match &break_before_new {
            Some(comment) if at == 0 => value.decor_mut().set_prefix(format!("{comment}{indent}")),
            Some(_) => value.decor_mut().set_prefix(indent.clone()),
            None if !array.is_empty() => value.decor_mut().set_prefix(" "),
            None => {}
        }
        array.push_formatted(value);
    }
    if break_before_new.is_some() {
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
    Ok(())
}

fn prefix(value: &Value) -> Option<&str> {
    value.decor().prefix().and_then(|text| text.as_str())
}

/// Whether a value of a list stands on a line of its own.
fn has_line_feed(value: &Value) -> bool {
    prefix(value).is_some_and(|text| text.contains('\n'))
}

/// Takes what stands behind the last value of a list, so that a comment there stays on its line.
fn loosened_end(array: &mut Array) -> String {
    let mut comment = String::new();
    if let Some(last) = array.iter_mut().last() {
        let suffix = last.decor().suffix().and_then(|text| text.as_str()).unwrap_or_default();
        comment += suffix.trim_end_matches(char::is_whitespace);
        last.decor_mut().set_suffix("");
    }
    comment += array.trailing().as_str().unwrap_or_default().trim_end();
    comment
}

#[cfg(test)]
mod tests {
    use super::extended;
    use crate::proposal::{Proposal, ProposedFeature};

    fn added(before: &str) -> String {
        let feature = ProposedFeature {
            name: "a".to_owned(),
            is_declared: true,
            paths: vec!["x".to_owned(), "y".to_owned()],
            ..ProposedFeature::default()
        };
        extended(before, &Proposal { features: vec![feature], ..Proposal::default() }).expect("a text")
    }

    #[test]
    fn lists_keep_their_form_and_comments_their_line() {
        for (before, after) in [
            ("[features.a]\npaths = [\"p\"]\n", "[features.a]\npaths = [\"p\", \"x\", \"y\"]\n"),
            ("[features.a]\n# none\n", "[features.a]\npaths = [\"x\", \"y\"]\n# none\n"),
            (
                "features.a.paths = [\n  # first\n  \"p\", # second\n  \"q\", # last\n]\n",
                "features.a.paths = [\n  # first\n  \"p\", # second\n  \"q\", # last\n  \"x\",\n  \"y\",\n]\n",
            ),
            (
                "[features]\na = { paths = [\n\t\"p\" # only\n] }\n",
                "[features]\na = { paths = [\n\t\"p\", # only\n\t\"x\",\n\t\"y\",\n] }\n",
            ),
        ] {
            assert_eq!(added(before), after);
        }
    }

    #[test]
    fn what_has_no_place_for_it_is_said() {
        let feature = ProposedFeature {
            name: "a".to_owned(),
            is_declared: true,
            paths: vec!["x".to_owned()],
            ..ProposedFeature::default()
        };
        let proposal = Proposal { features: vec![feature], ..Proposal::default() };
        assert_eq!(extended("[features.a]\npaths = 3\n", &proposal), Err("`paths` is not a list".to_owned()));
    }
}
