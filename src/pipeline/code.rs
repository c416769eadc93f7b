//! What sources are asked once it is known which features there are.

use crate::features::{Configuration, Depth, FeatureDeclaration, FeatureMap, assign, wanted_code};
use crate::graph::{CouplingGraph, Linked, UnitId, read_code};
use crate::snapshot::{Listing, Snapshot};
use crate::text::RepoPath;

use super::{Loading, Repository, Stage};

/// What sources are asked about.
pub(super) struct Asked<'a> {
    pub(super) snapshot: &'a dyn Snapshot,
    pub(super) listing: &'a Listing,
    pub(super) map: &'a FeatureMap,
    pub(super) configuration: &'a Configuration,
    pub(super) nearby: &'a [FeatureDeclaration],
}

impl Asked<'_> {
    /// Adds to the graph what sources say, as deep as it is wanted; `false` if nothing is asked of them.
    pub(super) fn add_to(&self, linked: &mut Linked, loading: Loading<'_>) -> bool {
        let Self { snapshot, listing, map, configuration, nearby } = *self;
        let wanted = wanted_code(linked, map, configuration, nearby, listing, loading.code);
        if wanted.is_empty() {
            return false;
        }
        loading.watch.begins(Stage::ReadingCode);
        let is_excluded = |path: &RepoPath| configuration.excludes(path);
        let found = read_code((snapshot, loading.cache), listing, &is_excluded, linked, &wanted);
        loading.watch.has_read_code(loading.cache);
        let graph = std::mem::take(&mut linked.graph);
        let problems = &linked.problems;
        let are_of_one = |graph: &CouplingGraph, pairs: &[(UnitId, UnitId)]| {
            let map = assign(graph, configuration, nearby, (listing, problems), &[]);
            pairs.iter().map(|(one, other)| map.role(*one) == map.role(*other)).collect()
        };
        linked.graph = found.applied(graph, &are_of_one);
        true
    }
}

impl Repository {
    /// Asks sources what no manifest states. Who belongs where is asked again where they say something: there may be
    /// more units.
    #[must_use]
    pub fn with_code(mut self, snapshot: &dyn Snapshot, loading: Loading<'_>) -> Self {
        if loading.code == Depth::Nothing {
            return self;
        }
        let stated = self.stated.take();
        let amended = match stated {
            Some(stated) => Some(std::mem::replace(&mut self.linked.graph, stated)),
            None => None,
        };
        let asked = Asked {
            snapshot,
            listing: &self.listing,
            map: &self.map,
            configuration: &self.configuration,
            nearby: &self.nearby.declarations,
        };
        if asked.add_to(&mut self.linked, loading) {
            return self.assigned(&[]);
        }
        if let Some(amended) = amended {
            self.stated = Some(std::mem::replace(&mut self.linked.graph, amended));
        }
        self
    }
}
