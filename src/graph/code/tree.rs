//! The modules of one crate: what `mod` declares, from the root of a target down.
//!
//! Source of the rules: The Rust Reference, "Modules" and "The path attribute".

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sources::rust::code::{Import, ItemKind, Named, RustFile, ScopeKind, Visibility, Word};
use crate::text::{Location, RepoPath, Span};

use super::sources::Sources;

/// How deep modules may lie in each other.
const DEEPEST: usize = 64;

/// How many modules a crate may have.
const MOST: usize = 100_000;

/// How many declarations of one name are told apart in one scope: conditions decide between fewer.
const DECLARED: usize = 32;

/// How long a condition may become, in bytes.
const LONGEST_CONDITION: usize = 400;

/// How many modules may define a macro by example of one name.
const MACROS: usize = 1_000;

/// How much the sources of a crate may say, in words, items, imports and mentions: one source may stand for many modules,
/// and does not have to be large for that.
const LARGEST: usize = 8_000_000;

/// A word, the same in all files.
pub(super) type Name = u32;

/// The words of all files, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: FxHashMap<Arc<str>, Name>,
    in_order: Vec<Arc<str>>,
}

impl Names {
    pub(super) fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.known.get(text) {
            return *name;
        }
        let text: Arc<str> = Arc::from(text);
        let name = u32::try_from(self.in_order.len()).unwrap_or(u32::MAX);
        self.known.insert(Arc::clone(&text), name);
        self.in_order.push(text);
        name
    }

    pub(super) fn text(&self, name: Name) -> &str {
        self.in_order.get(name as usize).map_or("", |text| text)
    }
}

/// A module; the first of a tree is the root.
#[derive(Debug)]
pub(super) struct Module {
    /// The module around it; the root's own is itself.
    pub(super) parent: usize,
    pub(super) name: Name,
    pub(super) scope: usize,
    /// Its file; the first, where a condition decides between several.
    pub(super) file: RepoPath,
    pub(super) declared_at: Location,
    /// The `cfg` that it depends on, also by what is around it.
    pub(super) condition: Option<Arc<str>>,
    /// Whether it is compiled for tests only.
    pub(super) is_test: bool,
}

/// Where names are looked up.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) module: usize,
    /// The scope around a block; a module has none.
    pub(super) around: Option<usize>,
    pub(super) names: FxHashMap<Name, Vec<Defined>>,
    pub(super) globs: Vec<usize>,
}

/// What a name is declared to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Defined {
    pub(super) what: What,
    pub(super) visibility: Visibility,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Module(usize),
    Item(ItemKind),
    /// What an import brings, by its position.
    Import(usize),
}

/// An import in its tree.
#[derive(Debug)]
pub(super) struct Imported {
    pub(super) scope: usize,
    pub(super) words: Box<[Name]>,
    pub(super) is_global: bool,
    pub(super) part: usize,
    pub(super) written: Import,
}

/// A file in the tree: one file may be several modules.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: RepoPath,
    pub(super) file: Arc<RustFile>,
    /// Its scopes in the tree.
    pub(super) scopes: Vec<usize>,
    /// Its words.
    pub(super) names: Arc<[Name]>,
    /// Whether all of it is compiled for tests only.
    pub(super) is_test: bool,
}

/// The modules of one crate.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
    pub(super) scopes: Vec<Scope>,
    pub(super) imports: Vec<Imported>,
    pub(super) parts: Vec<Part>,
    /// Macros by example that are known by their place in the text, and the modules that define them.
    pub(super) macros: FxHashMap<Name, Vec<usize>>,
    /// Files that could not be read, or are not there.
    pub(super) unread: BTreeSet<RepoPath>,
}

/// A file that is to become a part of the tree.
struct Wanted {
    path: RepoPath,
    /// The files in which it is declared, one in the other: none of them is declared in itself.
    chain: Option<Rc<Chain>>,
    /// The module that it is, or is a part of.
    module: usize,
    /// The scope that takes in what it declares.
    scope: usize,
    /// Where the files of its modules lie.
    folder: RepoPath,
    depth: usize,
    is_test: bool,
}

