//! What a picture says in words.

use crate::report::counted;

use super::picture::{FrameKind, Picture, What};
use super::standing::Standing;
use super::view::DrawLevel;

/// What is drawn, in one line.
pub(super) fn heading(picture: &Picture) -> String {
    let features: Vec<_> = picture.nodes.iter().filter(|node| node.what == What::Feature).collect();
    let broken = picture.edges.iter().filter(|edge| edge.standing.is_finding()).count();
    let mut parts = Vec::new();
    match picture.level {
        DrawLevel::Features => {
            let alone = picture.independent().into_iter().filter(|is_independent| *is_independent).count();
            parts.push(counted(features.len(), "feature", "features"));
            if alone > 0 {
                parts.push(format!("{alone} independent of all others"));
            }
            let knots = picture.frames.iter().filter(|frame| frame.kind == FrameKind::Knot).count();
            if knots > 0 {
                parts.push(counted(knots, "circle", "circles"));
            }
        }
        level => {
            let word = if level == DrawLevel::Packages { ("package", "packages") } else { ("unit", "units") };
            parts.push(counted(picture.nodes.len(), word.0, word.1));
        }
    }
    let edges = counted(picture.edges.len(), "arrow", "arrows");
    parts.push(match broken {
        0 => edges,
        1 => format!("{edges}, of which 1 breaks a rule"),
        broken => format!("{edges}, of which {broken} break a rule"),
    });
    parts.join(" · ")
}

/// What each kind of line means, and how many there are: of those alone that are drawn.
pub(super) fn legend(picture: &Picture) -> Vec<(Standing, String)> {
    let standings = picture.standings();
    standings
        .into_iter()
        .map(|(standing, count)| (standing, format!("{} ({count})", standing.meaning())))
        .collect()
}
