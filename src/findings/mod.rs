//! Rules × graph → findings, sorted; one file per kind of condition.
//!
//! Invariant: a [`Finding`]'s identity is its rule, its kind and the names of what it joins, never a
//! line number; the same snapshot gives the same findings in the same order.

mod catalog;
mod chain;
mod change;
mod copy;
mod coupling;
mod cycle;
mod declaration;
mod entrants;
mod exception;
pub(crate) mod meeting;
mod path;
mod reach;
mod release;
mod trigger;

use std::sync::Arc;

use rayon::prelude::*;

use crate::features::{Configuration, Direction, FeatureMap, REACHING, Reach};
use crate::graph::{
    Coupling, CouplingGraph, CouplingId, CouplingKind, ONLY_TESTS, References, Unit, UnitId, UnitKind,
};
use crate::rules::{Condition, Level, Relation, Rule, RuleSet};
use crate::text::{Date, Location};

pub use change::Earlier;
pub(crate) use change::{circle_through, opened_by, watching};
pub use exception::Excepted;

/// One place where the repository breaks a rule.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// What it does to the exit code.
    pub level: Level,
    /// The kind of the coupling, if it is about one.
    pub kind: Option<CouplingKind>,
    /// The unit that needs the other.
    pub from: Option<Party>,
    /// The unit that is needed.
    pub to: Option<Party>,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it, the best first.
    pub help: Vec<String>,
    /// The lines that cause it, the one to change first.
    pub places: Vec<Place>,
    /// The features that it lets in, sorted.
    pub lets_in: Vec<LetIn>,
    /// More that belongs to it: which units it is about, which steps a circle has.
    pub details: Vec<String>,
    /// What the source of the one unit names of the other, if it is about one coupling of which that is known.
    pub references: Option<Arc<References>>,
    /// The couplings, as pairs of units, of which each by itself is all of it, or a part of the circle;
    /// for exceptions.
    pub cuts: Vec<(UnitId, UnitId)>,
    /// Everybody whom it joins, as pairs of units: all of them together are all of it.
    pub joins: Vec<(UnitId, UnitId)>,
    /// How many ordered pairs of features are coupled by way of it; 0 for the configuration.
    pub weight: usize,
    /// What is shown as one: the rule and who is coupled to whom.
    pub group: String,
    /// What stays the same when files move and lines shift, and names one finding of a report.
    pub identity: String,
    /// The identity, but for a circle's members: its rule.
    pub key: String,
    /// Whom it is about besides: the members of a circle, those who are let in, the units that nothing
    /// names; sorted. A finding is known where an earlier one of the same key had all of its members.
    pub members: Vec<String>,
}

impl Finding {
    /// Whether some of its members are new, and others were there already.
    pub(crate) fn is_new_in_part(&self, members: &[String]) -> bool {
        !members.is_empty() && members.len() < self.members.len()
    }

    /// Says which of its members are new, and by which lines they come, which are told first.
    pub(crate) fn tell_new(&mut self, members: &[String], mut entries: Vec<Place>) {
        // In the sentence itself, since not every format has room for more.
        self.message += &format!(" (new here: {})", listed(members, "nothing"));
        entries.append(&mut self.places);
        self.places = entries;
    }

    /// Says whom it lets in.
    fn let_in(&mut self, features: impl Iterator<Item = LetIn>) {
        self.lets_in = features.collect();
        self.members = self.lets_in.iter().map(|one| one.feature.clone()).collect();
        self.members.sort();
        self.members.dedup();
    }
}

/// What the rules found.
#[derive(Debug)]
pub struct Findings {
    /// Sorted: what fails the check first, and of that the configuration, and then what couples most.
    pub findings: Vec<Finding>,
    /// What exceptions cover, in the same order.
    pub excepted: Vec<Excepted>,
}

/// One end of a coupling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The unit's name.
    pub unit: String,
    /// What it is: its feature's name, or `shared`, `assembly`, …
    pub role: String,
    /// Its feature's name, if it has one.
    pub feature: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

impl Party {
    /// Who a message is about: the feature, or the unit itself where it has none.
    pub fn who(&self) -> &str {
        self.feature.as_deref().unwrap_or(&self.unit)
    }

    /// What it is shown together with: its feature, or the unit itself.
    fn group(&self) -> String {
        match &self.feature {
            Some(feature) => format!("feature {feature}"),
            None => format!("unit {}", self.unit),
        }
    }
}

/// A feature that a coupling lets in, and the shortest way that it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetIn {
    /// The feature.
    pub feature: String,
    /// The names of the units, from the feature's own to the one that is reached.
    pub way: Vec<String>,
}

