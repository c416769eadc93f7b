//! What a change introduces: scratch repositories, one commit or more, and `check --since`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::watertight::{Run, commit_all, git, repository, run, write};

const TODAY: &str = "--today 2026-11-21";

/// Three features, each with the folder of its name.
const FEATURES: &str = "[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock\"]\n\
    [features.users]\npaths = [\"users\"]\n";

/// A manifest. A dependency is a name in the folder beside, or `name=folder`, or with a table: `[…] name`.
fn package(name: &str, dependencies: &[&str]) -> String {
    let mut text = format!("[package]\nname = \"{name}\"\n");
    for dependency in dependencies {
        let (table, dependency) = match dependency.split_once(' ') {
            Some((table, name)) => (table.trim_matches(['[', ']']), name),
            None => ("dependencies", *dependency),
        };
        let (name, folder) = match dependency.split_once('=') {
            Some((name, folder)) => (name, folder.to_owned()),
            None => (dependency, format!("../{dependency}")),
        };
        text += &format!("[{table}.{name}]\npath = \"{folder}\"\n");
    }
    text
}

/// Writes packages: folder (its last part is the name, unless `name@folder`), dependencies.
fn put(root: &Path, packages: &[(&str, &[&str])]) {
    for (place, dependencies) in packages {
        let (name, folder) = match place.split_once('@') {
            Some((name, folder)) => (name, folder),
            None => (place.rsplit('/').next().expect("a name"), *place),
        };
        write(root, &format!("{folder}/Cargo.toml"), package(name, dependencies).as_bytes());
        write(root, &format!("{folder}/src/lib.rs"), b"");
    }
}

fn remove(root: &Path, folder: &str) {
    std::fs::remove_dir_all(root.join(folder)).expect("removed");
}

fn configure(root: &Path, text: &str) {
    write(root, "watertight.toml", text.as_bytes());
}

/// A repository with one commit.
fn committed(configuration: &str, packages: &[(&str, &[&str])]) -> TempDir {
    let folder = repository(&[]);
    if !configuration.is_empty() {
        configure(folder.path(), configuration);
    }
    put(folder.path(), packages);
    commit_all(folder.path());
    folder
}

/// Cart builds on stock, from the beginning.
fn shop() -> TempDir {
    committed(FEATURES, &[("cart", &["stock"]), ("stock", &[]), ("users", &[])])
}

fn since(folder: &TempDir, arguments: &str) -> Run {
    run(folder.path(), &format!("check --since {arguments} --format json {TODAY}"))
}

fn identities(report: &Value, list: &str) -> Vec<String> {
    let findings = report[list].as_array().expect("a list");
    let mut all: Vec<String> =
        findings.iter().map(|finding| finding["identity"].as_str().expect("text").to_owned()).collect();
    all.sort();
    all
}

/// The identities of what is new, inherited and gone.
fn told(folder: &TempDir) -> [Vec<String>; 3] {
    let run = since(folder, "HEAD");
    let report = run.json();
    let denied = report["findings"].as_array().expect("a list").iter().any(|one| one["level"] == "deny");
    let problems = !report["problems"].as_array().expect("a list").is_empty();
    assert_eq!(
        run.code,
        if denied {
            1
        } else if problems {
            2
        } else {
            0
        },
        "{}",
        run.transcript()
    );
    ["findings", "inherited", "gone"].map(|list| identities(&report, list))
}

const CART_STOCK: &str = "unshared-coupling code package:cart -> package:stock";

#[track_caller]
fn expect(folder: &TempDir, new: &[&str], inherited: &[&str], gone: &[&str]) {
    let [found, kept, lost] = told(folder);
    assert_eq!((found, kept, lost), (owned(new), owned(inherited), owned(gone)), "new, inherited, gone");
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|one| (*one).to_owned()).collect()
}

