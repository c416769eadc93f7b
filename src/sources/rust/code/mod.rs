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
mod loose;
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

/// Whether a word is among the [loose words](RustFile::loose) of something.
pub fn has_word(loose: &[u32], word: &str) -> bool {
    loose.binary_search(&loose::mark_of(word)).is_ok()
}

#[cfg(test)]
mod tests;
