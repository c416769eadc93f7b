//! A picture as SVG: one file that needs nothing else, runs nothing and asks nobody, in light and in dark.

use crate::features::Role;

use super::layout::{ASIDE, Area, Layout, PADDING, Point, TITLE};
use super::legend::{heading, legend};
use super::measure::{NAME, SMALL, about, shown, stroke, titled, width_of};
use super::picture::{Edge, FrameKind, Picture, What};
use super::standing::Standing;
use super::xml::{escaped, px};

/// The colours of features, in order; names and frames tell them too. The palette of Okabe and Ito, which people
/// tell apart who don't see all colours.
pub(super) const COLOURS: [&str; 7] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800"];

/// The room around everything, and the height of one line below or above it.
const MARGIN: f64 = 24.0;
const LINE: f64 = 18.0;

/// The size of the letters of the heading.
const HEADING: f64 = 15.0;

/// How round the corners of edges are.
const ROUND: f64 = 7.0;

/// The document, with a line feed at its end.
pub fn svg(picture: &Picture, layout: &Layout) -> String {
    let notes = notes(picture, layout);
    let mut out = drawing(picture, layout);
    let mut y = layout.height + 20.0 + LINE;
    let samples = legend(picture);
    for (standing, told) in &samples {
        out += &sample(y, *standing, told);
        y += LINE;
    }
    if picture.edges.iter().any(|edge| edge.tag() != edge.label()) {
        out += &text(0.0, y, "soft", "an arrow without a word is code; a number counts couplings");
        y += LINE;
    }
    for note in &notes {
        out += &text(0.0, y, "soft", note);
        y += LINE;
    }
    let widest = notes.iter().map(|note| width_of(note, SMALL)).fold(0.0, f64::max);
    let told: Vec<String> = samples.into_iter().map(|(_, told)| told).chain(notes).collect();
    document(&heading(picture), &told.join(". "), (layout.width.max(widest.min(900.0)), y), &out)
}

/// A whole document around a drawing of a size, with a heading above it. Who can't see it is told the heading and
/// the description.
pub(super) fn document(heading: &str, description: &str, size: (f64, f64), drawing: &str) -> String {
    let top = MARGIN + LINE + 14.0;
    let width = size.0.max(width_of(heading, HEADING)).max(320.0) + 2.0 * MARGIN;
    let height = top + size.1 + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"watertight\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" \
         height=\"{h}\" role=\"img\" aria-labelledby=\"watertight-title watertight-description\">\n\
         <title id=\"watertight-title\">{title}</title>\n<desc id=\"watertight-description\">{description}</desc>\n\
         <style>\n{style}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n{head}\
         <g transform=\"translate({x} {y})\">\n{drawing}</g>\n</svg>\n",
        w = px(width),
        h = px(height),
        title = escaped(heading),
        description = escaped(description),
        style = include_str!("picture.css"),
        head = text(MARGIN, MARGIN + 12.0, "head", heading),
        x = px(MARGIN),
        y = px(top),
    )
}

/// Frames, edges and nodes, each above those before it; what breaks a rule is above what doesn't.
fn drawing(picture: &Picture, layout: &Layout) -> String {
    let mut out = String::new();
    for (frame, area) in picture.frames.iter().zip(&layout.frames) {
        if let Some(area) = area {
            let class = if frame.kind == FrameKind::Knot { "frame knot" } else { "frame" };
            out += &rectangle(*area, class, 10.0);
            out += &text(area.x + PADDING, area.y + TITLE, "title", &titled(frame));
        }
    }
    if let Some(area) = layout.aside {
        out += &rectangle(area, "aside", 10.0);
        out += &text(area.x + PADDING, area.y + TITLE, "title", ASIDE);
    }
    let mut edges: Vec<usize> = (0..picture.edges.len()).collect();
    edges.sort_by_key(|at| (picture.edges[*at].standing, *at));
    for at in edges {
        out += &edge(picture, &picture.edges[at], &layout.routes[at], layout.labels[at]);
    }
    let independent = picture.independent();
    for (at, area) in layout.nodes.iter().enumerate() {
        out += &node(picture, at, independent[at], *area);
    }
    out
}

fn edge(picture: &Picture, edge: &Edge, route: &[Point], label: Option<Point>) -> String {
    let [.., before, last] = route else { return String::new() };
    let (from, to) = (&picture.nodes[edge.from].name, &picture.nodes[edge.to].name);
    let through = if edge.couplings.is_empty() { " through" } else { "" };
    let told = match edge.couplings.is_empty() {
        true => format!("{from} gets in through {to}"),
        false => format!("{from} → {to}: {}; {}", edge.label(), edge.standing.meaning()),
    };
    let width = stroke(edge);
    let (tip, end) = arrow(*before, *last, 6.0 + width);
    let mut corners = route.to_vec();
    corners.pop();
    corners.push(end);
    let mut out = format!(
        "<g class=\"edge {}{through}\"><title>{}</title><path d=\"{}\" stroke-width=\"{}\"/><polygon class=\"tip\" \
         points=\"{tip}\"/>",
        edge.standing.word(),
        escaped(&told),
        path(&corners),
        px(width)
    );
    if let Some(Point { x, y }) = label {
        let label = escaped(&edge.tag());
        out += &format!("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", px(x), px(y + 4.0));
    }
    out + "</g>\n"
}

