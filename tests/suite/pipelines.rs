//! What is read of pipelines: one small repository for each feature, with what its jobs ship, test and wait for.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::watertight::{copied, folders, git, name, repository, run, testdata};

/// The jobs of a repository, each with what it works on and what it waits for, and what of it is not known.
fn listing(folder: &Path) -> String {
    // Away from the repository that this is a part of.
    let copy = copied(folder);
    git(copy.path(), "init --quiet");
    let answer = run(copy.path(), "graph --level units --format json").json();
    let mut written = format!("{}\n", name(folder));
    let list = |key: &str| answer[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for unit in list("units").iter().filter(|unit| unit["kind"] == "job") {
        let runs: Vec<String> = unit["runs"].as_array().into_iter().flatten().map(text).collect();
        let at = &unit["declared_at"];
        writeln!(
            written,
            "  job {} {}:{}: {}",
            text(&unit["name"]),
            text(&at["path"]),
            at["line"],
            runs.join(", ")
        )
        .expect("written");
    }
    for coupling in list("couplings").iter().filter(|coupling| coupling["kind"] == "release") {
        let places = coupling["evidence"].as_array().into_iter().flatten();
        let places: Vec<String> =
            places.map(|place| format!("{}:{}", text(&place["path"]), place["line"])).collect();
        let (from, to) = (text(&coupling["from"]), text(&coupling["to"]));
        writeln!(written, "  {from} -> {to} {}", places.join(", ")).expect("written");
    }
    for gap in list("gaps") {
        writeln!(written, "  gap {}:{} {}", text(&gap["path"]), gap["line"], text(&gap["what"]))
            .expect("written");
    }
    for problem in list("problems") {
        writeln!(
            written,
            "  problem {}:{} {}",
            text(&problem["path"]),
            problem["line"],
            text(&problem["message"])
        )
        .expect("written");
    }
    written
}

#[test]
fn each_fixture_states_what_it_is_named_for() {
    for system in ["github", "gitlab"] {
        let root = testdata(&format!("sources/{system}"));
        let all: Vec<String> = folders(&root).iter().map(|folder| listing(folder)).collect();
        assert!(all.len() > 4, "{system} has fixtures");
        insta::with_settings!({ snapshot_path => &root, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("facts", all.concat());
        });
    }
}

/// A pipeline that somebody wrote to do harm: templates and actions in a circle, matrices of matrices, files that
/// include each other.
#[test]
fn hostile_pipelines_end() {
    let axis: Vec<String> = (0..300).map(|at| at.to_string()).collect();
    let axis = axis.join(",");
    let steps = "      - run: docker build -t ${{ matrix.a }}${{ matrix.b }} .\n".repeat(400);
    let wide = format!(
        "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        a: [{axis}]\n        b: [{axis}]\n    steps:\n{steps}"
    );
    let circle = "on: [push, workflow_call]\njobs:\n  a:\n    needs: [b]\n    uses: ./.github/workflows/circle.yml\n  b:\n    \
                  needs: [a]\n    steps:\n      - uses: ./tools/a\n      - run: ./x.sh\n";
    let extends: String = (0..600)
        .map(|at| format!("j{at}:\n  extends: [j{}, j{}]\n  script: make\n", at + 1, at + 2))
        .collect();
    let files = [
        (".github/workflows/wide.yml", wide.as_str()),
        (".github/workflows/circle.yml", circle),
        (
            "tools/a/action.yml",
            "runs:\n  using: composite\n  steps:\n    - uses: ./tools/a\n    - uses: ./tools/a\n",
        ),
        ("x.sh", "#!/bin/sh\n./x.sh\n. ./x.sh\nfor a in 1 2; do docker push $a; done\n"),
        (".gitlab-ci.yml", &format!("include: [ci/a.yml, .gitlab-ci.yml]\n{extends}")),
        (
            "ci/a.yml",
            "include: /ci/a.yml\na:\n  trigger: {include: ci/a.yml}\n  script:\n    - !reference [a, script]\n",
        ),
        ("Dockerfile", "FROM scratch\n"),
    ];
    let repository = repository(&files);
    git(repository.path(), "init --quiet");
    let answer = run(repository.path(), "graph --level units --format json").json();
    let jobs = answer["units"].as_array().into_iter().flatten().filter(|unit| unit["kind"] == "job").count();
    assert!(jobs > 600, "{jobs}");
}

const CART: &str =
    "[package]\nname = \"cart\"\nedition = \"2024\"\n[dependencies]\nmoney = { path = \"../money\" }\n";
const USERS: &str = "[package]\nname = \"users\"\nedition = \"2024\"\n";
const MONEY: &str = "[package]\nname = \"money\"\nedition = \"2024\"\n";

/// A job for each of two features; the users go out after the cart, and nobody ships the cart for what it is built with.
fn shop() -> tempfile::TempDir {
    let job = |name: &str, more: &str| {
        format!(
            "  {name}:\n{more}    steps:\n      - run: docker build -f {name}/Dockerfile -t shop/{name} . && docker push \
             shop/{name}\n"
        )
    };
    let workflow = format!(
        "on:\n  push:\n    paths: [cart/**, users/**, Cargo.*]\njobs:\n{}{}",
        job("cart", ""),
        job("users", "    needs: cart\n")
    );
    let dockerfile = |name: &str| {
        format!(
            "FROM rust AS build\nCOPY . .\nRUN cargo build --release -p {name}\nFROM scratch\nCOPY --from=build \
             /target/release/{name} /\n"
        )
    };
    repository(&[
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"cart\", \"users\", \"money\"]\n"),
        ("cart/Cargo.toml", CART),
        ("cart/src/main.rs", "fn main() {}\n"),
        ("cart/Dockerfile", &dockerfile("cart")),
        ("users/Cargo.toml", USERS),
        ("users/src/main.rs", "fn main() {}\n"),
        ("users/Dockerfile", &dockerfile("users")),
        ("money/Cargo.toml", MONEY),
        ("money/src/lib.rs", ""),
        (".github/workflows/release.yml", &workflow),
        (
            "watertight.toml",
            "[features.cart]\npaths = [\"cart\"]\n[features.users]\npaths = [\"users\"]\n[shared]\npaths = [\"money\"]\n",
        ),
    ])
}

#[test]
fn a_job_that_waits_for_another_one_imposes_an_order() {
    insta::assert_snapshot!(run(shop().path(), "order").transcript());
}

#[test]
fn jobs_that_have_to_run_are_told_and_what_keeps_them_from_it() {
    let shop = shop();
    insta::assert_snapshot!(run(shop.path(), "impact --files money/src/lib.rs --what run").transcript());
    insta::assert_snapshot!(run(shop.path(), "impact --files .github/workflows/release.yml").transcript());
}

#[test]
fn what_is_shipped_in_one_pipeline_and_what_it_is_built_from() {
    insta::assert_snapshot!(run(shop().path(), "check").transcript());
}
