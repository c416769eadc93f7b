//! All rules in a list, and what each can do in a repository.

use serde::Serialize;

use crate::insight::{Power, Proof};
use crate::rules::{Level, Rule, RuleSet};

use super::paint::{CYAN, DIM, GREEN, RED, YELLOW, of_level, paint, wrapped};
use super::pretty::to_json;
use super::{Style, safe_line};

/// The version of the formats for programs.
const VERSION: u32 = 1;

/// Every rule with its level, its origin and one line.
pub fn rule_list(rules: &RuleSet, style: Style) -> String {
    let width = rules.rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let has_own = rules.rules.iter().any(|rule| rule.origin != crate::rules::Origin::BuiltIn);
    let mut output = String::new();
    for level in Level::ALL {
        for rule in rules.rules.iter().filter(|rule| rule.level == level) {
            let head = format!("{:4}  {:width$}  ", level.word(), rule.id);
            let origin = if has_own { format!("{:9}  ", rule.origin.word()) } else { String::new() };
            let indent = " ".repeat(head.len() + origin.len());
            let lines = wrapped(&safe_line(&rule.summary), &indent, &indent, style);
            let text = lines.get(indent.len()..).unwrap_or_default();
            let level_word = format!("{:4}", level.word());
            output += &paint(&level_word, of_level(level), style);
            output += &format!("  {:width$}  {}{text}", rule.id, paint(&origin, DIM, style));
        }
    }
    output + "\n`watertight explain RULE` explains one; `[rules]` in the configuration sets levels.\n"
}

#[derive(Serialize)]
struct RuleRecord<'a> {
    id: &'a str,
    level: &'static str,
    origin: &'static str,
    path: &'a str,
    summary: &'a str,
    options: Vec<OptionRecord>,
}

#[derive(Serialize)]
struct OptionRecord {
    name: &'static str,
    value: usize,
}

#[derive(Serialize)]
struct Rules<'a, T> {
    version: u32,
    rules: &'a [T],
}

fn record(rule: &Rule) -> RuleRecord<'_> {
    let limits = rule.condition.limits();
    RuleRecord {
        id: &rule.id,
        level: rule.level.word(),
        origin: rule.origin.word(),
        path: rule.declared_at.path.as_str(),
        summary: &rule.summary,
        options: limits.iter().map(|limit| OptionRecord { name: limit.name, value: limit.value }).collect(),
    }
}

/// The same for a program.
pub fn rule_list_json(rules: &RuleSet) -> String {
    let rules: Vec<_> = rules.rules.iter().map(record).collect();
    to_json(&Rules { version: VERSION, rules: &rules })
}

/// What each rule can do: dead ones last, where a person looks.
pub fn proofs(proofs: &[Proof<'_>], style: Style) -> String {
    let mut output = String::new();
    let mut counts = [0_usize; 4];
    let order = |power: &Power| match power {
        Power::Fires(..) => 0,
        Power::WouldFire(_) => 1,
        Power::Idle(_) => 2,
        Power::Dead(_) => 3,
    };
    let mut sorted: Vec<&Proof<'_>> = proofs.iter().collect();
    sorted.sort_by_key(|proof| order(&proof.power));
    for proof in sorted {
        counts[order(&proof.power)] += 1;
        let (word, colour, text) = match &proof.power {
            Power::Fires(1, message) => ("fires", GREEN, format!("once: {message}")),
            Power::Fires(count, message) => ("fires", GREEN, format!("{count} times; the first: {message}")),
            Power::WouldFire(change) => ("can", CYAN, change.clone()),
            Power::Idle(why) => ("idle", YELLOW, why.clone()),
            Power::Dead(why) => ("dead", RED, why.clone()),
        };
        let level = paint(proof.rule.level.word(), of_level(proof.rule.level), style);
        output += &format!("{} {} ({level})\n", paint(&format!("{word:5}"), colour, style), proof.rule.id);
        output += &wrapped(&safe_line(&text), "      ", "      ", style);
    }
    let [fires, can, idle, dead] = counts;
    output += &format!("\n{fires} fire, {can} can fire, {idle} idle, {dead} dead\n");
    if proofs.iter().any(Proof::is_false_green) {
        output += "a dead rule at level deny is a check that can't fail: mend its selectors or options, or take it out\n";
    }
    style.finished(output)
}

#[derive(Serialize)]
struct ProofRecord<'a> {
    #[serde(flatten)]
    rule: RuleRecord<'a>,
    power: &'static str,
    findings: usize,
    text: &'a str,
}

/// The same for a program.
pub fn proofs_json(proofs: &[Proof<'_>]) -> String {
    let record = |proof: &Proof<'_>| -> (&'static str, usize, String) {
        match &proof.power {
            Power::Fires(count, message) => ("fires", *count, message.clone()),
            Power::WouldFire(change) => ("can-fire", 0, change.clone()),
            Power::Idle(why) => ("idle", 0, why.clone()),
            Power::Dead(why) => ("dead", 0, why.clone()),
        }
    };
    let told: Vec<_> = proofs.iter().map(record).collect();
    let records: Vec<_> = proofs
        .iter()
        .zip(&told)
        .map(|(proof, (power, findings, text))| ProofRecord {
            rule: self::record(proof.rule),
            power,
            findings: *findings,
            text,
        })
        .collect();
    to_json(&Rules { version: VERSION, rules: &records })
}
