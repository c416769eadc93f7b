//! `watertight explain`

use clap::ValueEnum;

use crate::report::{GLOSSARY, definition, explanation, explanation_markdown, meaning, rule_list};
use crate::rules::RuleSet;
use crate::text::nearest_or;
use crate::{Stage, Watch};

use super::console::Console;
use super::open::Opened;
use super::{Elsewhere, Exit, Outcome};

/// Explain a rule or a word, or list all rules.
///
/// A word of the tool (unit, coupling, independence, gap, and so on) is explained in a
/// sentence or two.
///
/// Inside of a repository with a configuration, its own rules and its levels
/// count too, and the explanation ends with what the rule finds there.
///
/// Examples:
///   watertight explain
///   watertight explain unshared-coupling
///   watertight explain independence
///   watertight explain unshared-coupling --format markdown
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The rule or the word; all rules in a list if it is left out
    rule: Option<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = TextFormat::Human)]
    format: TextFormat,

    #[command(flatten)]
    place: Elsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TextFormat {
    /// For a terminal
    Human,
    /// As it is written
    Markdown,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match explained(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn explained(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    if let Some((word, text)) = arguments.rule.as_deref().and_then(meaning) {
        let output = definition(word, text, console.style_of_output());
        return Ok(Outcome { output, messages: String::new(), exit: Exit::Clean });
    }
    let place = &arguments.place;
    // The rules that the tool brings can be explained anywhere.
    let is_asked = place.path.is_some() || place.how.config.is_some();
    let opened = match Opened::new(place.path.as_deref(), &place.how, console) {
        Ok(opened) => Some(opened),
        Err(outcome) if is_asked => return Err(outcome),
        Err(_) => None,
    };
    let built_in = RuleSet::built_in();
    // Help is wanted most when something is broken: what the tool brings can be explained all the same.
    let is_known = arguments.rule.as_ref().is_none_or(|name| built_in.get(name).is_some());
    let (repository, messages) = match opened.as_ref().map(|opened| opened.load(&place.how)) {
        Some(Ok(repository)) => {
            let notice = opened.as_ref().map(|opened| opened.notice(&place.how, &repository));
            (Some(repository), notice.unwrap_or_default())
        }
        Some(Err(outcome)) if is_known => (None, outcome.messages),
        Some(Err(outcome)) => return Err(outcome),
        None => (None, String::new()),
    };
    console.begins(Stage::Reporting);
    let rules = repository.as_ref().map_or(&built_in, |repository| &repository.rules);
    let style = console.style_of_output();
    let output = match &arguments.rule {
        None => rule_list(rules, style),
        Some(name) => {
            let Some(rule) = rules.get(name) else {
                return Err(unknown(name, rules, repository.is_some()));
            };
            let here = repository.as_ref();
            let texts = opened.as_ref().map(Opened::texts);
            match arguments.format {
                TextFormat::Human => explanation(rule, here.zip(texts.as_ref()), style),
                TextFormat::Markdown => explanation_markdown(rule),
            }
        }
    };
    Ok(Outcome { output, messages, exit: Exit::Clean })
}

/// A rule that is not there. Those of a repository are only known inside it.
fn unknown(name: &str, rules: &RuleSet, is_inside: bool) -> Outcome {
    let lists = match is_inside {
        true => "`watertight rules` lists them",
        false => {
            "`watertight explain` lists those that watertight brings; those of a repository are known inside of it, \
             or with `--in PATH`"
        }
    };
    let words = GLOSSARY.into_iter().map(|(word, _)| word);
    let known = rules.rules.iter().map(|rule| rule.id.as_str()).chain(words);
    Outcome::refused(&format!("no rule is called `{name}`"), &nearest_or(name, known, lists))
}
