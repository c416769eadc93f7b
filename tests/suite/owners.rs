//! Who answers for what: declared owners, `CODEOWNERS`, and `--owner`.

use std::fmt::Write;

use ignore::gitignore::GitignoreBuilder;
use proptest::prelude::*;
use serde_json::{Value, json};
use watertight::sources::CodeOwners;
use watertight::text::RepoPath;

use crate::watertight::{Run, repository, run, write};

const CONFIGURATION: &str = "[features.cart]\nowner = \"@shop/cart, @ann\"\npaths = [\"cart\"]\n\n\
    [features.stock]\npaths = [\"stock\"]\n\n[features.users]\npaths = [\"users\"]\n";

/// Three features in a row, of which one declares its owner.
fn shop(owners: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = repository(&[
        ("watertight.toml", CONFIGURATION),
        (
            "cart/Cargo.toml",
            "[package]\nname = \"cart\"\n\n[dependencies]\nstock = { path = \"../stock\" }\n",
        ),
        ("cart/src/lib.rs", ""),
        (
            "stock/Cargo.toml",
            "[package]\nname = \"stock\"\n\n[dependencies]\nusers = { path = \"../users\" }\n",
        ),
        ("stock/src/lib.rs", ""),
        ("users/Cargo.toml", "[package]\nname = \"users\"\n"),
        ("users/src/lib.rs", ""),
    ]);
    for (path, text) in owners {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

fn check(folder: &tempfile::TempDir, arguments: &str) -> Run {
    run(folder.path(), format!("check --format json {arguments}").trim())
}

/// The owners of each finding.
fn owners_of(run: &Run) -> Vec<Value> {
    let findings = run.json()["findings"].as_array().cloned().expect("findings");
    findings.iter().map(|finding| finding["owners"].clone()).collect()
}

fn ends(from: impl Into<Value>, to: impl Into<Value>) -> Value {
    let (from, to): (Value, Value) = (from.into(), to.into());
    json!({ "from": from, "to": to })
}

#[test]
fn findings_name_declared_owners_and_else_those_of_the_manifest() {
    let folder = shop(&[("CODEOWNERS", "* @all\n/cart/ @nobody\n/stock/Cargo.toml @stock @bob\n/users/\n")]);
    let run = check(&folder, "");
    assert_eq!(run.code, 1, "{}", run.transcript());
    let cart = ends("@shop/cart, @ann", "@stock @bob");
    assert_eq!(owners_of(&run), [cart, ends("@stock @bob", Value::Null)]);
    let human = crate::watertight::run(folder.path(), "check");
    assert!(human.output.contains("@stock @bob (stock)"), "{}", human.transcript());
}

#[test]
fn a_binary_has_the_owner_of_its_source_file() {
    let folder = shop(&[("CODEOWNERS", "/stock/ @stock\n/stock/src/bin/ @tools\n")]);
    write(folder.path(), "stock/src/bin/tool.rs", b"fn main() {}");
    let configuration = format!(
        "{CONFIGURATION}\n[[couplings]]\nfrom = \"binary:stock/tool\"\nto = \"package:cart\"\nkind = \"code\"\n\
         reason = \"a test\"\n"
    );
    write(folder.path(), "watertight.toml", configuration.as_bytes());
    let owners = owners_of(&check(&folder, ""));
    assert!(owners.contains(&ends("@tools", "@shop/cart, @ann")), "{owners:?}");
}

#[test]
fn the_first_place_counts_and_the_others_dont() {
    let all = [
        (".github/CODEOWNERS", "* @first"),
        ("CODEOWNERS", "* @second"),
        ("docs/CODEOWNERS", "* @third"),
        (".gitlab/CODEOWNERS", "* @fourth"),
    ];
    for (at, (_, line)) in all.iter().enumerate() {
        let owner = line.trim_start_matches("* ");
        let owners = owners_of(&check(&shop(&all[at..]), ""));
        assert_eq!(owners, [ends("@shop/cart, @ann", owner), ends(owner, owner)]);
    }
    let owners = owners_of(&check(&shop(&[("cart/CODEOWNERS", "* @x")]), ""));
    assert_eq!(owners, [ends("@shop/cart, @ann", Value::Null), ends(Value::Null, Value::Null)]);
}

#[test]
fn what_is_malformed_in_it_is_no_problem_and_what_cant_be_read_is_one() {
    let folder = shop(&[("CODEOWNERS", "!/cart @a\n[ab]* @b\n/x nobody\n\\\n[\n^[\n[]\n[a][b\n* @all\n")]);
    let run = check(&folder, "");
    assert_eq!(run.json()["summary"]["problems"], 0, "{}", run.transcript());
    assert_eq!(owners_of(&run)[1], ends("@all", "@all"));
    for bytes in [b"* @\xff\n".to_vec(), vec![b'#'; 4_000_000]] {
        write(folder.path(), "CODEOWNERS", &bytes);
        let run = check(&folder, "");
        assert_eq!(run.json()["summary"]["problems"], 1, "{}", run.transcript());
        assert_eq!(run.json()["problems"][0]["path"], "CODEOWNERS");
    }
}

#[test]
fn rules_judge_by_declared_owners_alone() {
    let folder = shop(&[("CODEOWNERS", "* @shop/ann\n")]);
    let rule = "[rules.no-cart]\nsummary = \"s\"\nlevel = \"deny\"\n[rules.no-cart.condition.coupling]\n\
        kinds = [\"code\"]\nfrom = \"owner:@shop/*ann\"\nto = \"feature\"\n";
    write(folder.path(), "watertight.toml", format!("{CONFIGURATION}\n{rule}").as_bytes());
    let run = check(&folder, "");
    let findings = run.json()["findings"].as_array().cloned().expect(&run.messages);
    let told: Vec<&Value> = findings.iter().filter(|finding| finding["rule"] == "no-cart").collect();
    assert_eq!(told.len(), 1, "{}", run.transcript());
    assert_eq!(told[0]["units"]["from"], "cart");
}

#[test]
fn only_findings_of_the_owners_that_were_asked_for_are_told_and_count() {
    let folder = shop(&[("CODEOWNERS", "/stock/ @stock\n/users/ @users\n/docs/ @docs\n")]);
    for (asked, count) in [
        ("", 2),
        ("--owner @stock", 2),
        ("--owner users", 1),
        ("--owner ANN", 1),
        ("--owner shop/cart", 1),
        ("--owner @users --owner @ann", 2),
        ("--owner docs", 0),
    ] {
        let run = check(&folder, asked);
        assert_eq!(owners_of(&run).len(), count, "{asked}: {}", run.transcript());
        assert_eq!(run.code, i32::from(count > 0), "{asked}");
    }
}

#[test]
fn findings_about_the_configuration_concern_everybody() {
    let folder = shop(&[("CODEOWNERS", "/docs/ @docs\n")]);
    let configuration = CONFIGURATION.replace("\"stock\"", "\"stock\", \"stok\"");
    write(folder.path(), "watertight.toml", configuration.as_bytes());
    let run = check(&folder, "--owner @docs");
    assert_eq!(run.json()["findings"][0]["rule"], "unmatched-selector", "{}", run.transcript());
    assert_eq!(owners_of(&run).len(), 1);
}

#[test]
fn an_owner_that_nobody_knows_is_an_error() {
    let folder = shop(&[("CODEOWNERS", "/stock/ @shop/stock\n")]);
    let run = check(&folder, "--owner @shop/stok");
    assert_eq!(
        run.transcript(),
        "--- stderr ---\nerror: no owner is called `@shop/stok`\n  help: did you mean `@shop/stock`?\n--- exit 2 ---\n"
    );
    assert_eq!(check(&folder, "--owner @ann --owner quite-another").code, 2);
    assert_eq!(check(&folder, "--owner @").code, 2);
}

/// Last match wins, each line asked by itself.
fn owner_by_brute_force(lines: &[(String, String)], path: &RepoPath) -> Option<String> {
    let matches = |pattern: &str| {
        let mut builder = GitignoreBuilder::new("");
        builder.add_line(None, pattern).expect("a pattern");
        let one = builder.build().expect("a matcher");
        let mut paths = path.with_ancestors().enumerate().filter(|(_, path)| !path.is_empty());
        let is_of_files = pattern.ends_with("/*");
        paths.any(|(at, path)| (at == 0 || !is_of_files) && one.matched(path, at > 0).is_ignore())
    };
    let last = lines.iter().rev().find(|(pattern, _)| matches(pattern))?;
    Some(last.1.clone()).filter(|owner| !owner.is_empty())
}

fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[ab]",
        1 => Just("*".to_owned()),
        1 => Just("**".to_owned()),
        1 => Just("a*".to_owned()),
        1 => Just("*.a".to_owned()),
        1 => Just("a.a".to_owned()),
        1 => Just("?".to_owned()),
    ];
    let parts = prop::collection::vec(part, 1..4);
    (any::<bool>(), parts, any::<bool>()).prop_map(|(start, parts, end)| {
        format!("{}{}{}", if start { "/" } else { "" }, parts.join("/"), if end { "/" } else { "" })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn owners_are_those_of_the_last_line_that_matches(
        lines in prop::collection::vec((pattern(), "(@[xyz])?"), 0..8),
        paths in prop::collection::vec("[ab][ab.]{0,2}(/[ab][ab.]{0,2}){0,3}", 1..6),
    ) {
        let mut text = String::new();
        for (pattern, owner) in &lines {
            writeln!(text, "{pattern} {owner}").expect("a text");
        }
        let owners = CodeOwners::read(&text).expect("a small file");
        for path in paths {
            let path = RepoPath::new(&path).expect("a path");
            prop_assert_eq!(owners.of(&path), owner_by_brute_force(&lines, &path), "{} by {}", path, text);
        }
    }

    #[test]
    fn any_text_is_read(text in "([ \\t\\n\\[\\]^#!@*?{}\\\\/a1é]|\\PC){0,200}", path in "\\PC{1,20}") {
        if let (Ok(owners), Some(path)) = (CodeOwners::read(&text), RepoPath::new(&path)) {
            let _ = owners.of(&path);
        }
    }
}
