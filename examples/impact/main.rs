//! Compares what `impact` says with what is so, on any checkout.
//!
//! ```sh
//! cargo run --release --example impact -- cargo path/to/workspace 30 1
//! cargo run --release --example impact -- locks path/to/repository 50
//! ```
//!
//! `cargo`: makes one random change after the other (a seed makes it the same ones again) to a source file or a
//! manifest, asks `impact --what build`, lets `cargo check --workspace` say which packages are not fresh any
//! more, compares, and puts everything back. What cargo builds anew and `impact` does not name is missed: the
//! process fails. What `impact` names beyond that is listed with the reason that it gave. The checkout must be
//! clean, and cargo must be able to build it: **this executes what the repository brings**.
//!
//! `locks`: for the last commits that touch a `Cargo.lock`, how many deployables the commit affects, how many
//! its lock files alone do, and how many there are.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example for people, not a part of the tool"
)]
#![expect(clippy::disallowed_methods, reason = "it runs git, cargo and the binary, as a person would")]

mod against_cargo;
mod locks;
mod manifests;
mod random;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number =
        |text: Option<&&str>, otherwise: usize| text.and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    match texts.as_slice() {
        ["cargo", path, rest @ ..] => {
            against_cargo::run(Path::new(path), number(rest.first(), 30), number(rest.get(1), 1))
        }
        ["locks", path, rest @ ..] => locks::run(Path::new(path), number(rest.first(), 50)),
        _ => {
            eprintln!(
                "usage: impact cargo WORKSPACE [CHANGES] [SEED], or: impact locks REPOSITORY [COMMITS]"
            );
            ExitCode::from(2)
        }
    }
}

/// The tool that was built together with this example.
fn tool() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this example");
    let folder = own.parent().and_then(Path::parent).expect("the folder of the profile");
    folder.join(format!("watertight{}", std::env::consts::EXE_SUFFIX))
}

/// What the tool answers as JSON; `None` where it refuses.
fn ask(repository: &Path, arguments: &[&str]) -> Option<Value> {
    let output = Command::new(tool())
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(repository)
        .env_clear()
        .output()
        .expect("the tool runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(!messages.contains("panicked"), "{arguments:?}: {messages}");
    let answer = serde_json::from_slice(&output.stdout).ok();
    if answer.is_none() {
        eprintln!("{arguments:?}: {messages}");
    }
    answer
}

fn git(repository: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(repository).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
