//! Tables for a person: columns that stand under each other.

use super::paint::{DIM, paint};
use super::{Style, bounded, safe_line};

/// How wide a column of names may become.
const WIDEST: usize = 36;

/// A cell with text from the repository: one line, and not longer than a column.
pub(super) fn name(text: &str) -> String {
    name_within(text, WIDEST)
}

/// The same, not longer than so many characters.
pub(super) fn name_within(text: &str, most: usize) -> String {
    bounded(&safe_line(text), most)
}

/// Rows under a head; the first `names` columns hold text and stand left, the others numbers. What stands behind the
/// columns of the head is for the line below.
pub(super) fn columns<const N: usize>(
    head: [&str; N],
    names: &[usize],
    rows: &[([String; N], Option<String>)],
    style: Style,
) -> String {
    let width = |at: usize| {
        let cells = rows.iter().map(|(row, _)| row[at].chars().count());
        cells.max().unwrap_or_default().max(head[at].chars().count())
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: &[&str]| {
        let cells =
            cells.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match names.contains(&at) {
                true => format!("{cell:<width$}"),
                false => format!("{cell:>width$}"),
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    };
    let mut text = paint(&line(&head), DIM, style) + "\n";
    for (row, below) in rows {
        text += &line(&row.each_ref().map(String::as_str));
        text.push('\n');
        if let Some(below) = below {
            text += &format!("  {}\n", paint(below, DIM, style));
        }
    }
    text
}