#[test]
fn only_what_is_new_fails() {
    let folder = shop();
    assert_eq!(run(folder.path(), &format!("check {TODAY}")).code, 1);
    expect(&folder, &[], &[CART_STOCK], &[]);
    put(folder.path(), &[("users", &["stock"])]);
    expect(&folder, &["unshared-coupling code package:users -> package:stock"], &[CART_STOCK], &[]);
    let shown = run(folder.path(), &format!("check --since HEAD {TODAY}"));
    assert!(shown.output.contains("1 finding inherited (`--inherited` lists"), "{}", shown.transcript());
    assert!(!shown.output.contains("`cart` compiles against"), "{}", shown.transcript());
    let all = run(folder.path(), &format!("check --since HEAD --inherited {TODAY}"));
    assert!(all.output.contains("`cart` compiles against"), "{}", all.transcript());
    assert_eq!((shown.code, all.code), (1, 1));
}

#[test]
fn what_is_gone_is_told_with_independence() {
    let folder = shop();
    put(folder.path(), &[("cart", &[])]);
    expect(&folder, &[], &[], &[CART_STOCK]);
    let shown = run(folder.path(), &format!("check --since HEAD {TODAY}"));
    assert!(shown.output.contains("gone: 1 finding: independence 83 % -> 100 %"), "{}", shown.transcript());
    assert_eq!(shown.code, 0);
}

#[test]
fn what_moves_or_is_called_otherwise_is_the_same() {
    // Moved.
    let folder = shop();
    remove(folder.path(), "cart");
    put(folder.path(), &[("services/cart", &["stock=../../stock"])]);
    configure(folder.path(), &FEATURES.replace("\"cart\"", "\"services/cart\""));
    expect(&folder, &[], &[CART_STOCK], &[]);
    // Called otherwise.
    let folder = shop();
    put(folder.path(), &[("basket@cart", &["stock"])]);
    expect(&folder, &[], &["unshared-coupling code package:basket -> package:stock"], &[]);
    // Both at once: nothing says that it is the same, and nobody owns any more what was there.
    let folder = shop();
    remove(folder.path(), "cart");
    put(folder.path(), &[("basket@services/cart", &["stock=../../stock"])]);
    configure(folder.path(), &FEATURES.replace("\"cart\"", "\"services/cart\""));
    expect(&folder, &["unshared-coupling code package:basket -> package:stock"], &[], &[]);
    // The other end.
    let folder = shop();
    put(folder.path(), &[("wares@stock", &[]), ("cart", &["wares=../stock"])]);
    expect(&folder, &[], &["unshared-coupling code package:cart -> package:wares"], &[]);
    // One takes the name of another, which goes.
    let folder = shop();
    remove(folder.path(), "users");
    put(folder.path(), &[("users@stock", &[]), ("cart", &["users=../stock"])]);
    let [new, ..] = told(&folder);
    assert!(new.contains(&"unshared-coupling code package:cart -> package:users".to_owned()), "{new:?}");
}

#[test]
fn a_second_package_of_the_same_name_changes_no_identity() {
    let folder = shop();
    put(folder.path(), &[("cart@tools/cart", &["users=../../users"])]);
    let [new, inherited, gone] = told(&folder);
    assert_eq!(new, ["unassigned-unit"]);
    assert_eq!(inherited, ["unshared-coupling code package:cart (cart) -> package:stock"]);
    assert!(gone.is_empty(), "{gone:?}");
    // And back.
    commit_all(folder.path());
    remove(folder.path(), "tools");
    expect(&folder, &[], &[CART_STOCK], &["unassigned-unit"]);
    // The other one stays, and takes the plain name.
    write(
        folder.path(),
        "cart/Cargo.toml",
        b"[package]\nname = \"trolley\"\n[dependencies.stock]\npath = \"../stock\"\n",
    );
    put(folder.path(), &[("cart@tools/cart", &["users=../../users"])]);
    let [new, inherited, _] = told(&folder);
    assert_eq!(new, ["loosened-boundary"; 0], "{new:?} {inherited:?}");
}

