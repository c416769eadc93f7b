//! Paths as they are collected: each once, as a way through a tree; the trees of `use`; and what is left of all at last.

use rustc_hash::{FxHashMap, FxHashSet};

use super::file::{Context, Import, ItemKind, Mention, Path, RustFile, ScopeKind, Visibility};
use super::reader::{Occurrence, Reader};
use super::tokens::Kind;
use super::words::Word;

/// Paths that begin alike share their beginning.
#[derive(Debug)]
pub(super) struct Trie {
    below: FxHashMap<(u32, Word), u32>,
    nodes: Vec<(u32, Word)>,
}

impl Default for Trie {
    fn default() -> Self {
        let none = Word(u32::MAX);
        Self { below: FxHashMap::default(), nodes: vec![(0, none), (1, none)] }
    }
}

impl Trie {
    /// Where paths begin.
    pub(super) const RELATIVE: u32 = 0;
    /// Where paths begin that begin with `::`.
    pub(super) const GLOBAL: u32 = 1;

    /// The path that goes one word further.
    pub(super) fn below(&mut self, node: u32, word: Word) -> u32 {
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let found = *self.below.entry((node, word)).or_insert(next);
        if found == next {
            self.nodes.push((node, word));
        }
        found
    }

    fn is_beginning(node: u32) -> bool {
        node <= Self::GLOBAL
    }

    /// The last word of a path, and the path before it.
    fn last(&self, node: u32) -> (u32, Word) {
        self.nodes.get(node as usize).copied().unwrap_or((0, Word(u32::MAX)))
    }

    /// The words of a path from the last to the first, and whether it begins with `::`.
    fn words(&self, mut node: u32, words: &mut Vec<Word>) -> bool {
        words.clear();
        while !Self::is_beginning(node) {
            let (before, word) = self.last(node);
            words.push(word);
            node = before;
        }
        words.reverse();
        node == Self::GLOBAL
    }
}

impl Reader<'_> {
    /// The tree of a `use`.
    pub(super) fn import(&mut self) {
        let visibility = self.taken().visibility.unwrap_or(Visibility::Private);
        self.at += 1;
        // `use<'a>` captures lifetimes.
        if self.is_mark(0, b'<') {
            return;
        }
        let (is_test, is_in_macro) = (self.is_test(), self.top().is_in_macro);
        let mut scope = None;
        let mut around: Vec<u32> = Vec::new();
        let mut node = Trie::RELATIVE;
        loop {
            let token = self.ahead(0);
            let mut found = None;
            match token.kind {
                Kind::Mark(b':') if self.is_colons(0) => {
                    if node == Trie::RELATIVE {
                        node = Trie::GLOBAL;
                    }
                    self.at += 2;
                    continue;
                }
                Kind::Name | Kind::Raw => {
                    let word = self.word(token);
                    let is_self = token.kind == Kind::Name
                        && self.words.of(word) == "self"
                        && !Trie::is_beginning(node)
                        && !self.is_colons(1);
                    if !is_self {
                        node = self.trie.below(node, word);
                    }
                    self.at += 1;
                    if self.is_colons(0) {
                        self.at += 2;
                        continue;
                    }
                    let mut name = self.trie.last(node).1;
                    if self.is_name(0) && self.written(self.ahead(0)) == "as" && self.is_name(1) {
                        name = self.word(self.ahead(1));
                        self.at += 2;
                    }
                    found = Some((Some(name).filter(|name| self.words.of(*name) != "_"), false));
                }
                Kind::Mark(b'*') => {
                    self.at += 1;
                    found = Some((None, true));
                }
                Kind::Mark(b'{') => {
                    around.push(node);
                    self.at += 1;
                    continue;
                }
                Kind::Mark(b',') if !around.is_empty() => {
                    node = around.last().copied().unwrap_or(node);
                    self.at += 1;
                }
                Kind::Mark(b'}') if !around.is_empty() => {
                    node = around.pop().unwrap_or(node);
                    self.at += 1;
                }
                Kind::Mark(b';') => {
                    // It ends what was for tests only as well.
                    return;
                }
                // A `use` that is broken, or a macro's.
                _ => return,
            }
            if let Some((name, is_glob)) = found {
                let scope = match scope {
                    Some(scope) => scope,
                    None => *scope.insert(self.declares()),
                };
                self.file.imports.push(Import {
                    scope,
                    path: node,
                    name,
                    is_glob,
                    is_crate: false,
                    visibility,
                    at: token.start,
                    is_test,
                    is_in_macro,
                });
            }
        }
    }
}

