//! Why a rule can't fire.

use std::collections::BTreeSet;

use crate::features::{Role, RoleWord, Selector};
use crate::findings::{Judged, Law, listed};
use crate::graph::{UnitId, UnitKind};
use crate::rules::{
    CatalogCondition, Catalogued, Condition, CopyCondition, DeclarationCondition, Declared, Of, Origin,
    Relation, Rule, Through, TriggerCondition,
};

use super::Power;
use super::candidates::kinds_of_units;

/// A selector that selects nothing: a typo of the rule, or something that is not here yet.
pub(super) fn of_selectors(judged: Judged<'_>, rule: &Rule) -> Option<Power> {
    let Judged { graph, map } = judged;
    for (key, selector) in rule.condition.selectors() {
        let mut names = selector.names().into_iter().filter(|name| !name.is_category());
        if let Some(name) = names.find(|name| name.is_unmatched(graph, map)) {
            let near = name.nearest(graph, map);
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            // One of several names that matches nothing may leave others that do.
            if selector.resolve(graph, map).is_empty() {
                return Some(Power::Dead(format!(
                    "no unit matches `{}` in `{key}`{near}",
                    name.written.value
                )));
            }
        }
    }
    // Whom a coupling lets in is told with it, and decides nothing.
    let decides = |(key, _): &(&str, &Selector)| *key != "lets-in.through";
    for (key, selector) in rule.condition.selectors().into_iter().filter(decides) {
        if selector.resolve(graph, map).is_empty() {
            let has_name = selector.names().iter().any(|name| !name.is_category());
            return Some(match has_name {
                true => Power::Dead(format!("no unit is {} (`{key}`)", selector.written())),
                false => Power::Idle(format!("there is no {} here", kinds_in_words(selector))),
            });
        }
    }
    None
}

/// What a selector without names selects, for "there is no … here".
fn kinds_in_words(selector: &Selector) -> String {
    match selector {
        Selector::Role(RoleWord::Feature) => "unit of a feature".to_owned(),
        Selector::Role(RoleWord::Shared) => "shared unit".to_owned(),
        Selector::Role(RoleWord::TestSupport) => "test support".to_owned(),
        Selector::Role(RoleWord::Responsibility) => "unit that embodies a responsibility".to_owned(),
        Selector::Role(RoleWord::Unassigned) => "unassigned unit".to_owned(),
        Selector::Role(RoleWord::Assembly) => "assembly".to_owned(),
        Selector::Api => "API package".to_owned(),
        Selector::Named(named) => named
            .written
            .value
            .split_once(':')
            .map_or(named.written.value.clone(), |(_, name)| name.to_owned()),
        Selector::Any(inner) => inner.iter().map(kinds_in_words).collect::<Vec<_>>().join(" or "),
        Selector::All(inner) => match inner.first() {
            Some(first) => kinds_in_words(first),
            None => "unit".to_owned(),
        },
        Selector::Anything | Selector::Not(_) => format!("unit that is {}", selector.written()),
    }
}

/// Everything that the rule selects is excused.
pub(super) fn of_relations(judged: Judged<'_>, rule: &Rule) -> Power {
    let map = judged.map;
    let inhabited = map.inhabited().len();
    let is_about_features = !matches!(rule.condition, Condition::Coupling(_));
    if inhabited < 2 {
        return Power::Idle(format!("there {} with units here", counted(inhabited)));
    }
    if let Some(why) = no_features(judged, &rule.condition) {
        return Power::Dead(why);
    }
    if let Some(limit) = rule.condition.limits().first() {
        let why = format!(
            "`{} = {}` needs more features than there are: {inhabited} have units",
            limit.name, limit.value
        );
        return if limit.set_at.is_some() { Power::Dead(why) } else { Power::Idle(why) };
    }
    let why = match excuses(judged, rule) {
        excuses if excuses.is_empty() && is_about_features => {
            "no coupling that was added made it fire; do its selectors fit each other?".to_owned()
        }
        excuses if excuses.is_empty() => "no two different units are selected by `from` and `to`".to_owned(),
        excuses => format!("all that it selects is right here: {}", excuses.join(", ")),
    };
    let selectors = rule.condition.selectors();
    let has_names = selectors.iter().any(|(_, one)| one.names().iter().any(|name| !name.is_category()));
    // A rule that somebody wrote for this repository and that can't fire in it is wrong.
    if has_names || rule.origin != Origin::BuiltIn { Power::Dead(why) } else { Power::Idle(why) }
}

