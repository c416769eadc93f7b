//! The way that the data takes, on one screen.

mod budgets;
mod change;
mod code;
mod excused;
mod history;
mod past;
mod proposing;
mod supposing;
mod watch;

use std::sync::Arc;

use crate::features::{
    self, ChangedTogether, Configuration, FeatureMap, Move, Nearby, Unmatched, amend, assign, read_nearby,
};
use crate::findings::{Earlier, Excepted, Finding, Judged, Law, find};
use crate::graph::{CouplingGraph, CouplingKind, Linked, Memory, Stated, link};
use crate::insight::{Independence, independence};
use crate::rules::{Rule, RuleSet};
use crate::snapshot::{Gap, Listing, Snapshot};
use crate::sources::cargo::CargoCommand;
use crate::sources::{CodeOwners, Known, Reading, read_all, read_text};
use crate::text::{Date, Fault, Location, RepoPath};

pub use budgets::Tighter;
pub use change::{Base, Change};
pub use history::{Every, History, Jump, Point, history};
pub use past::{Measured, Past, Shared, Walk};
pub use watch::{Loading, Stage, Watch};

/// A repository at one moment: its coupling graph, and which unit belongs to which feature.
#[derive(Debug)]
pub struct Repository {
    /// The graph, the packages behind it, and the problems.
    pub linked: Linked,
    /// Who owns what.
    pub map: FeatureMap,
    /// What is judged.
    pub rules: RuleSet,
    /// What the configuration says.
    pub configuration: Configuration,
    /// The day on which exceptions are judged.
    pub today: Date,
    /// How many files of a known format `[scan] exclude` took out.
    pub excluded: usize,
    /// The files that matter, and what is recognised and not read.
    listing: Listing,
    /// Declarations next to the code.
    nearby: Nearby,
    /// Who owns which files.
    code_owners: Arc<CodeOwners>,
    /// The texts of a user's rules.
    rule_files: Vec<(RepoPath, String)>,
    /// The graph as the manifests state it, where a person says more than they do.
    stated: Option<CouplingGraph>,
    /// What history says of the features.
    together: Vec<ChangedTogether>,
    /// What was read, if it may be asked for again.
    known: Known,
}

/// What the rules say about a repository.
#[derive(Debug)]
pub struct Verdict {
    /// Sorted: what fails the check first.
    pub findings: Vec<Finding>,
    /// Findings that exceptions cover.
    pub excepted: Vec<Excepted>,
    /// `None` below two features.
    pub independence: Option<Independence>,
}

impl Repository {
    /// Reads, links, assigns and amends. Cargo is asked only if a command for it is given.
    ///
    /// # Errors
    /// Everything that is wrong with rules and with declarations next to the code, each with its place.
    pub fn load(
        snapshot: &dyn Snapshot,
        configuration: Configuration,
        today: Date,
        cargo: Option<&CargoCommand>,
    ) -> Result<Self, Vec<Fault>> {
        Self::load_as(snapshot, configuration, today, Loading { cargo, ..Loading::default() })
    }

    /// As [`Self::load`], to be compared with another moment: with what is known of that, and for it.
    ///
    /// # Errors
    /// As there.
    pub fn load_to_compare(
        snapshot: &dyn Snapshot,
        configuration: Configuration,
        today: Date,
        cargo: Option<&CargoCommand>,
    ) -> Result<Self, Vec<Fault>> {
        let loading = Loading { cargo, is_to_compare: true, ..Loading::default() };
        Self::load_as(snapshot, configuration, today, loading)
    }

    /// As [`Self::load`], with a say in how.
    ///
    /// # Errors
    /// As there.
    pub fn load_as(
        snapshot: &dyn Snapshot,
        configuration: Configuration,
        today: Date,
        loading: Loading<'_>,
    ) -> Result<Self, Vec<Fault>> {
        let known = loading.is_to_compare.then(Known::default);
        Self::load_knowing(snapshot, configuration, today, loading, known.as_ref())
    }

