//! What belongs to a work tree: the same on every machine, whatever its user has configured.

use std::process::Command;

use crate::watertight::{binary, repository, write};

fn packages(folder: &std::path::Path, home: &std::path::Path) -> Vec<String> {
    let output = Command::new(binary())
        .args(["graph", "--level", "packages", "--format", "json", "."])
        .current_dir(folder)
        .env_clear()
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .output()
        .expect("the binary runs");
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let units = graph["units"].as_array().expect("units");
    units.iter().map(|unit| unit["name"].as_str().expect("a name").to_owned()).collect()
}

fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\n")
}

#[test]
fn only_the_repositorys_own_ignore_files_count() {
    let folder = repository(&[
        (".gitignore", "/generated\n"),
        (".ignore", "*\n"),
        (".git/info/exclude", "kept-2\n"),
        ("generated/Cargo.toml", &manifest("generated")),
        (".github/tool/Cargo.toml", &manifest("hidden")),
        (".git/odd/Cargo.toml", &manifest("inside-git")),
        ("kept/Cargo.toml", &manifest("kept")),
        ("kept-2/Cargo.toml", &manifest("kept-2")),
        ("vendor/dep/Cargo.toml", &manifest("dep")),
        ("vendor/dep/.cargo-checksum.json", "{}"),
    ]);
    let home = repository(&[
        (".config/git/ignore", "kept\n"),
        (".gitconfig", "[core]\nexcludesFile = ~/.ignored\n"),
        (".ignored", "kept\n"),
    ]);
    assert_eq!(packages(folder.path(), home.path()), ["hidden", "kept", "kept-2"]);
}

#[test]
fn an_ignore_file_above_the_repository_does_not_reach_in() {
    let outer = repository(&[(".gitignore", "*\n"), ("inner/watertight.toml", "")]);
    write(outer.path(), "inner/kept/Cargo.toml", manifest("kept").as_bytes());
    assert_eq!(packages(&outer.path().join("inner"), outer.path()), ["kept"]);
}

/// Read twice, in different orders of creation: nothing may depend on the order of the disk.
#[test]
fn the_order_on_the_disk_does_not_matter() {
    let names: Vec<String> = (0..40).map(|number| format!("package-{number:02}")).collect();
    let make = |names: &mut dyn Iterator<Item = &String>| {
        let folder = repository(&[]);
        for name in names {
            write(folder.path(), &format!("{name}/Cargo.toml"), manifest(name).as_bytes());
        }
        packages(folder.path(), folder.path())
    };
    assert_eq!(make(&mut names.iter()), make(&mut names.iter().rev()));
}
