//! What history says: features that change together, and units that hold up everybody else.

use std::path::Path;

use serde_json::Value;

use crate::watertight::{commit_all, git, repository, run, write};

const CONFIGURATION: &str = "[features.cart]\npaths = [\"cart\"]\n\n[features.invoices]\npaths = [\"invoices\"]\n\n\
    [features.users]\npaths = [\"users\"]\n";

/// Three features, of which `cart` builds on `users`, in their first commit.
fn shop(more: &str) -> tempfile::TempDir {
    let package =
        |name: &str, more: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n{more}");
    let folder = repository(&[
        ("watertight.toml", &(CONFIGURATION.to_owned() + more)),
        ("Cargo.toml", "[workspace]\nmembers = [\"cart\", \"invoices\", \"users\"]\n"),
        ("cart/Cargo.toml", &package("cart", "[dependencies]\nusers = { path = \"../users\" }\n")),
        ("cart/src/lib.rs", "pub use users::Account;\n"),
        ("invoices/Cargo.toml", &package("invoices", "")),
        ("invoices/src/lib.rs", ""),
        ("users/Cargo.toml", &package("users", "")),
        ("users/src/lib.rs", "pub struct Account;\n"),
    ]);
    commit_all(folder.path());
    folder
}

/// A commit that changes a file of each of some packages.
fn change(folder: &Path, packages: &[&str], message: &str) {
    for package in packages {
        let path = format!("{package}/src/lib.rs");
        let text = std::fs::read_to_string(folder.join(&path)).unwrap_or_default();
        write(folder, &path, format!("{text}// {message}\n").as_bytes());
    }
    git(folder, "add --all");
    git(folder, &format!("commit --quiet --message={}", message.replace(' ', "_")));
}

fn co_change(folder: &Path, more: &str) -> Value {
    let run = run(folder, format!("co-change --format json {more}").trim_end());
    assert_eq!(run.code, 0, "{}", run.transcript());
    run.json()
}

/// Names and numbers of each pair.
fn pairs(report: &Value) -> Vec<String> {
    let pairs = report["pairs"].as_array().expect("pairs");
    let told = |pair: &Value| {
        format!(
            "{} {}: {} of {} and {}{}",
            pair["one"].as_str().expect("a name"),
            pair["other"].as_str().expect("a name"),
            pair["both"],
            pair["of_one"],
            pair["of_other"],
            pair["tied_by"].as_str().map(|tie| format!(", {tie}")).unwrap_or_default(),
        )
    };
    pairs.iter().map(told).collect()
}

#[test]
fn features_that_change_together_are_told_unless_something_ties_them() {
    let folder = shop("");
    let root = folder.path();
    for at in 0..6 {
        change(root, &["cart", "invoices"], &format!("rounding {at}"));
    }
    for at in 0..5 {
        change(root, &["cart", "users"], &format!("names {at}"));
    }
    for at in 0..8 {
        change(root, &["users"], &format!("users {at}"));
    }
    // The first commit adds all three.
    let report = co_change(root, "");
    assert_eq!(pairs(&report), ["cart invoices: 7 of 12 and 7"]);
    assert_eq!(report["tied"], 0, "cart and users change together no more often than by chance");
    assert_eq!(report["window"]["counted"], 20);
    assert_eq!(report["pairs"][0]["degree"], 0.7368);
    assert_eq!(report["pairs"][0]["newest"].as_array().map(Vec::len), Some(3));
    // A coupling ties them; so does a responsibility.
    let manifest = "[package]\nname = \"invoices\"\nversion = \"0.1.0\"\n[dependencies]\ncart = { path = \"../cart\" }\n";
    write(root, "invoices/Cargo.toml", manifest.as_bytes());
    assert_eq!(pairs(&co_change(root, "")), [""; 0]);
    assert_eq!(pairs(&co_change(root, "--all")), ["cart invoices: 7 of 12 and 7, code"]);
    git(root, "checkout --quiet -- .");
    let shared = "[responsibilities]\npayments = \"Money.\"\n\n[features.cart]\npaths = [\"cart\"]\nresponsibilities = \
                  [\"payments\"]\n\n[features.invoices]\npaths = [\"invoices\"]\nresponsibilities = [\"payments\"]\n\n[features.users]\npaths = [\"users\"]\n";
    write(root, "watertight.toml", shared.as_bytes());
    assert_eq!(pairs(&co_change(root, "--all")), ["cart invoices: 7 of 12 and 7, responsibility payments"]);
}

