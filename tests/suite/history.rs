//! `history`: a past of every kind, each moment held against what `metrics` says of that commit alone.

use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::watertight::{git, git_on, repository, run, write};

const TODAY: &str = "--today 2026-11-21";

/// Three features, each with the folder of its name.
const FEATURES: &str = "[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock\"]\n\
    [features.users]\npaths = [\"users\"]\n";

fn package(root: &Path, name: &str, dependencies: &[&str]) {
    let mut text = format!("[package]\nname = \"{name}\"\n[dependencies]\n");
    for dependency in dependencies {
        text += &format!("{dependency} = {{ path = \"../{dependency}\" }}\n");
    }
    write(root, &format!("{name}/Cargo.toml"), text.as_bytes());
    write(root, &format!("{name}/src/lib.rs"), b"");
}

/// Commits all that lies there, on a day.
fn commit(root: &Path, day: &str, message: &str) {
    git(root, "add --all --force");
    git_on(
        root,
        day,
        "Ada",
        &format!("commit --quiet --allow-empty --message={}", message.replace(' ', "_")),
    );
}

/// A past with all that may be in one: before the first manifest, a broken one, a jump up and one down.
pub(crate) fn past() -> TempDir {
    let folder = repository(&[("README.md", "to come\n")]);
    let root = folder.path();
    git(root, "init --quiet");
    commit(root, "2026-01-05", "a name");
    for name in ["cart", "stock", "users"] {
        package(root, name, &[]);
    }
    write(root, "watertight.toml", FEATURES.as_bytes());
    commit(root, "2026-01-14", "three packages");
    write(root, "cart/src/lib.rs", b"pub fn total() {}\n");
    commit(root, "2026-01-15", "a total");
    package(root, "cart", &["users", "stock"]);
    commit(root, "2026-01-21", "cart asks everybody");
    write(root, "users/Cargo.toml", b"[package\nname = \"users\"\n");
    commit(root, "2026-01-28", "a slip");
    package(root, "users", &["stock"]);
    commit(root, "2026-02-04", "mended and more");
    package(root, "cart", &["users"]);
    commit(root, "2026-02-11", "cart asks less");
    folder
}

fn told(folder: &Path, arguments: &str) -> Value {
    run(folder, &format!("history {TODAY} --format json {arguments}")).json()
}

/// What both `metrics` and a point of a history say.
const SHARED: [&str; 11] = [
    "features",
    "units",
    "unassigned",
    "independence",
    "independence_unshared",
    "couplings",
    "propagation",
    "cycles",
    "largest_cycle",
    "affected",
    "deploys",
];

/// Holds each point against `metrics` of its commit, with a configuration that lies outside, as it is today.
fn each_point_is_what_metrics_says(root: &Path, history: &Value, configuration: Option<&Path>) -> usize {
    let points = history["points"].as_array().expect("points");
    for point in points {
        let commit = point["commit"].as_str().expect("a commit");
        let config = configuration.map(|file| format!(" --config {}", file.display())).unwrap_or_default();
        let alone = run(root, &format!("metrics {TODAY} --format json --rev {commit}{config}")).json();
        for key in SHARED {
            assert_eq!(point["numbers"][key], alone[key], "`{key}` of {commit}: {}", point["subject"]);
        }
        let numbers = |all: &Value| -> Vec<Value> {
            let all = all["by_feature"].as_array().expect("features");
            let keys = ["name", "units", "reaches", "fan_in", "afferent", "instability", "deploys_alone"];
            let mut all: Vec<Value> = all.iter().map(|one| keys.map(|key| one[key].clone()).into()).collect();
            all.sort_by_key(|one| one[0].as_str().map(str::to_owned));
            all
        };
        assert_eq!(numbers(point), numbers(&alone), "features of {commit}");
    }
    points.len()
}

#[test]
fn a_person_sees_what_became_of_the_numbers() {
    let folder = past();
    let told = run(folder.path(), &format!("history {TODAY} --every commit")).transcript();
    insta::assert_snapshot!("history", without_hashes(&told.replace(&name_of(&folder), "shop")));
}

