//! What a change opens: boundaries that were closed before it.
//!
//! Nothing here is wrong by itself. But who opens a door and walks through it in the same change does what
//! no other finding tells, so each opening is told for itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{
    Budget, CorrectionStatement, Exception, Feature, FeatureDeclaration, FeatureMap, Responsibility, Role,
};
use crate::graph::{CouplingKind, UnitId};
use crate::rules::{Level, Origin, Rule};
use crate::text::{Location, Span, Spanned};

use super::super::{Earlier, Finding, Judged, Law, listed, of_rule};
use super::told;

pub(in crate::findings) fn find(judged: Judged<'_>, rule: &Rule, law: Law<'_>) -> Vec<Finding> {
    let Some(earlier) = law.earlier else { return Vec::new() };
    let change = Comparison::new(judged, law, earlier);
    let mut openings = change.exceptions();
    openings.extend(change.corrections());
    openings.extend(change.rules());
    openings.extend(change.budgets());
    let selectors = change.selectors();
    let new_lines = selectors.iter().map(|opening| opening.location.clone()).collect();
    openings.extend(selectors);
    openings.extend(change.responsibilities());
    openings.extend(change.doors());
    openings.extend(change.units(&new_lines));
    // Nested features inherit a door, and what is new in it.
    let mut told = BTreeSet::new();
    openings.retain(|opening| told.insert((opening.what.clone(), opening.location.clone())));
    openings.into_iter().map(|opening| opening.tell(rule)).collect()
}

/// Something that is open now and was not.
struct Opening {
    /// What it is, as a sentence.
    what: String,
    /// A few words for the line.
    label: &'static str,
    location: Location,
    details: Vec<String>,
}

impl Opening {
    fn tell(self, rule: &Rule) -> Finding {
        let names = [("name", self.what.clone()), ("reason", self.label.to_owned())];
        Finding { details: self.details, ..told(rule, &names, &self.what, vec![self.location]) }
    }
}

struct Comparison<'a> {
    judged: Judged<'a>,
    law: Law<'a>,
    earlier: Earlier<'a>,
    /// The unit that each unit was; `None` for one that was not there.
    was: Vec<Option<UnitId>>,
}

impl<'a> Comparison<'a> {
    fn new(judged: Judged<'a>, law: Law<'a>, earlier: Earlier<'a>) -> Self {
        let mut was = vec![None; judged.graph.units().len()];
        for (id, _) in earlier.judged.graph.units() {
            if let Some(now) = earlier.is_now.get(id.index()).copied().flatten() {
                was[now.index()] = Some(id);
            }
        }
        Self { judged, law, earlier, was }
    }

