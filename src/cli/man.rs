//! `watertight man`

use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;

use crate::report::{counted, safe_line};

use super::console::Console;
use super::write::{make_folder, unwritten, write};
use super::{Exit, Outcome};

/// Print the manual page, or write one for each command.
///
/// Examples:
///   watertight man | man -l -
///   watertight man --out ~/.local/share/man/man1
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Write the page of every command into this folder, and make it if it is not there
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, mut command: Command, console: &Console) -> Outcome {
    command.build();
    let made = match &arguments.out {
        None => page(&command).map(|output| Outcome { output, messages: String::new(), exit: Exit::Clean }),
        Some(folder) => written(&command, folder, console),
    };
    made.unwrap_or_else(|refused| refused)
}

fn written(command: &Command, folder: &Path, console: &Console) -> Result<Outcome, Outcome> {
    make_folder(folder).map_err(|error| unwritten(folder, &error))?;
    let commands = command.get_subcommands().filter(|one| one.get_name() != "help");
    let mut count = 0;
    for command in std::iter::once(command).chain(commands) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        write(&path, &page(command)?).map_err(|error| unwritten(&path, &error))?;
        count += 1;
    }
    let folder = safe_line(&folder.to_string_lossy());
    let messages = console.notice(format!("{} written to `{folder}`\n", counted(count, "page", "pages")));
    Ok(Outcome { output: String::new(), messages, exit: Exit::Clean })
}

/// One manual page.
fn page(command: &Command) -> Result<String, Outcome> {
    let mut page = Vec::new();
    let source = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let made = Man::new(command.clone()).source(source).manual("watertight").render(&mut page);
    made.map_err(|error| {
        let what = format!("the page of `{}` can't be made: {error}", command.get_name());
        Outcome::refused(&what, "`watertight help` shows the same")
    })?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
