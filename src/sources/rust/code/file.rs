//! What is known of one source.

use serde::{Deserialize, Serialize};

use super::{Word, Words};

/// What one source declares and names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RustFile {
    /// How many bytes it has.
    pub length: u32,
    /// The words that everything else is said in.
    pub words: Words,
    /// Where names are looked up: the first is the file itself, and each comes behind the one around it.
    pub scopes: Vec<Scope>,
    /// Modules in files of their own.
    pub declarations: Vec<Declaration>,
    /// What `use` and `extern crate` bring into a scope.
    pub imports: Vec<Import>,
    /// What is defined.
    pub items: Vec<Item>,
    /// Files that stand for a part of this one.
    pub included: Vec<Included>,
    /// The paths that imports and mentions are made of, each once.
    pub paths: Vec<Path>,
    /// The words of all paths, one path behind the other.
    pub parts: Vec<Word>,
    /// What is named besides imports.
    pub mentions: Vec<Mention>,
    /// Where things are mentioned, in bytes: as many as each mention counts, one mention behind the other.
    pub places: Vec<u32>,
    /// Whether generated code is included, of which nobody knows what it names.
    pub has_generated: bool,
    /// What stands for words that may name a crate without being a path that is told: in what a macro is given or says,
    /// in attributes, in texts, in documentation. Sorted.
    pub loose: Vec<u32>,
    /// Whether names may be put together of parts.
    pub pastes: bool,
}

/// Where names are looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The scope around it; the file's own has none but itself.
    pub parent: u32,
    /// What it is.
    pub kind: ScopeKind,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
}

/// What a scope is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeKind {
    /// The file.
    File {
        /// The condition on all of it.
        condition: Option<String>,
    },
    /// A block that declares something.
    Block,
    /// A module that stands in the file.
    Module(Named),
}

/// A module as it is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: Word,
    /// Who may name it.
    pub visibility: Visibility,
    /// The files that `#[path]` gives it.
    pub paths: Vec<String>,
    /// The `cfg` that it depends on, as it is written, if that is not tests.
    pub condition: Option<String>,
    /// Where its name stands, in bytes.
    pub at: u32,
}

/// A module in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// Where it is declared.
    pub scope: u32,
    /// What it is.
    pub module: Named,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
}

/// Who may use a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// The module and what is in it.
    Private,
    /// The module around, and what is in it.
    Super,
    /// The crate.
    Crate,
    /// Everybody.
    Public,
}

/// A path, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Path {
    /// Where its words begin in [`RustFile::parts`].
    pub start: u32,
    /// How many they are.
    pub count: u16,
    /// Whether it begins with `::`.
    pub is_global: bool,
}

/// What a `use` or an `extern crate` brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Into which scope.
    pub scope: u32,
    /// From where, by its position in [`RustFile::paths`].
    pub path: u32,
    /// Under which name; `None` for everything that is there (`*`), and for nothing but what it does (`_`).
    pub name: Option<Word>,
    /// Whether it brings everything that is there.
    pub is_glob: bool,
    /// Whether it is `extern crate`, which names a crate and nothing else.
    pub is_crate: bool,
    /// Who may use it from here.
    pub visibility: Visibility,
    /// Where it stands, in bytes.
    pub at: u32,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
    /// Whether it stands in what a macro is given.
    pub is_in_macro: bool,
}

/// The namespaces that an item's name is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemKind {
    /// A type that is no value: a trait, an alias, an enum.
    Type,
    /// A type that may be a value as well: a struct.
    Struct,
    /// A function, a constant, a static.
    Value,
    /// A macro by example that is known by its place in the text.
    Macro,
    /// A macro by example that the crate exports from its root.
    ExportedMacro,
}

/// What is defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Where.
    pub scope: u32,
    /// Its name.
    pub name: Word,
    /// What it is.
    pub kind: ItemKind,
    /// Who may use it.
    pub visibility: Visibility,
}

/// A file whose text stands for a part of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Included {
    /// Where.
    pub scope: u32,
    /// Its path, from the folder of the file.
    pub path: String,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
}

/// In what something is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Context {
    /// In code.
    Code,
    /// In what a macro is given, or in a macro's own text.
    Macro,
    /// In a text of an attribute.
    Attribute,
    /// In a link of documentation: it couples nobody.
    Documentation,
}

/// A path that is mentioned, in one scope and in one context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Where names are looked up.
    pub scope: u32,
    /// What is mentioned, by its position in [`RustFile::paths`].
    pub path: u32,
    /// In what.
    pub context: Context,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
    /// Whether it is the name of a macro.
    pub is_macro: bool,
    /// Whether it is called.
    pub is_call: bool,
    /// How many places there are.
    pub count: u32,
}

impl RustFile {
    /// The words of a path.
    pub fn words_of(&self, path: u32) -> (&[Word], bool) {
        let Some(path) = self.paths.get(path as usize) else { return (&[], false) };
        let start = path.start as usize;
        (self.parts.get(start..start + usize::from(path.count)).unwrap_or_default(), path.is_global)
    }

    /// Every mention, and its places.
    pub fn mentioned(&self) -> impl Iterator<Item = (&Mention, &[u32])> {
        let mut at = 0;
        self.mentions.iter().map(move |mention| {
            let start = at;
            at += mention.count as usize;
            (mention, self.places.get(start..at).unwrap_or_default())
        })
    }
}
