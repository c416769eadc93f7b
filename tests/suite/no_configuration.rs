//! Without a configuration: `check` says how to start, `graph` needs none.

use crate::watertight::{copied, repository, run, testdata};

#[test]
fn check_proposes_the_lines_to_start_from() {
    let shop = copied(&testdata("monorepos/shop"));
    std::fs::remove_file(shop.path().join("watertight.toml")).expect("removed");
    std::fs::remove_file(shop.path().join("services/users/feature.toml")).expect("removed");
    let run = run(shop.path(), "check .");
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.transcript());
}

/// What is proposed must be a configuration, and every path in it must match.
#[test]
fn what_is_proposed_can_be_used_as_it_is() {
    let shop = copied(&testdata("monorepos/shop"));
    std::fs::remove_file(shop.path().join("services/users/feature.toml")).expect("removed");
    std::fs::remove_file(shop.path().join("watertight.toml")).expect("removed");
    let proposed = run(shop.path(), "check .").messages;
    let lines = proposed.lines().skip_while(|line| !line.trim_start().starts_with('['));
    let text: String = lines.map(|line| line.to_owned() + "\n").collect();
    std::fs::write(shop.path().join("watertight.toml"), &text).expect("written");
    let run = run(shop.path(), "check .");
    assert!(run.messages.is_empty(), "{text}\n{}", run.transcript());
    assert!(!run.output.contains("unmatched-selector"), "{text}\n{}", run.transcript());
}

#[test]
fn graph_needs_none() {
    let shop = copied(&testdata("monorepos/shop"));
    std::fs::remove_file(shop.path().join("watertight.toml")).expect("removed");
    let run = run(shop.path(), "graph .");
    assert_eq!(run.code, 0, "{}", run.messages);
    assert!(run.json()["units"].as_array().is_some_and(|units| units.len() > 17));
}

#[test]
fn an_empty_repository_gets_an_example() {
    let folder = repository(&[(".git/HEAD", "")]);
    let run = run(folder.path(), "check");
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.transcript());
}

/// `watertight check > watertight.toml` makes an empty one before anything runs.
#[test]
fn an_empty_configuration_is_no_green() {
    let shop = copied(&testdata("monorepos/shop"));
    std::fs::remove_file(shop.path().join("services/users/feature.toml")).expect("removed");
    std::fs::write(shop.path().join("watertight.toml"), "").expect("written");
    let run = run(shop.path(), "check .");
    assert_eq!(run.code, 2, "{}", run.transcript());
    assert!(run.messages.starts_with("error: nothing is declared"), "{}", run.messages);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = repository(&[]);
    let run = run(folder.path(), "check nowhere");
    assert_eq!((run.code, run.output.as_str()), (2, ""));
    assert!(run.messages.starts_with("error: `nowhere` can't be opened"), "{}", run.messages);
}
