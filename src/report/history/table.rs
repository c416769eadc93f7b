//! What became of a repository, for a person.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::insight::Edge;
use crate::{Every, Jump, Point};

use super::super::paint::{BOLD, CYAN, DIM, GREEN, RED, paint};
use super::super::words::{bounded, enumerated};
use super::super::{Style, counted, safe_line};
use super::spark::sparkline;
use super::{SERIES, Series, ToldHistory};

/// How wide the sparklines are at most, and how much room the rest of a line takes.
const WIDEST: usize = 60;
const BESIDE: usize = 44;

/// How many couplings of a jump are told.
const TOLD: usize = 4;

/// How many names stand in one line.
const NAMED: usize = 4;

/// How much of a subject is shown.
const SUBJECT: usize = 88;

/// For a person: each number over time, and then the commits that made them jump.
pub fn history(told: &ToldHistory<'_>, style: Style) -> String {
    let points = &told.history.points;
    let mut text = paint(&heading(told), BOLD, style) + "\n";
    if !points.is_empty() {
        text.push('\n');
        let lines = SERIES.iter().filter_map(|series| line(series, points, style));
        text.extend(lines);
    }
    if !told.history.jumps.is_empty() {
        text += &format!("\n{}\n", paint("What changed most, and where", BOLD, style));
        text.extend(told.history.jumps.iter().map(|jump| self::jump(jump, style)));
    }
    if !told.notes.is_empty() {
        text.push('\n');
    }
    for note in told.notes {
        text += &format!("{} {}\n", paint("note:", CYAN, style), safe_line(note));
    }
    text
}

/// "databend, 2023-10-12 to 2024-10-10: 53 points, the last commit of each week; 1021 commits, of which 96 changed …".
fn heading(told: &ToldHistory<'_>) -> String {
    let history = told.history;
    let name = if told.name.is_empty() { "this repository" } else { told.name };
    let (Some(first), Some(last)) = (history.points.first(), history.points.last()) else {
        return format!("{}: no commit in that time", safe_line(name));
    };
    let every = match told.every {
        Every::Commit => "every commit",
        Every::Day => "the last commit of each day",
        Every::Week => "the last commit of each week",
        Every::Month => "the last commit of each month",
        Every::Tag => "every tag",
    };
    let points = counted(history.points.len(), "point", "points");
    format!(
        "{}, {} to {}: {points}, {every}, of {} on the main line",
        safe_line(name),
        first.logged.day(),
        last.logged.day(),
        counted(history.commits, "commit", "commits"),
    )
}

/// A number over time, where it is defined at all.
fn line(series: &Series, points: &[Point], style: Style) -> Option<String> {
    let value = |point: &Point| (series.value)(&point.measured.as_ref().ok()?.totals);
    let values: Vec<Option<f64>> = points.iter().map(value).collect();
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let (first, last) = (*known.first()?, *known.last()?);
    let room = style.width.saturating_sub(BESIDE).clamp(8, WIDEST);
    let count = values.len().min(room);
    let spark = sparkline(&values, room, style.unicode);
    let (first, now) = (series.told(first), series.told(last));
    let arrow = if style.unicode { "→" } else { "->" };
    let change = match first == now {
        true => now,
        false => {
            let is_rising = last > known[0];
            let colour = match series.is_good {
                None => DIM,
                Some(is_good) if is_good == is_rising => GREEN,
                Some(_) => RED,
            };
            format!("{first} {arrow} {}", paint(&now, colour, style))
        }
    };
    let gap = " ".repeat(count.saturating_sub(spark.chars().count()));
    Some(format!("{:<18} {}{gap}  {change}\n", series.name, paint(&spark, DIM, style)))
}