    /// The feature that a feature was.
    fn former(&self, name: &'a str) -> Option<&'a Feature> {
        let name = self.earlier.renamed.feature_was(name);
        self.earlier.judged.map.features.iter().find(|feature| feature.name == name)
    }

    /// The first line of the configuration, for what stands nowhere any more.
    fn file(&self) -> Location {
        Location { path: self.law.configuration.file.clone(), span: Span::default() }
    }

    fn in_file(&self, span: Span) -> Location {
        Location { path: self.law.configuration.file.clone(), span }
    }

    fn exceptions(&self) -> Vec<Opening> {
        let before = &self.earlier.configuration.exceptions;
        let opening = |exception: &Exception| {
            let named = format!("the exception from `{}` for {}", exception.rule.value, exception.written);
            let until = exception.until.map_or("for ever".to_owned(), |until| format!("until {until}"));
            let written = self.earlier.renamed.told_before(&exception.written);
            let is_same = |one: &&Exception| one.rule.value == exception.rule.value && one.written == written;
            // One without an end lasts longest.
            let known = before.iter().filter(is_same).map(|known| known.until);
            let what = match known.max_by_key(|until| (until.is_none(), *until)) {
                None => format!("{named} is new ({until})"),
                Some(Some(before)) if exception.until.is_none_or(|until| until > before) => {
                    format!("{named} lasts {until} now, and not only until {before}")
                }
                _ => return None,
            };
            let details = vec![format!("its reason: {}", exception.reason)];
            Some(Opening { what, label: "excepts more", location: exception.declared_at.clone(), details })
        };
        self.law.configuration.exceptions.iter().filter_map(opening).collect()
    }

    fn corrections(&self) -> Vec<Opening> {
        let known: BTreeSet<(Option<CouplingKind>, &str, &str)> = self
            .earlier
            .configuration
            .corrections
            .iter()
            .map(|one| (one.kind, one.written.as_str(), one.correction.word()))
            .collect();
        let all = self.law.configuration.corrections.iter();
        let is_known = |one: &&CorrectionStatement| {
            let written = self.earlier.renamed.told_before(&one.written);
            known.contains(&(one.kind, written.as_str(), one.correction.word()))
                || known.contains(&(None, written.as_str(), one.correction.word()))
        };
        let new = all.filter(|one| !is_known(one));
        let opening = |one: &CorrectionStatement| Opening {
            what: format!("the correction of {} to `{}` is new", one.written, one.correction.word()),
            label: "takes a coupling out of what is judged",
            location: one.declared_at.clone(),
            details: vec![format!("its reason: {}", one.reason)],
        };
        new.map(opening).collect()
    }

    /// Rules that are milder, or no more, or that find less than they would have.
    fn rules(&self) -> Vec<Opening> {
        let mut openings = Vec::new();
        for before in self.earlier.rules.active() {
            let Some(now) = self.law.rules.get(&before.id) else {
                openings.push(Opening {
                    what: format!("rule `{}` is no more", before.id),
                    label: "names no such rule",
                    location: self.file(),
                    details: vec![format!("it stood in {}", before.declared_at.path)],
                });
                continue;
            };
            // What the tool brings stands in no file of the repository.
            let written = Some(&now.declared_at).filter(|_| now.origin != Origin::BuiltIn);
            let location = now.set_at.as_ref().or(written).cloned().unwrap_or_else(|| self.file());
            if now.level > before.level {
                let (now, before_word) = (now.level.word(), before.level.word());
                openings.push(Opening {
                    what: format!("rule `{}` is `{now}`, and was `{before_word}`", before.id),
                    label: "milder",
                    location: location.clone(),
                    details: Vec::new(),
                });
            }
            for (limit, was) in now.condition.limits().into_iter().zip(before.condition.limits()) {
                // A warning that comes earlier is no milder one.
                let is_milder = match (limit.name, limit.value > was.value) {
                    ("days", is_more) => !is_more && limit.value != was.value,
                    (_, is_more) => is_more,
                };
                if is_milder && limit.name == was.name {
                    openings.push(Opening {
                        what: format!(
                            "`{}` of rule `{}` is {}, and was {}",
                            limit.name, before.id, limit.value, was.value
                        ),
                        label: "milder",
                        location: limit.set_at.map_or_else(|| location.clone(), |span| self.in_file(span)),
                        details: Vec::new(),
                    });
                }
            }
            openings.extend(self.rewritten(before, now));
        }
        openings
    }

    /// Budgets that allow more than they did, or are no more.
    fn budgets(&self) -> Vec<Opening> {
        let told_before = |name: &str| self.earlier.renamed.told_before(name);
        let now = self.law.configuration.budgets.all();
        let opening = |before: &Budget| {
            let Some(now) = now.iter().find(|now| now.is_about_the_same(before, &told_before)) else {
                return Some(Opening {
                    what: format!("the budget {} is no more", before.name()),
                    label: "names no such budget",
                    location: self.file(),
                    details: vec![format!("its limit was {}", before.shown(before.limit))],
                });
            };
            (now.allowed() > before.allowed()).then(|| Opening {
                what: format!(
                    "the limit of the budget {} is {}, and was {}",
                    now.name(),
                    now.shown(now.limit),
                    before.shown(before.limit)
                ),
                label: "allows more",
                location: now.declared_at.clone(),
                details: Vec::new(),
            })
        };
        self.earlier.configuration.budgets.all().iter().filter_map(opening).collect()
    }

    /// A user's rule that says something else, and misses what it would have found here before.
    fn rewritten(&self, before: &Rule, now: &Rule) -> Option<Opening> {
        if now.origin == Origin::BuiltIn || now.level == Level::Off {
            return None;
        }
        let found = |rule: &Rule| -> BTreeSet<String> {
            of_rule(self.judged, rule).into_iter().map(|finding| finding.key).collect()
        };
        let kept = found(now);
        let missed: Vec<String> = found(before).into_iter().filter(|key| !kept.contains(key)).collect();
        (!missed.is_empty()).then(|| Opening {
            what: format!("rule `{}` is rewritten, and finds less than it did", before.id),
            label: "says something else now",
            location: now.declared_at.clone(),
            details: missed.iter().take(MOST).map(|key| format!("no longer: {key}")).collect(),
        })
    }

    /// Paths and names in `[shared]`, `[assemblies]` and the like that were not there.
    fn selectors(&self) -> Vec<Opening> {
        let known: BTreeSet<(String, &str)> = self
            .earlier
            .configuration
            .openings()
            .into_iter()
            .map(|(place, written)| (place, written.value.as_str()))
            .collect();
        // A responsibility that went through anything goes through less, if it names what.
        let narrowed = self.judged.map.responsibilities.iter().filter(|one| {
            let mut before = self.earlier.judged.map.responsibilities.iter();
            before.find(|was| was.name == one.name).is_none_or(|was| was.goes_through_any())
        });
        let narrowed: BTreeSet<String> =
            narrowed.map(|one| format!("`through` of responsibility `{}`", one.name)).collect();
        let renamed = self.earlier.renamed;
        let is_new = |(place, written): &(String, &Spanned<String>)| {
            let (place_before, before) = (renamed.told_before(place), renamed.told_before(&written.value));
            !narrowed.contains(place) && !known.contains(&(place_before, before.as_str()))
        };
        let all = self.law.configuration.openings();
        let opening = |(place, written): (String, &Spanned<String>)| {
            let location = self.in_file(written.span);
            let details = self.taken_by(&location);
            Opening {
                what: format!("`{}` is new in {place}", written.value),
                label: "opens more",
                location,
                details,
            }
        };
        all.into_iter().filter(is_new).map(opening).collect()
    }

    /// What a declaration takes that belonged elsewhere.
    fn taken_by(&self, location: &Location) -> Vec<String> {
        let (graph, map) = (self.judged.graph, self.judged.map);
        let is_taken =
            |id: &UnitId| map.assigned_by(*id) == Some(location) && graph.unit(*id).parent.is_none();
        let taken = graph.units().map(|(id, _)| id).filter(is_taken);
        let told = taken.map(|id| {
            let name = graph.unit(id).shown();
            match self.was[id.index()] {
                None => format!("`{name}`, which is new"),
                Some(was) => {
                    let before = self.earlier.judged.map;
                    format!("`{name}`, which {}", role_before(before, before.role(was), true))
                }
            }
        });
        told.take(MOST).collect()
    }

    /// Responsibilities that excuse more pairs of features.
    fn responsibilities(&self) -> Vec<Opening> {
        let (map, before) = (self.judged.map, self.earlier.judged.map);
        let named = |map: &FeatureMap, feature: &Feature| -> BTreeSet<String> {
            feature.responsibilities.iter().map(|id| map.responsibility(*id).name.clone()).collect()
        };
        let is_new_to = |feature: &'a Feature, name: &String| {
            !self.former(&feature.name).is_some_and(|was| named(before, was).contains(name))
        };
        let mut openings = Vec::new();
        for feature in &map.features {
            let parents = || map.features.iter().filter(|other| is_nested_in(&feature.name, &other.name));
            for id in &feature.responsibilities {
                let responsibility = map.responsibility(*id);
                let name = &responsibility.name;
                let is_inherited =
                    |parent: &'a Feature| named(map, parent).contains(name) && is_new_to(parent, name);
                if !is_new_to(feature, name) || parents().any(is_inherited) {
                    continue;
                }
                let others = map.features.iter().filter(|other| {
                    other.name != feature.name
                        && other.responsibilities.contains(id)
                        && !self.was_excused(feature, other, responsibility)
                });
                let others: Vec<String> = others.map(|other| other.name.clone()).collect();
                // What nobody else names excuses nothing yet.
                if others.is_empty() {
                    continue;
                }
                openings.push(Opening {
                    what: format!("feature `{}` names responsibility `{name}`", feature.name),
                    label: "excuses couplings",
                    location: self.written(feature, name),
                    details: vec![format!("it excuses couplings with {}", listed(&others, "nobody"))],
                });
            }
        }
        let was_narrow = |name: &str| {
            before.responsibilities.iter().any(|one| one.name == name && !one.goes_through_any())
        };
        let wide = map.responsibilities.iter().filter(|one| one.goes_through_any() && was_narrow(&one.name));
        openings.extend(wide.map(|one| Opening {
            what: format!("responsibility `{}` goes through any unit, and not only those it named", one.name),
            label: "excuses more",
            location: one.declared_at.clone(),
            details: Vec::new(),
        }));
        openings
    }

