//! Where the labels of edges stand: on their own line, and on as little else as can be.

use super::layout::{Area, Layout, Point};
use super::measure::label_size;
use super::picture::Picture;

/// Where on a straight part of an edge a label may stand, the best first, as shares of its length.
const SHARES: [f64; 5] = [0.5, 0.35, 0.65, 0.2, 0.8];

/// What it costs to stand on a node or on another label, on another line, and on an upright part.
const ON_NODE: usize = 400;
const ON_LABEL: usize = 200;
const ON_LINE: usize = 10;
const UPRIGHT: usize = 12;

/// Finds a place for every label.
pub(super) fn put_labels(layout: &mut Layout, picture: &Picture) {
    let mut taken: Vec<Area> = Vec::new();
    for (at, edge) in picture.edges.iter().enumerate() {
        let label = edge.tag();
        layout.labels[at] = None;
        if label.is_empty() {
            continue;
        }
        let best = places(&layout.routes[at], label_size(&label))
            .into_iter()
            .map(|(area, own)| (own + cost(layout, at, area, &taken), area))
            .min_by_key(|(cost, _)| *cost);
        if let Some((_, area)) = best {
            taken.push(area);
            layout.labels[at] = Some(Point { x: area.x + area.width / 2.0, y: area.y + area.height / 2.0 });
        }
    }
}

/// The places on a line, with what each costs by itself.
fn places(route: &[Point], (width, height): (f64, f64)) -> Vec<(Area, usize)> {
    let mut places = Vec::new();
    for pair in route.windows(2) {
        let (x, y) = (pair[1].x - pair[0].x, pair[1].y - pair[0].y);
        let is_level = x.abs() >= y.abs();
        // What is too short to show a line on both sides of its label is taken where nothing else is there.
        let short = if is_level && x.abs() < width + 16.0 { 30 } else { 0 };
        let upright = if is_level { 0 } else { UPRIGHT };
        if x.hypot(y) < height {
            continue;
        }
        for (at, share) in SHARES.into_iter().enumerate() {
            let middle = (pair[0].x + x * share, pair[0].y + y * share);
            let area = Area { x: middle.0 - width / 2.0, y: middle.1 - height / 2.0, width, height };
            places.push((area, at + short + upright));
        }
    }
    places
}

fn cost(layout: &Layout, own: usize, area: Area, taken: &[Area]) -> usize {
    let nodes = layout.nodes.iter().filter(|node| overlap(**node, area)).count();
    let labels = taken.iter().filter(|other| overlap(**other, area)).count();
    let others = layout.routes.iter().enumerate().filter(|(at, _)| *at != own);
    let lines = others.flat_map(|(_, route)| route.windows(2)).filter(|pair| overlap(around(pair), area));
    nodes * ON_NODE + labels * ON_LABEL + lines.count() * ON_LINE
}

/// The rectangle around one straight part of an edge.
fn around(pair: &[Point]) -> Area {
    let (x, y) = (pair[0].x.min(pair[1].x), pair[0].y.min(pair[1].y));
    Area { x, y, width: (pair[0].x - pair[1].x).abs(), height: (pair[0].y - pair[1].y).abs() }
}

fn overlap(one: Area, other: Area) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}
