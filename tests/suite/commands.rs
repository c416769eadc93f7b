//! `explain`, `rules` and `may`, as a person and as a program see them.

use crate::watertight::{repository, run, testdata};

#[test]
fn every_built_in_rule_is_explained_anywhere() {
    let folder = repository(&[]);
    let list = run(folder.path(), "explain");
    // Only a few of them are shown, so that a rule more changes nothing here.
    let few = ["unshared-coupling", "call-chain", "bottleneck"];
    let shown = list.output.lines().filter(|line| few.iter().any(|rule| line.contains(rule)));
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
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

/// Who mistypes the name of a rule in the configuration is told to look at the list, so that has to be had.
#[test]
fn the_rules_are_listed_where_the_configuration_is_broken() {
    let folder = repository(&[("watertight.toml", "[rules]\nfrobnicate = \"deny\"\n")]);
    for (command, code) in [("rules", 2), ("explain", 0)] {
        let told = run(folder.path(), command);
        assert_eq!(told.code, code, "{}", told.transcript());
        assert!(told.output.contains(" unshared-coupling "), "{}", told.transcript());
        assert!(told.messages.contains("unknown rule `frobnicate`"), "{}", told.transcript());
    }
    assert_eq!(run(folder.path(), "rules --prove").output, "");
}

/// What `rules --prove` says of some rules.
fn told_of(output: &str, rules: &[&str]) -> String {
    let mut told = String::new();
    let mut is_meant = false;
    for line in output.lines() {
        if !line.starts_with(' ') {
            is_meant = rules.iter().any(|rule| line.split(' ').any(|word| word == *rule))
                || line.starts_with("a dead rule");
        }
        if is_meant {
            told += &format!("{line}\n");
        }
    }
    told
}

#[test]
fn the_power_of_each_rule_is_shown_on_the_sample() {
    let few = ["unshared-coupling", "call-cycle", "shared-datastore", "private-unit", "unassigned-unit"];
    insta::assert_snapshot!(told_of(&run(&testdata("monorepos/shop"), "rules --prove").output, &few));
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
    let few = ["edge-uses-stock", "stock-uses-itself", "nothing-stored", "call-chain", "unshared-coupling"];
    insta::assert_snapshot!(told_of(&proved.output, &few));
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

fn package(name: &str, dependencies: &[&str]) -> [(String, String); 2] {
    let needs = dependencies.iter().map(|one| format!("{one} = {{ path = \"../{one}\" }}\n"));
    let manifest = format!("[package]\nname = \"{name}\"\n[dependencies]\n{}", needs.collect::<String>());
    [(format!("{name}/Cargo.toml"), manifest), (format!("{name}/src/lib.rs"), String::new())]
}

fn made(configuration: &str, packages: &[(&str, &[&str])]) -> tempfile::TempDir {
    let mut files = vec![("watertight.toml".to_owned(), configuration.to_owned())];
    files.extend(packages.iter().flat_map(|(name, dependencies)| package(name, dependencies)));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    repository(&files)
}

const TWO: &str = "[features.cart]\npaths = [\"cart\"]\n[features.orders]\npaths = [\"orders\"]\n[features.invoices]\npaths = [\"invoices*\"]\napis = [\"invoices-client\"]\n";

/// What is wrong already must not hide who else would get in.
#[test]
fn whoever_gets_in_at_a_known_finding_is_still_refused() {
    let packages: [(&str, &[&str]); 4] =
        [("cart", &[]), ("orders", &["util"]), ("util", &["invoices"]), ("invoices", &[])];
    for configuration in [TWO.to_owned(), format!("{TWO}[shared]\npaths = [\"util\"]\n")] {
        let folder = made(&configuration.replace("apis = [\"invoices-client\"]\n", ""), &packages);
        assert_eq!(run(folder.path(), "may cart util").code, 1, "{configuration}");
    }
    let row = "[rules]\ncall-chain = { level = \"deny\", longest = 1 }\n[features.a]\n[features.b]\n[features.c]\n[features.d]\n\
        [[couplings]]\nfrom = \"a\"\nto = \"b\"\nkind = \"call\"\nreason = \"-\"\n[[couplings]]\nfrom = \"b\"\nto = \"c\"\nkind = \"call\"\nreason = \"-\"\n";
    let folder = made(row, &[]);
    let answer = run(folder.path(), "may c d --kind call");
    assert_eq!(answer.code, 1, "{}", answer.transcript());
    assert_eq!(run(folder.path(), "may d a --kind test").code, 0);
}

#[test]
fn a_question_is_about_the_package_that_a_feature_shares_its_name_with() {
    let configuration = "[responsibilities]\none = \"-\"\n[features.cart]\npaths = [\"cart\"]\nresponsibilities = [\"one\"]\n\
        [features.stock]\npaths = [\"stock*\"]\nresponsibilities = [\"one\"]\nexposes = [\"stock-types\"]\n";
    let folder = made(configuration, &[("cart", &[]), ("stock", &[]), ("stock-types", &[])]);
    for (to, code) in [
        ("stock", 1),
        ("package:stock", 1),
        ("stock-types", 0),
        ("feature:stock", 0),
        ("stock/src/new.rs", 1),
    ] {
        let answer = run(folder.path(), &format!("may cart {to}"));
        assert_eq!(answer.code, code, "{to}: {}", answer.transcript());
    }
    assert!(run(folder.path(), "may cart stock").output.contains("`exposes` of `stock` does not name it"));
}

#[test]
fn corrections_and_missing_paths_count_in_answers() {
    let corrected =
        "[[corrections]]\nfrom = \"cart\"\nto = \"invoices-client\"\nas = \"types-only\"\nreason = \"-\"\n";
    let closed = TWO.replace("paths = [\"cart\"]", "paths = [\"cart\"]\nconsumes = []");
    let packages: [(&str, &[&str]); 2] = [("cart", &["invoices-client"]), ("invoices-client", &[])];
    let folder = made(&closed, &packages);
    assert_eq!(run(folder.path(), "may cart invoices-client").code, 1);
    let folder = made(&format!("{closed}{corrected}"), &packages);
    let answer = run(folder.path(), "may cart invoices-client");
    assert_eq!(answer.code, 0, "{}", answer.transcript());
    // A package at the root holds every path, also those that are not there.
    let folder = repository(&[
        ("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n[shared]\npaths = [\".\"]\n"),
        ("Cargo.toml", "[package]\nname = \"app\"\n"),
        ("src/lib.rs", ""),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("cart/src/lib.rs", ""),
    ]);
    assert_eq!(run(folder.path(), "may cart/src/lib.rs src/lib.rs").code, 0);
    assert_eq!(run(folder.path(), "may cart/src/lib.rs no/such/file.rs").code, 2);
    // A datastore is used, not compiled against.
    let declared = format!(
        "{TWO}[[couplings]]\nfrom = \"orders\"\nto = \"datastore:db\"\nkind = \"data\"\nreason = \"-\"\n"
    );
    let folder = made(&declared, &[("cart", &[]), ("orders", &[]), ("invoices-client", &[])]);
    assert_eq!(run(folder.path(), "may cart datastore:db").code, 1);
    assert_eq!(run(folder.path(), "may cart datastore:db --kind code").code, 2);
}

/// What entities in Markdown stand for is known only when it is drawn.
#[test]
fn an_explanation_cannot_control_a_terminal() {
    let rule = "id = \"evil\"\nsummary = \"s\"\nexplanation = \"\"\"\n## What &#10;::error::x\n\nred &#27;[31m text &#x202e;rev `a &#27; b`\n\"\"\"\n\
        [condition.coupling]\nkinds = [\"code\"]\nfrom = \"feature\"\nto = \"feature\"\n";
    let folder = repository(&[("watertight.toml", TWO), (".watertight/rules/evil.toml", rule)]);
    let told = run(folder.path(), "explain evil");
    assert!(told.output.contains("red ?[31m text"), "{}", told.transcript());
    assert!(!told.output.contains(['\u{1b}', '\u{202e}']), "{}", told.transcript());
    assert!(!told.output.lines().any(|line| line.starts_with("::")), "{}", told.transcript());
}

#[test]
fn an_exception_for_everything_leaves_a_rule_dead() {
    let packages: [(&str, &[&str]); 3] = [("cart", &[]), ("orders", &[]), ("invoices-client", &[])];
    let except = |from: &str| {
        format!(
            "{TWO}[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"{from}\"\nto = \"anything\"\nreason = \"-\"\n"
        )
    };
    let proved = |configuration: &str| {
        let folder = made(configuration, &packages);
        let proved = run(folder.path(), "rules --prove");
        told_of(&proved.output, &["unshared-coupling"])
    };
    assert!(
        proved(&except("anything")).starts_with("dead  unshared-coupling"),
        "{}",
        proved(&except("anything"))
    );
    assert!(proved(&except("cart")).starts_with("can   unshared-coupling"), "{}", proved(&except("cart")));
}
