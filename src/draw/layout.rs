//! Where everything in a picture stands.

use std::collections::BTreeMap;

use graphlay::{
    Direction, Edge as Line, Effort, Graph, GraphBuilder, LayoutOptions, Node as Box, NodeId, RoutingStyle,
    Size,
};

use super::coarse::coarse;
use super::labels::put_labels;
use super::measure::{label_size, node_size, titled, width_of_bold};
use super::picture::{Edge, Picture};

/// A place, in pixels, right and down from the corner of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A rectangle, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Area {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// Where everything in a picture stands, by the positions in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// How wide the whole is.
    pub width: f64,
    /// How high the whole is.
    pub height: f64,
    /// One for each node.
    pub nodes: Vec<Area>,
    /// One for each frame; none where the nodes of a frame don't stand together.
    pub frames: Vec<Option<Area>>,
    /// The corners of each edge, from the border of the one node to that of the other.
    pub routes: Vec<Vec<Point>>,
    /// The middle of the label of each edge, where there is room for one.
    pub labels: Vec<Option<Point>>,
    /// Where the nodes stand that nothing couples, below the line for its heading.
    pub aside: Option<Area>,
    /// Whether there is too much to draw each edge around what stands in its way.
    pub is_coarse: bool,
}

/// How many bends edges may have in all for the best picture, and for one at all, before edges are drawn
/// straight: with more, nobody follows a line, and the time grows with the square.
const BENDS: [(Effort, usize); 2] = [(Effort::Balanced, 300), (Effort::Fast, 2500)];

/// More edges than these have no label: labels would be wider than the way between the nodes.
const LABELLED: usize = 90;

/// The room around frames, the line of a title, and the gap between what is coupled and what is not.
pub(super) const PADDING: f64 = 16.0;
pub(super) const TITLE: f64 = 20.0;
pub(super) const GAP: f64 = 40.0;

/// What is written above what stands aside.
pub(super) const ASIDE: &str = "Coupled to nothing that is drawn";

/// How narrow a picture may be before what stands aside takes more lines.
const NARROWEST: f64 = 760.0;

impl Layout {
    /// Layers from left to right, each node before what it needs, as far as circles allow; what nothing couples
    /// stands aside. The same picture gives the same layout on every machine.
    pub fn new(picture: &Picture) -> Self {
        let lonely = picture.lonely();
        let mut layout =
            match BENDS.iter().find_map(|(effort, bends)| routed(picture, &lonely, *effort, *bends)) {
                Some(layout) => layout,
                None => coarse(picture, &lonely),
            };
        if !layout.is_coarse && picture.edges.len() <= LABELLED {
            put_labels(&mut layout, picture);
        }
        layout.put_aside(picture, &lonely);
        layout
    }

    /// Nothing but room for every node, edge and frame.
    pub(super) fn empty(picture: &Picture) -> Self {
        Self {
            width: 0.0,
            height: 0.0,
            nodes: picture.nodes.iter().map(|node| node_size(node, picture)).map(of_size).collect(),
            frames: vec![None; picture.frames.len()],
            routes: vec![Vec::new(); picture.edges.len()],
            labels: vec![None; picture.edges.len()],
            aside: None,
            is_coarse: false,
        }
    }

    /// Puts what nothing couples into lines below the rest.
    fn put_aside(&mut self, picture: &Picture, lonely: &[bool]) {
        let is_aside = |at: &usize| lonely[*at] && picture.nodes[*at].frame.is_none();
        let aside: Vec<usize> = (0..picture.nodes.len()).filter(is_aside).collect();
        if aside.is_empty() {
            return;
        }
        let top = if self.height > 0.0 { self.height + GAP } else { 0.0 };
        let widest = self.width.max(NARROWEST);
        let (mut x, mut y, mut line, mut right) = (PADDING, top + TITLE + PADDING, 0.0_f64, 0.0_f64);
        for at in aside {
            let area = &mut self.nodes[at];
            if x > PADDING && x + area.width + PADDING > widest {
                (x, y, line) = (PADDING, y + line + PADDING, 0.0);
            }
            (area.x, area.y) = (x, y);
            x += area.width + PADDING;
            right = right.max(x);
            line = line.max(area.height);
        }
        let height = y + line + PADDING - top;
        let right = right.max(width_of_bold(ASIDE, 12.0) + 2.0 * PADDING);
        self.aside = Some(Area { x: 0.0, y: top, width: right, height });
        self.width = self.width.max(right);
        self.height = top + height;
    }
}

