//! Pages that are made of the code: rules, commands, the reference of the configuration, and the copies of
//! what lies at the root of the repository.
//!
//! They are committed. `UPDATE_DOCS=1 cargo test --test suite book` writes them anew; without it, a page that is
//! not what the code says fails the test.

use std::collections::BTreeMap;
use std::fmt::Write;

use pulldown_cmark::{Event, LinkType, Tag};
use serde_json::Value;
use watertight::report::explanation_markdown;
use watertight::rules::{Level, RuleSet, configuration_schema, feature_schema, rule_schema};

use super::{events, root};
use crate::watertight::{run, testdata};

/// Compares a file with what it should be, or writes it.
fn assert_is(path: &str, wanted: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| !value.is_empty()) {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, wanted).expect("written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    if found != wanted {
        let at = found.lines().zip(wanted.lines()).position(|(one, other)| one != other);
        let at = at.unwrap_or(found.lines().count().min(wanted.lines().count()));
        panic!(
            "{path} is not what the code says, from line {} on:\n  there: {}\n  code:  {}\n\
             `UPDATE_DOCS=1 cargo test --test suite book` writes it anew",
            at + 1,
            found.lines().nth(at).unwrap_or("(its end)"),
            wanted.lines().nth(at).unwrap_or("(its end)"),
        );
    }
}

fn note(from: &str) -> String {
    format!("<!-- Made of {from} by tests/suite/book/generated.rs: change it there. -->\n")
}

/// The groups in which rules are told, and what their condition looks at.
const GROUPS: [(&str, &str, &[&str]); 6] = [
    (
        "Between features",
        "One unit is coupled to another, and nobody said that they share anything.",
        &[
            "unshared-coupling",
            "hidden-coupling",
            "relayed-coupling",
            "shared-depends-on-feature",
            "unshared-test-coupling",
            "outside-audience",
            "private-unit",
            "feature-cycle",
            "co-change",
        ],
    ),
    (
        "Calls and contracts",
        "One feature calls another over the network, or publishes how it may be called.",
        &[
            "undeclared-call",
            "hidden-call",
            "leaky-api",
            "chained-api",
            "call-cycle",
            "call-chain",
            "unversioned-order",
            "idle-consumes",
            "contradiction",
            "dangling-reference",
        ],
    ),
    (
        "What is shipped and run",
        "Features meet in what is built, deployed, started or stored.",
        &[
            "shared-deployable",
            "lockstep-release",
            "incomplete-trigger",
            "incomplete-copy",
            "shared-datastore",
            "shared-secret",
            "start-order",
            "start-cycle",
        ],
    ),
    (
        "What belongs to no feature",
        "Shared units, assemblies and test support keep to what they are.",
        &["depends-on-assembly", "test-support-in-production", "bottleneck", "unassigned-unit"],
    ),
    (
        "The configuration itself",
        "What is declared is true, is used, and opens no more than it should.",
        &[
            "unmatched-selector",
            "contested-unit",
            "uninhabited-feature",
            "unknown-responsibility",
            "idle-responsibility",
            "broad-responsibility",
            "expired-exception",
            "expiring-exception",
            "stale-exception",
            "stale-correction",
            "stale-baseline",
            "loosened-boundary",
        ],
    ),
    (
        "Budgets",
        "How much there may be in all, and how much one change may add.",
        &["broken-budget", "near-budget"],
    ),
];

