//! A picture for Mermaid, small enough to be drawn: it refuses long texts and many edges.

use std::fmt::Write;

use crate::Repository;
use crate::report::safe_line;

use super::legend::heading;
use super::measure::{about, shown, titled};
use super::picture::{Edge, FrameKind, Picture, What};
use super::standing::{Judgement, Standing};
use super::view::{DrawLevel, View};

/// `maxTextSize` is 50,000 characters where nobody configures it, and `maxEdges` 500.
const LONGEST: usize = 48_000;
const MOST_EDGES: usize = 480;

/// How many nodes are drawn at most.
const LARGEST: usize = 400;

/// The document, with a line feed at its end. What is too much is folded, then reduced to what breaks a rule,
/// then cut; each is told in the title.
pub fn mermaid(repository: &Repository, judgement: Judgement<'_>, view: &View) -> String {
    let mut views = vec![(view.clone(), None)];
    let folded = View { fold: Some(1), ..view.clone() };
    views.push((folded.clone(), Some("nested features are folded")));
    if view.level != DrawLevel::Features {
        let features = View { level: DrawLevel::Features, ..folded };
        views.push((features, Some("too large: features are drawn")));
    }
    if let Some((last, _)) = views.last() {
        let findings = View { only_findings: true, ..last.clone() };
        views.push((findings, Some("too large: only what breaks a rule is drawn")));
    }
    let mut last = String::new();
    for (view, note) in views {
        let mut picture = Picture::new(repository, judgement, &view, LARGEST);
        picture.notes.extend(note.map(str::to_owned));
        last = written(&picture);
        if fits(&picture, &last) {
            return last;
        }
        if view.only_findings {
            return cut(picture);
        }
    }
    last
}

fn fits(picture: &Picture, text: &str) -> bool {
    picture.edges.len() <= MOST_EDGES && text.chars().count() <= LONGEST
}

/// The edges that matter most, as many as there is room for.
fn cut(mut picture: Picture) -> String {
    let all = picture.edges.len();
    let importance =
        |edge: &Edge| (std::cmp::Reverse(edge.standing), std::cmp::Reverse(edge.count()), edge.from, edge.to);
    picture.edges.sort_by_key(importance);
    let mut room = MOST_EDGES.min(all);
    loop {
        let mut part = picture.clone();
        part.edges.truncate(room);
        part.notes.push(format!("only the {room} worst of {all} arrows are drawn"));
        let lonely = part.lonely();
        let is_kept: Vec<bool> = lonely.iter().map(|is_lonely| !is_lonely).collect();
        part.keep(&is_kept);
        let text = written(&part);
        if fits(&part, &text) || room == 0 {
            return text;
        }
        room = room * 3 / 4;
    }
}

fn written(picture: &Picture) -> String {
    let independent = picture.independent();
    let mut title = vec![heading(picture)];
    title.extend(picture.notes.iter().map(|note| note.replace('`', "")));
    let mut out =
        format!("---\ntitle: \"{}\"\n---\nflowchart LR\n", title.join("; ").replace(['"', '\\'], ""));
    for at in (0..picture.nodes.len()).filter(|at| picture.nodes[*at].frame.is_none()) {
        out += &node(picture, at, independent[at], "  ");
    }
    for (at, frame) in picture.frames.iter().enumerate() {
        let _ = writeln!(out, "  subgraph g{at} [\"{}\"]", escaped(&titled(frame)));
        for node_at in (0..picture.nodes.len()).filter(|one| picture.nodes[*one].frame == Some(at)) {
            out += &node(picture, node_at, independent[node_at], "    ");
        }
        out += "  end\n";
        if frame.kind == FrameKind::Knot {
            let _ = writeln!(out, "  style g{at} stroke:#b3290b,stroke-dasharray:7 4,fill:none");
        }
    }
    for edge in &picture.edges {
        let (line, label) = match (edge.standing, edge.couplings.is_empty()) {
            (_, true) => ("-.->", "through".to_owned()),
            (Standing::Denied, _) => ("==>", edge.label()),
            (Standing::Warned | Standing::Accepted, _) => ("-.->", edge.label()),
            _ => ("-->", edge.label()),
        };
        let _ = writeln!(out, "  n{} {line}|\"{}\"| n{}", edge.from, escaped(&label), edge.to);
    }
    for standing in Standing::WORST_FIRST {
        let edges = picture.edges.iter().enumerate().filter(|(_, edge)| edge.standing == standing);
        let edges: Vec<String> = edges.map(|(at, _)| at.to_string()).collect();
        if let (Some(look), false) = (look(standing), edges.is_empty()) {
            let _ = writeln!(out, "  linkStyle {} {look}", edges.join(","));
        }
    }
    out + "  classDef alone stroke:#12703f,stroke-width:2px\n  classDef found stroke:#b3290b,stroke-width:2px\n  \
           classDef other stroke-dasharray:4 3\n"
}

/// How edges of a standing look, besides their shape.
fn look(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Denied => Some("stroke:#b3290b"),
        Standing::Warned => Some("stroke:#b26a00"),
        Standing::Accepted => Some("stroke:#7a4f9a,stroke-dasharray:2 4"),
        Standing::Excused => Some("stroke:#0f62a8"),
        Standing::Free => None,
    }
}

fn node(picture: &Picture, at: usize, is_independent: bool, indent: &str) -> String {
    let node = &picture.nodes[at];
    let class = match (node.standing.is_finding(), is_independent, node.what) {
        (true, ..) => ":::found",
        (_, true, _) => ":::alone",
        (_, _, What::Feature) => "",
        _ if picture.frames.iter().any(|frame| frame.kind == FrameKind::Owner) => "",
        _ => ":::other",
    };
    let (name, about) = (escaped(&shown(&node.name)), escaped(&about(node, is_independent, picture)));
    format!("{indent}n{at}[\"{name}<br/>{about}\"]{class}\n")
}

/// As text in quotes, in which every character that could mean anything is a number.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in safe_line(text).chars() {
        match character {
            '\u{fffe}' | '\u{ffff}' => {}
            _ if character.is_alphanumeric() || " -_.,/()·→…".contains(character) => {
                escaped.push(character)
            }
            _ => {
                let _ = write!(escaped, "#{};", u32::from(character));
            }
        }
    }
    escaped
}