    fn load_knowing(
        snapshot: &dyn Snapshot,
        configuration: Configuration,
        today: Date,
        loading: Loading<'_>,
        known: Option<&Known>,
    ) -> Result<Self, Vec<Fault>> {
        let Loading { cargo, watch, memory, .. } = loading;
        watch.begins(Stage::Reading);
        // The tool's own rules are read while the tree is walked: they wait for nothing.
        let scan = || Scan::new(snapshot, &configuration, known, watch);
        let mut faults = Vec::new();
        let (mut scan, rules, rule_files) = match loading.is_to_measure {
            true => (scan(), RuleSet::default(), Vec::new()),
            false => {
                let (scan, built_in) = rayon::join(scan, RuleSet::built_in);
                let files = scan.rule_files(snapshot, &configuration.rules_folder.0, &mut faults);
                let rules = built_in.with(&configuration, &files, &mut faults);
                (scan, rules, files)
            }
        };
        let is_excluded = |path: &RepoPath| configuration.excludes(path);
        let nearby = read_nearby(snapshot, &scan.listing, &scan.reading, &is_excluded);
        let nearby = nearby.unwrap_or_else(|more| {
            faults.extend(more);
            Nearby::default()
        });
        features::tell_clashes(&configuration, &nearby, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let known = std::mem::take(&mut scan.reading.known);
        let excluded = scan.reading.excluded;
        let code_owners = CodeOwners::in_force(&scan.reading.facts);
        watch.begins(Stage::Linking);
        let (mut linked, mut listing) = scan.link(snapshot, &configuration, cargo, memory);
        listing.gaps.append(&mut linked.gaps);
        listing.gaps.sort();
        watch.begins(Stage::Assigning);
        let repository = Self {
            linked,
            map: FeatureMap::default(),
            rules,
            configuration,
            today,
            excluded,
            listing,
            nearby,
            code_owners,
            rule_files,
            stated: None,
            together: Vec::new(),
            known,
        };
        let repository = repository.assigned(&[]).with_code(snapshot, loading);
        watch.has_loaded(&repository);
        Ok(repository)
    }

    /// Gives every unit its role, and makes of the graph that the manifests state the one that is judged.
    fn assigned(mut self, moves: &[Move]) -> Self {
        let (configuration, listing) = (&self.configuration, &self.listing);
        let linked = &mut self.linked;
        let graph = self.stated.take().unwrap_or_else(|| std::mem::take(&mut linked.graph));
        let nearby = &self.nearby.declarations;
        let mut map = assign(&graph, configuration, nearby, (listing, &linked.problems), moves);
        let has_more = configuration.has_statements() || !self.together.is_empty();
        self.stated = has_more.then(|| graph.clone());
        linked.graph = amend(graph, &mut map, configuration, &self.together);
        map.learn_owners(&linked.graph, &self.code_owners);
        map.unmatched.extend(configuration.unmatched_packages(&linked.unused));
        map.unmatched.extend(no_rule_files(configuration, &self.rule_files));
        let unmatched = configuration.impact.unmatched(&configuration.file, &linked.graph, &map);
        map.unmatched.extend(unmatched);
        map.unmatched.extend(configuration.budgets.unmatched(&configuration.file, &map));
        self.map = map;
        self
    }

    /// The same repository, judged by another configuration that reads the same files as this one.
    ///
    /// # Errors
    /// Everything that is wrong with `[rules]`, each with its place.
    pub fn configured(mut self, configuration: Configuration) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        self.rules = RuleSet::built_in().with(&configuration, &self.rule_files, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        self.configuration = configuration;
        Ok(self.assigned(&[]))
    }

    /// Whether features that change together are to be coupled by that: the configuration says so, or a rule looks at it.
    pub fn wants_history(&self) -> bool {
        let looks = |rule: &Rule| rule.condition.kinds().contains(&CouplingKind::Change);
        self.configuration.changes.couplings || self.rules.active().any(looks)
    }

    /// The same repository, with features coupled that change together.
    #[must_use]
    pub fn changing_together(self, together: Vec<ChangedTogether>) -> Self {
        match together.is_empty() && self.together.is_empty() {
            true => self,
            false => Self { together, ..self }.assigned(&[]),
        }
    }

    /// Judges every rule.
    pub fn judge(&self) -> Verdict {
        self.judge_since(None)
    }

    /// Judges every rule, those about what a change does to the configuration too.
    fn judge_since(&self, earlier: Option<Earlier<'_>>) -> Verdict {
        let law = earlier.map_or(self.law(), |earlier| self.law_since(earlier));
        let (found, independence) =
            rayon::join(|| find(self.judged(), law), || independence(&self.linked.graph, &self.map));
        Verdict { findings: found.findings, excepted: found.excepted, independence }
    }

    /// What it is judged by.
    pub fn law(&self) -> Law<'_> {
        Law { rules: &self.rules, configuration: &self.configuration, today: self.today, earlier: None }
    }

