//! From a shell's text to words and the operators between them.
//!
//! Invariant: each byte is looked at once, but for what a `$(…)` holds, which is twice; what is not closed
//! goes on to the end of the text.
//!
//! In a word, quotes are gone. A variable stays as it is written, `$X` or `${X}`; a `$` that means no
//! variable is `\$`; what a command would print is `$(…)`, also where it was written with backticks.

use crate::text::Span;

use super::lines::{Ending, ending};
use super::pieced::Pieced;

/// What a shell reads.
#[derive(Debug)]
pub(super) enum Token {
    /// A word, its quotes gone, and where it stands with them.
    Word(Pieced, Span),
    /// What ends a command.
    End,
    /// `(`
    Open,
    /// `)`
    Close,
    /// The lines that the command before gets to read.
    Heredoc(Pieced),
}

/// Reads all of a text.
pub(super) fn tokens(text: &Pieced) -> Vec<Token> {
    let mut lexer = Lexer { source: text, at: 0, found: Vec::new(), endings: Vec::new(), skips: false };
    while lexer.step().is_some() {}
    lexer.found
}

struct Lexer<'t> {
    source: &'t Pieced,
    at: usize,
    found: Vec<Token>,
    /// The heredocs that begin with the next line.
    endings: Vec<Ending>,
    /// Whether the next word is a file to read or to write.
    skips: bool,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.source.text().get(self.at..).unwrap_or_default()
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let character = rest.chars().next()?;
        match character {
            '\n' => self.newline(),
            '\\' if line_break(rest).is_some() => self.at += line_break(rest).unwrap_or(1),
            _ if character.is_whitespace() => self.at += character.len_utf8(),
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '&' if rest.starts_with("&>") => self.redirect(1),
            ';' | '|' | '&' => self.end(1),
            '(' => self.mark(Token::Open),
            ')' => self.mark(Token::Close),
            '<' | '>' if !rest[1..].starts_with('(') => self.redirect(0),
            _ => self.word(),
        }
        Some(())
    }

    fn end(&mut self, length: usize) {
        self.at += length;
        self.skips = false;
        if !matches!(self.found.last(), None | Some(Token::End)) {
            self.found.push(Token::End);
        }
    }

    fn mark(&mut self, token: Token) {
        self.at += 1;
        self.skips = false;
        self.found.push(token);
    }

    fn newline(&mut self) {
        self.at += 1;
        for ending in std::mem::take(&mut self.endings) {
            let body = self.heredoc(&ending);
            self.found.push(Token::Heredoc(body));
        }
        self.end(0);
    }

    fn heredoc(&mut self, ending: &Ending) -> Pieced {
        let start = self.at;
        for line in self.rest().split_inclusive('\n') {
            let (end, content) = (self.at, line.trim_end_matches(['\n', '\r']));
            self.at += line.len();
            let content = if ending.is_dashed { content.trim_start_matches('\t') } else { content };
            if content == ending.name {
                return self.source.part(start..end);
            }
        }
        self.source.part(start..self.at)
    }

    /// `<`, `>`, `>>`, `>&`, `<<<` and the like; the next word belongs to them.
    fn redirect(&mut self, before: usize) {
        let rest = self.rest();
        if let Some(end) = self.heredoc_word(rest) {
            self.at += end;
            return;
        }
        let operator = rest.get(before..).unwrap_or_default();
        let length = operator.len() - operator.trim_start_matches(['<', '>']).len();
        self.at += before + length;
        if self.rest().starts_with(['&', '|']) {
            self.at += 1;
        }
        self.skips = true;
    }

    /// The length of `<<EOF`, whose lines are then waited for.
    fn heredoc_word(&mut self, rest: &str) -> Option<usize> {
        let operator = rest.strip_prefix("<<")?;
        let operator = operator.strip_prefix('-').unwrap_or(operator);
        let name = operator.trim_start_matches([' ', '\t']);
        let is_end = |next: char| next.is_whitespace() || matches!(next, ';' | '|' | '&' | '<' | '>' | ')');
        let end = name.find(is_end).unwrap_or(name.len());
        let (word, after) = name.split_at(end);
        let dash = if rest.starts_with("<<-") { "-" } else { "" };
        self.endings.push(ending(&format!("<<{dash}{word}"))?);
        Some(rest.len() - after.len())
    }

    fn word(&mut self) {
        let start = self.at;
        let mut word = Pieced::default();
        while let Some(character) = self.rest().chars().next() {
            let rest = self.rest();
            match character {
                _ if character.is_whitespace() => break,
                ';' | '|' | '&' | '(' | ')' => break,
                '<' | '>' if rest[1..].starts_with('(') => self.substitution(&mut word, 1),
                '<' | '>' => break,
                '\'' => self.single_quoted(&mut word),
                '"' => self.double_quoted(&mut word),
                '$' if rest[1..].starts_with(['\'', '"']) => self.at += 1,
                '$' | '`' => self.dollar(&mut word),
                '\\' => self.escaped(&mut word, line_break(rest)),
                _ => self.take(&mut word, character.len_utf8()),
            }
        }
        let span = self.source.span(start..self.at);
        let is_descriptor = self.rest().starts_with(['<', '>'])
            && !word.is_empty()
            && word.text().bytes().all(|byte| byte.is_ascii_digit());
        match is_descriptor || std::mem::take(&mut self.skips) {
            true => {}
            false => self.found.push(Token::Word(word, span)),
        }
    }

    fn take(&mut self, word: &mut Pieced, length: usize) {
        word.push_part(self.source, self.at..self.at + length);
        self.at += length;
    }

    /// A character behind a backslash.
    fn escaped(&mut self, word: &mut Pieced, line_break: Option<usize>) {
        if let Some(length) = line_break {
            self.at += length;
            return;
        }
        // The backslash of `\$` stays: that is how a word tells it from a variable.
        if self.rest().starts_with("\\$") {
            self.take(word, 2);
            return;
        }
        self.at += 1;
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.take(word, length);
    }

    fn single_quoted(&mut self, word: &mut Pieced) {
        self.at += 1;
        let rest = self.rest();
        let end = rest.find('\'').unwrap_or(rest.len());
        self.literal(word, end);
        self.at = (self.at + 1).min(self.source.text().len());
    }

    /// Takes what is no variable, whatever it looks like.
    fn literal(&mut self, word: &mut Pieced, length: usize) {
        let end = self.at + length;
        while let Some(text) = self.source.text().get(self.at..end).filter(|text| !text.is_empty()) {
            let dollar = text.find('$').unwrap_or(text.len());
            self.take(word, dollar);
            if dollar < text.len() {
                word.push_for("\\", self.source.span(self.at..self.at + 1));
                self.take(word, 1);
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Pieced) {
        self.at += 1;
        while let Some(character) = self.rest().chars().next() {
            let rest = self.rest();
            match character {
                '"' => {
                    self.at += 1;
                    return;
                }
                '$' | '`' => self.dollar(word),
                '\\' if line_break(rest).is_some() || rest[1..].starts_with(['$', '`', '"', '\\']) => {
                    self.escaped(word, line_break(rest));
                }
                _ => self.take(word, character.len_utf8()),
            }
        }
    }

    /// `$X`, `${X}`, `$(…)`, and what is written with backticks.
    fn dollar(&mut self, word: &mut Pieced) {
        let rest = self.rest();
        match rest.get(..2) {
            Some("$(") => self.substitution(word, 1),
            Some("${") => {
                let end = closed(rest, 1);
                self.take(word, end);
            }
            _ if rest.starts_with('`') => self.substitution(word, 0),
            _ => self.take(word, 1),
        }
    }

    /// What a command prints, from its bracket on; how it does is not looked into.
    fn substitution(&mut self, word: &mut Pieced, bracket: usize) {
        let end = self.at + closed(self.rest(), bracket);
        let span = self.source.span(self.at..end);
        word.push_for("$(…)", span);
        self.at = end;
    }
}

/// The length of a backslash with the line break behind it.
fn line_break(rest: &str) -> Option<usize> {
    let behind = rest.strip_prefix('\\')?;
    let behind = behind.strip_prefix('\r').unwrap_or(behind);
    behind.strip_prefix('\n').map(|after| rest.len() - after.len())
}

/// Where what is opened at a byte is closed again.
fn closed(text: &str, opening: usize) -> usize {
    let mut stack: Vec<u8> = Vec::new();
    let mut bytes = text.bytes().enumerate().skip(opening).peekable();
    while let Some((at, byte)) = bytes.next() {
        let inside = stack.last().copied();
        match (inside, byte) {
            (Some(b'\''), b'\'') => _ = stack.pop(),
            (Some(b'\''), _) => {}
            (_, b'\\') => _ = bytes.next(),
            (Some(close), _) if close == byte => _ = stack.pop(),
            (None, b'(') | (Some(b')'), b'(') => stack.push(b')'),
            (None, b'{') => stack.push(b'}'),
            (_, b'`') => stack.push(b'`'),
            (_, b'$') => match bytes.next_if(|(_, next)| matches!(next, b'(' | b'{')) {
                Some((_, b'(')) => stack.push(b')'),
                Some(_) => stack.push(b'}'),
                None => {}
            },
            (Some(b')' | b'`' | b'}'), b'"') => stack.push(b'"'),
            (Some(b')' | b'`'), b'\'') => stack.push(b'\''),
            _ => {}
        }
        if stack.is_empty() {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Pieced, Token, tokens};

    fn read(text: &str) -> String {
        let shown = |token: Token| match token {
            Token::Word(word, _) => format!("‹{}›", word.text()),
            Token::End => ";".to_owned(),
            Token::Open => "(".to_owned(),
            Token::Close => ")".to_owned(),
            Token::Heredoc(body) => format!("<<{:?}", body.text()),
        };
        tokens(&Pieced::plain(text, 0)).into_iter().map(shown).collect()
    }

    #[test]
    fn words_quotes_operators_and_what_is_between_them() {
        let cases: &[(&str, &str)] = &[
            ("a b&&c||d; e|f &", "‹a›‹b›;‹c›;‹d›;‹e›;‹f›;"),
            ("a 'b c'\"d e\" f\\ g", "‹a›‹b cd e›‹f g›"),
            ("a '$x' \"$y\" \\$z \"\\$w\" $'v'", "‹a›‹\\$x›‹$y›‹\\$z›‹\\$w›‹v›"),
            ("a ${x:-\"b }\"} c", "‹a›‹${x:-\"b }\"}›‹c›"),
            ("a $(b \")\" ')' $(c)) `d 'e'` f", "‹a›‹$(…)›‹$(…)›‹f›"),
            ("a $((1 + (2))) b", "‹a›‹$(…)›‹b›"),
            ("a # b\nc#d", "‹a›;‹c#d›"),
            ("a >b 2>&1 2>/dev/null <c &>d >>e f", "‹a›‹f›"),
            ("a <(b c) d", "‹a›‹$(…)›‹d›"),
            ("(a; b) c", "(‹a›;‹b›)‹c›"),
            ("a \\\n  b\\\nc", "‹a›‹bc›"),
            ("a <<X -b\nc\nX\nd", "‹a›‹-b›<<\"c\\n\";‹d›"),
            ("a <<-'X'\n\tX\nd", "‹a›<<\"\";‹d›"),
            ("a <<< b c", "‹a›‹c›"),
            ("a ''", "‹a›‹›"),
            ("a 'b", "‹a›‹b›"),
            ("a \"b $(c", "‹a›‹b $(…)›"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), *expected, "{text}");
        }
    }
}
