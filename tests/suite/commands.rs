//! `explain`, `rules` and `may`, as a person and as a program see them.

use crate::watertight::{repository, run, testdata};

#[test]
fn every_built_in_rule_is_explained_anywhere() {
    let folder = repository(&[]);
    let list = run(folder.path(), "explain");
    insta::assert_snapshot!(list.transcript());
    assert_eq!(run(&testdata("monorepos/shop"), "rules").output, list.output);
    for line in list.output.lines().filter(|line| line.starts_with("deny") || line.starts_with("warn")) {
        let rule = line.split_whitespace().nth(1).expect("a rule");
        let told = run(folder.path(), &format!("explain {rule}"));
        assert_eq!(told.code, 0, "{}", told.transcript());
        for heading in ["What it finds", "Why it matters", "How to fix it", "When to allow it", "Options"] {
            assert!(told.output.contains(&format!("\n{heading}\n  ")), "{rule}: {}", told.transcript());
        }
        assert!(told.output.lines().all(|line| line.chars().count() <= 100), "{}", told.transcript());
    }
    let unknown = run(folder.path(), "explain unshared-couplings");
    assert_eq!(unknown.code, 2);
    assert!(unknown.messages.contains("did you mean `unshared-coupling`?"), "{}", unknown.transcript());
}

#[test]
fn an_explanation_ends_with_what_the_rule_finds_here() {
    insta::assert_snapshot!(run(&testdata("monorepos/shop"), "explain broad-responsibility").transcript());
    insta::assert_snapshot!(
        run(&testdata("monorepos/shop"), "explain call-chain --format markdown").transcript()
    );
}

#[test]
fn the_power_of_each_rule_is_shown_on_the_sample() {
    insta::assert_snapshot!(run(&testdata("monorepos/shop"), "rules --prove").transcript());
    let rules = run(&testdata("monorepos/shop"), "rules --prove --format json").json();
    let listed = run(&testdata("monorepos/shop"), "rules --format json").json();
    let active = listed["rules"].as_array().expect("rules").iter().filter(|rule| rule["level"] != "off");
    assert_eq!(rules["rules"].as_array().expect("rules").len(), active.count());
}

const DEAD: &str = r#"
[features.cart]
paths = ["cart"]
[features.stock]
paths = ["stock"]

[rules]
call-chain = { longest = 9 }

[rules.edge-uses-stock]
summary = "The edge may not build on the stock"
condition.coupling = { kinds = ["code"], from = "tag:egde", to = "feature:stock" }

[rules.stock-uses-itself]
level = "warn"
summary = "The stock may not build on itself"
condition.coupling = { kinds = ["code"], from = "feature:stock", to = "feature:stock", unless = ["same-feature"] }

[rules.nothing-stored]
summary = "There is no datastore yet"
condition.meeting = { kinds = ["data"], on = "kind:datastore" }
"#;

#[test]
fn a_dead_rule_is_told_with_its_reason_and_fails_at_level_deny() {
    let packages = [
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("cart/src/lib.rs", ""),
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n"),
        ("stock/src/lib.rs", ""),
    ];
    let folder = repository(&[&[("watertight.toml", DEAD)], packages.as_slice()].concat());
    let proved = run(folder.path(), "rules --prove");
    assert_eq!(proved.code, 1, "{}", proved.transcript());
    insta::assert_snapshot!(proved.transcript());
    let alive = DEAD.replace("tag:egde", "feature:cart");
    let folder = repository(&[&[("watertight.toml", alive.as_str())], packages.as_slice()].concat());
    let proved = run(folder.path(), "rules --prove");
    assert_eq!(proved.code, 0, "a dead rule at level warn fails nothing: {}", proved.transcript());
    assert!(proved.output.contains("a `code` coupling from `cart` to `stock` would be flagged"));
}

#[test]
fn whether_a_coupling_may_be_is_answered_with_its_reasons() {
    let shop = testdata("monorepos/shop");
    let mut told = String::new();
    for (arguments, code) in [
        ("may checkout-api users-client", 0),
        ("may checkout-api users-service", 1),
        ("may services/checkout/api/src/main.rs crates/ledger", 0),
        ("may catalog users --kind data", 1),
        ("may storefront catalog", 0),
        ("may storefront-web checkout-orders --kind test", 0),
        ("may common-telemetry users-service", 1),
        ("may users-service monolith", 1),
        ("may pricing-rules ledger", 1),
        ("may catalog datastore:orders", 2),
        ("may catlog users", 2),
        ("may catalog catalog", 2),
    ] {
        let answer = run(&shop, arguments);
        told += &format!("$ watertight {arguments}\n{}\n", answer.transcript());
        assert_eq!(answer.code, code, "{}", answer.transcript());
    }
    insta::assert_snapshot!(told);
    let json = run(&shop, "may checkout-api users-service --format json");
    assert_eq!(json.code, 1);
    insta::assert_snapshot!(json.output);
}

#[test]
fn what_needs_a_configuration_says_so() {
    let folder = repository(&[("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/lib.rs", "")]);
    for arguments in ["may a b --in .", "rules --prove ."] {
        let refused = run(folder.path(), arguments);
        assert_eq!(refused.code, 2, "{}", refused.transcript());
        assert!(refused.messages.contains("no `watertight.toml`"), "{}", refused.transcript());
    }
}
