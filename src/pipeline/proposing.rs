//! What could be declared, so that nothing that is declared changes its role.

use std::collections::BTreeSet;

use crate::features::{Configuration, FeatureMap, Role, assign};
use crate::graph::{CouplingGraph, Unit, UnitId, UnitKind};
use crate::proposal::{Known, Proposal, extended, propose};
use crate::text::{RepoPath, path_glob};

use super::Repository;

impl Repository {
    /// What could be declared of what nothing assigns yet.
    pub fn propose(&self) -> Proposal {
        let graph = self.stated();
        let known = Known {
            map: &self.map,
            owners: &self.code_owners,
            catalogs: graph.catalogs(),
            problems: &self.linked.problems,
        };
        let mut proposal = propose(graph, known);
        if self.map.is_empty() {
            return proposal;
        }
        // A glob for what is new may be closer to a unit than the one by which a person named it.
        while let Some(after) = self.assigned_with(graph, &proposal) {
            let moved = moved(graph, &self.map, &after);
            if moved.is_empty() || !leave_out(&mut proposal, &moved) {
                proposal.unplaced = unplaced(graph, &after);
                break;
            }
        }
        proposal
    }

    /// Which unit would belong where with what is proposed; `None` if that can't be written.
    fn assigned_with(&self, graph: &CouplingGraph, proposal: &Proposal) -> Option<FeatureMap> {
        let text = extended(&self.configuration.text, proposal).ok()?;
        let (configuration, _) = Configuration::read(&self.configuration.file, &text);
        let nearby = &self.nearby.declarations;
        Some(assign(graph, &configuration, nearby, (&self.listing, &self.linked.problems), &[]))
    }
}

/// What should belong somewhere, and would not.
fn unplaced(graph: &CouplingGraph, after: &FeatureMap) -> Vec<UnitId> {
    let is_wanted =
        |unit: &Unit| matches!(unit.kind, UnitKind::Package | UnitKind::Image) && unit.has_folder();
    let left = graph.units().filter(|(id, unit)| is_wanted(unit) && after.role(*id) == Role::Unassigned);
    left.map(|(id, _)| id).collect()
}

/// The paths of units that would have another role than they have by what is declared.
fn moved(graph: &CouplingGraph, before: &FeatureMap, after: &FeatureMap) -> BTreeSet<RepoPath> {
    let is_moved =
        |id: UnitId| before.role(id) != Role::Unassigned && before.role_name(id) != after.role_name(id);
    let moved = graph.units().filter(|(id, unit)| unit.has_folder() && is_moved(*id));
    moved.map(|(_, unit)| unit.path.clone()).collect()
}

/// Takes every glob out of a proposal that covers one of some paths; `false` if there is none.
fn leave_out(proposal: &mut Proposal, paths: &BTreeSet<RepoPath>) -> bool {
    let covers = |glob: &String| {
        let Ok(matcher) = path_glob(glob) else { return false };
        paths.iter().any(|path| path.with_ancestors().any(|part| matcher.is_match(part)))
    };
    let mut is_changed = false;
    let mut narrow = |globs: &mut Vec<String>| {
        let before = globs.len();
        globs.retain(|glob| !covers(glob));
        is_changed |= globs.len() < before;
    };
    for feature in &mut proposal.features {
        narrow(&mut feature.paths);
    }
    [&mut proposal.shared, &mut proposal.assemblies, &mut proposal.test_support].into_iter().for_each(narrow);
    proposal.features.retain(|feature| !feature.paths.is_empty() || !feature.deployables.is_empty());
    is_changed
}
