//! The part of a picture that a person asks for.

use std::collections::BTreeSet;

use crate::graph::UnitId;

use super::picture::Picture;
use super::view::View;

/// Drops what is not asked for.
pub(super) fn filtered(mut picture: Picture, view: &View) -> Picture {
    if view.only_findings {
        picture.edges.retain(|edge| edge.standing.is_finding() || edge.couplings.is_empty());
        let lonely = picture.lonely();
        let is_kept = |at: usize| !lonely[at] || picture.nodes[at].standing.is_finding();
        let is_kept: Vec<bool> = (0..picture.nodes.len()).map(is_kept).collect();
        picture.keep(&is_kept);
    }
    if let Some(units) = &view.from {
        let starts = nodes_of(&picture, units);
        let is_kept = reached(&picture, &starts, usize::MAX, &[Way::Forward]);
        picture.keep(&is_kept);
    }
    if let Some(units) = &view.to {
        let ends = nodes_of(&picture, units);
        let is_kept = reached(&picture, &ends, usize::MAX, &[Way::Backward]);
        picture.keep(&is_kept);
    }
    if let Some((units, steps)) = &view.focus {
        let middle = nodes_of(&picture, units);
        let is_kept = reached(&picture, &middle, *steps, &[Way::Forward, Way::Backward]);
        picture.keep(&is_kept);
    }
    picture
}

/// Which way edges are walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Backward,
}

fn nodes_of(picture: &Picture, units: &BTreeSet<UnitId>) -> Vec<usize> {
    let has_one = |at: &usize| picture.nodes[*at].units.iter().any(|unit| units.contains(unit));
    (0..picture.nodes.len()).filter(has_one).collect()
}

/// What lies at most so many steps away, each way by itself, as one flag a node.
fn reached(picture: &Picture, starts: &[usize], steps: usize, ways: &[Way]) -> Vec<bool> {
    let mut is_reached = vec![false; picture.nodes.len()];
    starts.iter().for_each(|at| is_reached[*at] = true);
    for way in ways {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); picture.nodes.len()];
        for edge in &picture.edges {
            match way {
                Way::Forward => next[edge.from].push(edge.to),
                Way::Backward => next[edge.to].push(edge.from),
            }
        }
        let mut is_known = vec![false; picture.nodes.len()];
        starts.iter().for_each(|at| is_known[*at] = true);
        let mut border = starts.to_vec();
        let mut left = steps;
        while !border.is_empty() && left > 0 {
            let further: BTreeSet<usize> = border.iter().flat_map(|at| &next[*at]).copied().collect();
            border = further.into_iter().filter(|at| !is_known[*at]).collect();
            border.iter().for_each(|at| is_known[*at] = true);
            left -= 1;
        }
        is_reached.iter_mut().zip(is_known).for_each(|(all, this)| *all |= this);
    }
    is_reached
}
