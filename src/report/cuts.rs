//! What to cut, and what that pays.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use crate::features::{FeatureId, ResponsibilityId};
use crate::findings::Finding;
use crate::insight::{Cut, Independence, Plan, PlanStep, Severed, Standing};
use crate::text::nearest;
use crate::{Repository, Verdict};

use super::paint::{BOLD, DIM, GREEN, RED, YELLOW, of_level, paint, wrapped};
use super::pretty::to_json;
use super::ways::{CouplingRecord, UnitRecord, coupling_record, couplings, unit_record};
use super::words::{measured, percent};
use super::{Style, Texts, counted, masked_message, safe_line};

/// The version of the formats for programs.
const VERSION: u32 = 1;

/// How many names are listed before the rest is counted.
const SHOWN_NAMES: usize = 8;

/// How many pairs of units of one cut are shown before the rest is counted.
const SHOWN_PAIRS: usize = 12;

/// How many findings that come or go are shown before the rest is counted.
const SHOWN_FINDINGS: usize = 10;

/// A cut between two parts of a repository.
pub struct CutTold<'r> {
    /// The repository.
    pub repository: &'r Repository,
    /// The names of the two parts.
    pub names: [&'r str; 2],
    /// What has to go; `None` if nothing can do it.
    pub cut: Option<&'r Cut>,
    /// Whether there is a way from the one to the other, be it through what puts features together on purpose.
    pub is_together: bool,
    /// Where the features stand now, and without it.
    pub standing: [&'r Standing; 2],
}

/// A supposition, and a repository in which it came true.
pub struct WhatIfTold<'r> {
    /// What is supposed, as it was written.
    pub supposed: &'r [String],
    /// How many findings the baseline does not hold, before and after; `None` where there is no baseline.
    pub beyond_baseline: Option<[usize; 2]>,
    /// The repository as it is.
    pub before: Judged<'r>,
    /// The repository as it would be.
    pub after: Judged<'r>,
}

/// A repository with what the rules say of it, and where its features stand.
#[derive(Clone, Copy)]
pub struct Judged<'r> {
    /// The repository.
    pub repository: &'r Repository,
    /// What the rules say.
    pub verdict: &'r Verdict,
    /// Where the features stand.
    pub standing: &'r Standing,
}

fn name(repository: &Repository, feature: FeatureId) -> &str {
    &repository.map.feature(feature).name
}

/// "`a`, `b` and 3 more".
fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<String> = all.into_iter().map(|name| format!("`{name}`")).collect();
    match all.len().checked_sub(SHOWN_NAMES).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", all[..SHOWN_NAMES].join(", ")),
        None => all.join(", "),
    }
}

/// "50 % → 65 %", or with the counts where that is the same.
fn change(before: Option<Independence>, after: Option<Independence>) -> String {
    match (before, after) {
        (Some(before), Some(after)) if before == after => format!("stays {}", measured(before)),
        (Some(before), Some(after)) if percent(before) != percent(after) => {
            format!("{} → {}", percent(before), percent(after))
        }
        (Some(before), Some(after)) => {
            format!("{} → {} of {}", before.independent, after.independent, after.pairs)
        }
        _ => "needs two features".to_owned(),
    }
}

/// The pairs of units that a cut parts, each with its lines.
fn severed(repository: &Repository, cut: &Cut, texts: &Texts<'_>, style: Style) -> String {
    let mut output = String::new();
    let graph = &repository.linked.graph;
    for one in cut.severed.iter().take(SHOWN_PAIRS) {
        let [from, to] = [one.from, one.to].map(|unit| {
            let role = repository.map.role_name(unit);
            let name = paint(&safe_line(&graph.unit(unit).name), BOLD, style);
            format!("{name} {}", paint(&safe_line(&format!("({role})")), DIM, style))
        });
        output += &wrapped(&format!("{from} → {to}"), "  ", "    ", style);
        output += &couplings(repository, &one.couplings, texts, style);
        let allowed = responsibilities(repository, one);
        if !allowed.is_empty() {
            let text = format!("there on purpose: both name {}", names(allowed.iter().map(String::as_str)));
            output += &format!("    {}\n", paint(&safe_line(&text), DIM, style));
        }
    }
    if cut.severed.len() > SHOWN_PAIRS {
        output += &format!(
            "  and {} more pairs of units; --format json lists them\n",
            cut.severed.len() - SHOWN_PAIRS
        );
    }
    output
}

