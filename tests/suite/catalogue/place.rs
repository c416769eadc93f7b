//! Where there is no repository, no commit, or no configuration.

use std::path::Path;

use super::{Case, SHOP, shop};
use crate::watertight::{commit_all, git, repository, write};

pub(super) fn cases() -> Vec<Case> {
    let mut all = places();
    all.extend(undeclared());
    all.extend(revisions());
    all.extend(damaged());
    all
}

fn places() -> Vec<Case> {
    let alone = |title: &str, arguments: &str| Case::new(title, arguments, &[]);
    vec![
        alone("no repository", "check"),
        alone("a folder that is not there", "check no/such/folder"),
        Case::new("a file in place of a folder", "check README.md", &[("README.md", "")]),
        Case::within("a folder that is nearly there", "check stok", shop(&[])),
        alone("a bare repository", "check").prepared(|folder| {
            git(folder, "init --quiet --bare .");
        }),
        Case::within("a commit, and no git", "check --rev HEAD", shop(&[])),
        Case::within("a comparison, and no git", "check --since HEAD", shop(&[])),
        Case::within("what a change affects, and no git", "impact", shop(&[])),
        Case::within("a git repository that can't be read", "check --staged", shop(&[(".git", "nonsense")])),
        Case::within(
            "a comparison in a git repository that can't be read",
            "check --since HEAD",
            shop(&[(".git", "nonsense")]),
        ),
    ]
}

fn undeclared() -> Vec<Case> {
    let undeclared = || repository(&SHOP[1..]);
    vec![
        Case::within("no configuration", "check .", undeclared()),
        Case::within("an empty configuration", "check", shop(&[("watertight.toml", "")])),
        Case::new("nothing to declare", "check .", &[("README.md", "")]),
        Case::within("a commit without a configuration", "check --rev HEAD", undeclared())
            .prepared(commit_all),
        Case::within("nothing staged", "check --staged", undeclared()).prepared(commit_all),
        Case::within("a configuration that is not there", "check --config watertigt.toml", shop(&[])),
        Case::within("a configuration that nothing is near to", "check --config other.toml", shop(&[])),
        Case::within("a configuration that is a folder", "check --config cart", shop(&[])),
        Case::within("a configuration that is not UTF-8", "check", shop(&[]))
            .prepared(not_utf_8("watertight.toml")),
        Case::within("another configuration that is not UTF-8", "check . --config other.toml", shop(&[]))
            .prepared(not_utf_8("other.toml")),
        Case::within("a configuration that is too large", "check", shop(&[])).prepared(|folder| {
            let file = std::fs::File::create(folder.join("watertight.toml")).expect("a file");
            file.set_len(100_000_000).expect("a size");
        }),
        Case::within(
            "a configuration to extend that is not TOML",
            "init",
            shop(&[("watertight.toml", "[features")]),
        ),
    ]
}

fn not_utf_8(name: &'static str) -> impl FnOnce(&Path) {
    move |folder| write(folder, name, b"[features]\n\xff")
}

fn revisions() -> Vec<Case> {
    let committed =
        |title: &str, arguments: &str| Case::within(title, arguments, shop(&[])).prepared(commit_all);
    let fetched = |title: &str, arguments: &str| {
        committed(title, arguments).prepared(|folder| {
            git(folder, "remote add origin https://example.com/shop.git");
        })
    };
    let unborn = |folder: &Path| {
        git(folder, "init --quiet");
    };
    vec![
        committed("a branch that is not there", "check --since mian"),
        committed("a branch that nothing is near to", "check --since origin/release"),
        fetched("a branch that is not there, of a clone", "check --since mian"),
        fetched("a branch of a clone that nothing is near to", "check --since origin/release"),
        fetched("a part of a hash that is not there, of a clone", "check --since 0123456789"),
        fetched(
            "a hash that is not there, of a clone",
            "check --since 0123456789012345678901234567890123456789",
        ),
        committed("a part of a hash that is not there", "check --since 0123456789"),
        committed("a hash that is not there", "check --since 0123456789012345678901234567890123456789"),
        committed("a commit before the first one", "check --rev HEAD~3"),
        committed("a tree", "check --rev HEAD^{tree}"),
        committed("a name that is none", "check --rev a..b"),
        Case::within("before the first commit", "check --rev HEAD", shop(&[])).prepared(unborn),
        committed("nothing in common", "check --since apart").prepared(|folder| {
            git(folder, "checkout --quiet --orphan apart");
            git(folder, "commit --quiet --message=apart");
            git(folder, "checkout --quiet main");
        }),
        Case::within("a shallow clone", "check --rev HEAD~3", shallow()),
        Case::within("references that can't be read", "check --since main", shop(&[])).prepared(|folder| {
            git(folder, "init --quiet --ref-format=reftable");
            commit_all(folder);
        }),
    ]
}

fn shallow() -> tempfile::TempDir {
    let from = shop(&[]);
    commit_all(from.path());
    commit_all(from.path());
    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("clone --quiet --depth=1 file://{} .", from.path().display());
    git(clone.path(), &url);
    clone
}

fn damaged() -> Vec<Case> {
    let without = |object: &'static str| {
        move |folder: &Path| {
            commit_all(folder);
            let id = git(folder, &format!("rev-parse {object}"));
            let path = folder.join(".git/objects").join(&id[..2]).join(&id[2..]);
            std::fs::remove_file(path).expect("removed");
        }
    };
    let case = |title: &str, arguments: &str| Case::within(title, arguments, shop(&[]));
    vec![
        case("a commit whose object is gone", "check --rev main").prepared(without("HEAD")),
        case("a tree that is gone", "check --rev main").prepared(without("HEAD^{tree}")),
        case("a tree of the base that is gone", "check --since HEAD").prepared(without("HEAD^{tree}")),
        case("a folder that is gone", "check --rev main").prepared(without("HEAD:cart/src")),
        case("a file that is gone", "check --rev main").prepared(without("HEAD:cart/Cargo.toml")),
        case("a file of the base that is gone", "check --since HEAD")
            .prepared(without("HEAD:cart/Cargo.toml")),
        case("an index that is a folder", "check --staged").prepared(|folder| {
            commit_all(folder);
            std::fs::remove_file(folder.join(".git/index")).expect("removed");
            std::fs::create_dir(folder.join(".git/index")).expect("a folder");
        }),
        case("an index that can't be read", "check --staged").prepared(|folder| {
            commit_all(folder);
            write(folder, ".git/index", b"DIRC nonsense");
        }),
    ]
}
