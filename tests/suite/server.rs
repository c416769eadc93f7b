//! A server with pull requests, for the tests of the integrations.

use std::path::Path;

use crate::watertight::{commit_all, copied, git, testdata, write};

/// A repository on a server with the sample shop in it: `main`, a change that began there, and `main` again
/// with another one's work, which adds a coupling of its own.
pub(crate) struct Server {
    /// The repository in which everything was made.
    pub(crate) made: tempfile::TempDir,
    pub(crate) bare: tempfile::TempDir,
    pub(crate) began: String,
    pub(crate) head: String,
    pub(crate) main: String,
}

/// A manifest of the feature `catalog`.
pub(crate) const CATALOG: &str = "services/catalog/Cargo.toml";

/// Makes a package depend on another one, with whose feature it shares no responsibility, and use it.
pub(crate) fn couple(folder: &Path, manifest: &str, to: &str) {
    depend(folder, manifest, to);
    let library = folder.join(manifest).with_file_name("src").join("lib.rs");
    let source = std::fs::read_to_string(&library).expect("a library");
    let used = format!("{source}\nuse {} as _;\n", to.replace('-', "_"));
    std::fs::write(library, used).expect("written");
}

/// Makes a package depend on another one, which nothing names yet.
pub(crate) fn depend(folder: &Path, manifest: &str, to: &str) {
    let path = folder.join(manifest);
    let before = std::fs::read_to_string(&path).expect("a manifest");
    let after = before.replace("[dependencies]\n", &format!("[dependencies]\n{to}.workspace = true\n"));
    assert_ne!(before, after);
    std::fs::write(&path, after).expect("written");
}

impl Server {
    /// What the change does is up to the test.
    pub(crate) fn with(change: impl FnOnce(&Path)) -> Self {
        let made = copied(&testdata("monorepos/shop"));
        let folder = made.path();
        commit_all(folder);
        let began = git(folder, "rev-parse HEAD");
        git(folder, "checkout --quiet -b change");
        change(folder);
        commit_all(folder);
        write(folder, "NOTES.md", b"Two commits.\n");
        commit_all(folder);
        let head = git(folder, "rev-parse HEAD");
        git(folder, "checkout --quiet main");
        couple(folder, "services/storefront/Cargo.toml", "ledger");
        commit_all(folder);
        let main = git(folder, "rev-parse HEAD");
        git(folder, "checkout --quiet --detach");
        git(folder, "merge --quiet --no-ff --message=merge change");
        git(folder, "update-ref refs/pull/1/merge HEAD");
        git(folder, "checkout --quiet main");
        let bare = tempfile::tempdir().expect("a folder");
        git(bare.path(), "init --quiet --bare");
        // GitHub lets a commit be fetched by its name.
        git(bare.path(), "config uploadpack.allowAnySHA1InWant true");
        git(folder, &format!("remote add origin {}", bare.path().display()));
        git(folder, "push --quiet origin main change refs/pull/1/merge");
        Self { made, bare, began, head, main }
    }

    /// What `actions/checkout` makes of it: one commit, detached.
    pub(crate) fn checkout(&self, reference: &str) -> tempfile::TempDir {
        let checkout = tempfile::tempdir().expect("a folder");
        git(checkout.path(), "init --quiet");
        git(checkout.path(), &format!("remote add origin file://{}", self.bare.path().display()));
        git(checkout.path(), &format!("fetch --quiet --no-tags --depth=1 origin {reference}"));
        git(checkout.path(), "checkout --quiet --detach FETCH_HEAD");
        assert_eq!(git(checkout.path(), "rev-list --all --count HEAD"), "1");
        checkout
    }

    /// A clone with everything, on the branch of the change.
    pub(crate) fn clone_of_change(&self) -> tempfile::TempDir {
        let clone = tempfile::tempdir().expect("a folder");
        git(clone.path(), &format!("clone --quiet file://{} .", self.bare.path().display()));
        git(clone.path(), "checkout --quiet change");
        clone
    }
}
