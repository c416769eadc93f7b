//! What a change would have been told for by the configuration that it started from, and is not told for by its own.

use std::collections::BTreeSet;

use crate::baseline::KnownFindings;
use crate::features::{Role, amend, assign};
use crate::findings::{Finding, Judged, Law, find, opened_by};
use crate::graph::{UnitId, carry};
use crate::rules::Rule;

use super::Repository;
use super::change::{Own, is_about_declarations};

impl Own {
    /// One finding for all couplings that the change introduces and excuses in the same breath.
    ///
    /// `now` is everything that is found at its end; `rule` is the one by which the rest is told.
    pub(super) fn excused(&self, head: &Repository, now: &[&Finding], rule: &Rule) -> Option<Finding> {
        let told: BTreeSet<(&str, &str)> = now.iter().filter_map(|finding| ends(finding)).collect();
        let is_told = |finding: &Finding| ends(finding).is_some_and(|ends| told.contains(&ends));
        let mut excused = self.would_be_new(head);
        for finding in &mut excused {
            for party in [&mut finding.from, &mut finding.to].into_iter().flatten() {
                party.unit = self.renamed.told_now(&party.unit);
            }
        }
        excused.retain(|finding| !is_told(finding));
        opened_by(rule, &excused)
    }

    /// What the earlier configuration finds at the end of the change, and did not find at its beginning.
    fn would_be_new(&self, head: &Repository) -> Vec<Finding> {
        let own = &self.repository;
        // In the words of the earlier moment, everything that was there is what it was.
        let carried = carry(head.stated(), own.stated());
        let problems = &head.linked.problems;
        let nearby = &own.nearby.declarations;
        let configuration = self.own_law(head);
        let mut map = assign(&carried.graph, &configuration, nearby, (&head.listing, problems), &[]);
        let graph = amend(carried.graph, &mut map, &configuration, &[]);
        map.learn_owners(&graph, &own.code_owners);
        let judged = Judged { graph: &graph, map: &map };
        let law = Law { today: head.today, configuration: &configuration, ..own.law() };
        // The earlier configuration can't know whose it is.
        let is_unknown = |unit: UnitId| {
            let is_old =
                carried.was.get(unit.index()).is_some_and(|was| carried.is_now[was.index()].is_some());
            !is_old && map.role(unit) == Role::Unassigned
        };
        let mut found = find(judged, law).findings;
        found.retain(|finding| {
            let is_about_one = finding.cuts.len() == 1;
            let units = finding.cuts.iter().flat_map(|(from, to)| [*from, *to]);
            is_about_one && !is_about_declarations(&own.rules, finding) && !units.into_iter().any(is_unknown)
        });
        let before = own.judge().findings;
        let known = KnownFindings::new(&before);
        found.retain(|finding| known.news(finding).is_some());
        found
    }
}

/// The units that a finding joins.
fn ends(finding: &Finding) -> Option<(&str, &str)> {
    Some((finding.from.as_ref()?.unit.as_str(), finding.to.as_ref()?.unit.as_str()))
}
