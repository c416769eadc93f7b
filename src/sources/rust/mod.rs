//! What a Rust source names besides its modules: files that it includes, folders that a macro or a build
//! script reads. Every text in quotes may be a path; which of them are is known only with the files.

pub mod code;
mod generation;
mod literals;

use std::collections::BTreeSet;

use memchr::{memchr_iter, memmem};

pub use generation::{Generation, Side, generation, made_by_macro};

/// How long a path in quotes may be, in bytes.
const LONGEST: usize = 512;

/// The texts in quotes whose last part, as a path, is one of `names`; each once, in order.
///
/// What is between any two quotes counts, so that no quote in a comment or a character hides one.
pub fn named_paths<'t>(text: &'t str, names: &BTreeSet<&str>) -> BTreeSet<&'t str> {
    let mut found = BTreeSet::new();
    let mut before: Option<usize> = None;
    for quote in memchr_iter(b'"', text.as_bytes()) {
        if let Some(start) = before.filter(|start| quote - start <= LONGEST) {
            let inside = &text[start..quote];
            let last = inside.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if names.contains(last) {
                found.insert(inside);
            }
        }
        before = Some(quote + 1);
    }
    found
}

/// Whether a source asks where its package lies, so that what it names may lie in a folder around that.
pub fn asks_for_its_folder(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"CARGO_MANIFEST_DIR").is_some()
}

/// Whether a build script goes to the folders around its package.
pub fn leaves_its_folder(text: &str) -> bool {
    let finds = |what: &str| memmem::find(text.as_bytes(), what.as_bytes()).is_some();
    asks_for_its_folder(text) || [".parent()", ".ancestors()", "\"..\""].into_iter().any(finds)
}

/// For which files cargo runs a build script again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// For any in the package, or it can't be told.
    Everything,
    /// For these files and folders, seen from the package.
    Only(Vec<String>),
}

/// What begins the line by which a build script says it.
const SAID: &str = "rerun-if-changed=";

/// What a build script says itself. It is believed only where it can say nothing else: all that it says
/// stands in it word by word, and no other package and no module helps it.
pub fn watched(text: &str, has_help: bool) -> Watched {
    let has_modules = text.lines().any(|line| {
        let line = line.trim_start().trim_start_matches("pub ");
        line.starts_with("mod ") || line.starts_with("include!") || line.starts_with("#[path")
    });
    let mentions = text.matches("rerun-if").count();
    let mut said = Vec::new();
    for (at, _) in text.match_indices(SAID) {
        let rest = &text[at + SAID.len()..];
        let end = rest.find(['"', '\\', '{', '\n']).unwrap_or(rest.len());
        if rest[end..].starts_with('"') && end > 0 {
            said.push(rest[..end].to_owned());
        }
    }
    let is_all = mentions > 0 && said.len() == mentions && !has_help && !has_modules;
    if is_all { Watched::Only(said) } else { Watched::Everything }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Watched, named_paths, watched};

    #[test]
    fn paths_in_quotes_are_found_whatever_stands_around_them() {
        let names = BTreeSet::from(["a.txt", "proto"]);
        for (text, expected) in [
            (r#"include_str!("../a.txt")"#, &["../a.txt"][..]),
            (r##"let x = r#"x/a.txt"#;"##, &["x/a.txt"]),
            (r#"let quote = '"'; include_str!("a.txt")"#, &["a.txt"]),
            (r#"compile(&["../proto/"])"#, &["../proto/"]),
            (r#"include_str!("b.txt")"#, &[]),
        ] {
            let found: Vec<&str> = named_paths(text, &names).into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_build_script_is_believed_only_where_it_can_say_nothing_else() {
        let one = "fn main() { println!(\"cargo:rerun-if-changed=build.rs\"); }";
        assert_eq!(watched(one, false), Watched::Only(vec!["build.rs".to_owned()]));
        assert_eq!(watched(one, true), Watched::Everything);
        for text in [
            "fn main() {}",
            "fn main() { println!(\"cargo:rerun-if-changed={file}\"); }",
            "mod more;\nfn main() { println!(\"cargo:rerun-if-changed=build.rs\"); }",
            "fn main() { println!(\"cargo:rerun-if-env-changed=X\"); }",
        ] {
            assert_eq!(watched(text, false), Watched::Everything, "{text}");
        }
    }
}
