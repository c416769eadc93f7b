//! `[external.<name>]`: features that live in other repositories, and the packages that they publish.

use globset::GlobMatcher;

use crate::graph::Published;
use crate::text::toml::{Table, known_word, table};
use crate::text::{Fault, Location, RepoPath, Spanned};

use super::super::Versioned;
use super::super::selector::{NameSelector, Unmatched, named_glob};
use super::feature::check_name;
use super::{FeatureDeclaration, plain};

/// A feature that lives in another repository.
#[derive(Debug)]
pub struct External {
    /// Its name.
    pub name: Spanned<String>,
    /// The names and globs of the packages that it publishes.
    pub packages: Vec<(Spanned<String>, GlobMatcher)>,
    about: Option<String>,
    owner: Option<String>,
    versioned: Option<Versioned>,
}

pub(super) fn externals(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<External> {
    let mut found = Vec::new();
    for (key, value) in root.table("external", faults).iter().flat_map(Table::entries) {
        let Some(table) = table(value, key.value, root.file(), faults) else { continue };
        let name = Spanned { value: key.value.to_owned(), span: key.span };
        check_name(&name, root.file(), faults);
        if name.value.contains('*') {
            let fault =
                Fault::of(root.file(), format!("external feature `{}` has a `*` in its name", key.value));
            faults.push(fault.at(key.span, "not one name").help("declare each of them by itself"));
        }
        let packages = table.strings("packages", faults).into_iter().filter_map(|written| {
            let glob = named_glob(&written.value, &written, "package", root.file(), faults)?;
            Some((written, glob.compile_matcher()))
        });
        let packages: Vec<_> = packages.collect();
        if packages.is_empty() && table.get("packages").is_none_or(|value| is_empty(value.get_ref())) {
            let fault = Fault::of(root.file(), format!("external feature `{}` has no `packages`", key.value));
            let fault = fault.at(key.span, "what does it publish?");
            faults
                .push(fault.help("name the packages that others depend on: `packages = [\"users-client\"]`"));
        }
        found.push(External {
            about: plain(&table, "about", faults),
            owner: plain(&table, "owner", faults),
            versioned: table.string("versioned", faults).and_then(|word| {
                known_word(&word, &Versioned::WORDS, "way of versioning an API", table.file(), faults)
            }),
            name,
            packages,
        });
        table.deny_unknown(&format!("external feature `{}`", key.value), faults);
    }
    found
}

fn is_empty(value: &toml::de::DeValue<'_>) -> bool {
    value.as_array().is_some_and(|all| all.is_empty())
}

impl External {
    /// The feature that it is, with its API as all that it has here.
    pub(super) fn feature(&self, file: &RepoPath, faults: &mut Vec<Fault>) -> FeatureDeclaration {
        let api = Spanned { value: format!("api:{}", self.name.value), span: self.name.span };
        FeatureDeclaration {
            name: self.name.clone(),
            declared_at: self.declared_at(file),
            about: self.about.clone(),
            owner: self.owner.clone(),
            responsibilities: Vec::new(),
            paths: Vec::new(),
            each: None,
            deployables: Vec::new(),
            apis: NameSelector::read(api, file, faults),
            units: Vec::new(),
            tags: Vec::new(),
            consumes: None,
            consumers: None,
            exposes: None,
            versioned: self.versioned,
            folder: None,
            is_of_package: false,
            is_external: true,
        }
    }

    fn declared_at(&self, file: &RepoPath) -> Location {
        Location { path: file.clone(), span: self.name.span }
    }

    pub(super) fn published(&self, file: &RepoPath) -> Published {
        Published {
            name: self.name.value.clone(),
            declared_at: self.declared_at(file),
            packages: self.packages.iter().map(|(_, name)| name.clone()).collect(),
        }
    }

    /// One of its packages, on which nothing depends.
    pub(super) fn unmatched(&self, package: usize, file: &RepoPath) -> Option<Unmatched> {
        let (written, _) = self.packages.get(package)?;
        Some(Unmatched {
            written: written.value.clone(),
            place: format!("`packages` of external feature `{}`", self.name.value),
            wanted: "dependency of the repository",
            location: Location { path: file.clone(), span: written.span },
            nearest: None,
        })
    }
}

/// Tells names that are those of features of this repository, too.
pub(in crate::features) fn tell_clashes<'f>(
    externals: &[External],
    features: impl Iterator<Item = &'f FeatureDeclaration>,
    faults: &mut Vec<Fault>,
) {
    for feature in features.filter(|feature| !feature.is_external) {
        if externals.iter().any(|one| one.name.value == feature.name.value) {
            let name = &feature.name.value;
            let message = format!("`{name}` is a feature of this repository, and an external one");
            let fault = Fault::of(&feature.declared_at.path, message);
            let fault = fault.at(feature.declared_at.span, "the one of this repository");
            faults.push(fault.help(format!("rename one of them, or take out `[external.{name}]`")));
        }
    }
}