#[test]
fn merges_programs_sweeps_and_bulk_are_left_out_and_counted() {
    let folder = shop("[changes]\nmost-features = 2\nbots = [\"our-robot\"]\n");
    let root = folder.path();
    for at in 0..5 {
        change(root, &["cart", "invoices"], &format!("common {at}"));
        change(root, &["users"], &format!("alone {at}"));
    }
    change(root, &["cart", "invoices"], "cargo fmt");
    change(root, &["cart", "invoices", "users"], "everything at once");
    for bot in ["renovate[bot]", "our-robot"] {
        write(root, "cart/src/lib.rs", bot.as_bytes());
        write(root, "invoices/src/lib.rs", bot.as_bytes());
        git(root, "add --all");
        git(root, &format!("-c user.name={bot} commit --quiet --message=bump"));
    }
    // An octopus: three parents.
    for branch in ["one", "two"] {
        git(root, &format!("checkout --quiet -b {branch} main"));
        write(root, &format!("docs/{branch}.md"), b"");
        git(root, "add --all");
        git(root, &format!("commit --quiet --message={branch}"));
    }
    git(root, "checkout --quiet main");
    git(root, "commit --quiet --allow-empty --message=nothing");
    git(root, "merge --quiet --message=octopus one two");
    let swept = git(root, "log --format=%H --grep=alone_4 -1");
    write(root, ".git-blame-ignore-revs", format!("# looks\n{swept} # only looks\n").as_bytes());
    let report = co_change(root, "");
    assert_eq!(pairs(&report), ["cart invoices: 5 of 5 and 5"]);
    let left_out = &report["window"]["left_out"];
    let reasons = ["merges", "bulk", "sweeps", "bots", "no_unit", "unread"].map(|key| left_out[key].as_u64());
    // The first commit adds three features, too; the branches and the empty one change no unit.
    assert_eq!(reasons, [1, 2, 2, 2, 3, 0].map(Some), "{left_out}");
    // A program's commit is built like any other.
    let costs = run(root, "bottlenecks --format json").json();
    let cart = costs["units"].as_array().and_then(|units| units.iter().find(|unit| unit["unit"] == "cart"));
    assert_eq!(cart.map(|cart| cart["changes"].clone()), Some(7.into()));
}

#[test]
fn files_that_were_moved_without_a_change_keep_their_history() {
    let folder = shop("");
    let root = folder.path();
    for at in 0..5 {
        change(root, &["cart", "invoices"], &format!("common {at}"));
        change(root, &["users"], &format!("alone {at}"));
    }
    git(root, "mv invoices billing");
    let configuration = CONFIGURATION.replace("\"invoices\"", "\"billing\"");
    write(root, "watertight.toml", configuration.as_bytes());
    write(root, "Cargo.toml", b"[workspace]\nmembers = [\"cart\", \"billing\", \"users\"]\n");
    commit_all(root);
    assert_eq!(pairs(&co_change(root, "")), ["cart invoices: 6 of 6 and 7"]);
}

#[test]
fn the_rule_brings_the_couplings_and_inherits_what_was_there() {
    let folder = shop("[rules]\nco-change = \"deny\"\nunshared-coupling = \"off\"\n");
    let root = folder.path();
    for at in 0..5 {
        change(root, &["cart", "invoices"], &format!("common {at}"));
        change(root, &["users"], &format!("alone {at}"));
    }
    let check = run(root, "check --format json");
    assert_eq!(check.code, 1, "{}", check.transcript());
    let report = check.json();
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "co-change");
    assert_eq!(finding["identity"], "co-change change specification:cart -> specification:invoices");
    let told = run(root, "check").transcript();
    for words in ["6 commits change both, of 6 and 6", "100 % of the commits", "common_4", "common_2"] {
        assert!(told.contains(words), "no `{words}` in\n{told}");
    }
    assert!(!told.contains("common_1"), "{told}");
    // What was there before a change is none of its findings.
    change(root, &["cart", "invoices"], "one more");
    let since = run(root, "check --since HEAD~1 --format json");
    assert_eq!(since.code, 0, "{}", since.transcript());
    // The one that makes it enough is.
    let since = run(root, "check --since HEAD~5 --format json");
    assert_eq!(since.code, 1, "{}", since.transcript());
    let ways = run(root, "graph --format json --level units").json().to_string();
    assert!(ways.contains("\"change\""), "{ways}");
}

