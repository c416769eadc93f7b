//! The JSON Schemas of what a person writes say what the parser reads: no key more, and none less.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use watertight::features::Configuration;
use watertight::rules::{Origin, Rule, RuleSet, configuration_schema, feature_schema, rule_schema};
use watertight::text::{Fault, RepoPath};

use crate::watertight::{repository, run, testdata};

/// A key that is like no other.
const ODD: &str = "qqqqqqqqqqqqqqqqqqqqqqqq";

/// Where the tables of each type stand: a whole configuration around one of them.
type Around = fn(Value) -> Value;

/// A condition of a rule of one's own.
fn rule(condition: Value) -> Value {
    json!({ "rules": { "own": { "summary": "what must not be", "condition": condition } } })
}

fn selector(selector: Value) -> Value {
    rule(json!({ "coupling": { "kinds": ["code"], "from": selector, "to": "feature" } }))
}

/// Every type of table that the schema knows, and where it stands.
const TABLES: [(&str, Around); 31] = [
    ("ResponsibilityTable", |table| json!({ "responsibilities": { "one": table } })),
    ("Feature", |table| {
        // A name with a place for a folder's belongs to `each`.
        let name = if table.get("each").is_some() { "one/*" } else { "one" };
        json!({ "features": { name: table } })
    }),
    ("Section", |table| json!({ "shared": table, "assemblies": table, "test-support": table })),
    ("Deployment", |table| json!({ "deployments": { "one": table } })),
    ("External", |table| json!({ "external": { "one": table } })),
    ("Exception", |mut table| {
        // The rule of the example is about two units.
        table.as_object_mut().expect("a table").entry("to").or_insert_with(|| "users".into());
        json!({ "exceptions": [table] })
    }),
    ("DeclaredCoupling", |table| json!({ "couplings": [table] })),
    ("DeclaredCorrection", |table| json!({ "corrections": [table] })),
    ("Budgets", |table| json!({ "budgets": table })),
    ("CouplingBudgets", |table| json!({ "budgets": { "couplings": table } })),
    ("FeatureBudgets", |table| json!({ "budgets": { "features": { "one": table } } })),
    ("OwnerBudgets", |table| json!({ "budgets": { "owners": { "@one": table } } })),
    ("ChangeBudgets", |table| json!({ "budgets": { "change": table } })),
    ("Scan", |table| json!({ "scan": table })),
    ("Changes", |table| json!({ "changes": table })),
    ("Numbers", |table| json!({ "rules": { "from-a-file": table } })),
    ("OwnRule", |table| json!({ "rules": { "own": table } })),
    ("Condition", rule),
    ("CouplingCondition", |table| rule(json!({ "coupling": table }))),
    ("PathCondition", |table| rule(json!({ "path": table }))),
    ("CycleCondition", |table| rule(json!({ "cycle": table }))),
    ("MeetingCondition", |table| rule(json!({ "meeting": table }))),
    ("ReachCondition", |table| rule(json!({ "reach": table }))),
    ("ChainCondition", |table| rule(json!({ "chain": table }))),
    ("CopyCondition", |table| rule(json!({ "copy": table }))),
    ("TriggerCondition", |table| rule(json!({ "trigger": table }))),
    ("CatalogCondition", |table| rule(json!({ "catalog": table }))),
    ("LetsIn", |table| {
        rule(
            json!({ "coupling": { "kinds": ["code"], "from": "feature", "to": "feature", "lets-in": table } }),
        )
    }),
    ("AnyOf", selector),
    ("AllOf", selector),
    ("NotOf", selector),
];

fn read(configuration: &Value) -> Vec<Fault> {
    let value = toml::Value::try_from(configuration).expect("a configuration has no null");
    let text = toml::to_string(&value).expect("TOML");
    faults(&text)
}

