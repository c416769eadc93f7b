//! What a change introduces: two moments of a repository, under the configuration of the later one.

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::{Baseline, BaselineSize, Baselined, KnownFindings, Reviewed, grown, may_hold};
use crate::features::{
    ChangedTogether, Configuration, CouplingEnd, CouplingStatement, FeatureMap, Renamed, amend, assign,
};
use crate::findings::{Earlier, Finding, Judged, Law, LetIn, Place, circle_through, find, watching};
use crate::graph::cargo::CargoPackages;
use crate::graph::{CouplingGraph, CouplingKind, Linked, UnitId, carry};
use crate::insight::{Independence, independence};
use crate::rules::{Condition, Declared, Level, Rule, RuleSet};
use crate::snapshot::{Cache, Snapshot};
use crate::text::Fault;

use super::code::Asked;
use super::{Loading, Repository, Scan, Verdict};

/// What a change started from, as the configuration of its end judges it.
#[derive(Debug)]
pub struct Base {
    graph: CouplingGraph,
    map: FeatureMap,
    problems: Vec<Fault>,
    /// How many packages there were.
    pub packages: usize,
    /// The same under its own configuration; `None` where it had none that can be read.
    own: Option<Own>,
    /// Whether its own configuration says no different.
    is_under_one_law: bool,
}

/// What a change started from, under the configuration that it had itself.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) repository: Repository,
    /// The unit of the later moment that each of its units is.
    is_now: Vec<Option<UnitId>>,
    pub(super) renamed: Renamed,
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
    /// All that was found at the beginning.
    before: Vec<Finding>,
}

impl Base {
    /// Reads what a change started from. `own` is the configuration that it had itself, if any; `together`, which
    /// features changed together until then, in the words of the head.
    pub fn load(
        snapshot: &dyn Snapshot,
        own: Option<Configuration>,
        head: &Repository,
        cache: &Cache,
        together: &[ChangedTogether],
    ) -> Self {
        let loading = Loading { cache, ..Loading::default() };
        let own = own.and_then(|own| {
            Repository::load_knowing(snapshot, own, head.today, loading, Some(&head.known)).ok()
        });
        let own = own.map(|own| Own::new(own, head));
        let is_same_text =
            own.as_ref().is_some_and(|own| own.repository.configuration.says_the_same(&head.configuration));
        let other;
        let law = match &own {
            Some(own) if !is_same_text && own.or_head_states(head) => {
                other = own.law_of(head);
                &other
            }
            _ => &head.configuration,
        };
        let again;
        let (carried, Linked { problems, cargo, .. }, listing) = match &own {
            Some(Own { repository: own, .. }) if is_same_text => {
                (carry(own.stated(), head.stated()), &own.linked, &own.listing)
            }
            _ => {
                let scan = Scan::new(snapshot, law, Some(&head.known), &());
                let (mut linked, listing) = scan.link(snapshot, law, None, None);
                let nearby = &head.nearby.declarations;
                let map = assign(&linked.graph, law, nearby, (&listing, &linked.problems), &[]);
                let asked = Asked { snapshot, listing: &listing, map: &map, configuration: law, nearby };
                asked.add_to(&mut linked, loading);
                again = (linked, listing);
                let (linked, listing) = &again;
                (carry(&linked.graph, head.stated()), linked, listing)
            }
        };
        // Who owns what depends on names and paths alone, so what is the same now is owned as it is now.
        let role =
            |graph: &CouplingGraph| assign(graph, law, &head.nearby.declarations, (listing, problems), &[]);
        let mut map = role(&carried.graph);
        let mut graph = carried.graph;
        if let (true, Some(own)) = (carried.has_moved, &own) {
            graph = own.where_it_was(graph, &carried.was, &map, &role);
            map = role(&graph);
        }
        let graph = amend(graph, &mut map, law, together);
        map.learn_owners(&graph, &head.code_owners);
        let is_under_one_law = is_same_text
            && !carried.has_moved
            && own.as_ref().is_some_and(|Own { repository: own, .. }| {
                own.nearby.texts == head.nearby.texts && own.rule_files == head.rule_files
            });
        let (problems, packages) = (problems.clone(), cargo.packages.len());
        Self { graph, map, problems, packages, own, is_under_one_law }
    }

