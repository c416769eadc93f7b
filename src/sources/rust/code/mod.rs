//! What one Rust source declares and names: modules, imports, items, and paths, as they are written.
//!
//! A source is read by its tokens, with rustc's own lexer, and not as a tree: what a path means is known only with all
//! modules of a crate, and what is needed for that are scopes, `use` declarations, the names of items and the paths that
//! are written. So what a macro is given is read like everything else, what is no Rust at all ends in no error, and
//! nothing nests deeper than the list of open brackets.
//!
//! Source of the rules: The Rust Reference, "Items", "Paths", "Use declarations", "Modules", "Attributes".

mod attributes;
mod documentation;
mod file;
mod reader;
mod tokens;
mod trees;
mod words;

pub use file::{
    Context, Declaration, Import, Included, Item, ItemKind, Mention, Named, Path, RustFile, Scope, ScopeKind,
    Visibility,
};
pub use words::{Word, Words};

use reader::Reader;

/// Reads one source. Any text is read: what is no Rust names nothing.
pub fn read_code(text: &str) -> RustFile {
    Reader::new(text).read()
}

/// Whether a word stands anywhere in a source but in comments that are no documentation: as a name, in a text, in a
/// link.
pub fn names_word(text: &str, word: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    let finder = memchr::memmem::Finder::new(word);
    let mut places = finder.find_iter(bytes).filter(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_part(before) && !is_part(bytes.get(at + word.len()))
    });
    let Some(first) = places.next() else { return false };
    let tokens = tokens::tokens(text);
    std::iter::once(first).chain(places).any(|at| {
        let after = tokens.partition_point(|token| token.end as usize <= at);
        tokens.get(after).is_some_and(|token| token.start as usize <= at)
    })
}

#[cfg(test)]
mod tests;
