//! `metrics`: against values that were computed by hand, against published examples, and against brute force.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::Value;

use crate::watertight::{repository, run, testdata, write};

/// Packages in folders of their names, each a feature; who depends on whom.
fn packages(names: &[&str], edges: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = repository(&[]);
    let mut configuration = String::new();
    for name in names {
        let _ = writeln!(configuration, "[features.{name}]\npaths = [\"{name}\"]");
        let mut manifest = format!("[package]\nname = \"{name}\"\n[dependencies]\n");
        for (_, to) in edges.iter().filter(|(from, _)| from == name) {
            let _ = writeln!(manifest, "{to} = {{ path = \"../{to}\" }}");
        }
        write(folder.path(), &format!("{name}/Cargo.toml"), manifest.as_bytes());
        write(folder.path(), &format!("{name}/src/lib.rs"), b"");
    }
    write(folder.path(), "watertight.toml", configuration.as_bytes());
    folder
}

fn measured(folder: &Path) -> Value {
    run(folder, "metrics --format json").json()
}

#[track_caller]
fn near(value: &Value, wanted: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - wanted).abs() < 1e-9, "{value} is not {wanted}");
}

/// A. MacCormack, J. Rusnak, C. Baldwin (2006) show a system of six elements: A needs B and C, B needs D, C needs E, E
/// needs F. With paths of length 0, 15 of the 36 cells of its visibility matrix are filled.
#[test]
fn propagation_cost_is_that_of_the_paper() {
    let edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "e"), ("e", "f")];
    let folder = packages(&["a", "b", "c", "d", "e", "f"], &edges);
    let numbers = measured(folder.path());
    assert_eq!(numbers["propagation"]["ccd"], 15);
    near(&numbers["propagation"]["cost"], 15.0 / 36.0);
    // 9 of the 15 are not the elements themselves.
    assert_eq!(numbers["independence"]["independent"], 30 - 9);
}

/// J. Lakos (1996): a balanced binary tree of seven components has a CCD of 17, a chain of n one of n (n + 1) / 2, a
/// circle one of n².
#[test]
fn component_dependency_is_that_of_the_book() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let tree = [("a", "b"), ("a", "c"), ("b", "d"), ("b", "e"), ("c", "f"), ("c", "g")];
    let numbers = measured(packages(&names, &tree).path());
    assert_eq!(numbers["propagation"]["ccd"], 17);
    near(&numbers["propagation"]["acd"], 17.0 / 7.0);
    near(&numbers["propagation"]["nccd"], 1.0);
    let chain: Vec<(&str, &str)> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let numbers = measured(packages(&names, &chain).path());
    assert_eq!(numbers["propagation"]["ccd"], 28);
    near(&numbers["propagation"]["nccd"], 28.0 / 17.0);
    // Cargo allows a circle with a dependency for tests only, so one of three is made of build couplings and code.
    let circle: Vec<(&str, &str)> = chain.into_iter().chain([("g", "a")]).collect();
    let numbers = measured(packages(&names, &circle).path());
    assert_eq!(numbers["propagation"]["ccd"], 49);
    assert_eq!([&numbers["cycles"], &numbers["largest_cycle"]], [1, 7]);
}

