//! Checks real repositories with the configurations in `testdata/real/` and compares the counts of
//! their findings with what is expected there:
//!
//! ```text
//! cargo run --release --example real -- path/to/checkouts
//! ```
//!
//! The checkout of each configuration is the folder of the same name below the given one;
//! `expected.toml` says which repository and which commit it was written for. A checkout that is not
//! there is said and passed over. Exits with 1 if any count differs, or if nothing was compared.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it reads the expectations and asks git for a commit")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use watertight::Repository;
use watertight::features::Configuration;
use watertight::rules::Level;
use watertight::snapshot::WorkTree;
use watertight::text::{Date, RepoPath};

/// Counts by name: rules, and the keys of the summary.
type Counts = BTreeMap<String, i64>;

fn main() -> ExitCode {
    let Some(checkouts) = std::env::args_os().nth(1).map(PathBuf::from) else {
        println!("usage: cargo run --release --example real -- path/to/checkouts");
        return ExitCode::FAILURE;
    };
    let configurations = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/real");
    let mut names: Vec<String> = std::fs::read_dir(&configurations)
        .expect("the configurations")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| configurations.join(name).is_dir())
        .collect();
    names.sort();
    let (mut compared, mut differing, mut missing) = (0, 0, 0);
    for name in names {
        let (folder, checkout) = (configurations.join(&name), checkouts.join(&name));
        let expected = read(&folder.join("expected.toml")).parse::<toml::Table>().expect("valid TOML");
        let text = |key: &str| expected.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        if !checkout.is_dir() {
            missing += 1;
            println!("{name}: no checkout of {} at {}", text("repository"), text("commit"));
            continue;
        }
        compared += 1;
        let (findings, summary) = counts(&checkout, &folder.join("watertight.toml"));
        let wanted = |key: &str| {
            let table = expected.get(key).and_then(toml::Value::as_table).cloned().unwrap_or_default();
            table.into_iter().filter_map(|(key, value)| Some((key, value.as_integer()?))).collect::<Counts>()
        };
        if (wanted("findings"), wanted("summary")) == (findings.clone(), summary.clone()) {
            println!("{name}: as expected: {summary:?}");
            continue;
        }
        differing += 1;
        println!("{name}: differs\n  expected {:?} {:?}", wanted("findings"), wanted("summary"));
        println!("  found    {findings:?} {summary:?}");
        let head = Command::new("git").arg("-C").arg(&checkout).args(["rev-parse", "HEAD"]).output();
        let head = head.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        if head.as_ref().is_ok_and(|head| head != text("commit")) {
            println!("  but it was written for {}, and this is {}", text("commit"), head.unwrap_or_default());
        }
    }
    println!("{compared} compared, {differing} differ, {missing} without a checkout");
    if differing == 0 && compared > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// How often each rule finds something, and the summary.
fn counts(checkout: &Path, configuration: &Path) -> (Counts, Counts) {
    let file = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&file, &read(configuration));
    assert!(faults.is_empty(), "{faults:#?}");
    // The counts are of one day, so that exceptions don't change them.
    let today = Date::new("2026-11-21").expect("a date");
    let tree = WorkTree::open(checkout).expect("a folder");
    let repository = Repository::load(&tree, configuration, today, None).expect("sound declarations");
    let verdict = repository.judge();
    let mut findings = Counts::new();
    for finding in &verdict.findings {
        *findings.entry(finding.rule.clone()).or_default() += 1;
    }
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let denied = verdict.findings.iter().filter(|finding| finding.level == Level::Deny).count();
    let independence = verdict.independence;
    let summary = [
        ("findings", denied),
        ("warnings", verdict.findings.len() - denied),
        ("problems", repository.linked.problems.len()),
        ("independent", independence.map_or(0, |now| now.independent)),
        ("pairs", independence.map_or(0, |now| now.pairs)),
    ];
    (findings, summary.into_iter().map(|(key, count)| (key.to_owned(), number(count))).collect())
}
