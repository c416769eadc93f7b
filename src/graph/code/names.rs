//! What a path means: the module, and the item in it, that it leads to.
//!
//! Source of the rules: The Rust Reference, "Name resolution", "Paths", "Use declarations", "Preludes", "Macros by
//! example". Namespaces are told apart, globs yield to what is named, and what is imported is followed to where it is
//! defined. What needs types is not followed: a method is found by no name.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

use crate::sources::rust::code::{ItemKind, Visibility};

use super::tree::{Defined, Name, Names, Tree, What};

/// How often imports are gone through, until nothing new is found: imports of imports of imports.
const ROUNDS: usize = 24;

/// How many declarations of one name are told apart.
const ALTERNATIVES: usize = 8;

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

/// Nearly always one.
pub(super) type Alternatives = SmallVec<[To; 1]>;

/// What a path means in each namespace: where conditions decide between several declarations, each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) types: Alternatives,
    pub(super) values: Alternatives,
    pub(super) macros: Alternatives,
}

impl Meaning {
    fn everywhere(to: To) -> Self {
        Self { types: smallvec![to.clone()], values: smallvec![to.clone()], macros: smallvec![to] }
    }

    fn of_type(to: To) -> Self {
        Self { types: smallvec![to], ..Self::default() }
    }

    fn of_types(self) -> Self {
        Self { types: self.types, ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        self.types.is_empty() && self.values.is_empty() && self.macros.is_empty()
    }

    fn is_full(&self) -> bool {
        !self.types.is_empty() && !self.values.is_empty() && !self.macros.is_empty()
    }

    /// Takes what is missing from another, which it hides elsewhere.
    fn fill(&mut self, other: Self) {
        let pairs = [
            (&mut self.types, other.types),
            (&mut self.values, other.values),
            (&mut self.macros, other.macros),
        ];
        for (own, other) in pairs {
            if own.is_empty() {
                *own = other;
            }
        }
    }

    /// Takes what another means as well: both are declared, each under its condition.
    fn join(&mut self, other: Self) {
        let pairs = [
            (&mut self.types, other.types),
            (&mut self.values, other.values),
            (&mut self.macros, other.macros),
        ];
        for (own, other) in pairs {
            for to in other {
                if own.len() < ALTERNATIVES && !own.contains(&to) {
                    own.push(to);
                }
            }
        }
    }

    /// Everything that it means.
    pub(super) fn all(&self) -> impl Iterator<Item = &To> {
        self.types.iter().chain(&self.values).chain(&self.macros)
    }

    /// The module that it means, if it is one.
    pub(super) fn module(&self) -> Option<usize> {
        self.types.iter().find_map(|to| match to {
            To::Module(module) => Some(*module),
            _ => None,
        })
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
pub(super) trait Shown: Sync {
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
    libraries: &'w dyn Shown,
    /// What each import means, as far as is known.
    imports: Vec<Meaning>,
    /// Whether that is all of it.
    is_known: Vec<bool>,
    /// The import whose own path is followed: it brings nothing to that.
    own: Option<usize>,
    /// Whether something was met of which not all is known yet.
    has_met_unknown: bool,
    looked_up: FxHashMap<(usize, Name), Meaning>,
    /// The modules of which each scope takes everything, and how far it passes that on.
    globs: FxHashMap<usize, Arc<[(To, Visibility)]>>,
    /// How many steps are left: what a person wrote takes few for each path.
    fuel: usize,
}

impl<'w> Resolver<'w> {
    pub(super) fn new(tree: &'w Tree, crates: &'w Crates, libraries: &'w dyn Shown) -> Self {
        let paths: usize = tree.parts.iter().map(|part| part.file.mentions.len()).sum();
        let mut resolver = Self {
            tree,
            crates,
            libraries,
            imports: vec![Meaning::default(); tree.imports.len()],
            is_known: vec![false; tree.imports.len()],
            own: None,
            has_met_unknown: false,
            looked_up: FxHashMap::default(),
            globs: FxHashMap::default(),
            fuel: 4_000_000 + (paths + tree.imports.len()) * 200,
        };
        resolver.settle();
        resolver
    }

    /// Finds out what imports mean, each by what is known of others, until nothing new is found.
    fn settle(&mut self) {
        let mut left: Vec<usize> = (0..self.imports.len()).collect();
        for _ in 0..ROUNDS {
            let mut has_changed = false;
            left.retain(|at| {
                self.has_met_unknown = false;
                self.own = Some(*at);
                let mut meaning = self.imported(*at);
                self.is_known[*at] = !self.has_met_unknown;
                // What nobody here declares is a crate of others.
                if self.is_known[*at] && meaning.is_empty() {
                    meaning = Meaning::everywhere(To::Elsewhere);
                }
                has_changed |= self.is_known[*at] || meaning != self.imports[*at];
                self.imports[*at] = meaning;
                !self.is_known[*at]
            });
            self.looked_up.clear();
            self.globs.clear();
            if !has_changed || left.is_empty() {
                break;
            }
        }
        self.own = None;
        for at in left {
            self.is_known[at] = true;
            if self.imports[at].is_empty() {
                self.imports[at] = Meaning::everywhere(To::Elsewhere);
            }
        }
    }

    /// What an import brings; for a glob, what it takes everything of.
    pub(super) fn import(&self, at: usize) -> &Meaning {
        &self.imports[at]
    }

    fn imported(&mut self, at: usize) -> Meaning {
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
        let mut meaning = Meaning::default();
        if self.crates.is_of_2015 && !self.is_anchored(first) {
            meaning = self.path_in(0, &import.words);
        }
        if meaning.is_empty() {
            meaning = self.path(import.scope, &import.words, import.is_global);
        }
        if import.written.is_glob { meaning.of_types() } else { meaning }
    }

    fn is_anchored(&self, first: Name) -> bool {
        let words = &self.crates.words;
        first == words.krate || first == words.own || first == words.around
    }

    /// What a path means in a scope.
    pub(super) fn path(&mut self, scope: usize, words: &[Name], is_global: bool) -> Meaning {
        let Some((first, rest)) = words.split_first() else { return Meaning::default() };
        let module = self.tree.scopes[scope].module;
        let mut rest = rest;
        let special = &self.crates.words;
        let mut meaning = if is_global {
            let found = self.named_crate(*first);
            match self.crates.is_of_2015 && !found.types.iter().any(|to| matches!(to, To::Package(..))) {
                true => self.in_module(0, *first),
                false => found,
            }
        } else if *first == special.krate {
            Meaning::of_type(To::Module(0))
        } else if *first == special.own {
            Meaning::of_type(To::Module(module))
        } else if *first == special.around {
            let mut module = self.tree.modules[module].parent;
            while let Some((_, further)) = rest.split_first().filter(|(next, _)| **next == special.around) {
                module = self.tree.modules[module].parent;
                rest = further;
            }
            Meaning::of_type(To::Module(module))
        } else {
            self.first(scope, *first)
        };
        for (at, word) in rest.iter().enumerate() {
            let mut next = Meaning::default();
            for to in std::mem::take(&mut meaning.types) {
                next.join(match to {
                    To::Module(inside) => self.behind(inside, *word),
                    // What belongs to a type or a trait: its own place is what counts.
                    To::Item(..) => Meaning::of_type(to),
                    To::Package(package, before) => {
                        let words: Vec<Name> =
                            before.iter().copied().chain(rest[at..].iter().copied()).collect();
                        Meaning::everywhere(To::Package(package, words.into()))
                    }
                    To::Elsewhere => Meaning::everywhere(To::Elsewhere),
                });
            }
            let is_through = |to: &To| matches!(to, To::Module(_) | To::Item(..));
            if !next.types.iter().any(is_through) {
                return next;
            }
            meaning = next;
        }
        meaning
    }

    /// What a name means behind a module that a path names. What is not found there is made by a macro, most likely:
    /// the code compiles, so it is there.
    fn behind(&mut self, module: usize, name: Name) -> Meaning {
        let had_met_unknown = std::mem::replace(&mut self.has_met_unknown, false);
        let mut found = self.in_module(module, name);
        if found.is_empty() && !self.has_met_unknown {
            let takes_unknown = self
                .globs_of(self.tree.modules[module].scope)
                .iter()
                .any(|(to, _)| matches!(to, To::Elsewhere | To::Package(..)));
            if !self.has_met_unknown {
                let to = if takes_unknown { To::Elsewhere } else { To::Item(module, name) };
                found = Meaning::everywhere(to);
            }
        }
        self.has_met_unknown |= had_met_unknown;
        found
    }

    /// What a path means that begins in a module.
    pub(super) fn path_in(&mut self, module: usize, words: &[Name]) -> Meaning {
        let mut meaning = Meaning::of_type(To::Module(module));
        for word in words {
            let mut next = Meaning::default();
            for to in std::mem::take(&mut meaning.types) {
                match to {
                    To::Module(inside) => next.join(self.in_module(inside, *word)),
                    to => next.join(Meaning::of_type(to)),
                }
            }
            meaning = next;
        }
        meaning
    }

    /// In which namespaces the crate shows others a name behind some words.
    pub(super) fn shown(&mut self, words: &[Name], name: Name) -> Option<Has> {
        let module = self.path_in(0, words).module()?;
        let found = self.seen(module, name, OUTSIDE);
        let has = Has {
            types: !found.types.is_empty(),
            values: !found.values.is_empty(),
            macros: !found.macros.is_empty(),
        };
        (!found.is_empty()).then_some(has)
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
    fn first(&mut self, scope: usize, name: Name) -> Meaning {
        let mut meaning = Meaning::default();
        let mut next = Some(scope);
        while let Some(scope) = next {
            let found = self.in_scope(scope, name);
            meaning.fill(found);
            next = self.tree.scopes[scope].around.filter(|_| !meaning.is_full());
        }
        if meaning.types.is_empty() {
            meaning.fill(self.of_root(name));
            meaning.fill(self.named_crate(name));
        }
        if meaning.macros.is_empty() {
            meaning.macros.extend(self.by_text(scope, name));
        }
        meaning
    }

    /// A crate that the root names by `extern crate`: it is known everywhere.
    fn of_root(&self, name: Name) -> Meaning {
        let names = &self.tree.scopes[self.tree.modules[0].scope].names;
        let imports = names.get(&name).into_iter().flatten().filter_map(|one| match one.what {
            What::Import(at) if self.tree.imports[at].written.is_crate => Some(at),
            _ => None,
        });
        imports.map(|at| self.imports[at].clone()).next().unwrap_or_default()
    }

    /// A macro by example that is known by its place in the text: of several, the one that is defined nearest.
    fn by_text(&self, scope: usize, name: Name) -> Option<To> {
        let module = self.tree.scopes[scope].module;
        let defined = self.tree.macros.get(&name)?;
        let around = defined.iter().filter(|one| self.tree.is_within(module, **one)).max();
        around.or(defined.first()).map(|module| To::Item(*module, name))
    }

    /// The module of which a scope, or one around it, takes a name together with everything else that is there; `None`
    /// where it is declared or named.
    pub(super) fn taken_from(&mut self, scope: usize, name: Name) -> Option<usize> {
        let viewer = self.tree.scopes[scope].module;
        let mut next = Some(scope);
        while let Some(scope) = next.filter(|scope| !self.tree.scopes[*scope].names.contains_key(&name)) {
            for (to, _) in self.globs_of(scope).iter() {
                if let To::Module(from) = to
                    && !self.seen(*from, name, viewer).is_empty()
                {
                    return Some(*from);
                }
            }
            next = self.tree.scopes[scope].around;
        }
        None
    }

    /// What a name means in a module.
    fn in_module(&mut self, module: usize, name: Name) -> Meaning {
        let scope = self.tree.modules[module].scope;
        let mut meaning = self.in_scope(scope, name);
        // A macro that is exported is in the root, wherever it is defined.
        if module == 0 && meaning.macros.is_empty() {
            let first = self.tree.macros.get(&name).and_then(|all| all.first());
            meaning.macros.extend(first.map(|module| To::Item(*module, name)));
        }
        meaning
    }

    fn in_scope(&mut self, scope: usize, name: Name) -> Meaning {
        let tree = self.tree;
        let mut meaning = Meaning::default();
        for one in tree.scopes[scope].names.get(&name).into_iter().flatten() {
            let found = self.defined(scope, name, *one);
            meaning.join(found);
        }
        if !meaning.is_full() && !tree.scopes[scope].globs.is_empty() {
            let found = self.by_glob(scope, name);
            meaning.fill(found);
        }
        meaning
    }

    fn defined(&mut self, scope: usize, name: Name, one: Defined) -> Meaning {
        let module = self.tree.scopes[scope].module;
        let item = || smallvec![To::Item(module, name)];
        match one.what {
            What::Module(module) => Meaning::of_type(To::Module(module)),
            What::Item(ItemKind::Type) => Meaning { types: item(), ..Meaning::default() },
            What::Item(ItemKind::Struct) => {
                Meaning { types: item(), values: item(), macros: Alternatives::new() }
            }
            What::Item(ItemKind::Value) => Meaning { values: item(), ..Meaning::default() },
            What::Item(ItemKind::Macro | ItemKind::ExportedMacro) => {
                Meaning { macros: item(), ..Meaning::default() }
            }
            What::Import(at) if self.own == Some(at) => Meaning::default(),
            What::Import(at) => {
                self.has_met_unknown |= !self.is_known[at];
                self.imports[at].clone()
            }
        }
    }

    /// What the globs of a scope bring under a name.
    fn by_glob(&mut self, scope: usize, name: Name) -> Meaning {
        let key = (scope, name);
        if let Some(known) = self.looked_up.get(&key) {
            return known.clone();
        }
        let had_met_unknown = std::mem::replace(&mut self.has_met_unknown, false);
        let viewer = self.tree.scopes[scope].module;
        let meaning = self.through_globs(scope, name, viewer);
        if !self.has_met_unknown {
            self.looked_up.insert(key, meaning.clone());
        }
        self.has_met_unknown |= had_met_unknown;
        meaning
    }

    /// What everything that a scope takes, and passes on, shows under a name: what a module declares hides what it takes.
    fn through_globs(&mut self, scope: usize, name: Name, viewer: usize) -> Meaning {
        let tree = self.tree;
        let mut meaning = Meaning::default();
        let mut met: FxHashSet<usize> = FxHashSet::from_iter([scope]);
        let mut next: Vec<To> = self.globs_of(scope).iter().map(|(to, _)| to.clone()).collect();
        while let Some(to) = next.pop() {
            if self.fuel == 0 {
                break;
            }
            self.fuel -= 1;
            let from = match to {
                To::Module(from) => from,
                To::Package(package, words) => {
                    meaning.join(self.of_library(package, &words, name));
                    continue;
                }
                _ => continue,
            };
            let inner = tree.modules[from].scope;
            if !met.insert(inner) {
                continue;
            }
            let own = self.declared(from, name, viewer);
            if !own.is_full() {
                let globs = self.globs_of(inner);
                let passed = globs.iter().filter(|(_, how)| self.is_visible(from, *how, viewer));
                next.extend(passed.map(|(to, _)| to.clone()));
            }
            meaning.join(own);
        }
        meaning
    }

    /// What a module declares under a name, and shows to another.
    fn declared(&mut self, module: usize, name: Name, viewer: usize) -> Meaning {
        let tree = self.tree;
        let scope = tree.modules[module].scope;
        let mut meaning = Meaning::default();
        for one in tree.scopes[scope].names.get(&name).into_iter().flatten() {
            if self.is_visible(module, one.visibility, viewer) {
                let found = self.defined(scope, name, *one);
                meaning.join(found);
            }
        }
        meaning
    }

    fn of_library(&self, package: usize, words: &[Name], name: Name) -> Meaning {
        let Some(has) = self.libraries.has(package, words, name) else { return Meaning::default() };
        let words: Vec<Name> = words.iter().copied().chain([name]).collect();
        let to = To::Package(package, words.into());
        let only =
            |is: bool| -> Alternatives { if is { smallvec![to.clone()] } else { Alternatives::new() } };
        Meaning { types: only(has.types), values: only(has.values), macros: only(has.macros) }
    }

    /// What a scope takes everything of.
    fn globs_of(&mut self, scope: usize) -> Arc<[(To, Visibility)]> {
        if let Some(known) = self.globs.get(&scope) {
            return Arc::clone(known);
        }
        let mut is_whole = true;
        let mut found = Vec::new();
        for at in &self.tree.scopes[scope].globs {
            is_whole &= self.is_known[*at];
            let visibility = self.tree.imports[*at].written.visibility;
            found.extend(self.imports[*at].types.iter().map(|to| (to.clone(), visibility)));
        }
        let found: Arc<[(To, Visibility)]> = found.into();
        self.has_met_unknown |= !is_whole;
        if is_whole {
            self.globs.insert(scope, Arc::clone(&found));
        }
        found
    }

    /// What a module shows another one under a name.
    fn seen(&mut self, from: usize, name: Name, viewer: usize) -> Meaning {
        let mut meaning = self.declared(from, name, viewer);
        if !meaning.is_full() {
            let scope = self.tree.modules[from].scope;
            let found = self.through_globs(scope, name, viewer);
            meaning.fill(found);
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
