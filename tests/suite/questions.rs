//! `why`, `cut` and `order` as a user sees them.

use crate::watertight::{repository, run, testdata, write};

fn shop(arguments: &str) -> String {
    run(&testdata("monorepos/shop"), arguments).transcript()
}

#[test]
fn why_tells_the_shortest_way_of_each_sense_with_its_lines() {
    insta::assert_snapshot!("why_checkout_users", shop("why checkout users"));
    insta::assert_snapshot!("why_all", shop("why fulfilment checkout --all"));
}

#[test]
fn that_two_are_independent_is_an_answer() {
    insta::assert_snapshot!("why_independent", shop("why catalog storefront"));
    insta::assert_snapshot!("why_only_called", shop("why fulfilment users-api"));
}

#[test]
fn what_an_assembly_puts_together_counts_nowhere() {
    insta::assert_snapshot!("why_together", shop("why monolith users"));
    let json = run(&testdata("monorepos/shop"), "why monolith users --format json").json();
    assert_eq!(json["independent"], true);
    assert_eq!(json["ways"][0]["counts"], false);
}

#[test]
fn conditions_of_a_step_are_told() {
    let told = shop("why fulfilment catalog --all");
    assert!(told.contains("only on `cfg(windows)`"), "{told}");
    let told = shop("why storefront fulfilment --all");
    assert!(told.contains("only with Cargo feature `delivery-estimates`"), "{told}");
}

#[test]
fn a_feature_stands_for_what_is_nested_in_it() {
    let files = [
        (
            "watertight.toml",
            "[features.\"storage/broker\"]\npaths = [\"b\"]\n[features.\"storage/disk\"]\npaths = [\"d\"]\n[features.web]\npaths = [\"w\"]\n",
        ),
        ("b/Cargo.toml", "[package]\nname = \"b\"\n[dependencies]\nd = { path = \"../d\" }\n"),
        ("b/src/lib.rs", ""),
        ("d/Cargo.toml", "[package]\nname = \"d\"\n"),
        ("d/src/lib.rs", ""),
        ("w/Cargo.toml", "[package]\nname = \"w\"\n[dependencies]\nd = { path = \"../d\" }\n"),
        ("w/src/lib.rs", ""),
    ];
    let folder = repository(&files);
    insta::assert_snapshot!("why_nested", run(folder.path(), "why web storage").transcript());
    // Of a feature and what is nested in it, the rest is asked about.
    insta::assert_snapshot!("why_nested_inside", run(folder.path(), "why storage storage/disk").transcript());
}

#[test]
fn cut_tells_the_fewest_lines_and_what_they_pay() {
    insta::assert_snapshot!("cut_pair", shop("cut fulfilment checkout"));
    insta::assert_snapshot!("cut_nothing", shop("cut catalog storefront"));
    insta::assert_snapshot!("cut_excused", shop("cut storefront catalog"));
    insta::assert_snapshot!("cut_plan", shop("cut"));
    insta::assert_snapshot!("cut_plan_all", shop("cut --steps 100 --excused"));
}

#[test]
fn what_can_only_be_moved_can_not_be_cut() {
    let files = [
        (
            "watertight.toml",
            "[features.one]\ndeployables = [\"binary:a\"]\n[features.two]\npaths = [\"a\"]\n",
        ),
        ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("a/src/lib.rs", ""),
        ("a/src/main.rs", "fn main() {}\n"),
    ];
    let folder = repository(&files);
    insta::assert_snapshot!("cut_impossible", run(folder.path(), "cut one two").transcript());
    insta::assert_snapshot!("cut_plan_impossible", run(folder.path(), "cut").transcript());
}

