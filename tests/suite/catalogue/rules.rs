//! What is wrong with rules of a repository.

use super::{Case, shop};
use crate::watertight::write;

pub(super) fn cases() -> Vec<Case> {
    let file = |title: &str, name: &str, text: &str| {
        let path = format!(".watertight/rules/{name}.toml");
        Case::within(title, "check", shop(&[(&path, text)]))
    };
    let inline = |title: &str, text: &str| Case::new(title, "check", &[("watertight.toml", text)]);
    vec![
        file("a rule file that is no TOML", "edge-uses-core", "id = \"edge-uses-core\nsummary = 1"),
        file("a rule without an id", "edge-uses-core", "summary = \"The edge is thin\"\n"),
        file("a rule of another name than its file", "edge-uses-core", "id = \"edge-uses-cor\"\n"),
        file("a rule of a file that can't be an id", "Edge", "id = \"edge-uses-core\"\n"),
        file("a rule of a name that is taken", "unshared-coupling", TAKEN),
        file("a rule without a condition", "edge-uses-core", "id = \"edge-uses-core\"\n"),
        file("a rule of two conditions", "edge-uses-core", TWO),
        file("texts that can't be filled", "edge-uses-core", PLACEHOLDERS),
        Case::within("a rule file that is not UTF-8", "check", shop(&[])).prepared(|folder| {
            write(folder, ".watertight/rules/edge-uses-core.toml", b"id = \"\xff\"");
        }),
        inline("conditions with faults", CONDITIONS),
        inline("conditions with something missing", LACKING),
        inline("selectors with faults", SELECTORS),
        inline("conditions that can never hold", IMPOSSIBLE),
        inline("names of rules", IDS),
        Case::new(
            "a name to look up",
            "rules --format json",
            &[("watertight.toml", "[rules]\nfrobnicate = \"deny\"\n")],
        ),
    ]
}

const TAKEN: &str = r#"
id = "unshared-coupling"
summary = "My own"
condition.coupling = { kinds = ["code"], from = "feature", to = "feature" }
"#;

const TWO: &str = r#"
id = "edge-uses-core"
summary = "The edge is thin"
condition.coupling = { kinds = ["code"], from = "feature", to = "feature" }
condition.copy = {}
"#;

const PLACEHOLDERS: &str = r#"
id = "edge-uses-core"
summary = "The edge is thin"
message = "{form} uses {to}"
label = "{from uses"
help = ["ask {nobody-near}"]
condition.coupling = { kinds = ["code"], from = "feature", to = "feature" }
"#;

const CONDITIONS: &str = r#"
[rules.a]
summary = "a"
condition.couplings = {}
[rules.b]
summary = "b"
condition = 1
[rules.c]
summary = "c"
condition.coupling = { kinds = ["cod"], from = "feature", to = "feature", unless = ["same-feeture", "x"], whn = [] }
[rules.d]
summary = "d"
condition.declaration = { about = "unasigned-units" }
[rules.e]
summary = "e"
condition.cycle = { kinds = ["code"], of = "feature" }
[rules.f]
summary = "f"
level = "denied"
condition.chain = { kinds = ["call"], longest = "four" }
"#;

const LACKING: &str = r#"
[rules.a]
summary = "a"
condition.coupling = { from = "feature" }
[rules.b]
summary = "b"
condition.coupling = { kinds = [], from = "feature", to = "feature" }
[rules.c]
summary = "c"
condition.chain = { kinds = ["call"] }
[rules.d]
summary = "d"
condition.declaration = {}
[rules.e]
summary = "e"
condition.declaration = { about = "broad-responsibilities" }
[rules.f]
summary = "f"
condition.reach = { kinds = ["code"] }
[rules.g]
summary = "g"
condition.coupling = {}
[rules.h]
summary = "h"
condition = {}
"#;

const SELECTORS: &str = r#"
[rules.a]
summary = "a"
condition.coupling = { kinds = ["code"], from = "featur", to = "checkout" }
[rules.b]
summary = "b"
condition.coupling = { kinds = ["code"], from = "tga:edge", to = "frobnicate:x" }
[rules.c]
summary = "c"
condition.coupling = { kinds = ["code"], from = { any = "feature" }, to = { not = "feature", any = ["api"] } }
[rules.d]
summary = "d"
condition.coupling = { kinds = ["code"], from = "tag:", to = { nto = "feature" } }
[rules.e]
summary = "e"
condition.coupling = { kinds = ["code"], from = "package:", to = 1 }
"#;

const IMPOSSIBLE: &str = r#"
[rules.a]
summary = "a"
condition.coupling = { kinds = ["code"], from = { all = ["feature", "unassigned"] }, to = "feature" }
[rules.b]
summary = "b"
condition.coupling = { kinds = ["code"], from = "feature", to = "feature", when = ["exposed"], unless = ["exposed"] }
"#;

const IDS: &str = r#"
[rules.EdgeUsesCore]
summary = "The edge is thin"
condition.coupling = { kinds = ["code"], from = "feature", to = "feature" }
[rules.edge-uses-core]
condition.coupling = { kinds = ["code"], from = "feature", to = "feature" }
[rules.edge-uses-stock]
summary = "The edge is thin"
"#;
