//! Compares watertight with cargo on any folder of real checkouts:
//!
//! ```text
//! cargo run --release --example oracle -- path/to/checkouts
//! ```
//!
//! Each folder below it (or the folder itself, if it holds a `Cargo.toml`) is one repository. Cargo
//! is run with `--offline`: run `cargo fetch` in each before. Exits with 1 if anything differs.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it runs cargo and lists folders")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[path = "../tests/suite/oracle.rs"]
mod oracle;

fn main() -> ExitCode {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let repositories: Vec<PathBuf> = folders.iter().flat_map(|folder| repositories(folder)).collect();
    let binary = watertight();
    let (mut packages, mut couplings, mut sets, mut differences) = (0, 0, 0, 0);
    for repository in &repositories {
        let found = oracle::compare(&binary, repository, true);
        println!(
            "{}: {} packages, {} couplings, {} build sets, {} differences",
            repository.display(),
            found.packages,
            found.couplings,
            found.build_sets,
            found.differences.len()
        );
        found.differences.iter().for_each(|line| println!("  differs: {line}"));
        found.notes.iter().for_each(|line| println!("  note: {line}"));
        packages += found.packages;
        couplings += found.couplings;
        sets += found.build_sets;
        differences += found.differences.len();
    }
    let count = repositories.len();
    println!(
        "{count} repositories: {packages} packages, {couplings} couplings, {sets} build sets, {differences} differences"
    );
    if differences == 0 && couplings > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn repositories(folder: &Path) -> Vec<PathBuf> {
    if folder.join("Cargo.toml").is_file() || folder.join(".git").exists() {
        return vec![folder.to_path_buf()];
    }
    let entries = std::fs::read_dir(folder).expect("a folder of checkouts");
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// The binary beside this example, built anew so that it is never an old one.
fn watertight() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let folder = own.parent().and_then(Path::parent).expect("target/<profile>/examples");
    let name = folder.file_name().and_then(|name| name.to_str()).expect("a profile");
    let profile = if name == "debug" { "dev" } else { name };
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--bin", "watertight", "--profile", profile]);
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(build.status().expect("cargo runs").success(), "watertight does not build");
    folder.join(format!("watertight{}", std::env::consts::EXE_SUFFIX))
}
