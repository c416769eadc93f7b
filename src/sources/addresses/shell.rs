//! The words of a shell's text, as far as they say what is waited for.
//!
//! Quotes and substitutions only divide words here: a condition often has its command in both.

use super::cut::Cut;

/// What a word is for the commands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A command's name, or one of its arguments.
    Word,
    /// Where one command ends, and the next may begin.
    Boundary,
}

/// A word of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// Which of the words that were given it stands in.
    pub(super) index: usize,
    pub(super) cut: Cut<'a>,
    pub(super) role: Role,
}

/// A command, and whether a loop waits for it.
#[derive(Debug)]
pub(super) struct Command<'a> {
    pub(super) words: Vec<Token<'a>>,
    pub(super) is_condition: bool,
}

/// The commands in some words; each word may hold several.
pub(super) fn commands<'a>(words: &[&'a str]) -> Vec<Command<'a>> {
    let mut commands = Vec::new();
    let mut words_of_one = Vec::new();
    let mut is_condition = false;
    let tokens = words.iter().enumerate().flat_map(|(index, word)| tokens(index, word));
    for token in tokens {
        let is_keyword = is_first(&words_of_one) && token.role == Role::Word;
        let begins = is_keyword && matches!(token.cut.text, "until" | "while");
        let ends =
            is_keyword && matches!(token.cut.text, "do" | "then" | "done" | "for" | "if" | "else" | "fi");
        // A word of its own given to `sh -c` begins a command. Only its first token asks, so that a long word is
        // searched once.
        let is_text = token.cut.at == 0
            && words.get(token.index).is_some_and(|word| word.contains(char::is_whitespace));
        if begins || ends || token.role == Role::Boundary || (is_text && !words_of_one.is_empty()) {
            push(&mut commands, &mut words_of_one, is_condition);
        }
        match (begins, ends) {
            (true, _) => is_condition = true,
            (_, true) => is_condition = false,
            _ if is_keyword
                && matches!(
                    token.cut.text,
                    "!" | "{" | "}" | "[" | "[[" | "test" | "time" | "sudo" | "exec"
                ) => {}
            _ if token.role == Role::Word && is_text && matches!(token.cut.text, "until" | "while") => {
                is_condition = true
            }
            _ if token.role == Role::Word => words_of_one.push(token),
            _ => {}
        }
    }
    push(&mut commands, &mut words_of_one, is_condition);
    commands
}

/// Whether a command begins: nothing stands before it, or a shell that is told to run it.
fn is_first(words: &[Token<'_>]) -> bool {
    words.last().is_none_or(|last| last.cut.text.starts_with('-') && last.cut.text.ends_with('c'))
}

fn push<'a>(commands: &mut Vec<Command<'a>>, words: &mut Vec<Token<'a>>, is_condition: bool) {
    if !words.is_empty() {
        commands.push(Command { words: std::mem::take(words), is_condition });
    }
}

/// Words between blanks and quotes, and what stands between commands.
fn tokens(index: usize, word: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = Cut::whole(word);
    std::iter::from_fn(move || {
        rest = rest.from(rest.text.len() - rest.text.trim_start_matches(is_blank).len());
        let first = rest.text.chars().next()?;
        let (cut, role) = if is_boundary(first) {
            (rest.upto(first.len_utf8()), Role::Boundary)
        } else {
            (rest.cut_at(|letter| is_blank(letter) || is_boundary(letter)).0, Role::Word)
        };
        rest = rest.from(cut.text.len());
        Some(Token { index, cut, role })
    })
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '"' | '\'' | '\\')
}

fn is_boundary(letter: char) -> bool {
    matches!(letter, ';' | '|' | '&' | '(' | ')' | '`' | '\n' | '<' | '>')
}
