//! `watertight check` on the sample monorepo, as a person and as a program see it.

use crate::watertight::{copied, repository, run, testdata};

#[test]
fn the_sample_is_told_to_a_person() {
    let run = run(&testdata("monorepos/shop"), "check");
    insta::assert_snapshot!(run.transcript());
}

#[test]
fn the_sample_is_told_to_a_program() {
    let run = run(&testdata("monorepos/shop"), "check --format json");
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.output);
}

#[test]
fn the_graph_of_the_sample_is_told_to_a_program() {
    let arguments = "graph --build-sets --target x86_64-unknown-linux-gnu";
    let run = run(&testdata("monorepos/shop"), arguments);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.output);
}

#[test]
fn the_same_bytes_come_out_every_time_and_wherever_it_is_started() {
    let shop = testdata("monorepos/shop");
    let first = run(&shop, "check --format json");
    for _ in 0..5 {
        assert_eq!(run(&shop, "check --format json").output, first.output);
    }
    for threads in ["1", "2", "7"] {
        let output = std::process::Command::new(crate::watertight::binary())
            .args(["check", "--format", "json"])
            .current_dir(&shop)
            .env_clear()
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("the binary runs");
        assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), first.output, "{threads} threads");
    }
    assert_eq!(run(&shop.join("services/checkout/src"), "check --format json").output, first.output);
    assert_eq!(run(&testdata(""), "check monorepos/shop --format json").output, first.output);
}

#[test]
fn the_time_is_told_only_when_it_is_asked_for() {
    let shop = testdata("monorepos/shop");
    assert!(!run(&shop, "check").transcript().contains(" ms"));
    for format in ["human", "json", "compact"] {
        let told = run(&shop, &format!("check --verbose --format {format}"));
        assert_eq!(told.output, run(&shop, &format!("check --format {format}")).output);
        assert!(told.messages.contains(" ms in all\n"), "{}", told.messages);
    }
}

#[test]
fn a_clean_repository_exits_with_0() {
    let folder = repository(&[
        ("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n\n[features.stock]\npaths = [\"stock\"]\n"),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("cart/src/lib.rs", ""),
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n"),
        ("stock/src/lib.rs", ""),
    ]);
    let run = run(folder.path(), "check");
    assert_eq!(
        run.transcript(),
        "no findings in 2 features, 2 packages, 0 couplings; independence 2 of 2 (100 %)\n--- exit 0 ---\n"
    );
}

#[test]
fn a_configuration_may_come_from_elsewhere() {
    let shop = copied(&testdata("monorepos/shop"));
    let elsewhere = shop.path().join("watertight.toml");
    let text = std::fs::read_to_string(&elsewhere).expect("a configuration");
    let own = run(shop.path(), "check");
    std::fs::remove_file(elsewhere).expect("removed");
    let other = repository(&[("features.toml", &text)]);
    let path = other.path().join("features.toml");
    let run = run(shop.path(), &format!("check . --config {}", path.display()));
    assert_eq!((run.code, run.output), (own.code, own.output));
}

/// Cargo needs the user's environment to be found at all.
fn with_cargo(folder: &std::path::Path, command: &str) -> (serde_json::Value, String) {
    let output = std::process::Command::new(crate::watertight::binary())
        .args(command.split(' '))
        .args([".", "--format", "json", "--cargo", "--offline"])
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let messages = String::from_utf8(output.stderr).expect("UTF-8");
    (serde_json::from_slice(&output.stdout).expect("JSON"), messages)
}

#[test]
fn cargo_itself_finds_the_same_couplings() {
    let shop = copied(&testdata("monorepos/shop"));
    let (asked, messages) = with_cargo(shop.path(), "check");
    assert_eq!(asked, run(shop.path(), "check --format json").json());
    assert!(messages.contains("executes what this repository configures"), "{messages}");
    for fixture in [
        "cargo-features-between-members",
        "inherited-dependencies",
        "one-dependency-in-every-kind",
        "patched-registry-crate-reaches-member",
        "platform-dependencies",
        "renamed-dependencies",
        "torture",
        "two-workspaces-and-a-package",
    ] {
        let fixture = copied(&testdata("sources/cargo").join(fixture));
        let own = run(fixture.path(), "graph --level packages --format json .").json();
        assert!(own["couplings"].as_array().is_some_and(|couplings| couplings.len() > 1));
        assert_eq!(
            with_cargo(fixture.path(), "graph --level packages").0,
            own,
            "{}",
            fixture.path().display()
        );
    }
}

#[test]
fn help_tells_the_exit_codes_and_examples() {
    let folder = testdata("");
    insta::assert_snapshot!("help", run(&folder, "--help").transcript());
    insta::assert_snapshot!("help-check", run(&folder, "check --help").transcript());
    insta::assert_snapshot!("help-graph", run(&folder, "graph --help").transcript());
}