    /// Tells a baseline in the words of the later moment, so that what is only called otherwise stays known.
    pub fn retell(&self, baseline: &mut Baseline) {
        let Some(own) = &self.own else { return };
        let told = |text: &mut String| *text = own.renamed.told_now(text);
        for entry in &mut baseline.entries {
            [&mut entry.from, &mut entry.to, &mut entry.about].into_iter().flatten().for_each(told);
            entry.members.iter_mut().for_each(told);
        }
        baseline.tidy();
    }

    /// What it was by its own configuration.
    fn earlier(&self) -> Option<Earlier<'_>> {
        self.own.as_ref().map(|Own { repository: own, is_now, renamed }| Earlier {
            judged: own.judged(),
            rules: &own.rules,
            configuration: &own.configuration,
            is_now,
            renamed,
        })
    }

    /// What rules are judged on, by the later configuration.
    pub(super) fn judged(&self) -> Judged<'_> {
        Judged { graph: &self.graph, map: &self.map }
    }

    /// The same by the configuration that it had then.
    pub(super) fn own(&self) -> Option<&Own> {
        self.own.as_ref()
    }

    /// How many services there were.
    pub fn services(&self) -> usize {
        self.graph.services()
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

    /// A problem in the words of the later moment, wherever its file lies now.
    fn said(&self, fault: &Fault) -> Said {
        match &self.own {
            None => Said::new(&fault.path, &fault.message),
            Some(own) => Said::new(&own.path_now(&fault.path), &own.renamed.told_now(&fault.message)),
        }
    }

    /// Whether a test coupling was there already, and nothing was said of it because the same two units
    /// were coupled in production as well: to mend that must not make it new.
    fn hid(&self, finding: &Finding, later: &CouplingGraph) -> bool {
        let Some((from, to)) = finding.cuts.first().filter(|_| finding.kind == Some(CouplingKind::Test))
        else {
            return false;
        };
        let was = |unit: UnitId| {
            let unit = later.unit(unit).identity();
            self.graph.units().find(|(_, one)| one.identity() == unit).map(|(id, _)| id)
        };
        let Some((from, to)) = was(*from).zip(was(*to)) else { return false };
        let has = |kinds: &[CouplingKind]| {
            self.graph.couplings_between(from, to).any(|id| self.map.is_of(&self.graph, id, kinds))
        };
        has(&[CouplingKind::Test]) && has(&[CouplingKind::Code, CouplingKind::Build])
    }

    /// Every finding that was there: couplings as the later configuration judges them, and what its own
    /// configuration said wrong.
    fn findings(&self, head: &Repository) -> Vec<Finding> {
        let mut found = find(self.judged(), head.law()).findings;
        if !self.is_under_one_law {
            found.retain(|finding| !is_about_declarations(&head.rules, finding));
            found.extend(self.own.iter().flat_map(|own| own.said_wrong(&head.rules)));
        }
        found
    }
}

/// Whether a finding is about the configuration itself.
pub(super) fn is_about_declarations(rules: &RuleSet, finding: &Finding) -> bool {
    rules.get(&finding.rule).is_some_and(|rule| matches!(rule.condition, Condition::Declaration(_)))
}

/// A configuration with other declared couplings, whose ends are told otherwise.
fn with_couplings(
    configuration: &Configuration,
    couplings: &[CouplingStatement],
    told: &dyn Fn(&str) -> String,
) -> Configuration {
    let (mut law, _) = Configuration::read(&configuration.file, &configuration.text);
    let end = |end: &CouplingEnd| CouplingEnd { name: told(&end.name), ..end.clone() };
    let declared = couplings.iter().map(|one| CouplingStatement {
        from: end(&one.from),
        to: end(&one.to),
        ..one.clone()
    });
    law.couplings = declared.collect();
    law
}

impl Own {
    fn new(repository: Repository, head: &Repository) -> Self {
        let is_now = carry(repository.stated(), head.stated()).is_now;
        let (before, now) = (repository.judged(), head.judged());
        let renamed = Renamed::new((before.graph, before.map), (now.graph, now.map), &is_now);
        Self { repository, is_now, renamed }
    }

    /// Where a file lies now that moved with its package.
    fn path_now(&self, path: &str) -> String {
        let earlier = self.repository.stated();
        let around = earlier.units().filter(|(_, unit)| {
            let folder = unit.path.as_str();
            !folder.is_empty() && path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        });
        let nearest = around.max_by_key(|(_, unit)| unit.path.as_str().len());
        let Some((_, unit)) = nearest else { return path.to_owned() };
        let folder = unit.path.as_str();
        format!("{}{}", self.renamed.told_now(folder), &path[folder.len()..])
    }

