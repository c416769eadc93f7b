//! What is read of kustomizations and Helm charts, and what becomes of it: one fixture for each feature, listed with
//! the lines where it stands.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use watertight::features::CONFIGURATION_FILE;
use watertight::sources::kustomize::read;
use watertight::text::{LineIndex, RepoPath, Span};

use crate::watertight::{copied, folders, name, repository, run, testdata, write};

/// What is deployed of a fixture: units, couplings with their lines, gaps and problems.
fn deployed(folder: &Path) -> String {
    let root = copied(folder);
    write(root.path(), CONFIGURATION_FILE, b"");
    let run = run(root.path(), "graph --level services --format json");
    let graph = run.json();
    let list = |key: &str| graph[key].as_array().cloned().unwrap_or_default();
    let mut found = String::new();
    for unit in list("units") {
        writeln!(found, "  {}:{}", text(&unit["kind"]), text(&unit["name"])).expect("written");
    }
    for coupling in list("couplings") {
        let [kind, from, to] = ["kind", "from", "to"].map(|key| text(&coupling[key]).to_owned());
        writeln!(found, "  {from} {kind} {to}{}", places(&coupling["evidence"])).expect("written");
    }
    for gap in list("gaps") {
        let line = gap["line"].as_u64().map_or(String::new(), |line| format!(":{line}"));
        writeln!(found, "  gap {}{line}: {}", text(&gap["path"]), text(&gap["what"])).expect("written");
    }
    for problem in list("problems") {
        writeln!(found, "  problem {}", text(&problem["message"])).expect("written");
    }
    found
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn places(evidence: &Value) -> String {
    let each = evidence.as_array().into_iter().flatten();
    each.map(|one| format!(" {}:{}", text(&one["path"]), one["line"])).collect()
}

fn golden(what: &str) {
    let root = testdata(what);
    let mut golden = String::new();
    for fixture in folders(&root) {
        writeln!(golden, "{}", name(&fixture)).expect("written");
        golden.push_str(&deployed(&fixture));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&root);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("facts", golden));
}

#[test]
fn each_kustomization_changes_what_it_is_named_for() {
    golden("sources/kustomize");
}

#[test]
fn each_chart_runs_what_it_is_named_for() {
    golden("sources/helm");
}

#[test]
fn no_value_of_a_secret_is_told() {
    for what in ["sources/kustomize/generated-maps", "sources/helm/one-image"] {
        let root = copied(&testdata(what));
        write(root.path(), CONFIGURATION_FILE, b"");
        for arguments in ["check --all --format json", "graph --level services --format json", "check --all"]
        {
            let run = run(root.path(), arguments);
            assert!(!run.transcript().contains("pl4nted"), "{what}: {}", run.transcript());
        }
    }
}

#[test]
fn places_in_a_kustomization_lie_in_its_text() {
    let text = "patches:\r\n- patch: |\r\n    apiVersion: v1\r\n    kind: Pod\r\n    metadata: {name: ü}\r\n";
    let path = RepoPath::new("kustomization.yaml").expect("a path");
    let (facts, _) = read(&path, text);
    let lines = LineIndex::new(text);
    let span = facts.expect("facts").patches[0].span;
    assert_eq!(lines.position(text, span.start).line, 3);
    assert!(text.get(Span::range(span)).is_some());
}

/// A repository in which each of many kustomizations takes in several others.
fn fan(levels: usize, wide: usize) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for level in 0..levels {
        let below: Vec<String> = (0..wide).map(|_| format!("../l{}", level + 1)).collect();
        let resources = if level + 1 == levels { "pod.yaml".to_owned() } else { below.join(", ") };
        files.insert(
            format!("l{level}/kustomization.yaml"),
            format!("namePrefix: p{level}-\nresources: [{resources}]\n"),
        );
    }
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a/b}]}\n";
    files.insert(format!("l{}/pod.yaml", levels - 1), pod.to_owned());
    files.insert(CONFIGURATION_FILE.to_owned(), String::new());
    files
}

#[test]
fn many_ways_to_one_base_are_told_and_not_walked() {
    for (levels, wide) in [(12, 4), (100, 1), (2, 3_000)] {
        let files = fan(levels, wide);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let root = repository(&files);
        let run = run(root.path(), "graph --level services --format json");
        assert!(run.output.contains("so many bases in each other"), "{}", run.transcript());
    }
}

#[test]
fn many_roots_of_one_large_base_are_told_and_not_built() {
    let mut files = vec![
        (CONFIGURATION_FILE.to_owned(), String::new()),
        ("base/kustomization.yaml".to_owned(), "resources: [all.yaml]\n".to_owned()),
    ];
    let pods = (0..2_000).map(|at| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}}}\nspec: {{containers: [{{name: a, image: a/b}}]}}\n"
        )
    });
    files.push(("base/all.yaml".to_owned(), pods.collect()));
    for at in 0..200 {
        let text = format!(
            "namePrefix: p{at}-\nresources: [../base]\npatches: [{{target: {{kind: Pod}}, path: ../all.yaml}}]\n"
        );
        files.push((format!("o{at}/kustomization.yaml"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let root = repository(&files);
    let run = run(root.path(), "graph --level services --format json");
    assert!(run.output.contains("kustomizations of more than 200000 objects"), "{}", run.messages);
}
