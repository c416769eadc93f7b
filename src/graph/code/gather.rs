//! What the modules of one crate refer to.

use std::collections::BTreeMap;

use crate::sources::rust::code::Context;

use super::names::{Alternatives, Meaning, Resolver, To};
use super::said::Place;
use super::tree::{Name, Names, Tree};

/// What something is referred to as, and where.
#[derive(Debug, Default)]
pub(super) struct Referred {
    /// By the name of the item; the files of places are parts of the tree.
    pub(super) items: BTreeMap<String, Vec<Place>>,
    /// Links in documentation.
    pub(super) in_docs: usize,
}

impl Referred {
    pub(super) fn add(&mut self, other: Self) {
        for (name, places) in other.items {
            self.items.entry(name).or_default().extend(places);
        }
        self.in_docs += other.in_docs;
    }
}

/// From which module, to what, whether for tests only, and the module in which it was looked up, where that is known.
pub(super) type Ends = (usize, To, bool, Option<usize>);

/// What is asked of a tree.
pub(super) struct Asked<'a> {
    /// Whether its own modules are units.
    pub(super) is_opened: bool,
    /// Whether what it names of a package matters.
    pub(super) is_wanted: &'a dyn Fn(usize) -> bool,
}

/// What a tree refers to outside of the module where it stands, as far as that is asked, each end with all of its
/// places. Of what lies in a package, the words tell one from another.
pub(super) fn gather(
    tree: &Tree,
    names: &Names,
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
) -> BTreeMap<Ends, Referred> {
    let mut gathered = Gathering { tree, names, asked, found: BTreeMap::new() };
    for at in 0..tree.imports.len() {
        gathered.import(at, resolver);
    }
    for part in 0..tree.parts.len() {
        gathered.mentions(part, resolver);
    }
    gathered.found
}

struct Gathering<'t> {
    tree: &'t Tree,
    names: &'t Names,
    asked: &'t Asked<'t>,
    found: BTreeMap<Ends, Referred>,
}