    /// Leaves units where they were whose move alone, without a word of the configuration, made them
    /// another feature's: what that leads to is new.
    fn where_it_was(
        &self,
        graph: CouplingGraph,
        was: &[UnitId],
        now: &FeatureMap,
        role: &dyn Fn(&CouplingGraph) -> FeatureMap,
    ) -> CouplingGraph {
        let earlier = self.repository.stated();
        let unit = |id: UnitId| was.get(id.index()).map(|was| earlier.unit(*was).clone());
        let there = graph.clone().placed(&unit);
        let map = role(&there);
        let is_same = |id: UnitId, one: &FeatureMap| {
            let before = was.get(id.index()).map(|was| self.repository.map.role_name(*was));
            before.is_some_and(|before| self.renamed.feature_was(&one.role_name(id)) == before)
        };
        graph.placed(&|id| unit(id).filter(|_| !is_same(id, now) && is_same(id, &map)))
    }

    /// Whether either configuration states couplings that no manifest does.
    fn or_head_states(&self, head: &Repository) -> bool {
        !self.repository.configuration.couplings.is_empty() || !head.configuration.couplings.is_empty()
    }

    /// The configuration of the later moment, but for the couplings that were declared then: those are no
    /// law, they are what there was.
    fn law_of(&self, head: &Repository) -> Configuration {
        let own = &self.repository.configuration.couplings;
        with_couplings(&head.configuration, own, &|name| self.renamed.told_now(name))
    }

    /// The other way round: the earlier configuration, and the couplings that are declared now.
    pub(super) fn own_law(&self, head: &Repository) -> Configuration {
        let now = &head.configuration.couplings;
        with_couplings(&self.repository.configuration, now, &|name| self.renamed.told_before(name))
    }

    /// What its configuration said wrong, by the levels and numbers of the later one, in the words of that.
    fn said_wrong(&self, rules: &RuleSet) -> Vec<Finding> {
        let own = &self.repository;
        let by_now = |rule: &Rule| match rule.condition {
            Condition::Declaration(_) => rules.get(&rule.id).unwrap_or(rule).clone(),
            _ => rule.clone(),
        };
        let rules = RuleSet { rules: own.rules.rules.iter().map(by_now).collect() };
        let mut found = find(own.judged(), Law { rules: &rules, ..own.law() }).findings;
        found.retain(|finding| is_about_declarations(&rules, finding));
        for finding in &mut found {
            finding.key = self.renamed.told_now(&finding.key);
            let members = finding.members.iter().map(|member| self.renamed.told_now(member));
            finding.members = members.collect();
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
            before: Vec::new(),
        }
    }

    /// Takes out what the baseline holds, and tells what is wrong with it. `before` is the one that the
    /// change started from.
    pub fn accept(&mut self, baseline: &Baseline, before: Option<&Baseline>, rules: &RuleSet) {
        let mut review = Reviewed::new(baseline);
        self.baselined = review.take(&mut self.verdict.findings, rules);
        self.baselined.extend(review.take(&mut self.inherited, rules));
        self.baseline = Some(review.size());
        // Where the configuration is wrong, what no finding matches may only be out of sight.
        let is_wrong = |finding: &Finding| finding.level == Level::Deny && !may_hold(finding, rules);
        if self.verdict.findings.iter().any(is_wrong) {
            return;
        }
        let Some(stale) = review.stale_finding(rules) else { return };
        let stale_before = before.and_then(|before| {
            let mut review = Reviewed::new(before);
            review.take(&mut self.before.clone(), rules);
            review.stale_finding(rules)
        });
        match KnownFindings::new(stale_before.as_slice()).news(&stale) {
            None => self.inherited.push(stale),
            Some(_) => self.verdict.findings.push(stale),
        }
    }

    /// Tells what the change added to the baseline. `before` is the one that it started from.
    pub fn tell_grown(
        &mut self,
        now: Option<&Baseline>,
        before: Option<&Baseline>,
        (head, base): (&Repository, &Base),
    ) {
        let rule = match base.earlier() {
            Some(earlier) => watching(head.law_since(earlier)),
            None => head.rules.about(Declared::LoosenedBoundaries).cloned(),
        };
        if let Some(rule) = rule.filter(|rule| rule.level != Level::Off) {
            self.verdict.findings.extend(grown(now, before, &rule));
        }
        self.put_openings_first(&head.rules);
    }