/// Macros that nobody has to name, and that lead nowhere.
const STANDARD_MACROS: [&str; 38] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "include",
    "include_bytes",
    "include_str",
    "is_x86_feature_detected",
    "line",
    "macro_rules",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "try",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// The namespaces.
const TYPES: u8 = 1;
const VALUES: u8 = 2;
const MACROS: u8 = 4;

/// What is declared in which scope.
struct Declared {
    /// Names that lead elsewhere: imports and modules.
    leading: FxHashSet<(u32, Word)>,
    /// Names of items, and in which namespaces they are.
    items: FxHashMap<(u32, Word), u8>,
    has_glob: Vec<bool>,
}

/// Whether a mention may lead anywhere but to its own module.
enum Leads {
    Nowhere,
    Somewhere,
}

/// What is left when the file has been read: mentions that may lead out of their module, put together, and the words
/// that are needed for them.
pub(super) fn finished(mut reader: Reader<'_>) -> RustFile {
    let declared = declared(&reader.file);
    let mut mentioned = std::mem::take(&mut reader.mentioned);
    let mut words = Vec::new();
    let special = ["crate", "self", "super"].map(|word| reader.words.known(word));
    let foreign = ["std", "core", "alloc"].map(|word| reader.words.known(word));
    let mut leads = |one: &Occurrence| {
        let is_global = reader.trie.words(one.path, &mut words);
        let Some(first) = words.first().copied() else { return Leads::Nowhere };
        if is_global {
            let is_foreign = foreign.contains(&Some(first));
            return if is_foreign { Leads::Nowhere } else { Leads::Somewhere };
        }
        if special.contains(&Some(first)) {
            return Leads::Somewhere;
        }
        // A function hides no module of its name, and no macro hides either.
        let space = match (one.is_macro, words.len()) {
            (true, 1) => MACROS,
            (_, 1) => TYPES | VALUES,
            _ => TYPES,
        };
        let mut has_glob = false;
        let mut scope = one.scope;
        loop {
            if declared.leading.contains(&(scope, first)) {
                return Leads::Somewhere;
            }
            if declared.items.get(&(scope, first)).is_some_and(|spaces| spaces & space != 0) {
                return Leads::Nowhere;
            }
            has_glob |= declared.has_glob.get(scope as usize).copied().unwrap_or(false);
            let Some(around) = reader.file.scopes.get(scope as usize) else { break };
            if !matches!(around.kind, ScopeKind::Block) || around.parent == scope {
                break;
            }
            scope = around.parent;
        }
        let is_known = match words.len() {
            1 if one.is_macro => !STANDARD_MACROS.contains(&reader.words.of(first)),
            1 => has_glob || one.context == Context::Attribute,
            _ => has_glob || !foreign.contains(&Some(first)),
        };
        // A link may name anything, and is counted only where it leads somewhere.
        if is_known || one.context == Context::Documentation { Leads::Somewhere } else { Leads::Nowhere }
    };
    mentioned.retain(|one| matches!(leads(one), Leads::Somewhere));
    mentioned.sort_unstable();
    let mut kept = Kept::new(&reader);
    let mut file = std::mem::take(&mut reader.file);
    for import in &mut file.imports {
        import.path = kept.path(&reader, import.path);
        import.name.into_iter().for_each(|name| kept.word(name));
    }
    for item in &file.items {
        kept.word(item.name);
    }
    for one in &file.declarations {
        kept.word(one.module.name);
    }
    for scope in &file.scopes {
        if let ScopeKind::Module(named) = &scope.kind {
            kept.word(named.name);
        }
    }
    let is_same = |a: &Occurrence, b: &Occurrence| Occurrence { at: 0, ..*a } == Occurrence { at: 0, ..*b };
    for group in mentioned.chunk_by(is_same) {
        let Some(one) = group.first() else { continue };
        file.mentions.push(Mention {
            scope: one.scope,
            path: kept.path(&reader, one.path),
            context: one.context,
            is_test: one.is_test,
            is_macro: one.is_macro,
            is_call: one.is_call,
            count: u32::try_from(group.len()).unwrap_or(u32::MAX),
        });
        file.places.extend(group.iter().map(|one| one.at));
    }
    kept.settle(&reader, &mut file);
    file
}