    /// Whether two features had a responsibility in common that went at least as far as this one.
    fn was_excused(&self, one: &'a Feature, other: &'a Feature, now: &Responsibility) -> bool {
        let (Some(one), Some(other)) = (self.former(&one.name), self.former(&other.name)) else {
            return false;
        };
        let goes_as_far = |was: &Responsibility| {
            was.goes_through_any()
                || !now.goes_through_any() && now.goes_through().is_subset(&was.goes_through())
        };
        let mut common = one.responsibilities.iter().filter(|id| other.responsibilities.contains(id));
        common.any(|id| goes_as_far(self.earlier.judged.map.responsibility(*id)))
    }

    /// Where a feature names a responsibility; its declaration if it inherits it.
    fn written(&self, feature: &Feature, responsibility: &str) -> Location {
        let own = |one: &&FeatureDeclaration| one.name.value == feature.name;
        let mut declared = self.law.configuration.features.iter().filter(own);
        let word =
            declared.find_map(|one| one.responsibilities.iter().find(|word| word.value == responsibility));
        word.map_or_else(|| feature.declared_at.clone(), |word| self.in_file(word.span))
    }

    /// `consumes`, `consumers` and `exposes` that let more through.
    fn doors(&self) -> Vec<Opening> {
        let mut openings = Vec::new();
        for feature in &self.judged.map.features {
            let Some(was) = self.former(&feature.name) else { continue };
            for (key, now, before) in [
                ("consumes", &feature.consumes, &was.consumes),
                ("consumers", &feature.consumers, &was.consumers),
            ] {
                let Some(before) = before else { continue };
                let Some(now) = now else {
                    openings.push(Opening {
                        what: format!(
                            "feature `{}` has no `{key}` any more: every call is allowed",
                            feature.name
                        ),
                        label: "open to all",
                        location: feature.declared_at.clone(),
                        details: Vec::new(),
                    });
                    continue;
                };
                let known: BTreeSet<&str> = before.names.iter().map(|name| name.written.as_str()).collect();
                let is_known = |name: &str| known.contains(self.earlier.renamed.told_before(name).as_str());
                let new = now.names.iter().filter(|name| !is_known(&name.written));
                openings.extend(new.map(|name| Opening {
                    what: format!("`{}` is new in `{key}` of feature `{}`", name.written, name.declared_in),
                    label: "lets one more through",
                    location: name.location.clone(),
                    details: Vec::new(),
                }));
            }
        }
        openings.extend(self.exposed());
        openings
    }

