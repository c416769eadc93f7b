//! A picture at the level of features as data. The version rises when a field changes its meaning or goes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Repository;
use crate::graph::CouplingId;
use crate::report::{GapRecord, ProblemRecord, Texts, gap_record, json_text, problem_record};
use crate::text::Fault;

use super::nodes::word_of;
use super::picture::{Edge, Node, Picture, What};

/// The version of this format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Graph<'a> {
    version: u32,
    level: &'static str,
    nodes: Vec<NodeRecord<'a>>,
    edges: Vec<EdgeRecord<'a>>,
    /// The ids of nodes that build on each other in a circle.
    circles: Vec<Vec<&'a str>>,
    notes: &'a [String],
    problems: Vec<ProblemRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

#[derive(Serialize)]
struct NodeRecord<'a> {
    id: &'a str,
    name: &'a str,
    what: &'static str,
    role: &'static str,
    owner: Option<&'a str>,
    standing: &'static str,
    /// How many other features it reaches, and how many reach it; `null` for what is no feature.
    needs: Option<usize>,
    needed_by: Option<usize>,
    units: Vec<String>,
}

#[derive(Serialize)]
struct EdgeRecord<'a> {
    from: &'a str,
    to: &'a str,
    standing: &'static str,
    /// How many of the couplings break a rule, accepted or not.
    findings: usize,
    kinds: BTreeMap<&'static str, usize>,
    in_circle: bool,
    couplings: Vec<CouplingRecord>,
}

#[derive(Serialize)]
struct CouplingRecord {
    from: String,
    to: String,
    kind: &'static str,
    path: Option<String>,
    line: Option<usize>,
}

/// One JSON document, with a line feed at its end.
pub fn json(picture: &Picture, repository: &Repository, texts: &Texts<'_>, problems: &[Fault]) -> String {
    let mut circles: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for node in &picture.nodes {
        if let Some(frame) = node.frame {
            circles.entry(frame).or_default().push(&node.id);
        }
    }
    json_text(&Graph {
        version: VERSION,
        level: picture.level.word(),
        nodes: picture.nodes.iter().map(|node| node_record(repository, node)).collect(),
        edges: picture.edges.iter().map(|edge| edge_record(picture, repository, texts, edge)).collect(),
        circles: circles.into_values().collect(),
        notes: &picture.notes,
        problems: problems.iter().map(|fault| problem_record(fault, texts)).collect(),
        gaps: repository.gaps().iter().map(|gap| gap_record(gap, texts)).collect(),
    })
}

fn node_record<'a>(repository: &Repository, node: &'a Node) -> NodeRecord<'a> {
    let graph = &repository.linked.graph;
    NodeRecord {
        id: &node.id,
        name: &node.name,
        what: match node.what {
            What::Feature => "feature",
            What::Role => "role",
            What::Unit(kind) => kind.word(),
        },
        role: word_of(node.role),
        owner: node.owner.as_deref(),
        standing: node.standing.word(),
        needs: node.reach.map(|(needs, _)| needs),
        needed_by: node.reach.map(|(_, needed)| needed),
        units: node.units.iter().map(|unit| graph.unit(*unit).identity()).collect(),
    }
}

fn edge_record<'a>(
    picture: &'a Picture,
    repository: &Repository,
    texts: &Texts<'_>,
    edge: &Edge,
) -> EdgeRecord<'a> {
    let coupling = |id: &CouplingId| {
        let graph = &repository.linked.graph;
        let coupling = graph.coupling(*id);
        let place = coupling.evidence.first();
        CouplingRecord {
            from: graph.unit(coupling.from).identity(),
            to: graph.unit(coupling.to).identity(),
            kind: repository.map.kind(graph, *id).unwrap_or(coupling.kind).word(),
            path: place.map(|place| place.path.as_str().to_owned()),
            line: place.map(|place| texts.position(&place.path, place.span).line),
        }
    };
    EdgeRecord {
        from: &picture.nodes[edge.from].id,
        to: &picture.nodes[edge.to].id,
        standing: if edge.couplings.is_empty() { "through" } else { edge.standing.word() },
        findings: edge.findings,
        kinds: edge.kinds.iter().map(|(kind, count)| (kind.word(), *count)).collect(),
        in_circle: edge.is_in_knot,
        couplings: edge.couplings.iter().map(coupling).collect(),
    }
}
