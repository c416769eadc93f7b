//! A rule's texts, with places for the names of what it found.

use crate::text::toml::quoted;
use crate::text::{Fault, RepoPath, Spanned, nearest};

use super::Condition;

/// A text with placeholders: `{from}`, `{to.who}`.
#[derive(Debug, Clone)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Name(String),
}

/// What the texts of every finding about a coupling can name.
const COUPLING: [&str; 10] =
    ["from", "to", "from.role", "from.who", "to.who", "kind", "verb", "conditions", "reason", "apis"];

/// The placeholders that a condition can fill.
fn placeholders(condition: &Condition) -> Vec<&'static str> {
    let own: &[&str] = match condition {
        Condition::Coupling(_) => &["to.audience", "to.responsibility", "lack", "door", "split", "spare"],
        Condition::Path(_) => &["let-in", "through"],
        Condition::Cycle(_) => &["features", "count"],
        Condition::Meeting(_) => &["parties"],
        Condition::Reach(_) => return vec!["unit", "who", "features", "count", "limit"],
        Condition::Chain(_) => &["features", "count", "limit"],
        Condition::Copy(_) | Condition::Trigger(_) => return vec!["what"],
        Condition::Catalog(_) => {
            return vec!["what", "what-to-do", "from", "to", "verb", "conditions"];
        }
        Condition::Declaration(_) => {
            return vec![
                "name", "place", "count", "unit", "roles", "nearest", "reason", "until", "owner", "rule",
                "limit",
            ];
        }
    };
    COUPLING.iter().chain(own).copied().collect()
}

impl Template {
    pub(super) fn read(
        text: Spanned<String>,
        condition: &Condition,
        file: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let known = placeholders(condition);
        let parts = parts_of(&text.value);
        for part in &parts {
            match part {
                Part::Text(rest) if rest.contains('{') => {
                    let fault = Fault::of(file, "a placeholder is not closed");
                    faults.push(fault.at(text.span, "`{` without `}`").help("close it: `{from}`"));
                    return None;
                }
                Part::Name(name) if !known.contains(&name.as_str()) => {
                    let braced: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
                    let braced: Vec<&str> = braced.iter().map(String::as_str).collect();
                    let fault = Fault::of(file, format!("unknown placeholder `{{{name}}}`"));
                    let fault = fault.at(text.span, "can't be filled");
                    faults.push(fault.help(match nearest(name, known.iter().copied()) {
                        Some(near) => format!("did you mean `{{{near}}}`?"),
                        None => format!("a rule of this condition can name {}", quoted(&braced)),
                    }));
                    return None;
                }
                _ => {}
            }
        }
        Some(Self(parts))
    }

    /// What a rule says that brings no message of its own.
    pub(super) fn default_message(condition: &Condition, summary: &str) -> Self {
        let what = match condition {
            Condition::Coupling(_) | Condition::Path(_) | Condition::Meeting(_) => "`{from}` {verb} `{to}`",
            Condition::Cycle(_) | Condition::Chain(_) => "{features}",
            Condition::Reach(_) => "{count} features reach `{unit}`",
            Condition::Copy(_) | Condition::Trigger(_) | Condition::Catalog(_) => "{what}",
            Condition::Declaration(_) => "`{name}`",
        };
        let mut parts = parts_of(what);
        parts.push(Part::Text(format!(": {summary}")));
        Self(parts)
    }

    /// What stands under the line of a finding whose rule brings no label.
    pub(super) fn default_label(condition: &Condition) -> Self {
        Self(parts_of(match condition {
            Condition::Reach(_) => "`{unit}`",
            Condition::Copy(_)
            | Condition::Trigger(_)
            | Condition::Catalog(_)
            | Condition::Declaration(_) => "here",
            _ => "`{from}` {verb} `{to}`{conditions}",
        }))
    }

    /// The text with every placeholder filled by `name_to_text`.
    pub fn fill(&self, name_to_text: &dyn Fn(&str) -> String) -> String {
        let filled = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => name_to_text(name),
        });
        filled.collect()
    }
}

/// The parts of a text that is known to be sound.
fn parts_of(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        parts.extend([Part::Text(before.to_owned()), Part::Name(name.to_owned())]);
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}
