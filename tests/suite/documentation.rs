//! What README and docs say is what the tool does.

use std::path::Path;

use watertight::features::Configuration;
use watertight::rules::{Origin, Rule, RuleSet};
use watertight::text::RepoPath;

use crate::watertight::{repository, run, testdata};

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
    for (page, block) in crate::book::blocks_of("toml") {
        // Declarations next to the code begin with the feature that they are for, rule files with their name.
        if block.starts_with("feature =") || block.starts_with("id =") {
            continue;
        }
        let (configuration, mut faults) = Configuration::read(&file, &block);
        RuleSet::load(&configuration, &[], &mut faults);
        assert!(faults.is_empty(), "{page}:\n{block}\n{faults:#?}");
        read_blocks += 1;
    }
    assert!(read_blocks >= 15, "only {read_blocks}");
}

/// The worked example of the contributor guide is a rule that finds what its fixture shows.
#[test]
fn the_example_of_the_contributor_guide_works() {
    let unindented = |block: &String| {
        block.lines().map(|line| line.strip_prefix("   ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
    };
    let guide = read("CONTRIBUTING.md").replace("   ```", "```");
    let toml: Vec<String> = blocks(&guide, "toml").iter().map(unindented).collect();
    let [rule, bad, good] = toml.as_slice() else { panic!("three examples: {toml:#?}") };
    // Under a name that stays free when somebody follows the guide.
    let rule = &rule.replace("id = \"builds-on-binary\"", "id = \"example-of-the-guide\"");
    let path = RepoPath::new("rules/example-of-the-guide.toml").expect("a path");
    let mut faults = Vec::new();
    let read = Rule::read(&path, rule, Origin::BuiltIn, &mut faults);
    assert!(read.is_some_and(|rule| !rule.explanation.is_empty()), "{faults:#?}");
    for (fixture, count) in [(bad, 1), (good, 0)] {
        let file = ".watertight/rules/example-of-the-guide.toml";
        let folder = repository(&[("watertight.toml", fixture), (file, rule)]);
        let report = run(folder.path(), "check --format json").json();
        let own = report["findings"].as_array().expect("findings").iter();
        assert_eq!(own.filter(|one| one["rule"] == "example-of-the-guide").count(), count, "{report:#}");
    }
}
