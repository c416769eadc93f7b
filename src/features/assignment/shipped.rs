//! What an image or a service is by what it ships.

use std::collections::BTreeMap;

use crate::graph::UnitId;
use crate::text::Location;

use super::super::Role;
use super::super::claims::{Claim, decide};
use super::Assignment;

/// The roles that claim a unit with the strongest right, and where the first is said.
pub(super) type Settled = (Vec<(Role, Location)>, Option<Location>);

/// How many images may stand on each other in a row before what they ship says nothing any more.
const DEEPEST: usize = 64;

impl Assignment<'_> {
    /// What is decided about each unit, in their order.
    pub(super) fn settled(&self) -> Vec<Settled> {
        let mut settled: Vec<Option<Settled>> = vec![None; self.graph.units().len()];
        for (id, _) in self.graph.units() {
            self.settle(id, &mut settled, 0);
        }
        settled.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// Decides about a unit: by its claims, or else by what it ships.
    fn settle(&self, id: UnitId, settled: &mut Vec<Option<Settled>>, depth: usize) {
        if settled[id.index()].is_some() {
            return;
        }
        let claims = &self.claims[id.index()];
        let own = decide(claims);
        // Images may be built on each other in a circle, as long as nobody builds them.
        settled[id.index()] = Some(own.clone());
        let runs = &self.graph.unit(id).runs;
        if runs.is_empty() || depth > DEEPEST {
            return;
        }
        runs.iter().for_each(|one| self.settle(*one, settled, depth + 1));
        if let Some((role, place)) = shipped(runs, settled, claims, own.0.first()) {
            settled[id.index()] = Some((vec![(role, place.clone())], Some(place)));
        }
    }
}

/// What an image or a service is by what it ships, where that says more than its own folder: a name does
/// not lose to it, and neither does the folder of an assembly or of test support, which puts others together on
/// purpose. Where it ships units of several roles, they say nothing about whose it is.
fn shipped(
    runs: &[UnitId],
    settled: &[Option<Settled>],
    claims: &[Claim],
    own: Option<&(Role, Location)>,
) -> Option<(Role, Location)> {
    let is_named = claims.iter().any(|claim| claim.rank.is_by_name());
    if is_named || matches!(own, Some((Role::Assembly | Role::TestSupport, _))) {
        return None;
    }
    let first = |one: &UnitId| settled[one.index()].as_ref()?.0.first();
    let told: BTreeMap<Role, &Location> = runs
        .iter()
        .filter_map(first)
        .filter(|(role, _)| *role != Role::Unassigned)
        .map(|(role, place)| (*role, place))
        .collect();
    // What is shared stands beside what it is shared by, and says something only where nothing else does.
    let is_only = told.len() == 1;
    let mut told = told.into_iter().filter(|(role, _)| is_only || *role != Role::Shared);
    match (told.next(), told.next()) {
        (Some((role, place)), None) => Some((role, place.clone())),
        _ => None,
    }
}
