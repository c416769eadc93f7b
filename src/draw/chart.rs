//! Numbers over time as a chart: one panel for each, with the commits that changed most marked in all of them.

use crate::insight::Edge;
use crate::report::{SERIES, Series, ToldHistory, bounded, safe_line};
use crate::snapshot::Logged;
use crate::text::Date;
use crate::{Jump, Point};

use super::svg::{document, text};
use super::xml::{escaped, px};

/// The size of a panel, with the room for its numbers on the left and for its heading above.
const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 110.0;
const LEFT: f64 = 56.0;
const ABOVE: f64 = 30.0;

/// The room for the last number of a line, on the right.
const BESIDE: f64 = 60.0;

/// The room for the numbers of commits above all panels.
const MARKS: f64 = 16.0;

/// The room between two panels, and the height of a line below them.
const BETWEEN: f64 = 14.0;
const LINE: f64 = 18.0;

/// About how many steps an axis has.
const STEPS: f64 = 4.0;

/// How many couplings of a commit a page shows.
const COUPLINGS: usize = 8;

/// How much of a subject is shown.
const SUBJECT: usize = 96;

/// How many points of one series are drawn: more than there are pixels would not be seen.
const MOST_DRAWN: usize = 2_000;

/// What a panel shows: the names of one number or two.
const PANELS: [&[&str]; 4] = [
    &["independence", "  nothing shared"],
    &["between features"],
    &["propagation cost"],
    &["a change affects", "  at worst"],
];

/// What is said beside the heading of a panel.
const ABOUT: [&str; 4] = [
    "of all ordered pairs of features, the share in which the first does not need the second; dashed: of those that share \
     no responsibility",
    "couplings from one feature to another",
    "of all units, the share that a change to one of them reaches on average",
    "deployables, by a change to the unit in the middle; dashed: to the worst",
];

/// When a history begins and ends, in seconds.
struct Time {
    begin: f64,
    end: f64,
}

impl Time {
    fn x(&self, seconds: i64) -> f64 {
        let span = (self.end - self.begin).max(1.0);
        LEFT + (WIDTH - LEFT) * ((of_seconds(seconds) - self.begin) / span).clamp(0.0, 1.0)
    }
}

/// Seconds since 1970 are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
fn of_seconds(seconds: i64) -> f64 {
    seconds as f64
}

/// A chart inside of a page, which has its style already.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it shows, in a sentence.
    pub about: String,
    /// The commits that changed most, as they are numbered in it.
    pub(super) steps: Vec<Step>,
    drawing: String,
    size: (f64, f64),
}

/// A commit that changed much.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// When, which commit, and by how much.
    pub(super) what: String,
    /// Its subject, and who wrote it; of a merge, those that it brought come after.
    pub(super) by: Vec<String>,
    /// The couplings that came, each with its line, and those that went.
    pub(super) couplings: Vec<String>,
    /// How many more of them there are.
    pub(super) more: usize,
}

impl Step {
    fn new(jump: &Jump) -> Self {
        let told = |logged: &Logged| {
            format!("{} – {}", bounded(&safe_line(&logged.subject), SUBJECT), safe_line(&logged.author))
        };
        let coupling = |sign: char, edge: &Edge, line: Option<usize>| {
            let ([from, to], kind) = (&edge.features, edge.kind.word());
            let place = edge.line.as_ref().zip(line).map(|((path, _), line)| format!(", {path}:{line}"));
            format!("{sign} {from} → {to}: {kind}{}", place.unwrap_or_default())
        };
        let came = jump.turn.came.iter().zip(&jump.lines).map(|(edge, line)| coupling('+', edge, *line));
        let all: Vec<String> =
            came.chain(jump.turn.went.iter().map(|edge| coupling('−', edge, None))).collect();
        Self {
            what: format!("{} {}{}", jump.logged.day(), jump.logged.commit.short(), facts(jump)),
            by: [&jump.logged].into_iter().chain(&jump.brought).map(told).collect(),
            more: all.len().saturating_sub(COUPLINGS),
            couplings: all.into_iter().take(COUPLINGS).collect(),
        }
    }
}

