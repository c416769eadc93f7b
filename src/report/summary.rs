//! A repository in words for people who decide: where it stands, where it is going, what that costs, and what pays most.

use crate::Repository;
use crate::insight::{CommitCost, Independence, Metrics, Plan, PlanStep, Standing};

use super::history::ToldHistory;
use super::markup::message;
use super::words::percent;
use super::{bounded, counted, safe_line};

/// How many cuts are told.
const CUTS: usize = 3;

/// By how much the best share has to be above the first and the last to be told.
const PEAK: f64 = 0.01;

/// How much of a subject is shown.
const SUBJECT: usize = 90;

/// What is known, of which a summary tells.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Whose it is.
    pub repository: &'k Repository,
    /// What the repository is called; empty if it has no name.
    pub name: &'k str,
    /// Its numbers.
    pub metrics: &'k Metrics,
    /// What could be cut.
    pub plan: &'k Plan,
    /// What became of it; `None` where that is not known.
    pub history: Option<&'k ToldHistory<'k>>,
    /// Why that is not known, where somebody wanted to know.
    pub no_history: Option<&'k str>,
    /// What its changes cost; `None` where that is not known.
    pub cost: Option<CommitCost>,
}

/// A part of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// What it is about.
    pub title: &'static str,
    /// Whole sentences.
    pub sentences: Vec<String>,
    /// What is listed below them.
    pub items: Vec<String>,
}

/// The summary, in the order in which it is read. The words are for those who know the product, and not its build.
pub fn summary(known: &Known<'_>) -> Vec<Paragraph> {
    [Some(standing(known)), trend(known), Some(cost(known)), cuts(known)].into_iter().flatten().collect()
}

/// The summary as Markdown.
pub fn summary_markdown(known: &Known<'_>) -> String {
    let name = if known.name.is_empty() { "This repository" } else { known.name };
    let mut text = format!("# {}: how independent its features are\n", message(name));
    for Paragraph { title, sentences, items } in summary(known) {
        text += &format!("\n## {title}\n\n{}\n", message(&sentences.join(" ")));
        if !items.is_empty() {
            text.push('\n');
        }
        for (at, item) in items.iter().enumerate() {
            text += &format!("{}. {}\n", at + 1, message(item));
        }
    }
    text
}

fn standing(known: &Known<'_>) -> Paragraph {
    let totals = &known.metrics.totals;
    let mut sentences = Vec::new();
    let ships = totals.alone + totals.together;
    let features = counted(totals.features, "product feature", "product features");
    sentences.push(match (totals.alone, ships) {
        (_, 0) => format!("The repository holds {features}; none of them ships anything of its own."),
        (alone, ships) => format!(
            "The repository holds {features}. {} something of their own, and {} can be released without releasing \
             another one.",
            if ships == 1 { "1 of them ships".to_owned() } else { format!("{ships} of them ship") },
            match alone {
                0 => "none of these".to_owned(),
                alone if alone == ships => "each of these".to_owned(),
                alone => format!("{alone} of these"),
            }
        ),
    });
    match totals.independence {
        None => sentences.push("Independence needs two features to be measured.".to_owned()),
        Some(all) => {
            let coupled = all.pairs - all.independent;
            sentences.push(match coupled {
                0 => "No feature waits for another one to be built, started, fed or released; what is left between them are \
                      calls and tests."
                    .to_owned(),
                _ => format!(
                    "Independence is {}: of {} ways in which one feature could depend on another, {coupled} are real.",
                    percent(all),
                    all.pairs
                ),
            });
        }
    }
    if totals.cycles > 0 {
        let circles = match totals.cycles {
            1 => format!("{} features depend on each other in a circle", totals.largest_cycle),
            count => format!(
                "There are {count} groups of features that depend on each other in a circle, the largest of {}",
                totals.largest_cycle
            ),
        };
        sentences.push(format!("{circles}: none of a circle can be changed without a look at all of it."));
    }
    Paragraph { title: "Where we stand", sentences, items: Vec::new() }
}

fn trend(known: &Known<'_>) -> Option<Paragraph> {
    if let Some(why) = known.no_history {
        let sentences = vec![format!("That is not known: {}.", safe_line(why))];
        return Some(Paragraph { title: "Where it is going", sentences, items: Vec::new() });
    }
    let told = known.history?;
    let sound = || {
        told.history
            .points
            .iter()
            .filter_map(|point| Some((point, point.measured.as_ref().ok()?.totals.independence?)))
    };
    let (first, was) = sound().next()?;
    let (last, is) = sound().next_back()?;
    if first.logged.commit == last.logged.commit {
        return None;
    }
    let mut sentences = Vec::new();
    let since = first.logged.day();
    // What is the same as it is shown is told as the same.
    let (before, now) = (percent(was), percent(is));
    sentences.push(match before == now {
        true => format!("Independence is about what it was on {since}: {now}."),
        false => {
            let verb = if is.share() > was.share() { "rose" } else { "fell" };
            format!("Independence {verb} from {before} on {since} to {now} now.")
        }
    });
    let share = |one: &(&crate::Point, Independence)| one.1.share();
    let best = sound().max_by(|one, other| share(one).total_cmp(&share(other)));
    let best = best.filter(|best| share(best) > was.share().max(is.share()) + PEAK);
    sentences.extend(
        best.map(|(point, best)| format!("At best it was {}, on {}.", percent(best), point.logged.day())),
    );
    let features = |at: &crate::Point| at.measured.as_ref().map_or(0, |moment| moment.totals.features);
    let (few, many) = (features(first), features(last));
    if few != many {
        let verb = if many > few { "grew" } else { "went down" };
        sentences.push(format!("The number of features {verb} from {few} to {many} in that time."));
    }
    let mut jumps: Vec<_> = told.history.jumps.iter().collect();
    jumps.sort_by(|one, other| one.turn.by_size(&other.turn));
    let jumps = jumps.iter().filter_map(|jump| {
        let points =
            jump.turn.independence.map(|share| share * 100.0).filter(|points| points.abs() >= 0.05)?;
        let verb = if points > 0.0 { "rose" } else { "fell" };
        Some(format!(
            "On {} it {verb} by {:.1} points with \u{201c}{}\u{201d} by {} ({}).",
            jump.logged.day(),
            points.abs(),
            bounded(&safe_line(&jump.logged.subject), SUBJECT),
            safe_line(&jump.logged.author),
            jump.logged.commit.short()
        ))
    });
    Some(Paragraph { title: "Where it is going", sentences, items: jumps.take(CUTS).collect() })
}

