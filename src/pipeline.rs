//! The way that the data takes, on one screen.

use crate::features::{self, Configuration, FeatureMap, Unmatched, amend, assign, read_nearby};
use crate::findings::{Excepted, Finding, Judged, Law, find};
use crate::graph::{Linked, link};
use crate::insight::{Independence, independence};
use crate::rules::RuleSet;
use crate::snapshot::{Listing, Snapshot};
use crate::sources::cargo::CargoCommand;
use crate::sources::{read_all, read_text};
use crate::text::{Date, Fault, Location, RepoPath};

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
        let is_excluded = |path: &RepoPath| configuration.excludes(path);
        let rules_folder = &configuration.rules_folder.0;
        let is_wanted = |folder: &str, name: &str| {
            features::notices(name) || (folder == rules_folder.as_str() && name.ends_with(".toml"))
        };
        // The tool's own rules are read while the tree is walked: they wait for nothing.
        let ((listing, mut reading), built_in) =
            rayon::join(|| read_all(snapshot, &is_wanted, &is_excluded), RuleSet::built_in);
        reading.problems.extend(
            listing
                .faults
                .iter()
                .filter(|fault| RepoPath::new(&fault.path).is_none_or(|path| !is_excluded(&path)))
                .cloned(),
        );
        let mut faults = Vec::new();
        let files = rule_files(snapshot, &listing, rules_folder, &mut faults);
        let rules = built_in.with(&configuration, &files, &mut faults);
        let nearby = read_nearby(snapshot, &listing, &reading, &is_excluded);
        let nearby = nearby.unwrap_or_else(|more| {
            faults.extend(more);
            Vec::new()
        });
        if !faults.is_empty() {
            return Err(faults);
        }
        let excluded = reading.excluded;
        let declared = configuration.declared_units();
        let mut linked = link(snapshot, &listing, reading, &is_excluded, &declared, cargo);
        let mut map = assign(&linked.graph, &configuration, &nearby, &listing, &linked.problems);
        linked.graph = amend(linked.graph, &mut map, &configuration);
        map.unmatched.extend(no_rule_files(&configuration, &files));
        Ok(Self { linked, map, rules, configuration, today, excluded })
    }

    /// Judges every rule.
    pub fn judge(&self) -> Verdict {
        let (found, independence) =
            rayon::join(|| find(self.judged(), self.law()), || independence(&self.linked.graph, &self.map));
        Verdict { findings: found.findings, excepted: found.excepted, independence }
    }

    /// What it is judged by.
    pub fn law(&self) -> Law<'_> {
        Law { rules: &self.rules, configuration: &self.configuration, today: self.today }
    }

    /// What rules are judged on.
    pub fn judged(&self) -> Judged<'_> {
        Judged { graph: &self.linked.graph, map: &self.map }
    }
}

/// The texts of a user's rules. `[scan] exclude` does not take them out: it would switch them off.
fn rule_files(
    snapshot: &dyn Snapshot,
    listing: &Listing,
    folder: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Vec<(RepoPath, String)> {
    let mut files = Vec::new();
    let own = listing.files_below(folder).iter().filter(|path| path.parent().as_ref() == Some(folder));
    for path in own.filter(|path| path.file_name().ends_with(".toml")) {
        match read_text(snapshot, path) {
            Ok(text) => files.push((path.clone(), text)),
            Err(fault) => faults.push(*fault),
        }
    }
    files
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
