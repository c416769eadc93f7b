//! Who needs what is touched: a walk against the direction of the links, all beginnings at once, so that the
//! first way found is a shortest one.

use std::collections::BTreeMap;

/// From every node that is reached, the next one on a shortest way to a beginning; a beginning leads to
/// itself. Nodes and links are walked in their order, so that equal ways are decided by it.
pub(super) fn reached<N: Copy + Ord>(
    links: &[(N, N)],
    beginnings: impl IntoIterator<Item = N>,
) -> BTreeMap<N, N> {
    // Sorted by what is needed, those of one in their order: a map of lists takes several times as long to make.
    let mut needed_by: Vec<(N, N)> = links.iter().map(|(from, to)| (*to, *from)).collect();
    needed_by.sort_by_key(|(to, _)| *to);
    let mut next: BTreeMap<N, N> = BTreeMap::new();
    let mut pending: Vec<N> = Vec::new();
    for node in beginnings {
        if next.insert(node, node).is_none() {
            pending.push(node);
        }
    }
    let mut first = 0;
    while let Some(node) = pending.get(first).copied() {
        first += 1;
        let start = needed_by.partition_point(|(to, _)| *to < node);
        for (_, from) in needed_by[start..].iter().take_while(|(to, _)| *to == node) {
            if !next.contains_key(from) {
                next.insert(*from, node);
                pending.push(*from);
            }
        }
    }
    next
}

/// The way from a node to a beginning, both included; empty if it leads to none.
pub(super) fn way<N: Copy + Ord>(next: &BTreeMap<N, N>, from: N) -> Vec<N> {
    let mut way = Vec::new();
    let mut current = from;
    while let Some(after) = next.get(&current).copied() {
        way.push(current);
        if after == current {
            break;
        }
        current = after;
    }
    way
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{reached, way};

    /// How many steps each node is away from a beginning, by trying until nothing gets shorter.
    fn by_force(links: &[(u8, u8)], beginnings: &[u8]) -> BTreeMap<u8, usize> {
        let mut steps: BTreeMap<u8, usize> = beginnings.iter().map(|node| (*node, 0)).collect();
        loop {
            let mut shorter = steps.clone();
            for (from, to) in links {
                if let Some(known) = steps.get(to) {
                    let mine = shorter.entry(*from).or_insert(usize::MAX);
                    *mine = (*mine).min(known + 1);
                }
            }
            if shorter == steps {
                return steps;
            }
            steps = shorter;
        }
    }

    proptest! {
        #[test]
        fn it_reaches_what_trying_reaches_by_ways_as_short(
            links in proptest::collection::vec((0_u8..12, 0_u8..12), 0..40),
            beginnings in proptest::collection::vec(0_u8..12, 0..4),
        ) {
            let next = reached(&links, beginnings.clone());
            let expected = by_force(&links, &beginnings);
            let found: BTreeMap<u8, usize> =
                next.keys().map(|node| (*node, way(&next, *node).len() - 1)).collect();
            prop_assert_eq!(found, expected);
            for node in next.keys() {
                let way = way(&next, *node);
                prop_assert!(way.windows(2).all(|step| links.contains(&(step[0], step[1]))));
                prop_assert!(way.last().is_some_and(|end| beginnings.contains(end)));
            }
        }
    }
}
