//! A design structure matrix for a terminal.

use anstyle::{AnsiColor, Style as Ansi};

use crate::report::{Style, quiet};

use super::legend::{heading, legend};
use super::measure::shown;
use super::order::MatrixOrder;
use super::picture::Picture;
use super::standing::Standing;

/// How many nodes a matrix holds at most.
pub const LARGEST_MATRIX: usize = 200;

/// The text, with a line feed at its end. What a line needs is marked in its columns.
pub fn matrix(picture: &Picture, style: Style) -> String {
    let order = MatrixOrder::new(picture);
    let sheet = Sheet::new(picture, &order, style);
    let mut out = heading(picture) + "\n\n";
    if picture.nodes.is_empty() {
        return quiet(out.replacen("\n\n", "\n", 1));
    }
    out += &sheet.head();
    for row in 0..order.nodes.len() - order.lonely {
        out += &sheet.edge_of_block(row);
        out += &sheet.row(row);
    }
    out += &sheet.edge_of_block(order.nodes.len() - order.lonely);
    let lonely = &order.nodes[order.nodes.len() - order.lonely..];
    if !lonely.is_empty() {
        let names: Vec<String> = lonely.iter().map(|at| shown(&picture.nodes[*at].name)).collect();
        let told = format!("coupled to nothing that is drawn: {}", names.join(", "));
        out += &format!("\n{}\n", textwrap::fill(&told, style.width));
    }
    out += "\n";
    for (standing, told) in legend(picture) {
        out += &format!("{}  {told}\n", sheet.mark(standing));
    }
    if order.nodes.len() > order.lonely {
        out += "a line needs the columns that it marks";
        out += if order.blocks.is_empty() {
            "\n"
        } else {
            "; a frame is a circle: arrows lead from each to each\n"
        };
    }
    for note in &picture.notes {
        out += &(textwrap::fill(&format!("note: {note}"), style.width) + "\n");
    }
    quiet(out)
}

/// The matrix on its way to text.
struct Sheet<'a> {
    order: &'a MatrixOrder,
    style: Style,
    /// The standing of each cell, by row and column.
    cells: Vec<Vec<Option<Standing>>>,
    names: Vec<String>,
    /// How wide names are, and the numbers before them.
    width: usize,
    digits: usize,
}

impl<'a> Sheet<'a> {
    fn new(picture: &'a Picture, order: &'a MatrixOrder, style: Style) -> Self {
        let count = order.nodes.len() - order.lonely;
        let mut place = vec![None; picture.nodes.len()];
        order.nodes.iter().take(count).enumerate().for_each(|(at, node)| place[*node] = Some(at));
        let mut cells = vec![vec![None; count]; count];
        for edge in &picture.edges {
            if let (Some(row), Some(column)) = (place[edge.from], place[edge.to]) {
                cells[row][column] = Some(edge.standing);
            }
        }
        let names: Vec<String> =
            order.nodes.iter().take(count).map(|at| shown(&picture.nodes[*at].name)).collect();
        let width = names.iter().map(|name| textwrap::core::display_width(name)).max().unwrap_or(0);
        let digits = count.to_string().len();
        Self { order, style, cells, names, width, digits }
    }

    /// The sign of a standing, painted where colours may be used.
    fn mark(&self, standing: Standing) -> String {
        let (sign, plain) = match standing {
            Standing::Denied => ('■', '#'),
            Standing::Warned => ('▲', '!'),
            Standing::Accepted => ('○', 'o'),
            Standing::Excused => ('+', '+'),
            Standing::Free => ('·', '.'),
        };
        let sign = if self.style.unicode { sign } else { plain };
        let colour = match standing {
            Standing::Denied => AnsiColor::Red,
            Standing::Warned => AnsiColor::Yellow,
            Standing::Accepted => AnsiColor::Magenta,
            Standing::Excused => AnsiColor::Cyan,
            Standing::Free => return sign.to_string(),
        };
        let how: Ansi = colour.on_default().bold();
        if self.style.colour { format!("{how}{sign}{how:#}") } else { sign.to_string() }
    }

    /// The numbers of the columns, from top to bottom.
    fn head(&self) -> String {
        let mut out = String::new();
        for digit in 0..self.digits {
            let mut line = " ".repeat(self.digits + 2 + self.width + 2);
            for column in 0..self.names.len() {
                let number = format!("{:>width$}", column + 1, width = self.digits);
                line.push(' ');
                line += number.get(digit..=digit).unwrap_or(" ");
            }
            out += line.trim_end();
            out.push('\n');
        }
        out
    }

    fn row(&self, row: usize) -> String {
        let name = &self.names[row];
        let gap = " ".repeat(self.width - textwrap::core::display_width(name));
        let mut line = format!("{:>width$}  {name}{gap}  ", row + 1, width = self.digits);
        let upright = if self.style.unicode { '│' } else { '|' };
        let block = self.order.blocks.iter().find(|(start, end)| (*start..*end).contains(&row));
        for column in 0..=self.names.len() {
            let is_edge = block.is_some_and(|(start, end)| column == *start || column == *end);
            line.push(if is_edge { upright } else { ' ' });
            if column == self.names.len() {
                break;
            }
            match self.cells[row][column] {
                _ if row == column => line.push(if self.style.unicode { '╲' } else { '\\' }),
                Some(standing) => line += &self.mark(standing),
                None => line.push(' '),
            }
        }
        line.trim_end().to_owned() + "\n"
    }

    /// The line above a row, where a block begins or ends there.
    fn edge_of_block(&self, row: usize) -> String {
        let begins = self.order.blocks.iter().find(|(start, _)| *start == row);
        let ends = self.order.blocks.iter().find(|(_, end)| *end == row);
        if begins.is_none() && ends.is_none() {
            return String::new();
        }
        let mut line: Vec<char> = vec![' '; self.digits + 2 + self.width + 2 + 2 * self.names.len() + 1];
        let first = self.digits + 2 + self.width + 2;
        let signs =
            if self.style.unicode { ['┌', '┐', '└', '┘', '─'] } else { ['+', '+', '+', '+', '-'] };
        for (block, left, right) in [(ends, signs[2], signs[3]), (begins, signs[0], signs[1])] {
            let Some((start, end)) = block else { continue };
            let (from, to) = (first + 2 * start, first + 2 * end);
            line[from..=to].iter_mut().for_each(|sign| *sign = signs[4]);
            (line[from], line[to]) = (left, right);
        }
        line.into_iter().collect::<String>().trim_end().to_owned() + "\n"
    }
}
