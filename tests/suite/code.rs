//! Couplings from source, through the binary: what modules name of each other, what is kept for the next run, and what no
//! source may do to the tool.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::watertight::{commit_all, copied, repository, run, testdata, write};

const MANIFEST: &str = "[package]\nname = \"shop\"\nedition = \"2024\"\n";

const FEATURES: &str = "[features.a]\npaths = [\"src/a/**\"]\n[features.b]\npaths = [\"src/b/**\"]\n\
                        [shared]\npaths = [\"src/c/**\"]\n[assemblies]\npaths = [\".\"]\n";

/// The couplings from source: from, to, kind, conditions, how many places.
fn couplings(folder: &Path) -> Vec<String> {
    let graph = run(folder, "graph --level units --format json").json();
    let told = |one: &Value| {
        let references = one.get("references")?;
        let text = |key: &str| one[key].as_str().unwrap_or_default().replace("module:shop::", "");
        let platform = one["conditions"]["platform"].as_str().map(|text| format!(" if {text}"));
        let features = one["conditions"]["cargo_features"].as_array()?;
        let features: String = features.iter().map(|one| format!(" with {one}")).collect();
        Some(format!(
            "{} {} {} × {}{}{features}",
            text("from"),
            text("kind"),
            text("to"),
            references["count"],
            platform.unwrap_or_default()
        ))
    };
    graph["couplings"].as_array().expect("couplings").iter().filter_map(told).collect()
}

#[test]
fn modules_are_coupled_by_what_their_source_names() {
    let shop = repository(&[
        ("watertight.toml", FEATURES),
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "pub mod a; pub mod b; #[path = \"c/other.rs\"] pub mod c; pub use b::deep::Thing;"),
        (
            "src/a/mod.rs",
            "use crate::b::{self, Passed as Other};\n#[cfg(feature = \"x\")] mod x;\n#[cfg(unix)] mod y;\n\
             mod z { pub fn f(_: crate::Thing) { super::super::c::made!(crate::b::deep::g()); } }\n\
             pub fn f(_: Other) { b::f(); }\n#[cfg(test)] mod tests { use crate::b::only::Test; }\n\
             /// See [`crate::c::Shared`].\npub struct Documented;\n",
        ),
        ("src/a/x.rs", "#[derive(crate::c::Derived)] #[serde(with = \"crate::b::deep\")] pub struct X;"),
        ("src/a/y.rs", "impl crate::b::Trait for super::Documented { type Item = crate::b::deep::Thing; }"),
        (
            "src/b/mod.rs",
            "pub mod deep; pub mod only; pub use deep::Thing as Passed; pub fn f() {} pub trait Trait { type Item; }",
        ),
        ("src/b/deep.rs", "pub struct Thing; pub fn g() {} include!(\"included.rs\");"),
        ("src/b/included.rs", "fn h(_: crate::c::Shared) {}"),
        ("src/b/only.rs", "pub struct Test;"),
        ("src/c/other.rs", "pub struct Shared; #[macro_export] macro_rules! made { ($e:expr) => { $e } }"),
    ]);
    assert_eq!(
        couplings(shop.path()),
        [
            "package:shop code b::deep × 1",
            "a code b × 2",
            "a code b::deep × 2",
            "a test b::only × 1",
            "a::x code c × 1 with \"x\"",
            "a::y code a × 1 if cfg(unix)",
            "a::y code b × 1 if cfg(unix)",
            "a::y code b::deep × 1 if cfg(unix)",
            "a::z code b::deep × 2",
            "a::z code c × 1",
            "b code b::deep × 1",
            "b::deep code c × 1",
        ]
    );
}

#[test]
fn binaries_of_different_features_open_their_package() {
    let shop = repository(&[
        (
            "watertight.toml",
            "[features.a]\ndeployables = [\"one\"]\n[features.b]\ndeployables = [\"two\"]\n[shared]\npaths = [\".\"]\n",
        ),
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "pub mod both;"),
        ("src/both.rs", "pub fn run() {}"),
        ("src/bin/one.rs", "mod own { pub fn f() { shop::both::run(); } } fn main() { own::f(); }"),
        ("src/bin/two.rs", "fn main() { shop::both::run(); }"),
    ]);
    assert_eq!(
        couplings(shop.path()),
        [
            "binary:shop/one code module:shop/one::own × 1",
            "binary:shop/two code both × 1",
            "module:shop/one::own code both × 1",
        ]
    );
}

