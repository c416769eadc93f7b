//! Backstage catalogs: what a repository's own list of components calls what lies in a folder.
//!
//! Invariant: a catalog that can't be read says nothing, and is listed as a gap: nothing that is judged depends
//! on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::text::{Fault, RepoPath, yaml};

use super::{Facts, Source, Unread, template};

/// How many entities of one file are looked at.
const MOST: usize = 1_000;

/// Reads `catalog-info.yaml`.
#[derive(Debug)]
pub(super) struct CatalogSource;

impl Source for CatalogSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        matches!(name, "catalog-info.yaml" | "catalog-info.yml")
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn unread(&self, _path: &RepoPath) -> Option<&'static str> {
        Some("a catalog that can't be read")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let mut entities = Vec::new();
        for range in yaml::documents(text).into_iter().take(MOST) {
            if template::mark(&text[range.clone()]).is_some() {
                let what = "a template of a catalog, which something fills in first";
                return (Some(Facts::Unread(Unread { what, span: None })), Vec::new());
            }
            let (tree, faults) = yaml::parse(text, range, path);
            if let Some(fault) = faults.first() {
                let what = "a catalog that is not valid YAML";
                return (Some(Facts::Unread(Unread { what, span: fault.span })), Vec::new());
            }
            entities.extend(tree.as_ref().and_then(entity));
        }
        (Some(Facts::Catalog(entities)), Vec::new())
    }
}

/// A component of a catalog: something that is built and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// `metadata.name`
    pub name: String,
    /// `spec.system`: what it is a part of.
    pub system: Option<String>,
    /// `spec.owner`
    pub owner: Option<String>,
}

impl Entity {
    /// What people call the feature that it belongs to.
    pub fn feature(&self) -> &str {
        self.system.as_deref().unwrap_or(&self.name)
    }
}

fn entity(tree: &yaml::Node<'_>) -> Option<Entity> {
    let is_component = tree.get("kind").and_then(yaml::Node::text) == Some("Component");
    let is_backstage =
        tree.get("apiVersion").and_then(yaml::Node::text).is_some_and(|it| it.starts_with("backstage.io/"));
    if !is_component || !is_backstage {
        return None;
    }
    let text =
        |keys: &[&str]| tree.at(keys).and_then(yaml::Node::text).filter(|text| !text.trim().is_empty());
    // `group:default/payments` refers to what is mostly written as `payments`.
    let reference =
        |keys: &[&str]| text(keys).and_then(|text| text.rsplit(['/', ':']).next()).map(str::to_owned);
    Some(Entity {
        name: text(&["metadata", "name"])?.to_owned(),
        system: reference(&["spec", "system"]),
        owner: reference(&["spec", "owner"]),
    })
}

/// The components of all catalogs.
#[derive(Debug, Default)]
pub struct Catalogs {
    /// By the folder in which each is described.
    folders: BTreeMap<RepoPath, Entity>,
    /// Those of files that describe several, by name.
    named: BTreeMap<String, Entity>,
}

impl Catalogs {
    /// Takes what the files of a repository state. Several components of one file say where the file lies what they
    /// have in common, and of each that is called like them the rest.
    pub fn new(facts: &BTreeMap<RepoPath, Arc<Facts>>) -> Self {
        let mut catalogs = Self::default();
        for (path, facts) in facts {
            let (Facts::Catalog(entities), Some(folder)) = (&**facts, path.parent()) else { continue };
            let Some((first, others)) = entities.split_first() else { continue };
            let is_alike = others.iter().all(|other| other.system == first.system && first.system.is_some());
            if is_alike || others.is_empty() {
                let owner =
                    first.owner.clone().filter(|_| others.iter().all(|other| other.owner == first.owner));
                catalogs.folders.insert(folder, Entity { owner, ..first.clone() });
            } else {
                let named = entities.iter().map(|entity| (entity.name.clone(), entity.clone()));
                catalogs.named.extend(named);
            }
        }
        catalogs
    }

    /// The component that is described closest around a folder (but for the one at the root: that is the whole
    /// repository), or else the one of that name.
    pub fn of(&self, folder: &RepoPath, name: &str) -> Option<&Entity> {
        let around = folder.with_ancestors().filter(|part| !part.is_empty());
        let described = around.filter_map(RepoPath::new).find_map(|part| self.folders.get(&part));
        described.or_else(|| self.named.get(name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::{CatalogSource, Catalogs};
    use crate::sources::{Facts, Source};
    use crate::text::RepoPath;

    fn read(text: &str) -> Facts {
        let path = RepoPath::new("pay/catalog-info.yaml").expect("a path");
        let (facts, faults) = CatalogSource.read(&path, text);
        assert!(faults.is_empty(), "{faults:?}");
        facts.expect("facts")
    }

    #[test]
    fn a_component_says_what_it_is_a_part_of_and_whose_it_is() {
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay-api}\n\
                    spec: {system: system:default/payments, owner: group:money}\n---\n\
                    apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: pay}\n";
        let path = RepoPath::new("pay/catalog-info.yaml").expect("a path");
        let catalogs = Catalogs::new(&BTreeMap::from([(path, Arc::new(read(text)))]));
        let entity = catalogs.of(&RepoPath::new("pay/api/src").expect("a path"), "x").expect("a component");
        assert_eq!((entity.feature(), entity.owner.as_deref()), ("payments", Some("money")));
        assert!(catalogs.of(&RepoPath::new("payroll").expect("a path"), "x").is_none());
    }

    #[test]
    fn what_can_not_be_read_is_a_gap() {
        for text in ["kind: {{ values.kind }}\n", "kind: [\n"] {
            assert!(matches!(read(text), Facts::Unread(_)), "{text}");
        }
    }
}