/// Two binaries and what they are made of, every number computed by hand.
#[test]
fn numbers_of_features_are_those_of_a_hand() {
    let manifest = |name: &str, dependencies: &str| format!("[package]\nname = \"{name}\"\n{dependencies}");
    let on = |names: &[&str]| {
        let lines = names.iter().map(|name| format!("{name} = {{ path = \"../{name}\" }}\n"));
        format!("[dependencies]\n{}", lines.collect::<String>())
    };
    let folder = repository(&[
        (
            "watertight.toml",
            "[responsibilities]\nmoney = \"what is owed\"\n\
             [features.cart]\nresponsibilities = [\"money\"]\npaths = [\"cart*\"]\n\
             [features.users]\nresponsibilities = [\"money\"]\npaths = [\"users*\"]\n\
             [features.stock]\npaths = [\"stock\"]\n[shared]\npaths = [\"log\"]\n\
             [test-support]\npaths = [\"fakes\"]\n\
             [[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"cart\"\nto = \"stock\"\nreason = \"moving\"\n\
             until = 2026-12-31\n",
        ),
        ("cart/Cargo.toml", &manifest("cart", &on(&["users-core", "stock", "log"]))),
        ("cart/src/main.rs", "fn main() {}"),
        ("cart-core/Cargo.toml", &manifest("cart-core", &on(&["log"]))),
        ("cart-core/src/lib.rs", ""),
        ("users/Cargo.toml", &manifest("users", &on(&["users-core"]))),
        ("users/src/main.rs", "fn main() {}"),
        (
            "users-core/Cargo.toml",
            &manifest("users-core", "[dev-dependencies]\ncart-core = { path = \"../cart-core\" }\n"),
        ),
        ("users-core/src/lib.rs", ""),
        ("stock/Cargo.toml", &manifest("stock", &on(&["users-core"]))),
        ("stock/src/lib.rs", ""),
        ("log/Cargo.toml", &manifest("log", "")),
        ("log/src/lib.rs", ""),
        ("fakes/Cargo.toml", &manifest("fakes", &on(&["users-core"]))),
        ("fakes/src/lib.rs", ""),
    ]);
    let numbers = run(folder.path(), "metrics --format json --today 2026-11-21").json();
    // cart reaches users and stock, stock reaches users: three of six. cart and users share money: of the four other
    // pairs, cart -> stock and stock -> users are coupled.
    assert_eq!([&numbers["independence"]["independent"], &numbers["independence"]["pairs"]], [3, 6]);
    let unshared = &numbers["independence_unshared"];
    assert_eq!([&unshared["independent"], &unshared["pairs"]], [2, 4]);
    assert_eq!(numbers["couplings"], serde_json::json!({ "code": 3, "test": 1 }));
    assert_eq!(numbers["accepted"], serde_json::json!({ "excepted": 1, "baselined": 0 }));
    assert_eq!(numbers["responsibilities"], serde_json::json!([{ "name": "money", "features": 2 }]));
    // Both binaries are built with users-core and its like; a change to users-core affects both, and nothing more.
    assert_eq!(numbers["affected"]["deployables"], 2);
    assert_eq!(numbers["affected"]["worst"], 2);
    assert_eq!(numbers["deploys"], serde_json::json!({ "alone": 1, "together": 1, "nothing": 1 }));
    let feature = |name: &str| {
        let all = numbers["by_feature"].as_array().expect("features");
        all.iter().find(|one| one["name"] == name).expect("the feature").clone()
    };
    let of = |name: &str, keys: [&str; 6]| keys.map(|key| feature(name)[key].as_u64().expect("a count"));
    let keys = ["reaches", "reached_by", "fan_out", "fan_in", "afferent", "efferent"];
    // Only cart's package needs what lies outside of it: users-core, stock and log.
    assert_eq!(of("cart", keys), [2, 0, 2, 0, 0, 2]);
    assert_eq!(of("users", keys), [0, 2, 0, 2, 3, 0]);
    assert_eq!(of("stock", keys), [1, 1, 1, 1, 1, 1]);
    near(&feature("cart")["instability"], 1.0);
    near(&feature("users")["instability"], 0.0);
    near(&feature("stock")["instability"], 0.5);
    assert_eq!(feature("users")["deploys_alone"], true);
    assert_eq!(feature("cart")["deploys_alone"], false);
    assert_eq!(feature("cart")["because"], serde_json::json!(["reaches stock, users"]));
    assert_eq!(feature("stock")["deploys_alone"], Value::Null);
}

#[test]
fn every_format_tells_the_sample() {
    let shop = testdata("monorepos/shop");
    insta::assert_snapshot!("metrics", run(&shop, "metrics").transcript());
    insta::assert_snapshot!("metrics_csv", run(&shop, "metrics --format csv").transcript());
    insta::assert_snapshot!("metrics_openmetrics", run(&shop, "metrics --format openmetrics").transcript());
}