#[test]
fn the_first_import_of_another_feature_fails_the_change_that_brings_it() {
    let shop = repository(&[
        ("watertight.toml", FEATURES),
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a/mod.rs", "use crate::b::Old;\n"),
        ("src/b/mod.rs", "pub mod new; pub struct Old;"),
        ("src/b/new.rs", "pub struct New;"),
    ]);
    write(shop.path(), "src/c/mod.rs", b"");
    commit_all(shop.path());
    let same = run(shop.path(), "check --since HEAD");
    assert_eq!(same.code, 0, "{}", same.transcript());
    write(shop.path(), "src/a/mod.rs", b"use crate::b::Old;\nuse crate::b::new::New;\n");
    let more = run(shop.path(), "check --since HEAD --format compact");
    assert_eq!(more.code, 1, "{}", more.transcript());
    assert!(more.output.contains("src/a/mod.rs:2"), "{}", more.transcript());
    assert!(!more.output.contains("src/a/mod.rs:1"), "{}", more.transcript());
}

#[test]
fn what_was_read_is_kept_outside_of_the_repository() {
    let shop = copied(&testdata("monorepos/bookshop"));
    commit_all(shop.path());
    let kept = tempfile::tempdir().expect("a folder");
    let arguments = format!("check --verbose --cache {}", kept.path().display());
    let first = run(shop.path(), &arguments);
    assert!(first.messages.contains("sources: 14 sources read, 0 known from "), "{}", first.messages);
    let second = run(shop.path(), &arguments);
    assert!(second.messages.contains("sources: 0 sources read, 14 known from "), "{}", second.messages);
    assert_eq!(first.output, second.output);
    // One file that changes is one that is read.
    write(shop.path(), "src/money.rs", b"pub struct Cents;");
    let third = run(shop.path(), &arguments);
    assert!(third.messages.contains("sources: 1 source read, 13 known from "), "{}", third.messages);
    let files: Vec<_> = fs::read_dir(kept.path()).expect("a folder").flatten().collect();
    assert_eq!(files.len(), 1);
    let file = files[0].path();
    for broken in [&b"watertight-kept\n"[..], b"", &[0xff; 4096]] {
        fs::write(&file, broken).expect("a broken file");
        let again = run(shop.path(), &arguments);
        assert_eq!(again.output, third.output);
        assert!(again.messages.contains("sources: 14 sources read, 0 known from "), "{}", again.messages);
    }
    fs::remove_file(&file).expect("a file");
    let none = run(shop.path(), "check --verbose --no-cache");
    assert!(none.messages.contains("sources: 14 sources read\n"), "{}", none.messages);
    assert_eq!(fs::read_dir(kept.path()).expect("a folder").count(), 0);
}

#[test]
fn no_source_harms_the_tool() {
    let deep = format!("fn f() {{ {} }}", "(a::b(".repeat(200_000));
    let generated = "pub const X: [u8; 2] = crate::b::X;\n".repeat(280_000);
    let circle = "#[path = \"x.rs\"] mod x; pub use self::x::*; pub use super::*; use x::x::x::Y;";
    // A source that is two modules of itself, and a name that is taken again and again.
    let itself = "#[path = \"itself.rs\"] mod a; #[path = \"itself.rs\"] mod b; use crate::b::*;";
    let again = "use crate::b::b;\n".repeat(20_000);
    let chain: String = (0..2_000).map(|at| format!("pub use self::n{} as n{at};\n", at + 1)).collect();
    let shop = repository(&[
        ("watertight.toml", FEATURES),
        ("Cargo.toml", &MANIFEST.replace("2024", "2077")),
        ("src/lib.rs", "pub mod a; pub mod b; pub mod gone; mod c;"),
        (
            "src/a/mod.rs",
            "mod deep; mod x; mod broken; mod itself; mod again; use crate::b::*; pub fn f(_: n0) {}",
        ),
        ("src/a/deep.rs", &deep),
        ("src/a/x.rs", circle),
        ("src/a/itself.rs", itself),
        ("src/a/again.rs", &again),
        ("src/a/broken.rs", "use crate::{b::; fn ( } } \"unclosed"),
        ("src/b/mod.rs", &chain),
        ("src/c/mod.rs", &generated),
    ]);
    write(shop.path(), "src/b/bytes.rs", b"\xff\xfe");
    let told = run(shop.path(), "check --format compact");
    assert!(matches!(told.code, 0..=2), "{}", told.transcript());
    assert!(!told.messages.contains("panicked"), "{}", told.messages);
    let found = couplings(shop.path());
    assert!(found.contains(&"c code b × 280000".to_owned()), "{found:#?}");
    assert!(found.len() < 30, "{found:#?}");
}
