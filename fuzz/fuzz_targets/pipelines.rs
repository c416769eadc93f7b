//! Workflows, actions and pipelines of GitLab, and what the commands in them do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::pipelines::deeds::Shell;
use watertight::sources::pipelines::patterns::{Dialect, Patterns};
use watertight::sources::pipelines::{Script, github, gitlab};
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

fuzz_target!(|text: &str| {
    let path = RepoPath::new(".github/workflows/a.yml").expect("a path");
    let most = 40 * text.len() + 1024 * 1024;
    check_spans(text, &github::read_workflow(&path, text), most);
    check_spans(text, &github::read_action(&path, text), most);
    check_spans(text, &gitlab::read(&path, text), most);
    check_spans(text, &github::filters_in(&path, text), most);
    Shell::default().run(&Script::file(text).commands(&|_| None));
    let folder = RepoPath::new("crates/a").expect("a path");
    for dialect in [Dialect::GitHub, Dialect::GitHubIgnore, Dialect::Any, Dialect::Without] {
        let patterns = Patterns::new(dialect, [text.lines().take(50)]);
        // What matches a file below a folder may match there.
        assert!(!patterns.matches("crates/a/x") || patterns.may_match_below(&folder));
    }
});