impl Chart {
    /// Draws a history; `None` where there is nothing to draw a line through.
    pub fn new(told: &ToldHistory<'_>) -> Option<Self> {
        let points = &told.history.points;
        let (first, last) = points.first().zip(points.last())?;
        if points.len() < 2 {
            return None;
        }
        let about = format!(
            "What the numbers were from {} to {}, by the configuration of today, and the commits that changed most.",
            first.logged.day(),
            last.logged.day()
        );
        let (drawing, size) = drawn(told, false);
        let steps = told.history.jumps.iter().map(Step::new).collect();
        Some(Self { about, steps, drawing, size })
    }

    /// The element.
    pub(super) fn element(&self) -> String {
        let (width, height) = (px(self.size.0 + BESIDE), px(self.size.1 + 2.0 * LINE));
        format!(
            "<svg class=\"watertight chart\" viewBox=\"0 {top} {width} {height}\" width=\"{width}\" height=\"{height}\" \
             role=\"img\" aria-labelledby=\"history-title\">\n{}</svg>\n",
            self.drawing,
            top = px(-LINE)
        )
    }
}

/// The document, with a line feed at its end.
pub fn chart(told: &ToldHistory<'_>) -> String {
    let name = if told.name.is_empty() { "this repository" } else { told.name };
    let points = &told.history.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        let heading = format!("{name}: no commit in that time");
        return document(&heading, "", (320.0, 0.0), "");
    };
    let heading = format!("{name}, {} to {}", first.logged.day(), last.logged.day());
    let (drawing, (width, height)) = drawn(told, true);
    let drawing = format!("<style>\n{}</style>\n{drawing}", include_str!("chart.css"));
    let size = (width + BESIDE, height);
    let told_series = SERIES.iter().filter_map(|series| {
        let known: Vec<f64> = points.iter().filter_map(|point| value(series, point)).collect();
        let (first, last) = (known.first()?, known.last()?);
        Some(format!("{}: {} to {}", series.name.trim(), series.told(*first), series.told(*last)))
    });
    let description = told_series.collect::<Vec<_>>().join("; ");
    document(&heading, &description, size, &drawing)
}

/// The panels, the marks and what they mean; and how large all of it is.
fn drawn(told: &ToldHistory<'_>, is_alone: bool) -> (String, (f64, f64)) {
    let points = &told.history.points;
    let seconds = || points.iter().map(|point| of_seconds(point.time));
    let time = Time {
        begin: seconds().fold(f64::INFINITY, f64::min),
        end: seconds().fold(f64::NEG_INFINITY, f64::max),
    };
    let mut out = String::new();
    let mut y = MARKS;
    for (names, about) in PANELS.iter().zip(ABOUT) {
        let series: Vec<&Series> =
            names.iter().filter_map(|name| SERIES.iter().find(|one| one.name == *name)).collect();
        let is_known = series.iter().any(|one| points.iter().any(|point| value(one, point).is_some()));
        if !is_known {
            continue;
        }
        out += &panel(&series, about, points, &time, y);
        y += ABOVE + HEIGHT + BETWEEN;
    }
    out += &days(&time, y);
    let jumps = &told.history.jumps;
    for (at, jump) in jumps.iter().enumerate() {
        out += &mark(at, jump, &time, y);
    }
    y += 2.0 * LINE;
    // A page tells them in a table.
    for (at, jump) in jumps.iter().enumerate().filter(|_| is_alone) {
        out += &meaning(at, jump, y);
        y += LINE;
    }
    for note in told.notes {
        out += &text(0.0, y, "soft", &format!("note: {note}"));
        y += LINE;
    }
    (out, (WIDTH, y))
}

fn value(series: &Series, point: &Point) -> Option<f64> {
    (series.value)(&point.measured.as_ref().ok()?.totals)
}

