//! What a path means: the module, and the item in it, that it leads to.
//!
//! Source of the rules: The Rust Reference, "Name resolution", "Paths", "Use declarations", "Preludes", "Macros by
//! example". Namespaces are told apart, globs yield to what is named, and what is imported is followed to where it is
//! defined. What needs types is not followed: a method is found by no name.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::sources::rust::code::{ItemKind, Visibility};

use super::tree::{Defined, Name, Names, Tree, What};

/// How many steps one way may take: imports of imports of imports.
const DEEPEST: usize = 128;

/// Who looks from another crate.
const OUTSIDE: usize = usize::MAX;

/// Where a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    /// A module of the tree.
    Module(usize),
    /// An item that a module of the tree defines.
    Item(usize, Name),
    /// A package of the repository, and the words that follow on its name.
    Package(usize, Arc<[Name]>),
    /// Out of the repository.
    Elsewhere,
}

/// What a path means in each namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) types: Option<To>,
    pub(super) values: Option<To>,
    pub(super) macros: Option<To>,
}

impl Meaning {
    fn everywhere(to: To) -> Self {
        Self { types: Some(to.clone()), values: Some(to.clone()), macros: Some(to) }
    }

    fn of_type(to: To) -> Self {
        Self { types: Some(to), ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        self.types.is_none() && self.values.is_none() && self.macros.is_none()
    }

    fn is_full(&self) -> bool {
        self.types.is_some() && self.values.is_some() && self.macros.is_some()
    }

    /// Takes what is missing from another.
    fn fill(&mut self, other: Self) {
        self.types = self.types.take().or(other.types);
        self.values = self.values.take().or(other.values);
        self.macros = self.macros.take().or(other.macros);
    }

    /// Everything that it means.
    pub(super) fn all(&self) -> impl Iterator<Item = &To> {
        [&self.types, &self.values, &self.macros].into_iter().flatten()
    }
}

/// How a crate calls others, and by which rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Crates {
    /// The packages of the repository by the names that this crate has for them.
    pub(super) packages: FxHashMap<Name, usize>,
    /// The words with a meaning of their own.
    pub(super) words: Words,
    /// Whether paths of imports begin at the root of the crate.
    pub(super) is_of_2015: bool,
}

/// Words with a meaning of their own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Words {
    pub(super) krate: Name,
    pub(super) own: Name,
    pub(super) around: Name,
    pub(super) foreign: [Name; 5],
}

impl Words {
    pub(super) fn new(names: &mut Names) -> Self {
        Self {
            krate: names.name("crate"),
            own: names.name("self"),
            around: names.name("super"),
            foreign: ["std", "core", "alloc", "proc_macro", "test"].map(|word| names.name(word)),
        }
    }
}

/// Names in libraries of other packages, for globs.
pub(super) trait Libraries: Sync {
    /// What a name means behind some words in the library of a package, if that is known.
    fn has(&self, package: usize, words: &[Name], name: Name) -> Option<Has>;
}

/// In which namespaces a library has a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Has {
    pub(super) types: bool,
    pub(super) values: bool,
    pub(super) macros: bool,
}

/// Follows paths in one tree.
pub(super) struct Resolver<'w> {
    tree: &'w Tree,
    crates: &'w Crates,
    libraries: &'w dyn Libraries,
    imports: Vec<State>,
    looked_up: FxHashMap<(usize, Name), Meaning>,
    looking_up: FxHashSet<(usize, Name)>,
    /// How often a circle was met: what is found meanwhile may lack something.
    circles: usize,
    /// How many steps are left: what a person wrote takes few for each path.
    fuel: usize,
}

#[derive(Clone)]
enum State {
    Unknown,
    Running,
    Known(Meaning),
}

impl<'w> Resolver<'w> {
    pub(super) fn new(tree: &'w Tree, crates: &'w Crates, libraries: &'w dyn Libraries) -> Self {
        let paths: usize = tree.parts.iter().map(|part| part.file.mentions.len()).sum();
        Self {
            tree,
            crates,
            libraries,
            imports: vec![State::Unknown; tree.imports.len()],
            looked_up: FxHashMap::default(),
            looking_up: FxHashSet::default(),
            circles: 0,
            fuel: 1_000_000 + (paths + tree.imports.len()) * 200,
        }
    }

    /// What an import brings; for a glob, what it takes everything of.
    pub(super) fn import(&mut self, at: usize, depth: usize) -> Meaning {
        match self.imports.get(at) {
            Some(State::Unknown) if depth < DEEPEST => {}
            Some(State::Known(meaning)) => return meaning.clone(),
            _ => {
                self.circles += 1;
                return Meaning::default();
            }
        }
        self.imports[at] = State::Running;
        let circles = self.circles;
        let import = &self.tree.imports[at];
        let mut meaning = self.imported(at, depth);
        if import.written.is_glob {
            meaning = Meaning { types: meaning.types, ..Meaning::default() };
        }
        let is_whole = circles == self.circles || depth == 0;
        self.imports[at] = if is_whole { State::Known(meaning.clone()) } else { State::Unknown };
        meaning
    }