/// A file, and the one that declares it.
struct Chain {
    path: RepoPath,
    around: Option<Rc<Self>>,
}

impl Chain {
    fn has(this: Option<&Rc<Self>>, path: &RepoPath) -> bool {
        let mut next = this;
        while let Some(one) = next {
            if one.path == *path {
                return true;
            }
            next = one.around.as_ref();
        }
        false
    }
}

/// Two conditions of which both have to hold.
fn both(around: Option<Arc<str>>, own: Option<&str>) -> Option<Arc<str>> {
    match (around, own) {
        (Some(around), Some(own)) if *around != *own => {
            let inner = |condition: &str| {
                let inner = condition.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')'));
                inner.unwrap_or(condition).to_owned()
            };
            let text = format!("cfg(all({}, {}))", inner(&around), inner(own));
            // What is around may be long already; what follows then says no more than it.
            Some(if text.len() <= LONGEST_CONDITION { Arc::from(text) } else { around })
        }
        (around, own) => around.or_else(|| own.map(Arc::from)),
    }
}

/// Adds a declaration to those of a name in a scope.
fn declare(names: &mut FxHashMap<Name, Vec<Defined>>, name: Name, defined: Defined) {
    let known = names.entry(name).or_default();
    if known.len() < DECLARED && !known.contains(&defined) {
        known.push(defined);
    }
}

/// The words of files in the words of all, each file once.
type Worded = FxHashMap<RepoPath, Arc<[Name]>>;

impl Tree {
    /// The tree below a root file. `is_test` says of a whole target that it is there for tests.
    pub(super) fn build(root: &RepoPath, is_test: bool, sources: &Sources<'_>, names: &mut Names) -> Self {
        let mut tree = Self::default();
        let folder = root.parent().unwrap_or_else(RepoPath::root);
        let at = Location { path: root.clone(), span: Span::new(0..0) };
        tree.module(0, names.name("crate"), (root.clone(), at), None, is_test);
        let root = Wanted { path: root.clone(), chain: None, module: 0, scope: 0, folder, depth: 0, is_test };
        let mut wanted = vec![root];
        let mut met: BTreeSet<(RepoPath, usize)> = BTreeSet::new();
        let mut worded = Worded::default();
        let mut size = 0_usize;
        while let Some(next) = wanted.pop() {
            if next.depth > DEEPEST
                || tree.modules.len() > MOST
                || Chain::has(next.chain.as_ref(), &next.path)
                || !met.insert((next.path.clone(), next.module))
            {
                continue;
            }
            match sources.file(&next.path) {
                Some(file) => {
                    size +=
                        file.words.all().len() + file.items.len() + file.imports.len() + file.mentions.len();
                    if size > LARGEST {
                        break;
                    }
                    let own = worded.entry(next.path.clone());
                    let own = own.or_insert_with(|| file.words.all().map(|word| names.name(word)).collect());
                    tree.take_in(&next, &file, own, sources, &mut wanted);
                }
                None => {
                    tree.unread.insert(next.path);
                }
            }
        }
        tree
    }

    fn module(
        &mut self,
        parent: usize,
        name: Name,
        (file, declared_at): (RepoPath, Location),
        condition: Option<Arc<str>>,
        is_test: bool,
    ) -> usize {
        let module = self.modules.len();
        let scope = self.scopes.len();
        self.scopes.push(Scope { module, around: None, names: FxHashMap::default(), globs: Vec::new() });
        self.modules.push(Module { parent, name, scope, file, declared_at, condition, is_test });
        module
    }