fn faults(text: &str) -> Vec<Fault> {
    let file = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, mut faults) = Configuration::read(&file, text);
    // One that has each number of `chain`, for the table of numbers.
    let path = RepoPath::new("rules/from-a-file.toml").expect("a path");
    let own = "id = \"from-a-file\"\nsummary = \"s\"\n[condition.chain]\nkinds = [\"call\"]\nlongest = 3\n";
    RuleSet::load(&configuration, &[(path, own.to_owned())], &mut faults);
    faults
}

/// What a property looks like: the example that it brings, or one that is made of what it needs.
fn example(schema: &Value, property: &Value) -> Value {
    if let Some(example) = property["examples"].as_array().and_then(|all| all.first()) {
        return example.clone();
    }
    if property["additionalProperties"].is_object() {
        return json!({ "one": example(schema, &property["additionalProperties"]) });
    }
    let reference = property["$ref"].as_str().or_else(|| property["allOf"][0]["$ref"].as_str());
    match reference.map(|reference| definition(schema, reference)) {
        Some(inner) if inner["enum"].is_array() => inner["enum"][0].clone(),
        Some(inner) if inner["type"] == "object" => needed(schema, inner),
        Some(inner) => example(schema, inner),
        None => panic!("no example: {property:#}"),
    }
}

fn definition<'a>(schema: &'a Value, reference: &str) -> &'a Value {
    let found = &schema["definitions"][reference.trim_start_matches("#/definitions/")];
    assert!(found.is_object(), "{reference}");
    found
}

/// A table with all that it needs.
fn needed(schema: &Value, table: &Value) -> Value {
    let mut names: Vec<&str> =
        table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if table["minProperties"] == 1 {
        names.extend(properties(table).first().copied());
    }
    names.into_iter().map(|name| (name.to_owned(), example(schema, &table["properties"][name]))).collect()
}

fn properties(table: &Value) -> BTreeSet<&str> {
    table["properties"].as_object().expect("a table").keys().map(String::as_str).collect()
}

/// The keys that the parser knows beside one that it does not.
fn known(faults: &[Fault]) -> BTreeSet<&str> {
    let of_odd = |fault: &&Fault| fault.message.starts_with(&format!("unknown key `{ODD}`"));
    let help = &faults.iter().find(of_odd).unwrap_or_else(|| panic!("not told: {faults:#?}")).help;
    let list = help.strip_prefix("known keys: ").unwrap_or_else(|| panic!("no list of keys: {help}"));
    list.split(", ").map(|key| key.trim_matches('`')).collect()
}

fn with(mut table: Value, key: &str, value: Value) -> Value {
    table.as_object_mut().expect("a table").insert(key.to_owned(), value);
    table
}

/// What the keys of the root are made of, by their own types.
#[test]
fn the_root_has_the_keys_that_the_parser_knows() {
    let schema = configuration_schema();
    assert_eq!(known(&read(&json!({ ODD: 1 }))), properties(&schema));
}

#[test]
fn every_table_has_the_keys_that_the_parser_knows() {
    let schema = configuration_schema();
    let mut checked = 0;
    for (name, around) in TABLES {
        let table = &schema["definitions"][name];
        assert_eq!(table["additionalProperties"], false, "{name} lets everything through");
        let least = needed(&schema, table);
        if name != "Numbers" {
            let told = read(&around(with(least.clone(), ODD, json!(1))));
            let wanted = match name {
                // The parser reads all three as one, and takes exactly one of the keys.
                "AnyOf" | "AllOf" | "NotOf" => BTreeSet::from(["any", "all", "not"]),
                _ => properties(table),
            };
            assert_eq!(known(&told), wanted, "{name}");
        }
        for (key, property) in table["properties"].as_object().expect("properties") {
            // A rule has the numbers of its own condition.
            if name == "Numbers" && !["level", "longest"].contains(&key.as_str()) {
                continue;
            }
            let base = if name == "Condition" || name == "Feature" { json!({}) } else { least.clone() };
            let table = with(base, key, example(&schema, property));
            let document = around(table);
            assert_eq!(read(&document), [], "{name}.{key}: {document:#}");
            assert_eq!(errors(&schema, &document), Vec::<String>::new(), "{name}.{key}: {document:#}");
            checked += 1;
        }
    }
    assert!(checked > 80, "only {checked}");
    // No type of table is left out.
    let all = schema["definitions"].as_object().expect("definitions");
    let tables = all.iter().filter(|(_, one)| one["properties"].is_object()).map(|(name, _)| name.as_str());
    let mut listed: BTreeSet<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    listed.insert("DeclarationCondition");
    assert_eq!(tables.collect::<BTreeSet<_>>(), listed);
}

