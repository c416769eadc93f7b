//! Budgets: kept, broken by a change or before it, and tightened.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::watertight::{Run, commit_all, copied, git, repository, run, testdata, write};

const FILE: &str = "watertight.toml";

/// Three features that share what excuses every coupling, so that only sums can be wrong.
const FEATURES: &str = "[responsibilities]\nsales = \"what is sold\"\n[features.cart]\nowner = \"@shop/cart\"\n\
                        responsibilities = [\"sales\"]\n[features.orders]\nresponsibilities = [\"sales\"]\n\
                        [features.users]\nresponsibilities = [\"sales\"]\n[rules]\nbroad-responsibility = \"off\"\n";

fn coupling(from: &str, to: &str) -> String {
    format!("[[couplings]]\nfrom = \"{from}\"\nto = \"{to}\"\nkind = \"code\"\nreason = \"planned\"\n")
}

fn exception(from: &str, to: &str) -> String {
    format!(
        "[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"{from}\"\nto = \"{to}\"\nreason = \"for now\"\n\
         until = 2027-03-31\n"
    )
}

fn configured(parts: &[&str]) -> TempDir {
    repository(&[(FILE, &parts.concat())])
}

fn text(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(FILE)).expect("a configuration")
}

fn check(folder: &TempDir, arguments: &str) -> Run {
    run(folder.path(), format!("check --today 2026-11-21 {arguments}").trim_end())
}

/// What a list of a report says of budgets: the identity and the message of each.
fn told(report: &Value, list: &str) -> Vec<String> {
    let of_budget = |one: &&Value| one["rule"].as_str().is_some_and(|rule| rule.ends_with("-budget"));
    let all = report[list].as_array().into_iter().flatten().filter(of_budget);
    all.map(|one| one["identity"].as_str().expect("an identity").to_owned()).collect()
}

fn since(folder: &TempDir) -> Value {
    check(folder, "--since HEAD --format json").json()
}

#[test]
fn the_ratchet_changes_limits_and_no_other_byte() {
    let budgets = "[budgets]  # kept\r\nnear = 0\r\nindependence = '10%'\r\npropagation-cost   =  0.9 # so far\r\n\
                   couplings = { code = 4_0, data = 0, \"call\" = 7 }\r\ncircles = 0\r\n\
                   [budgets.features.cart]\r\nfan-out=9\r\nreaches = 1\r\n[budgets.features.\"*\"]\nfan-in = 5\n\
                   [budgets.change]\r\ncouplings.code = 5\r\n";
    let couplings = coupling("cart", "orders") + &coupling("cart", "users");
    let folder = configured(&[FEATURES, budgets, &couplings]);
    let before = text(folder.path());
    let first = check(&folder, "--ratchet");
    insta::assert_snapshot!("ratchet", first.transcript());
    let wanted = [
        ("'10%'", "'66.66%'"),
        ("0.9", "0.5556"),
        ("4_0", "2"),
        ("\"call\" = 7", "\"call\" = 0"),
        ("fan-out=9", "fan-out=2"),
        ("fan-in = 5", "fan-in = 1"),
    ];
    let wanted = wanted.iter().fold(before, |text, (was, is)| text.replacen(was, is, 1));
    assert_eq!(text(folder.path()), wanted);
    let again = check(&folder, "--ratchet");
    assert!(again.messages.contains("no number is better than its budget"), "{}", again.transcript());
    assert_eq!(text(folder.path()), wanted);
    // What it wrote is kept, and as tight as it can be.
    let report = check(&folder, "--format json").json();
    assert_eq!(
        told(&report, "findings"),
        ["broken-budget reaches of feature cart"].map(str::to_owned),
        "{report:#}"
    );
}

#[test]
fn the_ratchet_stops_where_something_may_be_out_of_sight() {
    let budgets = "[budgets]\ncouplings = { code = 40 }\n";
    for (path, content, why) in [
        ("cart/Cargo.toml", "[package", "1 input could not be read"),
        (FILE, "", "the configuration has 1 finding of its own"),
    ] {
        let folder = configured(&[FEATURES, budgets]);
        match path {
            FILE => {
                write(folder.path(), FILE, (text(folder.path()) + "[shared]\npaths = [\"no\"]\n").as_bytes())
            }
            path => write(folder.path(), path, content.as_bytes()),
        }
        let before = text(folder.path());
        let run = check(&folder, "--ratchet");
        assert!(run.messages.contains(why), "{}", run.transcript());
        assert_eq!(text(folder.path()), before);
    }
}

#[test]
fn the_ratchet_writes_the_configuration_that_is_named() {
    let folder = repository(&[("ci/features.toml", &format!("{FEATURES}[budgets]\ncircles = 3\n"))]);
    let outside = repository(&[("features.toml", &format!("{FEATURES}[budgets]\ncircles = 3\n"))]);
    let named = outside.path().join("features.toml");
    for path in [folder.path().join("ci/features.toml"), named] {
        let run = check(&folder, &format!("--ratchet --config {}", path.display()));
        assert_eq!(run.code, 0, "{}", run.transcript());
        assert!(
            std::fs::read_to_string(&path).expect("a file").ends_with("circles = 0\n"),
            "{}",
            run.transcript()
        );
    }
}