/// Hashes depend on the version of git.
fn without_hashes(text: &str) -> String {
    let is_hash = |word: &str| word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = |line: &str| {
        let words = line.split(' ').map(|word| if is_hash(word) { "0123456789" } else { word });
        words.collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

fn name_of(folder: &TempDir) -> String {
    folder.path().file_name().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn the_history_for_programs_is_what_its_schema_says() {
    let folder = past();
    let schema = run(folder.path(), "schema history").output;
    let schema: Value = serde_json::from_str(&schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for arguments in ["--every commit", "--every tag", "--config-of commit --jumps 0"] {
        let history = told(folder.path(), arguments);
        let errors: Vec<String> = validator.iter_errors(&history).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn each_moment_is_what_metrics_says_of_it() {
    let folder = past();
    let law = repository(&[("law.toml", FEATURES)]);
    let file = law.path().join("law.toml");
    for every in ["commit", "week", "month", "day"] {
        let history = told(folder.path(), &format!("--every {every} --config {}", file.display()));
        let points = each_point_is_what_metrics_says(folder.path(), &history, Some(&file));
        let wanted = match every {
            // The first, and the last of two months; two commits lie in one week.
            "month" => 3,
            "week" => 6,
            _ => 7,
        };
        assert_eq!(points, wanted, "{every}");
    }
}

#[test]
fn each_commit_may_be_measured_by_its_own_configuration() {
    let folder = past();
    let history = told(folder.path(), "--every commit --config-of commit");
    assert_eq!(history["configuration"], "commit");
    each_point_is_what_metrics_says_declared(folder.path(), &history);
}

/// By its own configuration, a commit without one has no features, while `metrics` would propose some.
fn each_point_is_what_metrics_says_declared(root: &Path, history: &Value) {
    let points = history["points"].as_array().expect("points");
    assert_eq!(points[0]["numbers"]["independence"], Value::Null);
    for point in &points[1..] {
        let commit = point["commit"].as_str().expect("a commit");
        let alone = run(root, &format!("metrics {TODAY} --format json --rev {commit}")).json();
        for key in SHARED {
            assert_eq!(point["numbers"][key], alone[key], "`{key}` of {commit}");
        }
    }
}

#[test]
fn a_jump_is_told_with_its_commit_and_its_lines() {
    let folder = past();
    let history = told(folder.path(), "--every month");
    let jumps = history["jumps"].as_array().expect("jumps");
    let subjects: Vec<&str> = jumps.iter().map(|jump| jump["subject"].as_str().expect("a subject")).collect();
    // Three at most are told of one month: those that changed most.
    assert!(subjects.contains(&"cart_asks_everybody"), "{subjects:?}");
    let jump = jumps.iter().find(|jump| jump["subject"] == "cart_asks_everybody").expect("the jump");
    assert_eq!(jump["author"], "Ada");
    assert_eq!(jump["day"], "2026-01-21");
    assert_eq!(jump["coupled_pairs"], 2);
    let came = jump["couplings_came"].as_array().expect("couplings");
    assert_eq!(came.len(), 2);
    assert_eq!(came[0]["path"], "cart/Cargo.toml");
    let lines: Vec<u64> = came.iter().map(|one| one["line"].as_u64().expect("a line")).collect();
    assert_eq!(lines, [5, 4]);
}

#[test]
fn since_limit_and_tags_choose_the_points() {
    let folder = past();
    let subjects = |arguments: &str| -> Vec<String> {
        let history = told(folder.path(), arguments);
        let points = history["points"].as_array().expect("points");
        points.iter().map(|point| point["subject"].as_str().expect("a subject").to_owned()).collect()
    };
    assert_eq!(subjects("--every commit --since 2026-02-01"), ["mended_and_more", "cart_asks_less"]);
    assert_eq!(subjects("--every commit --since 6.days"), ["cart_asks_less"]);
    assert_eq!(subjects("--every week --limit 1"), ["cart_asks_less"]);
    assert_eq!(subjects("--every month"), ["a_name", "a_slip", "cart_asks_less"]);
    git(folder.path(), "tag v1 HEAD~3");
    git(folder.path(), "tag v2 HEAD");
    git(folder.path(), "tag again HEAD");
    assert_eq!(subjects("--every tag"), ["cart_asks_everybody", "cart_asks_less"]);
    let history = told(folder.path(), "--every tag");
    assert_eq!(history["points"][1]["tags"], serde_json::json!(["again", "v2"]));
    assert!(subjects("--every commit --since 2026-05-01").is_empty());
    let wrong = run(folder.path(), "history --since yesterday");
    assert_eq!(wrong.code, 2);
    insta::assert_snapshot!("history_since_wrong", wrong.transcript());
}

/// A clock that is wrong by decades, in either direction, moves no other commit.
#[test]
fn a_clock_that_goes_wrong_takes_no_other_commit_along() {
    let folder = past();
    let root = folder.path();
    for (day, message) in
        [("2099-05-01", "from the future"), ("2001-01-01", "from the past"), ("2026-03-04", "now")]
    {
        write(root, "README.md", message.as_bytes());
        commit(root, day, message);
    }
    let history = told(root, "--every week");
    let points = history["points"].as_array().expect("points");
    let subjects: Vec<&str> = points.iter().map(|one| one["subject"].as_str().expect("a subject")).collect();
    assert_eq!(subjects.len(), 7, "{subjects:?}");
    // Both count as made when the one before was.
    assert_eq!(subjects[5..], ["from_the_past", "now"]);
}

#[test]
fn a_shallow_clone_says_where_its_history_ends() {
    let folder = past();
    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &format!("clone --quiet --depth 3 {url} shallow"));
    let history = told(&clone.path().join("shallow"), "--every commit");
    assert_eq!(history["points"].as_array().expect("points").len(), 3);
    let notes = history["notes"].to_string();
    assert!(notes.contains("this clone is shallow"), "{notes}");
    each_point_is_what_metrics_says(&clone.path().join("shallow"), &history, None);
}

#[test]
fn history_that_git_tells_otherwise_is_told_so() {
    let folder = past();
    let root = folder.path();
    let all = told(root, "--every commit")["points"].as_array().expect("points").len();
    // A graft: the newest commit stands on the second one.
    let (newest, second) = (git(root, "rev-parse HEAD"), git(root, "rev-parse HEAD~5"));
    write(root, ".git/info/grafts", format!("# a comment\n{newest} {second}\nnonsense\n").as_bytes());
    let history = told(root, "--every commit");
    assert_eq!(history["points"].as_array().expect("points").len(), 3);
    assert!(history["notes"].to_string().contains("git replace"), "{}", history["notes"]);
    std::fs::remove_file(root.join(".git/info/grafts")).expect("removed");
    // The same by the way that git recommends.
    git(root, &format!("replace --graft {newest} {second}"));
    let history = told(root, "--every commit");
    assert_eq!(history["points"].as_array().expect("points").len(), 3);
    assert!(history["notes"].to_string().contains("git replace"), "{}", history["notes"]);
    git(root, &format!("replace --delete {newest}"));
    assert_eq!(told(root, "--every commit")["points"].as_array().expect("points").len(), all);
}

#[test]
fn a_rewritten_history_is_the_one_that_is_there() {
    let folder = past();
    git(folder.path(), "checkout --quiet -b other HEAD~3");
    package(folder.path(), "stock", &["cart"]);
    commit(folder.path(), "2026-03-04", "another way");
    git(folder.path(), "branch --force main other");
    git(folder.path(), "checkout --quiet main");
    let history = told(folder.path(), "--every commit");
    let points = history["points"].as_array().expect("points");
    assert_eq!(points.last().expect("a point")["subject"], "another_way");
    assert_eq!(points.len(), 5);
}

/// The main line goes on; what a merge of three brought is told with those who wrote the lines.
#[test]
fn an_octopus_is_one_step_and_says_whom_it_brought() {
    let folder = past();
    let root = folder.path();
    package(root, "cart", &[]);
    package(root, "users", &[]);
    commit(root, "2026-03-02", "all apart");
    for (branch, from, to) in [("one", "cart", "stock"), ("two", "users", "cart")] {
        git(root, &format!("checkout --quiet -b {branch} main"));
        package(root, from, &[to]);
        git(root, "add --all");
        git_on(root, "2026-03-03", "Grace", &format!("commit --quiet --message={from}_asks_{to}"));
    }
    git(root, "checkout --quiet main");
    write(root, "README.md", b"on\n");
    commit(root, "2026-03-04", "elsewhere");
    git_on(root, "2026-03-05", "Ada", "merge --quiet --no-edit --message=octopus one two");
    let history = told(root, "--every commit");
    each_point_is_what_metrics_says(root, &history, None);
    let jumps = history["jumps"].as_array().expect("jumps");
    let octopus = jumps.iter().find(|jump| jump["subject"] == "octopus").expect("the merge");
    assert_eq!(octopus["couplings_came"].as_array().expect("couplings").len(), 2);
    let mut brought: Vec<&str> = octopus["brought"]
        .as_array()
        .expect("commits")
        .iter()
        .map(|one| one["subject"].as_str().expect("a subject"))
        .collect();
    brought.sort_unstable();
    assert_eq!(brought, ["cart_asks_stock", "users_asks_cart"]);
    assert_eq!(octopus["brought"][0]["author"], "Grace");
}

#[test]
fn what_is_damaged_ends_the_history_and_is_said() {
    let folder = past();
    let root = folder.path();
    let lost = git(root, "rev-parse HEAD~3");
    std::fs::remove_file(root.join(".git/objects").join(&lost[..2]).join(&lost[2..])).expect("removed");
    let history = told(root, "--every commit");
    assert_eq!(history["points"].as_array().expect("points").len(), 3);
    assert!(history["notes"].to_string().contains("can't be read"), "{}", history["notes"]);
}

#[test]
fn where_there_is_no_history_that_is_said() {
    let nothing = repository(&[("watertight.toml", FEATURES)]);
    let none = run(nothing.path(), "history");
    assert_eq!(none.code, 2);
    insta::assert_snapshot!("history_without_git", none.transcript());
    git(nothing.path(), "init --quiet");
    insta::assert_snapshot!("history_before_the_first_commit", run(nothing.path(), "history").transcript());
    let past = past();
    insta::assert_snapshot!("history_of_what_is_staged", run(past.path(), "history --staged").transcript());
}

/// Subjects and names of people are text from the repository.
#[test]
fn nothing_in_a_commit_controls_a_terminal_or_is_markup() {
    let folder = past();
    let root = folder.path();
    package(root, "stock", &["cart"]);
    git(root, "add --all");
    git_on(
        root,
        "2026-03-04",
        "<b>\u{1b}[31mEve",
        "commit --quiet --message=<script>alert(1)</script>\u{1b}]0;x\u{7}",
    );
    for format in ["human", "json", "csv", "svg"] {
        let told = run(root, &format!("history {TODAY} --every commit --format {format}"));
        assert_eq!(told.code, 0, "{}", told.transcript());
        let controls = told.output.chars().any(|one| one.is_control() && one != '\n');
        assert!(!controls, "{format}: {:?}", told.output);
        if format == "svg" {
            assert!(!told.output.contains("<script") && !told.output.contains("<b>"), "{}", told.output);
        }
    }
}

/// A change to a repository that may or may not change a number.
#[derive(Debug, Clone)]
enum Step {
    Couple(usize, usize),
    Uncouple(usize),
    Source(usize),
    Binary(usize, bool),
    Version(usize),
    Registry(usize),
    Break(usize),
    Remove(usize),
    Yaml(bool),
    Image(usize),
    Workspace(bool),
    Inherit(usize, usize),
    Folder(bool),
    Link(bool),
}

const NAMES: [&str; 4] = ["cart", "stock", "users", "web"];

fn apply(root: &Path, step: &Step) {
    let manifest = |at: &usize| format!("{}/Cargo.toml", NAMES[*at]);
    let add = |at: &usize, line: &str| {
        let path = root.join(manifest(at));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if !text.contains(line) && text.contains("[dependencies]") {
            write(root, &manifest(at), (text + line).as_bytes());
        }
    };
    let replace = |at: &usize, from: &str, to: &str| {
        let path = root.join(manifest(at));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        write(root, &manifest(at), text.replacen(from, to, 1).as_bytes());
    };
    match step {
        Step::Couple(from, to) if from != to => {
            add(from, &format!("{0} = {{ path = \"../{0}\" }}\n", NAMES[*to]));
        }
        Step::Uncouple(at) => package(root, NAMES[*at], &[]),
        Step::Source(at) => write(root, &format!("{}/src/more.rs", NAMES[*at]), b"pub fn more() {}\n"),
        Step::Binary(at, is_there) => {
            let path = format!("{}/src/bin/run.rs", NAMES[*at]);
            match is_there {
                true => write(root, &path, b"fn main() {}\n"),
                false => drop(std::fs::remove_file(root.join(path))),
            }
        }
        Step::Version(at) => replace(at, "[package]\n", "[package]\nversion = \"1.2.3\"\n"),
        Step::Registry(at) => add(at, "serde = \"1\"\n"),
        Step::Break(at) => replace(at, "[package]", "[package"),
        Step::Remove(at) => drop(std::fs::remove_dir_all(root.join(NAMES[*at]))),
        Step::Yaml(is_compose) => {
            let text: &[u8] = if *is_compose { b"services:\n  db:\n    image: postgres\n" } else { b"some: values\n" };
            write(root, "deploy/compose.yaml", text);
        }
        Step::Image(at) => {
            let text = format!("FROM scratch\nCOPY {} /src\nRUN cargo build -p {}\n", NAMES[*at], NAMES[*at]);
            write(root, "deploy/Dockerfile", text.as_bytes());
        }
        Step::Workspace(is_there) => match is_there {
            true => write(
                root,
                "Cargo.toml",
                b"[workspace]\nmembers = [\"*\"]\n[workspace.dependencies]\nstock = { path = \"stock\" }\nlog = \"1\"\n",
            ),
            false => drop(std::fs::remove_file(root.join("Cargo.toml"))),
        },
        Step::Inherit(at, what) => {
            let key = ["stock", "log", "nothing"][*what];
            if key != NAMES[*at] {
                add(at, &format!("{key}.workspace = true\n"));
            }
        }
        Step::Folder(is_there) => match is_there {
            true => write(root, "notes/README.md", b"to come\n"),
            false => drop(std::fs::remove_dir_all(root.join("notes"))),
        },
        // A manifest that is a link to what is no manifest by its name.
        Step::Link(is_valid) => {
            let text: &[u8] = if *is_valid { b"[package]\nname = \"linked\"\n" } else { b"[package\n" };
            write(root, "elsewhere/manifest.txt", text);
            write(root, "linked/src/lib.rs", b"");
            #[cfg(unix)]
            drop(std::os::unix::fs::symlink("../elsewhere/manifest.txt", root.join("linked/Cargo.toml")));
        }
        Step::Couple(..) => {}
    }
}

fn step() -> impl Strategy<Value = Step> {
    let at = 0_usize..4;
    prop_oneof![
        4 => (at.clone(), at.clone()).prop_map(|(from, to)| Step::Couple(from, to)),
        2 => at.clone().prop_map(Step::Uncouple),
        2 => at.clone().prop_map(Step::Source),
        2 => (at.clone(), any::<bool>()).prop_map(|(at, is_there)| Step::Binary(at, is_there)),
        2 => at.clone().prop_map(Step::Version),
        2 => at.clone().prop_map(Step::Registry),
        1 => at.clone().prop_map(Step::Break),
        1 => at.clone().prop_map(Step::Remove),
        1 => any::<bool>().prop_map(Step::Yaml),
        1 => at.clone().prop_map(Step::Image),
        1 => any::<bool>().prop_map(Step::Workspace),
        2 => (at, 0_usize..3).prop_map(|(at, what)| Step::Inherit(at, what)),
        1 => any::<bool>().prop_map(Step::Folder),
        1 => any::<bool>().prop_map(Step::Link),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is taken over from the commit before is what would be measured anew.
    #[test]
    fn what_is_taken_over_is_what_would_be_measured(steps in proptest::collection::vec(step(), 12)) {
        let features: String = NAMES.iter().map(|name| format!("[features.{name}]\npaths = [\"{name}\"]\n")).collect();
        let folder = repository(&[("watertight.toml", &features)]);
        let root = folder.path();
        git(root, "init --quiet");
        for name in NAMES {
            package(root, name, &[]);
        }
        commit(root, "2026-01-01", "first");
        for (at, step) in steps.iter().enumerate() {
            apply(root, step);
            commit(root, &format!("2026-01-{:02}", at + 2), &format!("{step:?}").replace(['"', ' '], ""));
        }
        let history = told(root, "--every commit");
        prop_assert_eq!(each_point_is_what_metrics_says(root, &history, None), steps.len() + 1);
    }
}