fn jump(jump: &Jump, style: Style) -> String {
    let Jump { logged, brought, turn, .. } = jump;
    let day = logged.day();
    let mut facts = Vec::new();
    if let Some(points) = turn.independence.map(|share| share * 100.0).filter(|points| points.abs() >= 0.05) {
        facts.push(format!("independence {points:+.1} points"));
    }
    if turn.coupled_pairs != 0 {
        let more = if turn.coupled_pairs > 0 { "more" } else { "fewer" };
        let pairs = usize::try_from(turn.coupled_pairs.unsigned_abs()).unwrap_or(usize::MAX);
        facts.push(format!("{} {more} {} coupled", pairs, if pairs == 1 { "pair" } else { "pairs" }));
    }
    let couplings = [(turn.came.len(), '+'), (turn.went.len(), '-')];
    let couplings: Vec<String> = couplings
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, sign)| format!("{sign}{count}"))
        .collect();
    if !couplings.is_empty() {
        facts.push(format!("couplings {}", couplings.join(" ")));
    }
    if facts.is_empty() {
        let count = turn.features_came.len().max(turn.features_went.len());
        facts.push(counted(count, "feature", "features"));
    }
    match turn.problems {
        0 => {}
        more if more > 0 => facts.push("something can't be read from here on".to_owned()),
        _ => facts.push("something can be read again".to_owned()),
    }
    let mut text = format!("\n{day} {} {}\n", paint(&logged.commit.short(), CYAN, style), facts.join(", "));
    let subject = bounded(&safe_line(&logged.subject), SUBJECT);
    text += &format!("  {subject}\n  {}\n", paint(&format!("by {}", safe_line(&logged.author)), DIM, style));
    for one in brought {
        let subject = bounded(&safe_line(&one.subject), SUBJECT);
        let by = format!("by {}", safe_line(&one.author));
        text += &format!(
            "    {} {subject} {}\n",
            paint(&one.commit.short(), CYAN, style),
            paint(&by, DIM, style)
        );
    }
    for (names, sign) in [(&turn.features_came, '+'), (&turn.features_went, '-')] {
        if !names.is_empty() {
            let names: Vec<String> = names.iter().map(|name| safe_line(name)).collect();
            let what = if names.len() == 1 { "feature" } else { "features" };
            text += &format!("  {sign} {what} {}\n", enumerated(&names, NAMED));
        }
    }
    text += &edges(&turn.came, &jump.lines, '+', style);
    text + &edges(&turn.went, &[], '-', style)
}

/// The couplings of a jump by pair of features, those first that have most.
fn edges(edges: &[Edge], lines: &[Option<usize>], sign: char, style: Style) -> String {
    let mut pairs: BTreeMap<&[Arc<str>; 2], Vec<usize>> = BTreeMap::new();
    for (at, edge) in edges.iter().enumerate() {
        pairs.entry(&edge.features).or_default().push(at);
    }
    let mut pairs: Vec<(&[Arc<str>; 2], Vec<usize>)> = pairs.into_iter().collect();
    pairs.sort_by_key(|(_, of)| std::cmp::Reverse(of.len()));
    let arrow = if style.unicode { "→" } else { "->" };
    let mut text = String::new();
    for ([from, to], of) in pairs.iter().take(TOLD) {
        let Some(edge) = of.first().and_then(|at| edges.get(*at)) else { continue };
        let line = of.first().and_then(|at| Some((edge.line.as_ref()?, (*lines.get(*at)?)?)));
        let at = line.map(|((path, _), line)| format!(" {path}:{line}")).unwrap_or_default();
        let more = if of.len() > 1 { format!(", {} in all", of.len()) } else { String::new() };
        let about = format!("{}{}{more}", edge.kind.word(), at);
        text += &format!(
            "  {sign} {} {arrow} {} {}\n",
            safe_line(from),
            safe_line(to),
            paint(&safe_line(&about), DIM, style)
        );
    }
    let left = pairs.len().saturating_sub(TOLD);
    if left > 0 {
        let pairs = counted(left, "more pair of features", "more pairs of features");
        text += &format!("  {sign} {}\n", paint(&format!("{pairs}; `--format json` has all"), DIM, style));
    }
    text
}