fn cost(known: &Known<'_>) -> Paragraph {
    let affected = &known.metrics.totals.affected;
    let mut sentences = Vec::new();
    if let Some(cost) = known.cost.filter(|cost| cost.commits > 0) {
        sentences.push(format!(
            "In {1}, there were {0}. On average, each of them had {2:.1} pieces of the product built again and {3:.1} of {4} \
             released again.",
            counted(cost.commits, "change", "changes"),
            match cost.months {
                months if months < 1.5 => counted(days(months), "day", "days"),
                months => format!("{months:.0} months"),
            },
            cost.built,
            cost.deployed,
            counted(affected.deployables, "shipped part", "shipped parts"),
        ));
        let hours = cost.seconds.map(|seconds| seconds / 3600.0);
        sentences
            .extend(hours.map(|hours| format!("All of that takes {hours:.1} hours of building a month.")));
    }
    sentences.push(match (affected.median, affected.worst, affected.deployables) {
        (_, _, 0) => "Nothing that is shipped is known here, so what a change costs can't be told.".to_owned(),
        (Some(median), Some(worst), all) => format!(
            "Half of all pieces have {median} or fewer of {} released again when they change, and the worst has {worst}.",
            counted(all, "shipped part", "shipped parts")
        ),
        _ => "No change has more released again than the part that changes.".to_owned(),
    });
    let worst = known.metrics.worst.filter(|_| affected.worst.is_some_and(|worst| worst > 1));
    if let Some(unit) = worst {
        let unit = known.repository.linked.graph.unit(unit).shown();
        sentences.push(format!("That is `{}`.", safe_line(&unit)));
    }
    Paragraph { title: "What it costs", sentences, items: Vec::new() }
}

/// How many days a part of a month has.
fn days(months: f64) -> usize {
    (1..=45_u8).find(|days| f64::from(*days) * 12.0 / 365.0 >= months).map_or(45, usize::from)
}

fn cuts(known: &Known<'_>) -> Option<Paragraph> {
    let mut before = &known.plan.before;
    let mut items = Vec::new();
    for step in known.plan.steps.iter().take(CUTS) {
        items.push(cut(known, before, step));
        before = &step.after;
    }
    let sentences = match items.is_empty() {
        true => return None,
        false => vec!["Each is worth what it says if those above it are done.".to_owned()],
    };
    Some(Paragraph { title: "What pays most", sentences, items })
}

/// "Stop `checkout` from using `users`, at 3 places: 4 more pairs of features become independent, and `users` can be
/// released alone."
fn cut(known: &Known<'_>, before: &Standing, step: &PlanStep) -> String {
    let (graph, map) = (&known.repository.linked.graph, &known.repository.map);
    let called = |unit| match map.feature_of(unit) {
        Some(feature) => format!("`{}`", safe_line(&map.feature(feature).name)),
        None => format!("`{}`", safe_line(&graph.unit(unit).shown())),
    };
    let mut ends: Vec<(String, String)> = step
        .cut
        .couplings()
        .map(|id| (called(graph.coupling(id).from), called(graph.coupling(id).to)))
        .collect();
    ends.sort();
    ends.dedup();
    let more = ends.len().saturating_sub(2);
    let ends = ends.iter().take(2).map(|(from, to)| format!("{from} from using {to}"));
    let mut ends = ends.collect::<Vec<_>>().join(", ");
    if more > 0 {
        ends += &format!(", and {more} more");
    }
    let places = counted(step.cut.places(), "place", "places");
    let mut pays = Vec::new();
    if step.gain > 0 {
        pays.push(match step.gain {
            1 => "1 more pair of features becomes independent".to_owned(),
            gain => format!("{gain} more pairs of features become independent"),
        });
    }
    if step.after.tangled() < before.tangled() {
        pays.push("a circle of features is opened or gets smaller".to_owned());
    }
    if let [freed] = step.freed.as_slice() {
        pays.push(format!("`{}` can be released alone", safe_line(&map.feature(*freed).name)));
    } else if !step.freed.is_empty() {
        pays.push(format!("{} features can be released alone", step.freed.len()));
    }
    format!("Stop {ends}, at {places}: {}.", pays.join(", and "))
}
