//! A rule's texts, with places for the names of what it found.

use crate::text::{Fault, RepoPath, Span, Spanned, nearest};

use super::Condition;

/// A text with placeholders: `{from}`, `{to.who}`.
#[derive(Debug, Clone)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Name(String),
}

/// The placeholders that a condition can fill.
fn placeholders(condition: &Condition) -> &'static [&'static str] {
    match condition {
        Condition::Coupling(_) => &[
            "from",
            "to",
            "from.role",
            "from.who",
            "to.who",
            "to.audience",
            "to.responsibility",
            "kind",
            "verb",
            "conditions",
            "lack",
        ],
        Condition::Path(_) => {
            &["from", "to", "from.role", "from.who", "to.who", "let-in", "kind", "verb", "conditions"]
        }
        Condition::Cycle(_) => {
            &["features", "from", "to", "from.role", "from.who", "to.who", "kind", "verb", "conditions"]
        }
        Condition::Declaration(_) => &["name", "place", "count", "unit", "roles", "nearest"],
    }
}

impl Template {
    pub(super) fn read(
        text: Spanned<String>,
        condition: &Condition,
        file: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let known = placeholders(condition);
        let mut parts = Vec::new();
        let mut rest = text.value.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                faults.push(unclosed(text.span, file));
                return None;
            };
            if !known.contains(&name) {
                let fault = Fault::of(file, format!("unknown placeholder `{{{name}}}`"));
                let fault = fault.at(text.span, "can't be filled");
                faults.push(fault.help(match nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{{{near}}}`?"),
                    None => format!("this condition fills {}", crate::text::toml::quoted(known)),
                }));
                return None;
            }
            parts.extend([Part::Text(before.to_owned()), Part::Name(name.to_owned())]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Some(Self(parts))
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

fn unclosed(span: Span, file: &RepoPath) -> Fault {
    Fault::of(file, "a placeholder is not closed").at(span, "`{` without `}`")
}