fn declared(file: &RustFile) -> Declared {
    let mut declared = Declared {
        leading: FxHashSet::default(),
        items: FxHashMap::default(),
        has_glob: vec![false; file.scopes.len()],
    };
    for import in &file.imports {
        match import.name {
            Some(name) => {
                declared.leading.insert((import.scope, name));
            }
            None if import.is_glob => declared.has_glob[import.scope as usize] = true,
            None => {}
        }
    }
    for one in &file.declarations {
        declared.leading.insert((one.scope, one.module.name));
    }
    for scope in &file.scopes {
        if let ScopeKind::Module(named) = &scope.kind {
            declared.leading.insert((scope.parent, named.name));
        }
    }
    for item in &file.items {
        *declared.items.entry((item.scope, item.name)).or_default() |= match item.kind {
            ItemKind::Type => TYPES,
            ItemKind::Struct => TYPES | VALUES,
            ItemKind::Value => VALUES,
            ItemKind::Macro | ItemKind::ExportedMacro => MACROS,
        };
    }
    declared
}

/// The paths and words that something needs.
struct Kept {
    /// The place of each path among those that are kept.
    places: Vec<u32>,
    paths: Vec<Path>,
    parts: Vec<Word>,
    is_kept: Vec<bool>,
    words: Vec<Word>,
}

impl Kept {
    fn new(reader: &Reader<'_>) -> Self {
        Self {
            places: vec![u32::MAX; reader.trie.nodes.len()],
            paths: Vec::new(),
            parts: Vec::new(),
            is_kept: vec![false; reader.words.len()],
            words: Vec::new(),
        }
    }

    fn word(&mut self, word: Word) {
        if let Some(is_kept) = self.is_kept.get_mut(word.0 as usize) {
            *is_kept = true;
        }
    }

    fn path(&mut self, reader: &Reader<'_>, node: u32) -> u32 {
        let place = self.places.get(node as usize).copied().unwrap_or(u32::MAX);
        if place != u32::MAX {
            return place;
        }
        let mut words = std::mem::take(&mut self.words);
        let is_global = reader.trie.words(node, &mut words);
        let start = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        words.iter().for_each(|word| self.word(*word));
        self.parts.extend_from_slice(&words);
        let count = u16::try_from(words.len()).unwrap_or(u16::MAX);
        self.words = words;
        let place = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        self.paths.push(Path { start, count, is_global });
        if let Some(kept) = self.places.get_mut(node as usize) {
            *kept = place;
        }
        place
    }

    /// Says everything in the words that are left.
    fn settle(self, reader: &Reader<'_>, file: &mut RustFile) {
        let (words, places) = reader.words.kept(&self.is_kept);
        let place = |word: &mut Word| {
            if let Some(place) = places.get(word.0 as usize) {
                *word = *place;
            }
        };
        file.words = words;
        file.paths = self.paths;
        file.parts = self.parts;
        file.parts.iter_mut().for_each(place);
        file.imports.iter_mut().filter_map(|one| one.name.as_mut()).for_each(place);
        file.items.iter_mut().for_each(|one| place(&mut one.name));
        file.declarations.iter_mut().for_each(|one| place(&mut one.module.name));
        for scope in &mut file.scopes {
            if let ScopeKind::Module(named) = &mut scope.kind {
                place(&mut named.name);
            }
        }
    }
}
