//! The way that the data takes, on one screen.

use crate::features::{self, Configuration, FeatureMap, assign, read_nearby};
use crate::findings::{Finding, Judged, find};
use crate::graph::{Linked, link};
use crate::insight::{Independence, independence};
use crate::rules::RuleSet;
use crate::snapshot::Snapshot;
use crate::sources::cargo::CargoCommand;
use crate::sources::read_all;
use crate::text::{Fault, RepoPath};

/// A repository at one moment: its coupling graph, and which unit belongs to which feature.
#[derive(Debug)]
pub struct Repository {
    /// The graph, the packages behind it, and the problems.
    pub linked: Linked,
    /// Who owns what.
    pub map: FeatureMap,
    /// What is judged.
    pub rules: RuleSet,
    /// How many files of a known format `[scan] exclude` took out.
    pub excluded: usize,
}

/// What the rules say about a repository.
#[derive(Debug)]
pub struct Verdict {
    /// Sorted: what fails the check first.
    pub findings: Vec<Finding>,
    /// `None` below two features.
    pub independence: Option<Independence>,
}

impl Repository {
    /// Reads, links and assigns. Cargo is asked only if a command for it is given.
    ///
    /// # Errors
    /// Everything that is wrong with declarations next to the code, each with its place.
    pub fn load(
        snapshot: &dyn Snapshot,
        configuration: &Configuration,
        rules: RuleSet,
        cargo: Option<&CargoCommand>,
    ) -> Result<Self, Vec<Fault>> {
        let is_excluded = |path: &RepoPath| configuration.excludes(path);
        let is_declaration = |_: &str, name: &str| features::notices(name);
        let (listing, mut reading) = read_all(snapshot, &is_declaration, &is_excluded);
        reading.problems.extend(
            listing
                .faults
                .iter()
                .filter(|fault| RepoPath::new(&fault.path).is_none_or(|path| !is_excluded(&path)))
                .cloned(),
        );
        let nearby = read_nearby(snapshot, &listing, &reading, &is_excluded)?;
        let excluded = reading.excluded;
        let linked = link(snapshot, &listing, reading, &is_excluded, cargo);
        let map = assign(&linked.graph, configuration, &nearby, &listing, &linked.problems);
        Ok(Self { linked, map, rules, excluded })
    }

    /// Judges every rule.
    pub fn judge(&self) -> Verdict {
        let judged = Judged { graph: &self.linked.graph, map: &self.map };
        let (findings, independence) =
            rayon::join(|| find(judged, &self.rules), || independence(&self.linked.graph, &self.map));
        Verdict { findings, independence }
    }
}
