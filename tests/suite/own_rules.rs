//! A user's rules: in files and in the configuration, right and broken.

use crate::watertight::{Run, repository, run};

/// Two features and a tagged one, with a coupling that the tool itself allows.
const CONFIGURATION: &str = r#"
[responsibilities]
orders = "An order is paid once"

[features.cart]
paths = ["cart"]
tags = ["edge"]
responsibilities = ["orders"]

[features.stock]
paths = ["stock"]
responsibilities = ["orders"]
"#;

fn shop(configuration: &str, rules: &[(&str, &str)]) -> tempfile::TempDir {
    let configuration = format!("{CONFIGURATION}{configuration}");
    let mut files = vec![
        ("watertight.toml", configuration.as_str()),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n[dependencies]\nstock = { path = \"../stock\" }\n"),
        ("cart/src/lib.rs", ""),
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n"),
        ("stock/src/lib.rs", ""),
    ];
    files.extend(rules);
    repository(&files)
}

fn checked(configuration: &str, rules: &[(&str, &str)]) -> Run {
    let folder = shop(configuration, rules);
    run(folder.path(), "check")
}

const SHORT: &str = r#"
[rules.edge-uses-stock]
summary = "What runs at the edge may not build on the stock"
condition.coupling = { kinds = ["code"], from = "tag:edge", to = "feature:stock" }
"#;

#[test]
fn a_short_rule_in_the_configuration_finds_what_it_says() {
    insta::assert_snapshot!(checked(SHORT, &[]).transcript());
}

#[test]
fn a_rule_in_a_file_is_told_explained_and_set_like_any_other() {
    let file = r#"
id = "edge-uses-stock"
level = "warn"
summary = "What runs at the edge may not build on the stock"
message = "`{from.who}` runs at the edge and {verb} `{to}`"
label = "not from the edge"
help = ["ask `{to.who}` through its API: {apis}"]
explanation = """
## What it finds

A coupling from the edge to the stock.

* the first
* the second, with `code`

1. one
2. two

    cargo tree
"""

[condition.coupling]
kinds = ["code"]
from = "tag:edge"
to = "feature:stock"
unless = ["same-feature"]
"#;
    let rules = [(".watertight/rules/edge-uses-stock.toml", file), (".watertight/rules/notes.md", "no rule")];
    let folder = shop("[rules]\nedge-uses-stock = \"deny\"\n", &rules);
    insta::assert_snapshot!(run(folder.path(), "check").transcript());
    insta::assert_snapshot!(run(folder.path(), "explain edge-uses-stock").transcript());
    insta::assert_snapshot!(run(folder.path(), "explain edge-uses-stock --format markdown").transcript());
    let list = run(folder.path(), "explain");
    assert!(list.output.contains("deny  edge-uses-stock "), "{}", list.transcript());
    assert!(list.output.contains("rule file"), "{}", list.transcript());
    // Another folder, and it is said when nothing is there.
    let elsewhere = [("ci/rules/edge-uses-stock.toml", file)];
    let found = checked("[scan]\nrules-folder = \"ci/rules\"\n", &elsewhere);
    assert!(found.output.contains("warn[edge-uses-stock]"), "{}", found.transcript());
    let nothing = checked("[scan]\nrules-folder = \"ci/rulez\"\n", &elsewhere);
    assert!(nothing.output.contains("deny[unmatched-selector]"), "{}", nothing.transcript());
}