/// A line, and what to write under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub location: Location,
    /// What to write there.
    pub label: String,
    /// Whether this is a line to change, and not one that it only builds on.
    pub is_cause: bool,
}

/// What every condition is judged on.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The couplings.
    pub graph: &'a CouplingGraph,
    /// Who owns what.
    pub map: &'a FeatureMap,
}

/// What a repository is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// What a person excepts and corrects.
    pub configuration: &'a Configuration,
    /// The day on which exceptions end.
    pub today: Date,
    /// What it was before a change, where a change is judged.
    pub earlier: Option<Earlier<'a>>,
}

/// Judges every active rule, and takes out what exceptions cover.
pub fn find(judged: Judged<'_>, law: Law<'_>) -> Findings {
    let Law { rules, .. } = law;
    let about_couplings: Vec<&Rule> =
        rules.active().filter(|rule| !matches!(rule.condition, Condition::Declaration(_))).collect();
    let found: Vec<Vec<Finding>> = about_couplings.par_iter().map(|rule| of_rule(judged, rule)).collect();
    let mut found = merge_same(found.into_iter().flatten().collect());
    weigh(judged, &mut found);
    let (mut findings, mut excepted, reviewed) = exception::review(judged, law, found);
    for rule in rules.active() {
        if let Condition::Declaration(condition) = &rule.condition {
            findings.extend(declaration::find(judged, rule, condition, &reviewed));
        }
    }
    if let Some(rule) = watching(law) {
        findings.extend(declaration::loosened::find(judged, &rule, law));
    }
    let mut findings = merge_same(findings);
    sort(&mut findings);
    excepted.sort_by(|a, b| sort_key(&a.finding).cmp(&sort_key(&b.finding)));
    Findings { findings, excepted }
}

/// What one rule about couplings finds, exceptions or not.
pub fn of_rule(judged: Judged<'_>, rule: &Rule) -> Vec<Finding> {
    match &rule.condition {
        Condition::Coupling(condition) => coupling::find(judged, rule, condition),
        Condition::Path(condition) => path::find(judged, rule, condition),
        Condition::Cycle(condition) => cycle::find(judged, rule, condition, &|_, _| false, &[]),
        Condition::Meeting(condition) => meeting::find(judged, rule, condition),
        Condition::Reach(condition) => reach::find(judged, rule, condition),
        Condition::Chain(condition) => chain::find(judged, rule, condition, &|_| false),
        Condition::Copy(condition) => copy::find(judged, rule, condition),
        Condition::Trigger(condition) => trigger::find(judged, rule, condition),
        Condition::Catalog(condition) => catalog::find(judged, rule, condition),
        Condition::Declaration(_) => Vec::new(),
    }
}

/// What one rule about couplings finds and no exception covers.
pub fn left_of(judged: Judged<'_>, law: Law<'_>, rule: &Rule) -> Vec<Finding> {
    exception::review(judged, law, of_rule(judged, rule)).0
}

/// Whether an exception of a rule, which has not ended, covers a coupling between two units.
pub fn is_excepted(judged: Judged<'_>, law: Law<'_>, rule: &Rule, pair: (UnitId, UnitId)) -> bool {
    exception::covers(judged, law, rule, pair)
}

/// Says of each coupling how many ordered pairs of features it joins: those that reach its one end,
/// times those that its other end reaches.
fn weigh(judged: Judged<'_>, findings: &mut [Finding]) {
    let is_meant =
        |finding: &Finding| finding.weight == 0 && finding.kind.is_some_and(|kind| REACHING.contains(&kind));
    if !findings.iter().any(is_meant) {
        findings
            .iter_mut()
            .filter(|finding| finding.kind.is_some())
            .for_each(|one| one.weight = one.weight.max(1));
        return;
    }
    let Judged { graph, map } = judged;
    let (to, from) = rayon::join(
        || Reach::new(graph, map, &REACHING, Direction::To),
        || Reach::new(graph, map, &REACHING, Direction::From),
    );
    for finding in findings.iter_mut().filter(|finding| finding.kind.is_some()) {
        if let (true, Some((one, other))) = (is_meant(finding), finding.cuts.first()) {
            finding.weight = Reach::pairs(&to, *one, &from, *other);
        }
        finding.weight = finding.weight.max(1);
    }
}

fn sort_key(finding: &Finding) -> impl Ord + '_ {
    let role = |party: &'_ Option<Party>| party.as_ref().map(|party| party.role.clone());
    let line = finding.places.first().filter(|_| finding.kind.is_none()).map(|place| &place.location);
    // What is wrong with the configuration comes first: other findings may but follow from it.
    (
        finding.level,
        finding.weight > 0,
        std::cmp::Reverse(finding.weight),
        &finding.rule,
        line,
        role(&finding.from),
        role(&finding.to),
        &finding.identity,
    )
}

