//! From a shell's words to commands: its language, the folder that it is in, and shells in shells.
//!
//! Invariant: what is told of one text is bounded, however deep it goes.

use std::sync::Arc;

use crate::text::{Span, Spanned};

use super::pieced::Pieced;
use super::program::{assigned, file_name, wrapper};
use super::shell::{Loop, ShellCommand};
use super::tokens::{Token, tokens};

/// How deep one shell may be started by another.
const DEEPEST: usize = 4;

/// How many loops around a command are told of.
const MOST_LOOPS: usize = 8;

/// How many commands are told of one text; far above what anybody wrote into one.
const MOST_COMMANDS: usize = 5_000;

/// How long the path of a folder may become, in bytes.
const LONGEST_FOLDER: usize = 500;

/// Words that are part of the shell's own language, with a command behind them.
const KEYWORDS: [&str; 12] =
    ["if", "then", "elif", "else", "while", "until", "do", "done", "fi", "{", "}", "!"];

/// What is open around a command.
#[derive(Debug)]
enum Open {
    /// A subshell, and the folder before it.
    Subshell(Option<Arc<str>>),
    /// A `case`, in which patterns end with `)`.
    Case,
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) found: Vec<ShellCommand>,
    pub(super) words: Vec<(Pieced, Span)>,
    folder: Option<Arc<str>>,
    /// What `pushd` left.
    left: Vec<Option<Arc<str>>>,
    open: Vec<Open>,
    /// `None` for a loop that sets nothing.
    loops: Vec<Option<Arc<Loop>>>,
    depth: usize,
}

impl Reader {
    pub(super) fn read(&mut self, text: &Pieced) {
        let mut heredoc = None;
        for token in tokens(text) {
            match token {
                Token::Word(word, span) => self.words.push((word, span)),
                Token::Heredoc(body) => heredoc = Some(body),
                Token::End => self.finish(heredoc.take()),
                Token::Open => {
                    self.finish(None);
                    self.open.push(Open::Subshell(self.folder.clone()));
                }
                Token::Close => self.close(),
            }
        }
        self.finish(heredoc);
    }

    fn close(&mut self) {
        self.keywords();
        if let Some(Open::Case) = self.open.last() {
            self.words.clear();
            return;
        }
        self.finish(None);
        if let Some(Open::Subshell(folder)) = self.open.pop() {
            self.folder = folder;
        }
    }

    /// Ends a command; a shell that is given no other text reads the heredoc.
    fn finish(&mut self, heredoc: Option<Pieced>) {
        self.keywords();
        let assignments = self.assignments();
        if self.words.is_empty() && assignments.is_empty() {
            return;
        }
        let script = self.script().or(heredoc.filter(|_| self.is_bare_shell()));
        if let Some(script) = script.filter(|_| self.depth < DEEPEST) {
            self.words.clear();
            self.nested(&script);
            return;
        }
        self.emit(assignments);
    }

    /// Takes the words of the language in front of a command.
    fn keywords(&mut self) {
        let mut count = 0;
        while let Some((word, _)) = self.words.get(count) {
            match word.text() {
                "for" | "select" => return self.begin_loop(count),
                "case" => {
                    self.open.push(Open::Case);
                    // Up to `in`, and the first pattern where nothing stands between.
                    return self.words.clear();
                }
                "esac" => {
                    if matches!(self.open.last(), Some(Open::Case)) {
                        self.open.pop();
                    }
                }
                "while" | "until" => self.loops.push(None),
                "done" => _ = self.loops.pop(),
                keyword if KEYWORDS.contains(&keyword) => {}
                _ => break,
            }
            count += 1;
        }
        self.words.drain(..count);
    }

    fn begin_loop(&mut self, at: usize) {
        let words = std::mem::take(&mut self.words);
        let mut words = words.into_iter().skip(at + 1).map(|(word, span)| (word.into_spanned().value, span));
        let variable = words.next().map(|(name, _)| name);
        let is_list = words.next().is_some_and(|(word, _)| word == "in");
        let values = words.map(|(value, span)| Spanned { value, span }).collect();
        let set = variable.filter(|_| is_list);
        self.loops.push(set.map(|variable| Arc::new(Loop { variable, values })));
    }

    fn assignments(&mut self) -> Vec<(String, Spanned<String>)> {
        let count = self.words.iter().take_while(|(word, _)| assigned(word.text()).is_some()).count();
        let split = |(word, span): (Pieced, Span)| {
            let (name, value) = assigned(word.text())?;
            Some((name.to_owned(), Spanned { value: value.to_owned(), span }))
        };
        self.words.drain(..count).filter_map(split).collect()
    }