/// A selector that selects no unit of a feature, in a condition about features.
fn no_features(judged: Judged<'_>, condition: &Condition) -> Option<String> {
    let is_about_features = match condition {
        Condition::Cycle(condition) => condition.of == Of::Features,
        Condition::Reach(condition) => condition.of == Of::Features,
        Condition::Chain(_) => true,
        _ => false,
    };
    let Judged { graph, map } = judged;
    let has_none =
        |selector: &Selector| !selector.resolve(graph, map).iter().any(|unit| map.feature_of(unit).is_some());
    let mut selectors = condition.selectors().into_iter();
    let (key, _) = selectors.find(|(_, selector)| is_about_features && has_none(selector))?;
    Some(format!("`{key}` selects no unit of a feature, and the condition is about features"))
}

fn counted(features: usize) -> String {
    if features == 1 { "is one feature".to_owned() } else { "is no feature".to_owned() }
}

/// What excuses the couplings that a rule selects, and what they lack that would make them wrong.
fn excuses(judged: Judged<'_>, rule: &Rule) -> Vec<String> {
    let (from, to, when, unless): (_, _, &[Relation], &[Relation]) = match &rule.condition {
        Condition::Coupling(condition) => {
            (&condition.from, &condition.to, &condition.when, &condition.unless)
        }
        Condition::Path(condition) => {
            let mut lacks = Vec::new();
            if matches!(condition.through, Through::SameFeature) {
                lacks.push("no three features share responsibilities in a row".to_owned());
            }
            if !lacks.is_empty() {
                return lacks;
            }
            (&condition.from, &condition.to, &[], &condition.unless)
        }
        Condition::Meeting(condition) => (&condition.from, &condition.on, &[], &condition.unless),
        _ => return Vec::new(),
    };
    let from = kinds_of_units(judged, &from.resolve(judged.graph, judged.map));
    let to = kinds_of_units(judged, &to.resolve(judged.graph, judged.map));
    let (mut held, mut is_lacking) = (BTreeSet::new(), false);
    for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))).take(1_000_000) {
        if from == to {
            continue;
        }
        if !judged.has_any(when, from, to) {
            is_lacking = true;
            continue;
        }
        held.extend(
            unless.iter().filter(|one| judged.is(**one, from, to)).map(|one| format!("`{}`", one.word())),
        );
    }
    let mut all = Vec::new();
    if !held.is_empty() {
        all.push(format!("excused by {}", held.into_iter().collect::<Vec<_>>().join(" or ")));
    }
    if is_lacking {
        let words: Vec<String> = when.iter().map(|one| one.word().to_owned()).collect();
        all.push(format!("not {}", listed(&words, "")));
    }
    all
}