impl Judged<'_> {
    fn party(&self, unit: UnitId) -> Party {
        Party {
            unit: self.graph.unit(unit).name.clone(),
            role: self.map.role_name(unit),
            feature: self.map.feature_of(unit).map(|id| self.map.feature(id).name.clone()),
            owner: self.map.owner(unit).map(str::to_owned),
        }
    }

    /// Whether two units are this to each other.
    pub(crate) fn is(&self, relation: Relation, from: UnitId, to: UnitId) -> bool {
        let map = self.map;
        let (one, other) = (map.feature_of(from), map.feature_of(to));
        match relation {
            Relation::SameFeature => one.is_some() && one == other,
            Relation::SharesResponsibility => {
                one != other && one.is_some_and(|feature| map.is_excused(feature, to))
            }
            Relation::AlsoInProduction => {
                let kinds = [CouplingKind::Code, CouplingKind::Build];
                self.graph.couplings_between(from, to).any(|id| map.is_of(self.graph, id, &kinds))
            }
            Relation::InAudience => map.is_in_audience(from, to),
            Relation::MayCall => other.is_none_or(|other| map.may_call(one, other)),
            Relation::Consumes => one.zip(other).is_some_and(|(one, other)| map.is_consumed(one, other)),
            Relation::Consumers => one.zip(other).is_some_and(|(one, other)| map.is_consumer(one, other)),
            Relation::Exposed => map.is_exposed(to),
            Relation::Unreferenced => {
                let mut couplings = self.graph.couplings_between(from, to).peekable();
                couplings.peek().is_some() && couplings.all(|id| self.is_unreferenced(id))
            }
            Relation::SameDeployment => map.are_deployed_together(from, to),
            Relation::Versioned => {
                let is_said = other.is_some_and(|other| map.feature(other).versioned.is_some());
                let mut couplings = self.graph.couplings_between(from, to);
                is_said || couplings.all(|id| !map.is_ordered(self.graph, id))
            }
        }
    }

    pub(crate) fn is_any(&self, relations: &[Relation], from: UnitId, to: UnitId) -> bool {
        relations.iter().any(|relation| self.is(*relation, from, to))
    }

    /// As [`Self::is_any`], but nothing asked for is nothing missed.
    pub(crate) fn has_any(&self, relations: &[Relation], from: UnitId, to: UnitId) -> bool {
        relations.is_empty() || self.is_any(relations, from, to)
    }

    /// Whether a coupling breaks a rule: it is one of `when`, if there is any, and none of `unless`.
    fn is_wrong(&self, when: &[Relation], unless: &[Relation], id: CouplingId) -> bool {
        let Coupling { from, to, .. } = self.graph.coupling(id);
        if self.is_told_by_modules(id) {
            return false;
        }
        // What is so of one coupling need not be so of another between the same units.
        let is = |relation: &Relation| match relation {
            Relation::Unreferenced => self.is_unreferenced(id),
            Relation::Exposed => self.map.is_exposed(*to) || self.is_passed_on(id),
            relation => self.is(*relation, *from, *to),
        };
        (when.is_empty() || when.iter().any(is)) && !unless.iter().any(is)
    }

    /// Whether a dependency on a package leads to nothing but modules that belong where it belongs: what couples those
    /// says the same, with the lines of the source, and each of them is judged.
    fn is_told_by_modules(&self, id: CouplingId) -> bool {
        let coupling = self.graph.coupling(id);
        let Some(references) = coupling.references.as_ref().filter(|_| coupling.request.is_some()) else {
            return false;
        };
        let is_module =
            |unit: &UnitId| *unit != coupling.to && self.map.role(*unit) == self.map.role(coupling.to);
        !references.through.is_empty() && references.through.iter().all(is_module)
    }

    /// Whether no source names what a coupling needs, and nothing speaks for a use that nobody sees.
    fn is_unreferenced(&self, id: CouplingId) -> bool {
        self.graph.coupling(id).references.as_ref().is_some_and(|references| references.is_unused())
    }

    /// Whether all that a coupling needs of a unit is passed on by others of the same feature that it exposes. What
    /// passes by one's own modules is judged where it comes in.
    fn is_passed_on(&self, id: CouplingId) -> bool {
        let coupling = self.graph.coupling(id);
        let Some(references) = &coupling.references else { return false };
        let is_door = |unit: &UnitId| {
            *unit != coupling.to
                && self.map.is_exposed(*unit)
                && self.map.feature_of(*unit) == self.map.feature_of(coupling.to)
        };
        let own = self.map.feature_of(coupling.from);
        let is_own = |unit: &UnitId| own.is_some() && self.map.feature_of(*unit) == own;
        !references.through.is_empty() && references.through.iter().all(|unit| is_own(unit) || is_door(unit))
    }

    /// Why no responsibility excuses a coupling of two features.
    fn lack(&self, from: UnitId, to: UnitId) -> String {
        let named = |unit| {
            let feature = self.map.feature_of(unit).map(|id| self.map.feature(id));
            feature.map(|feature| feature.responsibilities.clone()).unwrap_or_default()
        };
        let theirs = named(to);
        let common = named(from).into_iter().filter(|id| theirs.contains(id));
        let common: Vec<String> = common.map(|id| self.map.responsibility(id).name.clone()).collect();
        match common.is_empty() {
            true => "they share no responsibility".to_owned(),
            false => format!("what they share, {}, goes only through other units", listed(&common, "")),
        }
    }

    /// Which of `consumes` and `consumers` shuts a call out.
    fn door(&self, from: UnitId, to: UnitId) -> String {
        let map = self.map;
        let (one, other) = (map.feature_of(from), map.feature_of(to));
        let mut shut = Vec::new();
        if let (Some(one), Some(other)) = (one, other)
            && map.feature(one).consumes.is_some()
            && !map.is_consumed(one, other)
        {
            let (one, other) = (&map.feature(one).name, &map.feature(other).name);
            shut.push(format!("`consumes` of `{one}` does not name `{other}`"));
        }
        if let Some(other) = other
            && map.feature(other).consumers.is_some()
            && !one.is_some_and(|one| map.is_consumer(one, other))
        {
            let caller = one.map_or("the caller".to_owned(), |one| format!("`{}`", map.feature(one).name));
            shut.push(format!("`consumers` of `{}` does not name {caller}", map.feature(other).name));
        }
        shut.join(", and ")
    }

    /// The API packages of a unit's feature, as a hint.
    fn apis(&self, unit: UnitId) -> String {
        let feature = self.map.feature_of(unit);
        let is_own = |id: UnitId| self.map.is_api(id) && self.map.feature_of(id) == feature;
        let is_told = |one: &Unit| one.parent.is_none() || one.is_contract();
        let own = self.graph.units().filter(|(id, one)| is_own(*id) && is_told(one));
        let names: Vec<String> = own.map(|(_, unit)| unit.shown()).take(3).collect();
        listed(&names, "none so far")
    }

    /// What to take out of a package that is shipped as well, as a hint; nothing for every other unit, nor where there is
    /// an API already.
    fn split(&self, package: UnitId) -> String {
        let feature = self.map.feature_of(package);
        let is_shipped = |(id, unit): (UnitId, &Unit)| {
            let is_binary = unit.kind == UnitKind::Binary && unit.parent == Some(package);
            is_binary && self.map.feature_of(id) == feature
        };
        let is_api = |(id, _): (UnitId, &Unit)| self.map.is_api(id) && self.map.feature_of(id) == feature;
        let unit = self.graph.unit(package);
        let is_meant = unit.kind == UnitKind::Package && self.graph.units().any(is_shipped);
        match is_meant && !self.graph.units().any(is_api) {
            false => String::new(),
            true => format!(
                "`{}` is shipped as well: split what others need of it (a client, its types) out into a package of \
                 its own, and name that one in `apis`",
                unit.name
            ),
        }
    }

    /// What to do about a dependency that is there for nothing, or for tests alone; nothing for every other one.
    fn spare(&self, coupling: &Coupling) -> String {
        let from = &self.graph.unit(coupling.from).name;
        match &coupling.references {
            Some(references) if references.is_unused() => {
                format!("remove the dependency: nothing in `{from}` names it")
            }
            Some(references) if references.unclear == Some(ONLY_TESTS) => {
                format!("move it to `[dev-dependencies]`: only tests in `{from}` name it")
            }
            _ => String::new(),
        }
    }

    /// What the one does with the other.
    fn verb(&self, kind: CouplingKind, coupling: &Coupling) -> &'static str {
        let (from, to) = (self.graph.unit(coupling.from), self.graph.unit(coupling.to));
        match kind {
            CouplingKind::Call if to.is_deployed() => "calls",
            CouplingKind::Call if to.is_contract() && coupling.declared.is_none() => match from.is_contract()
            {
                true => "imports",
                false => "is generated from",
            },
            kind => kind.verb(),
        }
    }

    /// The finding of one coupling; `more` fills what only the condition knows.
    fn finding(&self, rule: &Rule, id: CouplingId, more: &dyn Fn(&str) -> Option<String>) -> Finding {
        let coupling = self.graph.coupling(id);
        let kind = self.map.kind(self.graph, id).unwrap_or(coupling.kind);
        let (from, to) = (self.party(coupling.from), self.party(coupling.to));
        let fill = |name: &str| match name {
            "from" => from.unit.clone(),
            "to" => to.unit.clone(),
            "from.role" => from.role.clone(),
            "from.who" => from.who().to_owned(),
            "to.who" => to.who().to_owned(),
            "door" => self.door(coupling.from, coupling.to),
            "lack" => self.lack(coupling.from, coupling.to),
            "to.audience" => listed(&self.map.audience_of(coupling.to).1, "nobody so far"),
            "to.responsibility" => quoted(&self.map.audience_of(coupling.to).0).join(" or "),
            "apis" => self.apis(coupling.to),
            "split" => self.split(coupling.to),
            "spare" => self.spare(coupling),
            "kind" => kind.word().to_owned(),
            "verb" => self.verb(kind, coupling).to_owned(),
            "reason" => coupling.declared.as_deref().unwrap_or_default().to_owned(),
            "conditions" => match coupling.conditions.sentence() {
                empty if empty.is_empty() => match &coupling.declared {
                    Some(reason) => format!(" (declared: {reason})"),
                    None if coupling.promised => " (promised by the catalog)".to_owned(),
                    None => {
                        let common =
                            coupling.common.as_ref().map(|common| format!(" ({})", common.sentence()));
                        common.unwrap_or(empty)
                    }
                },
                sentence => format!(" ({sentence})"),
            },
            name => more(name).unwrap_or_default(),
        };
        let label = rule.label.fill(&fill);
        let places = coupling.evidence.iter().enumerate().map(|(at, location)| Place {
            location: location.clone(),
            label: if at == 0 { label.clone() } else { "which it takes from here".to_owned() },
            is_cause: at == 0,
        });
        let ends = [coupling.from, coupling.to].map(|unit| self.graph.unit(unit).identity());
        Finding {
            rule: rule.id.clone(),
            level: rule.level,
            kind: Some(kind),
            message: rule.message.fill(&fill),
            // A hint that only some couplings get is empty for the others.
            help: rule.help.iter().map(|help| help.fill(&fill)).filter(|help| !help.is_empty()).collect(),
            places: places.collect(),
            lets_in: Vec::new(),
            details: coupling.common.iter().flat_map(|common| common.details()).collect(),
            references: None,
            cuts: vec![(coupling.from, coupling.to)],
            joins: Vec::new(),
            weight: 0,
            group: format!("{} {} -> {}", rule.id, from.group(), to.group()),
            key: format!("{} {} {} -> {}", rule.id, kind.word(), ends[0], ends[1]),
            identity: format!("{} {} {} -> {}", rule.id, kind.word(), ends[0], ends[1]),
            members: Vec::new(),
            from: Some(from),
            to: Some(to),
        }
    }
}