#[test]
fn a_change_is_judged_by_what_it_makes_worse() {
    let budgets = "[budgets]\ncouplings = { code = 0 }\n[budgets.features.cart]\nfan-out = 0\n";
    let folder = configured(&[FEATURES, budgets, &coupling("cart", "orders")]);
    commit_all(folder.path());
    let put = |parts: &[&str]| write(folder.path(), FILE, parts.concat().as_bytes());
    let (sum, out) = ("broken-budget couplings.code", "broken-budget fan-out of feature cart");
    // Elsewhere, and as much.
    put(&[FEATURES, budgets, &coupling("users", "orders")]);
    let report = since(&folder);
    assert_eq!(told(&report, "findings"), [""; 0], "{report:#}");
    assert_eq!(
        (told(&report, "inherited"), told(&report, "gone")),
        (vec![sum.to_owned()], vec![out.to_owned()])
    );
    // More of it.
    put(&[FEATURES, budgets, &coupling("cart", "orders"), &coupling("users", "orders")]);
    let report = since(&folder);
    assert_eq!(
        (told(&report, "findings"), told(&report, "inherited")),
        (vec![sum.to_owned()], vec![out.to_owned()])
    );
    let details = &report["findings"][0]["details"];
    assert_eq!(*details, serde_json::json!(["`users` -> `orders`: new", "`cart` -> `orders`"]));
    // A limit that becomes tighter makes nothing new.
    let tighter = budgets.replace("fan-out = 0", "fan-out = 0\nreaches = 0");
    put(&[FEATURES, &tighter, &coupling("cart", "orders")]);
    let report = since(&folder);
    assert_eq!((told(&report, "findings"), told(&report, "inherited").len()), (Vec::new(), 3));
    // One that is raised is told, and then kept.
    put(&[
        FEATURES,
        &budgets.replace("code = 0", "code = 2"),
        &coupling("cart", "orders"),
        &coupling("users", "orders"),
    ]);
    let report = since(&folder);
    assert_eq!(report["findings"][0]["rule"], "loosened-boundary", "{report:#}");
    assert_eq!(told(&report, "findings"), ["near-budget couplings.code"].map(str::to_owned));
}

/// What is said of a share is what decides, however that is rounded.
#[test]
fn a_share_is_told_with_what_is_counted() {
    let message = |limit: &str, couplings: &[String]| {
        let budgets = format!("[budgets]\nnear = \"100 %\"\nindependence = \"{limit}\"\n");
        let folder = configured(&[FEATURES, &budgets, &couplings.concat()]);
        let report = check(&folder, "--format json").json();
        let found = report["findings"].as_array().into_iter().flatten();
        let mut found =
            found.filter(|one| one["rule"].as_str().is_some_and(|rule| rule.ends_with("-budget")));
        found.next().expect("a finding")["message"].as_str().expect("a message").to_owned()
    };
    let two = [coupling("cart", "orders"), coupling("cart", "users")];
    for (limit, told) in [
        ("66.666 %", "4 of 6 pairs (66.66 %) where 66.666 % is the least, nothing left"),
        ("66.667 %", "4 of 6 pairs (66.66 %) where 66.667 % is the least, 1 pair too few"),
        ("100 %", "4 of 6 pairs (66.66 %) where 100 % is the least, 2 pairs too few"),
        ("20 %", "4 of 6 pairs (66.66 %) where 20 % is the least, 2 pairs left"),
    ] {
        let message = message(limit, &two);
        assert!(message.contains(told), "{message}");
    }
}

/// Two names that mean one feature are two limits, of which one says all.
#[test]
fn of_two_limits_of_one_feature_the_stricter_is_told() {
    let budgets = "[budgets]\nnear = \"100 %\"\n[budgets.features.cart]\nfan-out = 0\n[budgets.features.\"c*\"]\n\
                   fan-out = 2\n[budgets.features.\"ca*\"]\nfan-out = 1\n";
    let folder = configured(&[FEATURES, budgets, &coupling("cart", "orders"), &coupling("cart", "users")]);
    let report = check(&folder, "--format json").json();
    assert_eq!(told(&report, "findings"), ["broken-budget fan-out of feature cart"].map(str::to_owned));
    // Two limits of three are kept from now on, and the strictest, which was told, is not.
    commit_all(folder.path());
    let put = |parts: &[&str]| write(folder.path(), FILE, parts.concat().as_bytes());
    put(&[FEATURES, budgets, &coupling("cart", "orders")]);
    let report = since(&folder);
    assert_eq!(told(&report, "inherited").len(), 1, "{report:#}");
    assert_eq!(told(&report, "gone"), [""; 0]);
    // All of them are.
    put(&[FEATURES, budgets]);
    assert_eq!(told(&since(&folder), "gone"), ["broken-budget fan-out of feature cart"].map(str::to_owned));
}