#[test]
fn a_feature_that_is_called_otherwise_is_the_same() {
    let folder = committed(
        &format!("{FEATURES}consumes = [\"cart\"]\n"),
        &[("cart", &["stock"]), ("stock", &["cart"]), ("users", &[]), ("text", &["stock"])],
    );
    put(folder.path(), &[("users", &["text"])]);
    commit_all(folder.path());
    let [_, before, _] = told(&folder);
    let renamed = format!("{FEATURES}consumes = [\"cart\"]\n").replace("features.cart", "features.basket");
    let renamed = renamed.replace("consumes = [\"cart\"]", "consumes = [\"basket\"]");
    configure(folder.path(), &renamed.replace("features.stock", "features.wares"));
    let [new, inherited, gone] = told(&folder);
    assert!(new.is_empty() && gone.is_empty(), "{new:?} {gone:?}");
    assert_eq!(inherited.len(), before.len(), "{inherited:?} {before:?}");
}

#[test]
fn a_binary_that_is_called_otherwise_is_the_same() {
    // A binary has couplings of its own only where a configuration names it more closely.
    let features = "[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock\"]\ndeployables = [\"report*\"]\n";
    let folder = committed(features, &[("cart", &["stock"]), ("stock", &[])]);
    write(folder.path(), "cart/src/bin/report.rs", b"fn main() {}\n");
    commit_all(folder.path());
    let [_, before, _] = told(&folder);
    std::fs::remove_file(folder.path().join("cart/src/bin/report.rs")).expect("removed");
    write(folder.path(), "cart/src/bin/reports.rs", b"fn main() {}\n");
    let [new, inherited, gone] = told(&folder);
    assert!(new.is_empty() && gone.is_empty(), "{new:?} {gone:?}");
    assert_eq!(inherited.len(), before.len());
}

/// Only circles: what makes them is allowed by a responsibility. Cargo would refuse circles of packages.
fn circles(of: &[&str]) -> String {
    let mut text = "[responsibilities]\nall = \"Everything.\"\n[rules]\nbroad-responsibility = \"off\"\nfeature-cycle = \"deny\"\n".to_owned();
    for name in ["a", "b", "c", "d"] {
        text += &format!("[features.{name}]\nresponsibilities = [\"all\"]\n");
    }
    for edge in of {
        let (from, to) = edge.split_once('>').expect("an edge");
        text +=
            &format!("[[couplings]]\nfrom = \"{from}\"\nto = \"{to}\"\nkind = \"code\"\nreason = \"-\"\n");
    }
    text
}

fn circles_of(report: &Value, list: &str) -> BTreeSet<Vec<String>> {
    let findings = report[list].as_array().expect("a list").iter();
    let circles = findings.filter(|finding| finding["rule"] == "feature-cycle");
    let members = |finding: &Value| {
        let members = finding["members"].as_array().expect("members");
        members.iter().map(|member| member.as_str().expect("text").to_owned()).collect()
    };
    circles.map(members).collect()
}

#[test]
fn a_circle_that_shrinks_or_splits_is_inherited_and_one_that_grows_is_new() {
    let of = |names: &[&str]| BTreeSet::from([owned(names)]);
    let two = circles(&["a>b", "b>a"]);
    let four = circles(&["a>b", "b>a", "b>c", "c>b", "c>d", "d>c"]);
    let pairs = circles(&["a>b", "b>a", "c>d", "d>c"]);
    // Grows.
    let folder = committed(&two, &[]);
    configure(folder.path(), &four);
    let grown = since(&folder, "HEAD");
    assert_eq!((grown.code, circles_of(&grown.json(), "findings")), (1, of(&["a", "b", "c", "d"])));
    assert!(grown.output.contains("new here: `c` and `d`"), "{}", grown.transcript());
    // Shrinks.
    commit_all(folder.path());
    configure(folder.path(), &two);
    let shrunk = since(&folder, "HEAD");
    assert_eq!((shrunk.code, circles_of(&shrunk.json(), "inherited")), (0, of(&["a", "b"])));
    assert!(circles_of(&shrunk.json(), "gone").is_empty());
    // Splits.
    configure(folder.path(), &pairs);
    let split = since(&folder, "HEAD");
    let both = BTreeSet::from([owned(&["a", "b"]), owned(&["c", "d"])]);
    assert_eq!((split.code, circles_of(&split.json(), "inherited")), (0, both));
    // Two become one.
    commit_all(folder.path());
    configure(folder.path(), &four);
    let merged = since(&folder, "HEAD");
    assert_eq!((merged.code, circles_of(&merged.json(), "findings")), (1, of(&["a", "b", "c", "d"])));
    // One goes, another comes.
    configure(folder.path(), &circles(&["b>d", "d>b"]));
    commit_all(folder.path());
    configure(folder.path(), &circles(&["a>c", "c>a", "b>d"]));
    let other = since(&folder, "HEAD");
    assert_eq!((other.code, circles_of(&other.json(), "findings")), (1, of(&["a", "c"])));
    assert_eq!(circles_of(&other.json(), "gone"), of(&["b", "d"]), "{}", other.transcript());
}

