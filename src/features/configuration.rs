//! `watertight.toml`: features, responsibilities, and what belongs to no feature on purpose.

use crate::text::toml::{Table, parse, table, wrong_type};
use crate::text::{Fault, Location, RepoPath, Span, Spanned};

use super::selector::{NameSelector, PathMatcher, PathSelector};

/// The name of the configuration at the root of a repository.
pub const CONFIGURATION_FILE: &str = "watertight.toml";

/// What the root configuration says.
#[derive(Debug)]
pub struct Configuration {
    /// The file that it was read from.
    pub file: RepoPath,
    /// Sorted by name.
    pub responsibilities: Vec<Responsibility>,
    /// In the order of the file.
    pub features: Vec<FeatureDeclaration>,
    /// `[shared]`, `[assemblies]`, `[test-support]`
    pub(super) shared: Vec<PathSelector>,
    pub(super) assemblies: Vec<PathSelector>,
    pub(super) test_support: Vec<PathSelector>,
    /// `[rules]`
    pub rules: Vec<RuleSetting>,
    /// `[scan] exclude`
    pub(super) exclude: Vec<PathSelector>,
    exclude_matcher: PathMatcher,
}

/// A named reason for two features to know of each other.
#[derive(Debug, Clone)]
pub struct Responsibility {
    /// Its name.
    pub name: String,
    /// What is shared.
    pub about: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The only units that it lets features share; all of them if empty.
    pub through: Vec<PathSelector>,
    /// Where it is declared.
    pub declared_at: Location,
}

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
    pub(super) paths: Vec<PathSelector>,
    pub(super) each: Option<PathSelector>,
    pub(super) deployables: Vec<NameSelector>,
    pub(super) apis: Vec<NameSelector>,
    /// The folder whose contents it takes, for a declaration next to the code.
    pub(super) folder: Option<RepoPath>,
    /// Whether it takes the package in its folder alone, and not what lies below.
    pub(super) is_of_package: bool,
}

/// A level that the configuration gives a rule; the room of rules knows which there are.
#[derive(Debug, Clone)]
pub struct RuleSetting {
    /// The rule.
    pub rule: Spanned<String>,
    /// Its level.
    pub level: Spanned<String>,
}

impl Configuration {
    /// A configuration that declares nothing.
    pub fn empty() -> Self {
        Self {
            file: RepoPath::from_normal(CONFIGURATION_FILE),
            responsibilities: Vec::new(),
            features: Vec::new(),
            shared: Vec::new(),
            assemblies: Vec::new(),
            test_support: Vec::new(),
            rules: Vec::new(),
            exclude: Vec::new(),
            exclude_matcher: PathMatcher::default(),
        }
    }

    /// Reads a configuration, and everything that is wrong with it, each with its place.
    pub fn read(file: &RepoPath, text: &str) -> (Self, Vec<Fault>) {
        let (entries, syntax) = parse(text, file);
        if !syntax.is_empty() {
            // What looks wrong in the rest may be but a consequence.
            return (Self::empty(), syntax);
        }
        let mut faults = Vec::new();
        let root = Table::new(&entries, file);
        let mut sections = |key: &'static str| match root.table(key, &mut faults) {
            Some(table) => {
                let paths = path_selectors(&table, "paths", &mut faults);
                table.deny_unknown(&format!("`[{key}]`"), &mut faults);
                paths
            }
            None => Vec::new(),
        };
        let (shared, assemblies) = (sections("shared"), sections("assemblies"));
        let test_support = sections("test-support");
        let mut configuration = Self {
            file: file.clone(),
            responsibilities: responsibilities(&root, &mut faults),
            features: features(&root, &mut faults),
            shared,
            assemblies,
            test_support,
            rules: rule_settings(&root, &mut faults),
            exclude: Vec::new(),
            exclude_matcher: PathMatcher::default(),
        };
        if let Some(scan) = root.table("scan", &mut faults) {
            configuration.exclude = path_selectors(&scan, "exclude", &mut faults);
            scan.deny_unknown("`[scan]`", &mut faults);
            configuration.exclude_matcher = PathMatcher::new(&configuration.exclude);
        }
        root.deny_unknown("the configuration", &mut faults);
        (configuration, faults)
    }

    /// Whether `[scan] exclude` takes a file out.
    pub fn excludes(&self, path: &RepoPath) -> bool {
        !self.exclude.is_empty() && self.exclude_matcher.covers(path)
    }
}

fn path_selectors(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Vec<PathSelector> {
    let written = table.strings(key, faults);
    written.into_iter().flat_map(|one| PathSelector::read(one, table.file(), faults)).collect()
}

fn name_selectors(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Vec<NameSelector> {
    let written = table.strings(key, faults);
    written.into_iter().filter_map(|one| NameSelector::read(one, table.file(), faults)).collect()
}

fn plain(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    table.string(key, faults).map(|found| found.value)
}

fn responsibilities(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<Responsibility> {
    let Some(all) = root.table("responsibilities", faults) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in all.entries() {
        let mut responsibility = Responsibility {
            name: key.value.to_owned(),
            about: value.get_ref().as_str().map(str::to_owned),
            owner: None,
            through: Vec::new(),
            declared_at: Location { path: root.file().clone(), span: key.span },
        };
        if responsibility.about.is_none() {
            if !value.get_ref().is_table() {
                let wanted = "a sentence that says what is shared, or a table";
                faults.push(wrong_type(value, key.value, wanted, root.file()));
                continue;
            }
            if !value.get_ref().is_table() {
                let wanted = "a sentence that says what is shared, or a table";
                faults.push(wrong_type(value, key.value, wanted, root.file()));
                continue;
            }
            let Some(table) = table(value, key.value, root.file(), faults) else { continue };
            responsibility.about = plain(&table, "about", faults);
            responsibility.owner = plain(&table, "owner", faults);
            responsibility.through = path_selectors(&table, "through", faults);
            table.deny_unknown(&format!("responsibility `{}`", key.value), faults);
        }
        found.push(responsibility);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn features(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<FeatureDeclaration> {
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
    /// The keys that every declaration of a feature may have, wherever it stands.
    pub(super) fn read(name: Spanned<String>, table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        check_name(&name, table.file(), faults);
        Self {
            declared_at: Location { path: table.file().clone(), span: name.span },
            about: plain(table, "about", faults),
            owner: plain(table, "owner", faults),
            responsibilities: table.strings("responsibilities", faults),
            deployables: name_selectors(table, "deployables", faults),
            apis: name_selectors(table, "apis", faults),
            name,
            paths: Vec::new(),
            each: None,
            folder: None,
            is_of_package: false,
        }
    }
}

/// A feature's name is a path of words: `storage`, `storage/broker`.
fn check_name(name: &Spanned<String>, file: &RepoPath, faults: &mut Vec<Fault>) {
    let is_bad = name.value.trim().is_empty()
        || name.value.split('/').any(str::is_empty)
        || name.value.chars().any(char::is_control);
    if is_bad {
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

fn rule_settings(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<RuleSetting> {
    let Some(all) = root.table("rules", faults) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in all.entries() {
        let rule = Spanned { value: key.value.to_owned(), span: key.span };
        let level = match value.get_ref().is_table() {
            true => table(value, key.value, root.file(), faults).and_then(|table| {
                let level = table.string("level", faults);
                table.deny_unknown(&format!("rule `{}`", key.value), faults);
                level
            }),
            false => crate::text::toml::string(value, key.value, root.file(), faults),
        };
        found.extend(level.map(|level| RuleSetting { rule, level }));
    }
    found
}
