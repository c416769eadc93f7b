//! What each rule finds: its first fixture that it finds something in.

use std::path::{Path, PathBuf};

use super::{Case, Folder};
use crate::watertight::{commit_all, copied, copy, empty, folders, name, testdata};

pub(super) fn cases() -> Vec<Case> {
    let rules = folders(&testdata("rules"));
    let of_rule = |rule: &PathBuf| {
        let fixtures = folders(rule).into_iter().filter(|fixture| name(fixture).starts_with("bad-"));
        let is_more = |fixture: &PathBuf| MORE.contains(&name(fixture));
        let mut fixtures: Vec<PathBuf> = fixtures.collect();
        let first = fixtures.remove(0);
        fixtures.retain(is_more);
        std::iter::once(first).chain(fixtures).map(|fixture| case(rule, &fixture)).collect::<Vec<Case>>()
    };
    rules.iter().flat_map(of_rule).collect()
}

/// Fixtures of rules that say several things.
const MORE: [&str; 20] = [
    "bad-budget",
    "bad-budget-gone",
    "bad-change",
    "bad-worse",
    "bad-code-owners-name-another-team",
    "bad-coupling-and-responsibility",
    "bad-definition-that-is-not-there",
    "bad-exception",
    "bad-exception-longer",
    "bad-feature-of-another-owner",
    "bad-lacks-what-the-binary-is-built-with",
    "bad-location-that-leads-nowhere",
    "bad-misspelt-api",
    "bad-not-deployed-of-tests",
    "bad-one-dockerfile-for-two-features",
    "bad-only-tests-name-it",
    "bad-runs-for-another-feature",
    "bad-promise-that-no-manifest-shows",
    "bad-types-only-of-code",
    "bad-rule-off",
];

fn case(rule: &Path, fixture: &Path) -> Case {
    let case = Case::of_fixture("check --today 2026-11-21", fixture);
    let case = Case { title: format!("{}: {}", name(rule), case.title), ..case };
    match fixture.join("before").is_dir() {
        false => case,
        true => {
            let repository = copied(&fixture.join("before"));
            commit_all(repository.path());
            empty(repository.path());
            copy(&fixture.join("after"), repository.path());
            let arguments = "check --since HEAD --today 2026-11-21".to_owned();
            Case { arguments, folder: Folder::Made(repository), ..case }
        }
    }
}
