//! Words that may name a crate where that is no path which is followed: in what a macro is given or says, in attributes,
//! in texts, in documentation and its examples.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use memchr::memchr_iter;
use memchr::memmem::Finder;
use rustc_hash::FxHasher;

use super::tokens::{Kind, Token};

/// What stands for a word: two words may have the same, and who asks is then more careful than need be.
pub(super) fn mark_of(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    word.hash(&mut hasher);
    let hash = hasher.finish();
    // Both halves count, whichever of them a hasher mixes well.
    #[expect(clippy::cast_possible_truncation, reason = "a hash is cut, not a number")]
    let mark = (hash ^ (hash >> 32)) as u32;
    mark
}

/// The marks of all such words, sorted.
pub(super) fn loose_words(text: &str, tokens: &[Token]) -> Vec<u32> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    // Where what is given to a macro, or to an attribute, began.
    let mut given_at = None;
    let mut is_import = false;
    let written = |token: &Token| text.get(token.start as usize..token.end as usize).unwrap_or_default();
    let at = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| token.kind);
    for (place, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Mark(b'(' | b'[' | b'{') => {
                depth += 1;
                let before = [1, 2, 3].map(|by| at(place.checked_sub(by)));
                let is_given = matches!(
                    before,
                    [Some(Kind::Mark(b'!')), Some(Kind::Name | Kind::Raw | Kind::Mark(b'#')), _]
                        | [Some(Kind::Name | Kind::Raw), Some(Kind::Mark(b'!')), Some(Kind::Name)]
                        | [Some(Kind::Mark(b'#')), ..]
                );
                if is_given && given_at.is_none() {
                    given_at = Some(depth);
                }
            }
            Kind::Mark(b')' | b']' | b'}') => {
                if given_at == Some(depth) {
                    given_at = None;
                }
                depth = depth.saturating_sub(1);
            }
            Kind::Mark(b';') => is_import = false,
            Kind::Name | Kind::Raw => {
                let word = written(token);
                is_import |= matches!(word, "use" | "extern");
                let is_path = at(Some(place + 1)) == Some(Kind::Mark(b':'))
                    && at(Some(place + 2)) == Some(Kind::Mark(b':'));
                if given_at.is_some() || is_import || is_path {
                    found.push(mark_of(word.strip_prefix("r#").unwrap_or(word)));
                }
            }
            Kind::Text => of_text(written(token), given_at.is_some(), &mut found),
            Kind::Doc | Kind::InnerDoc => of_documentation(written(token), &mut found),
            Kind::Other | Kind::Mark(_) => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What stands before the names of crates in examples.
static BEFORE: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["use ", "crate "].map(Finder::new));

/// What documentation names: words before `::`, in brackets, and behind `use` and `crate`.
fn of_documentation(text: &str, found: &mut Vec<u32>) {
    of_text(text, false, found);
    let bytes = text.as_bytes();
    let starts = BEFORE.iter().flat_map(|before| {
        let length = before.needle().len();
        before.find_iter(bytes).map(move |at| at + length)
    });
    for start in starts.chain(memchr_iter(b'[', bytes).map(|at| at + 1)) {
        let start = start + bytes[start..].iter().take_while(|byte| **byte == b'`').count();
        let length = bytes[start..].iter().take_while(|byte| is_part(byte)).count();
        found.extend(text.get(start..start + length).filter(|word| !word.is_empty()).map(mark_of));
    }
}

/// What a text names: words before `::`, and itself, where it is given to a macro.
fn of_text(text: &str, is_given: bool, found: &mut Vec<u32>) {
    let bytes = text.as_bytes();
    for end in memchr_iter(b':', bytes).filter(|at| bytes.get(at + 1) == Some(&b':')) {
        let length = bytes[..end].iter().rev().take_while(|byte| is_part(byte)).count();
        found.extend(text.get(end - length..end).filter(|word| !word.is_empty()).map(mark_of));
    }
    if is_given {
        let word = text.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
        found.push(mark_of(word));
    }
}

fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii()
}