    fn law_since<'a>(&'a self, earlier: Earlier<'a>) -> Law<'a> {
        Law { earlier: Some(earlier), ..self.law() }
    }

    /// What rules are judged on.
    pub fn judged(&self) -> Judged<'_> {
        Judged { graph: &self.linked.graph, map: &self.map }
    }

    /// What is recognised and not read, sorted.
    pub fn gaps(&self) -> &[Gap] {
        &self.listing.gaps
    }

    /// The graph as the manifests state it.
    fn stated(&self) -> &CouplingGraph {
        self.stated.as_ref().unwrap_or(&self.linked.graph)
    }
}

/// What a snapshot holds and states.
struct Scan {
    listing: Listing,
    reading: Reading,
}

impl Scan {
    fn new(
        snapshot: &dyn Snapshot,
        configuration: &Configuration,
        known: Option<&Known>,
        watch: &dyn Watch,
    ) -> Self {
        let is_excluded = |path: &RepoPath| configuration.excludes(path);
        // Every file of a known format passes here once, on its way to being read.
        let is_excluded_as_met = |path: &RepoPath| {
            let is_excluded = is_excluded(path);
            watch.meets(path, is_excluded);
            is_excluded
        };
        let rules_folder = &configuration.rules_folder.0;
        let is_wanted = |folder: &str, name: &str| {
            features::notices(name) || (folder == rules_folder.as_str() && name.ends_with(".toml"))
        };
        let (listing, mut reading) = read_all(snapshot, &is_wanted, &is_excluded_as_met, known);
        watch.has_read(&reading);
        reading.problems.extend(
            listing
                .faults
                .iter()
                .filter(|fault| RepoPath::new(&fault.path).is_none_or(|path| !is_excluded(&path)))
                .cloned(),
        );
        Self { listing, reading }
    }

    /// The texts of a user's rules. `[scan] exclude` does not take them out: it would switch them off.
    fn rule_files(
        &self,
        snapshot: &dyn Snapshot,
        folder: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Vec<(RepoPath, String)> {
        let mut files = Vec::new();
        let inside = self.listing.files_below(folder).iter();
        let own = inside.filter(|path| path.parent().as_ref() == Some(folder));
        for path in own.filter(|path| path.file_name().ends_with(".toml")) {
            match read_text(snapshot, path) {
                Ok(text) => files.push((path.clone(), text)),
                Err(fault) => faults.push(*fault),
            }
        }
        files
    }

    fn link(
        self,
        snapshot: &dyn Snapshot,
        configuration: &Configuration,
        cargo: Option<&CargoCommand>,
        memory: Option<&Memory>,
    ) -> (Linked, Listing) {
        let is_excluded = |path: &RepoPath| configuration.excludes(path);
        let (units, published) = (configuration.declared_units(), configuration.published());
        let stated = Stated { units: &units, published: &published };
        let linked = link(snapshot, &self.listing, self.reading, &is_excluded, stated, cargo, memory);
        (linked, self.listing)
    }
}

/// A folder of rules that is named and holds none: most likely a typo.
fn no_rule_files(configuration: &Configuration, files: &[(RepoPath, String)]) -> Option<Unmatched> {
    let (_, written) = &configuration.rules_folder;
    written.as_ref().filter(|_| files.is_empty()).map(|written| Unmatched {
        written: written.value.clone(),
        place: "`[scan] rules-folder`".to_owned(),
        wanted: "rule file",
        location: Location { path: configuration.file.clone(), span: written.span },
        nearest: None,
    })
}