/// A line with round corners.
fn path(points: &[Point]) -> String {
    let mut d = String::new();
    for (at, point) in points.iter().enumerate() {
        let (x, y) = (px(point.x), px(point.y));
        let around = at.checked_sub(1).and_then(|before| points.get(before)).zip(points.get(at + 1));
        d += &match around {
            _ if at == 0 => format!("M{x} {y}"),
            None => format!("L{x} {y}"),
            Some((before, after)) => {
                let (start, end) = (towards(*point, *before), towards(*point, *after));
                format!("L{} {}Q{x} {y} {} {}", px(start.x), px(start.y), px(end.x), px(end.y))
            }
        };
    }
    d
}

/// A point so far from a corner that its curve begins there, but never past the middle of the way.
fn towards(corner: Point, other: Point) -> Point {
    let (x, y) = (other.x - corner.x, other.y - corner.y);
    let length = x.hypot(y).max(0.001);
    let part = ROUND.min(length / 2.0) / length;
    Point { x: corner.x + x * part, y: corner.y + y * part }
}

/// The corners of the tip of an arrow, and where its line ends.
fn arrow(before: Point, last: Point, size: f64) -> (String, Point) {
    let (x, y) = (last.x - before.x, last.y - before.y);
    let length = x.hypot(y).max(0.001);
    let (x, y) = (x / length, y / length);
    let base = Point { x: last.x - x * size, y: last.y - y * size };
    let half = size * 0.45;
    let corners =
        [(last.x, last.y), (base.x - y * half, base.y + x * half), (base.x + y * half, base.y - x * half)];
    let corners = corners.map(|(x, y)| format!("{},{}", px(x), px(y)));
    (corners.join(" "), base)
}

fn node(picture: &Picture, at: usize, is_independent: bool, area: Area) -> String {
    let node = &picture.nodes[at];
    let mut class = String::from("node");
    if node.what != What::Feature && picture.frames.iter().all(|frame| frame.kind == FrameKind::Knot) {
        class += " other";
    }
    if is_independent {
        class += " alone";
    }
    if node.standing.is_finding() {
        class += " found";
    }
    let owner = node.owner.as_ref().map(|owner| format!("; owner {owner}")).unwrap_or_default();
    let told = format!("{}: {}{owner}", node.id, crate::report::counted(node.units.len(), "unit", "units"));
    let bar = Area { width: 5.0, x: area.x + 1.0, y: area.y + 1.0, height: area.height - 2.0 };
    let colour = match node.role {
        Role::Feature(feature) if node.what != What::Feature => {
            format!(" style=\"fill:{}\"", COLOURS[feature.index() % COLOURS.len()])
        }
        _ => String::new(),
    };
    format!(
        "<g class=\"{class}\"><title>{}</title>{}<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" \
         rx=\"2\"{colour}/>{}{}</g>\n",
        escaped(&told),
        rectangle(area, "box", 5.0).trim_end(),
        px(bar.x),
        px(bar.y),
        px(bar.width),
        px(bar.height),
        text(area.x + 14.0, area.y + 5.0 + NAME, "name", &shown(&node.name)).trim_end(),
        text(area.x + 14.0, area.y + area.height - 8.0, "about soft", &about(node, is_independent, picture))
            .trim_end(),
    )
}

pub(super) fn rectangle(area: Area, class: &str, round: f64) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>\n",
        px(area.x),
        px(area.y),
        px(area.width),
        px(area.height),
        px(round)
    )
}

pub(super) fn text(x: f64, y: f64, class: &str, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>\n", px(x), px(y), escaped(text))
}

/// One line of the legend.
fn sample(y: f64, standing: Standing, told: &str) -> String {
    let middle = y - 4.0;
    let width = if standing.is_finding() { 2.4 } else { 1.4 };
    format!(
        "<g class=\"edge {}\"><path d=\"M{} {m}L{} {m}\" stroke-width=\"{}\"/></g>{}",
        standing.word(),
        px(0.0),
        px(36.0),
        px(width),
        text(46.0, y, "soft", told),
        m = px(middle),
    )
}

fn notes(picture: &Picture, layout: &Layout) -> Vec<String> {
    let mut notes = picture.notes.clone();
    if layout.is_coarse {
        notes.push(
            "there are more couplings than can be drawn around what stands in their way: `--focus`, `--kinds` and \
             `--only-findings` show less, `--format matrix-svg` shows all"
                .to_owned(),
        );
    }
    notes.iter().map(|note| note.replace('`', "")).collect()
}
