//! Tables as comma-separated values, as RFC 4180 has them.

use super::safe_line;

/// A cell: in quotes where it has to be, and never a formula for the program that opens the table.
pub fn cell(text: &str) -> String {
    let mut text = safe_line(text);
    if text.trim_start().starts_with(['=', '+', '-', '@']) {
        text.insert(0, '\'');
    }
    match text.contains([',', '"', ';', '\'']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula_or_two_cells() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell(" @x"), "\"' @x\"");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\" c\"");
        assert_eq!(cell("feature:cart"), "feature:cart");
    }
}
