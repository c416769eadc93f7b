//! Kustomizations: which manifests belong together, and what is changed of them before they are applied.
//!
//! Invariant: nothing is built here. What a file says is kept with its place; which objects that concerns is only
//! known where all of them are. What is recognised and not read is told, with its line.

mod facts;
mod inline;
mod operations;
mod read;

#[cfg(test)]
mod tests;

use crate::text::{Fault, RepoPath, Span, yaml};

use super::{Facts, Source, Unread, template};

pub use facts::{
    Change, Generated, ImageChange, Kustomization, Literal, Operation, Patch, PatchBody, Target,
};
pub use operations::{has_operations, read_operations};
pub use read::read;

/// Reads what kustomize takes for a kustomization, by its name.
#[derive(Debug)]
pub(super) struct KustomizationSource;

impl Source for KustomizationSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        is_named(name)
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn unread(&self, _path: &RepoPath) -> Option<&'static str> {
        Some("a kustomization that can't be read")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        if let Some(at) = template::mark(text) {
            let span = Some(Span::new(at..at + 2));
            return (Some(Facts::Unread(Unread { what: template::WHAT, span })), Vec::new());
        }
        let (found, faults) = read(path, text);
        (found.map(|found| Facts::Kustomization(Box::new(found))), faults)
    }
}

/// Whether a file is called like a kustomization.
pub fn is_named(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}
