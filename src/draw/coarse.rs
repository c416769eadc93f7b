//! A layout for what is too much to draw each edge around what stands in its way: layers, and straight lines.

use super::knots::components;
use super::layout::{Area, GAP, Layout, Point};
use super::picture::Picture;

/// How often the layers are sorted by where their neighbours stand.
const SWEEPS: usize = 6;

/// The room between two nodes of a layer, and between two layers, in pixels.
const BETWEEN: (f64, f64) = (18.0, 70.0);

/// Takes time in proportion to nodes and edges.
pub(super) fn coarse(picture: &Picture, lonely: &[bool]) -> Layout {
    let mut layout = Layout { is_coarse: true, ..Layout::empty(picture) };
    let mut layers = layers(picture, lonely);
    sort(picture, &mut layers);
    place(&mut layout, &layers);
    for (at, edge) in picture.edges.iter().enumerate() {
        layout.routes[at] = straight(layout.nodes[edge.from], layout.nodes[edge.to]);
    }
    layout
}

/// The nodes by layers: each stands left of what it needs, but for circles, which stand in one layer.
fn layers(picture: &Picture, lonely: &[bool]) -> Vec<Vec<usize>> {
    let edges = || picture.edges.iter().map(|edge| (edge.from, edge.to));
    let groups = components(picture.nodes.len(), edges());
    let mut group_of = vec![0; picture.nodes.len()];
    for (at, group) in groups.iter().enumerate() {
        group.iter().for_each(|node| group_of[*node] = at);
    }
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    for (from, to) in edges().filter(|(from, to)| group_of[*from] != group_of[*to]) {
        users[group_of[to]].push(group_of[from]);
    }
    // Each group comes after those that it leads to, so that users come first from the end on.
    let mut depth = vec![0_usize; groups.len()];
    for at in (0..groups.len()).rev() {
        depth[at] = users[at].iter().map(|user| depth[*user] + 1).max().unwrap_or(0);
    }
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for node in (0..picture.nodes.len()).filter(|node| !lonely[*node]) {
        let depth = depth[group_of[node]];
        layers.resize_with(layers.len().max(depth + 1), Vec::new);
        layers[depth].push(node);
    }
    layers
}

/// Sorts each layer by the middle of the neighbours of its nodes, back and forth.
fn sort(picture: &Picture, layers: &mut [Vec<usize>]) {
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); picture.nodes.len()];
    for edge in &picture.edges {
        neighbours[edge.from].push(edge.to);
        neighbours[edge.to].push(edge.from);
    }
    let mut position = vec![0.0_f64; picture.nodes.len()];
    let number = |layer: &[usize], position: &mut Vec<f64>| {
        let count = layer.len() as f64;
        layer.iter().enumerate().for_each(|(at, node)| position[*node] = (at as f64 + 0.5) / count);
    };
    layers.iter().for_each(|layer| number(layer, &mut position));
    for sweep in 0..SWEEPS {
        for at in 0..layers.len() {
            let at = if sweep % 2 == 0 { at } else { layers.len() - 1 - at };
            let middle = |node: &usize| {
                let all = &neighbours[*node];
                all.iter().map(|other| position[*other]).sum::<f64>() / all.len().max(1) as f64
            };
            let mut keyed: Vec<(f64, usize)> = layers[at].iter().map(|node| (middle(node), *node)).collect();
            keyed.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            layers[at] = keyed.into_iter().map(|(_, node)| node).collect();
            number(&layers[at], &mut position);
        }
    }
}

/// One column a layer, or several where it would become much higher than the picture is wide.
fn place(layout: &mut Layout, layers: &[Vec<usize>]) {
    let count: usize = layers.iter().map(Vec::len).sum();
    let highest = ((count as f64).sqrt() * 1.6).ceil().max(6.0) as usize;
    let mut x = 0.0;
    for layer in layers {
        // Even columns, and not one full and one nearly empty.
        let columns = layer.len().div_ceil(highest).max(1);
        for column in layer.chunks(layer.len().div_ceil(columns).max(1)) {
            let widest = column.iter().map(|node| layout.nodes[*node].width).fold(0.0, f64::max);
            let mut y = 0.0;
            for node in column {
                let area = &mut layout.nodes[*node];
                (area.x, area.y) = (x + (widest - area.width) / 2.0, y);
                y += area.height + BETWEEN.0;
            }
            layout.height = layout.height.max(y - BETWEEN.0);
            x += widest + GAP;
        }
        x += BETWEEN.1 - GAP;
    }
    layout.width = (x - BETWEEN.1).max(0.0);
}

/// From the border of the one to the border of the other.
fn straight(from: Area, to: Area) -> Vec<Point> {
    let (start, end) = (middle(from), middle(to));
    vec![border(from, end), border(to, start)]
}

fn middle(area: Area) -> Point {
    Point { x: area.x + area.width / 2.0, y: area.y + area.height / 2.0 }
}

/// Where the line from the middle of a node to a point leaves it.
fn border(area: Area, towards: Point) -> Point {
    let middle = middle(area);
    let (x, y) = (towards.x - middle.x, towards.y - middle.y);
    let ways = [(x.abs(), area.width / 2.0), (y.abs(), area.height / 2.0)];
    let part = ways.map(|(way, half)| if way > half { half / way } else { 1.0 });
    let part = part[0].min(part[1]);
    Point { x: middle.x + x * part, y: middle.y + y * part }
}