#[test]
fn where_there_is_no_history_nothing_is_made_up() {
    let folder =
        shop("[changes]\ncouplings = true\n\n[rules]\nco-change = \"deny\"\nunshared-coupling = \"off\"\n");
    let root = folder.path();
    for at in 0..5 {
        change(root, &["cart", "invoices"], &format!("common {at}"));
        change(root, &["users"], &format!("alone {at}"));
    }
    let shallow = tempfile::tempdir().expect("a temporary folder");
    let path = shallow.path().join("clone");
    git(root, &format!("clone --quiet --depth 3 file://{} {}", root.display(), path.display()));
    let check = run(&path, "check");
    assert_eq!(check.code, 0, "{}", check.transcript());
    assert!(check.transcript().contains("this clone is shallow"), "{}", check.transcript());
    std::fs::remove_dir_all(root.join(".git")).expect("removed");
    let check = run(root, "check");
    assert_eq!(check.code, 0, "{}", check.transcript());
    assert!(
        check.transcript().contains("which features change together is not known"),
        "{}",
        check.transcript()
    );
    git(root, "init --quiet");
    git(root, "add --all");
    let staged = run(root, "check --staged");
    assert_eq!(staged.code, 0, "{}", staged.transcript());
    assert!(staged.transcript().contains("there is no commit yet"), "{}", staged.transcript());
}

#[test]
fn history_is_read_as_it_is_told_now() {
    let folder = shop("");
    let root = folder.path();
    for at in 0..5 {
        change(root, &["cart", "invoices"], &format!("common {at}"));
        change(root, &["users"], &format!("alone {at}"));
    }
    // Rewritten: what was replaced leads nowhere any more.
    git(root, "commit --quiet --amend --message=other_words");
    assert_eq!(pairs(&co_change(root, "")), ["cart invoices: 6 of 6 and 6"]);
    // A replacement that leaves out what came before.
    let second = git(root, "rev-parse HEAD~4");
    git(root, &format!("replace --graft {second}"));
    let report = co_change(root, "");
    assert!(report["window"]["notes"].to_string().contains("git replace"), "{report}");
    assert_eq!(pairs(&report), [""; 0]);
}

#[test]
fn a_cost_is_changes_times_what_is_done_again() {
    let folder = shop("");
    let root = folder.path();
    for at in 0..6 {
        change(root, &["users"], &format!("users {at}"));
    }
    change(root, &["cart"], "cart");
    let report = run(root, "bottlenecks --format json").json();
    let units = report["units"].as_array().expect("units");
    let users = &units[0];
    assert_eq!(users["unit"], "users");
    // `cart` is built and tested with it; nothing is shipped.
    let numbers = ["changes", "builds", "tests", "deploys"].map(|key| users[key].as_u64());
    assert_eq!(numbers, [7, 2, 2, 0].map(Some));
    assert_eq!(users["waiting"], serde_json::json!(["cart"]));
    assert_eq!(users["remedy"]["remedy"], "move");
    // 7 × 4 of 7 × 4 + 2 × 2 + 1 × 2.
    assert_eq!(users["share"], 0.8235);
    write(root, "timings.json", br#"[{"name":"users","duration":2.5},{"name":"cart","duration":7.5}]"#);
    let timed = run(root, "bottlenecks --format json --timings timings.json").json();
    assert_eq!(timed["cost_in"], "seconds a month");
    assert_eq!(timed["units"][0]["build_seconds"], 10.0);
    let features = run(root, "bottlenecks --level features").transcript();
    assert!(features.contains("feature"), "{features}");
    for (format, lines) in [("csv", 4), ("csv --level features", 4)] {
        let csv = run(root, &format!("bottlenecks --format {format}"));
        assert_eq!(csv.output.lines().count(), lines, "{}", csv.output);
    }
}

#[test]
fn what_programs_get_is_what_the_schemas_say() {
    let folder = shop("");
    let root = folder.path();
    for at in 0..6 {
        change(root, &["cart", "invoices", "users"], &format!("all {at}"));
    }
    write(root, "timings.json", br#"[{"name":"users","duration":2.5}]"#);
    for (command, options) in [
        ("co-change", &["", " --all", " --level units --all"][..]),
        ("bottlenecks", &["", " --level features", " --timings timings.json"][..]),
    ] {
        let schema = run(root, &format!("schema {command}")).json();
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        for more in options {
            let printed = run(root, &format!("{command} --format json{more}")).json();
            let errors: Vec<String> =
                validator.iter_errors(&printed).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{command}{more}");
        }
    }
}
