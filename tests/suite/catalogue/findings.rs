//! What each rule finds: its first fixture that it finds something in.

use super::{Case, Folder};
use crate::watertight::{commit_all, copied, copy, empty, folders, name, testdata};

pub(super) fn cases() -> Vec<Case> {
    folders(&testdata("rules")).iter().map(|rule| case(rule)).collect()
}

fn case(rule: &std::path::Path) -> Case {
    let fixtures = folders(rule);
    let is_bad = |fixture: &&std::path::PathBuf| name(fixture).starts_with("bad-");
    let fixture = fixtures.iter().find(is_bad).expect("a fixture");
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
