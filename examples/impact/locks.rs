//! Lock files: how many deployables a change of one affects, over the history of a repository.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode};

use serde_json::Value;

use super::{ask, git, list, text};

pub(super) fn run(repository: &Path, commits: usize) -> ExitCode {
    let count = commits.to_string();
    let arguments =
        ["log", "--first-parent", "--format=%H", "-n", &count, "--", "Cargo.lock", "*/Cargo.lock"];
    println!("commit      lock alone  whole commit  deployables");
    let mut rows = Vec::new();
    for commit in git(repository, &arguments).lines() {
        let Some(row) = row(repository, commit) else {
            println!("{}  not read", &commit[..10]);
            continue;
        };
        println!("{}  {:>10}  {:>12}  {:>11}", &commit[..10], row.0, row.1, row.2);
        rows.push(row);
    }
    let share = |part: fn(&(usize, usize, usize)) -> usize| {
        median(rows.iter().filter(|row| row.2 > 0).map(|row| part(row) * 100 / row.2).collect())
    };
    let (lock, whole) =
        (median(rows.iter().map(|row| row.0).collect()), median(rows.iter().map(|row| row.1).collect()));
    let all = median(rows.iter().map(|row| row.2).collect());
    println!(
        "\n{} commits; median: lock alone {lock} ({} %), whole commit {whole} ({} %), of {all}",
        rows.len(),
        share(|row| row.0),
        share(|row| row.1)
    );
    let none = rows.iter().filter(|row| row.0 == 0).count();
    println!("{none} of them affect no deployable by the lock file alone");
    ExitCode::SUCCESS
}

/// How many deployables the lock files alone affect, how many the whole commit does, and how many there are.
fn row(repository: &Path, commit: &str) -> Option<(usize, usize, usize)> {
    let parent = format!("{commit}~1");
    let alone = lock_alone(repository, commit, &parent);
    let all = ask(repository, &["graph", "--rev", commit, "--level", "units"])?;
    let by_lock = ask(repository, &["impact", "--rev", &alone, "--since", &parent, "--what", "deploy"])?;
    let whole = ask(repository, &["impact", "--rev", commit, "--since", &parent, "--what", "deploy"])?;
    let shipped = |answer: &Value| deployables(list(&answer["units"]));
    Some((shipped(&by_lock).len(), shipped(&whole).len(), shipped(&all).len()))
}

fn deployables(units: &[Value]) -> BTreeSet<String> {
    let is_one = |unit: &&Value| matches!(text(&unit["kind"]), "binary" | "image" | "service");
    units.iter().filter(is_one).map(|unit| text(&unit["id"]).to_owned()).collect()
}

/// A commit that has nothing of another but its lock files.
fn lock_alone(repository: &Path, commit: &str, parent: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let index = folder.path().join("index");
    let run = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(repository)
            .args(["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"])
            .args(arguments)
            .env("GIT_INDEX_FILE", &index)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    run(&["read-tree", parent]);
    let changed = run(&[
        "diff",
        "--no-renames",
        "--raw",
        "--abbrev=40",
        parent,
        commit,
        "--",
        "Cargo.lock",
        "*/Cargo.lock",
    ]);
    for line in changed.lines() {
        // `:mode mode hash hash state<tab>path`
        let Some((said, path)) = line.split_once('\t') else { continue };
        let parts: Vec<&str> = said.split(' ').collect();
        match parts.get(4) {
            Some(&"D") => run(&["update-index", "--force-remove", path]),
            _ => run(&["update-index", "--add", "--cacheinfo", &format!("{},{},{path}", parts[1], parts[3])]),
        };
    }
    let tree = run(&["write-tree"]);
    run(&["commit-tree", &tree, "-p", parent, "-m", "lock files alone"])
}

fn median(mut all: Vec<usize>) -> usize {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}