#[test]
fn the_numbers_for_programs_are_what_their_schema_says() {
    let schema: Value = serde_json::from_str(&run(&testdata(""), "schema metrics").output).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let nothing = repository(&[("watertight.toml", "")]);
    for folder in [testdata("monorepos/shop"), testdata("monorepos/bookshop"), nothing.path().to_owned()] {
        let errors: Vec<String> =
            validator.iter_errors(&measured(&folder)).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn nothing_to_measure_is_an_answer() {
    let folder = repository(&[("watertight.toml", ""), ("README.md", "nothing\n")]);
    insta::assert_snapshot!("metrics_of_nothing", run(folder.path(), "metrics").transcript());
    let numbers = measured(folder.path());
    assert_eq!(numbers["independence"], Value::Null);
    assert_eq!(numbers["propagation"]["cost"], Value::Null);
}

/// Names of features are anything that a person types; Prometheus' own parser reads what comes of them.
#[cfg(target_os = "linux")]
#[test]
fn prometheus_reads_what_is_exported() {
    let hostile =
        "[features.'a\"b{x=\"y\"} 1\\n\\']\npaths = [\"a\"]\n[features.\"é # x\"]\npaths = [\"b\"]\n";
    let folder = repository(&[
        ("watertight.toml", hostile),
        ("a/Cargo.toml", "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\n"),
        ("a/src/lib.rs", ""),
        ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
        ("b/src/lib.rs", ""),
    ]);
    for place in [folder.path(), &testdata("monorepos/shop")] {
        let text = run(place, "metrics --format openmetrics").output;
        assert!(text.contains("watertight_independence_ratio "), "{text}");
        let mut promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("promtool is there: Debian has it in the package `prometheus`");
        promtool.stdin.take().expect("an input").write_all(text.as_bytes()).expect("written");
        let output = promtool.wait_with_output().expect("promtool ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}\n{text}");
        assert!(said.trim().is_empty(), "promtool warns: {said}\n{text}");
    }
}

/// What each unit reaches, one step after another, from the graph that another command prints.
fn reached_by_hand(graph: &Value) -> (usize, usize, BTreeSet<(String, String)>) {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let units = graph["units"].as_array().expect("units");
    let ends = ["assembly", "test-support", "test support"];
    let role: BTreeMap<String, String> =
        units.iter().map(|one| (text(&one["id"]), text(&one["role"]))).collect();
    let is_end = |unit: &str| ends.contains(&role[unit].as_str());
    let counted: Vec<&String> = role.keys().filter(|unit| !is_end(unit)).collect();
    let reaching = ["code", "build", "start", "data", "release"];
    let edges: Vec<(String, String)> = graph["couplings"]
        .as_array()
        .expect("couplings")
        .iter()
        .filter(|one| reaching.contains(&one["kind"].as_str().expect("a kind")))
        .map(|one| (text(&one["from"]), text(&one["to"])))
        .filter(|(from, to)| !is_end(from) && !is_end(to))
        .collect();
    let feature = |unit: &str| {
        let found = units.iter().find(|one| one["id"] == unit).expect("the unit");
        found["feature"].as_str().map(str::to_owned)
    };
    let (mut all, mut pairs) = (0, BTreeSet::new());
    for unit in &counted {
        let mut reached = BTreeSet::from([(*unit).clone()]);
        loop {
            let before = reached.len();
            let more: Vec<String> =
                edges.iter().filter(|(from, _)| reached.contains(from)).map(|(_, to)| to.clone()).collect();
            reached.extend(more);
            if reached.len() == before {
                break;
            }
        }
        all += reached.len();
        for other in &reached {
            if let (Some(from), Some(to)) = (feature(unit), feature(other))
                && from != to
            {
                pairs.insert((from, to));
            }
        }
    }
    (counted.len(), all, pairs)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_are_those_of_brute_force(edges in proptest::collection::btree_set((0_usize..9, 0_usize..9), 0..24)) {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        let edges: Vec<(&str, &str)> =
            edges.into_iter().filter(|(from, to)| from != to).map(|(from, to)| (names[from], names[to])).collect();
        let folder = packages(&names, &edges);
        let text = std::fs::read_to_string(folder.path().join("watertight.toml")).expect("a text");
        // Some are no features: an assembly, test support, and one that nothing assigns.
        let text = text
            .replace("[features.g]\npaths", "[assemblies]\npaths")
            .replace("[features.h]\npaths", "[test-support]\npaths")
            .replace("[features.i]\npaths = [\"i\"]\n", "");
        write(folder.path(), "watertight.toml", text.as_bytes());
        let graph = run(folder.path(), "graph --format json --level units").json();
        let (units, reached, pairs) = reached_by_hand(&graph);
        let numbers = measured(folder.path());
        prop_assert_eq!(&numbers["propagation"]["units"], units);
        prop_assert_eq!(&numbers["propagation"]["ccd"], reached);
        let features = 6;
        prop_assert_eq!(&numbers["independence"]["pairs"], features * (features - 1));
        prop_assert_eq!(&numbers["independence"]["independent"], features * (features - 1) - pairs.len());
    }
}
