//! Layouts and the order of matrices, on random pictures, against what is easily counted.

use proptest::prelude::*;

use watertight::draw::{DrawLevel, Edge, Layout, MatrixOrder, Node, Picture, Standing, What};
use watertight::features::Role;
use watertight::graph::CouplingKind;

/// A picture with so many nodes, and edges between them.
fn picture(nodes: usize, pairs: &[(usize, usize, bool)]) -> Picture {
    let node = |at: usize| Node {
        id: format!("feature:f{at}"),
        name: format!("feature{}", "x".repeat(at % 9)),
        what: What::Feature,
        role: Role::Shared,
        owner: None,
        units: Vec::new(),
        frame: None,
        reach: Some((1, at)),
        standing: Standing::Free,
    };
    let mut pairs: Vec<(usize, usize, bool)> = pairs.to_vec();
    pairs.sort_unstable();
    pairs.dedup_by_key(|(from, to, _)| (*from, *to));
    let edge = |(from, to, is_call): (usize, usize, bool)| Edge {
        from,
        to,
        couplings: Vec::new(),
        kinds: vec![(if is_call { CouplingKind::Call } else { CouplingKind::Code }, 1 + from)],
        standing: if is_call { Standing::Free } else { Standing::Denied },
        findings: 0,
        is_in_knot: false,
    };
    Picture {
        level: DrawLevel::Features,
        nodes: (0..nodes).map(node).collect(),
        edges: pairs.into_iter().filter(|(from, to, _)| from != to).map(edge).collect(),
        frames: Vec::new(),
        notes: Vec::new(),
    }
}

/// Which node reaches which by more than calls, by trying every way.
fn reach(picture: &Picture) -> Vec<Vec<bool>> {
    let count = picture.nodes.len();
    let mut reach = vec![vec![false; count]; count];
    for edge in picture.edges.iter().filter(|edge| edge.reaches()) {
        reach[edge.from][edge.to] = true;
    }
    for through in 0..count {
        for from in 0..count {
            for to in 0..count {
                reach[from][to] |= reach[from][through] && reach[through][to];
            }
        }
    }
    reach
}

fn check_order(picture: &Picture) {
    let order = MatrixOrder::new(picture);
    let mut nodes = order.nodes.clone();
    nodes.sort_unstable();
    assert_eq!(nodes, (0..picture.nodes.len()).collect::<Vec<_>>(), "each node once");
    let reach = reach(picture);
    let is_in_block = |one: usize, other: usize| {
        order
            .blocks
            .iter()
            .any(|(start, end)| (*start..*end).contains(&one) && (*start..*end).contains(&other))
    };
    for (row, from) in order.nodes.iter().enumerate() {
        for (column, to) in order.nodes.iter().enumerate().filter(|(column, _)| *column != row) {
            let is_circle = reach[*from][*to] && reach[*to][*from];
            assert_eq!(is_in_block(row, column), is_circle, "a block is a circle: {order:?}");
            assert!(is_circle || !reach[*from][*to] || row < column, "who needs comes first: {order:?}");
        }
    }
    let is_lonely = |node: &usize| picture.edges.iter().all(|edge| edge.from != *node && edge.to != *node);
    let coupled = order.nodes.len() - order.lonely;
    assert!(order.nodes[coupled..].iter().all(is_lonely) && !order.nodes[..coupled].iter().any(is_lonely));
}

fn check_layout(picture: &Picture, layout: &Layout) {
    let areas = &layout.nodes;
    for (at, one) in areas.iter().enumerate() {
        assert!(one.x >= -0.1 && one.y >= -0.1, "{one:?}");
        assert!(
            one.x + one.width <= layout.width + 0.1 && one.y + one.height <= layout.height + 0.1,
            "{one:?}"
        );
        for other in &areas[at + 1..] {
            let is_apart = one.x + one.width <= other.x
                || other.x + other.width <= one.x
                || one.y + one.height <= other.y
                || other.y + other.height <= one.y;
            assert!(is_apart, "{one:?} lies on {other:?}");
        }
    }
    for (edge, route) in picture.edges.iter().zip(&layout.routes) {
        let ends = [(route.first(), areas[edge.from]), (route.last(), areas[edge.to])];
        for (point, area) in ends {
            let point = point.expect("a point");
            let (x, y) = (point.x - area.x, point.y - area.y);
            let is_inside = (-1.0..=area.width + 1.0).contains(&x) && (-1.0..=area.height + 1.0).contains(&y);
            let is_border = [x, area.width - x, y, area.height - y].iter().any(|way| way.abs() <= 1.0);
            assert!(is_inside && is_border, "{point:?} is not on the border of {area:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn layers_and_circles_are_blocks_of_a_matrix(
        nodes in 1_usize..14,
        pairs in prop::collection::vec((0_usize..14, 0_usize..14, any::<bool>()), 0..40),
    ) {
        let pairs: Vec<_> = pairs.into_iter().filter(|(from, to, _)| *from < nodes && *to < nodes).collect();
        check_order(&picture(nodes, &pairs));
    }

    #[test]
    fn nothing_lies_on_anything_and_edges_join_their_nodes(
        nodes in 1_usize..14,
        pairs in prop::collection::vec((0_usize..14, 0_usize..14, any::<bool>()), 0..24),
    ) {
        let pairs: Vec<_> = pairs.into_iter().filter(|(from, to, _)| *from < nodes && *to < nodes).collect();
        let picture = picture(nodes, &pairs);
        let layout = Layout::new(&picture);
        check_layout(&picture, &layout);
        assert_eq!(layout, Layout::new(&picture), "the same picture, the same layout");
    }
}

/// The plain layout holds the same, and takes little time for much.
#[test]
fn what_is_too_much_is_laid_out_plainly() {
    let mut seed = 7_usize;
    let mut below = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % end
    };
    let pairs: Vec<_> = (0..6000).map(|_| (below(900), below(900), false)).collect();
    let picture = picture(1000, &pairs);
    let layout = Layout::new(&picture);
    assert!(layout.is_coarse);
    check_layout(&picture, &layout);
}