#[test]
fn one_more_feature_by_an_old_edge_is_new() {
    let folder =
        committed(FEATURES, &[("cart", &["text"]), ("text", &["stock"]), ("stock", &[]), ("users", &[])]);
    put(folder.path(), &[("users", &["text"])]);
    let run = since(&folder, "HEAD");
    assert_eq!(identities(&run.json(), "findings"), ["hidden-coupling code package:text -> package:stock"]);
    assert!(run.code == 1 && run.output.contains("new here: `users`"), "{}", run.transcript());
    // One fewer is not.
    commit_all(folder.path());
    put(folder.path(), &[("cart", &[])]);
    let [new, inherited, gone] = told(&folder);
    assert!(new.is_empty() && gone.is_empty(), "{new:?} {gone:?}");
    assert_eq!(inherited, ["hidden-coupling code package:text -> package:stock", "unassigned-unit"]);
}

#[test]
fn one_more_unassigned_package_is_told_alone_and_a_moved_one_is_not() {
    let folder = committed(FEATURES, &[("cart", &[]), ("stock", &[]), ("users", &[]), ("text", &[])]);
    remove(folder.path(), "text");
    put(folder.path(), &[("letters@libs/text", &[]), ("text@libs/words", &[])]);
    let [new, ..] = told(&folder);
    assert_eq!(new, ["unassigned-unit"], "two, and one of them is new");
    remove(folder.path(), "libs/text");
    expect(&folder, &[], &["unassigned-unit"], &[]);
    // Called otherwise in its folder.
    commit_all(folder.path());
    put(folder.path(), &[("phrases@libs/words", &[])]);
    expect(&folder, &[], &["unassigned-unit"], &[]);
    put(folder.path(), &[("dates@libs/dates", &[])]);
    let run = since(&folder, "HEAD");
    assert!(run.output.contains("dates"), "{}", run.transcript());
    assert_eq!((identities(&run.json(), "findings"), run.code), (owned(&["unassigned-unit"]), 0));
}

#[test]
fn one_more_user_of_a_shared_datastore_is_new() {
    let uses = |name: &str| {
        format!(
            "[[couplings]]\nfrom = \"{name}\"\nto = \"datastore:orders\"\nkind = \"data\"\nreason = \"-\"\n"
        )
    };
    let before = format!("{FEATURES}units = [\"datastore:orders\"]\n{}", uses("cart"));
    let folder = committed(&before, &[("cart", &[]), ("stock", &[]), ("users", &[])]);
    configure(folder.path(), &format!("{before}{}", uses("stock")));
    let [new, inherited, gone] = told(&folder);
    assert_eq!(new.len(), 1, "{new:?} {inherited:?}");
    assert!(new[0].contains("shared-datastore") && gone.is_empty(), "{new:?} {gone:?}");
    // The same lines in another order.
    commit_all(folder.path());
    configure(
        folder.path(),
        &format!("{FEATURES}units = [\"datastore:orders\"]\n{}{}", uses("stock"), uses("cart")),
    );
    let [new, _, gone] = told(&folder);
    assert!(new.is_empty() && gone.is_empty(), "{new:?} {gone:?}");
    // One less.
    configure(folder.path(), &before);
    let [new, _, gone] = told(&folder);
    assert!(new.is_empty(), "{new:?}");
    assert_eq!(gone.len(), 1, "{gone:?}");
}