/// Each of these would be a check that can't fail, or fails for nothing.
#[test]
fn a_broken_rule_is_an_error_that_points_at_it() {
    let head = "id = \"x\"\nsummary = \"s\"\n";
    let coupling = |body: &str| format!("{head}[condition.coupling]\n{body}");
    let whole = "kinds = [\"code\"]\nfrom = \"feature\"\nto = \"feature\"\n";
    let broken = [
        ("an id that is not the file's name", "id = \"y\"\nsummary = \"s\"\n".to_owned()),
        ("no id", "summary = \"s\"\n".to_owned()),
        ("no summary", format!("id = \"x\"\n[condition.coupling]\n{whole}")),
        ("no condition", head.to_owned()),
        ("two conditions", format!("{}[condition.cycle]\nkinds = [\"code\"]\n", coupling(whole))),
        ("an unknown condition", format!("{head}[condition.couplings]\n{whole}")),
        ("an unknown key", coupling(&format!("{whole}unles = [\"same-feature\"]\n"))),
        ("an unknown kind", coupling(&whole.replace("code", "coode"))),
        ("no kinds", coupling("from = \"feature\"\nto = \"feature\"\n")),
        ("a bare name", coupling(&whole.replace("to = \"feature\"", "to = \"stock\""))),
        ("an unknown prefix", coupling(&whole.replace("to = \"feature\"", "to = \"faeture:stock\""))),
        ("an unknown kind of unit", coupling(&whole.replace("to = \"feature\"", "to = \"kind:pakage\""))),
        (
            "two roles at once",
            coupling(&whole.replace("to = \"feature\"", "to = { all = [\"shared\", \"feature:stock\"] }")),
        ),
        ("an empty list", coupling(&whole.replace("to = \"feature\"", "to = { any = [] }"))),
        (
            "any and all",
            coupling(&whole.replace("to = \"feature\"", "to = { any = [\"api\"], all = [\"api\"] }")),
        ),
        ("an unknown relation", coupling(&format!("{whole}unless = [\"same-features\"]\n"))),
        ("an unknown placeholder", coupling(whole).replace("summary", "message = \"{form}\"\nsummary")),
        (
            "a placeholder of another condition",
            coupling(whole).replace("summary", "message = \"{parties}\"\nsummary"),
        ),
        ("an unclosed placeholder", coupling(whole).replace("summary", "message = \"{from\"\nsummary")),
        ("an unknown level", coupling(whole).replace("summary", "level = \"error\"\nsummary")),
        ("a limit of 0", format!("{head}[condition.chain]\nkinds = [\"call\"]\nlongest = 0\n")),
        ("a limit that is a text", format!("{head}[condition.chain]\nkinds = [\"call\"]\nlongest = \"4\"\n")),
        ("no limit", format!("{head}[condition.reach]\nkinds = [\"code\"]\n")),
        ("of what", format!("{head}[condition.cycle]\nkinds = [\"code\"]\nof = \"feature\"\n")),
        ("nothing to say", format!("{head}[condition.declaration]\nabout = \"unasigned-units\"\n")),
        ("no TOML", "id = \n".to_owned()),
        ("the name of a built-in rule", String::new()),
    ];
    let mut told = String::new();
    for (what, text) in broken {
        let (path, text) = match text.as_str() {
            "" => (
                ".watertight/rules/hidden-coupling.toml",
                coupling(whole).replace("\"x\"", "\"hidden-coupling\""),
            ),
            _ => (".watertight/rules/x.toml", text),
        };
        let found = checked("", &[(path, &text)]);
        assert_eq!((found.code, found.output.as_str()), (2, ""), "{what}: {}", found.transcript());
        told += &format!("### {what}\n{}", found.messages);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_broken_rule_in_the_configuration_is_an_error_that_points_at_it() {
    let broken = r#"
[rules]
call-chain = { level = "warn", longset = 3 }
bottleneck = { more-than = 0 }
feature-cycle = { longest = 3 }
hidden-cuopling = "deny"
unassigned-unit = "of"
unshared-coupling = 3

[rules.Edge_uses_stock]
summary = "s"
condition.coupling = { kinds = ["code"], from = "tag:edge", to = "feature:stock" }

[rules.shared-datastore]
summary = "s"
condition.coupling = { kinds = ["code"], from = "tag:edge", to = "feature:stock" }

[rules.no-summary]
condition.coupling = { kinds = ["code"], from = "tag:edge", to = "feature" }
"#;
    let found = checked(broken, &[]);
    assert_eq!((found.code, found.output.as_str()), (2, ""), "{}", found.transcript());
    insta::assert_snapshot!(found.messages);
}

#[test]
fn every_condition_takes_a_rule_without_texts() {
    let short = r#"
[rules]
unmatched-selector = "off"
[rules.a-coupling]
summary = "one edge"
condition.coupling = { kinds = ["code"], from = "feature", to = "package:st*" }
[rules.a-cycle]
summary = "a circle"
condition.cycle = { of = "units", kinds = ["code", "call"] }
[rules.a-meeting]
summary = "a meeting"
condition.meeting = { kinds = ["data"], on = "kind:datastore" }
[rules.a-reach]
summary = "a reach"
condition.reach = { kinds = ["code"], more-than = 1 }
[rules.a-chain]
summary = "a chain"
condition.chain = { kinds = ["call"], longest = 1 }
[rules.a-path]
summary = "a path"
condition.path = { kinds = ["code"], from = "feature", through = "same-feature", last = "feature", to = "path:far", unless = ["same-feature"] }

[features.far]
paths = ["far"]
[[couplings]]
from = "stock"
to = "package:far"
kind = "code"
reason = "-"
[[couplings]]
from = "package:stock"
to = "package:far"
kind = "code"
reason = "-"
[[couplings]]
from = "package:stock"
to = "package:cart"
kind = "call"
reason = "-"
[[couplings]]
from = "cart"
to = "stock"
kind = "call"
reason = "-"
[[couplings]]
from = "stock"
to = "far"
kind = "call"
reason = "-"
[[couplings]]
from = "cart"
to = "datastore:one"
kind = "data"
reason = "-"
[[couplings]]
from = "far"
to = "datastore:one"
kind = "data"
reason = "-"
"#;
    let files = [("far/Cargo.toml", "[package]\nname = \"far\"\n"), ("far/src/lib.rs", "")];
    let folder = shop(short, &files);
    let report = run(folder.path(), "check --format json").json();
    let mut messages = String::new();
    for finding in report["findings"].as_array().expect("findings") {
        let rule = finding["rule"].as_str().expect("a rule");
        if rule.starts_with("a-") {
            messages += &format!(
                "{}\n  {}\n",
                finding["message"].as_str().expect("text"),
                finding["label"].as_str().expect("text")
            );
        }
    }
    insta::assert_snapshot!(messages);
}

/// A walk may start anywhere, also inside of what it goes through.
#[test]
fn a_path_is_found_wherever_it_starts() {
    let chain = "[features.far]\npaths = [\"far\"]\n[features.deep]\npaths = [\"deep\"]\n";
    let files = [
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n[dependencies]\nfar = { path = \"../far\" }\n"),
        ("far/Cargo.toml", "[package]\nname = \"far\"\n[dependencies]\ndeep = { path = \"../deep\" }\n"),
        ("far/src/lib.rs", ""),
        ("deep/Cargo.toml", "[package]\nname = \"deep\"\n"),
        ("deep/src/lib.rs", ""),
    ];
    for (from, through) in [
        ("feature:cart", "feature"),
        ("package:cart", "anything"),
        ("feature", "anything"),
        ("anything", "{ any = [\"feature:stock\", \"feature:far\"] }"),
        ("tag:edge", "{ not = \"feature:cart\" }"),
    ] {
        let through = if through.starts_with('{') { through.to_owned() } else { format!("{through:?}") };
        let rule = format!(
            "{chain}[rules.cart-reaches-deep]\nsummary = \"too far\"\nmessage = \"{{let-in}} reach `{{to}}`\"\n\
             condition.path = {{ kinds = [\"code\"], from = \"{from}\", through = {through}, last = \"feature:far\", to = \"feature:deep\" }}\n"
        );
        let found = checked(&rule, &files);
        assert!(
            found.output.contains("cart -> stock -> far -> deep"),
            "{from} {through}: {}",
            found.transcript()
        );
    }
}

/// Each of these would switch something off in silence.
#[test]
fn a_name_that_matches_nothing_is_told_wherever_it_stands() {
    let lets_in = "[rules.x-uses-y]\nsummary = \"s\"\n[rules.x-uses-y.condition.coupling]\nkinds = [\"code\"]\nfrom = \"tag:edge\"\nto = \"feature\"\nlets-in = { kinds = [\"code\"], through = \"tag:egde\" }\n";
    let exception = "[[exceptions]]\nrule = \"x-uses-y\"\nfrom = { any = [\"cart\", \"gone\"] }\nto = \"stock\"\nreason = \"-\"\n[rules.x-uses-y]\nsummary = \"s\"\ncondition.coupling = { kinds = [\"code\"], from = \"tag:edge\", to = \"feature\" }\n";
    for (configuration, name) in [
        (lets_in, "`tag:egde` in `lets-in.through` of rule `x-uses-y`"),
        (exception, "`gone` in `from` of an exception"),
        ("[tags]\nnear = [\"{cart,stokc}\"]\n", "`stokc` in tag `near`"),
        (
            "[rules.x-uses-y]\nsummary = \"s\"\ncondition.coupling = { kinds = [\"code\"], from = \"path:{cart,gone}\", to = \"feature\" }\n",
            "`path:gone` in `from` of rule `x-uses-y`",
        ),
    ] {
        let found = checked(configuration, &[]);
        assert!(found.output.contains(&format!("{name} matches nothing")), "{name}: {}", found.transcript());
    }
}

/// One unit of each role and kind, and a hub that is coupled to all of them.
const ONE_OF_EACH: &str = r#"
[responsibilities.payments]
owner = "@shop/payments"
through = ["package:ledger"]

[features.checkout]
owner = "@shop/checkout"
tags = ["edge"]
paths = ["cart"]
apis = ["cart-client"]
responsibilities = ["payments"]

[features."checkout/orders"]
units = ["package:orders"]

[features.hub]
units = ["package:hub"]

[shared]
units = ["package:common"]

[assemblies]
units = ["package:monolith"]

[test-support]
units = ["package:testing"]

[tags]
near = ["cart", "package:common"]
kept = ["kind:datastore"]

[rules]
unmatched-selector = "off"
"#;

const UNITS: [&str; 9] = [
    "package:cart",
    "package:cart-client",
    "package:orders",
    "package:common",
    "package:monolith",
    "package:testing",
    "package:ledger",
    "package:nobody",
    "datastore:db",
];

/// What each selector selects, by name.
#[test]
fn each_selector_selects_what_the_documents_say() {
    let cart = "[package]\nname = \"cart\"\n[[bin]]\nname = \"cart-api\"\npath = \"src/main.rs\"\n";
    let mut couplings = String::new();
    for unit in UNITS.iter().chain(&["binary:cart-api"]) {
        couplings += &format!(
            "[[couplings]]\nfrom = \"package:hub\"\nto = \"{unit}\"\nkind = \"change\"\nreason = \"-\"\n"
        );
    }
    let all = "cart cart-client cart/cart-api common db ledger monolith nobody orders testing";
    for (selector, expected) in [
        ("\"anything\"", all),
        ("\"feature\"", "cart cart-client cart/cart-api orders"),
        ("\"shared\"", "common"),
        ("\"assembly\"", "monolith"),
        ("\"test-support\"", "testing"),
        ("\"responsibility\"", "ledger"),
        ("\"unassigned\"", "db nobody"),
        ("\"api\"", "cart-client"),
        ("\"feature:checkout\"", "cart cart-client cart/cart-api orders"),
        ("\"feature:checkout/*\"", "orders"),
        ("\"feature:*\"", "cart cart-client cart/cart-api orders"),
        ("\"responsibility:pay*\"", "ledger"),
        ("\"responsibility:identity\"", ""),
        ("\"tag:edge\"", "cart cart-client cart/cart-api orders"),
        ("\"tag:near\"", "cart cart/cart-api common"),
        ("\"tag:kept\"", "db"),
        ("\"owner:@shop/*\"", "cart cart-client cart/cart-api ledger orders"),
        ("\"owner:@shop/payments\"", "ledger"),
        ("\"path:cart\"", "cart cart/cart-api"),
        ("\"path:cart/src\"", "cart/cart-api"),
        ("\"path:c*\"", "cart cart/cart-api"),
        ("\"path:.\"", ""),
        ("\"package:c*\"", "cart cart-client common"),
        ("\"package:{cart,orders}\"", "cart orders"),
        ("\"binary:cart-api\"", "cart/cart-api"),
        ("\"kind:binary\"", "cart/cart-api"),
        ("\"kind:datastore\"", "db"),
        ("\"datastore:*\"", "db"),
        ("\"ecosystem:cargo\"", "cart cart/cart-api"),
        ("{ not = \"ecosystem:cargo\" }", "cart-client common db ledger monolith nobody orders testing"),
        ("{ any = [\"shared\", \"assembly\", \"path:cart\"] }", "cart cart/cart-api common monolith"),
        (
            "{ all = [\"feature\", { not = \"api\" }, { not = \"feature:checkout/orders\" }] }",
            "cart cart/cart-api",
        ),
        ("{ not = { any = [\"feature\", \"unassigned\"] } }", "common ledger monolith testing"),
    ] {
        let rule = format!(
            "{couplings}[rules.hub-changes]\nsummary = \"s\"\ncondition.coupling = {{ kinds = [\"change\"], from = \"package:hub\", to = {selector} }}\n"
        );
        let configuration = format!("{ONE_OF_EACH}{rule}");
        let folder = repository(&[
            ("watertight.toml", configuration.as_str()),
            ("cart/Cargo.toml", cart),
            ("cart/src/lib.rs", ""),
            ("cart/src/main.rs", ""),
        ]);
        let report = run(folder.path(), "check --format json").json();
        let findings = report["findings"].as_array().unwrap_or_else(|| panic!("{selector}: {report}"));
        let own = findings.iter().filter(|finding| finding["rule"] == "hub-changes");
        let mut found: Vec<&str> =
            own.map(|finding| finding["units"]["to"].as_str().expect("a name")).collect();
        found.sort_unstable();
        assert_eq!(found.join(" "), expected, "{selector}");
    }
}

/// Without an explanation, the condition itself says what it is about.
#[test]
fn a_rule_without_an_explanation_is_told_by_its_condition() {
    let rule = "[rules.x-uses-y]\nsummary = \"s\"\ncondition.path = { kinds = [\"code\"], from = { any = [\"api\", { not = \"assembly\" }] }, through = \"anything\", last = { all = [\"shared\", \"tag:edge\"] }, to = \"path:stock\" }\n";
    let folder = shop(rule, &[]);
    insta::assert_snapshot!(run(folder.path(), "explain x-uses-y").output);
}

/// A condition that no unit can ever meet is no rule.
#[test]
fn impossible_conditions_are_errors() {
    for condition in [
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"feature\", \"unassigned\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"api\", { not = \"feature\" }] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { not = \"anything\" }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"owner:x\", \"shared\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"responsibility:x\", \"feature:x\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = \"feature\", to = \"feature\", when = [\"exposed\"], unless = [\"exposed\", \"same-feature\"] }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"kind:package\", \"kind:datastore\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"package:x\", \"ecosystem:cargo\", \"service:x\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { not = { any = [\"feature\", \"feature\", \"shared\", \"assembly\", \"test-support\", \"responsibility\", \"unassigned\"] } }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [{ not = { all = [\"shared\", \"kind:package\"] } }, \"shared\", \"kind:package\"] }, to = \"feature\" }",
    ] {
        let found = checked(&format!("[rules.x-uses-y]\nsummary = \"s\"\n{condition}\n"), &[]);
        assert_eq!(found.code, 2, "{condition}: {}", found.transcript());
    }
    for condition in [
        "condition.coupling = { kinds = [\"code\"], from = { not = { not = \"tag:edge\" } }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [{ not = { all = [\"shared\", \"kind:package\"] } }, \"shared\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"feature\", { not = \"api\" }] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"owner:x\", \"responsibility\"] }, to = \"feature\" }",
        "condition.coupling = { kinds = [\"code\"], from = { all = [\"package:x\", { not = \"kind:binary\" }] }, to = \"feature\", when = [\"exposed\", \"consumes\"], unless = [\"exposed\"] }",
    ] {
        let found = checked(
            &format!(
                "[rules]\nunmatched-selector = \"off\"\n[rules.x-uses-y]\nsummary = \"s\"\n{condition}\n"
            ),
            &[],
        );
        assert_ne!(found.code, 2, "{condition}: {}", found.transcript());
    }
}