/// One number or two over time.
fn panel(series: &[&Series], about: &str, points: &[Point], time: &Time, top: f64) -> String {
    let Some(first) = series.first() else { return String::new() };
    let all = || series.iter().flat_map(|one| points.iter().filter_map(|point| value(one, point)));
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let axis = Axis::new(low, high, first.unit == " %");
    let floor = top + ABOVE + HEIGHT;
    let at = |value: f64| floor - HEIGHT * axis.share(value);
    // A second number that is the first one everywhere would only hide it.
    let is_second = |one: &&&Series| {
        std::ptr::eq(**one, *first) || points.iter().any(|point| value(one, point) != value(first, point))
    };
    let mut out = format!(
        "<text x=\"0\" y=\"{}\"><tspan class=\"title\">{}</tspan><tspan class=\"soft\" dx=\"8\">{}</tspan></text>\n",
        px(top + 16.0),
        escaped(first.name.trim()),
        escaped(about)
    );
    for step in axis.steps() {
        let y = px(at(step));
        out += &format!(
            "<line class=\"rule\" x1=\"{}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/>\n",
            px(LEFT),
            px(WIDTH)
        );
        let label = format!("{}{}", axis.told(step), first.unit);
        out += &format!(
            "<text class=\"soft end\" x=\"{}\" y=\"{}\">{}</text>\n",
            px(LEFT - 6.0),
            px(at(step) + 4.0),
            escaped(&label)
        );
    }
    for (nth, one) in series.iter().filter(is_second).enumerate() {
        let class = if nth == 0 { "first" } else { "second" };
        out += &line(one, class, points, (time, &at), floor);
    }
    out
}

/// A line that breaks off where the number is not defined.
fn line(
    series: &Series,
    class: &str,
    points: &[Point],
    (time, at): (&Time, &dyn Fn(f64) -> f64),
    floor: f64,
) -> String {
    let mut out = String::new();
    let every = points.len().div_ceil(MOST_DRAWN).max(1);
    let is_drawn = |nth: usize| nth.is_multiple_of(every) || nth + 1 == points.len();
    let drawn: Vec<Option<(f64, f64)>> = points
        .iter()
        .enumerate()
        .filter(|(nth, _)| is_drawn(*nth))
        .map(|(_, point)| value(series, point).map(|value| (time.x(point.time), at(value))))
        .collect();
    for part in drawn.split(Option::is_none) {
        let part: Vec<(f64, f64)> = part.iter().flatten().copied().collect();
        let (Some(begin), Some(end)) = (part.first(), part.last()) else { continue };
        let path: String = part
            .iter()
            .enumerate()
            .map(|(nth, (x, y))| format!("{}{} {}", if nth == 0 { "M" } else { "L" }, px(*x), px(*y)))
            .collect();
        if class == "first" {
            let area = format!("{path}L{} {}L{} {}Z", px(end.0), px(floor), px(begin.0), px(floor));
            out += &format!("<path class=\"fill\" d=\"{area}\"/>\n");
        }
        out += &format!("<path class=\"series {class}\" d=\"{path}\"/>\n");
    }
    if let Some((x, y)) = drawn.iter().rev().find_map(|one| *one)
        && let Some(last) = points.iter().rev().find_map(|point| value(series, point))
    {
        let told = series.told(last);
        out += &text(x + 6.0, y + 4.0, "name", &told);
    }
    out
}

/// The years, or the months where there are few of them, below the panels.
fn days(time: &Time, floor: f64) -> String {
    let mut out = String::new();
    let (Some(begin), Some(end)) = (whole(time.begin), whole(time.end)) else { return out };
    let days = (end - begin) / 86_400;
    let mut last = f64::NEG_INFINITY;
    let mut at = begin;
    while at <= end {
        let day = Date::of_seconds(at);
        let written = day.to_string();
        let is_step = if days > 900 { written.ends_with("-01-01") } else { written.ends_with("-01") };
        let x = time.x(at);
        if is_step && x - last > 48.0 {
            last = x;
            let label = if days > 900 { &written[..4] } else { &written[..7] };
            out += &format!(
                "<line class=\"rule\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\"/>\n",
                px(ABOVE),
                px(floor),
                x = px(x)
            );
            out += &format!(
                "<text class=\"soft middle\" x=\"{}\" y=\"{}\">{label}</text>\n",
                px(x),
                px(floor + 10.0)
            );
        }
        at = day.seconds() + 86_400;
    }
    out
}