    /// Units that others may use now.
    fn exposed(&self) -> Vec<Opening> {
        let (map, before) = (self.judged.map, self.earlier.judged.map);
        let mut by_feature: BTreeMap<&str, (Location, Vec<String>)> = BTreeMap::new();
        for (id, unit) in self.judged.graph.units() {
            let (Some(was), Some(feature)) = (self.was[id.index()], map.feature_of(id)) else { continue };
            let feature = map.feature(feature);
            let was_closed = !before.is_exposed(was)
                && before.feature_of(was).is_some_and(|id| {
                    before.feature(id).name == self.earlier.renamed.feature_was(&feature.name)
                });
            if was_closed && map.is_exposed(id) {
                let known = by_feature.entry(&feature.name);
                known.or_insert((feature.declared_at.clone(), Vec::new())).1.push(unit.shown());
            }
        }
        let opening = |(feature, (location, units)): (&str, (Location, Vec<String>))| Opening {
            what: format!(
                "feature `{feature}` exposes {}, which it kept to itself",
                listed(&units, "nothing")
            ),
            label: "exposes more",
            location,
            details: Vec::new(),
        };
        by_feature.into_iter().map(opening).collect()
    }

    /// Units that belong to another feature now, or to none.
    fn units(&self, new: &BTreeSet<Location>) -> Vec<Opening> {
        let (graph, map, before) = (self.judged.graph, self.judged.map, self.earlier.judged.map);
        let mut by_roles: BTreeMap<(Role, Role, bool), (Location, Vec<String>)> = BTreeMap::new();
        for (id, unit) in graph.units() {
            let Some(was) = self.was[id.index()] else { continue };
            let is_api_now = map.is_api(id) && !before.is_api(was);
            let (old, now) = (before.role(was), map.role(id));
            let is_moved = !self.is_same(old, now) && is_opened(old, now);
            let location = map.assigned_by(id).unwrap_or(&unit.declared_at);
            // What a new line takes is told there.
            let is_told = new.contains(location);
            // A binary that goes, and went, with its package says nothing more.
            let goes_with = |parent: UnitId| {
                let parent_was = self.was[parent.index()].map(|was| before.role(was));
                map.role(parent) == now && parent_was == Some(old)
            };
            if is_told || unit.parent.is_some_and(goes_with) || !(is_moved || is_api_now) {
                continue;
            }
            let known = by_roles.entry((old, now, is_api_now)).or_insert((location.clone(), Vec::new()));
            known.1.push(unit.shown());
        }
        let opening =
            |((old, now, is_api), (location, units)): ((Role, Role, bool), (Location, Vec<String>))| {
                let is_one = units.len() == 1;
                let then = role_before(before, old, is_one);
                let now = match is_api && self.is_same(old, now) {
                    true => "published as its API".to_owned(),
                    false => role_now(map, now, is_one),
                };
                let is = if is_one { "is" } else { "are" };
                Opening {
                    what: format!("{} {then}, and {is} {now} now", listed(&units, "nothing")),
                    label: "belongs elsewhere now",
                    location,
                    details: Vec::new(),
                }
            };
        by_roles.into_iter().map(opening).collect()
    }