#[test]
fn the_kind_counts_and_the_platform_does_not() {
    let folder = shop();
    put(folder.path(), &[("cart", &["stock", "[target.'cfg(windows)'.dependencies] stock"])]);
    expect(&folder, &[], &[CART_STOCK], &[]);
    // One that was hidden behind the other is not.
    put(folder.path(), &[("cart", &["stock", "[dev-dependencies] stock"])]);
    commit_all(folder.path());
    put(folder.path(), &[("cart", &["[dev-dependencies] stock"])]);
    expect(&folder, &[], &["unshared-test-coupling test package:cart -> package:stock"], &[CART_STOCK]);
    git(folder.path(), "reset --quiet --hard HEAD~1");
    put(folder.path(), &[("cart", &["[dev-dependencies] stock"])]);
    expect(&folder, &["unshared-test-coupling test package:cart -> package:stock"], &[], &[CART_STOCK]);
    commit_all(folder.path());
    put(folder.path(), &[("cart", &["stock"])]);
    expect(&folder, &[CART_STOCK], &[], &["unshared-test-coupling test package:cart -> package:stock"]);
}

#[test]
fn an_old_problem_is_inherited_and_a_new_one_is_not() {
    let folder = shop();
    write(folder.path(), "broken/Cargo.toml", b"[package\n");
    commit_all(folder.path());
    let run = since(&folder, "HEAD");
    assert_eq!(
        (run.code, run.json()["problems"].as_array().map(Vec::len)),
        (0, Some(0)),
        "{}",
        run.transcript()
    );
    assert_eq!(run.json()["inherited_problems"].as_array().map(Vec::len), Some(1));
    write(folder.path(), "worse/Cargo.toml", b"[package\n");
    let run = since(&folder, "HEAD");
    assert_eq!(
        (run.code, run.json()["problems"].as_array().map(Vec::len)),
        (2, Some(1)),
        "{}",
        run.transcript()
    );
    // What breaks a manifest hides what it stated: the couplings are not gone for good, but nothing is new.
    write(folder.path(), "cart/Cargo.toml", b"[package\n");
    assert_eq!(since(&folder, "HEAD").code, 2);
}

#[test]
fn without_a_configuration_of_its_own_the_base_is_judged_by_the_new_one() {
    let folder = committed("", &[("cart", &["stock"]), ("stock", &[]), ("users", &[])]);
    configure(folder.path(), FEATURES);
    expect(&folder, &[], &[CART_STOCK], &[]);
    put(folder.path(), &[("users", &["stock"])]);
    let shown = run(folder.path(), &format!("check --since HEAD {TODAY}"));
    assert!(
        shown.output.contains("no configuration of its own") && shown.code == 1,
        "{}",
        shown.transcript()
    );
}

#[test]
fn a_base_with_a_broken_configuration_is_compared_all_the_same() {
    for (path, text) in [
        ("watertight.toml", "[features"),
        ("watertight.toml", "[features.cart]\npathz = []\n"),
        ("cart/feature.toml", "feature = 1\n"),
        (".watertight/rules/broken.toml", "id = \"borken\"\n"),
    ] {
        let folder = shop();
        write(folder.path(), path, text.as_bytes());
        commit_all(folder.path());
        assert_eq!(run(folder.path(), &format!("check {TODAY}")).code, 2);
        configure(folder.path(), FEATURES);
        if path != "watertight.toml" {
            std::fs::remove_file(folder.path().join(path)).expect("removed");
        }
        expect(&folder, &[], &[CART_STOCK], &[]);
        let report = since(&folder, "HEAD").json();
        let note = report["summary"]["compared"]["note"].as_str().unwrap_or_default().to_owned();
        assert!(note.contains("has errors"), "{path}: {note}");
    }
}

#[test]
fn a_configuration_outside_judges_both() {
    let folder = committed("", &[("cart", &["stock"]), ("stock", &[]), ("users", &[])]);
    let outside = repository(&[("features.toml", FEATURES)]);
    let file = outside.path().join("features.toml");
    let arguments = format!("HEAD --config {}", file.display());
    let before = since(&folder, &arguments);
    assert_eq!(identities(&before.json(), "inherited"), [CART_STOCK], "{}", before.transcript());
    put(folder.path(), &[("users", &["stock"])]);
    let after = since(&folder, &arguments);
    assert_eq!(
        identities(&after.json(), "findings"),
        ["unshared-coupling code package:users -> package:stock"]
    );
    assert_eq!((before.code, after.code), (0, 1));
}

