//! `[rules]`: levels and numbers of rules, and short rules of a user's own.

use toml::de::DeValue;

use crate::features::Configuration;
use crate::text::toml::{Table, did_you_mean, parse, positive, string, table};
use crate::text::{Fault, Location, Spanned, nearest};

use super::{Level, Origin, Rule, RuleSet};

/// Adds the rules of `[rules]`, and then sets what it sets.
pub(super) fn apply(set: &mut RuleSet, configuration: &Configuration, faults: &mut Vec<Fault>) {
    // The configuration is sound TOML: its own room has read it.
    let (entries, _) = parse(&configuration.text, &configuration.file);
    let root = Table::new(&entries, &configuration.file);
    let Some(rules) = root.table("rules", faults) else {
        return;
    };
    let is_rule = |value: &DeValue<'_>| value.as_table().is_some_and(|table| table.contains_key("condition"));
    for (key, value) in rules.entries() {
        if !is_rule(value.get_ref()) {
            continue;
        }
        let id = Spanned { value: key.value.to_owned(), span: key.span };
        let Some(table) = table(value, key.value, &configuration.file, faults) else { continue };
        if let Some(rule) = Rule::read_table(id, &table, Origin::Inline, faults) {
            set.add(rule, faults);
        }
    }
    for (key, value) in rules.entries() {
        if is_rule(value.get_ref()) {
            continue;
        }
        let id = Spanned { value: key.value.to_owned(), span: key.span };
        match value.get_ref() {
            DeValue::Table(_) => {
                let Some(table) = table(value, key.value, &configuration.file, faults) else { continue };
                set_numbers(set, &id, &table, faults);
            }
            _ => {
                let level = string(value, key.value, &configuration.file, faults);
                let level = level.and_then(|level| Level::read(&level, &configuration.file, faults));
                set_level(set, &id, level, configuration, faults);
            }
        }
    }
}

fn set_level(
    set: &mut RuleSet,
    id: &Spanned<String>,
    level: Option<Level>,
    configuration: &Configuration,
    faults: &mut Vec<Fault>,
) {
    match set.rules.iter_mut().find(|rule| rule.id == id.value) {
        Some(rule) => {
            rule.level = level.unwrap_or(rule.level);
            rule.set_at = Some(Location { path: configuration.file.clone(), span: id.span });
        }
        None => faults.push(set.unknown(id, &configuration.file)),
    }
}

/// `{ level = "warn", longest = 4 }`
fn set_numbers(set: &mut RuleSet, id: &Spanned<String>, table: &Table<'_, '_>, faults: &mut Vec<Fault>) {
    let file = table.file();
    let level = table.string("level", faults).and_then(|level| Level::read(&level, file, faults));
    let Some(at) = set.rules.iter().position(|rule| rule.id == id.value) else {
        let is_own = ["summary", "message", "label", "help", "explanation"].iter().any(|key| table.has(key))
            || table.entries().iter().any(|(key, _)| nearest(key.value, ["condition"]).is_some());
        faults.push(match is_own {
            true => Fault::of(file, format!("rule `{}` has no `condition`", id.value))
                .at(id.span, "when does it find something?")
                .help(
                    "add `condition.coupling = { kinds = [\"code\"], from = \"feature\", to = \"feature\" }`, or another condition",
                ),
            false => set.unknown(id, file),
        });
        return;
    };
    let rule = &mut set.rules[at];
    if let Some(level) = level {
        rule.level = level;
        rule.set_at = Some(Location { path: file.clone(), span: id.span });
    }
    let mut limits = rule.condition.limits_mut();
    let names: Vec<&str> = limits.iter().map(|limit| limit.name).collect();
    for (key, value) in table.entries() {
        if key.value == "level" {
            continue;
        }
        match limits.iter_mut().find(|limit| limit.name == key.value) {
            Some(limit) => {
                if let Some(number) = positive(value, key.value, file, faults) {
                    limit.value = number;
                    limit.set_at = Some(key.span);
                }
            }
            None => {
                let fault = Fault::of(file, format!("rule `{}` has no option `{}`", id.value, key.value));
                let help = match names.as_slice() {
                    [] => format!("it has a level alone: `{} = \"warn\"`", id.value),
                    _ => did_you_mean(key.value, &[&["level"], names.as_slice()].concat()),
                };
                faults.push(fault.at(key.span, "not an option").help(help));
            }
        }
    }
}
