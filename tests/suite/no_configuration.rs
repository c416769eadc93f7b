//! Without a configuration: `check` names `init`, `graph` needs none.

use crate::watertight::{copied, repository, run, testdata};

#[test]
fn check_names_init_and_what_it_would_find() {
    let shop = copied(&testdata("monorepos/shop"));
    std::fs::remove_file(shop.path().join("watertight.toml")).expect("removed");
    std::fs::remove_file(shop.path().join("services/users/feature.toml")).expect("removed");
    let run = run(shop.path(), "check .");
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.transcript());
}

#[test]
fn graph_needs_none() {
    let shop = copied(&testdata("monorepos/shop"));
    std::fs::remove_file(shop.path().join("watertight.toml")).expect("removed");
    let run = run(shop.path(), "graph --level packages --format json .");
    assert_eq!(run.code, 0, "{}", run.messages);
    assert!(run.json()["units"].as_array().is_some_and(|units| units.len() > 17));
}

#[test]
fn an_empty_repository_is_no_green() {
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
