//! Runs the binary as a user does, without anything of the user's environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a run said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) messages: String,
}

impl Run {
    /// Everything, as a snapshot shows it.
    pub(crate) fn transcript(&self) -> String {
        let messages = match self.messages.as_str() {
            "" => String::new(),
            messages => format!("--- stderr ---\n{messages}"),
        };
        format!("{}{messages}--- exit {} ---\n", self.output, self.code)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {}", self.transcript()))
    }
}

pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_watertight"))
}

/// Runs it with arguments split at spaces outside of double quotes, in a folder.
pub(crate) fn run(folder: &Path, arguments: &str) -> Run {
    let mut is_quoted = false;
    let split = arguments.split(|character| {
        is_quoted ^= character == '"';
        character == ' ' && !is_quoted
    });
    let output = Command::new(binary())
        .args(split.map(|argument| argument.trim_matches('"')))
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run {
        code: output.status.code().expect("an exit code, not a signal"),
        output: text(output.stdout),
        messages: text(output.stderr),
    }
}

/// A folder of the test data.
pub(crate) fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

/// The folders of a folder, sorted.
pub(crate) fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).expect("a folder");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    assert!(!found.is_empty(), "nothing in {}", path.display());
    found
}

pub(crate) fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8")
}

/// A repository in a temporary folder.
pub(crate) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, content) in files {
        write(folder.path(), path, content.as_bytes());
    }
    folder
}

pub(crate) fn write(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}

/// Copies a fixture, so that cargo can leave its lock file and target folder there.
pub(crate) fn copied(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(from, folder.path());
    folder
}

/// Runs git in a folder, without anything of the user's environment.
pub(crate) fn git(folder: &Path, arguments: &str) -> String {
    git_on(folder, "2026-11-20", "Somebody", arguments)
}

/// The same on another day, by somebody else.
pub(crate) fn git_on(folder: &Path, day: &str, author: &str, arguments: &str) -> String {
    let output = Command::new("git")
        .args(["-c", &format!("user.name={author}"), "-c", "user.email=somebody@example.com"])
        .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
        .args(arguments.split(' '))
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").expect("a PATH"))
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_DATE", format!("{day}T12:00:00Z"))
        .env("GIT_COMMITTER_DATE", format!("{day}T12:00:00Z"))
        .output()
        .expect("git runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments}: {messages}");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// Makes a repository of a folder, with all that lies in it in one commit.
pub(crate) fn commit_all(folder: &Path) {
    if !folder.join(".git").exists() {
        git(folder, "init --quiet");
    }
    git(folder, "add --all --force");
    git(folder, "commit --quiet --allow-empty --message=all");
}

/// Takes everything out of a folder but its repository.
pub(crate) fn empty(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if name(&path) == ".git" {
            continue;
        }
        match path.is_dir() {
            true => std::fs::remove_dir_all(&path).expect("removed"),
            false => std::fs::remove_file(&path).expect("removed"),
        }
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
