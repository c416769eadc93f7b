//! What attributes say: conditions, files of modules, macros that are exported; and what they name.

use super::file::Context;
use super::reader::{Occurrence, Reader};
use super::tokens::{Kind, Token};
use super::trees::Trie;

/// How deep conditions are followed.
const DEEPEST: usize = 32;

/// How long a condition may be, in bytes; a longer one is told by its beginning.
const LONGEST: usize = 200;

/// Attributes of what is compiled as a test, by the last word of their path.
const TESTS: [&str; 6] = ["bench", "quickcheck", "rstest", "test", "test_case", "wasm_bindgen_test"];

/// Keys of attributes whose text is a path, also where that is a single word.
const NAMING: [&str; 8] =
    ["crate", "deserialize_with", "from", "into", "remote", "serialize_with", "try_from", "with"];

impl<'t> Reader<'t> {
    /// An attribute that begins here: `#[…]`, or `#![…]` of what it stands in.
    pub(super) fn attribute(&mut self) {
        self.at += 1;
        let is_inner = self.is_mark(0, b'!');
        if is_inner && self.is_mark(1, b'[') {
            self.at += 1;
        }
        if !self.is_mark(0, b'[') {
            return;
        }
        let is_nested = self.top().is_in_attribute || self.top().is_in_rules;
        let name = self.attribute_name(1);
        match name {
            "cfg" if !is_nested => self.condition(is_inner),
            "path" if self.is_mark(2, b'=') && self.ahead(3).kind == Kind::Text => {
                let path = self.quoted(self.ahead(3)).to_owned();
                self.pending.paths.push(path);
                self.pending.is_any = true;
            }
            "cfg_attr" if !is_nested => self.conditional_paths(),
            "macro_export" => {
                self.pending.is_exported = true;
                self.pending.is_any = true;
            }
            name if TESTS.contains(&name) && !is_nested => self.begins_test(),
            _ => {}
        }
        self.opens_attribute();
    }

    /// The last word of the path by which an attribute goes.
    fn attribute_name(&self, mut by: usize) -> &'t str {
        while self.is_name(by) && self.is_colons(by + 1) && self.is_name(by + 3) {
            by += 3;
        }
        if self.is_name(by) { self.written(self.ahead(by)) } else { "" }
    }

    /// `cfg(…)`
    fn condition(&mut self, is_inner: bool) {
        let (end, (_, is_test)) = self.list(self.at + 3, 0);
        if is_test {
            match is_inner {
                true => self.tests_scope(),
                false => self.begins_test(),
            }
            return;
        }
        let start = self.ahead(1).start as usize;
        let end = self.tokens.get(end).map_or(start, |token| token.end as usize);
        let written: Vec<&str> = self.text.get(start..end).unwrap_or_default().split_whitespace().collect();
        let mut condition = written.join(" ");
        if condition.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| condition.is_char_boundary(*end)).unwrap_or(0);
            condition.truncate(end);
            condition.push('…');
        }
        match is_inner {
            true => self.condition_of_scope(condition),
            false => {
                self.pending.condition = Some(condition);
                self.pending.is_any = true;
            }
        }
    }

    /// Of a list of predicates: where it ends, and whether all, and any, hold in tests only.
    fn list(&self, mut at: usize, depth: usize) -> (usize, (bool, bool)) {
        let token = |at: usize| self.tokens.get(at).copied();
        let is_open = |at: usize| token(at).is_some_and(|token| token.kind == Kind::Mark(b'('));
        let (mut all, mut any, mut has_any) = (true, false, false);
        while let Some(next) = token(at) {
            match next.kind {
                Kind::Mark(b')' | b']') => break,
                Kind::Name => {
                    let word = self.written(next);
                    let holds = if is_open(at + 1) && depth < DEEPEST {
                        let (end, (inner_all, inner_any)) = self.list(at + 2, depth + 1);
                        at = end;
                        match word {
                            "all" => inner_any,
                            "any" => inner_all,
                            _ => false,
                        }
                    } else {
                        word == "test"
                    };
                    has_any = true;
                    all &= holds;
                    any |= holds;
                    if token(at + 1).is_some_and(|token| token.kind == Kind::Mark(b'=')) {
                        at += 2;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        (at, (has_any && all, any))
    }

    /// `cfg_attr(…, path = "…")`: any of them may count.
    fn conditional_paths(&mut self) {
        let mut at = self.at + 1;
        let mut open: Vec<u8> = Vec::new();
        while let Some(token) = self.tokens.get(at).copied() {
            match token.kind {
                Kind::Mark(mark @ (b'(' | b'[')) => open.push(mark),
                // The reader closes the attribute at the same bracket, whatever is open.
                Kind::Mark(b']') if open.pop() != Some(b'[') => break,
                Kind::Mark(b')') if open.pop().is_none() => break,
                Kind::Name if self.written(token) == "path" => {
                    let is_given = self.tokens.get(at + 1).is_some_and(|one| one.kind == Kind::Mark(b'='));
                    let text = self.tokens.get(at + 2).copied().filter(|one| one.kind == Kind::Text);
                    if let (true, Some(text)) = (is_given, text) {
                        let path = self.quoted(text).to_owned();
                        self.pending.paths.push(path);
                        self.pending.is_any = true;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// A text of an attribute may name a function, as those of serde do.
    pub(super) fn text_given(&mut self, token: Token) {
        let top = self.top();
        if !top.is_in_attribute {
            if self.written(token) == "\"OUT_DIR\"" {
                self.file.has_generated = true;
            }
            return;
        }
        let text = self.quoted(token);
        // `with = "hex"` names a crate, or a module; most other single words are no paths.
        let names_one = || {
            let (equals, key) = (self.back(1), self.back(2));
            equals.kind == Kind::Mark(b'=') && NAMING.contains(&self.written(key))
        };
        if !top.is_in_rules && (text.contains("::") || names_one()) {
            self.mention(text, token.start + 1, Context::Attribute);
        }
    }

    /// Mentions a path that stands in a text.
    pub(super) fn mention(&mut self, text: &'t str, at: u32, context: Context) {
        let (text, is_global) = text.strip_prefix("::").map_or((text, false), |rest| (rest, true));
        let is_word = |part: &str| {
            let mut letters = part.chars();
            letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
                && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
        };
        if text.len() > LONGEST || !text.split("::").all(is_word) {
            return;
        }
        let mut path = if is_global { Trie::GLOBAL } else { Trie::RELATIVE };
        for part in text.split("::").take(16) {
            let word = self.words.word(part);
            path = self.trie.below(path, word);
        }
        let scope = self.top().scope;
        let is_test = self.is_test();
        self.mentioned.push(Occurrence {
            scope,
            path,
            context,
            is_test,
            is_macro: false,
            is_call: false,
            at,
        });
    }
}
