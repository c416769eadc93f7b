//! `watertight.toml`: features, responsibilities, what belongs to no feature on purpose, and what a
//! person says that no manifest does.

mod budgets;
mod changes;
mod exception;
mod external;
mod feature;
mod impact;
mod statement;

use std::collections::BTreeSet;

use crate::graph::{DeclaredUnit, Published};
use crate::text::toml::{Table, parse, table, wrong_type};
use crate::text::{Fault, Location, RepoPath, Span, Spanned};

use super::selector::{FeaturePattern, NameSelector, PathMatcher, PathSelector, Unmatched};
use feature::features;

pub use budgets::{Budget, BudgetNumber, BudgetOf, Budgets, FeatureNames, MILLION};
pub use changes::ChangesSection;
pub use exception::Exception;
pub use external::External;
pub(super) use external::tell_clashes;
pub use feature::FeatureDeclaration;
pub use impact::{Affects, ImpactSection};
pub use statement::{CorrectionStatement, CouplingEnd, CouplingStatement};

/// The name of the configuration at the root of a repository.
pub const CONFIGURATION_FILE: &str = "watertight.toml";

/// Where a user's rules lie, unless `[scan] rules-folder` names another place.
const RULES_FOLDER: &str = ".watertight/rules";

/// What the root configuration says.
#[derive(Debug)]
pub struct Configuration {
    /// The file that it was read from.
    pub file: RepoPath,
    /// Its text: the room of rules reads `[rules]` from it.
    pub text: String,
    /// Sorted by name.
    pub responsibilities: Vec<Responsibility>,
    /// In the order of the file; those of other repositories come last.
    pub features: Vec<FeatureDeclaration>,
    /// `[external.<name>]`, in the order of the file.
    pub externals: Vec<External>,
    /// `[shared]`, `[assemblies]`, `[test-support]`
    pub(super) shared: Section,
    pub(super) assemblies: Section,
    pub(super) test_support: Section,
    /// `[deployments.<name>]`, sorted by name.
    pub(super) deployments: Vec<DeploymentDeclaration>,
    /// `[tags]`, sorted by name.
    pub(super) tags: Vec<(String, Vec<NameSelector>)>,
    /// `[[exceptions]]`, in the order of the file.
    pub exceptions: Vec<Exception>,
    /// `[[couplings]]`, in the order of the file.
    pub couplings: Vec<CouplingStatement>,
    /// `[[corrections]]`, in the order of the file.
    pub corrections: Vec<CorrectionStatement>,
    /// `[impact]`
    pub impact: ImpactSection,
    /// `[budgets]`
    pub budgets: Budgets,
    /// `[changes]`
    pub changes: ChangesSection,
    /// `[scan] rules-folder`: where a user's rules lie, and where that is said.
    pub rules_folder: (RepoPath, Option<Spanned<String>>),
    /// `[scan] exclude`
    pub(super) exclude: Vec<PathSelector>,
    /// `[scan] catalogs`: whether catalogs say whose a unit is that nothing nearer names.
    catalogs: bool,
    exclude_matcher: PathMatcher,
}

/// What belongs to no feature on purpose.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) paths: Vec<PathSelector>,
    pub(super) units: Vec<NameSelector>,
}

/// Deployables that are always shipped together, on purpose.
#[derive(Debug)]
pub(super) struct DeploymentDeclaration {
    pub(super) name: String,
    pub(super) deployables: Vec<NameSelector>,
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
    /// The same, for units that lie in no folder.
    pub(super) units: Vec<NameSelector>,
    /// Where it is declared.
    pub declared_at: Location,
}

impl Responsibility {
    /// Whether it excuses couplings to any unit of the features that name it.
    pub fn goes_through_any(&self) -> bool {
        self.through.is_empty() && self.units.is_empty()
    }

    /// The paths and names of the units that it goes through.
    pub fn goes_through(&self) -> BTreeSet<&str> {
        let paths = self.through.iter().map(|one| &one.written);
        let units = self.units.iter().map(|one| &one.written);
        paths.chain(units).map(|written| written.value.as_str()).collect()
    }
}

