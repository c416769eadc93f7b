//! Why a dependency may be used although nothing names it.

use std::collections::BTreeSet;

use crate::graph::Coupling;
use crate::graph::cargo::CargoPackages;
use crate::sources::rust::code::names_word;
use crate::text::RepoPath;

use super::sources::Sources;

/// What is asked where nothing is named.
#[derive(Clone, Copy)]
pub(super) struct Texts<'t> {
    pub(super) cargo: &'t CargoPackages,
    pub(super) sources: &'t Sources<'t>,
    /// The sources of each package.
    pub(super) files: &'t [Vec<&'t RepoPath>],
}

/// Why nobody can tell whether a dependency that nothing names is used; `None` if it can be told that it is not.
pub(super) fn unclear(
    (from, to): (usize, usize),
    coupling: &Coupling,
    texts: Texts<'_>,
) -> Option<&'static str> {
    let packages = &texts.cargo.packages;
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
    if is_default && request.is_some_and(|request| request.default_features) && is_narrowed(to, texts) {
        return Some("it may be there for its Cargo features");
    }
    let word = match request.and_then(|request| request.rename.as_deref()) {
        Some(rename) => rename.replace('-', "_"),
        None => library.name.clone(),
    };
    let own = &texts.files[from];
    for path in own {
        match texts.sources.text(path) {
            Some(text) if text.contains("[<") && text.contains("paste") => {
                return Some("a macro may paste its name together");
            }
            None => return Some("a source of it can't be read"),
            Some(text) if names_word(&text, &word) => {
                return Some("a macro, a text or documentation names it");
            }
            Some(_) => {}
        }
    }
    let is_generated = |path: &&&RepoPath| texts.sources.file(path).is_none_or(|file| file.has_generated);
    if own.iter().any(|path| is_generated(&path)) {
        return Some("its generated code may name it");
    }
    // A package that holds dependencies together, or one that is only planned.
    let is_empty = |path: &RepoPath| {
        texts.sources.file(path).is_some_and(|file| {
            file.items.is_empty() && file.declarations.is_empty() && file.imports.is_empty()
        })
    };
    if own.iter().all(|path| is_empty(path)) {
        return Some("its sources are empty");
    }
    if texts.files[to].iter().filter(|path| path.file_name() != "build.rs").all(|path| is_empty(path)) {
        return Some("it holds nothing but dependencies");
    }
    if may_be_named_by_macros((from, to), &word, texts) {
        return Some("a macro of another package may name it");
    }
    None
}

/// Whether some package asks for the used one without its default Cargo features.
fn is_narrowed(used: usize, texts: Texts<'_>) -> bool {
    let mut all = texts.cargo.packages.iter().flat_map(|package| &package.dependencies);
    all.any(|dependency| dependency.target == Some(used) && !dependency.default_features)
}

/// Whether a package that defines macros, and that the user builds on, mentions the name of the used one.
fn may_be_named_by_macros((from, to): (usize, usize), word: &str, texts: Texts<'_>) -> bool {
    let packages = &texts.cargo.packages;
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
        let is_proc_macro = packages[at].library.as_ref().is_some_and(|library| library.is_proc_macro);
        let mut texts = texts.files[at].iter().filter_map(|path| texts.sources.text(path));
        texts.any(|text| (is_proc_macro || text.contains("macro_export")) && names_word(&text, word))
    })
}
