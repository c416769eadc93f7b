//! What `check` writes for other programs is what their published schemas say.

use std::path::Path;

use serde_json::Value;

use crate::tools::{sarif_schema_text, wrong_with_junit};
use crate::watertight::{commit_all, copied, repository, run, testdata, write};

/// What the reports of one run are.
struct Reports {
    what: &'static str,
    code: i32,
    json: Value,
    sarif: Value,
    gitlab: Value,
    junit: String,
}

/// Checks a repository once, and reads all that it writes for programs.
fn checked(what: &'static str, folder: &Path, arguments: &str) -> Reports {
    let reports = tempfile::tempdir().expect("a folder");
    let at = |name: &str| reports.path().join(name);
    let wanted = ["json", "sarif", "gitlab", "junit"]
        .map(|format| format!(" --report {format}={}", at(format).display()))
        .concat();
    let run = run(folder, &format!("check{arguments}{wanted}"));
    let read = |name| std::fs::read_to_string(at(name)).unwrap_or_else(|_| panic!("{}", run.transcript()));
    let parsed = |name| serde_json::from_str(&read(name)).expect("JSON");
    Reports {
        what,
        code: run.code,
        json: parsed("json"),
        sarif: parsed("sarif"),
        gitlab: parsed("gitlab"),
        junit: read("junit"),
    }
}

const EXCEPTION: &str = "\n[[exceptions]]\nrule = \"hidden-coupling\"\nfrom = \"pricing-rules\"\n\
    to = \"fulfilment\"\nreason = \"is taken apart\"\nuntil = 2099-12-31\n";

/// Repositories in every state that a report has to tell of.
fn all() -> Vec<Reports> {
    let shop = testdata("monorepos/shop");
    let cart = "[features.cart]\npaths = [\"cart\"]\n";
    let clean = repository(&[
        ("watertight.toml", cart),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("cart/src/lib.rs", ""),
    ]);
    let broken = repository(&[("watertight.toml", cart), ("cart/Cargo.toml", "[package\n")]);

    let excepted = copied(&shop);
    let configuration = std::fs::read_to_string(shop.join("watertight.toml")).expect("a configuration");
    write(excepted.path(), "watertight.toml", (configuration + EXCEPTION).as_bytes());

    let baselined = copied(&shop);
    assert_eq!(run(baselined.path(), "baseline").code, 0);

    // One old coupling goes, a new one comes, and so does a file that can't be read.
    let changed = copied(&shop);
    commit_all(changed.path());
    let telemetry = "crates/common-telemetry/Cargo.toml";
    let manifest = std::fs::read_to_string(changed.path().join(telemetry)).expect("a manifest");
    write(changed.path(), telemetry, manifest.replace("checkout-orders.workspace = true\n", "").as_bytes());
    let catalog = "services/catalog/Cargo.toml";
    let manifest = std::fs::read_to_string(changed.path().join(catalog)).expect("a manifest");
    let coupled = manifest.replace("[dependencies]\n", "[dependencies]\ncheckout-orders.workspace = true\n");
    assert_ne!(manifest, coupled);
    write(changed.path(), catalog, coupled.as_bytes());
    write(changed.path(), "tools/new/Cargo.toml", b"[package\n");

    vec![
        checked("the sample", &shop, ""),
        checked("a clean one", clean.path(), ""),
        checked("one with a problem", broken.path(), ""),
        checked("one with an exception", excepted.path(), ""),
        checked("one with a baseline", baselined.path(), ""),
        checked("a change", changed.path(), " --since HEAD"),
    ]
}

/// The states are those that they are called, so that none of the tests below passes for want of cases.
#[test]
fn the_reports_tell_of_every_state() {
    let told: Vec<(&str, i32, [u64; 6])> = all()
        .iter()
        .map(|reports| {
            let count = |name: &str| reports.json["summary"][name].as_u64().expect("a number");
            let counts = ["findings", "inherited", "baselined", "excepted", "gone", "problems"].map(count);
            (reports.what, reports.code, counts)
        })
        .collect();
    let is_there = |what: &str| *told.iter().find(|one| one.0 == what).expect("a repository");
    assert_eq!(is_there("the sample"), ("the sample", 1, [11, 0, 0, 0, 0, 0]));
    assert_eq!(is_there("a clean one"), ("a clean one", 0, [0; 6]));
    assert_eq!(is_there("one with a problem"), ("one with a problem", 2, [0, 0, 0, 0, 0, 1]));
    assert_eq!(is_there("one with an exception"), ("one with an exception", 1, [10, 0, 0, 1, 0, 0]));
    let (_, code, [findings, _, baselined, ..]) = is_there("one with a baseline");
    assert!(code == 0 && findings == 0 && baselined > 0, "{told:?}");
    let (_, code, [findings, inherited, _, _, gone, problems]) = is_there("a change");
    assert!(code == 1 && findings > 0 && inherited > 0 && gone > 0 && problems == 1, "{told:?}");
}

