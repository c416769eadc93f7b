//! How an instruction's arguments fall into words, flags, or the members of a JSON list.

use std::ops::Range;

use crate::text::Span;

use super::pieced::Pieced;

/// The words of a text, at white space outside of quotes.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let (mut words, mut start, mut quote) = (Vec::new(), None, None);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if quote.is_none() && character.is_whitespace() {
            words.extend(start.take().map(|start| start..at));
            continue;
        }
        start.get_or_insert(at);
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None | Some('"'), '\\') => {
                characters.next();
            }
            _ => {}
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

/// The words of a text, at any white space: where quotes don't hold words together.
pub(super) fn split_plainly(text: &str) -> Vec<Range<usize>> {
    let (mut words, mut start) = (Vec::new(), None);
    for (at, character) in text.char_indices() {
        if character.is_whitespace() {
            words.extend(start.take().map(|start| start..at));
        } else {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

/// The first word, and where what follows begins.
pub(super) fn first(text: &str) -> (&str, usize) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, text.len() - rest.trim_start().len())
}

/// The `--name=value` in front of the arguments, and where those begin.
pub(super) fn flags(text: &str) -> (Vec<Range<usize>>, usize) {
    let mut flags = Vec::new();
    for word in split(text) {
        let is_flag = text.get(word.clone()).is_some_and(|word| word.starts_with("--") && word.len() > 2);
        if !is_flag {
            return (flags, word.start);
        }
        flags.push(word);
    }
    (flags, text.len())
}

/// The members of a JSON list of texts; `None` if it is none, and then it is written for a shell.
pub(super) fn json_list(line: &Pieced) -> Option<Vec<Pieced>> {
    let text = line.text();
    let mut reader = Json { line, at: text.len() - text.trim_start().len() };
    reader.take('[')?;
    let mut members = Vec::new();
    if reader.take(']').is_none() {
        loop {
            members.push(reader.string()?);
            if reader.take(',').is_none() {
                reader.take(']')?;
                break;
            }
        }
    }
    reader.rest().is_empty().then_some(members)
}

struct Json<'l> {
    line: &'l Pieced,
    at: usize,
}

impl<'l> Json<'l> {
    /// What was not read yet, without white space before it.
    fn rest(&mut self) -> &'l str {
        let rest = self.line.text().get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn take(&mut self, character: char) -> Option<()> {
        self.rest().strip_prefix(character)?;
        self.at += character.len_utf8();
        Some(())
    }

    fn string(&mut self) -> Option<Pieced> {
        self.take('"')?;
        let mut string = Pieced::default();
        loop {
            let rest = self.line.text().get(self.at..)?;
            let end = rest.find(['"', '\\'])?;
            string.push_part(self.line, self.at..self.at + end);
            self.at += end;
            match rest.get(end..)?.starts_with('"') {
                true => {
                    self.at += 1;
                    return Some(string);
                }
                false => self.escaped(&mut string)?,
            }
        }
    }

    fn escaped(&mut self, string: &mut Pieced) -> Option<()> {
        let rest = self.line.text().get(self.at + 1..)?;
        let (decoded, length) = match rest.chars().next()? {
            'u' => {
                let code = u32::from_str_radix(rest.get(1..5)?, 16).ok()?;
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
            }
            'n' => ('\n', 1),
            't' => ('\t', 1),
            'r' => ('\r', 1),
            'b' => ('\u{8}', 1),
            'f' => ('\u{c}', 1),
            plain @ ('"' | '\\' | '/') => (plain, 1),
            _ => return None,
        };
        let span: Span = self.line.span(self.at..self.at + 1 + length);
        string.push_for(decoded.encode_utf8(&mut [0; 4]), span);
        self.at += 1 + length;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Pieced, flags, json_list, split};

    #[test]
    fn words_are_held_together_by_quotes() {
        let text = r#"a "b c"  d='e f' g\ h"#;
        let words: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(words, ["a", "\"b c\"", "d='e f'", "g\\ h"]);
    }

    #[test]
    fn flags_end_at_the_first_word_that_is_none() {
        let (found, rest) = flags("--from=a --link b --c");
        assert_eq!((found.len(), rest), (2, 16));
        assert_eq!(flags("--link").1, 6);
    }

    #[test]
    fn json_lists_or_none() {
        let members = |text: &str| -> Option<Vec<String>> {
            let members = json_list(&Pieced::plain(text, 0))?;
            Some(members.into_iter().map(|member| member.into_spanned().value).collect())
        };
        assert_eq!(members(r#"["a", "b\n\"c"]"#).unwrap(), ["a", "b\n\"c"]);
        assert_eq!(members(r#" [ "\u00e9" ] "#).unwrap(), ["é"]);
        assert_eq!(members("[]").unwrap(), Vec::<String>::new());
        for text in ["[a]", "['a']", r#"["a",]"#, r#"["a"] b"#, r#"["a"#, r#"["\u12"]"#, "[ -f x ] && y"] {
            assert_eq!(members(text), None, "{text}");
        }
        let spanned = json_list(&Pieced::plain(r#"["a", "b"]"#, 5)).unwrap();
        assert_eq!(spanned[1].whole().range(), 12..13);
    }
}
