//! How large texts and lines are, without asking any font.

use super::picture::{Edge, Frame, FrameKind, Node, Picture};
use crate::report::{counted, safe_line};

/// How many characters of a name are written on a node; the rest is told where one points at it.
const LONGEST: usize = 34;

/// The size of the letters of a name, in pixels.
pub(super) const NAME: f64 = 13.0;

/// The size of all other letters.
pub(super) const SMALL: f64 = 11.0;

/// How wide a text is at most, in pixels, at a size of letters. Wide letters count twice.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    textwrap::core::display_width(text) as f64 * size * 0.6
}

/// As [`width_of`], for bold letters.
pub(super) fn width_of_bold(text: &str, size: f64) -> f64 {
    width_of(text, size) * 1.14
}

/// A name as it is written in a picture: harmless, in one line, and not too long.
pub(super) fn shown(name: &str) -> String {
    let name = safe_line(name);
    let count = name.chars().count();
    if count <= LONGEST {
        return name;
    }
    // The end tells more names of one family apart than the middle does.
    let head: String = name.chars().take(LONGEST / 2).collect();
    let tail: String = name.chars().skip(count - (LONGEST / 2 - 1)).collect();
    format!("{head}…{tail}")
}

/// The title of a frame: of ours as it is, of a feature as any name.
pub(super) fn titled(frame: &Frame) -> String {
    match frame.kind {
        FrameKind::Knot => frame.title.clone(),
        FrameKind::Owner => shown(&frame.title),
    }
}

/// What is written below the name of a node.
pub(super) fn about(node: &Node, is_independent: bool, picture: &Picture) -> String {
    use super::picture::What;
    match (node.what, node.reach) {
        _ if is_independent => "independent".to_owned(),
        (What::Feature, Some((needs, needed))) => {
            let needs = if needs == 0 { "needs none".to_owned() } else { format!("needs {needs}") };
            match needed {
                0 => needs,
                _ => format!("{needs} · needed by {needed}"),
            }
        }
        (What::Feature | What::Role, _) => counted(node.units.len(), "unit", "units"),
        (What::Unit(kind), _) if picture.level == super::DrawLevel::Features => {
            format!("{}, {}", super::nodes::word_of(node.role), kind.word())
        }
        (What::Unit(kind), _) => match node.units.len() {
            1 => kind.word().to_owned(),
            count => format!("{}, and {}", kind.word(), counted(count - 1, "binary", "binaries")),
        },
    }
}

/// How wide and how high a node is.
pub(super) fn node_size(node: &Node, picture: &Picture) -> (f64, f64) {
    let name = width_of_bold(&shown(&node.name), NAME);
    let about = width_of_bold(&about(node, false, picture), SMALL).max(width_of_bold("independent", SMALL));
    (name.max(about).max(60.0) + 24.0, 42.0)
}

/// How wide and how high the label of an edge is.
pub(super) fn label_size(label: &str) -> (f64, f64) {
    (width_of_bold(label, SMALL) + 6.0, SMALL + 4.0)
}

/// How thick an edge is drawn: thicker where more is coupled, and where a rule is against it.
pub(super) fn stroke(edge: &Edge) -> f64 {
    let more = (edge.count() as f64).max(1.0).log2().min(5.0) * 0.4;
    let least = if edge.standing.is_finding() { 2.0 } else { 1.2 };
    least + more
}