/// The responsibilities that excuse what is cut.
fn responsibilities(repository: &Repository, one: &Severed) -> Vec<String> {
    let map = &repository.map;
    let feature = map.feature_of(one.from).filter(|own| map.feature_of(one.to) != Some(*own));
    let excusing = feature.into_iter().flat_map(|feature| map.excusing(feature, one.to));
    excusing.map(|id: ResponsibilityId| map.responsibility(id).name.clone()).collect()
}

/// For a person: the smallest cut between two parts.
pub fn cut(told: &CutTold<'_>, texts: &Texts<'_>, style: Style) -> String {
    let [from, to] = told.names.map(|name| safe_line(&format!("`{name}`")));
    let output = match told.cut {
        None => {
            let text = format!(
                "{}: no line can make {from} independent of {to}, as one has a part of the other in it; `watertight \
                 why` shows where, and --what-if what another place would change",
                paint("impossible", RED, style)
            );
            wrapped(&text, "", "  ", style)
        }
        Some(cut) if cut.severed.is_empty() && told.is_together => {
            let text = format!(
                "{}: {from} needs {to} on purpose, by an assembly or test support: that counts nowhere, there is \
                 nothing to cut",
                paint("together", YELLOW, style)
            );
            wrapped(&text, "", "  ", style)
        }
        Some(cut) if cut.severed.is_empty() => format!(
            "{}: {from} does not reach {to}, there is nothing to cut\n",
            paint("independent", GREEN, style)
        ),
        Some(cut) => {
            let [before, after] = told.standing;
            let places =
                paint(&format!("change {}", counted(cut.places(), "place", "places")), YELLOW, style);
            let independence = change(before.independence, after.independence);
            let text = format!("{places}: then {from} is independent of {to}; independence {independence}");
            wrapped(&text, "", "  ", style) + "\n" + &severed(told.repository, cut, texts, style)
        }
    };
    style.finished(output)
}

/// For a person: what to cut first.
pub fn plan(repository: &Repository, plan: &Plan, texts: &Texts<'_>, style: Style) -> String {
    let mut output = standing(repository, &plan.before, style);
    let mut before = &plan.before;
    for (at, step) in plan.steps.iter().enumerate() {
        let places = counted(step.cut.places(), "place", "places");
        let head = paint(&format!("{}. change {places}:", at + 1), BOLD, style);
        output.push('\n');
        output +=
            &wrapped(&format!("{head} {}", safe_line(&pay(repository, before, step))), "", "   ", style);
        output += &severed(repository, &step.cut, texts, style);
        before = &step.after;
    }
    output += &match (plan.steps.is_empty(), plan.has_more, before.coupled()) {
        (_, _, 0) if plan.before.coupled() == 0 => String::new(),
        (_, _, 0) => "\nthen every feature deploys alone\n".to_owned(),
        (_, true, left) => {
            let left = counted(left, "coupled pair is", "coupled pairs are");
            format!("\n{left} left after these; --steps tells more\n")
        }
        (_, false, left) => {
            let left = counted(left, "coupled pair is", "coupled pairs are");
            let text = format!(
                "{left} left that nothing tried can part: a responsibility ties them (--excused cuts these too), or one \
                 has a part of the other in it"
            );
            format!("\n{}", wrapped(&text, "", "", style))
        }
    };
    style.finished(output)
}

/// Where the features stand, in two lines.
fn standing(repository: &Repository, now: &Standing, style: Style) -> String {
    let Some(independence) = now.independence else {
        return "independence needs two features that have units\n".to_owned();
    };
    let features = repository.map.inhabited().len();
    let mut output = format!(
        "independence {}; {} of {features} features deploy alone\n",
        measured(independence),
        now.alone.len()
    );
    for circle in &now.circles {
        let text = names(circle.iter().map(|feature| name(repository, *feature)));
        output += &wrapped(&safe_line(&format!("in a circle: {text}")), "", "  ", style);
    }
    output
}

