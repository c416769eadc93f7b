//! One feature, as one place declares it.

use crate::text::toml::{Table, known_word, table};
use crate::text::{Fault, Location, RepoPath, Span, Spanned};

use super::super::Versioned;
use super::super::selector::{FeaturePattern, NameSelector, PathSelector};
use super::{feature_patterns, name_selectors, path_selectors, plain};

/// A feature as one place declares it.
#[derive(Debug)]
pub struct FeatureDeclaration {
    /// Its name; ends in `/*` where `each` is given.
    pub name: Spanned<String>,
    /// Where it is declared.
    pub declared_at: Location,
    /// What it is for.
    pub about: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The responsibilities that it names.
    pub responsibilities: Vec<Spanned<String>>,
    pub(in crate::features) paths: Vec<PathSelector>,
    pub(in crate::features) each: Option<PathSelector>,
    pub(in crate::features) deployables: Vec<NameSelector>,
    pub(in crate::features) apis: Vec<NameSelector>,
    /// Units of any kind, by name.
    pub(in crate::features) units: Vec<NameSelector>,
    /// Words by which rules name it.
    pub(in crate::features) tags: Vec<Spanned<String>>,
    /// The features whose APIs it may call; all of them if the key is not there.
    pub(in crate::features) consumes: Option<Vec<FeaturePattern>>,
    /// The features that may call its APIs; all of them if the key is not there.
    pub(in crate::features) consumers: Option<Vec<FeaturePattern>>,
    /// What others may use of it; everything if the key is not there.
    pub(in crate::features) exposes: Option<Vec<NameSelector>>,
    /// Which side of its APIs copes with the other side's version.
    pub(in crate::features) versioned: Option<Versioned>,
    /// The folder whose contents it takes, for a declaration next to the code.
    pub(in crate::features) folder: Option<RepoPath>,
    /// Whether it takes the package in its folder alone, and not what lies below.
    pub(in crate::features) is_of_package: bool,
    /// Whether it lives in another repository.
    pub(in crate::features) is_external: bool,
}

pub(super) fn features(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<FeatureDeclaration> {
    let Some(all) = root.table("features", faults) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in all.entries() {
        let Some(table) = table(value, key.value, root.file(), faults) else {
            continue;
        };
        let name = Spanned { value: key.value.to_owned(), span: key.span };
        let mut feature = FeatureDeclaration::read(name, &table, faults);
        feature.paths = path_selectors(&table, "paths", faults);
        let each = table.string("each", faults).map(|glob| PathSelector::read(glob, root.file(), faults));
        feature.each = each.and_then(|selectors| selectors.into_iter().next());
        check_each(&feature, root.file(), faults);
        table.deny_unknown(&format!("feature `{}`", key.value), faults);
        found.push(feature);
    }
    found
}

impl FeatureDeclaration {
    /// A feature that only a catalog declares: it has a name and an owner.
    pub(in crate::features) fn of_catalog(
        name: String,
        owner: Option<String>,
        declared_at: Location,
    ) -> Self {
        Self {
            is_external: false,
            name: Spanned { value: name, span: declared_at.span },
            declared_at,
            about: None,
            owner,
            responsibilities: Vec::new(),
            paths: Vec::new(),
            each: None,
            deployables: Vec::new(),
            apis: Vec::new(),
            units: Vec::new(),
            tags: Vec::new(),
            consumes: None,
            consumers: None,
            exposes: None,
            versioned: None,
            folder: None,
            is_of_package: false,
        }
    }

    /// Whether a text can be the name of a feature.
    pub(in crate::features) fn is_name(text: &str) -> bool {
        !text.trim().is_empty()
            && text.split('/').all(|part| !part.is_empty())
            && !text.chars().any(char::is_control)
    }

    /// The keys that every declaration of a feature may have, wherever it stands.
    pub(in crate::features) fn read(
        name: Spanned<String>,
        table: &Table<'_, '_>,
        faults: &mut Vec<Fault>,
    ) -> Self {
        check_name(&name, table.file(), faults);
        Self {
            declared_at: Location { path: table.file().clone(), span: name.span },
            about: plain(table, "about", faults),
            owner: plain(table, "owner", faults),
            responsibilities: table.strings("responsibilities", faults),
            deployables: name_selectors(table, "deployables", faults),
            apis: name_selectors(table, "apis", faults),
            units: name_selectors(table, "units", faults),
            tags: table.strings("tags", faults),
            consumes: feature_patterns(table, "consumes", faults),
            consumers: feature_patterns(table, "consumers", faults),
            exposes: table.has("exposes").then(|| name_selectors(table, "exposes", faults)),
            versioned: table.string("versioned", faults).and_then(|word| {
                known_word(&word, &Versioned::WORDS, "way of versioning an API", table.file(), faults)
            }),
            name,
            paths: Vec::new(),
            each: None,
            folder: None,
            is_of_package: false,
            is_external: false,
        }
    }
}

/// A feature's name is a path of words: `storage`, `storage/broker`.
pub(super) fn check_name(name: &Spanned<String>, file: &RepoPath, faults: &mut Vec<Fault>) {
    if !FeatureDeclaration::is_name(&name.value) {
        let message = format!("`{}` is not a name for a feature", name.value.escape_debug());
        let fault = Fault::of(file, message).at(name.span, "not a name");
        faults.push(fault.help("use words, with `/` to nest one feature in another: `storage/broker`"));
    }
}

/// `each` makes a feature of every folder, so its name needs a place for the folder's.
fn check_each(feature: &FeatureDeclaration, file: &RepoPath, faults: &mut Vec<Fault>) {
    let name = &feature.name.value;
    let has_star = name.ends_with("/*") || name == "*";
    let fault = |message: String, span: Span, label: &str, help: String| {
        Fault::of(file, message).at(span, label).help(help)
    };
    match &feature.each {
        None if name.contains('*') => faults.push(fault(
            format!("feature `{name}` has a `*` in its name, but no `each`"),
            feature.name.span,
            "which folders does it stand for?",
            "add `each` with a glob that ends in `/*`, or take a plain name".to_owned(),
        )),
        Some(each) if !has_star || name.matches('*').count() != 1 => faults.push(fault(
            format!("feature `{name}` has `each`, but no place for a folder's name"),
            feature.name.span,
            "ends in no `/*`",
            format!("the glob `{}` makes a feature of every folder: name it `{name}/*`", each.written.value),
        )),
        Some(each)
            if !each
                .written
                .value
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .is_some_and(|last| last.contains('*')) =>
        {
            faults.push(fault(
                format!("`each` of feature `{name}` names one folder only"),
                each.written.span,
                "its last part has no `*`",
                format!("end it in a glob: `{}/*`", each.written.value.trim_end_matches('/')),
            ));
        }
        Some(each) if each.written.value.contains("**") => faults.push(fault(
            format!("`each` of feature `{name}` has a `**`"),
            each.written.span,
            "which folder would give the name?",
            "write one `*` for each part of the path: `teams/*/*`".to_owned(),
        )),
        Some(_) if !feature.paths.is_empty() => faults.push(fault(
            format!("feature `{name}` has both `each` and `paths`"),
            feature.name.span,
            "which of its features would own those paths?",
            "declare a feature of its own for them".to_owned(),
        )),
        _ => {}
    }
}