#[test]
fn the_page_of_every_rule_is_what_explain_prints() {
    let rules = RuleSet::built_in();
    let mut page = note("rules/*.toml");
    page += "# Every rule\n\nWhat `watertight explain RULE --format markdown` prints, for each rule that the tool \
             brings. How to write\nyour own: [Rules](../rules.md). Levels and numbers are set in \
             [`[rules]`](configuration.md#rules).\n";
    let told: Vec<&str> = GROUPS.iter().flat_map(|(_, _, names)| names.iter().copied()).collect();
    // A new rule is a file and a folder, and nothing else: whoever knows a better place for it moves it.
    let others: Vec<&str> =
        rules.rules.iter().map(|rule| rule.id.as_str()).filter(|name| !told.contains(name)).collect();
    let others = ("Others", "What no other group holds.", others.as_slice());
    let is_there = |group: &&(&str, &str, &[&str])| !group.2.is_empty();
    for (group, about, names) in GROUPS.iter().chain([&others]).filter(is_there) {
        write!(page, "\n## {group}\n\n{about}\n\n| rule | level | |\n|---|---|---|\n").expect("text");
        for name in *names {
            let rule = rules.get(name).unwrap_or_else(|| panic!("no rule `{name}`: mend GROUPS"));
            writeln!(page, "| [`{name}`](#{name}) | {} | {} |", rule.level.word(), cell(&rule.summary))
                .expect("text");
        }
        for name in *names {
            let rule = rules.get(name).expect("a rule");
            let explanation = explanation_markdown(rule);
            let (title, body) = explanation.split_once("\n\n").expect("a title");
            assert_eq!(title, format!("# `{name}`"));
            let level = match rule.level {
                Level::Deny => "Level **deny**: a finding fails the check.",
                Level::Warn => "Level **warn**: a finding is shown.",
                Level::Off => "Level **off**, until `[rules]` sets it to `warn` or `deny`.",
            };
            let (summary, text) = body.trim_end().split_once("\n\n").expect("a summary and a text");
            // Its headings, two levels deeper.
            let text = format!("\n{text}").replace("\n## ", "\n#### ");
            write!(page, "\n### `{name}`\n\n{summary}\n\n{level}\n{text}\n").expect("text");
        }
    }
    assert_is("docs/reference/rules.md", &page);
}

/// The names of the commands that a help lists.
fn commands(help: &str) -> Vec<&str> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names = list.lines().take_while(|line| !line.is_empty());
    names
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !["", "help"].contains(name))
        .collect()
}

