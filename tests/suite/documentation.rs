//! What README and docs say is what the tool does.

use std::path::Path;

use watertight::features::Configuration;
use watertight::rules::{BUILT_IN, Origin, Rule};
use watertight::text::RepoPath;

use crate::watertight::{run, testdata};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a document")
}

/// The fenced blocks of one language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let parts = document.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("```").next().expect("a block").to_owned()).collect()
}

#[test]
fn the_readme_shows_what_the_sample_prints() {
    let shown = blocks(&read("README.md"), "text");
    let printed = run(&testdata("monorepos/shop"), "check").output;
    let (finding, summary) = shown[0].trim_end().split_once("\n\n").expect("a finding and the summary");
    assert!(printed.contains(finding), "the finding has changed:\n{printed}");
    assert!(printed.contains(summary), "the summary has changed:\n{printed}");
}

#[test]
fn ci_runs_the_commands_of_the_readme() {
    let (readme, ci) = (read("README.md"), read(".ci/run"));
    assert_eq!(blocks(&readme, "sh")[0], "cargo run -- check testdata/monorepos/shop\ncargo test\n");
    assert!(ci.contains("cargo run --locked --quiet -- check testdata/monorepos/shop"));
    assert!(ci.contains("cargo test --locked"));
}

#[test]
fn every_configuration_in_the_documents_is_accepted() {
    let file = RepoPath::new("watertight.toml").expect("a path");
    let mut read_blocks = 0;
    for document in ["README.md", "docs/configuration.md"] {
        for block in blocks(&read(document), "toml") {
            // Declarations next to the code begin with the feature that they are for.
            if block.starts_with("feature =") {
                continue;
            }
            let (_, faults) = Configuration::read(&file, &block);
            assert!(faults.is_empty(), "{document}:\n{block}\n{faults:#?}");
            read_blocks += 1;
        }
    }
    assert!(read_blocks >= 6);
}

#[test]
fn the_table_of_rules_is_complete() {
    let document = read("docs/configuration.md");
    for (stem, text) in BUILT_IN {
        let mut faults = Vec::new();
        let path = RepoPath::new(&format!("rules/{stem}.toml")).expect("a path");
        let rule = Rule::read(&path, text, Origin::BuiltIn, &mut faults).expect("a rule");
        let summary = rule.summary[..1].to_lowercase() + &rule.summary[1..];
        let row = format!("| `{stem}` | {} | {summary} |", rule.level.word());
        assert!(document.contains(&row), "docs/configuration.md lacks the row {row}");
    }
}
