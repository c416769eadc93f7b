//! The order in which layers and circles show as blocks in a matrix.

use super::knots::components;
use super::picture::Picture;

/// The nodes of a picture in the order of its matrix, and the blocks in that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixOrder {
    /// Positions of nodes: who needs others before those, as far as circles allow; then what nothing couples.
    pub nodes: Vec<usize>,
    /// Where circles stand in `nodes`: the first, and the one behind the last.
    pub blocks: Vec<(usize, usize)>,
    /// How many nodes at the end nothing couples.
    pub lonely: usize,
}

impl MatrixOrder {
    /// The order of a picture. Every coupling to the left of the diagonal lies in a block, but for calls and tests.
    pub fn new(picture: &Picture) -> Self {
        // As everywhere, calls and tests make no circle.
        let lonely = picture.lonely();
        // Each group comes after those that it leads to: the other way round, users come first.
        let groups = components(picture.nodes.len(), picture.reaching());
        let depth = depths(picture, &groups);
        let mut order: Vec<(usize, Vec<usize>)> = depth.into_iter().zip(groups).collect();
        order.sort();
        let mut found = Self { nodes: Vec::new(), blocks: Vec::new(), lonely: 0 };
        for (_, mut group) in order {
            if lonely[group[0]] {
                continue;
            }
            untangle(picture, &mut group);
            let start = found.nodes.len();
            found.nodes.append(&mut group);
            if found.nodes.len() > start + 1 {
                found.blocks.push((start, found.nodes.len()));
            }
        }
        let aside = (0..picture.nodes.len()).filter(|at| lonely[*at]);
        let coupled = found.nodes.len();
        found.nodes.extend(aside);
        found.lonely = found.nodes.len() - coupled;
        found
    }
}

/// How many groups at most lie before each.
fn depths(picture: &Picture, groups: &[Vec<usize>]) -> Vec<usize> {
    let mut group_of = vec![0; picture.nodes.len()];
    for (at, group) in groups.iter().enumerate() {
        group.iter().for_each(|node| group_of[*node] = at);
    }
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    for (from, to) in picture.reaching() {
        let (from, to) = (group_of[from], group_of[to]);
        if from != to {
            users[to].push(from);
        }
    }
    let mut depth = vec![0_usize; groups.len()];
    for at in (0..groups.len()).rev() {
        depth[at] = users[at].iter().map(|user| depth[*user] + 1).max().unwrap_or(0);
    }
    depth
}

/// Who mostly needs others first, and who mostly is needed last: few couplings are left on the wrong side.
fn untangle(picture: &Picture, group: &mut [usize]) {
    if group.len() < 2 {
        return;
    }
    let mut balance = vec![0_i64; picture.nodes.len()];
    for edge in &picture.edges {
        if group.binary_search(&edge.from).is_ok() && group.binary_search(&edge.to).is_ok() {
            balance[edge.from] -= 1;
            balance[edge.to] += 1;
        }
    }
    group.sort_by_key(|node| (balance[*node], *node));
}
