#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a build script has nobody else to tell")]
//! Embeds every rule in `rules/`, so that adding a rule adds a file and nothing else.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut files: Vec<_> = fs::read_dir(Path::new(&root).join("rules"))
        .expect("the rules are part of the package")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let entries: String = files
        .iter()
        .map(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name in UTF-8");
            format!("({stem:?}, include_str!({path:?})),\n")
        })
        .collect();
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("built_in_rules.rs");
    fs::write(out, format!("&[\n{entries}]")).expect("a writable output folder");
}
