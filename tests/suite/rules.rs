//! Every rule on every fixture: a false positive of any rule shows up as a difference.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use watertight::rules::{BUILT_IN, Origin, Rule};
use watertight::text::RepoPath;

use crate::watertight::{commit_all, copied, copy, empty, folders, name, run, testdata};

/// Rules that are told by comparing what was found: with what was before, with what was accepted, or with a
/// budget. What they could find is described, and can't be counted beforehand.
const COMPARING: [&str; 4] = ["loosened-boundary", "stale-baseline", "broken-budget", "near-budget"];

/// What `check` says of a fixture. One with a folder `before` is a change: from what lies there to what lies
/// in `after`.
fn checked(fixture: &Path) -> (Value, PathBuf, Option<TempDir>) {
    let before = fixture.join("before");
    if !before.is_dir() {
        let report = run(fixture, "check --format json --today 2026-11-21").json();
        return (report, fixture.to_owned(), None);
    }
    let repository = copied(&before);
    commit_all(repository.path());
    empty(repository.path());
    copy(&fixture.join("after"), repository.path());
    let report = run(repository.path(), "check --since HEAD --format json --today 2026-11-21").json();
    (report, fixture.join("after"), Some(repository))
}

/// What `check` says of a fixture, line by line.
fn golden(rule: &Path, fixture: &Path) -> String {
    let (report, fixture_now, _repository) = checked(fixture);
    let findings = report["findings"].as_array().expect("findings");
    let own = findings.iter().filter(|finding| finding["rule"] == name(rule)).count();
    let is_bad = name(fixture).starts_with("bad-");
    assert!(is_bad || name(fixture).starts_with("good-"), "{}", fixture.display());
    assert_eq!(own > 0, is_bad, "{}: {report:#}", fixture.display());
    assert_eq!(report["problems"], serde_json::json!([]), "{}", fixture.display());
    let mut golden = format!("{}\n", name(fixture));
    for finding in findings {
        let text = |key: &str| finding[key].as_str().unwrap_or("?").to_owned();
        let place = format!("{}:{}:{}", text("path"), finding["line"], finding["column"]);
        writeln!(golden, "  {} {} {place}", text("level"), text("identity")).expect("written");
        writeln!(golden, "    {}", text("message")).expect("written");
        writeln!(golden, "    {}", text("label")).expect("written");
        for one in finding["lets_in"].as_array().expect("lets in") {
            writeln!(golden, "    lets in {}: {}", one["feature"], one["way"]).expect("written");
        }
        for detail in finding["details"].as_array().expect("details") {
            writeln!(golden, "    {}", detail.as_str().expect("text")).expect("written");
        }
    }
    for excepted in report["excepted"].as_array().expect("excepted") {
        writeln!(golden, "  excepted {}", excepted["identity"].as_str().expect("text")).expect("written");
    }
    // What a rule finds is what it is proved to be able to find.
    let proved = run(&fixture_now, "rules --prove --format json --today 2026-11-21").json();
    // What a change inherits is found as well.
    let inherited = report["inherited"].as_array().map(Vec::as_slice).unwrap_or_default();
    let baselined = report["baselined"].as_array().map(Vec::as_slice).unwrap_or_default();
    let findings: Vec<&Value> = findings.iter().chain(inherited).chain(baselined).collect();
    let configuration = std::fs::read_to_string(fixture_now.join("watertight.toml")).unwrap_or_default();
    let has_budgets = configuration.contains("[budgets");
    for proof in proved["rules"].as_array().expect("rules") {
        if COMPARING.iter().any(|rule| proof["id"] == *rule) {
            let is_about_budgets = proof["id"].as_str().is_some_and(|id| id.ends_with("-budget"));
            let power = if is_about_budgets && !has_budgets { "idle" } else { "can-fire" };
            assert_eq!(proof["power"], power, "{}: {proof:#}", fixture.display());
            continue;
        }
        let count = findings.iter().filter(|finding| finding["rule"] == proof["id"]).count();
        assert_eq!(proof["findings"], count, "{}: {proof:#}", fixture.display());
        assert_eq!(proof["power"] == "fires", count > 0, "{}: {proof:#}", fixture.display());
    }
    golden
}

#[test]
fn every_rule_runs_over_every_fixture() {
    for rule in folders(&testdata("rules")) {
        let all: Vec<String> = folders(&rule).par_iter().map(|fixture| golden(&rule, fixture)).collect();
        // Beside the fixtures, so that a rule is one file and one folder.
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&rule);
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| insta::assert_snapshot!("findings", all.concat()));
    }
}

#[test]
fn every_rule_is_named_for_its_fault_explained_and_has_fixtures() {
    assert!(!BUILT_IN.is_empty());
    for (stem, text) in BUILT_IN {
        let mut faults = Vec::new();
        let path = RepoPath::new(&format!("rules/{stem}.toml")).expect("a path");
        let rule =
            Rule::read(&path, text, Origin::BuiltIn, &mut faults).unwrap_or_else(|| panic!("{faults:#?}"));
        assert_eq!(rule.id, *stem, "the id is the name of the file");
        assert!(
            rule.id.chars().all(|character| character.is_ascii_lowercase() || character == '-'),
            "{stem} is not kebab-case"
        );
        let headings = ["What it finds", "Why it matters", "How to fix it", "When to allow it", "Options"];
        let found: Vec<_> = rule.explanation.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(found, headings, "{stem}");
        let fixtures = folders(&testdata(&format!("rules/{stem}")));
        for kind in ["bad-", "good-"] {
            assert!(
                fixtures.iter().any(|fixture| name(fixture).starts_with(kind)),
                "{stem} has no {kind}… fixture"
            );
        }
    }
}

/// A rule that can't be judged must not be loaded: it would be a check that never fails.
#[test]
fn a_rule_file_with_a_typo_is_an_error() {
    let (_, text) = BUILT_IN.iter().find(|(stem, _)| *stem == "unshared-coupling").expect("the rule");
    let path = RepoPath::new("rules/unshared-coupling.toml").expect("a path");
    let typos = [
        ("level = \"deny\"", "level = \"denied\""),
        ("from = \"feature\"", "from = \"featur\""),
        ("[\"code\", \"build\"]", "[\"code\", \"built\"]"),
        ("[\"code\", \"build\"]", "[]"),
        ("\"same-feature\"", "\"same-features\""),
        ("{to.who}", "{to.whom}"),
        ("{from}", "{from"),
        ("unless =", "unles ="),
        ("summary =", "sumary ="),
        ("[condition.coupling]", "[condition.couplings]"),
    ];
    for (right, wrong) in typos {
        assert!(text.contains(right), "{right}");
        let mut faults = Vec::new();
        let rule = Rule::read(&path, &text.replacen(right, wrong, 1), Origin::BuiltIn, &mut faults);
        assert!(rule.is_none() && !faults.is_empty(), "`{wrong}` was accepted");
    }
}
