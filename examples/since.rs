//! Compares what `check --since` calls new with what two full checks differ in, commit by commit.
//!
//! ```sh
//! cargo run --release --example since -- path/to/repository features.toml 200
//! ```
//!
//! For each of the last commits of the first-parent history, the binary is run three times, under one
//! configuration: `check --rev COMMIT --since COMMIT~1`, and `check --rev` on the commit and on its parent.
//! The difference of the two full reports is computed here, from their JSON alone, by the documented rule: a
//! finding is known where an earlier one of the same key had all of its members. Packages that are called
//! otherwise in the same folder are one package; where that is what explains a difference, it is counted.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "an example for people, not a part of the tool"
)]
#![expect(clippy::disallowed_methods, reason = "it runs git and the binary, as a person would")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;

/// A finding, as far as it can be the same as another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    key: String,
    members: BTreeSet<String>,
}

/// What was seen over all commits.
#[derive(Debug, Default)]
struct Tally {
    commits: usize,
    new: usize,
    inherited: usize,
    gone: usize,
    renamed: usize,
    unreadable: usize,
    different: usize,
}

struct Tool {
    repository: PathBuf,
    configuration: PathBuf,
}

impl Tool {
    fn json(&self, command: &str, arguments: &[&str]) -> Option<Value> {
        let output = Command::new(binary())
            .arg(command)
            .args(["--format", "json", "--today", "2026-11-21", "--config"])
            .arg(&self.configuration)
            .args(arguments)
            .arg(&self.repository)
            .env_clear()
            .output()
            .expect("the binary runs");
        let code = output.status.code().expect("an exit code, not a signal");
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(code <= 2 && !messages.contains("panicked"), "{arguments:?}: exit {code}: {messages}");
        serde_json::from_slice(&output.stdout).ok()
    }

    fn commits(&self, count: &str) -> Vec<String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.repository)
            .args(["rev-list", "--first-parent", "-n", count, "HEAD"])
            .output()
            .expect("git runs");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// The folder of each package of a commit, by its name.
    fn packages(&self, commit: &str) -> BTreeMap<String, String> {
        let graph = self.json("graph", &["--level", "packages", "--rev", commit]).expect("a graph");
        let units = graph["units"].as_array().expect("units").iter();
        let packages = units.filter(|unit| unit["kind"] == "package");
        packages.map(|unit| (text(&unit["path"]), text(&unit["name"]))).collect()
    }

    /// The packages that are called otherwise in the same folder: the name that each had, and has.
    fn renamed(&self, before: &str, after: &str) -> Vec<(String, String)> {
        let (before, after) = (self.packages(before), self.packages(after));
        let names = |packages: &BTreeMap<String, String>| packages.values().cloned().collect::<BTreeSet<_>>();
        let (old, new) = (names(&before), names(&after));
        let pairs = before.iter().filter_map(|(path, name)| Some((name.clone(), after.get(path)?.clone())));
        pairs.filter(|(one, other)| one != other && !new.contains(one) && !old.contains(other)).collect()
    }
}

fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this example");
    let folder = own.parent().and_then(Path::parent).expect("the folder of the profile");
    folder.join(format!("watertight{}", std::env::consts::EXE_SUFFIX))
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn findings(report: &Value, list: &str) -> BTreeSet<Known> {
    let all = report[list].as_array().expect("a list").iter();
    let known = |finding: &Value| Known {
        key: text(&finding["key"]),
        members: finding["members"].as_array().expect("members").iter().map(text).collect(),
    };
    all.map(known).collect()
}

fn difference(before: &BTreeSet<Known>, after: &BTreeSet<Known>) -> BTreeSet<Known> {
    let is_known = |one: &&Known| {
        before.iter().any(|known| known.key == one.key && known.members.is_superset(&one.members))
    };
    after.iter().filter(|one| !is_known(one)).cloned().collect()
}

/// The findings with the names that their units have now.
fn in_words_of(renamed: &[(String, String)], findings: &BTreeSet<Known>) -> BTreeSet<Known> {
    let told = |text: &String| {
        let told = text.split(' ').map(|word| {
            let hit = renamed.iter().find_map(|(old, new)| {
                let (kind, name) = word.split_once(':')?;
                let rest = name.strip_prefix(old.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{kind}:{new}{rest}"))
            });
            hit.unwrap_or_else(|| word.to_owned())
        });
        told.collect::<Vec<_>>().join(" ")
    };
    let one =
        |known: &Known| Known { key: told(&known.key), members: known.members.iter().map(told).collect() };
    findings.iter().map(one).collect()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, configuration, count] = arguments.as_slice() else {
        println!("usage: since REPOSITORY CONFIGURATION COMMITS");
        return ExitCode::from(2);
    };
    let tool = Tool { repository: repository.into(), configuration: configuration.into() };
    let mut tally = Tally::default();
    let mut later: Option<(String, Option<BTreeSet<Known>>)> = None;
    let mut commits = tool.commits(count);
    commits.extend(commits.last().map(|last| format!("{last}~1")));
    for commit in commits {
        let report = tool.json("check", &["--rev", &commit]);
        let found = report.as_ref().map(|report| findings(report, "findings"));
        if let Some((head, after)) = later.replace((commit.clone(), found.clone())) {
            compare(&tool, &mut tally, (&commit, found.as_ref()), (&head, after.as_ref()));
        }
    }
    println!("{tally:?}");
    if tally.different > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn compare(
    tool: &Tool,
    tally: &mut Tally,
    (parent, before): (&str, Option<&BTreeSet<Known>>),
    (commit, after): (&str, Option<&BTreeSet<Known>>),
) {
    tally.commits += 1;
    let since = tool.json("check", &["--rev", commit, "--since", parent]);
    let (Some(before), Some(after), Some(since)) = (before, after, since) else {
        tally.unreadable += 1;
        return;
    };
    // What a change does to the configuration can't be told from two reports of one moment each.
    let mut new = findings(&since, "findings");
    new.retain(|known| !known.key.starts_with("loosened-boundary"));
    tally.new += new.len();
    tally.inherited += since["inherited"].as_array().expect("a list").len();
    tally.gone += since["gone"].as_array().expect("a list").len();
    if new == difference(before, after) {
        return;
    }
    let renamed = tool.renamed(parent, commit);
    if new == difference(&in_words_of(&renamed, before), after) {
        tally.renamed += 1;
        println!("{commit}: the same after {} renamed packages", renamed.len());
        return;
    }
    tally.different += 1;
    println!("{commit}: new {new:#?}\nbut the full reports differ in {:#?}", difference(before, after));
}