fn of_size((width, height): (f64, f64)) -> Area {
    Area { width, height, ..Area::default() }
}

/// The layout that goes around everything; `None` if that takes more bends than it may.
fn routed(picture: &Picture, lonely: &[bool], effort: Effort, bends: usize) -> Option<Layout> {
    let mut layout = Layout::empty(picture);
    let (graph, ids) = graph(picture, lonely, &layout);
    if graph.nodes.is_empty() {
        return Some(layout);
    }
    let mut options = LayoutOptions::layered_default();
    options.direction = Direction::LeftRight;
    options.effort = effort;
    options.routing.style = RoutingStyle::Orthogonal;
    options.spacing.compound_padding = PADDING;
    options.spacing.compound_header = TITLE;
    options.spacing.node_gap = 26.0;
    options.spacing.dummy_gap = 16.0;
    options.spacing.layer_gap = gap(picture);
    options.limits.max_dummies = Some(bends);
    // What is refused is too large: sizes and ends are right by construction.
    let drawing = graphlay::layout(&graph, &options).ok()?;
    let corner = drawing.bounds.min;
    let moved = |point: graphlay::Point| Point { x: point.x - corner.x, y: point.y - corner.y };
    let area = |id: &NodeId| {
        let place = drawing.placement(*id)?;
        let middle = moved(place.center);
        let (width, height) = (place.size.width, place.size.height);
        Some(Area { x: middle.x - width / 2.0, y: middle.y - height / 2.0, width, height })
    };
    for (at, id) in &ids.nodes {
        layout.nodes[*at] = area(id)?;
    }
    for (at, id) in &ids.frames {
        layout.frames[*at] = Some(area(id)?);
    }
    for (at, route) in drawing.edges.iter().enumerate() {
        layout.routes[at] = route.points.iter().map(|point| moved(*point)).collect();
    }
    (layout.width, layout.height) = (drawing.bounds.width(), drawing.bounds.height());
    Some(layout)
}

/// The gap between two layers: the label of an arrow from one to the next has to stand in it.
fn gap(picture: &Picture) -> f64 {
    let labels = picture.edges.iter().filter(|_| picture.edges.len() <= LABELLED).map(Edge::tag);
    let widest = labels.map(|label| label_size(&label).0).fold(0.0, f64::max);
    (widest + 30.0).clamp(48.0, 150.0)
}

/// What the nodes and frames of a picture are called in the library's graph.
struct Ids {
    nodes: BTreeMap<usize, NodeId>,
    frames: BTreeMap<usize, NodeId>,
}

fn graph(picture: &Picture, lonely: &[bool], sizes: &Layout) -> (Graph, Ids) {
    let mut builder = GraphBuilder::new();
    let mut ids = Ids { nodes: BTreeMap::new(), frames: BTreeMap::new() };
    for (at, frame) in picture.frames.iter().enumerate() {
        let width = width_of_bold(&titled(frame), 12.0) + 2.0 * PADDING;
        let size = Size::new(width, TITLE + 2.0 * PADDING);
        let key = Some(format!("frame {at}"));
        ids.frames.insert(at, builder.add_node(Box { size, key, ..Box::default() }));
    }
    for (at, node) in picture.nodes.iter().enumerate() {
        if lonely[at] && node.frame.is_none() {
            continue;
        }
        let Area { width, height, .. } = sizes.nodes[at];
        let parent = node.frame.and_then(|frame| ids.frames.get(&frame).copied());
        let key = Some(node.id.clone());
        let node = Box { size: Size::new(width, height), parent, key, ..Box::default() };
        ids.nodes.insert(at, builder.add_node(node));
    }
    for edge in &picture.edges {
        let (from, to) = (ids.nodes[&edge.from], ids.nodes[&edge.to]);
        builder.add_edge(Line {
            weight: 1.0 + (edge.count().min(20) as f64) / 10.0,
            thickness: super::measure::stroke(edge),
            ..Line::new(from, to)
        });
    }
    (builder.build(), ids)
}
