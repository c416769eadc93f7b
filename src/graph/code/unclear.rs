//! Why a dependency may be used although nothing names it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::graph::Coupling;
use crate::graph::cargo::CargoPackages;
use crate::snapshot::{Cache, ContentKey};
use crate::sources::rust::code::has_word;
use crate::text::RepoPath;

use super::sources::Sources;

/// What is asked where nothing is named.
pub(super) struct Texts<'t, 's> {
    cargo: &'t CargoPackages,
    /// The sources of each package.
    files: &'t [Vec<&'t RepoPath>],
    sources: &'t mut Sources<'s>,
    cache: &'t Cache,
    known: BTreeMap<usize, Rc<Text>>,
}

/// What the sources of a package say, as words.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Text {
    /// The [loose words](crate::sources::rust::code::RustFile::loose) of all sources.
    loose: Vec<u32>,
    /// Of those, the words of sources that export a macro by example.
    of_macros: Vec<u32>,
    /// Whether names may be put together of parts.
    pastes: bool,
    /// Whether a source can't be read.
    is_unread: bool,
    /// Whether generated code is included.
    has_generated: bool,
    /// Whether no source declares or takes anything, and whether none but the build script does.
    is_empty: bool,
    is_empty_but_for_script: bool,
}

impl Text {
    fn new(files: &[&RepoPath], sources: &Sources<'_>) -> Self {
        let mut text = Self { is_empty: true, is_empty_but_for_script: true, ..Self::default() };
        for path in files {
            let Some(file) = sources.file(path) else {
                text.is_unread = true;
                continue;
            };
            text.loose.extend(&file.loose);
            if has_word(&file.loose, "macro_export") {
                text.of_macros.extend(&file.loose);
            }
            text.pastes |= file.pastes;
            text.has_generated |= file.has_generated;
            let is_empty = file.items.is_empty() && file.declarations.is_empty() && file.imports.is_empty();
            text.is_empty &= is_empty;
            text.is_empty_but_for_script &= is_empty || path.file_name() == "build.rs";
        }
        for words in [&mut text.loose, &mut text.of_macros] {
            words.sort_unstable();
            words.dedup();
        }
        text
    }
}

impl<'t, 's> Texts<'t, 's> {
    pub(super) fn new(
        cargo: &'t CargoPackages,
        files: &'t [Vec<&'t RepoPath>],
        sources: &'t mut Sources<'s>,
        cache: &'t Cache,
    ) -> Self {
        Self { cargo, files, sources, cache, known: BTreeMap::new() }
    }

    fn of(&mut self, package: usize) -> Rc<Text> {
        if let Some(known) = self.known.get(&package) {
            return Rc::clone(known);
        }
        let text = Rc::new(self.read(package));
        self.known.insert(package, Rc::clone(&text));
        text
    }

    fn read(&mut self, package: usize) -> Text {
        let files = &self.files[package];
        let name = self.cache.file().map(|_| {
            self.sources.name(files.iter().copied());
            let mut hasher = Sha256::new();
            hasher.update(b"text");
            hasher.update(self.sources.digest(files));
            ContentKey::of_digest(hasher.finalize().into())
        });
        let kept = name.and_then(|name| postcard::from_bytes(&self.cache.get(&name)?).ok());
        if let Some(text) = kept {
            return text;
        }
        self.sources.read(files.iter().copied());
        let text = Text::new(files, self.sources);
        if let Some(name) = name.filter(|_| !self.sources.are_moving()) {
            self.cache.put(name, || postcard::to_stdvec(&text).ok());
        }
        text
    }
}

/// Why nobody can tell whether a dependency that nothing names is used; `None` if it can be told that it is not.
pub(super) fn unclear(
    (from, to): (usize, usize),
    coupling: &Coupling,
    texts: &mut Texts<'_, '_>,
) -> Option<&'static str> {
    let cargo = texts.cargo;
    let packages = &cargo.packages;
    let (user, used) = (&packages[from], &packages[to]);
    let library = used.library.as_ref()?;
    if used.links.is_some() {
        return Some("it links a native library");
    }
    let request = coupling.request.as_ref();
    let key = request.and_then(|request| request.rename.as_deref()).unwrap_or(&used.name.value);
    let is_key = |entry: &String| {
        let name = entry.strip_prefix("dep:").unwrap_or(entry);
        name == key || name.split_once('/').is_some_and(|(name, _)| name.trim_end_matches('?') == key)
    };
    let switches = coupling.conditions.optional
        || request.is_some_and(|request| !request.features.is_empty())
        || user.cargo_features.values().flatten().any(is_key);
    if switches {
        return Some("it may be there for its Cargo features");
    }
    let is_default = used.cargo_features.get("default").is_some_and(|features| !features.is_empty());
    if is_default && request.is_some_and(|request| request.default_features) && is_narrowed(to, texts.cargo) {
        return Some("it may be there for its Cargo features");
    }
    let word = match request.and_then(|request| request.rename.as_deref()) {
        Some(rename) => rename.replace('-', "_"),
        None => library.name.clone(),
    };
    let own = texts.of(from);
    if own.pastes {
        return Some("a macro may paste its name together");
    }
    if own.is_unread {
        return Some("a source of it can't be read");
    }
    if has_word(&own.loose, &word) {
        return Some("its name stands in a macro, a text or documentation");
    }
    if own.has_generated {
        return Some("its generated code may name it");
    }
    // A package that holds dependencies together, or one that is only planned.
    if own.is_empty {
        return Some("its sources are empty");
    }
    if texts.of(to).is_empty_but_for_script {
        return Some("it holds nothing but dependencies");
    }
    if may_be_named_by_macros((from, to), &word, texts) {
        return Some("a macro of another package may name it");
    }
    None
}

/// Whether some package asks for the used one without its default Cargo features.
fn is_narrowed(used: usize, cargo: &CargoPackages) -> bool {
    let mut all = cargo.packages.iter().flat_map(|package| &package.dependencies);
    all.any(|dependency| dependency.target == Some(used) && !dependency.default_features)
}

/// Whether a package that defines macros, and that the user builds on, mentions the name of the used one.
fn may_be_named_by_macros((from, to): (usize, usize), word: &str, texts: &mut Texts<'_, '_>) -> bool {
    let cargo = texts.cargo;
    let packages = &cargo.packages;
    let mut met: BTreeSet<usize> = BTreeSet::from([from]);
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        for target in packages[at].dependencies.iter().filter_map(|dependency| dependency.target) {
            if met.insert(target) {
                next.push(target);
            }
        }
    }
    met.remove(&from);
    met.into_iter().filter(|at| *at != to).any(|at| {
        let text = texts.of(at);
        let is_proc_macro = packages[at].library.as_ref().is_some_and(|library| library.is_proc_macro);
        has_word(if is_proc_macro { &text.loose } else { &text.of_macros }, word)
    })
}