/// What a step of a plan pays: "opens a circle of 3; `users` deploys alone; independence 50 % → 65 %". Not yet harmless.
pub fn pay(repository: &Repository, before: &Standing, step: &PlanStep) -> String {
    let mut parts = Vec::new();
    if step.after.tangled() < before.tangled() {
        let sizes = |standing: &Standing| {
            let sizes: Vec<String> = standing.circles.iter().map(|circle| circle.len().to_string()).collect();
            sizes.join(" + ")
        };
        parts.push(match step.after.circles.is_empty() {
            true => format!("features in a circle: {} → none", sizes(before)),
            false => format!("features in a circle: {} → {}", sizes(before), sizes(&step.after)),
        });
    }
    if !step.freed.is_empty() {
        let verb = if step.freed.len() == 1 { "deploys" } else { "deploy" };
        parts.push(format!("{} {verb} alone", names(step.freed.iter().map(|one| name(repository, *one)))));
    }
    parts.push(format!("independence {}", change(before.independence, step.after.independence)));
    parts.join("; ")
}

/// For a person: what would be.
pub fn what_if(told: &WhatIfTold<'_>, style: Style) -> String {
    let (before, after) = (told.before, told.after);
    let mut output = String::new();
    for one in told.supposed {
        output += &format!("what if: {}\n", paint(&safe_line(one), BOLD, style));
    }
    let features = |one: Judged<'_>| -> BTreeSet<String> {
        one.repository.map.features.iter().map(|feature| feature.name.clone()).collect()
    };
    let known = features(before);
    for new in features(after).difference(&known) {
        let near = nearest(new, known.iter().map(String::as_str));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        output += &safe_line(&format!("  `{new}` would be a new feature{near}"));
        output.push('\n');
    }
    let independence = [before, after].map(|one| one.standing.independence.map_or("-".to_owned(), measured));
    output += &format!("\n  independence  {} → {}\n", independence[0], independence[1]);
    let alone = |one: Judged<'_>| -> Vec<String> {
        one.standing.alone.iter().map(|feature| name(one.repository, *feature).to_owned()).collect()
    };
    let (was, now) = (alone(before), alone(after));
    output += &format!("  deploy alone  {} → {}", was.len(), now.len());
    let more: Vec<&str> = now.iter().filter(|one| !was.contains(one)).map(String::as_str).collect();
    let less: Vec<&str> = was.iter().filter(|one| !now.contains(one)).map(String::as_str).collect();
    if !more.is_empty() {
        output += &safe_line(&format!("; now {} too", names(more)));
    }
    if !less.is_empty() {
        output += &safe_line(&format!("; no more {}", names(less)));
    }
    let circles = [before, after].map(|one| one.standing.circles.iter().map(Vec::len).sum::<usize>());
    output += &format!("\n  in a circle   {} → {} features\n", circles[0], circles[1]);
    let count = |one: Judged<'_>| one.verdict.findings.len();
    output += &format!("  findings      {} → {}\n", count(before), count(after));
    if let Some([was, now]) = told.beyond_baseline {
        output += &format!("  of these, the baseline does not hold {was} → {now}\n");
    }
    let (gone, new) = (missing(before.verdict, after.verdict), missing(after.verdict, before.verdict));
    output += &findings("gone", &gone, style);
    output += &findings("new", &new, style);
    style.finished(output)
}

/// What one verdict has and the other one has not.
fn missing<'v>(of: &'v Verdict, than: &Verdict) -> Vec<&'v Finding> {
    let known: BTreeSet<&str> = than.findings.iter().map(|one| one.identity.as_str()).collect();
    of.findings.iter().filter(|one| !known.contains(one.identity.as_str())).collect()
}

fn findings(word: &str, all: &[&Finding], style: Style) -> String {
    let mut output = String::new();
    if !all.is_empty() {
        output += &format!("\n{}\n", paint(word, BOLD, style));
    }
    for finding in all.iter().take(SHOWN_FINDINGS) {
        let tag = format!("{}[{}]", finding.level.word(), finding.rule);
        output += &format!("  {}\n", paint(&tag, of_level(finding.level), style));
        output += &wrapped(&safe_line(&finding.message), "    ", "    ", style);
    }
    if all.len() > SHOWN_FINDINGS {
        output += &format!("  and {} more\n", all.len() - SHOWN_FINDINGS);
    }
    output
}

#[derive(Serialize)]
struct StandingRecord<'a> {
    independent_pairs: Option<usize>,
    pairs: Option<usize>,
    deploy_alone: Vec<&'a str>,
    circles: Vec<Vec<&'a str>>,
}

fn standing_record<'a>(repository: &'a Repository, now: &Standing) -> StandingRecord<'a> {
    let all = |features: &[FeatureId]| features.iter().map(|one| name(repository, *one)).collect();
    StandingRecord {
        independent_pairs: now.independence.map(|it| it.independent),
        pairs: now.independence.map(|it| it.pairs),
        deploy_alone: all(&now.alone),
        circles: now.circles.iter().map(|circle| all(circle)).collect(),
    }
}