impl Configuration {
    /// A configuration that declares nothing.
    pub fn empty() -> Self {
        Self::read(&RepoPath::from_normal(CONFIGURATION_FILE), "").0
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
        let mut section = |key: &'static str| match root.table(key, &mut faults) {
            Some(table) => {
                let paths = path_selectors(&table, "paths", &mut faults);
                let units = name_selectors(&table, "units", &mut faults);
                table.deny_unknown(&format!("`[{key}]`"), &mut faults);
                Section { paths, units }
            }
            None => Section::default(),
        };
        let (shared, assemblies, test_support) =
            (section("shared"), section("assemblies"), section("test-support"));
        let mut configuration = Self {
            file: file.clone(),
            text: text.to_owned(),
            responsibilities: responsibilities(&root, &mut faults),
            features: features(&root, &mut faults),
            externals: external::externals(&root, &mut faults),
            shared,
            assemblies,
            test_support,
            deployments: deployments(&root, &mut faults),
            tags: tags(&root, &mut faults),
            exceptions: exception::exceptions(&root, &mut faults),
            couplings: statement::couplings(&root, &mut faults),
            corrections: statement::corrections(&root, &mut faults),
            impact: ImpactSection::read(&root, &mut faults),
            budgets: Budgets::read(&root, &mut faults),
            changes: ChangesSection::read(&root, &mut faults),
            rules_folder: (RepoPath::from_normal(RULES_FOLDER), None),
            exclude: Vec::new(),
            catalogs: true,
            exclude_matcher: PathMatcher::default(),
        };
        if let Some(scan) = root.table("scan", &mut faults) {
            configuration.exclude = path_selectors(&scan, "exclude", &mut faults);
            if let Some(written) = scan.string("rules-folder", &mut faults) {
                match RepoPath::new(written.value.trim_end_matches('/'))
                    .filter(|path| *path != RepoPath::root())
                {
                    Some(folder) => configuration.rules_folder = (folder, Some(written)),
                    None => {
                        let message = format!("`{}` is not a folder inside the repository", written.value);
                        let fault = Fault::of(file, message).at(written.span, "not a folder");
                        faults.push(
                            fault.help("name it from the root of the repository: `ci/watertight-rules`"),
                        );
                    }
                }
            }
            configuration.catalogs = scan.boolean("catalogs", &mut faults).unwrap_or(true);
            scan.deny_unknown("`[scan]`", &mut faults);
            configuration.exclude_matcher = PathMatcher::new(&configuration.exclude);
        }
        tell_clashes(&configuration.externals, configuration.features.iter(), &mut faults);
        let external: Vec<FeatureDeclaration> =
            configuration.externals.iter().map(|one| one.feature(file, &mut faults)).collect();
        configuration.features.extend(external);
        // The room of rules reads it.
        root.has("rules");
        root.deny_unknown("the configuration", &mut faults);
        (configuration, faults)
    }

    /// The units that `[[couplings]]` name by kind and name, which may be declared nowhere else.
    pub fn declared_units(&self) -> Vec<DeclaredUnit> {
        let ends = self.couplings.iter().flat_map(|statement| [&statement.from, &statement.to]);
        let declared = ends.filter_map(|end| {
            let declared_at = Location { path: self.file.clone(), span: end.written.span };
            Some(DeclaredUnit { kind: end.kind?, name: end.name.clone(), declared_at, is_outside: false })
        });
        declared.collect()
    }

    /// The features of other repositories, with the packages that they publish.
    pub fn published(&self) -> Vec<Published> {
        self.externals.iter().map(|one| one.published(&self.file)).collect()
    }

    /// Names of packages of other repositories on which nothing here depends.
    pub fn unmatched_packages(&self, unused: &[(usize, usize)]) -> Vec<Unmatched> {
        let of = |(feature, package): &(usize, usize)| {
            self.externals.get(*feature).and_then(|one| one.unmatched(*package, &self.file))
        };
        unused.iter().filter_map(of).collect()
    }

    /// Every path and name that opens a boundary, or takes something out of what is judged, and where
    /// each stands, in words.
    pub fn openings(&self) -> Vec<(String, &Spanned<String>)> {
        let mut all = Vec::new();
        for (place, section) in
            [("shared", &self.shared), ("assemblies", &self.assemblies), ("test-support", &self.test_support)]
        {
            let written = section.paths.iter().map(|one| &one.written);
            let written = written.chain(section.units.iter().map(|one| &one.written));
            all.extend(written.map(|written| (format!("`[{place}]`"), written)));
        }
        for one in &self.responsibilities {
            let written = one.through.iter().map(|one| &one.written);
            let written = written.chain(one.units.iter().map(|one| &one.written));
            let place = format!("`through` of responsibility `{}`", one.name);
            all.extend(written.map(|written| (place.clone(), written)));
        }
        for feature in self.features.iter().filter(|feature| !feature.is_external) {
            let place = format!("`apis` of feature `{}`", feature.name.value);
            all.extend(feature.apis.iter().map(|one| (place.clone(), &one.written)));
        }
        for deployment in &self.deployments {
            let place = format!("deployment `{}`", deployment.name);
            all.extend(deployment.deployables.iter().map(|one| (place.clone(), &one.written)));
        }
        let exclude = self.exclude.iter().map(|one| &one.written);
        all.extend(exclude.map(|written| ("`[scan] exclude`".to_owned(), written)));
        all
    }

    /// Whether a person states more, or other, couplings than the manifests do.
    pub fn has_statements(&self) -> bool {
        !self.couplings.is_empty() || !self.corrections.is_empty()
    }

    /// Whether catalogs say whose a unit is that nothing nearer names. Where nothing is configured at all, they give
    /// names to what is proposed, and decide nothing.
    pub(super) fn takes_catalogs(&self) -> bool {
        self.catalogs && !self.text.trim().is_empty()
    }

    /// Whether another configuration says the same, wherever it lies.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.text == other.text
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
    written.into_iter().flat_map(|one| NameSelector::read(one, table.file(), faults)).collect()
}

