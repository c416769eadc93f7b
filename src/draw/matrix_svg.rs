//! A design structure matrix as SVG.

use super::layout::Area;
use super::legend::{heading, legend};
use super::measure::{SMALL, shown, width_of};
use super::order::MatrixOrder;
use super::picture::{Edge, Picture};
use super::standing::Standing;
use super::svg::{document, rectangle, text};
use super::xml::{escaped, px};

/// How large a cell is, in pixels.
const CELL: f64 = 18.0;

/// The height of one line of text.
const LINE: f64 = 18.0;

/// The document, with a line feed at its end.
pub fn matrix_svg(picture: &Picture) -> String {
    let order = MatrixOrder::new(picture);
    let count = order.nodes.len();
    let names: Vec<String> = order
        .nodes
        .iter()
        .enumerate()
        .map(|(at, node)| format!("{} {}", at + 1, shown(&picture.nodes[*node].name)))
        .collect();
    let longest = names.iter().map(|name| width_of(name, SMALL)).fold(0.0, f64::max) + 8.0;
    let side = count as f64 * CELL;
    let mut out = String::new();
    let head = longest * 0.75;
    for (at, name) in names.iter().enumerate() {
        let middle = (at as f64 + 0.5) * CELL;
        out += &format!(
            "<text class=\"soft\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{n}</text><text class=\"soft\" transform=\"translate({} {}) rotate(-48)\">{n}</text>\n",
            px(longest - 6.0),
            px(head + middle + 4.0),
            px(longest + middle + 3.0),
            px(head - 5.0),
            n = escaped(name),
        );
    }
    let cell = |row: usize, column: usize, rows: usize, columns: usize| Area {
        x: longest + column as f64 * CELL,
        y: head + row as f64 * CELL,
        width: columns as f64 * CELL,
        height: rows as f64 * CELL,
    };
    out += &rectangle(cell(0, 0, count, count), "frame", 0.0);
    out += &grid(longest, head, count);
    for (start, end) in &order.blocks {
        out += &rectangle(cell(*start, *start, end - start, end - start), "frame knot", 0.0);
    }
    for at in 0..count {
        out += &rectangle(cell(at, at, 1, 1), "bar", 0.0);
    }
    let mut place = vec![0; picture.nodes.len()];
    order.nodes.iter().enumerate().for_each(|(at, node)| place[*node] = at);
    for edge in &picture.edges {
        out += &mark(picture, edge, cell(place[edge.from], place[edge.to], 1, 1));
    }
    let mut y = head + side + LINE + 6.0;
    for (standing, told) in legend(picture) {
        let area = Area { x: 0.0, y: y - 14.0, width: CELL, height: CELL };
        out += &format!("<g class=\"cell {}\">{}</g>", standing.word(), sign(standing, area));
        out += &text(CELL + 8.0, y, "soft", &told);
        y += LINE;
    }
    let mut notes = vec![
        "A line needs the columns that it marks; a dashed frame is a circle: arrows lead from each to each."
            .to_owned(),
    ];
    notes.extend(picture.notes.iter().map(|note| note.replace('`', "")));
    for note in &notes {
        out += &text(0.0, y, "soft", note);
        y += LINE;
    }
    let widest = notes.iter().map(|note| width_of(note, SMALL)).fold(0.0, f64::max).min(900.0);
    // The last name above leans over the right side.
    document(&heading(picture), &notes.join(" "), (widest.max(longest * 1.6 + side), y), &out)
}

fn grid(x: f64, y: f64, count: usize) -> String {
    let side = count as f64 * CELL;
    let lines = (1..count).map(|at| {
        let along = at as f64 * CELL;
        format!("M{} {}h{}M{} {}v{}", px(x), px(y + along), px(side), px(x + along), px(y), px(side))
    });
    format!("<path class=\"grid\" d=\"{}\"/>\n", lines.collect::<String>())
}

fn mark(picture: &Picture, edge: &Edge, area: Area) -> String {
    let (from, to) = (&picture.nodes[edge.from].name, &picture.nodes[edge.to].name);
    let told = format!("{from} → {to}: {}; {}", edge.label(), edge.standing.meaning());
    format!(
        "<g class=\"cell {}\"><title>{}</title>{}</g>\n",
        edge.standing.word(),
        escaped(&told),
        sign(edge.standing, area)
    )
}

/// The sign of a standing: a shape for each, so that nobody needs the colours.
fn sign(standing: Standing, area: Area) -> String {
    let (x, y) = (area.x + area.width / 2.0, area.y + area.height / 2.0);
    let r = CELL * 0.3;
    match standing {
        Standing::Denied => format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{s}\" height=\"{s}\"/>",
            px(x - r),
            px(y - r),
            s = px(2.0 * r)
        ),
        Standing::Warned => {
            format!("<path d=\"M{} {}l{} {}h{}z\"/>", px(x), px(y - r), px(r), px(2.0 * r), px(-2.0 * r))
        }
        Standing::Accepted => {
            format!("<circle class=\"ring\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", px(x), px(y), px(r * 0.85))
        }
        Standing::Excused => {
            format!("<path d=\"M{} {}l{r} {r}l-{r} {r}l-{r} -{r}z\"/>", px(x), px(y - r), r = px(r))
        }
        Standing::Free => format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", px(x), px(y), px(r * 0.5)),
    }
}