#[test]
fn what_the_law_finds_newly_in_old_couplings_is_inherited() {
    let quiet = format!("{FEATURES}[rules]\nunshared-coupling = \"off\"\n");
    let packages: &[(&str, &[&str])] =
        &[("cart", &["stock"]), ("stock", &["text"]), ("text", &["users"]), ("users", &[])];
    let folder = committed(&quiet, packages);
    // Stricter.
    configure(folder.path(), FEATURES);
    let [new, inherited, _] = told(&folder);
    assert!(new.is_empty() && inherited.contains(&CART_STOCK.to_owned()), "{new:?} {inherited:?}");
    // A new rule.
    let rule = "[rules.nothing-from-stock]\nsummary = \"-\"\ncondition.coupling = { kinds = [\"code\"], from = \"anything\", to = \"feature:stock\" }\n";
    configure(folder.path(), &format!("{quiet}{rule}"));
    let [new, inherited, _] = told(&folder);
    assert!(new.is_empty(), "{new:?}");
    assert!(
        inherited.contains(&"nothing-from-stock code package:cart -> package:stock".to_owned()),
        "{inherited:?}"
    );
    // A rule about the configuration that was off.
    let idle = "[responsibilities]\nnothing = \"Nothing.\"\n";
    configure(
        folder.path(),
        &format!("{idle}{FEATURES}[rules]\nidle-responsibility = \"off\"\nunassigned-unit = \"off\"\n"),
    );
    commit_all(folder.path());
    configure(
        folder.path(),
        &format!("{idle}{FEATURES}[rules]\nidle-responsibility = \"deny\"\nunassigned-unit = \"deny\"\n"),
    );
    let [new, inherited, _] = told(&folder);
    assert!(new.is_empty(), "{new:?} {inherited:?}");
    assert!(inherited.contains(&"idle-responsibility nothing".to_owned()), "{inherited:?}");
}

#[test]
fn a_feature_that_is_split_makes_no_old_coupling_new() {
    let one = "[features.shop]\npaths = [\"cart\", \"stock\", \"users\"]\n";
    let folder = committed(one, &[("cart", &["stock"]), ("stock", &[]), ("users", &[])]);
    configure(folder.path(), FEATURES);
    let [new, inherited, _] = told(&folder);
    assert!(new.iter().all(|identity| identity.starts_with("loosened-boundary")), "{new:?}");
    assert_eq!(inherited, [CART_STOCK]);
}

#[test]
fn a_coupling_that_is_declared_is_new_and_one_that_was_is_not() {
    let declared = |from: &str, to: &str| {
        format!("[[couplings]]\nfrom = \"{from}\"\nto = \"{to}\"\nkind = \"code\"\nreason = \"-\"\n")
    };
    let packages: &[(&str, &[&str])] = &[("cart", &[]), ("stock", &[]), ("users", &[])];
    let old = "unshared-coupling code specification:cart -> specification:users";
    let folder = committed(&format!("{FEATURES}{}", declared("cart", "users")), packages);
    expect(&folder, &[], &[old], &[]);
    configure(
        folder.path(),
        &format!("{FEATURES}{}{}", declared("cart", "stock"), declared("cart", "users")),
    );
    expect(&folder, &["unshared-coupling code specification:cart -> specification:stock"], &[old], &[]);
    configure(folder.path(), FEATURES);
    expect(&folder, &[], &[], &[old]);
    // Its feature is called otherwise.
    configure(
        folder.path(),
        &format!("{FEATURES}{}", declared("basket", "users")).replace("features.cart", "features.basket"),
    );
    expect(&folder, &[], &["unshared-coupling code specification:basket -> specification:users"], &[]);
    // What is declared is built.
    configure(folder.path(), &format!("{FEATURES}{}", declared("package:cart", "package:users")));
    commit_all(folder.path());
    configure(folder.path(), FEATURES);
    put(folder.path(), &[("cart", &["users"])]);
    expect(&folder, &[], &["unshared-coupling code package:cart -> package:users"], &[]);
}