    /// The module of a name in a scope: the same, if another condition declared it already.
    fn module_in(
        &mut self,
        scope: usize,
        named: &Named,
        name: Name,
        place: (RepoPath, Location),
        is_test: bool,
    ) -> usize {
        let known =
            self.scopes[scope].names.get(&name).into_iter().flatten().find_map(|one| match one.what {
                What::Module(module) => Some(module),
                _ => None,
            });
        if let Some(module) = known {
            // It is there under the one condition or the other, and not for tests alone if one of them is not.
            let module_of = &mut self.modules[module];
            module_of.is_test &= is_test;
            module_of.condition = None;
            return module;
        }
        let parent = self.scopes[scope].module;
        let around = self.modules[parent].condition.clone();
        let condition = both(around, named.condition.as_deref());
        let module = self.module(parent, name, place, condition, is_test);
        let defined = Defined { what: What::Module(module), visibility: named.visibility };
        declare(&mut self.scopes[scope].names, name, defined);
        module
    }

    fn take_in(
        &mut self,
        next: &Wanted,
        file: &Arc<RustFile>,
        own: &Arc<[Name]>,
        sources: &Sources<'_>,
        wanted: &mut Vec<Wanted>,
    ) {
        let chain = Rc::new(Chain { path: next.path.clone(), around: next.chain.clone() });
        let name = |word: Word| own.get(word.0 as usize).copied().unwrap_or(u32::MAX);
        let place = |at: u32, word: Word| {
            let start = at as usize;
            let span = Span::new(start..start + file.words.of(word).len());
            Location { path: next.path.clone(), span }
        };
        let part = self.parts.len();
        if let Some(ScopeKind::File { condition: Some(condition) }) = file.scopes.first().map(|one| &one.kind)
        {
            let around = self.modules[next.module].condition.take();
            self.modules[next.module].condition = both(around, Some(condition));
        }
        // What is around a scope may stand behind it.
        let mut scopes = vec![usize::MAX; file.scopes.len()];
        let mut folders = vec![next.folder.clone(); file.scopes.len()];
        let mut waiting: Vec<usize> = (0..file.scopes.len()).rev().collect();
        let mut turns = file.scopes.len().saturating_mul(8);
        while let Some(at) = waiting.pop() {
            let Some(scope) = file.scopes.get(at) else { continue };
            let around = scope.parent as usize;
            if at > 0 && scopes.get(around).is_none_or(|scope| *scope == usize::MAX) {
                turns = turns.saturating_sub(1);
                if around != at && around < file.scopes.len() && turns > 0 {
                    waiting.extend([at, around]);
                }
                continue;
            }
            if scopes[at] != usize::MAX {
                continue;
            }
            let folder = folders[around].clone();
            scopes[at] = match &scope.kind {
                ScopeKind::File { .. } => next.scope,
                ScopeKind::Block => {
                    let around = scopes[around];
                    let module = self.scopes[around].module;
                    let names = FxHashMap::default();
                    self.scopes.push(Scope { module, around: Some(around), names, globs: Vec::new() });
                    folders[at] = folder;
                    self.scopes.len() - 1
                }
                ScopeKind::Module(named) => {
                    let inner = named.paths.first().map_or(file.words.of(named.name), String::as_str);
                    folders[at] = folder.join(inner).unwrap_or(folder);
                    let is_test = next.is_test || scope.is_test;
                    let place = (next.path.clone(), place(named.at, named.name));
                    let module = self.module_in(scopes[around], named, name(named.name), place, is_test);
                    self.modules[module].scope
                }
            };
        }
        scopes.iter_mut().filter(|scope| **scope == usize::MAX).for_each(|scope| *scope = next.scope);
        let scope_of = |at: u32| scopes.get(at as usize).copied().unwrap_or(next.scope);
        for item in &file.items {
            let scope = scope_of(item.scope);
            let module = self.scopes[scope].module;
            let defined = Defined { what: What::Item(item.kind), visibility: item.visibility };
            match item.kind {
                ItemKind::Macro | ItemKind::ExportedMacro => {
                    let known = self.macros.entry(name(item.name)).or_default();
                    if known.len() < MACROS && known.last() != Some(&module) {
                        known.push(module);
                    }
                }
                _ => declare(&mut self.scopes[scope].names, name(item.name), defined),
            }
        }
        for import in &file.imports {
            let scope = scope_of(import.scope);
            let (words, is_global) = file.words_of(import.path);
            let at = self.imports.len();
            self.imports.push(Imported {
                scope,
                words: words.iter().map(|word| name(*word)).collect(),
                is_global,
                part,
                written: import.clone(),
            });
            if import.is_glob {
                self.scopes[scope].globs.push(at);
            } else if let Some(own) = import.name {
                let defined = Defined { what: What::Import(at), visibility: import.visibility };
                declare(&mut self.scopes[scope].names, name(own), defined);
            }
        }
        let folder_of_file = next.path.parent().unwrap_or_else(RepoPath::root);
        for one in &file.declarations {
            let around = one.scope as usize;
            let is_in_file =
                !matches!(file.scopes.get(around).map(|one| &one.kind), Some(ScopeKind::Module(_)));
            let files = files_of(
                &one.module,
                file.words.of(one.module.name),
                (folders.get(around).unwrap_or(&next.folder), &folder_of_file),
                is_in_file,
                sources,
            );
            if files.is_empty() {
                let name = file.words.of(one.module.name);
                let folder = folders.get(around).unwrap_or(&next.folder);
                self.unread.extend(folder.join(&format!("{name}.rs")));
                self.unread.extend(folder.join(&format!("{name}/mod.rs")));
            }
            for (path, folder) in files {
                let is_test = next.is_test || one.is_test;
                let place = (path.clone(), place(one.module.at, one.module.name));
                let module =
                    self.module_in(scope_of(one.scope), &one.module, name(one.module.name), place, is_test);
                let scope = self.modules[module].scope;
                let (chain, depth) = (Some(Rc::clone(&chain)), next.depth + 1);
                wanted.push(Wanted { path, chain, module, scope, folder, depth, is_test });
            }
        }
        for one in &file.included {
            let scope = scope_of(one.scope);
            let Some(path) = folder_of_file.join(&one.path) else { continue };
            wanted.push(Wanted {
                chain: Some(Rc::clone(&chain)),
                folder: next.folder.clone(),
                path,
                module: self.scopes[scope].module,
                scope,
                depth: next.depth + 1,
                is_test: next.is_test || one.is_test,
            });
        }
        self.parts.push(Part {
            path: next.path.clone(),
            file: Arc::clone(file),
            scopes,
            names: Arc::clone(own),
            is_test: next.is_test,
        });
    }

