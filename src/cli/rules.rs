//! `watertight rules`

use crate::insight::prove;
use crate::report::{proofs, proofs_json, rule_list, rule_list_json};
use crate::rules::RuleSet;
use crate::{Stage, Watch};

use super::console::Console;
use super::exit::OF_PROOF;
use super::open::Opened;
use super::{Exit, Format, Outcome, Where};

/// List the rules, or prove of each that it can find something in this repository.
///
/// With --prove, a smallest change is looked for that makes the rule fire, and
/// tried. A rule is dead if its own selectors or options match nothing, and idle
/// if there is nothing here yet that it is about. A check with a dead rule is
/// green because it does not look.
///
/// Examples:
///   watertight rules
///   watertight rules --prove
///   watertight rules --prove --format json path/to/repository
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_PROOF)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Prove of each active rule that it can fire here
    #[arg(long)]
    prove: bool,

    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match told(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

/// The rules that the tool brings, with what is wrong here: who mistypes the name of a rule in the configuration
/// wants to see the list.
fn in_spite_of(outcome: Outcome, format: Format, console: &Console) -> Outcome {
    let output = match format {
        Format::Human => rule_list(&RuleSet::built_in(), console.style_of_output()),
        Format::Json => String::new(),
    };
    Outcome { output, ..outcome }
}

fn told(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let opened = Opened::new(arguments.place.path.as_deref(), &arguments.place.how, console)?;
    let repository = match opened.load(&arguments.place.how) {
        Err(outcome) if !arguments.prove => return Err(in_spite_of(outcome, arguments.format, console)),
        loaded => loaded?,
    };
    let messages = opened.notice(&arguments.place.how, &repository);
    if !arguments.prove {
        let output = match arguments.format {
            Format::Human => rule_list(&repository.rules, console.style_of_output()),
            Format::Json => rule_list_json(&repository.rules),
        };
        return Ok(Outcome { output, messages, exit: Exit::Clean });
    }
    console.begins(Stage::Judging);
    let found = repository.judge().findings;
    let all = prove(repository.judged(), repository.law(), &found);
    console.begins(Stage::Reporting);
    let output = match arguments.format {
        Format::Human => proofs(&all, console.style_of_output()),
        Format::Json => proofs_json(&all),
    };
    let is_false_green = all.iter().any(crate::insight::Proof::is_false_green);
    let exit = if is_false_green { Exit::Findings } else { Exit::Clean };
    Ok(Outcome { output, messages, exit })
}
