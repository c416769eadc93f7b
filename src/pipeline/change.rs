//! What a change introduces: two moments of a repository, under the configuration of the later one.

use std::collections::BTreeSet;

use crate::baseline::{Baseline, BaselineSize, Baselined, KnownFindings, Reviewed, grown};
use crate::features::{Configuration, FeatureMap, amend, assign};
use crate::findings::{Earlier, Finding, Judged, LetIn, Place, find};
use crate::graph::{CouplingGraph, Linked, UnitId, carry};
use crate::insight::{Independence, independence};
use crate::rules::{Condition, Declared, RuleSet};
use crate::snapshot::Snapshot;
use crate::text::Fault;

use super::{Repository, Scan, Verdict};

/// What a change started from, as the configuration of its end judges it.
#[derive(Debug)]
pub struct Base {
    graph: CouplingGraph,
    map: FeatureMap,
    problems: Vec<Fault>,
    /// How many packages there were.
    pub packages: usize,
    /// The same under its own configuration, and the units of the later moment that its units are;
    /// `None` where it had none that can be read.
    own: Option<(Repository, Vec<Option<UnitId>>)>,
    /// Whether its own configuration says no different.
    is_under_one_law: bool,
}

/// What a change does.
#[derive(Debug)]
pub struct Change {
    /// What it introduces, and what exceptions cover.
    pub verdict: Verdict,
    /// What was there already.
    pub inherited: Vec<Finding>,
    /// What it removes.
    pub gone: Vec<Finding>,
    /// What could not be read before either.
    pub inherited_problems: Vec<Fault>,
    /// What can't be read since then.
    pub problems: Vec<Fault>,
    /// As it was, under the same configuration.
    pub independence_before: Option<Independence>,
    /// What the baseline holds.
    pub baselined: Vec<Baselined>,
    /// How large the baseline is; `None` without one.
    pub baseline: Option<BaselineSize>,
}

impl Base {
    /// Reads what a change started from. `own` is the configuration that it had itself, if any.
    pub fn load(snapshot: &dyn Snapshot, own: Option<Configuration>, head: &Repository) -> Self {
        let own = own.and_then(|own| {
            Repository::load_knowing(snapshot, own, head.today, None, Some(&head.known)).ok()
        });
        let is_same_text =
            own.as_ref().is_some_and(|own| own.configuration.says_the_same(&head.configuration));
        let again;
        let (carried, problems, packages, listing) = match &own {
            Some(own) if is_same_text => {
                let linked = &own.linked;
                (
                    carry(own.stated(), head.stated()),
                    &linked.problems,
                    linked.cargo.packages.len(),
                    &own.listing,
                )
            }
            _ => {
                let scan = Scan::new(snapshot, &head.configuration, Some(&head.known));
                again = scan.link(snapshot, &head.configuration, None);
                let (Linked { graph, problems, cargo, .. }, listing) = &again;
                (carry(graph, head.stated()), problems, cargo.packages.len(), listing)
            }
        };
        // Who owns what depends on names and paths alone, so what is the same now is owned as it is now.
        let mut map =
            assign(&carried.graph, &head.configuration, &head.nearby.declarations, listing, problems);
        let graph = amend(carried.graph, &mut map, &head.configuration);
        map.learn_owners(&graph, &head.code_owners);
        let is_under_one_law = is_same_text
            && !carried.has_moved
            && own.as_ref().is_some_and(|own| {
                own.nearby.texts == head.nearby.texts && own.rule_files == head.rule_files
            });
        let problems = problems.clone();
        let own = own.map(|own| {
            let is_now = match is_same_text {
                true => carried.is_now,
                false => carry(own.stated(), head.stated()).is_now,
            };
            (own, is_now)
        });
        Self { graph, map, problems, packages, own, is_under_one_law }
    }

    /// How many couplings there were.
    pub fn couplings(&self) -> usize {
        self.graph.couplings().len()
    }

    /// How many features had a unit.
    pub fn features(&self) -> usize {
        self.map.inhabited().len()
    }

    /// Whether it had a configuration of its own that could be read.
    pub fn is_configured(&self) -> bool {
        self.own.is_some()
    }

