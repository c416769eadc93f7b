//! Where the features stand: how many pairs are independent, which deploy alone, which are in a circle.

use crate::features::{FeatureId, FeatureMap};
use crate::graph::{CouplingGraph, CouplingId};
use crate::insight::Independence;
use crate::insight::independence::Reached;

/// Where the features stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `None` below two features.
    pub independence: Option<Independence>,
    /// The features none of whose units reaches another feature's: what they ship is built from their own and from
    /// shared units alone. Sorted.
    pub alone: Vec<FeatureId>,
    /// The circles: features each of which reaches all others of its circle, by way of them. Sorted, and each of them.
    pub circles: Vec<Vec<FeatureId>>,
}

impl Standing {
    /// How many ordered pairs of features are not independent.
    pub fn coupled(&self) -> usize {
        self.independence.map_or(0, |it| it.pairs - it.independent)
    }

    /// How many ordered pairs of features are in one circle: a circle is the worse the more are in it.
    pub fn tangled(&self) -> usize {
        self.circles.iter().map(|circle| circle.len() * (circle.len() - 1)).sum()
    }
}

/// Where the features stand without some couplings.
pub fn standing(graph: &CouplingGraph, map: &FeatureMap, is_gone: &dyn Fn(CouplingId) -> bool) -> Standing {
    let reached = Reached::new(graph, map, is_gone);
    let is_alone = |row: &Vec<u64>| row.iter().all(|word| *word == 0);
    let alone = reached.inhabited.iter().zip(&reached.rows).filter(|(_, row)| is_alone(row));
    Standing {
        independence: reached.independence(),
        alone: alone.map(|(feature, _)| *feature).collect(),
        circles: circles(&reached, map.features.len()),
    }
}

/// The circles, by Kosaraju's method on rows of bits: there may be a million pairs of features, and none of them has to
/// be an object of its own.
fn circles(reached: &Reached, features: usize) -> Vec<Vec<FeatureId>> {
    let words = features.div_ceil(64);
    let mut forth = vec![vec![0_u64; words]; features];
    let mut back = forth.clone();
    for (feature, row) in reached.inhabited.iter().zip(&reached.rows) {
        forth[feature.index()].clone_from(row);
        for other in ones(row) {
            back[other][feature.index() / 64] |= 1 << (feature.index() % 64);
        }
    }
    let mut unmet = vec![u64::MAX; words];
    let mut order = Vec::new();
    for start in 0..features {
        order.extend(finished(start, &forth, &mut unmet));
    }
    let mut unmet = vec![u64::MAX; words];
    let mut circles: Vec<Vec<FeatureId>> = Vec::new();
    for start in order.into_iter().rev() {
        let mut circle: Vec<_> = finished(start, &back, &mut unmet).into_iter().map(FeatureId::new).collect();
        circle.sort_unstable();
        circles.extend((circle.len() > 1).then_some(circle));
    }
    circles.sort_unstable();
    circles
}

/// Walks from a feature over what nobody has met, depth first; in the order in which they are left.
fn finished(start: usize, rows: &[Vec<u64>], unmet: &mut [u64]) -> Vec<usize> {
    let mut left = Vec::new();
    let meet = |feature: usize, unmet: &mut [u64]| {
        let is_new = unmet[feature / 64] >> (feature % 64) & 1 == 1;
        unmet[feature / 64] &= !(1 << (feature % 64));
        is_new
    };
    let mut pending: Vec<usize> = Vec::new();
    pending.extend(meet(start, unmet).then_some(start));
    while let Some(feature) = pending.last().copied() {
        let next = rows[feature].iter().zip(unmet.iter()).position(|(row, unmet)| row & unmet != 0);
        match next {
            Some(word) => {
                let bit = (rows[feature][word] & unmet[word]).trailing_zeros() as usize;
                meet(word * 64 + bit, unmet);
                pending.push(word * 64 + bit);
            }
            None => left.extend(pending.pop()),
        }
    }
    left
}

/// The positions of the bits of a row.
fn ones(row: &[u64]) -> impl Iterator<Item = usize> {
    row.iter().enumerate().flat_map(|(at, word)| {
        let word = *word;
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
    })
}
