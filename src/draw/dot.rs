//! A picture for Graphviz.

use std::fmt::Write;

use crate::report::safe_line;

use super::legend::heading;
use super::measure::{about, shown, stroke, titled};
use super::picture::{Edge, FrameKind, Node, Picture, What};
use super::standing::Standing;

/// With more edges, Graphviz (whose `newrank` is what copes with circles of frames) gives up on drawing them as curves around everything.
const MOST_CURVES: usize = 400;

/// The document, with a line feed at its end.
pub fn dot(picture: &Picture) -> String {
    let independent = picture.independent();
    let mut out = String::from("digraph watertight {\n");
    let mut title = vec![heading(picture)];
    title.extend(picture.notes.iter().map(|note| note.replace('`', "")));
    let title: Vec<String> = title.iter().map(|line| escaped(line) + "\\l").collect();
    // Without `newrank`, Graphviz gives up on frames that lead to each other.
    let lines = if picture.edges.len() > MOST_CURVES { "splines=line, " } else { "" };
    out += &format!(
        "  graph [{lines}newrank=true, rankdir=LR, fontname=\"Helvetica\", fontsize=11, labelloc=b, labeljust=l, nodesep=0.3, label=\"{}\"];\n",
        title.concat()
    );
    out += "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f6f8fa\", color=\"#8c959f\", fontname=\"Helvetica\", \
            fontsize=11];\n  edge [fontname=\"Helvetica\", fontsize=9];\n";
    for at in (0..picture.nodes.len()).filter(|at| picture.nodes[*at].frame.is_none()) {
        out += &node(picture, at, independent[at], "  ");
    }
    for (at, frame) in picture.frames.iter().enumerate() {
        let style = match frame.kind {
            FrameKind::Knot => "style=dashed; color=\"#b3290b\"; penwidth=1.5",
            FrameKind::Owner => "style=solid; color=\"#8c959f\"",
        };
        out += &format!("  subgraph cluster_{at} {{\n    label=\"{}\"; {style};\n", escaped(&titled(frame)));
        for node_at in (0..picture.nodes.len()).filter(|one| picture.nodes[*one].frame == Some(at)) {
            out += &node(picture, node_at, independent[node_at], "    ");
        }
        out += "  }\n";
    }
    for edge in &picture.edges {
        out += &self::edge(picture, edge);
    }
    out + "}\n"
}

fn node(picture: &Picture, at: usize, is_independent: bool, indent: &str) -> String {
    let node: &Node = &picture.nodes[at];
    let look = match (node.what, is_independent) {
        (What::Feature, true) => ", color=\"#12703f\", penwidth=2",
        (What::Feature, _) => "",
        _ if picture.frames.iter().any(|frame| frame.kind == FrameKind::Owner) => "",
        _ => ", style=\"rounded,dashed\"",
    };
    let found = if node.standing.is_finding() { ", color=\"#b3290b\", penwidth=2" } else { "" };
    format!(
        "{indent}n{at} [label=\"{}\\n{}\", tooltip=\"{}\"{look}{found}];\n",
        escaped(&shown(&node.name)),
        escaped(&about(node, is_independent, picture)),
        escaped(&node.id)
    )
}

fn edge(picture: &Picture, edge: &Edge) -> String {
    let (colour, style) = match edge.standing {
        Standing::Denied => ("#b3290b", "solid"),
        Standing::Warned => ("#b26a00", "dashed"),
        Standing::Accepted => ("#7a4f9a", "dotted"),
        Standing::Excused => ("#0f62a8", "solid"),
        Standing::Free => ("#8c959f", "solid"),
    };
    let (label, style) = match edge.couplings.is_empty() {
        true => ("through".to_owned(), "dotted"),
        false => (edge.label(), style),
    };
    let mut line = format!("  n{} -> n{} [label=\"{}\"", edge.from, edge.to, escaped(&label));
    let _ = write!(line, ", color=\"{colour}\", fontcolor=\"{colour}\", style={style}");
    let _ = write!(line, ", penwidth={:.1}", stroke(edge));
    let names = [edge.from, edge.to].map(|at| escaped(&picture.nodes[at].name));
    let _ = writeln!(line, ", tooltip=\"{} → {}: {}\"];", names[0], names[1], edge.standing.meaning());
    line
}

/// As a string in quotes, in which nothing is an escape or an entity of Graphviz.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in safe_line(text).chars() {
        match character {
            '"' => escaped += "&quot;",
            '\\' => escaped += "&#92;",
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(character),
        }
    }
    escaped
}