#[test]
fn a_change_of_the_configuration_alone_is_told() {
    let folder = shop();
    let exception =
        "[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"cart\"\nto = \"stock\"\nreason = \"-\"\n";
    configure(folder.path(), &format!("# A comment.\n{FEATURES}{exception}"));
    let run = since(&folder, "HEAD");
    let new = identities(&run.json(), "findings");
    assert!(new.len() == 1 && new[0].starts_with("loosened-boundary the exception"), "{new:?}");
    // What it covers is not gone.
    assert_eq!((run.code, identities(&run.json(), "gone").len()), (0, 0), "{}", run.transcript());
    // At level deny, nobody opens anything in passing.
    configure(folder.path(), &format!("{FEATURES}{exception}[rules]\nloosened-boundary = \"deny\"\n"));
    assert_eq!(since(&folder, "HEAD").code, 1);
}

#[test]
fn openings_come_first() {
    let folder = shop();
    put(folder.path(), &[("users", &["stock", "cart"])]);
    let exception =
        "[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"users\"\nto = \"cart\"\nreason = \"-\"\n";
    configure(folder.path(), &format!("{FEATURES}{exception}"));
    let report = since(&folder, "HEAD").json();
    assert_eq!(report["findings"][0]["rule"], "loosened-boundary");
    // What opens, and what goes through; and then what is found all the same.
    let through = report["findings"][1]["details"][0].as_str().unwrap_or_default();
    assert!(through.starts_with("unshared-coupling: `users` compiles against `cart`"), "{report:#}");
    assert_eq!(report["findings"][2]["identity"], "unshared-coupling code package:users -> package:stock");
    let shown = run(folder.path(), &format!("check --since HEAD {TODAY}"));
    assert!(shown.output.starts_with("warn[loosened-boundary]"), "{}", shown.transcript());
    // In every format that has an order.
    let format = |format: &str| run(folder.path(), &format!("check --since HEAD --format {format} {TODAY}"));
    assert!(format("compact").output.lines().next().expect("a line").contains(": loosened-boundary: "));
    // GitHub shows ten errors and ten warnings, so each level has a first one.
    let annotations = format("github").output;
    let first = annotations.lines().find(|line| line.starts_with("::warning ")).expect("a warning");
    assert!(first.contains("title=watertight%3A loosened-boundary"), "{annotations}");
    assert_eq!(format("gitlab").json()[0]["check_name"], "loosened-boundary");
    assert_eq!(format("sarif").json()["runs"][0]["results"][0]["ruleId"], "loosened-boundary");
    let comment = format("markdown").output;
    let at = |part: &str| comment.find(part).unwrap_or_else(|| panic!("{part} in {comment}"));
    assert!(at("Boundaries that this change loosens") < at("`users` compiles against `stock`"));
}

#[test]
fn a_baseline_that_grows_is_told() {
    let folder = shop();
    put(folder.path(), &[("users", &["stock"])]);
    assert_eq!(run(folder.path(), "baseline").code, 0);
    let report = since(&folder, "HEAD").json();
    let message = report["findings"][0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains("the baseline is new, and holds 2 findings"), "{message}");
    commit_all(folder.path());
    put(folder.path(), &[("stock", &["users"])]);
    // What is left out only warns; but the two packages depend on each other, which is a problem.
    assert_eq!(run(folder.path(), "baseline --accept why --rule unshared-coupling").code, 2);
    let report = since(&folder, "HEAD").json();
    let message = report["findings"][0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains("the baseline holds one finding more"), "{message}");
    // One that shrinks is not.
    put(folder.path(), &[("stock", &[]), ("users", &[]), ("cart", &[])]);
    assert_eq!(run(folder.path(), "baseline --prune").code, 0);
    let [new, ..] = told(&folder);
    assert!(new.is_empty(), "{new:?}");
}