    fn imported(&mut self, at: usize, depth: usize) -> Meaning {
        let import = &self.tree.imports[at];
        let Some(first) = import.words.first().copied() else {
            // `use {…}::*`, or `use ::*` of the 2015 edition.
            return Meaning::of_type(To::Module(0));
        };
        if import.written.is_crate {
            return match first == self.crates.words.own {
                true => Meaning::of_type(To::Module(0)),
                false => self.named_crate(first),
            };
        }
        if self.crates.is_of_2015 && !self.is_anchored(first) {
            let from_root = self.path_in(0, &import.words, depth);
            if !from_root.is_empty() {
                return from_root;
            }
        }
        self.path(import.scope, &import.words, import.is_global, depth)
    }

    fn is_anchored(&self, first: Name) -> bool {
        let words = &self.crates.words;
        first == words.krate || first == words.own || first == words.around
    }

    /// What a path means in a scope.
    pub(super) fn path(&mut self, scope: usize, words: &[Name], is_global: bool, depth: usize) -> Meaning {
        let Some((first, rest)) = words.split_first() else { return Meaning::default() };
        let module = self.tree.scopes[scope].module;
        let mut rest = rest;
        let special = &self.crates.words;
        let mut meaning = if is_global {
            let found = self.named_crate(*first);
            match self.crates.is_of_2015 {
                true if !found.types.as_ref().is_some_and(|to| matches!(to, To::Package(..))) => {
                    self.in_module(0, *first, depth)
                }
                _ => found,
            }
        } else if *first == special.krate {
            Meaning::of_type(To::Module(0))
        } else if *first == special.own {
            Meaning::of_type(To::Module(module))
        } else if *first == special.around {
            let mut module = self.tree.modules[module].parent;
            while let Some((next, further)) = rest.split_first().filter(|(next, _)| **next == special.around)
            {
                let _ = next;
                module = self.tree.modules[module].parent;
                rest = further;
            }
            Meaning::of_type(To::Module(module))
        } else {
            self.first(scope, *first, depth)
        };
        for (at, word) in rest.iter().enumerate() {
            meaning = match meaning.types {
                Some(To::Module(next)) => self.in_module(next, *word, depth),
                // What belongs to a type or a trait: its own place is what counts.
                Some(To::Item(..)) => return Meaning { types: meaning.types, ..Meaning::default() },
                Some(To::Package(package, before)) => {
                    let words: Vec<Name> = before.iter().copied().chain(rest[at..].iter().copied()).collect();
                    return Meaning::everywhere(To::Package(package, words.into()));
                }
                Some(To::Elsewhere) => return Meaning::everywhere(To::Elsewhere),
                None => return Meaning::default(),
            };
        }
        meaning
    }

    /// In which namespaces the crate shows others a name behind some words.
    pub(super) fn shown(&mut self, words: &[Name], name: Name) -> Option<Has> {
        let Some(To::Module(module)) = self.path_in(0, words, 0).types else { return None };
        let found = self.seen(module, name, OUTSIDE, 0);
        let has = Has {
            types: found.types.is_some(),
            values: found.values.is_some(),
            macros: found.macros.is_some(),
        };
        (!found.is_empty()).then_some(has)
    }

    /// What a path means that begins in a module.
    pub(super) fn path_in(&mut self, module: usize, words: &[Name], depth: usize) -> Meaning {
        let Some((first, rest)) = words.split_first() else {
            return Meaning::of_type(To::Module(module));
        };
        let mut meaning = self.in_module(module, *first, depth);
        for word in rest {
            meaning = match meaning.types {
                Some(To::Module(next)) => self.in_module(next, *word, depth),
                Some(To::Item(..)) => return Meaning { types: meaning.types, ..Meaning::default() },
                _ => return meaning,
            };
        }
        meaning
    }

    /// A crate by the name that it has here.
    fn named_crate(&self, name: Name) -> Meaning {
        match self.crates.packages.get(&name) {
            Some(package) => Meaning::of_type(To::Package(*package, Arc::from([]))),
            None if self.crates.words.foreign.contains(&name) => Meaning::of_type(To::Elsewhere),
            None => Meaning::default(),
        }
    }

    /// What the first word of a path means: by the blocks around it, its module, and then the crates.
    fn first(&mut self, scope: usize, name: Name, depth: usize) -> Meaning {
        let mut meaning = Meaning::default();
        let mut next = Some(scope);
        while let Some(scope) = next {
            let found = self.in_scope(scope, name, depth);
            meaning.fill(found);
            next = self.tree.scopes[scope].around.filter(|_| !meaning.is_full());
        }
        if meaning.types.is_none() {
            meaning.fill(self.named_crate(name));
        }
        if meaning.macros.is_none() {
            meaning.macros = self.by_text(scope, name);
        }
        meaning
    }

