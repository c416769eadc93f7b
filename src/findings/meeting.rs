//! Features that meet on one unit: each that is coupled to it, by itself or through units of nobody, and
//! the one that owns it.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FeatureId, UnitSet};
use crate::graph::{CouplingId, CouplingKind, UnitId, UnitKind};
use crate::rules::{MeetingCondition, Relation, Rule};

use super::entrants::{Entrant, Entrants, Start, Way, Who};
use super::{Finding, Judged, listed, release};

pub(super) fn find(judged: Judged<'_>, rule: &Rule, condition: &MeetingCondition) -> Vec<Finding> {
    let Judged { graph, map } = judged;
    let (from, on) = (condition.from.resolve(graph, map), condition.on.resolve(graph, map));
    let mut entrants = condition.lets_in.as_ref().map(|lets_in| {
        let start = Start::Units { from: from.clone(), enters_when: &[] };
        Entrants::new(judged, &lets_in.kinds, start, lets_in.through.resolve(graph, map))
    });
    let mut findings = Vec::new();
    let mut jobs = Vec::new();
    let is_release = condition.kinds.contains(&CouplingKind::Release);
    for unit in on.iter() {
        if graph.work_of(unit).is_some() && is_release {
            jobs.push(unit);
            continue;
        }
        let meeting = Meeting::new(judged, condition, &from, entrants.as_mut(), unit);
        findings.extend(meeting.comers.iter().filter_map(|comer| meeting.tell(rule, comer)));
    }
    findings.extend(release::find(judged, rule, condition, &jobs));
    findings
}

/// How many others a finding names: who meets hundreds has to mend it anyway, and naming each to each
/// would take the square of them.
const MOST: usize = 32;

/// Who meets on a unit.
struct Meeting<'a> {
    judged: Judged<'a>,
    condition: &'a MeetingCondition,
    on: UnitId,
    comers: Vec<Comer>,
    /// The units by which each feature is there.
    parties: BTreeMap<FeatureId, BTreeSet<UnitId>>,
}

/// A coupling that leads to the unit.
struct Comer {
    coupling: CouplingId,
    /// The features that come by it.
    features: Vec<Entrant>,
}

impl<'a> Meeting<'a> {
    fn new(
        judged: Judged<'a>,
        condition: &'a MeetingCondition,
        from: &UnitSet,
        mut entrants: Option<&mut Entrants<'_>>,
        on: UnitId,
    ) -> Self {
        let Judged { graph, map } = judged;
        let mut comers = Vec::new();
        let mut parties: BTreeMap<FeatureId, BTreeSet<UnitId>> = BTreeMap::new();
        for coupling in graph.couplings_to(on).filter(|id| map.is_of(graph, *id, &condition.kinds)) {
            let user = graph.coupling(coupling).from;
            let features = match (map.feature_of(user), &mut entrants) {
                (Some(feature), _) if from.contains(user) => {
                    vec![Entrant { who: Who::Feature(feature), way: Way::none(user), units: vec![user] }]
                }
                (None, Some(entrants)) => entrants.of(user).to_vec(),
                _ => continue,
            };
            for entrant in &features {
                if let Some(feature) = entrant.feature() {
                    parties.entry(feature).or_default().extend(&entrant.units);
                }
            }
            comers.push(Comer { coupling, features });
        }
        if let Some(owner) = map.feature_of(on) {
            parties.entry(owner).or_default().insert(on);
        }
        Self { judged, condition, on, comers, parties }
    }

    /// The units of other features that one unit may not meet here. What a feature does with its own is
    /// no fault, and where there is an owner, all others have to ask that one alone.
    fn wrong(&self, feature: FeatureId, unit: UnitId) -> Vec<(FeatureId, UnitId)> {
        let owner = self.judged.map.feature_of(self.on);
        if owner == Some(feature) {
            return Vec::new();
        }
        let others = self
            .parties
            .iter()
            .filter(|(other, _)| **other != feature && owner.is_none_or(|owner| owner == **other));
        let units = others.flat_map(|(other, units)| units.iter().map(|unit| (*other, *unit)));
        let wrong =
            units.filter(|other| !is_right(self.judged, self.condition, (feature, unit), *other, self.on));
        wrong.take(MOST).collect()
    }

    fn tell(&self, rule: &Rule, comer: &Comer) -> Option<Finding> {
        let Judged { graph, map } = self.judged;
        let mut parties: BTreeSet<FeatureId> = BTreeSet::new();
        let mut joins: BTreeSet<(UnitId, UnitId)> = BTreeSet::new();
        let mut wrong_ones = Vec::new();
        for entrant in &comer.features {
            let Some(feature) = entrant.feature() else { continue };
            let mut is_wrong = false;
            for unit in &entrant.units {
                for (other, other_unit) in self.wrong(feature, *unit) {
                    is_wrong = true;
                    parties.extend([feature, other]);
                    joins.insert((*unit, other_unit));
                }
            }
            if is_wrong {
                wrong_ones.push(entrant);
            }
        }
        if wrong_ones.is_empty() {
            return None;
        }
        let names: Vec<String> = parties.iter().map(|id| map.feature(*id).name.clone()).collect();
        let names = listed(&names, "nobody");
        let mut finding = self.judged.finding(rule, comer.coupling, &|name| match name {
            "parties" => Some(names.clone()),
            _ => None,
        });
        let is_own = wrong_ones.iter().all(|entrant| entrant.way.is_none());
        if !is_own {
            finding.let_in(wrong_ones.iter().map(|one| one.named(self.judged, self.on)));
        }
        finding.joins = joins.into_iter().collect();
        finding.group = format!("{} {} {names}", rule.id, graph.unit(self.on).identity());
        finding.weight = parties.len() * (parties.len() - 1);
        Some(finding)
    }
}

/// Whether two features may meet on a unit.
pub(crate) fn is_right(
    judged: Judged<'_>,
    condition: &MeetingCondition,
    (one, one_unit): (FeatureId, UnitId),
    (other, other_unit): (FeatureId, UnitId),
    on: UnitId,
) -> bool {
    let map = judged.map;
    condition.unless.iter().any(|relation| match relation {
        Relation::SharesResponsibility => map.may_meet(one, other, on),
        Relation::SameDeployment => {
            // Who names what ships others says that it ships them on purpose.
            let ships =
                matches!(judged.graph.unit(on).kind, UnitKind::Image | UnitKind::Service | UnitKind::Job);
            (ships && map.is_deployed_on_purpose(on)) || map.are_deployed_together(one_unit, other_unit)
        }
        _ => judged.is(*relation, one_unit, other_unit),
    })
}
