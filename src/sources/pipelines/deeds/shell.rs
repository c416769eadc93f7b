//! A shell that is told several texts, one after the other: what it knows and where it is stays.

use std::collections::BTreeMap;

use crate::sources::dockerfile::{ShellCommand, expand_unquoted};
use crate::text::Spanned;

use super::{Done, is_known, of_words};

/// How many things one text may do.
const MOST: usize = 2_000;

/// How many turns of loops are looked at.
const MOST_TURNS: usize = 64;

/// How long the path of a folder may become, in bytes.
const LONGEST: usize = 500;

/// What a shell knows.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Variables with their values; one that is not here is not known.
    pub variables: BTreeMap<String, String>,
    /// The folder that it went to; `None` for where it was started.
    folder: Option<String>,
}

impl Shell {
    /// One that is given variables.
    pub fn new(variables: BTreeMap<String, String>) -> Self {
        Self { variables, folder: None }
    }

    /// What commands do, in order. Variables that they set are known from there on.
    pub fn run(&mut self, commands: &[ShellCommand]) -> Vec<Done> {
        let mut found: Vec<Done> = Vec::new();
        for command in commands {
            for turn in turns(command) {
                let value = |name: &str| {
                    let turn = turn.iter().find(|(variable, _)| *variable == name);
                    turn.map(|(_, value)| (*value).to_owned()).or_else(|| self.variables.get(name).cloned())
                };
                let words: Vec<String> = split(command.program(), &value);
                let folder = self.gone_to(command, &value);
                for deed in of_words(&words, command.span) {
                    let done = Done { deed, folder: folder.clone(), span: command.span };
                    if found.len() < MOST && !found.contains(&done) {
                        found.push(done);
                    }
                }
            }
            self.set(command);
        }
        if let Some(last) = commands.last() {
            self.folder = self.gone_to(last, &|name| self.variables.get(name).cloned());
        }
        found
    }

    /// The folder that a command runs in.
    fn gone_to(&self, command: &ShellCommand, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let Some(written) = command.folder.as_deref() else { return self.folder.clone() };
        let folder = expand_unquoted(written, value).text;
        match &self.folder {
            // What begins with a variable says where it is from the root on.
            Some(before) if !written.starts_with(['/', '$']) && before.len() < LONGEST => {
                Some(format!("{before}/{folder}"))
            }
            _ => Some(folder),
        }
    }

    /// The variables that a command sets for those behind it.
    fn set(&mut self, command: &ShellCommand) {
        let exported =
            command.words.first().is_some_and(|word| word.value == "export" || word.value == "local");
        let set = command.words.iter().filter(|_| exported).filter_map(|word| {
            let (name, value) = word.value.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        let own = command.assignments.iter().filter(|_| command.words.is_empty());
        let own = own.map(|(name, value)| (name.clone(), value.value.clone()));
        for (name, value) in own.chain(set).collect::<Vec<_>>() {
            let value = expand_unquoted(&value, &|name| self.variables.get(name).cloned());
            match value.known() {
                Some(value) => self.variables.insert(name, value),
                None => self.variables.remove(&name),
            };
        }
    }
}

/// The values of the loops around a command, turn by turn.
fn turns(command: &ShellCommand) -> Vec<Vec<(&str, &str)>> {
    let mut all: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
    for one in &command.loops {
        if one.values.is_empty() || one.values.iter().any(|value| !is_known(&value.value)) {
            continue;
        }
        let each = all.iter().flat_map(|turn| {
            let values = one.values.iter();
            values.map(move |value| {
                [turn.as_slice(), &[(one.variable.as_str(), value.value.as_str())]].concat()
            })
        });
        all = each.take(MOST_TURNS).collect();
    }
    all
}

/// Words with their variables. One that is a variable alone may hold several: `cargo build $FLAGS`.
fn split(words: &[Spanned<String>], value: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for word in words {
        let expanded = expand_unquoted(&word.value, value);
        let is_variable = word.value.starts_with('$') && expanded.unknown.is_none();
        match is_variable && expanded.text.contains(char::is_whitespace) {
            true => found.extend(expanded.text.split_whitespace().map(str::to_owned)),
            false => found.push(expanded.text),
        }
    }
    found
}