    /// A macro by example that is known by its place in the text: of several, the one that is defined nearest.
    fn by_text(&self, scope: usize, name: Name) -> Option<To> {
        let module = self.tree.scopes[scope].module;
        let defined = self.tree.macros.get(&name)?;
        let around = defined.iter().filter(|one| self.tree.is_within(module, **one)).max();
        around.or(defined.first()).map(|module| To::Item(*module, name))
    }

    /// What a name means in a module.
    fn in_module(&mut self, module: usize, name: Name, depth: usize) -> Meaning {
        let scope = self.tree.modules[module].scope;
        let mut meaning = self.in_scope(scope, name, depth);
        // A macro that is exported is in the root, wherever it is defined.
        if module == 0 && meaning.macros.is_none() {
            meaning.macros =
                self.tree.macros.get(&name).and_then(|all| all.first()).map(|module| To::Item(*module, name));
        }
        meaning
    }

    fn in_scope(&mut self, scope: usize, name: Name, depth: usize) -> Meaning {
        if self.fuel == 0 || depth >= DEEPEST {
            self.circles += 1;
            return Meaning::default();
        }
        self.fuel -= 1;
        let tree = self.tree;
        let mut meaning = Meaning::default();
        let defined: &[Defined] = tree.scopes[scope].names.get(&name).map_or(&[], Vec::as_slice);
        for one in defined {
            let found = self.defined(scope, name, *one, depth);
            meaning.fill(found);
        }
        if meaning.is_full() || tree.scopes[scope].globs.is_empty() {
            return meaning;
        }
        let found = self.by_glob(scope, name, depth);
        meaning.fill(found);
        meaning
    }

    fn defined(&mut self, scope: usize, name: Name, one: Defined, depth: usize) -> Meaning {
        let module = self.tree.scopes[scope].module;
        let item = || Some(To::Item(module, name));
        match one.what {
            What::Module(module) => Meaning::of_type(To::Module(module)),
            What::Item(ItemKind::Type) => Meaning { types: item(), ..Meaning::default() },
            What::Item(ItemKind::Struct) => Meaning { types: item(), values: item(), macros: None },
            What::Item(ItemKind::Value) => Meaning { values: item(), ..Meaning::default() },
            What::Item(ItemKind::Macro | ItemKind::ExportedMacro) => {
                Meaning { macros: item(), ..Meaning::default() }
            }
            What::Import(at) => self.import(at, depth + 1),
        }
    }

    /// What the globs of a scope bring under a name.
    fn by_glob(&mut self, scope: usize, name: Name, depth: usize) -> Meaning {
        let key = (scope, name);
        if let Some(known) = self.looked_up.get(&key) {
            return known.clone();
        }
        if !self.looking_up.insert(key) {
            self.circles += 1;
            return Meaning::default();
        }
        let circles = self.circles;
        let tree = self.tree;
        let viewer = tree.scopes[scope].module;
        let mut meaning = Meaning::default();
        for glob in &tree.scopes[scope].globs {
            if meaning.is_full() {
                break;
            }
            let found = match self.import(*glob, depth + 1).types {
                Some(To::Module(from)) => self.seen(from, name, viewer, depth + 1),
                Some(To::Package(package, words)) => {
                    self.libraries.has(package, &words, name).map_or(Meaning::default(), |has| {
                        let words: Vec<Name> = words.iter().copied().chain([name]).collect();
                        let to = To::Package(package, words.into());
                        Meaning {
                            types: has.types.then(|| to.clone()),
                            values: has.values.then(|| to.clone()),
                            macros: has.macros.then_some(to),
                        }
                    })
                }
                _ => Meaning::default(),
            };
            meaning.fill(found);
        }
        self.looking_up.remove(&key);
        if circles == self.circles {
            self.looked_up.insert(key, meaning.clone());
        }
        meaning
    }

    /// What a module shows another one under a name.
    fn seen(&mut self, from: usize, name: Name, viewer: usize, depth: usize) -> Meaning {
        if self.fuel == 0 || depth >= DEEPEST {
            self.circles += 1;
            return Meaning::default();
        }
        self.fuel -= 1;
        let tree = self.tree;
        let scope = tree.modules[from].scope;
        let mut meaning = Meaning::default();
        for one in tree.scopes[scope].names.get(&name).into_iter().flatten() {
            if self.is_visible(from, one.visibility, viewer) {
                let found = self.defined(scope, name, *one, depth);
                meaning.fill(found);
            }
        }
        for glob in &tree.scopes[scope].globs {
            if meaning.is_full() {
                break;
            }
            // What a glob brings is passed on as far as the glob says.
            if self.is_visible(from, tree.imports[*glob].written.visibility, viewer) {
                let found = self.by_glob(scope, name, depth);
                meaning.fill(found);
                break;
            }
        }
        meaning
    }

    fn is_visible(&self, module: usize, visibility: Visibility, viewer: usize) -> bool {
        match visibility {
            Visibility::Public => true,
            _ if viewer == OUTSIDE => false,
            Visibility::Crate => true,
            Visibility::Super => self.tree.is_within(viewer, self.tree.modules[module].parent),
            Visibility::Private => self.tree.is_within(viewer, module),
        }
    }
}
