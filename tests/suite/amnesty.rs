//! Ways round the gate that were tried: who opens a boundary and goes through it in the same change is told,
//! whatever opened it.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::watertight::{commit_all, git, repository, run, write};

const FEATURES: &str =
    "[features.a]\npaths = [\"a\"]\n[features.b]\npaths = [\"b\"]\n[features.c]\npaths = [\"c\"]\n";

const EXCEPTION: &str =
    "[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"a\"\nto = \"b\"\nreason = \"quicker\"\n";

/// A package in a folder, and the packages beside it that it needs.
fn put(root: &Path, folder: &str, name: &str, dependencies: &[&str]) {
    let up = "../".repeat(folder.split('/').count());
    let needs = dependencies.iter().map(|needed| {
        let name = needed.rsplit('/').next().expect("a name");
        format!("{name} = {{ path = \"{up}{needed}\" }}\n")
    });
    let text = format!("[package]\nname = \"{name}\"\n[dependencies]\n{}", needs.collect::<String>());
    write(root, &format!("{folder}/Cargo.toml"), text.as_bytes());
    write(root, &format!("{folder}/src/lib.rs"), b"");
}

/// Three packages of three features that don't know each other, and whatever else a case needs.
fn base(configuration: &str, more: &[(&str, &str, &[&str])]) -> TempDir {
    let folder = repository(&[]);
    write(folder.path(), "watertight.toml", configuration.as_bytes());
    for name in ["a", "b", "c"] {
        put(folder.path(), name, name, &[]);
    }
    for (place, name, dependencies) in more {
        put(folder.path(), place, name, dependencies);
    }
    commit_all(folder.path());
    folder
}

/// The exit code of the change, and the rules and messages of what it introduces.
fn change(folder: &TempDir, arguments: &str) -> (i32, Vec<(String, String)>) {
    let run = run(folder.path(), format!("check --since HEAD --format json {arguments}").trim());
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let report = run.json();
    let findings = report["findings"].as_array().expect("findings").iter();
    (run.code, findings.map(|one| (text(one, "rule"), text(one, "message"))).collect())
}

/// Whether it is told that the change excuses a coupling of its own.
fn is_told(findings: &[(String, String)]) -> bool {
    findings
        .iter()
        .any(|(rule, message)| rule == "loosened-boundary" && message.contains("it introduces and excuses"))
}

#[test]
fn a_change_can_not_switch_off_what_watches_it() {
    let folder = base(FEATURES, &[]);
    put(folder.path(), "a", "a", &["b"]);
    let off = format!("{FEATURES}[rules]\nloosened-boundary = \"off\"\nunshared-coupling = \"off\"\n");
    write(folder.path(), "watertight.toml", off.as_bytes());
    let (code, found) = change(&folder, "");
    assert!(code == 0 && is_told(&found) && found.len() == 3, "{found:#?}");
    // Where it denies, it denies its own weakening as well.
    let strict = base(&format!("{FEATURES}[rules]\nloosened-boundary = \"deny\"\n"), &[]);
    put(strict.path(), "a", "a", &["b"]);
    write(strict.path(), "watertight.toml", format!("{FEATURES}{EXCEPTION}").as_bytes());
    let (code, found) = change(&strict, "");
    assert!(code == 1 && is_told(&found), "{found:#?}");
    // Once it is off, it is off.
    commit_all(folder.path());
    write(folder.path(), "watertight.toml", format!("{off}{EXCEPTION}").as_bytes());
    let (_, found) = change(&folder, "");
    assert!(found.iter().all(|(rule, _)| rule != "loosened-boundary"), "{found:#?}");
}

