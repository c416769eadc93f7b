//! What is wrong with `watertight-baseline.toml`.

use super::{Case, shop};

pub(super) fn cases() -> Vec<Case> {
    let held =
        |title: &str, text: &str| Case::within(title, "check", shop(&[("watertight-baseline.toml", text)]));
    vec![
        held("no TOML", "version = 1\nbegun = 2026-11-21\nfirst ="),
        held("a conflict", "version = 1\n<<<<<<< ours\nfirst = 1\n=======\nfirst = 2\n>>>>>>> theirs\n"),
        held("a version of the future", "version = 2\nbegun = 2026-11-21\nfirst = 0\n"),
        held("nothing in it", ""),
        held("values of another type", "version = \"1\"\nbegun = \"today\"\nfirst = -1\n"),
        held("blocks that hold too little", BLOCKS),
        Case::within(
            "pruned under a configuration that is wrong itself",
            "baseline --prune",
            shop(&[("watertight-baseline.toml", HELD), ("watertight.toml", MISSPELT)]),
        ),
    ]
}

const HELD: &str = "version = 1\nbegun = 2026-11-21\nfirst = 0\n";

const MISSPELT: &str = "[features.cart]\npaths = [\"crt\"]\n";

const BLOCKS: &str = r#"version = 1
begun = 2026-11-21
first = 2

[[findings]]
rule = "unshared-coupling"

[[findings]]
kind = "code"
reason = "there before the gate"

[[findings]]
rule = "unshared-coupling"
reason = "there before the gate"
form = "package:cart"
"#;
