//! What is read of contracts: golden facts, what joins them in the graph, and that no text can do harm.

use std::path::Path;

use proptest::prelude::*;

use watertight::sources::Facts;
use watertight::sources::contracts::{Codegen, Contract, has_marker, read};
use watertight::text::{RepoPath, Spanned};

use crate::golden::{Listing, facts};
use crate::watertight::{name, repository, run};

impl Listing<'_> {
    fn texts(&mut self, depth: usize, what: &str, texts: &[Spanned<String>]) {
        for text in texts {
            let place = self.place(text.span);
            self.line(depth, &format!("{what} {:?} {place}", text.value));
        }
    }

    fn contract(&mut self, contract: &Contract) {
        let place = self.place(contract.declared);
        self.line(1, &format!("{} {place}", contract.format.word()));
        self.texts(2, "name", contract.name.as_slice());
        for import in &contract.imports {
            let what = if import.is_public { "passes on" } else { "imports" };
            self.texts(2, what, std::slice::from_ref(&import.path));
        }
        for service in &contract.services {
            self.texts(2, "service", std::slice::from_ref(&service.name));
            self.texts(3, "method", &service.methods);
        }
        self.texts(2, "server", &contract.servers);
        self.texts(2, "channel", &contract.channels);
        for unread in &contract.unread {
            let place = self.place(unread.span.unwrap_or_default());
            self.line(2, &format!("gap {place}: {}", unread.what));
        }
    }

    fn codegen(&mut self, codegen: &Codegen) {
        self.texts(1, "root", &codegen.roots);
        for run in &codegen.runs {
            self.line(1, "run");
            self.texts(2, "input", &run.inputs);
            self.texts(2, "output", &run.outputs);
        }
    }
}

fn listing(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a text");
    let path = RepoPath::new(name(file)).expect("a path");
    let mut listing = Listing::new(&text, name(file));
    match read(&path, &text) {
        Some(Facts::Contract(contract)) => listing.contract(&contract),
        Some(Facts::Codegen(codegen)) => listing.codegen(&codegen),
        Some(Facts::Unread(unread)) => listing.line(1, &format!("gap: {}", unread.what)),
        _ => listing.line(1, "nothing"),
    }
    listing.written
}

#[test]
fn golden_facts_of_every_contract() {
    for format in ["asyncapi", "codegen", "openapi", "proto"] {
        facts(format, &listing);
    }
}

#[test]
fn names_say_which_json_files_are_looked_into() {
    let document = "{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"A\"}}";
    let folder = repository(&[
        ("watertight.toml", "[features.a]\npaths = [\"**\"]\n"),
        ("a/data.json", document),
        ("a/OpenAPI-v1.json", document),
        ("openapi/b/latest.json", document),
        ("a/contract.yaml", "openapi: 3.0.0\n"),
    ]);
    let units = run(folder.path(), "units --kind api").output;
    assert!(units.contains("a/contract.yaml") && units.contains("A (a/OpenAPI-v1.json)"), "{units}");
    assert!(units.contains("A (openapi/b/latest.json)") && !units.contains("data.json"), "{units}");
}

#[test]
fn the_latest_version_under_a_name_of_its_own_is_the_same_contract() {
    let document = "{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"A\"}}";
    let folder = repository(&[
        ("watertight.toml", "[features.a]\npaths = [\"**\"]\n"),
        ("openapi/a-1.0.0.json", document),
        ("openapi/a-latest.json", document),
    ]);
    let units = run(folder.path(), "units --kind api").output;
    assert!(units.contains("api   A ") && units.contains("1 unit\n"), "{units}");
}

#[test]
fn what_others_publish_and_what_tests_read_is_no_contract() {
    let folder = repository(&[
        ("watertight.toml", "[features.a]\npaths = [\"**\"]\n"),
        ("proto/google/api/http.proto", "package google.api;"),
        ("third_party/envoy/a.proto", "package envoy.a;"),
        ("a/tests/b.proto", "package b;"),
        ("a/c.proto", "package c;"),
    ]);
    let units = run(folder.path(), "units --kind api").output;
    assert!(units.contains("api   c ") && units.contains("1 unit\n"), "{units}");
}

#[test]
fn contracts_that_import_each_other_in_a_circle_end() {
    let folder = repository(&[
        ("watertight.toml", "[features.a]\npaths = [\"a\"]\n[features.b]\npaths = [\"b\"]\n"),
        ("a/a.proto", "package a; import \"b/b.proto\"; import \"a/a.proto\";"),
        ("b/b.proto", "package b; import public \"a/a.proto\";"),
    ]);
    let report = run(folder.path(), "check --format json").json();
    let rules: Vec<&str> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|one| one["rule"].as_str())
        .collect();
    assert_eq!(rules, ["chained-api", "chained-api"], "{report:#}");
}

#[test]
fn deep_and_wide_documents_are_read_in_time() {
    let deep = format!("{{\"openapi\": \"3\", \"info\": {}", "{\"a\":[".repeat(200_000));
    let wide: String = (0..200_000).map(|at| format!("k{at}: {{$ref: ./f{at}.yaml}}\n")).collect();
    let wide = format!("{wide}openapi: 3.0.0\n");
    let imports: String = (0..200_000).map(|at| format!("import \"{at}.proto\";")).collect();
    let nested = format!("service A {{ {}", "{".repeat(500_000));
    for (file, text) in [("openapi.json", deep), ("a.yaml", wide), ("a.proto", imports), ("b.proto", nested)]
    {
        let path = RepoPath::new(file).expect("a path");
        if let Some(Facts::Contract(contract)) = read(&path, &text) {
            assert!(contract.imports.len() <= 10_000);
        }
    }
}

proptest! {
    #[test]
    fn places_lie_in_the_text(
        name in prop::sample::select(vec!["a.proto", "openapi.json", "a.yaml", "buf.yaml", "buf.gen.yaml", "openapitools.json"]),
        pieces in prop::collection::vec(prop::sample::select(vec![
            "openapi: 3", "\"openapi\": ", "info:", "title: ", "\n", "  ", "{", "}", "\"", "'", "$ref: ", "./ü.yaml", "#",
            "import ", "public ", "package ", "a.b", ";", "service ", "rpc ", "/*", "*/", "//", "\\", "[", "]", ",", "servers:",
            "modules:", "path: ", "plugins:", "out: ", "- ", "é", "\r\r\r", "---\n",
        ]), 0..40),
    ) {
        let text: String = pieces.concat();
        has_marker(text.as_bytes());
        let path = RepoPath::new(name).expect("a path");
        let mut spans = Vec::new();
        match read(&path, &text) {
            Some(Facts::Contract(contract)) => {
                spans.push(contract.declared);
                let named = contract.name.iter().chain(&contract.servers).chain(&contract.channels);
                spans.extend(named.map(|one| one.span));
                spans.extend(contract.imports.iter().map(|one| one.path.span));
                spans.extend(contract.services.iter().flat_map(|one| [&one.name].into_iter().chain(&one.methods)).map(|one| one.span));
                spans.extend(contract.unread.iter().filter_map(|one| one.span));
            }
            Some(Facts::Codegen(codegen)) => {
                spans.extend(codegen.roots.iter().map(|one| one.span));
                let texts = codegen.runs.iter().flat_map(|run| run.inputs.iter().chain(&run.outputs));
                spans.extend(texts.map(|one| one.span));
            }
            _ => {}
        }
        for span in spans {
            prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
        }
    }
}
