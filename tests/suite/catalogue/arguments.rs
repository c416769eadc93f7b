//! What is wrong with how a command is called.

use super::{Case, SHOP, shop};
use crate::watertight::repository;

/// A compose file with two services of one name in two places, and a database.
const DEPLOYED: [(&str, &str); 3] = [
    ("a/compose.yaml", "services:\n  web: {image: web}\n  db: {image: postgres}\n"),
    ("b/compose.yaml", "services:\n  web: {image: web}\n"),
    ("Dockerfile", "FROM scratch\n"),
];

const OWNERS: &str = "/a @a\n/b @b\n/c @c\n/d @d\n/e @e\n/f @f\n/g @g\n/h @h\n/i @i\n";

pub(super) fn cases() -> Vec<Case> {
    let in_shop = |title: &str, arguments: &str| Case::within(title, arguments, shop(&[]));
    let deployed = |title: &str, arguments: &str| Case::within(title, arguments, shop(&DEPLOYED));
    let without_owner = [("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n")];
    let without_unit = [("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n[features.plan]\n")];
    let mut all = vec![
        in_shop("a command that is not there", "chekc"),
        in_shop("a command that nothing is near to", "frobnicate"),
        in_shop("an option that is not there", "check --fromat json"),
        in_shop("an option that nothing is near to", "check --frobnicate"),
        in_shop("an argument too many", "check cart stock"),
        in_shop("an argument that is missing", "may cart"),
        in_shop("a value that is missing", "check --since"),
        in_shop("a format that is not there", "check --format jsn"),
        in_shop("a report of a format that is not there", "check --report sarf=out.sarif"),
        in_shop("a report of a format that nothing is near to", "check --report x=out.sarif"),
        in_shop("a report without a path", "check --report json="),
        in_shop("two reports for the standard output", "check --format json --report sarif"),
        in_shop("two reports for one file", "check --report json=out --report sarif=./out"),
        in_shop("a report in a folder that is not there", "check --report json=no/such/folder/out.json"),
        in_shop("options that exclude each other", "check --staged --rev HEAD"),
        in_shop("a ratchet for what is staged", "check --ratchet --staged"),
        in_shop("a ratchet for a commit", "check --ratchet --rev HEAD"),
        in_shop("a ratchet without budgets", "check --ratchet"),
        Case::within(
            "budgets to begin with, of no feature",
            "metrics --format budgets",
            shop(&[("watertight.toml", "")]),
        ),
        Case::within(
            "budgets to begin with, beside others",
            "metrics --format budgets",
            shop(&[("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n[budgets]\ncircles = 0\n")]),
        ),
        Case::within(
            "budgets to begin with, of what can't be read",
            "metrics --format budgets",
            shop(&[("stock/Cargo.toml", "[package")]),
        ),
        in_shop("a cache in the repository", "check --cache kept/here"),
        in_shop("an option without the one that it belongs to", "check --offline"),
        in_shop("a day that is not in the calendar", "check --today 2026-02-30"),
        in_shop("a page of units", "graph --format html --level units"),
        in_shop("a kind of unit that is not there", "units --kind packge"),
        in_shop("a kind of unit that nothing is near to", "units --kind x"),
        in_shop("a feature that is not there", "units --feature crat"),
        in_shop("a feature that nothing is near to", "units --feature warehouse"),
        in_shop("an owner who is not there", "check --owner @shop/crat"),
        in_shop("an owner whom nobody is near to", "check --owner somebody"),
        Case::within("an owner of many", "check --owner somebody", shop(&[("CODEOWNERS", OWNERS)])),
        Case::within("an owner where there are none", "check --owner somebody", shop(&without_owner)),
        in_shop("a kind of coupling that is not there", "may cart stock --kind cod"),
        in_shop("a unit that is not there", "may cart stok"),
        in_shop("a unit that nothing is near to", "may cart warehouse"),
        in_shop("a coupling to itself", "may cart cart"),
        deployed("a name of several units", "may cart web"),
        deployed("a kind that does not fit", "may cart datastore:db --kind code"),
        in_shop("a rule that is not there", "explain unshared-couplings"),
        in_shop("a rule that nothing is near to", "explain frobnicate"),
        Case::within(
            "a rule that is not there, outside of a repository",
            "explain frobnicate",
            repository(&[]),
        ),
        in_shop(
            "a rule of a baseline that is not there",
            "baseline --accept=reason --rule unshared-couplings",
        ),
        in_shop("a rule of a baseline that nothing is near to", "baseline --accept=reason --rule frobnicate"),
        in_shop("an end of a baseline that is not there", "baseline --accept=reason --from crat"),
        in_shop("an end of a baseline that nothing is near to", "baseline --accept=reason --to warehouse"),
        in_shop("a baseline without a reason", "baseline --accept="),
        in_shop("a baseline to prune that is not there", "baseline --prune"),
        in_shop("a target that is not there", "graph --build-sets --target nonsense"),
        in_shop(
            "a target that is not there, of a change",
            "impact --files cart/src/lib.rs --target nonsense",
        ),
        in_shop("files outside of the repository", "impact --files ../other/src/lib.rs"),
        in_shop("a part of a change that is not there", "impact --what depoly"),
        in_shop("build sets as a picture", "graph --build-sets --format svg"),
        in_shop("a picture around what is not there", "graph --focus crat"),
        in_shop("a picture of kinds that are not there", "graph --kinds code,cod"),
        in_shop("a picture of a format that is not there", "graph --format sgv"),
        in_shop("a shell that is not there", "completions bsh"),
        in_shop("a schema that is not there", "schema confg"),
        in_shop("questions without a terminal", "init --interactive"),
        in_shop("a page in a folder that is a file", "man --out cart/Cargo.toml"),
        in_shop("a color that is not there", "check --color sometimes"),
        in_shop("a question about one thing", "why cart cart"),
        in_shop("a cut with one end", "cut cart"),
        in_shop("a history that is not there", "co-change"),
        in_shop("numbers over a time that is not there", "history"),
        in_shop("a history of what is no commit", "history --staged"),
        in_shop("a time that is none", "history --since yesterday"),
        in_shop("two ways to a configuration", "history --config cart/Cargo.toml --config-of commit"),
        in_shop("two texts for one output", "report --html - --summary -"),
        in_shop("a length of time that is none", "bottlenecks --since yesterday"),
        in_shop("timings that are not there", "bottlenecks --timings no/such/file.html"),
        in_shop("timings that are none", "bottlenecks --timings cart/Cargo.toml"),
        Case::within(
            "timings of nothing",
            "bottlenecks --timings timings.json",
            shop(&[("timings.json", "[]")]),
        ),
        Case::within(
            "couplings by a history that is not there",
            "check",
            shop(&[(
                "watertight.toml",
                "[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock\"]\n[changes]\ncouplings = true\n",
            )]),
        ),
        in_shop("a supposition that is none", "cut --what-if \"drop cart\""),
        in_shop("a supposition about what is not there", "cut --what-if \"remove stock -> cart\""),
        Case::within("a feature without a unit", "why cart plan", shop(&without_unit)),
    ];
    all.push(Case::new("nothing that could be a feature", "init .", &[("README.md", "")]));
    let unwritable = shop(&[]);
    std::fs::create_dir(unwritable.path().join("watertight-baseline.toml")).expect("a folder");
    all.push(Case::within("a baseline where a folder lies", "baseline", unwritable));
    all.push(Case::new("a configuration where a folder lies", "init .", &SHOP[1..]).prepared(|folder| {
        std::fs::create_dir(folder.join("watertight.toml")).expect("a folder");
    }));
    all
}
