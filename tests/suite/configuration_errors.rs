//! What is wrong with a configuration: all of it at once, each with its place and a suggestion.

use crate::watertight::{repository, run};

fn errors(files: &[(&str, &str)]) -> String {
    let folder = repository(files);
    let run = run(folder.path(), "check");
    assert_eq!((run.code, run.output.as_str()), (2, ""), "{}", run.transcript());
    run.messages
}

#[test]
fn several_errors_are_told_at_once() {
    insta::assert_snapshot!(errors(&[(
        "watertight.toml",
        r#"
[feature.cart]
paths = ["cart"]

[responsibilities]
payments = { abuot = "money", through = "ledger" }
identity = 3

[features.checkout]
pahts = ["checkout"]
owner = ["@shop/checkout"]
paths = ["/absolute", "../outside", "a[", ""]

[features."node/*"]
paths = ["node"]

[features.nodes]
each = "node/*"

[features."one/*"]
each = "node/api"

[features."two//x"]

[shared]
path = ["crates"]

[scan]
exclude = [1]
"#
    )]));
}

#[test]
fn rules_and_levels_are_checked() {
    insta::assert_snapshot!(errors(&[(
        "watertight.toml",
        "[rules]\nunshared-couplings = \"deny\"\nhidden-coupling = \"wran\"\nfeature-cycle = { level = \"off\", longest = 3 }\n"
    )]));
}

#[test]
fn syntax_errors_are_told_with_their_place() {
    insta::assert_snapshot!(errors(&[(
        "watertight.toml",
        "[features.cart\npaths = [\"cart\"\n[shared]\npaths = \"x\n"
    )]));
}

#[test]
fn declarations_next_to_the_code_may_not_excuse_themselves() {
    insta::assert_snapshot!(errors(&[
        ("watertight.toml", ""),
        (
            "cart/feature.toml",
            "feature = \"cart\"\npaths = [\"other\"]\nonwer = \"me\"\n[shared]\npaths = [\"x\"]\n"
        ),
        ("stock/feature.toml", "owner = \"me\"\n"),
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n[package.metadata.watertight]\nfeature = 3\n"),
    ]));
}

#[test]
fn arguments_are_checked() {
    let folder = repository(&[]);
    let run = run(folder.path(), "chekc");
    assert_eq!(run.code, 2);
    assert!(run.messages.contains("check"), "{}", run.messages);
    let run = crate::watertight::run(folder.path(), "check --offline");
    assert_eq!(run.code, 2, "--offline without --cargo means nothing");
}
