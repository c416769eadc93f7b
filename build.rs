#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a build script has nobody else to tell")]
//! Embeds every rule in `rules/`, so that adding a rule adds a file and nothing else; and says by which reader of sources
//! what is kept was read, so that another reader does not trust it.

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
    // What is kept was read, and followed, by this code.
    let mut sources = Vec::new();
    for reader in ["src/sources/rust/code", "src/graph/code"].map(|folder| Path::new(&root).join(folder)) {
        println!("cargo::rerun-if-changed={}", reader.display());
        let files = fs::read_dir(reader).expect("the reader is part of the package");
        sources.extend(files.map(|entry| entry.expect("a readable entry").path()));
    }
    sources.sort();
    // FNV-1a: nobody attacks it, and it needs no dependency.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let version = env::var("CARGO_PKG_VERSION").expect("cargo sets it").into_bytes();
    let sources = sources.iter().map(|path| fs::read(path).expect("a readable source"));
    for byte in sources.chain([version]).flatten() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    println!("cargo::rustc-env=READER_OF_CODE={hash:016x}");
}
