//! What a person may write, as JSON Schemas: `watertight.toml`, `feature.toml`, a rule file. Editors complete
//! and check by them, and the reference in the documentation is made of them.
//!
//! The parser reads by hand, for the sake of spans, and knows nothing of these types. Tests hold both
//! against each other: each key that the one knows is described here, and no other.

mod types;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{Level, Rule, RuleSet};

/// The schema of `watertight.toml`, with the built-in rules and their numbers.
pub fn configuration_schema() -> Value {
    let mut schema = of::<types::Configuration>();
    let mut rules = schema["properties"]["rules"].take();
    rules["properties"] =
        RuleSet::built_in().rules.iter().map(|rule| (rule.id.clone(), setting(rule))).collect();
    schema["properties"]["rules"] = rules;
    schema
}

/// The schema of `feature.toml`, and of `[package.metadata.watertight]`.
pub fn feature_schema() -> Value {
    let mut schema = of::<types::Nearby>();
    // The keys of a feature, but for those that say where it lies.
    let feature = of::<types::Feature>();
    if let (Some(own), Some(all)) = (schema["properties"].as_object_mut(), feature["properties"].as_object())
    {
        let common = all.iter().filter(|(key, _)| !["paths", "each"].contains(&key.as_str()));
        own.extend(common.map(|(key, value)| (key.clone(), value.clone())));
    }
    schema
}

/// The schema of a rule file.
pub fn rule_schema() -> Value {
    let mut schema = of::<types::RuleFile>();
    let rule = of::<types::OwnRule>();
    for part in ["properties", "definitions"] {
        if let (Some(own), Some(all)) = (schema[part].as_object_mut(), rule[part].as_object()) {
            own.extend(all.clone());
        } else {
            schema[part] = rule[part].clone();
        }
    }
    schema["required"] = json!(["id", "summary", "condition"]);
    schema
}

/// What `[rules]` may say of one built-in rule.
fn setting(rule: &Rule) -> Value {
    let levels = Level::ALL.map(Level::word);
    let level = json!({ "description": "Its level", "enum": levels });
    let mut keys = Map::from_iter([("level".to_owned(), level)]);
    for limit in rule.condition.limits() {
        let number = json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000, "default": limit.value });
        keys.insert(limit.name.to_owned(), number);
    }
    json!({
        "description": rule.summary,
        "default": rule.level.word(),
        "anyOf": [{ "enum": levels }, { "type": "object", "properties": keys, "additionalProperties": false }],
    })
}

/// Draft 7, with nothing in it that the older drafts read otherwise: editors of TOML know no newer one.
fn of<T: JsonSchema>() -> Value {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    let mut schema = schema.to_value();
    tidy(&mut schema);
    schema
}

/// Takes out what has no meaning in TOML, which knows no null, and says constants as older drafts do.
fn tidy(value: &mut Value) {
    let is_null = |one: &Value| *one == json!({ "type": "null" });
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|one| one != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    object.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(any)) = object.get_mut("anyOf")
                && any.iter().any(is_null)
            {
                any.retain(|one| !is_null(one));
                if any.len() == 1 {
                    let only = object.remove("anyOf").unwrap_or_default();
                    object.insert("allOf".to_owned(), only);
                }
            }
            // Lines of a comment end where the source does.
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}
