//! Links in documentation: `[Account]`, ``[`users::Account`]``, `[an account](users::Account)`.

use super::file::Context;
use super::reader::Reader;
use super::tokens::{Kind, Token};

/// How many links are read in one comment.
const MOST: usize = 200;

impl<'t> Reader<'t> {
    /// What a comment that is documentation links to.
    pub(super) fn document(&mut self, token: Token) {
        debug_assert!(matches!(token.kind, Kind::Doc | Kind::InnerDoc));
        let text = self.written(token);
        let bytes = text.as_bytes();
        let mut at = 0;
        for _ in 0..MOST {
            let Some(open) =
                bytes.get(at..).and_then(|rest| memchr::memchr(b'[', rest)).map(|found| at + found)
            else {
                return;
            };
            let Some(close) = memchr::memchr2(b']', b'\n', &bytes[open..]).map(|found| open + found) else {
                return;
            };
            at = close + 1;
            if bytes[close] != b']' {
                continue;
            }
            // What is linked to is in parentheses, where there are any.
            let linked = match bytes.get(close + 1) {
                Some(b'(') => {
                    let Some(end) = memchr::memchr2(b')', b'\n', &bytes[close..]).map(|found| close + found)
                    else {
                        continue;
                    };
                    at = end + 1;
                    close + 2..end
                }
                _ => open + 1..close,
            };
            let is_given = linked.start > close;
            let Some(written) = text.get(linked.clone()) else { continue };
            let inner = written.trim_matches('`');
            let name = inner.split_once('@').map_or(inner, |(_, name)| name);
            let name = name.trim_end_matches("()").trim_end_matches('!');
            // A word in small letters without marks is most likely a word.
            let is_code = inner.len() < written.len() || is_given;
            let is_name = name.contains("::") || name.starts_with(|one: char| one.is_uppercase()) || is_code;
            if is_name && !name.is_empty() {
                let place = token.start.saturating_add(u32::try_from(linked.start).unwrap_or(0));
                self.mention(name, place, Context::Documentation);
            }
        }
    }
}