/// What a change to the configuration would make: that is described, since trying it would mean to read
/// another configuration.
pub(super) fn of_declaration(judged: Judged<'_>, law: Law<'_>, condition: &DeclarationCondition) -> Power {
    let map = judged.map;
    let has_responsibilities = !map.responsibilities.is_empty();
    let would = |what: &str| Power::WouldFire(format!("{what} would be flagged"));
    let none = |what: &str| Power::Idle(format!("there is no {what} here"));
    match condition.about {
        Declared::UnassignedUnits => {
            let unassigned = judged.graph.units().filter(|(id, _)| map.role(*id) == Role::Unassigned).count();
            match unassigned {
                0 => would("a package that no declaration names"),
                _ => would("a package more that no declaration names"),
            }
        }
        Declared::ContestedUnits => would("a unit that two features name with equal right"),
        Declared::UninhabitedFeatures => would("a feature of which closer declarations take every unit"),
        Declared::UnmatchedSelectors => would("a name or path that matches nothing"),
        Declared::UnknownResponsibilities => {
            would("a responsibility that a feature names and nobody declares")
        }
        Declared::IdleResponsibilities if !has_responsibilities => none("responsibility"),
        Declared::IdleResponsibilities => would("a responsibility that no coupling needs"),
        Declared::BroadResponsibilities if !has_responsibilities => none("responsibility"),
        Declared::BroadResponsibilities => broad(judged, condition),
        Declared::IdleConsumes if map.features.iter().all(|feature| feature.consumes.is_none()) => {
            none("`consumes`")
        }
        Declared::IdleConsumes => would("an entry of `consumes` behind which there is no call"),
        Declared::StaleExceptions => would("an exception that excepts nothing"),
        Declared::ExpiredExceptions => would("an exception whose `until` is past"),
        Declared::ExpiringExceptions => would("an exception whose `until` is near"),
        Declared::StaleCorrections => would("a correction that corrects nothing"),
        Declared::StaleBaseline => would("an entry of the baseline that no finding matches"),
        Declared::BrokenBudgets | Declared::NearBudgets if law.configuration.budgets.is_empty() => {
            none("budget")
        }
        Declared::BrokenBudgets => would("a number that does not keep to its budget"),
        Declared::NearBudgets => would("a number that has nearly used up its budget"),
        Declared::LoosenedBoundaries => Power::WouldFire(
            "a change that allows more than before would be flagged (`check --since`)".to_owned(),
        ),
    }
}

/// What a catalog would have to say: that is described, since it is no coupling.
pub(super) fn of_catalog(judged: Judged<'_>, condition: &CatalogCondition) -> Power {
    if judged.graph.catalogs().is_empty() {
        return Power::Idle("there is no catalog here".to_owned());
    }
    Power::WouldFire(match condition.about {
        Catalogued::DanglingReferences => {
            "a reference of a catalog to what is described nowhere would be flagged".to_owned()
        }
        Catalogued::Contradictions => {
            "a catalog that says otherwise than the manifests would be flagged".to_owned()
        }
    })
}

/// What a Dockerfile would have to copy: that is described, since it is no coupling.
pub(super) fn of_copy(judged: Judged<'_>, condition: &CopyCondition) -> Power {
    let images = condition.from.resolve(judged.graph, judged.map);
    let ships = |unit: UnitId| {
        let unit = judged.graph.unit(unit);
        unit.kind == UnitKind::Image && !unit.runs.is_empty()
    };
    match images.iter().find(|unit| ships(*unit)) {
        Some(unit) => Power::WouldFire(format!(
            "a Dockerfile of `{}` that copies less than it builds would be flagged",
            judged.graph.unit(unit).name
        )),
        None => Power::Idle("there is no image with a binary of this repository here".to_owned()),
    }
}

pub(super) fn of_trigger(judged: Judged<'_>, condition: &TriggerCondition) -> Power {
    let jobs = condition.from.resolve(judged.graph, judged.map);
    let mut filtered = judged.graph.jobs().iter().filter(|work| !work.triggers.is_empty());
    match filtered.find(|work| jobs.contains(work.job)) {
        Some(work) => Power::WouldFire(format!(
            "a path filter of `{}` that leaves out what the job is built from would be flagged",
            judged.graph.unit(work.job).name
        )),
        None => Power::Idle("there is no job with a path filter here".to_owned()),
    }
}

fn broad(judged: Judged<'_>, condition: &DeclarationCondition) -> Power {
    let features = judged.map.features.len();
    let (most, percent) = (condition.limit("most-features"), condition.limit("most-percent"));
    let by_share = (4..=features).find(|count| count * 100 > features * percent);
    let by_count = (most < features).then_some(most + 1);
    match by_share.into_iter().chain(by_count).min() {
        Some(count) => Power::WouldFire(format!(
            "a responsibility without `through` that {count} of the {features} features name would be flagged"
        )),
        None => {
            let why = format!("there are only {features} features, too few for its limits");
            let is_set = condition.limits.iter().any(|limit| limit.set_at.is_some());
            if is_set && features >= 4 { Power::Dead(why) } else { Power::Idle(why) }
        }
    }
}