#[test]
fn a_configuration_in_the_repository_is_compared_with_its_own_past() {
    let folder = base("", &[]);
    write(folder.path(), "ci/wt.toml", FEATURES.as_bytes());
    commit_all(folder.path());
    put(folder.path(), "a", "a", &["b"]);
    write(folder.path(), "ci/wt.toml", format!("{FEATURES}{EXCEPTION}").as_bytes());
    let (code, found) = change(&folder, "--config ci/wt.toml");
    assert!(code == 0 && is_told(&found), "{found:#?}");
    // The commit is judged by what it holds, and not by what lies there.
    let old = run(folder.path(), "check --rev HEAD --config ci/wt.toml");
    assert_eq!(old.code, 0, "{}", old.transcript());
    // A configuration that is in no commit judges both.
    write(folder.path(), "own.toml", format!("{FEATURES}{EXCEPTION}").as_bytes());
    let (_, found) = change(&folder, "--config own.toml");
    assert!(!is_told(&found), "{found:#?}");
}

#[test]
fn a_unit_that_becomes_a_features_opens_what_it_brings() {
    let shared = format!("{FEATURES}[shared]\npaths = [\"common\"]\n");
    let folder = base(&shared, &[("common", "common", &[]), ("a", "a", &["common"])]);
    let taken = FEATURES.replace("[\"b\"]", "[\"b\", \"common\"]");
    write(folder.path(), "watertight.toml", taken.as_bytes());
    put(folder.path(), "common", "common", &["b"]);
    let (_, found) = change(&folder, "");
    assert!(is_told(&found), "{found:#?}");
}

#[test]
fn a_move_alone_that_crosses_a_boundary_is_new() {
    let features = FEATURES.replace("[\"a\"]", "[\"a\", \"crates/a/**\"]");
    let features = features.replace("[\"b\"]", "[\"b\", \"crates/b/**\"]");
    let more: [(&str, &str, &[&str]); 3] = [
        ("crates/a/core", "core", &[]),
        ("crates/a/api", "api", &["crates/a/core"]),
        ("crates/b/core", "b-core", &[]),
    ];
    let folder = base(&features, &more);
    assert_eq!(run(folder.path(), "check").code, 0);
    git(folder.path(), "mv crates/a/api crates/b/api");
    let (code, found) = change(&folder, "");
    let is_new =
        found.iter().any(|(rule, message)| rule == "unshared-coupling" && message.starts_with("`b`"));
    assert!(code == 1 && is_new, "{found:#?}");
    assert!(found.iter().any(|(rule, _)| rule == "loosened-boundary"), "{found:#?}");
}

#[test]
fn names_that_let_somebody_in_are_compared_by_what_they_mean() {
    // A feature takes a name that a door lets through.
    let door = "[features.a]\npaths = [\"a\"]\n[features.b]\npaths = [\"b\"]\napis = [\"b\"]\nconsumers = [\"c\"]\n\
        [features.c]\npaths = [\"c\"]\n";
    let folder = base(door, &[]);
    put(folder.path(), "a", "a", &["b"]);
    let renamed = door.replace("[features.a]", "[features.\"c/a\"]");
    write(folder.path(), "watertight.toml", renamed.as_bytes());
    let (_, found) = change(&folder, "");
    assert!(is_told(&found), "{found:#?}");
    // A unit gets a tag, or a feature an owner, by which an exception names it.
    for (before, after) in [
        ("[tags]\nlegacy = [\"c\"]\n", "[tags]\nlegacy = [\"a\", \"c\"]\n"),
        ("owner = \"@c\"\n", "owner = \"@c\"\n[features.a]\npaths = [\"a\"]\nowner = \"@c\"\n"),
    ] {
        let by = if before.starts_with("[tags]") { "tag:legacy" } else { "owner:@c" };
        let exception = EXCEPTION.replace("from = \"a\"", &format!("from = \"{by}\""));
        let features = "[features.b]\npaths = [\"b\"]\n[features.c]\npaths = [\"c\"]\n";
        let a = "[features.a]\npaths = [\"a\"]\n";
        let (before, after) = match before.starts_with("[tags]") {
            true => (format!("{a}{features}{before}"), format!("{a}{features}{after}")),
            false => (format!("{a}{features}{before}"), format!("{features}{after}")),
        };
        let folder = base(&format!("{before}{exception}"), &[]);
        put(folder.path(), "a", "a", &["b"]);
        write(folder.path(), "watertight.toml", format!("{after}{exception}").as_bytes());
        let (_, found) = change(&folder, "");
        assert!(is_told(&found), "{by}: {found:#?}");
    }
}

