//! What two units are to each other: what excuses a coupling between them, and what doesn't.

use crate::graph::{Correction, CouplingGraph, CouplingId, CouplingKind, UnitId};

use super::{Feature, FeatureId, FeatureMap, ResponsibilityId, Role};

impl FeatureMap {
    /// The kind that judges a coupling: using an API package is a call, whatever the manifest says, and
    /// a correction counts. `None` if a person says that it is none at all, or if a catalog alone says that data is
    /// used.
    pub fn kind(&self, graph: &CouplingGraph, id: CouplingId) -> Option<CouplingKind> {
        let coupling = graph.coupling(id);
        let kind = self.kind_between(coupling.kind, coupling.from, coupling.to);
        match (coupling.correction, kind) {
            (Some(Correction::TypesOnly), CouplingKind::Call) => None,
            (Some(Correction::NoOrder), CouplingKind::Start) => None,
            (Some(Correction::NotDeployed), CouplingKind::Code | CouplingKind::Build) => {
                Some(CouplingKind::Test)
            }
            (Some(Correction::NotDeployed), _) => None,
            // That data is used as a catalog alone says is told as what it is: a word that nothing shows.
            (None, CouplingKind::Data) if coupling.promised => None,
            _ => Some(kind),
        }
    }

    /// The kind that judges a coupling of this kind between two units, if nobody corrects it.
    pub fn kind_between(&self, kind: CouplingKind, from: UnitId, to: UnitId) -> CouplingKind {
        match kind {
            CouplingKind::Code | CouplingKind::Build if self.is_call(from, to) => CouplingKind::Call,
            kind => kind,
        }
    }

    /// Whether the one has to be there before the other, as far as the kind says so.
    pub fn is_ordered(&self, graph: &CouplingGraph, id: CouplingId) -> bool {
        graph.coupling(id).correction != Some(Correction::NoOrder)
    }

    /// Whether a coupling is of one of these kinds.
    pub fn is_of(&self, graph: &CouplingGraph, id: CouplingId, kinds: &[CouplingKind]) -> bool {
        self.kind(graph, id).is_some_and(|kind| kinds.contains(&kind))
    }

    /// A feature's own units don't call it when they use its API package: they are built with it.
    fn is_call(&self, from: UnitId, to: UnitId) -> bool {
        self.is_api(to) && self.role(from) != self.role(to)
    }

    /// Whether a responsibility excuses a coupling of this feature to that unit of another one.
    pub fn is_excused(&self, from: FeatureId, to: UnitId) -> bool {
        self.excusing(from, to).next().is_some()
    }

    /// Whether a unit may use one that embodies a responsibility: its feature names it, or it
    /// embodies it as well.
    pub fn is_in_audience(&self, from: UnitId, to: UnitId) -> bool {
        let embodied = &self.embodies[to.index()];
        let own: &[ResponsibilityId] = match self.role(from) {
            Role::Feature(feature) => &self.feature(feature).responsibilities,
            Role::Responsibility(_) => &self.embodies[from.index()],
            _ => &[],
        };
        embodied.iter().any(|id| own.contains(id))
    }

    /// The names of the responsibilities that a unit embodies, and of the features that name them.
    pub fn audience_of(&self, unit: UnitId) -> (Vec<String>, Vec<String>) {
        let embodied = &self.embodies[unit.index()];
        let names = embodied.iter().map(|id| self.responsibility(*id).name.clone());
        let may = |feature: &&Feature| embodied.iter().any(|id| feature.responsibilities.contains(id));
        let features = self.features.iter().filter(may).map(|feature| feature.name.clone());
        (names.collect(), features.collect())
    }

    /// The responsibilities that excuse a coupling of this feature to that unit of another one.
    pub fn excusing(&self, from: FeatureId, to: UnitId) -> impl Iterator<Item = ResponsibilityId> {
        let other = self.feature_of(to).map(|other| self.feature(other).responsibilities.as_slice());
        let theirs = other.unwrap_or_default();
        let own = self.feature(from).responsibilities.iter().copied();
        own.filter(move |id| theirs.contains(id) && self.covers(*id, to))
    }

    /// Whether two features name a responsibility that covers the unit on which they meet.
    pub fn may_meet(&self, one: FeatureId, other: FeatureId, on: UnitId) -> bool {
        self.excusing_meeting(one, other, on).next().is_some()
    }

    /// The responsibilities that excuse two features that meet on a unit.
    pub fn excusing_meeting(
        &self,
        one: FeatureId,
        other: FeatureId,
        on: UnitId,
    ) -> impl Iterator<Item = ResponsibilityId> {
        let theirs = &self.feature(other).responsibilities;
        let own = self.feature(one).responsibilities.iter().copied();
        own.filter(move |id| theirs.contains(id) && self.covers(*id, on))
    }

    /// Whether a responsibility goes through this unit, or through any.
    fn covers(&self, id: ResponsibilityId, unit: UnitId) -> bool {
        self.responsibility(id).goes_through_any() || self.embodies[unit.index()].contains(&id)
    }

    /// The responsibilities that a unit embodies, sorted.
    pub fn embodied(&self, unit: UnitId) -> &[ResponsibilityId] {
        &self.embodies[unit.index()]
    }

    /// Whether the one names the other in `consumes`.
    pub fn is_consumed(&self, from: FeatureId, to: FeatureId) -> bool {
        self.feature(from).consumes.as_ref().is_some_and(|door| door.names(to))
    }

    /// Whether the other names the one in `consumers`.
    pub fn is_consumer(&self, from: FeatureId, to: FeatureId) -> bool {
        self.feature(to).consumers.as_ref().is_some_and(|door| door.names(from))
    }

    /// Whether neither feature closes its door to the other. What belongs to no feature passes only a
    /// door that is open to everybody.
    pub fn may_call(&self, from: Option<FeatureId>, to: FeatureId) -> bool {
        let is_out =
            from.is_none_or(|from| self.feature(from).consumes.is_none() || self.is_consumed(from, to));
        let is_in =
            self.feature(to).consumers.is_none() || from.is_some_and(|from| self.is_consumer(from, to));
        is_out && is_in
    }

    /// Whether others may use the unit: its feature exposes it, or says nothing about what it exposes.
    pub fn is_exposed(&self, unit: UnitId) -> bool {
        self.is_exposed[unit.index()]
    }

    /// The declared deployments that ship a unit, as positions.
    pub fn deployments_of(&self, unit: UnitId) -> &[usize] {
        &self.deployments[unit.index()]
    }

    /// Whether a declared deployment ships both units.
    pub fn are_deployed_together(&self, one: UnitId, other: UnitId) -> bool {
        let (one, other) = (&self.deployments[one.index()], &self.deployments[other.index()]);
        one.iter().any(|id| other.contains(id))
    }

    /// Whether a declared deployment ships the unit.
    pub fn is_deployed_on_purpose(&self, unit: UnitId) -> bool {
        !self.deployments[unit.index()].is_empty()
    }
}