    /// Every finding that was there: couplings as the later configuration judges them, and what its own
    /// configuration said wrong.
    fn findings(&self, head: &Repository) -> Vec<Finding> {
        let about_couplings = |rules: &RuleSet, finding: &Finding| {
            let rule = rules.get(&finding.rule);
            rule.is_some_and(|rule| !matches!(rule.condition, Condition::Declaration(_)))
        };
        let judged = Judged { graph: &self.graph, map: &self.map };
        let mut found = find(judged, head.law()).findings;
        if !self.is_under_one_law {
            found.retain(|finding| about_couplings(&head.rules, finding));
            if let Some((own, _)) = &self.own {
                let own_findings = own.judge().findings.into_iter();
                found.extend(own_findings.filter(|finding| !about_couplings(&own.rules, finding)));
            }
        }
        found
    }
}

impl Change {
    /// What there is, as if all of it were new.
    pub fn of_everything(repository: &Repository) -> Self {
        Self {
            verdict: repository.judge(),
            inherited: Vec::new(),
            gone: Vec::new(),
            inherited_problems: Vec::new(),
            problems: repository.linked.problems.clone(),
            independence_before: None,
            baselined: Vec::new(),
            baseline: None,
        }
    }

    /// Takes out what the baseline holds, and tells what is wrong with it.
    pub fn accept(&mut self, baseline: &Baseline, rules: &RuleSet) {
        let mut review = Reviewed::new(baseline);
        self.baselined = review.take(&mut self.verdict.findings);
        self.baselined.extend(review.take(&mut self.inherited));
        self.baseline = Some(review.size());
        self.verdict.findings.extend(review.stale_finding(rules));
    }

    /// Tells what the change added to the baseline. `before` is the one that it started from.
    pub fn tell_grown(&mut self, now: Option<&Baseline>, before: Option<&Baseline>, rules: &RuleSet) {
        self.verdict.findings.extend(grown(now, before, rules));
        self.put_openings_first(rules);
    }

    /// Who reads what a change introduces has to know first what it opens.
    fn put_openings_first(&mut self, rules: &RuleSet) {
        let opening = rules.about(Declared::LoosenedBoundaries).map(|rule| rule.id.as_str());
        self.verdict.findings.sort_by_key(|finding| Some(finding.rule.as_str()) != opening);
    }
}

impl Repository {
    /// The lines by which features that an old coupling lets in now get in: these are the change's own.
    fn entries(&self, finding: &Finding, members: &[String]) -> Vec<Place> {
        let graph = &self.linked.graph;
        let unit = |name: &String| {
            let named = graph.units().filter(|(_, unit)| unit.name == *name).map(|(id, _)| id);
            named.collect::<Vec<UnitId>>()
        };
        let new = finding.lets_in.iter().filter(|one| members.contains(&one.feature));
        let entry = |one: &LetIn| {
            let (from, to) = (unit(one.way.first()?), unit(one.way.get(1)?));
            let ends = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
            let id = ends.flat_map(|(from, to)| graph.couplings_between(from, to)).next()?;
            let location = graph.coupling(id).evidence.first()?.clone();
            Some(Place { location, label: format!("`{}` gets in here", one.feature), is_cause: true })
        };
        new.filter_map(entry).collect()
    }

    /// What a change that ends here introduces.
    pub fn judge_change(&self, base: &Base) -> Change {
        let earlier = base.own.as_ref().map(|(own, is_now)| Earlier {
            judged: own.judged(),
            rules: &own.rules,
            configuration: &own.configuration,
            is_now,
        });
        let (mut verdict, (before, independence_before)) = rayon::join(
            || self.judge_since(earlier),
            || rayon::join(|| base.findings(self), || independence(&base.graph, &base.map)),
        );
        let known = KnownFindings::new(&before);
        let (mut findings, mut inherited) = (Vec::new(), Vec::new());
        for mut finding in std::mem::take(&mut verdict.findings) {
            match known.news(&finding) {
                None => inherited.push(finding),
                Some(members) => {
                    if finding.is_new_in_part(&members) {
                        let entries = self.entries(&finding, &members);
                        finding.tell_new(&members, entries);
                    }
                    findings.push(finding);
                }
            }
        }
        let now: Vec<&Finding> = findings.iter().chain(&inherited).collect();
        let gone = known.gone(&now);
        verdict.findings = findings;
        let told = |fault: &Fault| (fault.path.clone(), fault.message.clone());
        let known: BTreeSet<(String, String)> = base.problems.iter().map(told).collect();
        let (inherited_problems, problems) =
            self.linked.problems.iter().cloned().partition(|fault| known.contains(&told(fault)));
        Change {
            verdict,
            inherited,
            gone,
            inherited_problems,
            problems,
            independence_before,
            baselined: Vec::new(),
            baseline: None,
        }
    }
}
