//! Exceptions, and what happens when they end.

use crate::watertight::{Run, repository, run};

fn shop(exceptions: &str) -> tempfile::TempDir {
    let configuration =
        format!("[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock*\"]\n{exceptions}");
    let cart = "[package]\nname = \"cart\"\n[dependencies]\nstock = { path = \"../stock\" }\nstock-types = { path = \"../stock-types\" }\n";
    repository(&[
        ("watertight.toml", configuration.as_str()),
        ("cart/Cargo.toml", cart),
        ("cart/src/lib.rs", ""),
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n"),
        ("stock/src/lib.rs", ""),
        ("stock-types/Cargo.toml", "[package]\nname = \"stock-types\"\n"),
        ("stock-types/src/lib.rs", ""),
    ])
}

fn on(day: &str, exceptions: &str) -> Run {
    run(shop(exceptions).path(), &format!("check --today {day}"))
}

const EXCEPTION: &str = "
[[exceptions]]
rule = \"unshared-coupling\"
from = \"cart\"
to = \"stock\"
reason = \"moving to an API\"
until = 2026-12-31
owner = \"@shop/cart\"
";

#[test]
fn an_exception_covers_until_the_end_of_its_last_day() {
    let early = on("2026-12-16", EXCEPTION);
    assert_eq!(early.code, 0);
    assert!(
        early.output.starts_with("no findings") && early.output.contains("; 2 excepted"),
        "{}",
        early.transcript()
    );
    let soon = on("2026-12-17", EXCEPTION);
    assert_eq!(soon.code, 0);
    insta::assert_snapshot!(soon.transcript());
    let last = on("2026-12-31", EXCEPTION);
    assert_eq!(last.code, 0);
    assert!(last.output.contains("ends on 2026-12-31, today"), "{}", last.transcript());
    let past = on("2027-01-01", EXCEPTION);
    assert_eq!(past.code, 1);
    insta::assert_snapshot!(past.transcript());
}

#[test]
fn an_exception_covers_exactly_what_it_names() {
    for (from, to, left) in [
        ("cart", "stock-types", 1),
        ("cart", "stock", 0),
        ("feature:cart", "package:stock", 1),
        ("path:cart", "stock*", 0),
        ("stock", "cart", 2),
    ] {
        let exception = EXCEPTION
            .replace("\"cart\"", &format!("{from:?}"))
            .replace("to = \"stock\"", &format!("to = {to:?}"));
        let folder = shop(&exception);
        let report = run(folder.path(), "check --today 2026-11-21 --format json").json();
        let findings = report["findings"].as_array().expect("findings").iter();
        let own = findings.filter(|finding| finding["rule"] == "unshared-coupling").count();
        assert_eq!(own, left, "{from} -> {to}");
        assert_eq!(report["excepted"].as_array().expect("excepted").len(), 2 - left, "{from} -> {to}");
        if left < 2 {
            assert_eq!(report["excepted"][0]["exception"]["until"], "2026-12-31");
        }
    }
    // Another rule's exception covers nothing.
    let other = on("2026-11-21", &EXCEPTION.replace("unshared-coupling", "private-unit"));
    assert!(other.output.contains("deny[stale-exception]"), "{}", other.transcript());
    assert_eq!(other.code, 1);
}

#[test]
fn what_is_wrong_with_an_exception_or_a_statement_is_told_at_once() {
    let broken = r#"
[[exceptions]]
rule = "unshared-cuopling"
from = "cart"
to = "stock"
reason = "r"

[[exceptions]]
rule = "unshared-coupling"
from = "cart"
to = "stock"

[[exceptions]]
rule = "unshared-coupling"
from = "cart"
reason = " "
until = 2026-02-30

[[exceptions]]
rule = "unshared-coupling"
from = "cart"
to = "stock"
reason = "r"
until = "next week"
onwer = "me"

[[couplings]]
from = "cart"
to = "datastore:"
kind = "dta"
reason = "r"

[[couplings]]
from = "cart*"
to = "stock"
kind = "data"

[[corrections]]
from = "cart"
to = "stock"
as = "types"
reason = "r"
"#;
    let refused = on("2026-11-21", broken);
    assert_eq!((refused.code, refused.output.as_str()), (2, ""), "{}", refused.transcript());
    insta::assert_snapshot!(refused.messages);
    // Which rules take which ends is known when the rules are.
    let ends = r#"
[[exceptions]]
rule = "unshared-coupling"
from = "cart"
reason = "r"

[[exceptions]]
rule = "unassigned-unit"
from = "cart"
reason = "r"

[[exceptions]]
rule = "call-chain"
from = "cart"
to = "stock"
reason = "r"
"#;
    let refused = on("2026-11-21", ends);
    assert_eq!((refused.code, refused.output.as_str()), (2, ""), "{}", refused.transcript());
    insta::assert_snapshot!(refused.messages);
    let day = run(shop("").path(), "check --today 2026-2-3");
    assert_eq!(day.code, 2);
    assert!(day.messages.contains("no day of the calendar"), "{}", day.transcript());
}

/// One line lets two features in, and each has an exception of its own: both have ended.
#[test]
fn what_is_back_because_several_exceptions_ended_says_so_of_each() {
    let folder = repository(&[(
        "watertight.toml",
        "[features.cart]\nunits = [\"package:cart\"]\n[features.orders]\nunits = [\"package:orders\"]\n[features.stock]\nunits = [\"package:stock\"]\n\
            [[couplings]]\nfrom = \"package:cart\"\nto = \"package:util\"\nkind = \"code\"\nreason = \"-\"\n\
            [[couplings]]\nfrom = \"package:orders\"\nto = \"package:util\"\nkind = \"code\"\nreason = \"-\"\n\
            [[couplings]]\nfrom = \"package:util\"\nto = \"package:stock\"\nkind = \"code\"\nreason = \"-\"\n\
            [[exceptions]]\nrule = \"hidden-coupling\"\nfrom = \"cart\"\nto = \"stock\"\nreason = \"cart moves\"\nuntil = 2026-10-01\n\
            [[exceptions]]\nrule = \"hidden-coupling\"\nfrom = \"orders\"\nto = \"stock\"\nreason = \"orders move\"\nuntil = 2026-11-01\n",
    )]);
    let covered = run(folder.path(), "check --today 2026-09-30");
    assert_eq!(covered.code, 0, "{}", covered.transcript());
    let half = run(folder.path(), "check --today 2026-10-15");
    assert!(half.output.contains("ended on 2026-10-01: cart moves"), "{}", half.transcript());
    let both = run(folder.path(), "check --today 2026-11-21");
    for told in ["ended on 2026-10-01: cart moves", "ended on 2026-11-01: orders move"] {
        assert!(both.output.contains(told), "{}", both.transcript());
    }
}