/// Which numbers a rule about the configuration has depends on what it is about.
#[test]
fn the_numbers_are_those_of_the_conditions() {
    let schema = configuration_schema();
    let table = &schema["definitions"]["DeclarationCondition"];
    let complete = [
        json!({ "about": "broad-responsibilities", "most-features": 3, "most-percent": 50 }),
        json!({ "about": "expiring-exceptions", "days": 3 }),
    ];
    let mut keys = BTreeSet::new();
    for condition in complete {
        let document = rule(json!({ "declaration": condition }));
        assert_eq!(read(&document), []);
        assert_eq!(errors(&schema, &document), Vec::<String>::new());
        let told = read(&rule(json!({ "declaration": with(condition, ODD, json!(1)) })));
        keys.extend(known(&told).into_iter().map(str::to_owned));
    }
    assert_eq!(keys.iter().map(String::as_str).collect::<BTreeSet<_>>(), properties(table));
    for about in schema["definitions"]["Declaration"]["enum"].as_array().expect("words") {
        let condition = json!({ "about": about, "most-features": 3, "most-percent": 50, "days": 3 });
        let told = read(&rule(json!({ "declaration": condition })));
        assert!(told.iter().all(|fault| fault.message.starts_with("unknown key")), "{about}: {told:#?}");
    }
    let rules = RuleSet::built_in().rules;
    let limits = rules.iter().flat_map(|rule| rule.condition.limits()).map(|limit| limit.name);
    let numbers = &schema["definitions"]["Numbers"];
    assert_eq!(limits.chain(["level"]).collect::<BTreeSet<_>>(), properties(numbers));
}

/// All words that stand in the schema are known to the parser.
#[test]
fn the_words_are_those_that_the_parser_knows() {
    let schema = configuration_schema();
    let words = |name: &str| schema["definitions"][name]["enum"].as_array().expect("words").clone();
    let coupling = |key: &str, value: Value| {
        rule(
            json!({ "coupling": with(json!({ "kinds": ["code"], "from": "feature", "to": "feature" }), key, value) }),
        )
    };
    let mut documents = Vec::new();
    documents.extend(words("Kind").into_iter().map(|word| coupling("kinds", json!([word]))));
    documents.extend(words("Relation").into_iter().map(|word| coupling("unless", json!([word]))));
    documents.extend(
        words("Of").into_iter().map(|word| rule(json!({ "cycle": { "of": word, "kinds": ["code"] } }))),
    );
    documents.extend(words("Level").into_iter().map(|word| json!({ "rules": { "from-a-file": word } })));
    documents.extend(
        words("Correction")
            .into_iter()
            .map(|word| json!({ "corrections": [{ "from": "a", "to": "b", "as": word, "reason": "r" }] })),
    );
    assert!(documents.len() > 20);
    for document in documents {
        assert_eq!(read(&document), [], "{document:#}");
    }
}

