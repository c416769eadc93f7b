//! The page as a whole: the verdict and its numbers, and what the other files fill in.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::Repository;
use crate::features::{REACHING, Role};
use crate::graph::{CouplingKind, UnitId, UnitKind};
use crate::insight::{Independence, Ships};
use crate::text::{Location, RepoPath};

use super::Start;
use super::model::{Kind, Line, Note, Number, Opening, Page, Plan, Verdict};
use super::places::Places;
use super::{features, findings, plan, units};
use crate::report::{Texts, Told, counted, line_of_gap, safe_line, verdict as verdict_line, watertight};

/// What is asked while the page is filled.
pub(super) struct Source<'a> {
    pub(super) told: &'a Told<'a>,
    pub(super) repository: &'a Repository,
    pub(super) texts: &'a Texts<'a>,
    pub(super) places: Places,
    /// The roles of the groups that follow the features.
    pub(super) others: Vec<Role>,
    files: RefCell<(BTreeMap<RepoPath, usize>, Vec<String>)>,
}

impl<'a> Source<'a> {
    fn new(told: &'a Told<'a>, repository: &'a Repository, texts: &'a Texts<'a>) -> Self {
        let others = units::other_roles(repository);
        let places = Places::new(told, repository);
        Self { told, repository, texts, places, others, files: RefCell::default() }
    }

    /// A place, as the page names it.
    pub(super) fn line(&self, location: &Location) -> Line {
        let line = self.texts.position(&location.path, location.span).line;
        let (known, names) = &mut *self.files.borrow_mut();
        let at = *known.entry(location.path.clone()).or_insert_with(|| {
            names.push(safe_line(location.path.as_str()));
            names.len() - 1
        });
        Line(at, line)
    }

    /// The position of a unit's group: its feature, itself, or all of its role.
    pub(super) fn group(&self, unit: UnitId) -> usize {
        let map = &self.repository.map;
        let features = map.features.len();
        match (map.role(unit), self.places.culprits.binary_search(&unit)) {
            (Role::Feature(feature), _) => feature.index(),
            (_, Ok(at)) => features + self.others.len() + at,
            (role, Err(_)) => features + self.others.iter().position(|one| *one == role).unwrap_or_default(),
        }
    }
}

pub(super) fn page(
    told: &Told<'_>,
    repository: &Repository,
    texts: &Texts<'_>,
    name: &str,
    start: &Start,
) -> Page {
    let source = Source::new(told, repository, texts);
    let shippings = features::shippings(repository);
    let (couplings, conditions) = units::couplings(&source);
    let groups = features::groups(&source, &shippings);
    let ships_something = shippings.all.iter().filter(|one| one.ships() != Ships::Nothing);
    let alone = shippings.all.iter().filter(|one| one.ships() == Ships::Alone).count();
    let alone = (alone, ships_something.count());
    Page {
        title: safe_line(name),
        version: env!("CARGO_PKG_VERSION"),
        verdict: verdict(told, alone),
        numbers: numbers(told, alone),
        kinds: CouplingKind::ALL.map(kind).into(),
        unit_kinds: UnitKind::ALL.map(UnitKind::word).into(),
        picture: source.places.picture(&source, groups.len()),
        groups,
        units: units::units(&source),
        couplings,
        conditions,
        responsibilities: features::responsibilities(&source),
        reaches: shippings.all.iter().map(|one| one.reaches.iter().map(|id| id.index()).collect()).collect(),
        findings: findings::findings(&source),
        plan: if start.is_graph_alone { Plan::default() } else { plan::plan(&source) },
        start: opening(&source, start),
        notes: notes(&source),
        // At last, when all places are known.
        files: source.files.take().1,
    }
}

fn opening(source: &Source<'_>, start: &Start) -> Opening {
    let kinds = start.kinds.as_ref().map(|kinds| {
        let is_on = |at: &usize| kinds.contains(&CouplingKind::ALL[*at]);
        (0..CouplingKind::ALL.len()).filter(is_on).collect()
    });
    Opening {
        is_graph_alone: start.is_graph_alone,
        chosen: start.focus.map(|(unit, _)| source.group(unit)),
        depth: start.focus.map_or(1, |(_, depth)| depth),
        kinds,
        only_findings: start.only_findings,
        roles: start.with.iter().map(|role| role.word()).collect(),
    }
}

fn kind(kind: CouplingKind) -> Kind {
    Kind { word: kind.word(), verb: kind.verb(), step: kind.step(), reaches: REACHING.contains(&kind) }
}

fn verdict(told: &Told<'_>, alone: (usize, usize)) -> Verdict {
    let (state, word) = watertight(told);
    let pairs = |measured: Option<Independence>| measured.map(|one| (one.independent, one.pairs));
    Verdict {
        state,
        word,
        line: safe_line(&verdict_line(told)),
        independence: pairs(told.now.independence),
        before: pairs(told.before.and_then(|before| before.independence)),
        alone,
    }
}

fn numbers(told: &Told<'_>, alone: (usize, usize)) -> Vec<Number> {
    let number = |value: usize, one: &str, many: &str, note: String| Number {
        value,
        name: if value == 1 { one } else { many }.to_owned(),
        note,
    };
    let ships = match alone {
        (_, 0) => "none of them ships anything of its own".to_owned(),
        (alone, all) => format!("{alone} of {all} that ship something can be deployed alone"),
    };
    let accepted = told.baselined.len() + told.excepted.len();
    let mut numbers = vec![
        number(told.now.features, "feature", "features", ships),
        number(told.denied(), "finding", "findings", "couplings that must not be".to_owned()),
        number(told.warned(), "warning", "warnings", "worth a look".to_owned()),
    ];
    if accepted > 0 {
        numbers.push(number(accepted, "accepted finding", "accepted findings", accepted_by(told)));
    }
    if !told.inherited.is_empty() {
        let note = "what the change started from has them too".to_owned();
        numbers.push(number(told.inherited.len(), "inherited finding", "inherited findings", note));
    }
    numbers.push(number(told.now.packages, "package", "packages", String::new()));
    if told.now.services > 0 {
        numbers.push(number(told.now.services, "service", "services", String::new()));
    }
    numbers.push(number(told.now.couplings, "coupling", "couplings", "each with its line".to_owned()));
    if !told.problems.is_empty() {
        let note = "inputs that could not be read".to_owned();
        numbers.push(number(told.problems.len(), "problem", "problems", note));
    }
    numbers
}

fn accepted_by(told: &Told<'_>) -> String {
    let parts = [(told.baselined.len(), "by the baseline"), (told.excepted.len(), "by exceptions")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = parts.map(|(count, by)| format!("{count} {by}")).collect();
    if told.of_other_owners > 0 {
        let others = counted(told.of_other_owners, "finding", "findings");
        parts.push(format!("{others} of other owners left out"));
    }
    parts.join(", ")
}

/// What could not be read, and what is recognised and not read.
fn notes(source: &Source<'_>) -> Vec<Note> {
    let Source { told, texts, .. } = source;
    let problems = told.problems.iter().chain(told.inherited_problems).map(|fault| Note {
        what: "problem",
        path: safe_line(&fault.path),
        line: fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span).line)),
        text: safe_line(&fault.message),
        help: safe_line(&fault.help),
    });
    let gaps = told.gaps.iter().map(|gap| Note {
        what: "gap",
        path: safe_line(&gap.path),
        line: line_of_gap(gap, texts),
        text: safe_line(&gap.what),
        help: String::new(),
    });
    problems.chain(gaps).collect()
}