    /// Who reads what a change introduces has to know first what it opens.
    fn put_openings_first(&mut self, rules: &RuleSet) {
        let opening = rules.about(Declared::LoosenedBoundaries).map(|rule| rule.id.as_str());
        self.verdict.findings.sort_by_key(|finding| Some(finding.rule.as_str()) != opening);
    }
}

/// The units of each name: a package and its binary may have the same.
type UnitsByName<'g> = BTreeMap<&'g str, Vec<UnitId>>;

fn units_by_name(graph: &CouplingGraph) -> UnitsByName<'_> {
    let mut named = UnitsByName::new();
    for (id, unit) in graph.units() {
        named.entry(&unit.name).or_default().push(id);
    }
    named
}

impl Repository {
    /// The packages of an earlier moment, as this one's configuration reads them. This one has to be loaded to
    /// compare.
    pub fn packages_before(&self, snapshot: &dyn Snapshot) -> CargoPackages {
        let scan = Scan::new(snapshot, &self.configuration, Some(&self.known), &());
        scan.link(snapshot, &self.configuration, None, None).0.cargo
    }

    /// A circle, told by a way round that leads through what is new in it.
    fn through_new(&self, finding: Finding, members: &[String]) -> Finding {
        let told = circle_through(self.judged(), self.law(), &finding, members);
        told.unwrap_or(finding)
    }

    /// The lines by which features that an old coupling lets in now get in: these are the change's own.
    fn entries(&self, named: &UnitsByName<'_>, finding: &Finding, members: &[String]) -> Vec<Place> {
        let graph = &self.linked.graph;
        let unit = |name: &String| named.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
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
        let earlier = base.earlier();
        let (mut verdict, (before, independence_before)) = rayon::join(
            || self.judge_since(earlier),
            || rayon::join(|| base.findings(self), || independence(&base.graph, &base.map)),
        );
        let known = KnownFindings::new(&before);
        let (mut findings, mut inherited) = (Vec::new(), Vec::new());
        let mut named: Option<UnitsByName<'_>> = None;
        for mut finding in std::mem::take(&mut verdict.findings) {
            match known.news(&finding).filter(|_| !base.hid(&finding, &self.linked.graph)) {
                None => inherited.push(finding),
                Some(members) => {
                    if finding.is_new_in_part(&members) {
                        let named = named.get_or_insert_with(|| units_by_name(&self.linked.graph));
                        let entries = self.entries(named, &finding, &members);
                        finding = self.through_new(finding, &members);
                        finding.tell_new(&members, entries);
                    }
                    findings.push(finding);
                }
            }
        }
        let now: Vec<&Finding> = findings.iter().chain(&inherited).collect();
        let gone = known.gone(&now);
        let excused = match (&base.own, earlier.and_then(|earlier| watching(self.law_since(earlier)))) {
            (Some(own), Some(rule)) if !base.is_under_one_law => own.excused(self, &now, &rule),
            _ => None,
        };
        verdict.findings = findings;
        verdict.findings.extend(excused);
        let known: Vec<Said> = base.problems.iter().map(|fault| base.said(fault)).collect();
        let is_known = |fault: &Fault| {
            let now = Said::new(&fault.path, &fault.message);
            known.iter().any(|before| before.holds(&now))
        };
        let (inherited_problems, problems) = self.linked.problems.iter().cloned().partition(is_known);
        Change {
            verdict,
            inherited,
            gone,
            inherited_problems,
            problems,
            independence_before,
            baselined: Vec::new(),
            baseline: None,
            before,
        }
    }
}

/// What a problem says: where, and of whom.
struct Said {
    path: String,
    /// The sentence without the names in it.
    sentence: String,
    names: BTreeSet<String>,
}

impl Said {
    fn new(path: &str, message: &str) -> Self {
        let (mut sentence, mut names) = (String::new(), BTreeSet::new());
        for (at, part) in message.split('`').enumerate() {
            match at % 2 {
                0 if part == ", " => {}
                // A line that shifts makes no problem new.
                0 => sentence.extend(part.chars().filter(|one| !one.is_ascii_digit())),
                _ => drop(names.insert(part.to_owned())),
            }
        }
        Self { path: path.to_owned(), sentence, names }
    }

    /// Whether the other one is the same, or a part of it: a circle that shrank may be told elsewhere.
    fn holds(&self, other: &Self) -> bool {
        let is_there = self.path == other.path && self.names == other.names;
        let is_part = other.names.len() > 1 && other.names.is_subset(&self.names);
        self.sentence == other.sentence && (is_there || is_part)
    }
}
