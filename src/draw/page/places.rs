//! Where the groups of the page stand: those that a picture of the features has where it has them, and the others
//! below, where they are out of the way until somebody asks for them.

use std::collections::BTreeSet;

use crate::Repository;
use crate::findings::Finding;
use crate::graph::UnitId;
use crate::report::{Told, safe_line};

use super::super::layout::{GAP, PADDING};
use super::super::standing::{Judgement, Standings};
use super::super::{Area, DrawLevel, Layout, Picture as Drawing, View, What};
use super::contents::Source;
use super::model::{Frame, Picture};

/// How large a box below is, in pixels, and how many of them stand in one line.
const BOX: (f64, f64) = (200.0, 44.0);
const IN_A_LINE: usize = 6;

/// The picture that the page begins with, and where everything in it stands.
pub(super) struct Places {
    drawing: Drawing,
    layout: Layout,
    /// What is said of each coupling.
    pub(super) standings: Standings,
    /// Units that belong to no feature and that findings are about: each is a group of its own. Sorted.
    pub(super) culprits: Vec<UnitId>,
}

impl Places {
    pub(super) fn new(told: &Told<'_>, repository: &Repository) -> Self {
        let baselined = told.baselined.iter().map(|one| &one.finding);
        let excepted = told.excepted.iter().map(|one| &one.finding);
        let accepted: Vec<Finding> =
            told.inherited.iter().chain(baselined).chain(excepted).cloned().collect();
        let judgement = Judgement { findings: told.findings, accepted: &accepted };
        let drawing = Drawing::unbounded(repository, judgement, &View::of(DrawLevel::Features));
        let units = drawing.nodes.iter().filter(|node| matches!(node.what, What::Unit(_)));
        let culprits: BTreeSet<UnitId> = units.flat_map(|node| node.units.iter().copied()).collect();
        let layout = Layout::new(&without_labels(&drawing));
        Self {
            drawing,
            layout,
            standings: Standings::new(judgement),
            culprits: culprits.into_iter().collect(),
        }
    }

    /// Everything in its place, for so many groups.
    pub(super) fn picture(&self, source: &Source<'_>, groups: usize) -> Picture {
        let Self { drawing, layout, .. } = self;
        let group_of: Vec<usize> = drawing.nodes.iter().map(|node| source.group(node.units[0])).collect();
        let mut boxes = vec![None; groups];
        for (group, area) in group_of.iter().zip(&layout.nodes) {
            boxes[*group] = Some(corners(*area));
        }
        let is_shown = boxes.iter().map(Option::is_some).collect();
        let top = layout.height + 2.0 * GAP;
        for (at, free) in boxes.iter_mut().filter(|one| one.is_none()).enumerate() {
            let (column, line) = (at % IN_A_LINE, at / IN_A_LINE);
            let x = column as f64 * (BOX.0 + PADDING);
            *free = Some((x, top + line as f64 * (BOX.1 + PADDING), BOX.0, BOX.1));
        }
        let ways = drawing.edges.iter().zip(&layout.routes).map(|(edge, route)| {
            let points = route.iter().flat_map(|point| [rounded(point.x), rounded(point.y)]).collect();
            (group_of[edge.from], group_of[edge.to], points)
        });
        Picture {
            size: (rounded(layout.width), rounded(layout.height)),
            boxes: boxes.into_iter().flatten().collect(),
            is_shown,
            ways: ways.collect(),
            frames: self.frames(),
        }
    }

    /// What is drawn around circles, and around what nothing couples.
    fn frames(&self) -> Vec<Frame> {
        let frames = self.drawing.frames.iter().zip(&self.layout.frames);
        let frames = frames.filter_map(|(frame, area)| Some((safe_line(&frame.title), (*area)?)));
        let aside = self.layout.aside.map(|area| ("coupled to nothing".to_owned(), area));
        frames.chain(aside).map(|(text, area)| Frame { text, at: corners(area) }).collect()
    }
}

/// The same with no text on its edges: it would take room that names need, and the page tells of an edge where
/// somebody points at it.
fn without_labels(drawing: &Drawing) -> Drawing {
    let mut bare = drawing.clone();
    bare.edges.iter_mut().for_each(|edge| edge.kinds.clear());
    bare
}

fn corners(area: Area) -> (f64, f64, f64, f64) {
    (rounded(area.x), rounded(area.y), rounded(area.width), rounded(area.height))
}

/// A tenth of a pixel is nothing that anybody sees.
fn rounded(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}