#[test]
fn a_stale_entry_that_the_base_had_is_inherited() {
    let folder = shop();
    configure(folder.path(), &format!("{FEATURES}[rules]\nstale-baseline = \"deny\"\n"));
    assert_eq!(run(folder.path(), "baseline").code, 0);
    commit_all(folder.path());
    put(folder.path(), &[("cart", &[])]);
    let [new, ..] = told(&folder);
    assert_eq!(new, ["stale-baseline"]);
    commit_all(folder.path());
    expect(&folder, &[], &["stale-baseline"], &[]);
}

#[test]
fn what_is_staged_and_what_is_committed_are_compared() {
    let folder = shop();
    put(folder.path(), &[("users", &["stock"])]);
    assert!(identities(&since(&folder, "HEAD --staged").json(), "findings").is_empty(), "not staged");
    git(folder.path(), "add --all");
    let new = "unshared-coupling code package:users -> package:stock";
    assert_eq!(identities(&since(&folder, "HEAD --staged").json(), "findings"), [new]);
    commit_all(folder.path());
    assert_eq!(identities(&since(&folder, "HEAD --staged").json(), "inherited").len(), 2);
    let both = since(&folder, "HEAD~1 --rev HEAD");
    assert_eq!(
        (both.code, identities(&both.json(), "findings")),
        (1, owned(&[new])),
        "{}",
        both.transcript()
    );
    // Back in time: what the later one introduced is gone.
    let back = since(&folder, "HEAD --rev HEAD~1");
    assert_eq!(back.code, 0, "{}", back.transcript());
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let folder = shop();
    git(folder.path(), "checkout --quiet -b topic");
    put(folder.path(), &[("users", &["cart"])]);
    commit_all(folder.path());
    git(folder.path(), "checkout --quiet main");
    put(folder.path(), &[("stock", &["users"])]);
    commit_all(folder.path());
    git(folder.path(), "checkout --quiet topic");
    let report = since(&folder, "main").json();
    assert_eq!(identities(&report, "findings"), ["unshared-coupling code package:users -> package:cart"]);
    assert_eq!(identities(&report, "inherited"), [CART_STOCK]);
    assert!(identities(&report, "gone").is_empty());
    assert_eq!(report["summary"]["compared"]["is_merge_base"], true);
}

#[test]
fn before_and_at_the_first_commit() {
    let folder = repository(&[("watertight.toml", FEATURES)]);
    put(folder.path(), &[("cart", &["stock"]), ("stock", &[]), ("users", &[])]);
    git(folder.path(), "init --quiet");
    git(folder.path(), "add --all");
    let run = since(&folder, "HEAD --staged");
    assert_eq!(
        (run.code, identities(&run.json(), "findings")),
        (1, owned(&[CART_STOCK])),
        "{}",
        run.transcript()
    );
    assert!(run.output.contains("no commit yet"), "{}", run.transcript());
    commit_all(folder.path());
    expect(&folder, &[], &[CART_STOCK], &[]);
    for unknown in ["HEAD~1", "nowhere", "0000000000000000000000000000000000000000"] {
        let run = since(&folder, unknown);
        assert_eq!((run.code, run.output.as_str()), (2, ""), "{}", run.transcript());
    }
}

#[test]
fn a_shallow_checkout_with_the_base_fetched_beside_is_enough() {
    let folder = shop();
    for _ in 0..3 {
        git(folder.path(), "commit --quiet --allow-empty --message=more");
    }
    git(folder.path(), "checkout --quiet -b topic");
    put(folder.path(), &[("users", &["cart"])]);
    commit_all(folder.path());
    let clone = repository(&[]);
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &format!("clone --quiet --depth=1 --branch topic {url} ."));
    assert_eq!(since(&clone, "origin/main").code, 2, "it is not there");
    git(clone.path(), "fetch --quiet --depth=1 origin main:refs/remotes/origin/main");
    let run = since(&clone, "origin/main");
    let new = "unshared-coupling code package:users -> package:cart";
    assert_eq!((run.code, identities(&run.json(), "findings")), (1, owned(&[new])), "{}", run.transcript());
}