/// Next to the code, all that only the root may say is known, and refused.
#[test]
fn a_declaration_next_to_the_code_has_the_keys_that_the_parser_knows() {
    let schema = feature_schema();
    let said = |declaration: &Value| {
        let text = toml::to_string(&toml::Value::try_from(declaration).expect("no null")).expect("TOML");
        let root = "[features.users]\npaths = [\"elsewhere\"]\n[responsibilities]\npayments = \"money\"\n";
        let folder = repository(&[("watertight.toml", root), ("users/feature.toml", &text)]);
        let run = run(folder.path(), "check --format compact");
        run.transcript().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let least = json!({ "feature": "users" });
    let told = said(&with(least.clone(), ODD, json!(1)));
    let list = told.split("known keys: ").nth(1).unwrap_or_else(|| panic!("no list: {told}"));
    let known: BTreeSet<&str> = list
        .split(" --- ")
        .next()
        .expect("a list")
        .split([',', ' ', '`'])
        .filter(|key| !key.is_empty())
        .collect();
    for (key, property) in schema["properties"].as_object().expect("properties") {
        assert!(known.contains(key.as_str()), "{key}: {told}");
        let told = said(&with(least.clone(), key, example(&schema, property)));
        assert!(!told.contains("error"), "{key}: {told}");
    }
    let refused: Vec<&&str> = known.iter().filter(|key| !properties(&schema).contains(**key)).collect();
    assert!(refused.len() > 10, "{refused:?}");
    for key in refused {
        let told = said(&with(least.clone(), key, json!(["x"])));
        assert!(told.contains("at the root only") || told.contains("has no place in"), "{key}: {told}");
    }
}

/// What a JSON Schema has against a document.
fn errors(schema: &Value, document: &Value) -> Vec<String> {
    let validator =
        jsonschema::options().should_validate_formats(true).build(schema).expect("a schema that can be used");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// TOML as an editor's checker sees it: a date is a text.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, as_json(value))).collect::<Map<_, _>>().into()
        }
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(is_so) => is_so.into(),
        toml::Value::String(text) => text.into(),
    }
}

fn parsed(text: &str) -> Value {
    as_json(
        text.parse::<toml::Table>().map(toml::Value::Table).unwrap_or_else(|error| panic!("{error}: {text}")),
    )
}