#[test]
fn the_page_of_every_command_is_its_help() {
    let help = |arguments: &str| {
        let run = run(&testdata("monorepos/shop"), arguments);
        assert_eq!((run.code, run.messages.as_str()), (0, ""), "{arguments}");
        // On Windows the program has an ending.
        run.output
            .replace("watertight.exe", "watertight")
            .lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let whole = help("--help");
    let names = commands(&whole);
    assert!(names.len() >= 7, "{names:?}");
    let mut page = note("the definitions of the commands");
    write!(page, "# Every command\n\nWhat `--help` prints. The exit codes are the same everywhere; only an answer has others, and says so.\n\n```text\n{whole}\n```\n").expect("text");
    for name in names {
        let text = help(&format!("{name} --help"));
        write!(page, "\n## `watertight {name}`\n\n```text\n{text}\n```\n").expect("text");
        for inner in commands(&text) {
            let text = help(&format!("{name} {inner} --help"));
            write!(page, "\n### `watertight {name} {inner}`\n\n```text\n{text}\n```\n").expect("text");
        }
    }
    assert_is("docs/reference/commands.md", &page);
}

#[test]
fn the_schemas_are_those_that_the_tool_prints() {
    for (of, file) in [
        ("report", "docs/report.schema.json"),
        ("impact", "docs/impact.schema.json"),
        ("metrics", "docs/metrics.schema.json"),
        ("history", "docs/history.schema.json"),
        ("co-change", "docs/co-change.schema.json"),
        ("bottlenecks", "docs/bottlenecks.schema.json"),
        ("configuration", "docs/watertight.schema.json"),
        ("feature", "docs/feature.schema.json"),
        ("rule", "docs/rule.schema.json"),
    ] {
        let printed = run(root(), &format!("schema {of}"));
        assert_eq!(printed.code, 0);
        assert_is(file, &printed.output);
    }
    assert_eq!(run(root(), "schema").output, run(root(), "schema report").output);
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The sections of the reference: heading, definition, how a table of it begins.
const SECTIONS: [(&str, &str, &str); 30] = [
    ("`[responsibilities]`", "ResponsibilityTable", "[responsibilities.payments]"),
    ("`[features.<name>]`", "Feature", "[features.checkout]"),
    ("`[shared]`, `[assemblies]`, `[test-support]`", "Section", "[shared]"),
    ("`[deployments.<name>]`", "Deployment", "[deployments.shop-front]"),
    ("`[external.<name>]`", "External", "[external.identity]"),
    ("`[[exceptions]]`", "Exception", "[[exceptions]]"),
    ("`[[couplings]]`", "DeclaredCoupling", "[[couplings]]"),
    ("`[[corrections]]`", "DeclaredCorrection", "[[corrections]]"),
    ("`[budgets]`", "Budgets", "[budgets]"),
    ("`couplings` in budgets", "CouplingBudgets", "[budgets.couplings]"),
    ("`[budgets.features.<name>]`", "FeatureBudgets", "[budgets.features.checkout]"),
    ("`[budgets.owners.<name>]`", "OwnerBudgets", "[budgets.owners.\"@shop/checkout\"]"),
    ("`[budgets.change]`", "ChangeBudgets", "[budgets.change]"),
    ("`[changes]`", "Changes", "[changes]"),
    ("`[scan]`", "Scan", "[scan]"),
    ("A rule of your own", "OwnRule", "[rules.edge-uses-storage]"),
    ("Conditions", "Condition", ""),
    ("`coupling`", "CouplingCondition", "[rules.edge-uses-storage.condition.coupling]"),
    ("`path`", "PathCondition", ""),
    ("`cycle`", "CycleCondition", ""),
    ("`meeting`", "MeetingCondition", ""),
    ("`reach`", "ReachCondition", ""),
    ("`chain`", "ChainCondition", ""),
    ("`copy`", "CopyCondition", ""),
    ("`trigger`", "TriggerCondition", ""),
    ("`catalog`", "CatalogCondition", ""),
    ("`declaration`", "DeclarationCondition", ""),
    ("`lets-in`", "LetsIn", ""),
    ("Selectors", "Selector", ""),
    ("`feature.toml`", "", "feature = \"users\""),
];

/// The pictures of the sample are those that the tool draws.
#[test]
fn the_pictures_of_the_sample_are_drawn_by_the_tool() {
    for (format, file) in [("svg", "sample-features"), ("matrix-svg", "sample-matrix")] {
        let drawn = run(&testdata("monorepos/shop"), &format!("graph --format {format}"));
        assert_is(&format!("docs/pictures/{file}.svg"), &drawn.output);
    }
}

#[test]
fn the_reference_of_the_configuration_is_its_schema() {
    let (schema, nearby, file) = (configuration_schema(), feature_schema(), rule_schema());
    let reference = Reference { schema: &schema };
    let mut page = note("the types in src/rules/schema/");
    page += "# Configuration reference\n\nEvery key that may stand in `watertight.toml`, in a `feature.toml` and in a \
             rule file. What it all means together:\n[Configuration](../configuration.md). A key in **bold** has to be \
             there. An unknown key is an error.\n\nThe same for editors, as JSON Schemas: \
             [watertight.toml](../watertight.schema.json), [feature.toml](../feature.schema.json) and\n[rule \
             files](../rule.schema.json); `watertight schema configuration` prints the first. How an editor takes \
             it:\n[Editors](../configuration.md#editors).\n\n## `watertight.toml`\n\n";
    page += schema["description"].as_str().expect("a description");
    page += "\n\n";
    page += &reference.table(&schema);
    for (heading, name, _) in SECTIONS {
        let level =
            if heading.starts_with("`[") || heading.starts_with("`feature") || !heading.starts_with('`') {
                "##"
            } else {
                "###"
            };
        write!(page, "\n{level} {heading}\n\n").expect("text");
        let table = match name {
            "" => &nearby,
            name => &schema["definitions"][name],
        };
        writeln!(page, "{}", table["description"].as_str().expect("a description")).expect("text");
        if table["properties"].is_object() {
            page.push('\n');
            page += &reference.table(table);
        }
        match name {
            "Selector" => {
                page += "\n| form | meaning |\n|---|---|\n| text | a name, a role, `kind:name`, a path: [all of them](../rules.md#selectors) |\n";
                for inner in ["AnyOf", "AllOf", "NotOf"] {
                    let (key, property) = schema["definitions"][inner]["properties"]
                        .as_object()
                        .expect("keys")
                        .iter()
                        .next()
                        .expect("a key");
                    let example = toml_of(&property["examples"][0]);
                    writeln!(
                        page,
                        "| `{{ {key} = {example} }}` | {} |",
                        lower(schema["definitions"][inner]["description"].as_str().expect("a description"))
                    )
                    .expect("text");
                }
            }
            "Scan" => page += &reference.rules(),
            "OwnRule" => {
                let id = &file["properties"]["id"];
                writeln!(
                    page,
                    "\nIn a file of its own, it also needs `id`: {}.",
                    lower(id["description"].as_str().expect("a description"))
                )
                .expect("text");
            }
            _ => {}
        }
    }
    page += "\n## Words\n\n| where | words |\n|---|---|\n";
    for (name, place) in [
        ("Kind", "`kinds`, `last-kinds`, `kind`"),
        ("Relation", "`when`, `unless`, `enters-when`, `leaves-when`"),
        ("Level", "`level`, and a rule in `[rules]`"),
        ("Of", "`of`"),
        ("Correction", "`as`"),
        ("Declaration", "`about` in a `declaration`"),
    ] {
        let words = schema["definitions"][name]["enum"].as_array().expect("words");
        let words: Vec<String> =
            words.iter().map(|word| format!("`{}`", word.as_str().expect("a word"))).collect();
        writeln!(page, "| {place} | {} |", words.join(", ")).expect("text");
    }
    assert_is("docs/reference/configuration.md", &page);
}

/// A text as code, which may have backticks of its own.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A description behind a colon or in a table.
fn lower(text: &str) -> String {
    let mut characters = text.trim_end_matches('.').chars();
    characters
        .next()
        .map(|first| first.to_lowercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

/// A value as TOML writes it.
fn toml_of(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, value)| format!("{} = {}", key_of(key), toml_of(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        // A date stands without quotes.
        Value::String(text) if text.len() == 10 && text.starts_with("20") => text.clone(),
        Value::String(text) => format!("\"{}\"", text.replace('\n', "\\n")),
        other => other.to_string(),
    }
}

/// A key as TOML writes it.
fn key_of(key: &str) -> String {
    let is_bare = key.chars().all(|one| one.is_ascii_alphanumeric() || "-_".contains(one));
    if is_bare { key.to_owned() } else { format!("\"{key}\"") }
}

struct Reference<'a> {
    schema: &'a Value,
}

impl Reference<'_> {
    /// The keys of a table: what has to be there first.
    fn table(&self, table: &Value) -> String {
        let is_needed =
            |key: &str| table["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key));
        let mut keys: Vec<(&String, &Value)> =
            table["properties"].as_object().expect("keys").iter().collect();
        keys.sort_by_key(|(key, _)| (!is_needed(key), key.as_str()));
        let mut page = "| key | form | meaning |\n|---|---|---|\n".to_owned();
        for (key, property) in keys {
            let name = if is_needed(key) { format!("**`{key}`**") } else { format!("`{key}`") };
            let example = match property["examples"].as_array().and_then(|all| all.first()) {
                Some(example) => format!("<br>{}", code(&format!("{key} = {}", toml_of(example)))),
                None => String::new(),
            };
            let meaning = property["description"]
                .as_str()
                .map(str::to_owned)
                .unwrap_or_else(|| self.described(property));
            writeln!(page, "| {name} | {} | {}{} |", self.form(property), cell(&meaning), cell(&example))
                .expect("text");
        }
        page
    }

    fn described(&self, property: &Value) -> String {
        match (property["minimum"].as_u64(), property["items"]["$ref"].as_str()) {
            (Some(_), _) => "A whole number from 1 on.".to_owned(),
            (_, Some("#/definitions/Kind")) => "Which kinds of coupling.".to_owned(),
            _ => String::new(),
        }
    }

    /// What a value looks like, with a link to where that is told.
    fn form(&self, property: &Value) -> String {
        let reference = property["$ref"].as_str().or_else(|| property["allOf"][0]["$ref"].as_str());
        if let Some(reference) = reference {
            return self.named(reference.trim_start_matches("#/definitions/"));
        }
        // A percentage as text, or a number.
        if property["type"].is_array() {
            return "share".to_owned();
        }
        match property["type"].as_str() {
            Some("array") => match self.form(&property["items"]) {
                inner if inner == "text" => "list of texts".to_owned(),
                inner => format!("list: {inner}"),
            },
            Some("object") if property["additionalProperties"].is_object() => {
                let inner = match self.form(&property["additionalProperties"]) {
                    inner if inner == "text" => "text".to_owned(),
                    inner => inner,
                };
                format!("by name: {inner}")
            }
            Some("string") if property["format"] == "date" => "day".to_owned(),
            Some("string") => "text".to_owned(),
            Some("integer") => "number".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            other => panic!("no form for {other:?}: {property:#}"),
        }
    }

    fn named(&self, name: &str) -> String {
        let words = BTreeMap::from([
            ("Kind", "a kind"),
            ("Relation", "a relation"),
            ("Level", "a level"),
            ("Of", "a word"),
            ("Correction", "a word"),
            ("Declaration", "a word"),
            ("Catalogued", "a word"),
        ]);
        if let Some(word) = words.get(name) {
            return format!("[{word}](#words)");
        }
        match name {
            "ImpactOf" => return "`everything`, `nothing`, or a list of features and units".to_owned(),
            "Responsibility" => return "text, or a [table](#responsibilities)".to_owned(),
            "RuleSetting" => {
                return "[a level, numbers](#rules), or [a rule](#a-rule-of-your-own)".to_owned();
            }
            "Selector" => return "[selector](#selectors)".to_owned(),
            _ => {}
        }
        let (heading, _, _) =
            SECTIONS.iter().find(|(_, of, _)| *of == name).unwrap_or_else(|| panic!("no section for {name}"));
        format!("[table](#{})", super::links::anchor(&heading.replace('`', "")))
    }

    /// `[rules]`: the levels and numbers of the rules that the tool brings.
    fn rules(&self) -> String {
        let mut page = "\n## `[rules]`\n\nThe level of each rule (`unshared-coupling = \"warn\"`), and where it has numbers, a table \
                        with them\n(`call-chain = { level = \"warn\", longest = 3 }`). What is left out stays as it is here:\n\n\
                        | rule | level | numbers | |\n|---|---|---|---|\n".to_owned();
        for (id, setting) in self.schema["properties"]["rules"]["properties"].as_object().expect("rules") {
            let numbers = setting["anyOf"][1]["properties"].as_object().expect("keys");
            let numbers: Vec<String> = numbers
                .iter()
                .filter(|(key, _)| *key != "level")
                .map(|(key, number)| format!("`{key} = {}`", number["default"]))
                .collect();
            let (level, summary) = (
                setting["default"].as_str().expect("a level"),
                setting["description"].as_str().expect("a summary"),
            );
            writeln!(
                page,
                "| [`{id}`](rules.md#{id}) | `{level}` | {} | {} |",
                numbers.join(", "),
                cell(summary)
            )
            .expect("text");
        }
        page
    }
}

/// A page at the root of the repository as a page of the book: what it links lies elsewhere there.
fn as_page(name: &str) -> String {
    let text = std::fs::read_to_string(root().join(name)).expect("a page");
    let mut page = note(name);
    let mut at = 0;
    for (event, range) in events(&text) {
        let Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) = event else { continue };
        if dest_url.starts_with("https://") || dest_url.starts_with('#') {
            continue;
        }
        page += &text[at..range.start];
        let label = &text[range.start + 1..range.end - dest_url.len() - 3];
        match (dest_url.as_ref(), dest_url.strip_prefix("docs/")) {
            ("CONTRIBUTING.md", _) => write!(page, "[{label}](contributing.md)").expect("text"),
            ("CHANGELOG.md", _) => write!(page, "[{label}](changelog.md)").expect("text"),
            (_, Some(inside)) => write!(page, "[{label}]({inside})").expect("text"),
            (outside, None) if label == outside => write!(page, "`{label}`").expect("text"),
            (outside, None) => write!(page, "{label} (`{outside}`)").expect("text"),
        }
        at = range.end;
    }
    page + &text[at..]
}

#[test]
fn the_copies_of_what_lies_at_the_root_are_the_same() {
    assert_is("docs/contributing.md", &as_page("CONTRIBUTING.md"));
    assert_is("docs/changelog.md", &as_page("CHANGELOG.md"));
}