#[derive(Serialize)]
struct SeveredRecord<'a> {
    from: UnitRecord<'a>,
    to: UnitRecord<'a>,
    places: usize,
    excused_by: Vec<String>,
    couplings: Vec<CouplingRecord<'a>>,
}

fn severed_records<'a>(repository: &'a Repository, cut: &Cut, texts: &Texts<'_>) -> Vec<SeveredRecord<'a>> {
    let records = cut.severed.iter().map(|one| SeveredRecord {
        from: unit_record(repository, one.from),
        to: unit_record(repository, one.to),
        places: one.places,
        excused_by: responsibilities(repository, one),
        couplings: one.couplings.iter().filter_map(|id| coupling_record(repository, *id, texts)).collect(),
    });
    records.collect()
}

#[derive(Serialize)]
struct CutRecord<'a> {
    version: u32,
    from: &'a str,
    to: &'a str,
    possible: bool,
    places: Option<usize>,
    cut: Vec<SeveredRecord<'a>>,
    before: StandingRecord<'a>,
    after: StandingRecord<'a>,
}

/// For a program: the smallest cut between two parts.
pub fn cut_json(told: &CutTold<'_>, texts: &Texts<'_>) -> String {
    to_json(&CutRecord {
        version: VERSION,
        from: told.names[0],
        to: told.names[1],
        possible: told.cut.is_some(),
        places: told.cut.map(Cut::places),
        cut: told.cut.map(|cut| severed_records(told.repository, cut, texts)).unwrap_or_default(),
        before: standing_record(told.repository, told.standing[0]),
        after: standing_record(told.repository, told.standing[1]),
    })
}

#[derive(Serialize)]
struct PlanRecord<'a> {
    version: u32,
    before: StandingRecord<'a>,
    steps: Vec<StepRecord<'a>>,
    has_more: bool,
}

#[derive(Serialize)]
struct StepRecord<'a> {
    places: usize,
    pairs_gained: usize,
    deploy_alone_now: Vec<&'a str>,
    cut: Vec<SeveredRecord<'a>>,
    after: StandingRecord<'a>,
}

/// For a program: what to cut first.
pub fn plan_json(repository: &Repository, plan: &Plan, texts: &Texts<'_>) -> String {
    let steps = plan.steps.iter().map(|step| StepRecord {
        places: step.cut.places(),
        pairs_gained: step.gain,
        deploy_alone_now: step.freed.iter().map(|one| name(repository, *one)).collect(),
        cut: severed_records(repository, &step.cut, texts),
        after: standing_record(repository, &step.after),
    });
    to_json(&PlanRecord {
        version: VERSION,
        before: standing_record(repository, &plan.before),
        steps: steps.collect(),
        has_more: plan.has_more,
    })
}

#[derive(Serialize)]
struct WhatIfRecord<'a> {
    version: u32,
    what_if: &'a [String],
    before: StandingRecord<'a>,
    after: StandingRecord<'a>,
    findings_before: usize,
    findings_after: usize,
    beyond_baseline: Option<[usize; 2]>,
    gone: Vec<FindingRecord<'a>>,
    new: Vec<FindingRecord<'a>>,
}

#[derive(Serialize)]
struct FindingRecord<'a> {
    rule: &'a str,
    level: &'static str,
    message: Cow<'a, str>,
}

fn finding_record(finding: &Finding) -> FindingRecord<'_> {
    let message = masked_message(&finding.message);
    FindingRecord { rule: &finding.rule, level: finding.level.word(), message }
}

/// For a program: what would be.
pub fn what_if_json(told: &WhatIfTold<'_>) -> String {
    let (before, after) = (told.before, told.after);
    to_json(&WhatIfRecord {
        version: VERSION,
        what_if: told.supposed,
        before: standing_record(before.repository, before.standing),
        after: standing_record(after.repository, after.standing),
        findings_before: before.verdict.findings.len(),
        findings_after: after.verdict.findings.len(),
        beyond_baseline: told.beyond_baseline,
        gone: missing(before.verdict, after.verdict).into_iter().map(finding_record).collect(),
        new: missing(after.verdict, before.verdict).into_iter().map(finding_record).collect(),
    })
}