/// The files below a folder whose name or folder is the one that is asked for.
pub(crate) fn files(folder: &Path, is_meant: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path, is_meant));
        } else if is_meant(&path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_configuration_that_is_accepted_is_what_the_schema_says() {
    let schemas = [configuration_schema(), feature_schema(), rule_schema()];
    let validators = schemas.map(|schema| {
        jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema that can be used")
    });
    let mut checked = [0; 3];
    let mut check = |of: usize, name: &str, text: &str| {
        let found: Vec<String> = validators[of]
            .iter_errors(&parsed(text))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(found.is_empty(), "{name}: {found:#?}\n{text}");
        checked[of] += 1;
    };
    let text = |path: &Path| std::fs::read_to_string(path).expect("a file");
    let is = |name: &'static str| move |path: &Path| path.ends_with(name);
    for path in files(&testdata(""), &is("watertight.toml")) {
        if faults(&text(&path)).iter().all(|fault| fault.message.starts_with("unknown rule")) {
            check(0, &path.display().to_string(), &text(&path));
        }
    }
    for path in files(&testdata(""), &is("feature.toml")) {
        check(1, &path.display().to_string(), &text(&path));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_rule = |path: &Path| {
        path.parent().is_some_and(|folder| folder.ends_with("rules"))
            && path.extension().is_some_and(|ending| ending == "toml")
    };
    for path in files(&root.join("rules"), &is_rule).into_iter().chain(files(&testdata("rules"), &is_rule)) {
        let id =
            RepoPath::new(path.file_name().and_then(|name| name.to_str()).expect("a name")).expect("a path");
        let mut faults = Vec::new();
        Rule::read(&id, &text(&path), Origin::File, &mut faults);
        if faults.is_empty() {
            check(2, &path.display().to_string(), &text(&path));
        }
    }
    for (page, block) in crate::book::blocks_of("toml") {
        if block.starts_with("feature =") {
            check(1, &page, &block);
        } else if block.starts_with("id =") {
            check(2, &page, &block);
        } else if !block.starts_with("version =") {
            check(0, &page, &block);
        }
    }
    println!("checked: {checked:?} (configurations, declarations next to the code, rule files)");
    assert!(checked[0] > 500 && checked[1] > 10 && checked[2] > 40, "{checked:?}");
}

/// A schema that lets everything pass would prove nothing.
#[test]
fn what_is_wrong_is_not_what_the_schema_says() {
    let schema = configuration_schema();
    for wrong in [
        "[feature.cart]\npaths = [\"cart\"]\n",
        "[features.cart]\npahts = [\"cart\"]\n",
        "[features.cart]\npaths = \"cart\"\n",
        "[features.cart]\nowner = [\"@shop/cart\"]\n",
        "[responsibilities]\npayments = 3\n",
        "[responsibilities]\npayments = { through = [] }\n",
        "[shared]\napis = [\"x\"]\n",
        "[external.identity]\nowner = \"@x\"\n",
        "[external.identity]\npackages = []\n",
        "[deployments.all]\nowner = \"@x\"\n",
        "[rules]\nunshared-coupling = \"error\"\n",
        "[rules]\ncall-chain = { longest = 0 }\n",
        "[rules]\ncall-chain = { more-than = 3 }\n",
        "[rules]\nunshared-coupling = { longest = 3 }\n",
        "[rules.own]\nsummary = \"s\"\n",
        "[rules.own]\nsummary = \"s\"\ncondition.cycle = { kinds = [] }\n",
        "[rules.own]\nsummary = \"s\"\ncondition.cycle = { kinds = [\"imports\"] }\n",
        "[rules.own]\nsummary = \"s\"\ncondition = { copy = {}, cycle = { kinds = [\"code\"] } }\n",
        "[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"a\"\nto = \"b\"\n",
        "[[exceptions]]\nrule = \"bottleneck\"\nfrom = \"a\"\nreason = \"r\"\nuntil = \"soon\"\n",
        "[[exceptions]]\nrule = \"bottleneck\"\nfrom = { some = [\"a\"] }\nreason = \"r\"\n",
        "[[couplings]]\nfrom = \"a\"\nto = \"b\"\nkind = \"imports\"\nreason = \"r\"\n",
        "[[corrections]]\nfrom = \"a\"\nto = \"b\"\nas = \"wrong\"\nreason = \"r\"\n",
        "[scan]\nrules-folder = [\"x\"]\n",
    ] {
        assert_ne!(errors(&schema, &parsed(wrong)), Vec::<String>::new(), "{wrong}");
        assert!(!faults(wrong).is_empty(), "the parser takes it: {wrong}");
    }
}

/// What editors of TOML use: it finds the schema by the first line of a configuration, as the page says.
#[cfg(unix)]
#[test]
fn editors_take_the_schema() {
    let blocks = crate::book::blocks_of("toml");
    let (_, example) = blocks.iter().find(|(_, block)| block.starts_with("#:schema ")).expect("an example");
    let schema = run(&testdata("monorepos/shop"), "schema configuration").output;
    let shop = std::fs::read_to_string(testdata("monorepos/shop/watertight.toml")).expect("a configuration");
    let first = example.lines().next().expect("a line").to_owned() + "\n";
    let said = |configuration: &str| {
        let folder = repository(&[("watertight.toml", configuration), ("watertight.schema.json", &schema)]);
        let mut taplo = std::process::Command::new(crate::tools::tool("taplo"));
        let output =
            taplo.args(["lint", "watertight.toml"]).current_dir(folder.path()).output().expect("taplo runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let dated = "[[exceptions]]\nrule = \"bottleneck\"\nfrom = \"a\"\nreason = \"r\"\nuntil = 2027-03-31\n";
    for right in [example.clone(), first.clone() + &shop, first.clone() + dated] {
        let (is_valid, text) = said(&right);
        assert!(is_valid, "{text}");
    }
    let (is_valid, text) = said(&(first + "[features.cart]\npahts = [\"cart\"]\n"));
    assert!(!is_valid && text.contains("'pahts' was unexpected"), "{text}");
}