#[test]
fn what_if_shows_the_numbers_and_changes_nothing() {
    let removed = "cut --what-if \"remove crates/common-telemetry -> checkout-orders\"";
    insta::assert_snapshot!("what_if_remove", shop(removed));
    let moved =
        "cut --what-if \"move pricing-rules to feature prices\" --what-if \"move crates/ledger to shared\"";
    insta::assert_snapshot!("what_if_move", shop(moved));
    let both = "cut --what-if \"move catalog to feature storefront\" --format json";
    let json = run(&testdata("monorepos/shop"), both).json();
    assert_eq!(json["before"]["pairs"], 20);
    assert_eq!(json["after"]["pairs"], 12, "one feature has no unit any more: {json}");
    insta::assert_snapshot!("cut_plan", shop("cut"));
}

#[test]
fn what_can_not_be_supposed_is_refused_with_what_to_write() {
    insta::assert_snapshot!("what_if_unreadable", shop("cut --what-if \"drop users\""));
    insta::assert_snapshot!("what_if_nothing", shop("cut --what-if \"remove storefront -> pricing-rules\""));
    insta::assert_snapshot!("what_if_unknown", shop("cut --what-if \"move crates/legder to shared\""));
    insta::assert_snapshot!("what_if_bad_name", shop("cut --what-if \"move users to feature a//b\""));
}

#[test]
fn order_puts_servers_before_their_clients() {
    insta::assert_snapshot!("order_shop", shop("order ."));
    let json = run(&testdata("monorepos/shop"), "order --format json").json();
    assert_eq!(json["possible"], true);
}

/// Three features whose services call each other in a circle; `more` is added to the configuration.
fn circle(more: &str) -> tempfile::TempDir {
    let call = |from: &str, to: &str, kind: &str| {
        format!(
            "[[couplings]]\nfrom = \"service:{from}\"\nto = \"service:{to}\"\nkind = \"{kind}\"\nreason = \"it asks\"\n"
        )
    };
    let mut text = ["cart", "stock", "users"]
        .map(|name| format!("[features.{name}]\nunits = [\"service:{name}\"]\n"))
        .concat();
    text += &call("cart", "stock", "call");
    text += &call("stock", "users", "call");
    text += &call("users", "cart", "call");
    text += &call("users", "cart", "start");
    text += more;
    let folder = repository(&[("watertight.toml", &text)]);
    write(folder.path(), "README.md", b"");
    folder
}

#[test]
fn a_circle_has_no_order_and_the_fewest_calls_to_break_are_told() {
    let run = run(circle("").path(), "order .");
    assert_eq!(run.code, 1);
    insta::assert_snapshot!("order_circle", run.transcript());
}

#[test]
fn what_a_correction_or_a_client_versioned_api_takes_out_imposes_no_order() {
    let corrected =
        "[[corrections]]\nfrom = \"cart\"\nto = \"stock\"\nas = \"no-order\"\nreason = \"it retries\"\n";
    insta::assert_snapshot!("order_corrected", run(circle(corrected).path(), "order .").transcript());
    let folder = circle("");
    let text = std::fs::read_to_string(folder.path().join("watertight.toml")).expect("a file");
    let text = text.replace("[features.stock]\n", "[features.stock]\nversioned = \"client\"\n");
    write(folder.path(), "watertight.toml", text.as_bytes());
    insta::assert_snapshot!("order_client_versioned", run(folder.path(), "order .").transcript());
    write(folder.path(), "watertight.toml", text.replace("\"client\"", "\"clients\"").as_bytes());
    insta::assert_snapshot!("order_versioned_typo", run(folder.path(), "order .").transcript());
}

#[test]
fn what_a_declared_deployment_ships_goes_out_together() {
    let together = "[deployments.shop]\ndeployables = [\"service:cart\", \"service:stock\"]\n";
    insta::assert_snapshot!("order_together", run(circle(together).path(), "order .").transcript());
    let all = "[deployments.shop]\ndeployables = [\"service:cart\", \"service:stock\", \"service:users\"]\n";
    insta::assert_snapshot!("order_all_together", run(circle(all).path(), "order .").transcript());
}