/// One finding for all that a rule has to say about a file of its own.
pub(crate) fn summary_of(rule: &Rule, names: &[(&str, String)], place: Location) -> Finding {
    of_configuration(rule, names, "", place)
}

/// One finding about a line of the configuration; `key` tells it from others of its rule.
pub(crate) fn of_configuration(rule: &Rule, names: &[(&str, String)], key: &str, place: Location) -> Finding {
    declaration::told(rule, names, key, vec![place])
}

/// Puts findings into the order in which they are told.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
}

/// How many names stand in one sentence.
const NAMED: usize = 40;

/// `a`, `b` and `c`.
pub(crate) fn listed(names: &[String], none: &str) -> String {
    listed_first(names, NAMED, none)
}

/// The same with so many names, and how many more there are.
pub(crate) fn listed_first(names: &[String], most: usize, none: &str) -> String {
    if let Some(more @ 2..) = names.len().checked_sub(most) {
        return format!("{} and {more} more", quoted(&names[..most]).join(", "));
    }
    match quoted(names).as_slice() {
        [] => none.to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}

/// Several declarations of one dependency (two platforms, say) are one finding with several places.
fn merge_same(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut position = std::collections::BTreeMap::new();
    for finding in findings {
        match position.get(&finding.identity) {
            None => {
                position.insert(finding.identity.clone(), merged.len());
                merged.push(finding);
            }
            Some(at) => {
                let known: &mut Finding = &mut merged[*at];
                known.places.extend(finding.places);
            }
        }
    }
    merged
}
