//! What is wrong with `watertight.toml`.

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    let all = [
        ("no TOML", "[features.cart\npaths = [\"cart\"\n"),
        ("keys that are not there", KEYS),
        ("values of another type", TYPES),
        ("names and globs", NAMES),
        ("features of every folder", EACH),
        ("deployments and responsibilities", OTHERS),
        ("features of other repositories", EXTERNAL),
        ("what files affect", IMPACT),
        ("budgets", BUDGETS),
        ("what of history counts", CHANGES),
        ("exceptions", EXCEPTIONS),
        ("exceptions of rules that take others", ENDS),
        ("declared couplings", COUPLINGS),
        ("corrections", CORRECTIONS),
        ("levels and options of rules", LEVELS),
        ("values of rules", VALUES),
        ("a day that is not in the calendar", "[[exceptions]]\nuntil = 2026-02-30\n"),
    ];
    let case = |title: &str, text: &str| Case::new(title, "check", &[("watertight.toml", text)]);
    let long = format!("[features.cart]\npaths = [\"{}*\"]\n", "a".repeat(1_000));
    let mut all: Vec<Case> = all.into_iter().map(|(title, text)| case(title, text)).collect();
    all.push(case("a glob that is too long", &long));
    all
}

const CHANGES: &str = r#"
[changes]
couplings = "yes"
since = "a year"
support = 0
confidence = "130 %"
most-units = -1
bot = ["robot"]
"#;

const EXTERNAL: &str = r#"
[features.checkout]
[external.checkout]
packages = ["checkout-client"]
[external.identity]
[external."a/*"]
packages = ["a[", ""]
versioned = "both"
paths = ["a"]
"#;

const IMPACT: &str = r#"
[impact]
"scripts/**" = "nothin"
"deploy/**" = "checkout"
"other/**" = []
"../outside" = "nothing"
"more/**" = ["kind:packge"]
"#;

const BUDGETS: &str = r#"
[budgets]
independence = 70
independence-unshared = "170 %"
propagation-cost = "a lot"
circles = -1
baseline = "120"
near = true
independance = "70 %"
couplings = 40
[budgets.features.cart]
couplings = { cod = 1 }
fan_out = 2
[budgets.features."a["]
[budgets.owners."@shop/cart"]
baseline = 3
[budgets.change]
independence = 1
independence-unshared = "1 %"
reaches = 1
"#;

const KEYS: &str = r#"
[feature.cart]
[responsibilities]
payments = { abuot = "money" }
[features.checkout]
pahts = ["checkout"]
frobnicate = 1
[shared]
path = ["crates"]
[scan]
rules_folder = "rules"
[deployments.shop]
deployable = ["shop"]
"#;

const TYPES: &str = r#"
[responsibilities]
payments = { through = "ledger" }
identity = 3
[features]
stock = 1
[features.checkout]
owner = ["@shop/checkout"]
paths = "checkout"
apis = [1]
[exceptions]
rule = "unshared-coupling"
[scan]
exclude = [1]
"#;

const NAMES: &str = r#"
[features.checkout]
paths = ["/absolute", "../outside", "a[", "", "{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}{o,p}{q,r}"]
units = ["dtastore:orders", "kind:dtastore", "kind:x", ""]
consumes = ["a["]
[features."two//x"]
[scan]
rules-folder = "../rules"
"#;

const EACH: &str = r#"
[features."node/*"]
paths = ["node"]
[features.nodes]
each = "node/*"
[features."one/*"]
each = "node/api"
[features."deep/*"]
each = "node/**/*"
[features."both/*"]
each = "both/*"
versioned = "clients"
paths = ["both"]
"#;

const OTHERS: &str = r#"
[deployments.shop]
about = "all of it"
[responsibilities]
payments = { about = "money", through = [] }
"#;

const EXCEPTIONS: &str = r#"
[[exceptions]]
from = "cart"
to = "stock"
[[exceptions]]
rule = "unshared-couplings"
from = "cart"
to = "stock"
reason = " "
until = "2026-02-30"
[[exceptions]]
rule = "unshared-coupling"
to = "stock"
reason = "for now"
until = 3
[[exceptions]]
rule = "unshared-coupling"
from = "featur:cart"
to = "x:stock"
reason = "for now"
until = "next week"
[[exceptions]]
rule = "unshared-coupling"
from = { any = [] }
to = { any = ["cart"], all = ["stock"] }
reason = "for now"
[[exceptions]]
rule = "unshared-coupling"
from = "kind:servce"
to = "ecosystem:carg"
reason = "for now"
[[exceptions]]
rule = "unshared-coupling"
from = "owner:a["
to = "path:../x"
reason = "for now"
[[exceptions]]
rule = "unshared-coupling"
from = 3
to = "feature:"
reason = "for now"
"#;

const ENDS: &str = r#"
[[exceptions]]
rule = "unshared-coupling"
from = "cart"
reason = "for now"
[[exceptions]]
rule = "unassigned-unit"
from = "cart"
reason = "for now"
[[exceptions]]
rule = "call-chain"
from = "cart"
to = "stock"
reason = "for now"
[[exceptions]]
rule = "frobnicate"
from = "cart"
reason = "for now"
"#;

const COUPLINGS: &str = r#"
[[couplings]]
from = "cart"
to = "datastore:"
kind = "dta"
reason = "for now"
[[couplings]]
from = "cart*"
to = "stock"
[[couplings]]
from = "cart"
to = "cart"
kind = "code"
reason = "for now"
[[couplings]]
from = "cart"
to = "datastore:orders"
kind = "code"
reason = "for now"
[[couplings]]
from = "cart"
to = "dtastore:orders"
kind = "data"
reason = "for now"
"#;

const CORRECTIONS: &str = r#"
[[corrections]]
from = "cart"
to = "stock"
as = "types"
reason = "for now"
[[corrections]]
from = "cart"
as = "types-onyl"
kind = "cod"
"#;

const VALUES: &str = r#"
[rules]
unshared-coupling = 1
call-chain = { longest = 0 }
bottleneck = { more-than = "many" }
"#;

const LEVELS: &str = r#"
[rules]
unshared-couplings = "deny"
frobnicate = "deny"
hidden-coupling = "wran"
feature-cycle = { level = "off", longest = 3 }
call-chain = { longst = 3 }
bottleneck = { frobnicate = 3 }
"#;