/// What a JSON Schema has against a document.
pub(crate) fn errors(schema: &Value, document: &Value) -> Vec<String> {
    let validator =
        jsonschema::options().should_validate_formats(true).build(schema).expect("a schema that can be used");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The schema of SARIF 2.1.0 as OASIS published it, and what Errata 01 added to its constraints since then.
pub(crate) fn sarif_schema() -> Value {
    let mut schema: Value = serde_json::from_str(&sarif_schema_text()).expect("JSON");
    // A region says where it is, and a language is one as a whole.
    let places = ["startLine", "charOffset", "byteOffset"];
    let any = places.map(|place| serde_json::json!({ "required": [place] }));
    schema["definitions"]["region"]["anyOf"] = Value::from(any.to_vec());
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        assert!(language["pattern"].is_string(), "the schema has changed");
        language["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    schema
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = sarif_schema();
    for mut reports in all() {
        assert_eq!(errors(&schema, &reports.sarif), Vec::<String>::new(), "{}", reports.what);
        // A schema that lets everything pass would prove nothing.
        reports.sarif["runs"][0]["results"] = "none".into();
        assert_eq!(errors(&schema, &reports.sarif).len(), 1, "{}", reports.what);
    }
    let empty_region = serde_json::json!({ "version": "2.1.0", "runs": [{
        "tool": { "driver": { "name": "t" } },
        "results": [{ "message": { "text": "m" }, "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": "a" }, "region": {},
        } }] }],
    }] });
    assert_eq!(errors(&schema, &empty_region).len(), 1, "Errata 01 is not part of the schema");
}

#[test]
fn json_is_what_our_own_schema_says() {
    let schema = run(&testdata("monorepos/shop"), "schema").json();
    for mut reports in all() {
        assert_eq!(errors(&schema, &reports.json), Vec::<String>::new(), "{}", reports.what);
        reports.json["summary"]["findings"] = "none".into();
        assert_eq!(errors(&schema, &reports.json).len(), 1, "{}", reports.what);
    }
}

/// What the XML schema has against a document.
fn against(document: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.xml");
    std::fs::write(&file, document).expect("a file");
    wrong_with_junit(&file)
}

#[test]
fn junit_is_what_the_schema_of_jenkins_says() {
    for reports in all() {
        assert_eq!(against(&reports.junit), "", "{}:\n{}", reports.what, reports.junit);
        let damaged = reports.junit.replace("<testcase name=", "<testcase title=");
        let why = against(&damaged);
        assert!(why.contains("'title' is not allowed"), "{why}");
    }
}

/// GitLab documents these fields, says that fingerprints are unique, and knows five severities.
#[test]
fn code_quality_has_the_fields_that_gitlab_documents() {
    let mut issues = 0;
    for reports in all() {
        let mut fingerprints = Vec::new();
        for issue in reports.gitlab.as_array().expect("an array at the top") {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            assert!(!text(&issue["description"]).is_empty(), "{issue:#}");
            assert!(!text(&issue["check_name"]).is_empty(), "{issue:#}");
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(severities.contains(&issue["severity"].as_str().expect("a text")), "{issue:#}");
            // Relative to the root of the repository, and without `./`.
            let path = text(&issue["location"]["path"]);
            assert!(!path.is_empty() && !path.starts_with(['/', '.']), "{issue:#}");
            assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0), "{issue:#}");
            fingerprints.push(text(&issue["fingerprint"]));
            issues += 1;
        }
        let count = fingerprints.len();
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), count, "{}: a fingerprint stands for one issue", reports.what);
        // What counts and what is inherited is there; what is accepted is not.
        let counted = ["findings", "warnings", "inherited", "problems"]
            .map(|name| reports.json["summary"][name].as_u64().expect("a number"));
        assert_eq!(u64::try_from(count), Ok(counted.iter().sum()), "{}", reports.what);
    }
    assert!(issues > 20, "{issues}");
}