#[test]
fn one_change_may_do_so_much_before_a_commit_too() {
    let budgets = "[budgets.change]\nindependence = \"-20 %\"\ncouplings = { code = 1 }\n";
    // Calls do not count, but what is called is there.
    let calls = (coupling("users", "cart") + &coupling("orders", "users")).replace("\"code\"", "\"call\"");
    let folder = configured(&[FEATURES, budgets, &calls]);
    commit_all(folder.path());
    let both = coupling("cart", "orders") + &coupling("cart", "users") + &calls;
    write(folder.path(), FILE, [FEATURES, budgets, &both].concat().as_bytes());
    // Without a change, there is nothing to judge.
    assert_eq!(check(&folder, "").code, 0);
    assert_eq!(check(&folder, "--staged --since HEAD").code, 0);
    git(folder.path(), "add --all");
    insta::assert_snapshot!("change", check(&folder, "--staged --since HEAD").transcript());
}

/// What is excepted and what the baseline holds belongs to each side: an exception for what was there already is more
/// than there was.
#[test]
fn what_is_accepted_is_compared_as_each_side_accepts_it() {
    let features = FEATURES.replace("responsibilities = [\"sales\"]\n", "");
    let budgets =
        "[budgets.change]\nbaseline = 0\nexceptions = 0\n[budgets.owners.\"SHOP/Cart\"]\nexceptions = 0\n";
    let couplings = coupling("cart", "orders") + &coupling("users", "orders");
    let folder = configured(&[&features, budgets, &couplings]);
    commit_all(folder.path());
    let excepted = exception("cart", "orders");
    write(folder.path(), FILE, [&features, budgets, &couplings, &excepted].concat().as_bytes());
    let report = since(&folder);
    let (change, owner) =
        ("broken-budget exceptions of a change", "broken-budget exceptions of owner SHOP/Cart");
    assert_eq!(told(&report, "findings"), [change, owner].map(str::to_owned), "{report:#}");
    commit_all(folder.path());
    let report = since(&folder);
    assert_eq!((told(&report, "findings"), told(&report, "inherited")), (Vec::new(), vec![owner.to_owned()]));
    let begun = run(folder.path(), "baseline --today 2026-11-21");
    assert!(begun.output.contains("1 finding is known"), "{}", begun.transcript());
    let report = since(&folder);
    assert_eq!(
        told(&report, "findings"),
        ["broken-budget baseline of a change"].map(str::to_owned),
        "{report:#}"
    );
}

/// A repository that declares everything at once has nothing to compare with.
#[test]
fn the_first_configuration_breaks_no_budget_of_a_change() {
    let folder = repository(&[("README.md", "")]);
    commit_all(folder.path());
    let budgets = "[budgets.change]\ncouplings = { code = 0 }\n";
    write(folder.path(), FILE, [FEATURES, budgets, &coupling("cart", "orders")].concat().as_bytes());
    assert_eq!(told(&since(&folder), "findings"), [""; 0]);
}

#[test]
fn the_numbers_of_today_are_kept_and_leave_nothing_to_tighten() {
    for sample in ["shop", "bookshop", "bookshop-split"] {
        let folder = copied(&testdata(&format!("monorepos/{sample}")));
        let printed = run(folder.path(), "metrics --format budgets");
        assert_eq!(printed.code, 0, "{}", printed.transcript());
        if sample == "shop" {
            insta::assert_snapshot!("begun", printed.output);
        }
        let before = text(folder.path()) + "\n" + &printed.output;
        write(folder.path(), FILE, before.as_bytes());
        let run = check(&folder, "--ratchet --format json");
        let report = run.json();
        assert_eq!(told(&report, "findings"), [""; 0], "{sample}: {}", run.transcript());
        // Among others: a problem would have stopped it.
        assert!(!run.messages.contains("tighter now"), "{sample}: {}", run.messages);
        assert_eq!(text(folder.path()), before, "{sample}");
    }
}

/// What is appended has to be of use: the shell makes the file before anything is read.
#[test]
fn budgets_to_begin_with_are_refused_where_they_would_watch_nothing_or_break_the_file() {
    let cart = ("cart/Cargo.toml", "[package]\nname = \"cart\"\nversion = \"0.1.0\"\n");
    let feature = "[features.cart]\npaths = [\"cart\"]\n";
    let near = format!("{feature}[budgets]\nnear = 0\n");
    let dotted = format!("budgets.circles = 0\n{feature}");
    for (files, why) in [
        (vec![cart, (FILE, "")], "no feature is declared"),
        (vec![cart, (FILE, &near)], "`watertight.toml` has `[budgets]` already"),
        (vec![cart, (FILE, &dotted)], "`watertight.toml` has `[budgets]` already"),
        (vec![cart, (FILE, feature), ("Cargo.toml", "[workspace")], "1 input could not be read"),
    ] {
        let run = run(repository(&files).path(), "metrics --format budgets");
        assert_eq!((run.code, run.output.as_str()), (2, ""), "{}", run.transcript());
        assert!(run.messages.starts_with(&format!("error: {why}")), "{}", run.messages);
    }
}