/// The names of features under a key; `None` if the key is not there.
fn feature_patterns(
    table: &Table<'_, '_>,
    key: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<Vec<FeaturePattern>> {
    table.has(key).then(|| {
        let written = table.strings(key, faults);
        written.into_iter().filter_map(|one| FeaturePattern::read(one, table.file(), faults)).collect()
    })
}

fn deployments(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<DeploymentDeclaration> {
    let mut found = Vec::new();
    for (key, value) in root.table("deployments", faults).iter().flat_map(Table::entries) {
        let Some(table) = table(value, key.value, root.file(), faults) else { continue };
        let deployables = name_selectors(&table, "deployables", faults);
        // For people: who deploys it, and why together.
        let _ = (plain(&table, "about", faults), plain(&table, "owner", faults));
        if deployables.is_empty() && !table.has("deployables") {
            let fault = Fault::of(root.file(), format!("deployment `{}` has no `deployables`", key.value));
            faults.push(fault.at(key.span, "what is deployed?").help("name binaries, images or services"));
        }
        table.deny_unknown(&format!("deployment `{}`", key.value), faults);
        found.push(DeploymentDeclaration { name: key.value.to_owned(), deployables });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn tags(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<(String, Vec<NameSelector>)> {
    let mut found = Vec::new();
    for (key, value) in root.table("tags", faults).iter().flat_map(Table::entries) {
        let written = crate::text::toml::strings(value, key.value, root.file(), faults);
        let units = written.into_iter().flat_map(|one| NameSelector::read(one, root.file(), faults));
        found.push((key.value.to_owned(), units.collect()));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
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
            units: Vec::new(),
            declared_at: Location { path: root.file().clone(), span: key.span },
        };
        if responsibility.about.is_none() {
            if !value.get_ref().is_table() {
                let wanted = "a sentence that says what is shared, or a table";
                faults.push(wrong_type(value, key.value, wanted, root.file()));
                continue;
            }
            let Some(table) = table(value, key.value, root.file(), faults) else { continue };
            responsibility.about = plain(&table, "about", faults);
            responsibility.owner = plain(&table, "owner", faults);
            if let Some(value) = table
                .get("through")
                .filter(|value| value.get_ref().as_array().is_some_and(|all| all.is_empty()))
            {
                let fault =
                    Fault::of(root.file(), format!("`through` of responsibility `{}` is empty", key.value));
                let fault = fault.at(Span::new(value.span()), "goes through nothing");
                faults.push(fault.help("list what is shared, or leave the key out: then everything is"));
            }
            // One list, since a reader asks one question: through what?
            let (named, paths) =
                table.strings("through", faults).into_iter().partition(NameSelector::has_kind);
            let paths: Vec<Spanned<String>> = paths;
            responsibility.through =
                paths.into_iter().flat_map(|one| PathSelector::read(one, root.file(), faults)).collect();
            let named: Vec<Spanned<String>> = named;
            responsibility.units =
                named.into_iter().flat_map(|one| NameSelector::read(one, root.file(), faults)).collect();
            table.deny_unknown(&format!("responsibility `{}`", key.value), faults);
        }
        found.push(responsibility);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
