//! YAML files: which of them are whose. Most of a repository's are nobody's here, so a look at the bytes
//! decides before anything is parsed.

use crate::text::{Fault, RepoPath};

use super::{Facts, Source, compose};

/// Reads compose files and Kubernetes manifests.
#[derive(Debug)]
pub(super) struct YamlSource;

impl Source for YamlSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        name.ends_with(".yaml") || name.ends_with(".yml")
    }

    fn is_ours(&self, _path: &RepoPath, bytes: &[u8]) -> bool {
        compose::has_marker(bytes)
    }

    fn unread(&self, path: &RepoPath) -> Option<&'static str> {
        (!compose::is_named(path.file_name()))
            .then_some("a YAML file that is too large to look into, or can't be read")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (file, faults) = compose::read(path, text);
        (file.map(|file| Facts::Compose(Box::new(file))), faults)
    }
}
