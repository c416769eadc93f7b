//! The variables of a stage.
//!
//! Invariant: an `ENV` counts before an `ARG` of its name, and what a build is told counts only where the
//! file declares it. How much is expanded for one image is bounded.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::text::Spanned;

use super::cargo_command::Argument;
use super::expand::{Expanded, expand_unquoted, expand_word};
use super::{Arg, Dockerfile};

/// How many bytes are expanded for one image; far above what any needs.
const ROOM: usize = 16 * 1024 * 1024;

/// How many variables of a kind a stage may have.
pub(super) const MOST_VARIABLES: usize = 500;

/// By name; `None` for what is declared and has no value that we know.
type Variables = BTreeMap<String, Option<Rc<str>>>;

/// The variables that count at one place.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    escape: char,
    told: &'a BTreeMap<String, String>,
    global: Rc<Variables>,
    arguments: Variables,
    environment: Variables,
    /// What a shell sets, for as long as it runs.
    locals: Variables,
    room: Rc<Cell<usize>>,
}

fn set(variables: &mut Variables, name: &str, value: Option<String>) {
    if variables.len() < MOST_VARIABLES || variables.contains_key(name) {
        variables.insert(name.to_owned(), value.map(Rc::from));
    }
}

impl<'a> Scope<'a> {
    /// What counts above the first stage, and in each `FROM`.
    pub(super) fn global(file: &Dockerfile, told: &'a BTreeMap<String, String>) -> Self {
        let mut scope = Self {
            escape: file.escape,
            told,
            global: Rc::default(),
            arguments: Variables::new(),
            environment: Variables::new(),
            locals: Variables::new(),
            room: Rc::new(Cell::new(ROOM)),
        };
        for argument in &file.global_args {
            scope.declare(argument);
        }
        scope.global = Rc::new(scope.arguments.clone());
        scope
    }

    /// What counts at the beginning of a stage that stands on an image.
    pub(super) fn stage(&self) -> Self {
        Self { arguments: Variables::new(), environment: Variables::new(), ..self.clone() }
    }

    /// Takes from the room that is left; whether there was some.
    pub(super) fn spend(&self, cost: usize) -> bool {
        let left = self.room.get();
        self.room.set(left.saturating_sub(cost));
        left > 0
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        let kinds = [&self.locals, &self.environment, &self.arguments];
        kinds.into_iter().find_map(|variables| variables.get(name))?.as_deref().map(str::to_owned)
    }

    fn bounded(&self, text: &str, expand: impl FnOnce() -> Expanded) -> Expanded {
        if !text.contains(['$', '\\', '"', '\'', self.escape]) {
            return Expanded { text: text.to_owned(), unknown: None };
        }
        if !self.spend(text.len()) {
            return Expanded { text: text.to_owned(), unknown: Some("…".to_owned()) };
        }
        let expanded = expand();
        self.spend(expanded.text.len());
        expanded
    }

    /// A word as it is written in an instruction.
    pub(super) fn word(&self, text: &str) -> Expanded {
        self.bounded(text, || expand_word(text, self.escape, &|name| self.get(name)))
    }

    /// A word of a shell.
    pub(super) fn shell_word(&self, text: &str) -> Expanded {
        self.bounded(text, || expand_unquoted(text, &|name| self.get(name)))
    }

    /// The words of a command as the program gets them. A variable that holds several words becomes
    /// several, also in quotes: no argument that we look at has a space in it.
    pub(super) fn shell_words(&self, words: &[Spanned<String>]) -> Vec<Argument> {
        let mut arguments = Vec::with_capacity(words.len());
        for word in words {
            let expanded = self.shell_word(&word.value);
            let is_known = expanded.unknown.is_none();
            let argument = |text: &str| Argument {
                word: Spanned { value: text.to_owned(), span: word.span },
                is_known: is_known || !text.contains('$'),
            };
            match word.value.contains('$') {
                true => arguments.extend(expanded.text.split_whitespace().map(argument)),
                false => arguments.push(argument(&expanded.text)),
            }
        }
        arguments
    }

    /// `ARG`: what the build is told, the default, or what the file says above the first stage.
    pub(super) fn declare(&mut self, argument: &Arg) {
        let name = argument.name.value.as_str();
        let told = self.told.get(name).cloned();
        let value = match (&argument.default, told) {
            (_, Some(told)) => Some(told),
            (Some(default), None) => self.word(&default.value).known(),
            (None, None) => self.global.get(name).cloned().flatten().map(|value| value.to_string()),
        };
        set(&mut self.arguments, name, value);
    }

    /// `ENV`; gives the values.
    pub(super) fn set(
        &mut self,
        variables: &[(Spanned<String>, Spanned<String>)],
    ) -> Vec<(String, Spanned<String>)> {
        // Those of one instruction don't see each other.
        let values: Vec<Expanded> = variables.iter().map(|(_, value)| self.word(&value.value)).collect();
        let mut told = Vec::new();
        for ((name, value), expanded) in variables.iter().zip(values) {
            let text = expanded.text.clone();
            set(&mut self.environment, &name.value, expanded.known());
            told.push((name.value.clone(), Spanned { value: text, span: value.span }));
        }
        told
    }

    /// What a shell sets; `None` for what we don't know.
    pub(super) fn set_local(&mut self, name: &str, value: Option<String>) {
        set(&mut self.locals, name, value);
    }

    pub(super) fn forget_locals(&mut self) {
        self.locals.clear();
    }
}
