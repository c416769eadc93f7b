//! A picture as a table: one line for each pair of nodes that is coupled, and one for each node that is not.

use crate::Repository;
use crate::report::{Texts, csv_cell};

use super::picture::Picture;

/// What the columns are.
const HEAD: &str = "from,to,standing,findings,couplings,kinds,in_circle,from_owner,to_owner,first_line\n";

/// The table, with a line feed at the end of each line. Where nothing is coupled, `to` is empty.
pub fn csv(picture: &Picture, repository: &Repository, texts: &Texts<'_>) -> String {
    let graph = &repository.linked.graph;
    let mut out = HEAD.to_owned();
    for edge in &picture.edges {
        let (from, to) = (&picture.nodes[edge.from], &picture.nodes[edge.to]);
        let first = edge.couplings.first().and_then(|id| graph.coupling(*id).evidence.first());
        let first = first.map(|location| {
            format!("{}:{}", location.path, texts.position(&location.path, location.span).line)
        });
        let cells = [
            from.id.clone(),
            to.id.clone(),
            if edge.couplings.is_empty() { "through" } else { edge.standing.word() }.to_owned(),
            edge.findings.to_string(),
            edge.count().to_string(),
            edge.kinds
                .iter()
                .map(|(kind, count)| format!("{} {count}", kind.word()))
                .collect::<Vec<_>>()
                .join("; "),
            edge.is_in_knot.to_string(),
            from.owner.clone().unwrap_or_default(),
            to.owner.clone().unwrap_or_default(),
            first.unwrap_or_default(),
        ];
        out += &line(&cells);
    }
    for (node, _) in picture.nodes.iter().zip(picture.lonely()).filter(|(_, lonely)| *lonely) {
        let owner = node.owner.clone().unwrap_or_default();
        let empty = String::new;
        let (zero, no) = ("0".to_owned(), "false".to_owned());
        out += &line(&[
            node.id.clone(),
            empty(),
            empty(),
            zero.clone(),
            zero,
            empty(),
            no,
            owner,
            empty(),
            empty(),
        ]);
    }
    out
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|text| csv_cell(text)).collect::<Vec<_>>().join(",") + "\n"
}