impl Gathering<'_> {
    fn import(&mut self, at: usize, resolver: &mut Resolver<'_>) {
        let import = &self.tree.imports[at];
        let part = &self.tree.parts[import.part];
        let module = self.tree.scopes[import.scope].module;
        let all: Vec<To> = resolver.import(at).all().cloned().collect();
        let passed = self.passed_on(&all, (import.scope, &import.words, import.is_global), resolver);
        let mut meant: Vec<To> =
            all.into_iter().chain(passed).filter(|to| self.is_outside(module, to)).collect();
        if meant.is_empty() {
            return;
        }
        meant.sort();
        meant.dedup();
        let through = match import.words.split_last() {
            Some((_, before)) if !before.is_empty() && self.asked.is_opened => {
                resolver.path(import.scope, before, import.is_global).module()
            }
            _ => None,
        };
        let is_test = part.is_test || import.written.is_test || self.tree.modules[module].is_test;
        let last = import.words.last().map_or(1, |word| self.names.text(*word).len());
        let place = place(import.part, import.written.at, if import.written.is_glob { 1 } else { last });
        for mut to in meant {
            if let (To::Package(package, words), true) = (&to, import.written.is_glob) {
                // A glob is known by what it brings, and told by itself.
                to = To::Package(*package, words.clone());
            }
            self.refer(module, to, is_test, &[place], through, import.written.is_glob);
        }
    }

    fn mentions(&mut self, at: usize, resolver: &mut Resolver<'_>) {
        let part = &self.tree.parts[at];
        for (mention, places) in part.file.mentioned() {
            let (words, is_global) = part.file.words_of(mention.path);
            let words: Vec<Name> = words
                .iter()
                .map(|word| part.names.get(word.0 as usize).copied().unwrap_or(u32::MAX))
                .collect();
            let scope = part.scopes.get(mention.scope as usize).copied().unwrap_or(0);
            let module = self.tree.scopes[scope].module;
            let meaning = resolver.path(scope, &words, is_global);
            let mut meant = chosen(meaning, mention.is_macro, mention.is_call, mention.context);
            meant.extend(self.passed_on(&meant, (scope, &words, is_global), resolver));
            if mention.context == Context::Documentation {
                if let Some(to) = meant.into_iter().find(|to| self.is_outside(module, to)) {
                    self.found.entry((module, to, false, None)).or_default().in_docs += places.len();
                }
                continue;
            }
            if !meant.iter().any(|to| self.is_outside(module, to)) {
                continue;
            }
            let is_test = part.is_test || mention.is_test || self.tree.modules[module].is_test;
            let written: usize = words.iter().map(|word| self.names.text(*word).len() + 2).sum();
            let length = written.saturating_sub(2);
            let places: Vec<Place> = places.iter().map(|start| place(at, *start, length)).collect();
            let through = match words.as_slice() {
                [before @ .., _] if !before.is_empty() && self.asked.is_opened => {
                    resolver.path(scope, before, is_global).module()
                }
                [only] if self.asked.is_opened && !is_global => resolver.taken_from(scope, *only),
                _ => None,
            };
            for to in meant {
                self.refer(module, to, is_test, &places, through, false);
            }
        }
    }

    /// What leads out of the repository by way of a module of the tree needs that module all the same.
    fn passed_on(
        &self,
        meant: &[To],
        (scope, words, is_global): (usize, &[Name], bool),
        resolver: &mut Resolver<'_>,
    ) -> Option<To> {
        let is_elsewhere = |to: &To| *to == To::Elsewhere;
        if !self.asked.is_opened || is_global || meant.is_empty() || !meant.iter().all(is_elsewhere) {
            return None;
        }
        (1..words.len()).rev().find_map(|end| {
            let door = resolver.path(scope, &words[..end], false).module().filter(|door| *door > 0)?;
            Some(To::Item(door, words[end]))
        })
    }

    fn is_outside(&self, module: usize, to: &To) -> bool {
        match to {
            To::Module(other) | To::Item(other, _) => self.asked.is_opened && *other != module,
            To::Package(package, _) => (self.asked.is_wanted)(*package),
            To::Elsewhere => false,
        }
    }

    fn refer(
        &mut self,
        module: usize,
        to: To,
        is_test: bool,
        places: &[Place],
        through: Option<usize>,
        is_glob: bool,
    ) {
        if !self.is_outside(module, &to) {
            return;
        }
        let mut name = match &to {
            To::Item(_, name) => self.names.text(*name).to_owned(),
            To::Package(_, words) => item_of(words, self.names),
            _ => String::new(),
        };
        if is_glob && !matches!(to, To::Item(..)) {
            name = if name.is_empty() { "*".to_owned() } else { format!("{name}::*") };
        }
        let referred = self.found.entry((module, to, is_test, through)).or_default();
        referred.items.entry(name).or_default().extend_from_slice(places);
    }
}

/// Which of the namespaces is meant where something is mentioned.
fn chosen(meaning: Meaning, is_macro: bool, is_call: bool, context: Context) -> Alternatives {
    let Meaning { types, values, macros } = meaning;
    let is_module = |to: &To| matches!(to, To::Module(_));
    let first = |all: [Alternatives; 2]| all.into_iter().find(|one| !one.is_empty()).unwrap_or_default();
    if is_macro {
        return macros;
    }
    // A module may be linked to, but stands for nothing in an expression.
    let kept = match context {
        Context::Documentation => types,
        _ => types.into_iter().filter(|to| !is_module(to)).collect(),
    };
    if is_call { first([values, kept]) } else { first([kept, values]) }
}

/// The part of a path behind a crate that names an item: what follows on a type belongs to it.
fn item_of(words: &[Name], names: &Names) -> String {
    let is_type = |word: &Name| names.text(*word).starts_with(|first: char| first.is_uppercase());
    let end = words.iter().position(is_type).map_or(words.len(), |at| at + 1);
    let words: Vec<&str> = words[..end].iter().map(|word| names.text(*word)).collect();
    words.join("::")
}

fn place(part: usize, start: u32, length: usize) -> Place {
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place { file: clamp(part), start, end: start.saturating_add(clamp(length)) }
}
