//! YAML files: which of them are whose. Most of a repository's are nobody's here, so a look at the bytes
//! decides before anything is parsed.

use crate::text::{Fault, RepoPath, Span, yaml};

use super::{
    Facts, KubernetesFile, Source, Unread, catalog, compose, contracts, helm, kubernetes, kustomize,
};

/// What is told of entities in a file of objects.
const AMONG_OBJECTS: &str = "a catalog among Kubernetes objects";

/// Reads compose files, Kubernetes manifests, values of Helm charts, patches of kustomizations, and catalogs that have
/// a name of their own, and contracts.
#[derive(Debug)]
pub(super) struct YamlSource;

impl Source for YamlSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        name.ends_with(".yaml") || name.ends_with(".yml")
    }

    fn is_ours(&self, path: &RepoPath, bytes: &[u8]) -> bool {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match is_compose(path) {
            true => compose::has_marker(bytes),
            false => {
                kubernetes::has_marker(bytes)
                    || compose::has_marker(bytes)
                    || helm::is_values(path.file_name())
                    || kustomize::has_operations(bytes)
                    || catalog::has_marker(bytes)
                    || contracts::has_marker(bytes)
            }
        }
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn unread(&self, path: &RepoPath) -> Option<&'static str> {
        (!compose::is_named(path.file_name()))
            .then_some("a YAML file that is too large to look into, or can't be read")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let bytes = text.strip_prefix(yaml::INSTEAD_OF_MARK).unwrap_or(text).as_bytes();
        if !is_compose(path)
            && contracts::has_marker(bytes)
            && let Some(contract) = contracts::read_document(path, text)
        {
            return (Some(contract), Vec::new());
        }
        if !is_compose(path) && kubernetes::has_marker(bytes) {
            let (objects, faults, mut unread) = kubernetes::read(path, text);
            if !objects.is_empty() && catalog::has_marker(bytes) {
                unread.push(kubernetes::Unread { what: AMONG_OBJECTS, span: Span::default() });
            }
            if !objects.is_empty() || !faults.is_empty() || !unread.is_empty() {
                let unread = unread.into_iter().map(|one| Unread { what: one.what, span: Some(one.span) });
                let file = KubernetesFile { objects, unread: unread.collect() };
                return (Some(Facts::Kubernetes(file)), faults);
            }
        }
        if helm::is_values(path.file_name()) {
            return (Some(Facts::HelmValues(helm::read_values(path, text))), Vec::new());
        }
        if !is_compose(path)
            && kustomize::has_operations(bytes)
            && let Some(operations) = kustomize::read_operations(path, text)
        {
            return (Some(Facts::Operations(operations)), Vec::new());
        }
        if !is_compose(path) && catalog::has_marker(bytes) {
            return (Some(catalog::read(path, text)), Vec::new());
        }
        match compose::has_marker(bytes) {
            true => compose::read(path, text),
            false => (None, Vec::new()),
        }
    }
}

/// Whether the name alone makes it a compose file.
fn is_compose(path: &RepoPath) -> bool {
    compose::is_named(path.file_name())
}