    /// The files that it is made of, and those that it would be made of if they were there.
    pub(super) fn files(&self) -> impl Iterator<Item = &RepoPath> {
        self.parts.iter().map(|part| &part.path).chain(&self.unread)
    }

    /// Whether a module is another one or lies in it.
    pub(super) fn is_within(&self, mut module: usize, outer: usize) -> bool {
        for _ in 0..=DEEPEST * 4 {
            if module == outer {
                return true;
            }
            let parent = self.modules[module].parent;
            if parent == module {
                return false;
            }
            module = parent;
        }
        false
    }
}

/// The files that a module without a body may be in, each with the folder in which the files of its own modules lie.
fn files_of(
    named: &Named,
    name: &str,
    (folder, folder_of_file): (&RepoPath, &RepoPath),
    is_in_file: bool,
    sources: &Sources<'_>,
) -> Vec<(RepoPath, RepoPath)> {
    let given = named.paths.iter().filter_map(|path| {
        let from = if is_in_file { folder_of_file } else { folder };
        let path = from.join(path)?;
        let folder = path.parent()?;
        Some((path, folder))
    });
    let mut files: Vec<(RepoPath, RepoPath)> = given.collect();
    let own = folder.join(name);
    let usual = [folder.join(&format!("{name}.rs")), folder.join(&format!("{name}/mod.rs"))];
    let usual = usual.into_iter().flatten().find(|path| sources.has(path));
    match usual.zip(own) {
        // A path that only a condition gives leaves the usual one as well.
        Some(usual) if files.is_empty() => files.push(usual),
        Some(usual) if files.iter().all(|(path, _)| !sources.has(path)) => files.push(usual),
        _ => {}
    }
    files
}
