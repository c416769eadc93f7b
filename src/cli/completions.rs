//! `watertight completions`

use clap::Command;
use clap_complete::{Generator, Shell};

use super::{Exit, Outcome};

/// Print a script that completes commands and options in a shell.
///
/// Examples:
///   source <(watertight completions bash)
///   watertight completions zsh > ~/.zfunc/_watertight
///   watertight completions fish > ~/.config/fish/completions/watertight.fish
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, mut command: Command) -> Outcome {
    command.build();
    let mut script = Vec::new();
    match arguments.shell.try_generate(&command, &mut script) {
        Ok(()) => Outcome {
            output: String::from_utf8_lossy(&script).into_owned(),
            messages: String::new(),
            exit: Exit::Clean,
        },
        Err(error) => {
            let what = format!("the script can't be made: {error}");
            Outcome::refused(&what, "`watertight help completions` names the shells")
        }
    }
}