    /// Whether a role is what another one was, by whatever name.
    fn is_same(&self, before: Role, now: Role) -> bool {
        let (map, map_before) = (self.judged.map, self.earlier.judged.map);
        match (before, now) {
            (Role::Feature(was), Role::Feature(is)) => {
                map_before.feature(was).name == self.earlier.renamed.feature_was(&map.feature(is).name)
            }
            (Role::Responsibility(was), Role::Responsibility(is)) => {
                map_before.responsibility(was).name == map.responsibility(is).name
            }
            (before, now) => before == now,
        }
    }
}

/// What a unit was, as a sentence goes on.
fn role_before(map: &FeatureMap, role: Role, is_one: bool) -> String {
    match role {
        Role::Feature(id) => format!("belonged to feature `{}`", map.feature(id).name),
        Role::Responsibility(id) => format!("embodied responsibility `{}`", map.responsibility(id).name),
        role => format!("{} {}", if is_one { "was" } else { "were" }, role_now(map, role, is_one)),
    }
}

/// What a unit is, behind `is` or `are`.
fn role_now(map: &FeatureMap, role: Role, is_one: bool) -> String {
    match role {
        Role::Feature(id) => format!("part of feature `{}`", map.feature(id).name),
        Role::Responsibility(id) => format!("part of responsibility `{}`", map.responsibility(id).name),
        Role::Assembly if is_one => "an assembly".to_owned(),
        Role::Assembly => "assemblies".to_owned(),
        Role::Shared => "shared".to_owned(),
        Role::TestSupport => "test support".to_owned(),
        Role::Unassigned => "unassigned".to_owned(),
    }
}

/// Whether a feature's name is that of one nested in another.
fn is_nested_in(name: &str, parent: &str) -> bool {
    name.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

/// How many details are told.
const MOST: usize = 12;

/// Whether a unit that changes its role is allowed more than it was, or lets more be allowed.
fn is_opened(before: Role, now: Role) -> bool {
    match now {
        Role::Feature(_) => matches!(before, Role::Feature(_)),
        Role::Unassigned => before != Role::Unassigned,
        Role::Shared | Role::Assembly | Role::TestSupport | Role::Responsibility(_) => true,
    }
}