    fn spanned(&self) -> Vec<Spanned<String>> {
        let spanned = |(word, span): &(Pieced, Span)| Spanned { value: word.text().to_owned(), span: *span };
        self.words.iter().map(spanned).collect()
    }

    /// Where the program stands among the words, if it is a shell.
    fn shell(&self) -> Option<usize> {
        let words = self.words.get(..self.words.len().min(20)).map(|words| {
            words.iter().map(|(word, span)| Spanned { value: word.text().to_owned(), span: *span })
        })?;
        let words: Vec<Spanned<String>> = words.collect();
        let mut at = 0;
        while let Some(skipped) = words.get(at..).and_then(wrapper) {
            at += skipped.max(1);
        }
        let name = file_name(&words.get(at)?.value);
        matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh").then_some(at)
    }

    /// What a shell is told with `-c`.
    pub(super) fn script(&self) -> Option<Pieced> {
        let mut arguments = self.words.get(self.shell()? + 1..)?.iter().map(|(word, _)| word);
        let mut is_told = false;
        while let Some(word) = arguments.next() {
            let text = word.text();
            match text.strip_prefix(['-', '+']) {
                Some(flags) if flags.ends_with('o') && !flags.starts_with('-') => {
                    is_told |= flags.contains('c');
                    arguments.next();
                }
                Some(flags) => is_told |= !flags.starts_with('-') && flags.contains('c'),
                None => return is_told.then(|| without_escapes(word)),
            }
        }
        None
    }

    /// Whether this is a shell that reads what it is given, with no file of its own.
    fn is_bare_shell(&self) -> bool {
        let arguments = self.shell().and_then(|at| self.words.get(at + 1..));
        arguments.is_some_and(|words| words.iter().all(|(word, _)| word.text().starts_with('-')))
    }

    pub(super) fn nested(&mut self, script: &Pieced) {
        let mut inner = Self {
            folder: self.folder.clone(),
            loops: self.loops.iter().take(MOST_LOOPS).cloned().collect(),
            depth: self.depth + 1,
            ..Self::default()
        };
        inner.read(script);
        let room = MOST_COMMANDS.saturating_sub(self.found.len());
        self.found.extend(inner.found.into_iter().take(room));
    }

    fn emit(&mut self, assignments: Vec<(String, Spanned<String>)>) {
        let words = self.spanned();
        self.words.clear();
        let spans = assignments.iter().map(|(_, value)| value.span).chain(words.iter().map(|word| word.span));
        let Some(span) = spans.reduce(Span::to) else { return };
        let loops = self.loops.iter().take(MOST_LOOPS).flatten().cloned().collect();
        let command = ShellCommand { assignments, words, folder: self.folder.clone(), loops, span };
        self.change_folder(&command);
        if self.found.len() < MOST_COMMANDS {
            self.found.push(command);
        }
    }

    fn change_folder(&mut self, command: &ShellCommand) {
        let mut words = command.words.iter().map(|word| word.value.as_str());
        let change = words.next().unwrap_or_default();
        match (change, words.find(|word| !word.starts_with('-'))) {
            ("popd", _) => self.folder = self.left.pop().flatten(),
            ("cd" | "pushd", to) => {
                if change == "pushd" {
                    self.left.push(self.folder.clone());
                }
                // Without an argument it goes home, and that is the image's to say.
                self.folder = Some(joined(self.folder.as_deref(), to.unwrap_or("$HOME")));
            }
            _ => {}
        }
    }
}

/// `to`, seen from a folder. What becomes too long is nowhere that we know.
fn joined(folder: Option<&str>, to: &str) -> Arc<str> {
    match folder {
        Some(folder) if !to.starts_with(['/', '$']) => {
            let path = format!("{folder}/{to}");
            Arc::from(if path.len() <= LONGEST_FOLDER { &path } else { "$(…)" })
        }
        _ => Arc::from(if to.len() <= LONGEST_FOLDER { to } else { "$(…)" }),
    }
}

/// The word as the shell gets it that reads it next: there, a `$` may mean a variable again.
fn without_escapes(word: &Pieced) -> Pieced {
    let (mut script, mut at) = (Pieced::default(), 0);
    for (escape, _) in word.text().match_indices("\\$") {
        script.push_part(word, at..escape);
        at = escape + 1;
    }
    script.push_part(word, at..word.text().len());
    script
}