fn whole(seconds: f64) -> Option<i64> {
    let text = format!("{seconds:.0}");
    // A clock that is wrong by centuries has no days to tell.
    text.parse().ok().filter(|seconds: &i64| (0..=32_503_680_000).contains(seconds))
}

fn is_good(jump: &Jump) -> &'static str {
    let rises = jump.turn.independence.unwrap_or_default();
    if rises > 0.0 || (rises == 0.0 && jump.turn.coupled_pairs < 0) { " good" } else { "" }
}

/// A commit that changed much, in every panel.
fn mark(at: usize, jump: &Jump, time: &Time, floor: f64) -> String {
    let x = time.x(jump.time);
    let good = is_good(jump);
    // Those that lie close to each other stand above each other.
    let y = 8.0 - 17.0 * f64::from(u8::try_from(at % 2).unwrap_or(0));
    format!(
        "<line class=\"mark{good}\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\"/>\n{}",
        px(y),
        px(floor - BETWEEN),
        numbered(at, x, y, good),
        x = px(x),
    )
}

fn numbered(at: usize, x: f64, y: f64, good: &str) -> String {
    format!(
        "<circle class=\"number{good}\" cx=\"{x}\" cy=\"{}\" r=\"8\"/>\n<text class=\"digit\" x=\"{x}\" \
         y=\"{}\">{}</text>\n",
        px(y),
        px(y + 3.5),
        at + 1,
        x = px(x),
    )
}

/// ", independence −1.2 points, couplings +3 −1".
fn facts(jump: &Jump) -> String {
    let points = jump.turn.independence.map(|share| share * 100.0).filter(|points| points.abs() >= 0.05);
    let points = points.map(|points| format!(", independence {points:+.1} points")).unwrap_or_default();
    let couplings = [(jump.turn.came.len(), '+'), (jump.turn.went.len(), '-')];
    let couplings: Vec<String> = couplings
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, sign)| format!("{sign}{count}"))
        .collect();
    match couplings.is_empty() {
        true => points,
        false => format!("{points}, couplings {}", couplings.join(" ")),
    }
}

fn meaning(at: usize, jump: &Jump, y: f64) -> String {
    let subject = bounded(&safe_line(&jump.logged.subject), SUBJECT);
    let (day, commit) = (jump.logged.day(), jump.logged.commit.short());
    // Who merges is often a program: what counts is who wrote what came.
    let brought = jump.brought.first().map(|one| {
        format!(" (brings \u{201c}{}\u{201d}, by {})", bounded(&safe_line(&one.subject), SUBJECT), one.author)
    });
    let brought = brought.unwrap_or_default();
    let told = format!("{day} {commit}{}: {subject}, by {}{brought}", facts(jump), jump.logged.author);
    numbered(at, 8.0, y - 4.0, is_good(jump)) + &text(24.0, y, "", &told)
}

/// The numbers beside a panel.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// An axis that holds two numbers, from zero on where that is near; a share ends at the whole.
    fn new(low: f64, high: f64, is_share: bool) -> Self {
        let low = if low < high * 0.6 { 0.0 } else { low };
        // A number that never changes lies in the middle, and not on the floor.
        let low = if high > low || low == 0.0 { low } else { low - if is_share { 5.0 } else { low * 0.2 } };
        let raw = ((high - low) / STEPS).max(if is_share { 0.5 } else { 1.0 });
        let power = 10.0_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power).find(|step| *step >= raw);
        let step = step.unwrap_or(raw);
        let high = ((high / step).ceil() * step).max(step);
        let high = if is_share { high.min(100.0) } else { high };
        Self { low: (low / step).floor() * step, high, step }
    }

    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low).max(f64::MIN_POSITIVE)
    }

    fn steps(&self) -> impl Iterator<Item = f64> {
        let (low, high, step) = (self.low, self.high, self.step);
        (0..32_u8)
            .map(move |nth| low + f64::from(nth) * step)
            .take_while(move |at| *at <= high + step / 100.0)
    }

    fn told(&self, value: f64) -> String {
        if self.step < 1.0 { format!("{value:.1}") } else { format!("{value:.0}") }
    }
}