#[test]
fn a_baseline_holds_nothing_about_the_configuration() {
    let strict = format!("{FEATURES}[rules]\nloosened-boundary = \"deny\"\n");
    let folder = base(&strict, &[]);
    let block = "version = 1\nbegun = 2026-01-31\nfirst = 0\n\n[[findings]]\nrule = \"loosened-boundary\"\n\
        about = \"excused\"\nreason = \"-\"\n\n[[findings]]\nrule = \"loosened-boundary\"\nabout = \"the exception from \
        `unshared-coupling` for `a` -> `b` is new (for ever)\"\nreason = \"-\"\n";
    write(folder.path(), "watertight-baseline.toml", block.as_bytes());
    commit_all(folder.path());
    put(folder.path(), "a", "a", &["b"]);
    write(folder.path(), "watertight.toml", format!("{strict}{EXCEPTION}").as_bytes());
    let (code, found) = change(&folder, "");
    assert!(code == 1 && is_told(&found), "{found:#?}");
}

#[test]
fn who_asks_for_an_owner_sees_whom_a_coupling_lets_in() {
    let owned = FEATURES.replace("[features.a]\n", "[features.a]\nowner = \"@a\"\n");
    let folder = base(
        &format!("{owned}[shared]\npaths = [\"lib\"]\n"),
        &[("lib", "lib", &["b"]), ("a", "a", &["lib"])],
    );
    let all = run(folder.path(), "check --owner a");
    assert_eq!(all.code, 1, "{}", all.transcript());
}

#[test]
fn paths_are_told_from_the_top_of_the_repository() {
    let folder = repository(&[]);
    let root = folder.path().join("products/shop");
    write(&root, "watertight.toml", FEATURES.as_bytes());
    put(&root, "a", "a", &["b"]);
    put(&root, "b", "b", &[]);
    put(&root, "c", "c", &[]);
    commit_all(folder.path());
    let github = run(&root, "check --format github");
    assert!(github.output.starts_with("::error file=products/shop/a/Cargo.toml,"), "{}", github.output);
    let gitlab = run(&root, "check --format gitlab").json();
    assert_eq!(gitlab[0]["location"]["path"], "products/shop/a/Cargo.toml");
    let sarif = run(&root, "check --format sarif").json();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "products/shop/a/Cargo.toml");
}

#[test]
fn a_circle_that_grows_is_shown_by_what_is_new() {
    let coupled = |pairs: &[(&str, &str)]| {
        let all = pairs.iter().map(|(from, to)| {
            format!("[[couplings]]\nfrom = \"{from}\"\nto = \"{to}\"\nkind = \"code\"\nreason = \"-\"\n")
        });
        format!("{FEATURES}{}", all.collect::<String>())
    };
    let folder = base(&coupled(&[("a", "b"), ("b", "a")]), &[]);
    let grown = coupled(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "a")]);
    write(folder.path(), "watertight.toml", grown.as_bytes());
    let report = run(folder.path(), "check --since HEAD --format json").json();
    let findings = report["findings"].as_array().expect("findings");
    let circle = findings.iter().find(|one| one["rule"] == "feature-cycle").expect("the circle");
    assert!(circle["message"].as_str().expect("text").ends_with("(new here: `c`)"), "{circle:#}");
    let steps = circle["details"].to_string();
    assert!(steps.contains("`b` builds on `c`") && steps.contains("`c` builds on `a`"), "{circle:#}");
}
